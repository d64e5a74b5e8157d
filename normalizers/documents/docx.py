"""Read Word documents (docx): paragraphs and tables in their order, merged cells, printed list numbers, without deleted text."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

import docx as python_docx
from docx.opc.exceptions import OpcError
from lxml import etree

from normalizers.documents.blocks import RawBlock, tidy
from normalizers.documents.builder import Source, build
from normalizers.documents.docx_numbering import Numbering, W, read_numbering
from normalizers.documents.grid import RawCell, RawTable, place
from normalizers.documents.limits import UnreadableError, check_container
from normalizers.records import BlockKind, Document, Hints, Origin

PART = "word/document.xml"
MAX_DEPTH = 200
"""Levels of nested tables and content controls that are followed; deeper ones are no document."""
_ALTERNATE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_DROPPED = frozenset(f"{W}{name}" for name in ("del", "moveFrom", "instrText", "delText", "rPr", "pPr", "fldData")) | {
    f"{_ALTERNATE}Fallback"
}
_HEADING = re.compile(r"(?:heading|标题|標題)\s*(\d)", re.IGNORECASE)
_READ_ERRORS = (
    OpcError,
    KeyError,
    ValueError,
    AttributeError,
    etree.XMLSyntaxError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
)
"""What python-docx and zipfile raise on damaged files; any of these means the file and not this code."""
_OFF = frozenset({"0", "false", "off", "none"})


def _flag(properties: etree._Element | None, name: str) -> bool:
    found = None if properties is None else properties.find(f"{W}{name}")
    return found is not None and found.get(f"{W}val", "1").lower() not in _OFF


def _setting(properties: etree._Element | None, path: str) -> str:
    found = None if properties is None else properties.find(path)
    return "" if found is None else found.get(f"{W}val", "")


class _Reader:
    """Walks one document body; counts paragraphs and rows as it goes."""

    def __init__(self, styles: dict[str, tuple[str, str, int]], numbering: Numbering) -> None:
        self._styles = styles
        self._numbering = numbering
        self._paragraphs = 0
        self._rows = 0
        self._boxes: list[etree._Element] = []

    # -- text

    def _run_text(self, element: etree._Element, depth: int = 0) -> Iterator[str]:
        """Yield the text of a paragraph's pieces; text boxes are put aside to be read after it."""
        for child in element:
            tag = child.tag
            if tag in _DROPPED or depth > MAX_DEPTH or (tag == f"{W}r" and _flag(child.find(f"{W}rPr"), "vanish")):
                continue
            if tag == f"{W}t":
                yield child.text or ""
            elif tag in {f"{W}br", f"{W}cr"}:
                yield "" if child.get(f"{W}type") in {"page", "column"} else "\n"
            elif tag in {f"{W}tab", f"{W}ptab"}:
                yield " "
            elif tag == f"{W}noBreakHyphen":
                yield "-"
            elif tag == f"{W}txbxContent":
                self._boxes.append(child)
            elif isinstance(tag, str):
                yield from self._run_text(child, depth + 1)

    def _number(self, properties: etree._Element | None, style: str) -> str:
        listing = None if properties is None else properties.find(f"{W}numPr")
        if listing is not None:
            list_id, level = _setting(listing, f"{W}numId"), _setting(listing, f"{W}ilvl")
        else:
            _, list_id, own = self._styles.get(style, ("", "", 0))
            level = str(own)
        return self._numbering.label(list_id, int(level) if level.isdigit() else 0) if list_id else ""

    def _paragraph(self, element: etree._Element) -> RawBlock:
        properties = element.find(f"{W}pPr")
        style = _setting(properties, f"{W}pStyle")
        text = tidy("".join(self._run_text(element)))
        if text:
            text = self._number(properties, style) + text
        name = self._styles.get(style, ("", "", 0))[0]
        kind, level = BlockKind.PARAGRAPH, 0
        if found := _HEADING.match(name):
            kind, level = BlockKind.HEADING, int(found.group(1))
        elif name.lower() in {"title", "标题"}:
            kind = BlockKind.TITLE
        runs = [run for run in element.iter(f"{W}r") if run.find(f"{W}t") is not None]
        strong = bool(runs) and all(_flag(run.find(f"{W}rPr"), "b") for run in runs)
        origin = Origin("paragraph", self._paragraphs, PART)
        return RawBlock(text, kind, level, origin, centred=_setting(properties, f"{W}jc") == "center", strong=strong)

    # -- order

    def blocks(self, parent: etree._Element, depth: int = 0) -> Iterator[RawBlock]:
        """Yield the blocks of a body, a content control or a text box in reading order."""
        for child in parent:
            if depth > MAX_DEPTH or child.tag in _DROPPED:
                continue
            if child.tag == f"{W}p":
                self._paragraphs += 1
                yield self._paragraph(child)
                boxes, self._boxes = self._boxes, []
                for box in boxes:
                    yield from self.blocks(box, depth + 1)
            elif child.tag == f"{W}tbl":
                start = self._rows + 1
                yield RawBlock(kind=BlockKind.TABLE, table=self._table(child, depth), origin=Origin("row", start, PART))
            elif isinstance(child.tag, str) and child.tag != f"{W}sectPr":
                yield from self.blocks(child, depth + 1)

    # -- tables

    def _cell_text(self, cell: etree._Element, depth: int) -> str:
        """Return a cell's text; a table within it is written out in order, a row a line."""
        out: list[str] = []
        for block in self.blocks(cell, depth + 1):
            if block.table is None:
                out.append(block.text)
            else:
                rows = [[inner.text for inner in block.table.cells if inner.row == row] for row in range(block.table.rows)]
                out.extend(" ".join(filter(None, row)) for row in rows)
        return "\n".join(filter(None, out))

    def _table(self, table: etree._Element, depth: int) -> RawTable:
        rows: list[list[RawCell]] = []
        above: dict[int, tuple[int, int]] = {}  # by grid column, the row and place of the cell that a vertical merge goes on from
        for row in _children(table, "tr"):
            self._rows += 1
            column = _span(row.find(f"{W}trPr"), "gridBefore", 0)
            cells = [RawCell("", colspan=column)] if column else []
            for cell in _children(row, "tc"):
                properties = cell.find(f"{W}tcPr")
                width = _span(properties, "gridSpan", 1)
                merge = None if properties is None else properties.find(f"{W}vMerge")
                goes_on = merge is not None and merge.get(f"{W}val", "continue") == "continue" and column in above
                text = self._cell_text(cell, depth)
                origin = Origin("row", self._rows, PART)
                if goes_on and not text:
                    at, place_in_row = above[column]
                    first = rows[at][place_in_row]
                    rows[at][place_in_row] = RawCell(first.text, len(rows) - at + 1, first.colspan, first.origin)
                else:
                    cells.append(RawCell(text, 1, width, origin))
                    above.pop(column, None)
                    if merge is not None:
                        above[column] = len(rows), len(cells) - 1
                if merge is None:
                    above.pop(column, None)
                column += width
            after = _span(row.find(f"{W}trPr"), "gridAfter", 0)
            rows.append([*cells, RawCell("", colspan=after)] if after else cells)
        return place(rows)


