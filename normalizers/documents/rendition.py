"""Renditions: a document as a self-contained page, kept where the file itself may not be, and read back exactly as it was.

A file with personal numbers or public records in it cannot be cut in place when it is a docx, xlsx or pdf. What is kept of it is its
document written as HTML 5. A browser shows it; ``read`` takes it back block for block, without repair, layout or guessing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from html.parser import HTMLParser

from normalizers.documents.layout import laid_out
from normalizers.documents.limits import MAX_COLUMNS, MAX_MARKUP, MAX_ROWS, UnreadableError, check_size
from normalizers.records import Block, BlockKind, Cell, Document, Hints, Origin, Repair, Span, Table

_MARK = '<!DOCTYPE html>\n<html lang="zh-CN" data-rendition="1">'
_STYLE = "body{max-width:60em;margin:2em auto;line-height:1.7}table{border-collapse:collapse}td{border:1px solid #999;padding:.2em .5em}"
_TAGS = {BlockKind.TITLE: "h1", BlockKind.HEADING: "h2", BlockKind.PARAGRAPH: "p"}
_KINDS = {tag: kind for kind, tag in _TAGS.items()}
_NOWHERE = Span(0, 0)
MAX_LEVEL = 9
"""The lowest level of a heading; ``structure`` knows four, HTML six."""


def is_rendition(payload: bytes) -> bool:
    """Tell whether a payload is a page that ``render`` wrote."""
    return payload.startswith(_MARK.encode())


# --- writing ------------------------------------------------------------------------------------------------------------------


def render(document: Document, stated: Mapping[str, str] | None = None) -> bytes:
    """Return a document as a self-contained HTML page in UTF-8; ``normalizers.documents.read`` reads the same blocks and text back.

    ``stated`` are labels and values of the head table of the page that it came from (索引号, 发布机构 …): they stand above the text,
    where ``page_head`` finds them, and are no part of the document.
    """
    lines = [
        _MARK,
        "<head>",
        '<meta charset="utf-8">',
        f"<title>{escape(_title(document))}</title>",
        *_metas(document),
        f"<style>{_STYLE}</style>",
        "</head>",
        "<body>",
        *(
            ["<header>", *(f"<div>{escape(label)}：{escape(value)}</div>" for label, value in stated.items()), "</header>"]
            if stated
            else []
        ),
        "<main>",
        *map(_block, document.blocks),
        "</main>",
        "</body>",
        "</html>",
        "",
    ]
    return "\n".join(lines).encode("utf-8", "replace")


def _title(document: Document) -> str:
    return next((block.text for block in document.blocks if block.kind is BlockKind.TITLE), "")


def _metas(document: Document) -> Iterator[str]:
    yield _meta("format", "html" if document.format == "json" else document.format)  # its page_head is that of a page now
    yield _meta("encoding", document.encoding)
    for repair in document.repairs:
        yield _meta("repair", json.dumps([repair.kind, repair.count, repair.guessed, repair.left], ensure_ascii=False))
    for warning in document.warnings:
        yield _meta("warning", warning)


def _meta(name: str, value: str) -> str:
    return f'<meta name="rendition-{name}" content="{_attribute(value)}">'


def _attribute(value: str) -> str:
    return escape(value).replace("\n", "&#10;")


def _said(text: str) -> str:
    return escape(text, quote=False).replace("\r", "&#13;").replace("\n", "<br>")


def _at(origin: Origin | None) -> str:
    return "" if origin is None else f' data-at="{_attribute(f"{origin.unit}:{origin.number}:{origin.part}")}"'


def _block(block: Block) -> str:
    if block.table is not None:
        return _table(block, block.table)
    tag = _TAGS[block.kind]
    level = f' data-level="{block.level}"' if block.level else ""
    return f"<{tag}{level}{_at(block.origin)}>{_said(block.text)}</{tag}>"


def _table(block: Block, table: Table) -> str:
    """Return a table; where no cell stands at a position, an empty one marked so keeps the others in their columns."""
    rows: list[list[str]] = [[] for _ in range(table.rows)]
    for row, line in enumerate(table.grid()):
        for column, cell in enumerate(line):
            if cell is None:
                rows[row].append("<td data-none></td>")
            elif (cell.row, cell.column) == (row, column):
                rows[row].append(_cell(cell))
    merged = "" if table.merged else " data-unmerged"
    body = "\n".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return f'<table data-columns="{table.columns}"{merged}{_at(block.origin)}>\n{body}\n</table>'


def _cell(cell: Cell) -> str:
    down = f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else ""
    right = f' colspan="{cell.colspan}"' if cell.colspan > 1 else ""
    return f"<td{down}{right}{_at(cell.origin)}>{_said(cell.text)}</td>"


# --- reading ------------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Drawn:
    """A table while it is read: ``taken`` holds the first row in which each column is free again."""

    block: Block
    merged: bool
    columns: int
    rows: int = 0
    cells: list[Cell] = field(default_factory=list)
    taken: list[int] = field(default_factory=lambda: [0] * MAX_COLUMNS)

    def put(self, cell: Cell | None, rowspan: int, colspan: int) -> None:
        """Place a cell at the next free position of the row that is being read, its spans cut where they leave the table."""
        row = self.rows - 1
        column = next((at for at, free in enumerate(self.taken) if free <= row), MAX_COLUMNS)
        width = next((at for at in range(column, column + colspan) if at >= MAX_COLUMNS or self.taken[at] > row), column + colspan) - column
        if row < 0 or width <= 0:
            return
        self.taken[column : column + width] = [row + rowspan] * width
        self.columns = max(self.columns, column + width)
        if cell is not None:
            self.cells.append(replace(cell, row=row, column=column, rowspan=rowspan, colspan=width))

    def table(self) -> Table:
        """Return the table that was read."""
        cells = tuple(replace(cell, rowspan=min(cell.rowspan, self.rows - cell.row)) for cell in self.cells)
        return Table(self.rows, self.columns, cells, self.merged)


class _Reader(HTMLParser):
    """Reads what ``render`` writes; anything else in a page is passed over."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.metas: list[tuple[str, str]] = []
        self.blocks: list[Block] = []
        self._main = False
        self._words: list[str] | None = None
        self._open: Block | None = None
        self._drawn: _Drawn | None = None
        self._cell: tuple[Cell | None, int, int] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "meta" and said.get("name", "").startswith("rendition-"):
            self.metas.append((said["name"].removeprefix("rendition-"), said.get("content", "")))
        elif tag == "main":
            self._main = True
        elif self._main:
            self._opened(tag, said)

    def _opened(self, tag: str, said: Mapping[str, str]) -> None:
        if tag == "br" and self._words is not None:
            self._words.append("\n")
        elif tag in _KINDS:
            level = _number(said.get("data-level", ""), 0, MAX_LEVEL)
            self._open = Block(_KINDS[tag], "", _NOWHERE, "", level, None, _origin(said))
            self._words = []
        elif tag == "table":
            empty = Block(BlockKind.TABLE, "", _NOWHERE, "", 0, None, _origin(said))
            self._drawn = _Drawn(empty, "data-unmerged" not in said, _number(said.get("data-columns", ""), 0, MAX_COLUMNS))
        elif tag == "tr" and self._drawn and self._drawn.rows < MAX_ROWS:
            self._drawn.rows += 1
        elif tag == "td" and self._drawn:
            cell = None if "data-none" in said else Cell(0, 0, "", _NOWHERE, origin=_origin(said))
            self._cell = (cell, _number(said.get("rowspan", ""), 1, MAX_ROWS), _number(said.get("colspan", ""), 1, MAX_COLUMNS))
            self._words = []

    def handle_endtag(self, tag: str) -> None:
        said = "".join(self._words or ())
        if tag == "main":
            self._main = False
        elif tag in _KINDS and self._open:
            self.blocks.append(replace(self._open, text=said))
            self._open = self._words = None
        elif tag == "td" and self._drawn and self._cell:
            cell, rowspan, colspan = self._cell
            self._drawn.put(cell and replace(cell, text=said), rowspan, colspan)
            self._cell = self._words = None
        elif tag == "table" and self._drawn:
            self.blocks.append(replace(self._drawn.block, table=self._drawn.table()))
            self._drawn = None

    def handle_data(self, data: str) -> None:
        if self._words is not None:
            self._words.append(data)


