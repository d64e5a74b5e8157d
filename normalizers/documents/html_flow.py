"""Turn an element into blocks: lines break at block elements and ``<br>``, data tables become tables, layout tables are looked through."""

from __future__ import annotations

import re
from dataclasses import replace

from lxml import etree

from normalizers.documents.blocks import RawBlock, is_wide
from normalizers.documents.grid import RawCell, RawTable, place
from normalizers.documents.html_pieces import box_rows
from normalizers.documents.html_tree import Skip, is_hidden, line_of, tag_of, walk, words
from normalizers.records import BlockKind, Origin

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_STRONG = frozenset({"b", "strong"})
_SPACE = re.compile(r"[ \t\r\n\f]+")
_FOLDED = re.compile(r"[\t\r\n\f]|  ")
_CENTRED = re.compile(r"text-align\s*:\s*center", re.IGNORECASE)
_ALIGNED = re.compile(r"text-align\s*:\s*(?:left|right|justify|start|end)", re.IGNORECASE)
_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_CHINESE_NUMERALS = "零一二三四五六七八九"


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else _CHINESE_NUMERALS[tens] + "十")
    return head + (_CHINESE_NUMERALS[ones] if ones or not tens else "")


def _marker(style: str, number: int) -> str:
    """Return what a browser prints before a list item."""
    if "cjk" in style or "chinese" in style or "trad" in style:
        return f"{_chinese(number)}、" if 0 < number < 100 else f"{number}."
    if style in {"a", "lower-alpha", "A", "upper-alpha"} and 0 < number <= 26:
        letter = chr(ord("a") + number - 1)
        return f"{letter.upper() if style in {'A', 'upper-alpha'} else letter}."
    return f"{number}."


class _Line:
    """The line that is being put together."""

    __slots__ = ("bold", "centred", "origin", "parts", "plain")

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.origin: Origin | None = None
        self.centred = False
        self.plain = 0
        self.bold = 0

    def text(self) -> str:
        return collapse("".join(self.parts))


def collapse(text: str) -> str:
    """Return a text with white space as a browser shows it; a line break beside a Chinese character shows as nothing."""
    if not _FOLDED.search(text):
        return text.strip()

    def shown(found: re.Match[str]) -> str:
        start, stop = found.span()
        if "\n" not in found.group() or start == 0 or stop == len(text):
            return " "
        return "" if is_wide(text[start - 1]) or is_wide(text[stop]) else " "

    return _SPACE.sub(shown, text).strip()


class Flow:
    """Collects the blocks of one element. ``flat``: tables inside are text, for the cells of tables."""

    def __init__(self, skip: Skip = is_hidden, *, flat: bool = False) -> None:
        self._skip = skip
        self._flat = flat
        self._blocks: list[RawBlock] = []
        self._line = _Line()
        self._centred: list[bool] = [False]
        self._bold = 0
        self._lists: list[tuple[str, int, int]] = []
        self._heading = 0
        self._pre = 0
        self._nesting: Nesting | None = None

    def read(self, root: etree._Element) -> list[RawBlock]:
        """Return the blocks of ``root`` in reading order."""
        self._nesting = Nesting(root)
        if self._drawn(root):
            return self._blocks
        for event, element, text in walk(root, self._skipped):
            if event == "text":
                self._add(text, element)
            elif event == "open":
                self._open(element)
            else:
                self._close(element)
        self._flush()
        return self._blocks

    def _skipped(self, element: etree._Element) -> bool:
        if self._skip(element):
            return True
        if tag_of(element) == "table" and not self._flat and self._nesting and not is_layout(element, self._nesting, self._skip):
            self._flush()
            table = read_table(element, self._skip)
            if table.cells:
                self._blocks.append(RawBlock(kind=BlockKind.TABLE, table=table, origin=line_of(element)))
            return True
        return self._drawn(element)

    def _drawn(self, element: etree._Element) -> bool:
        """Take an element for a table where it is one drawn of boxes."""
        boxes = [] if self._flat else box_rows(element, self._skip)
        if boxes:
            self._flush()
            table = place([[_cell(cell, self._skip) for cell in row] for row in boxes])
            self._blocks.append(RawBlock(kind=BlockKind.TABLE, table=table, origin=line_of(element)))
        return bool(boxes)

    def _add(self, text: str, element: etree._Element) -> None:
        if self._pre:
            first, *rest = text.split("\n")
            self._append(first, element)
            for line in rest:
                self._flush()
                self._append(line, element)
        else:
            self._append(text, element)

    def _append(self, text: str, element: etree._Element) -> None:
        shown = text.strip()
        if shown and self._line.origin is None:
            self._line.origin = line_of(element)
            self._line.centred = self._centred[-1]
        self._line.parts.append(text)
        if self._bold or self._heading:
            self._line.bold += len(shown)
        else:
            self._line.plain += len(shown)

    def _open(self, element: etree._Element) -> None:
        tag = tag_of(element)
        style = element.get("style", "")
        if tag in words("block_tags"):
            self._flush()
            align = element.get("align", "").lower()
            centred = tag == "center" or align == "center" or _CENTRED.search(style) is not None
            aligned = align in {"left", "right", "justify"} or _ALIGNED.search(style) is not None
            self._centred.append(centred or (self._centred[-1] and not aligned))
        elif tag == "br":
            self._flush()
        self._bold += _is_bold(tag, style)
        self._pre += tag == "pre"
        self._heading = _HEADINGS.get(tag, self._heading)
        self._open_list(tag, element)

    def _open_list(self, tag: str, element: etree._Element) -> None:
        if tag == "ol":
            style = element.get("type", "") or _list_style(element)
            self._lists.append((style, _integer(element.get("start"), 1), -1 if "reversed" in element.attrib else 1))
        elif tag in {"ul", "menu", "dir"}:
            self._lists.append(("bullet", 0, 0))
        elif tag == "li" and self._lists and self._lists[-1][0] not in {"bullet", "none"}:
            style, number, step = self._lists[-1]
            number = _integer(element.get("value"), number)
            self._lists[-1] = (style, number + step, step)
            self._line.parts.append(_marker(style, number))

    def _close(self, element: etree._Element) -> None:
        tag = tag_of(element)
        if tag in words("block_tags"):
            self._flush()
            self._centred.pop()
        self._bold -= _is_bold(tag, element.get("style", ""))
        self._pre -= tag == "pre"
        if tag in _HEADINGS:
            self._heading = 0
        if tag in {"ol", "ul", "menu", "dir"} and self._lists:
            self._lists.pop()

    def _flush(self) -> None:
        if not self._line.parts:
            return
        line, self._line = self._line, _Line()
        text = line.text()
        if not text or line.origin is None:
            self._line.parts = [part for part in line.parts if part.strip()] if line.origin is None else []
            return
        kind = BlockKind.HEADING if self._heading else BlockKind.PARAGRAPH
        strong = line.bold > 0 and line.plain == 0
        self._blocks.append(RawBlock(text, kind, self._heading, line.origin, centred=line.centred, strong=strong))