def _children(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    """Yield the rows or cells right within an element, content controls and inserted rows looked through."""
    for child in parent:
        if child.tag == f"{W}{name}":
            properties = child.find(f"{W}{name}Pr")
            if properties is None or properties.find(f"{W}del") is None:
                yield child
        elif child.tag in {f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}customXml"}:
            yield from _children(child, name)


def _span(properties: etree._Element | None, name: str, default: int) -> int:
    text = _setting(properties, f"{W}{name}")
    return max(default, int(text)) if re.fullmatch(r"\d{1,6}", text) else default


def _styles(root: etree._Element) -> dict[str, tuple[str, str, int]]:
    """Return name, list and list level by style id."""
    out: dict[str, tuple[str, str, int]] = {}
    for style in root.findall(f"{W}style"):
        listing = style.find(f"{W}pPr/{W}numPr")
        level = _setting(listing, f"{W}ilvl")
        out[style.get(f"{W}styleId", "")] = (
            _setting(style, f"{W}name"),
            _setting(listing, f"{W}numId"),
            int(level) if level.isdigit() else 0,
        )
    return out


def read(payload: bytes, hints: Hints, name: str) -> Document:
    """Return the document of a docx file; raise ``UnreadableError`` for a damaged or empty one."""
    check_container(payload, name)
    try:
        opened = python_docx.Document(BytesIO(payload))
        body = opened.element.body
        numbering = next((rel.target_part.element for rel in opened.part.rels.values() if rel.reltype.endswith("/numbering")), None)
        styles = _styles(opened.styles.element)
    except _READ_ERRORS as error:
        raise UnreadableError(f"{name} is no readable Word document ({error}): save it again as docx, or fetch it again.") from error
    reader = _Reader(styles, read_numbering(numbering))
    blocks = [block for block in reader.blocks(body) if block.table is not None or block.text]
    if not blocks:
        raise UnreadableError(f"{name} holds no text, only pictures perhaps: open it by hand.")
    return build(blocks, Source(name, "docx"), hints)