def _number(text: str, least: int, most: int) -> int:
    return min(max(int(text), least), most) if re.fullmatch(r"\d{1,7}", text) else least


def _origin(said: Mapping[str, str]) -> Origin | None:
    unit, _, rest = said.get("data-at", "").partition(":")
    number, _, part = rest.partition(":")
    return Origin(unit, int(number), part) if unit and re.fullmatch(r"\d{1,9}", number) else None


def _repair(text: str) -> Repair | None:
    try:
        kind, count, guessed, left = json.loads(text)
        return Repair(str(kind), int(count), int(guessed), int(left))
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None


def _all(metas: Sequence[tuple[str, str]], name: str) -> list[str]:
    return [value for key, value in metas if key == name]


def read(payload: bytes, hints: Hints, name: str) -> Document:
    """Return the document of a page that ``render`` wrote. Raises ``UnreadableError`` for one without a text."""
    check_size(len(payload), MAX_MARKUP, name)
    reader = _Reader()
    try:
        reader.feed(payload.decode("utf-8", "replace"))
        reader.close()
    except AssertionError as error:  # html.parser's word for a marked section of a kind that it does not know
        raise UnreadableError(f"{name} is a rendition that was damaged ({error}): derive its document again from the source.") from error
    if not reader.blocks:
        raise UnreadableError(f"{name} is a rendition without a text: derive its document again from the source.")
    repairs = tuple(repair for text in _all(reader.metas, "repair") if (repair := _repair(text)))
    empty = Document(
        source=name,
        format=next(iter(_all(reader.metas, "format")), "html"),
        blocks=(),
        text="",
        raw_text="",
        encoding=next(iter(_all(reader.metas, "encoding")), ""),
        repairs=repairs,
        warnings=tuple(_all(reader.metas, "warning")),
    )
    return laid_out(empty, reader.blocks)