def _is_bold(tag: str, style: str) -> bool:
    return tag in _STRONG or (bool(style) and _BOLD.search(style) is not None)


def _list_style(element: etree._Element) -> str:
    found = re.search(r"list-style(?:-type)?\s*:\s*([a-z-]+)", element.get("style", ""), re.IGNORECASE)
    return found.group(1).lower() if found else ""


def _integer(text: str | None, default: int) -> int:
    return int(text) if text and re.fullmatch(r"-?\d{1,6}", text.strip()) else default


# --- tables ------------------------------------------------------------------------------------------------------------------


def _rows(table: etree._Element) -> list[etree._Element]:
    """Return the rows of a table, not those of tables within it; head rows first and foot rows last, as they are shown."""
    direct = [child for child in table if tag_of(child) == "tr"]
    groups = [child for child in table if tag_of(child) in {"thead", "tbody", "tfoot"}]
    order = {"thead": 0, "tbody": 1, "tfoot": 2}
    groups.sort(key=lambda group: order[tag_of(group)])
    rows = [row for group in groups for row in group if tag_of(row) == "tr"]
    return direct + rows if direct and not groups else [*rows, *direct]


def _cells(row: etree._Element, skip: Skip) -> list[etree._Element]:
    return [cell for cell in row if tag_of(cell) in {"td", "th"} and not skip(cell)]


class Nesting:
    """How much of the text of each table under an element stands in tables within it; counted in one pass, when first asked for."""

    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self._counts: dict[etree._Element, list[int]] = {}

    def is_most(self, table: etree._Element) -> bool:
        """Tell whether half of a table's text or more stands in tables within it."""
        if not self._counts:
            self._count()
        own, inner = self._counts.get(table, (1, 0))
        return inner >= own

    def _count(self) -> None:
        around: list[list[int]] = []
        for event, element, text in walk(self._root, is_hidden):
            if event == "text":
                if around:
                    around[-1][0] += len(text.strip())
            elif tag_of(element) != "table":
                continue
            elif event == "open":
                around.append(self._counts.setdefault(element, [0, 0]))
            else:
                inside = around.pop()
                if around:
                    around[-1][1] += sum(inside)


def is_layout(table: etree._Element, nesting: Nesting, skip: Skip = is_hidden) -> bool:
    """Tell whether a table only places things: it has one column, says so, or mostly holds other tables."""
    if table.get("role") in {"presentation", "none"}:
        return True
    if all(len(_cells(row, skip)) <= 1 for row in _rows(table)):
        return True
    return next(table.iterdescendants("table"), None) is not None and nesting.is_most(table)


def _cell(element: etree._Element, skip: Skip, row: int = 0, column: int = 0) -> RawCell:
    """Return a cell at the place where it stands if no cell before it has a span, as in most tables."""
    rowspan = _integer(element.get("rowspan"), 1)
    colspan = _integer(element.get("colspan"), 1)
    # HTML Standard 4.9.11: rowspan="0" reaches to the end of the row group
    return RawCell(_cell_text(element, skip), rowspan if rowspan > 0 else 10**6, max(1, colspan), line_of(element), row, column)


def _cell_text(element: etree._Element, skip: Skip) -> str:
    if not len(element):  # most cells hold text alone
        return collapse(element.text or "")
    return "\n".join(block.text for block in Flow(skip, flat=True).read(element))


def read_table(table: etree._Element, skip: Skip = is_hidden) -> RawTable:
    """Return a ``<table>`` as a span grid, by the rule of the HTML standard (4.9.12)."""
    shown = [_cells(row, skip) for row in _rows(table) if not skip(row)]
    rows = [[_cell(cell, skip, row, column) for column, cell in enumerate(cells)] for row, cells in enumerate(shown)]
    caption = next((child for child in table if tag_of(child) == "caption" and not skip(child)), None)
    placed = place(rows)
    if caption is None:
        return placed
    shifted = [cell._replace(row=cell.row + 1) for cell in placed.cells]
    top = _cell(caption, skip)._replace(rowspan=1, colspan=max(1, placed.columns))
    return replace(placed, rows=placed.rows + 1, cells=(top, *shifted))
