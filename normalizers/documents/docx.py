"""Read Word documents (docx): paragraphs and tables in their order, merged cells, printed list numbers, changes accepted."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from normalizers.documents.blocks import RawBlock, tidy
from normalizers.documents.builder import Source, build
from normalizers.documents.docx_changes import settle
from normalizers.documents.docx_notes import header_lines, left_out, notes, told_changes
from normalizers.documents.docx_numbering import Numbering, W, read_numbering
from normalizers.documents.docx_styles import Style, Styles, read_styles
from normalizers.documents.docx_text import MAX_DEPTH, child, flag, is_placeholder, run_text, setting
from normalizers.documents.grid import RawCell, RawTable, place
from normalizers.documents.limits import UnreadableError
from normalizers.documents.opc import Package, open_package
from normalizers.records import BlockKind, Document, Hints, Origin

_HEADING = re.compile(r"(?:heading|标题|標題)\s*(\d)", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc|目录|目錄)\s*\d", re.IGNORECASE)
MAX_HEADING = 80
"""Characters of the longest paragraph that a heading style makes a heading; longer ones, and sentences, are clauses in its clothes."""
_PARAGRAPH = f"{W}p"
_NO_TEXT = frozenset(f"{W}{name}" for name in ("sectPr", "sdtPr", "tcPr"))
_WRAPPERS = frozenset(f"{W}{name}" for name in ("sdt", "sdtContent", "customXml"))
_SENTENCE_END = re.compile(r"[。；;]$")


class _Reader:
    """Walks one document body; counts paragraphs and rows as it goes."""

    def __init__(self, styles: Styles, numbering: Numbering, part: str) -> None:
        self._styles = styles
        self._numbering = numbering
        self._part = part
        self._paragraphs = 0
        self._rows = 0
        self._tables = 0
        self._boxes: list[etree._Element] = []

    # -- text

    def _number(self, properties: etree._Element | None, style: Style) -> str:
        listing = child(properties, f"{W}numPr")
        list_id, level = setting(listing, f"{W}numId") or style.list_id, setting(listing, f"{W}ilvl")
        return self._numbering.label(list_id, int(level) if re.fullmatch(r"\d", level) else style.list_level) if list_id else ""

    def _paragraph(self, element: etree._Element) -> RawBlock:
        properties = child(element, f"{W}pPr")
        style = self._styles.of(setting(properties, f"{W}pStyle"))
        text = tidy("".join(run_text(element, self._boxes, in_table=self._tables > 0)))
        if text and _CONTENTS.match(style.name):
            text = ""
        if text:
            text = self._number(properties, style) + text
        if self._tables:  # of the paragraphs in a cell nothing but the text counts
            return RawBlock(text)
        kind, level = BlockKind.PARAGRAPH, 0
        found = _HEADING.match(style.name)
        if found and len(text) <= MAX_HEADING and not _SENTENCE_END.search(text):
            kind, level = BlockKind.HEADING, int(found.group(1))
        elif style.name.lower() in {"title", "标题"}:
            kind = BlockKind.TITLE
        runs = [run for run in element.iter(f"{W}r") if child(run, f"{W}t") is not None]
        strong = bool(runs) and all(flag(child(run, f"{W}rPr"), "b") for run in runs)
        centred = (setting(properties, f"{W}jc") or style.alignment) == "center"
        return RawBlock(text, kind, level, Origin("paragraph", self._paragraphs, self._part), centred=centred, strong=strong)

    # -- order

    def blocks(self, parent: etree._Element, depth: int = 0) -> Iterator[RawBlock]:
        """Yield the blocks of a body, a content control or a text box in reading order."""
        for part in parent:
            tag = part.tag
            if depth > MAX_DEPTH or tag in _NO_TEXT or (tag == f"{W}sdt" and is_placeholder(part)):
                continue
            if tag == _PARAGRAPH:
                self._paragraphs += 1
                yield self._paragraph(part)
                boxes, self._boxes = self._boxes, []
                for box in boxes:
                    yield from self.blocks(box, depth + 1)
            elif tag == f"{W}tbl":
                yield from self._table_blocks(part, depth)
            elif isinstance(tag, str):
                yield from self.blocks(part, depth + 1)

    def _table_blocks(self, table: etree._Element, depth: int) -> Iterator[RawBlock]:
        """Yield a table, or, where it is a frame of one cell, what stands in it."""
        rows = list(_children(table, "tr"))
        only = list(_children(rows[0], "tc")) if len(rows) == 1 else []
        if len(only) == 1:
            self._rows += 1
            yield from self.blocks(only[0], depth + 1)
            return
        start = self._rows + 1
        self._tables += 1
        read = self._table(rows, depth)
        self._tables -= 1
        yield RawBlock(kind=BlockKind.TABLE, table=read, origin=Origin("row", start, self._part))

    # -- tables

    def _cell_text(self, cell: etree._Element, depth: int) -> str:
        """Return a cell's text; a table within it is written out in order, a row a line."""
        out: list[str] = []
        for block in self.blocks(cell, depth + 1):
            if block.table is None:
                out.append(block.text)
            else:
                lines: list[list[str]] = [[] for _ in range(block.table.rows)]
                for inner in block.table.cells:
                    lines[inner.row].append(inner.text)
                out.extend(" ".join(filter(None, line)) for line in lines)
        return "\n".join(filter(None, out))

    def _table(self, table_rows: list[etree._Element], depth: int) -> RawTable:
        rows: list[list[RawCell]] = []
        above: dict[int, tuple[int, int]] = {}  # by grid column, the row and place of the cell that a vertical merge goes on from
        for row in table_rows:
            self._rows += 1
            about = child(row, f"{W}trPr")
            column = _span(about, "gridBefore", 0)
            cells = [RawCell("", colspan=column)] if column else []
            for cell in _children(row, "tc"):
                properties = child(cell, f"{W}tcPr")
                width, merge = _span(properties, "gridSpan", 1), _merge(properties, "vMerge")
                text = self._cell_text(cell, depth)
                if _merge(properties, "hMerge") == "continue" and cells and not text:
                    last = cells[-1]
                    cells[-1] = RawCell(last.text, last.rowspan, last.colspan + width, last.origin)
                elif merge == "continue" and column in above and not text:
                    at, place_in_row = above[column]
                    first = rows[at][place_in_row]
                    rows[at][place_in_row] = RawCell(first.text, len(rows) - at + 1, first.colspan, first.origin)
                else:
                    cells.append(RawCell(text, 1, width, Origin("row", self._rows, self._part)))
                    above.pop(column, None)
                    if merge:
                        above[column] = len(rows), len(cells) - 1
                if not merge:
                    above.pop(column, None)
                column += width
            after = _span(about, "gridAfter", 0)
            rows.append([*cells, RawCell("", colspan=after)] if after else cells)
        return place(rows)


def _children(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    """Yield the rows or cells right within an element, content controls and custom markup looked through."""
    wanted = f"{W}{name}"
    for part in parent:
        if part.tag == wanted:
            yield part
        elif part.tag in _WRAPPERS:
            yield from _children(part, name)


def _span(properties: etree._Element | None, name: str, default: int) -> int:
    text = setting(properties, f"{W}{name}")
    return max(default, int(text)) if re.fullmatch(r"\d{1,6}", text) else default


def _merge(properties: etree._Element | None, name: str) -> str:
    """Return ``restart`` or ``continue`` for a merged cell, empty for others; a merge without a value goes on."""
    found = child(properties, f"{W}{name}")
    return "" if found is None else found.get(f"{W}val", "continue")


def _main_part(package: Package) -> str:
    """Return the path of the main document part, by its relationship, else where Word puts it."""
    return next(iter(package.related("", "officeDocument")), "word/document.xml")


def read(payload: bytes, hints: Hints, name: str, media: str = "docx", warnings: tuple[str, ...] = ()) -> Document:
    """Return the document of a docx file; raise ``UnreadableError`` for a damaged or empty one."""
    blocks, told = read_blocks(payload, name)
    return build(blocks, Source(name, media, warnings=(*warnings, *told)), hints)


def read_blocks(payload: bytes, name: str) -> tuple[list[RawBlock], tuple[str, ...]]:
    """Return the blocks of a docx file and what is to be told of it; raise ``UnreadableError`` for a damaged or empty one."""
    package = open_package(payload, name)
    main = _main_part(package)
    root = package.part(main)
    body = None if root is None else root.find(f"{W}body")
    if body is None:
        reason = package.warnings[0] if package.warnings else "it has no main part."
        raise UnreadableError(f"{name} is no readable Word document: {reason} Save it again as docx, or fetch it again.")
    counts = settle(body)
    styles = read_styles([package.part(path) for path in package.related(main, "styles")])
    numbering = read_numbering(next((package.part(path) for path in package.related(main, "numbering")), None))
    found = [block for block in _Reader(styles, numbering, main).blocks(body) if block.table is not None or block.text]
    found = [*header_lines(package, main, found), *found, *notes(package, main, body)]
    told = (*told_changes(counts), *left_out(package, main, body), *package.warnings)
    if not found:
        raise UnreadableError(f"{name} holds no text, only pictures perhaps: open it by hand. {' '.join(told)}".strip())
    return found, told


def read_body(body: etree._Element) -> list[RawBlock]:
    """Return the blocks of a body that stands alone, without styles, lists and notes."""
    settle(body)
    return [block for block in _Reader(Styles(), read_numbering(None), "").blocks(body) if block.table is not None or block.text]
