"""Build the attachments of the replica from fragments: docx with merged cells, xlsx with merged cells, PDF with ruled tables.

A fragment holds ``h1``, ``h2``, ``p`` and ``table``; spans are HTML's. The same fragment always gives the same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from functools import cache
from html import escape
from typing import Any, NamedTuple

import docx
import lxml.html
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
"""The media types of the formats built here, by suffix."""

_FONT = "STSong-Light"
_WIDE = 5
"""From how many columns on a table is set across the page."""


class PlainCell(NamedTuple):
    """One cell of a table: where it begins, what it covers, its text."""

    row: int
    column: int
    rowspan: int
    colspan: int
    text: str


class PlainBlock(NamedTuple):
    """One block of a fragment: ``kind`` is ``h1``, ``h2``, ``p`` or ``table``; ``align`` is ``c``, ``r`` or empty."""

    kind: str
    text: str = ""
    align: str = ""
    cells: tuple[PlainCell, ...] = ()

    @property
    def columns(self) -> int:
        """Return how many columns a table has."""
        return max((cell.column + cell.colspan for cell in self.cells), default=0)

    @property
    def rows(self) -> int:
        """Return how many rows a table has."""
        return max((cell.row + cell.rowspan for cell in self.cells), default=0)


def build(name: str, fragment: str) -> tuple[str, str, bytes]:
    """Return name, media type and bytes of the file ``name``, built from ``fragment``; another suffix raises ``ValueError``."""
    suffix = name.rpartition(".")[2].lower()
    builders = {"docx": build_docx, "xlsx": build_xlsx, "pdf": build_pdf}
    if suffix not in builders:
        raise ValueError(f"No attachment of the kind {suffix!r} can be built; name {name} with .docx, .xlsx or .pdf.")
    return name, MEDIA_TYPES[suffix], builders[suffix](list(read_blocks(fragment)))


def read_blocks(fragment: str) -> Iterator[PlainBlock]:
    """Go through the blocks of a fragment."""
    for element in lxml.html.fragment_fromstring(fragment, create_parent="div"):
        if element.tag == "table":
            yield PlainBlock("table", cells=tuple(_cells(element)))
        elif element.tag in ("h1", "h2", "p"):
            yield PlainBlock(str(element.tag), element.text_content().strip(), element.get("class", ""))


def _cells(table: lxml.html.HtmlElement) -> Iterator[PlainCell]:
    taken: set[tuple[int, int]] = set()
    for row, tr in enumerate(table.iter("tr")):
        column = 0
        for td in tr.iter("td", "th"):
            while (row, column) in taken:
                column += 1
            rowspan, colspan = int(td.get("rowspan", "1")), int(td.get("colspan", "1"))
            taken |= {(row + r, column + c) for r in range(rowspan) for c in range(colspan)}
            yield PlainCell(row, column, rowspan, colspan, td.text_content().strip())


# --- docx --------------------------------------------------------------------------------------------------------------


def build_docx(blocks: list[PlainBlock]) -> bytes:
    """Return a Word document."""
    document = docx.Document()
    if any(block.columns >= _WIDE for block in blocks):
        section = document.sections[0]
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width
    for block in blocks:
        if block.kind == "table":
            _add_docx_table(document, block)
            continue
        paragraph = document.add_paragraph()
        paragraph.add_run(block.text).bold = block.kind != "p"
        places = {"c": WD_ALIGN_PARAGRAPH.CENTER, "r": WD_ALIGN_PARAGRAPH.RIGHT}
        align = "c" if block.kind == "h1" else block.align
        if align:
            paragraph.alignment = places[align]
    out = io.BytesIO()
    document.save(out)
    return _repack(out.getvalue())


def _add_docx_table(document: WordDocument, block: PlainBlock) -> None:
    table = document.add_table(block.rows, block.columns, style="Table Grid")
    for cell in block.cells:
        target = table.cell(cell.row, cell.column)
        if cell.rowspan > 1 or cell.colspan > 1:
            target = target.merge(table.cell(cell.row + cell.rowspan - 1, cell.column + cell.colspan - 1))
        target.text = cell.text


# --- xlsx --------------------------------------------------------------------------------------------------------------


def build_xlsx(blocks: list[PlainBlock]) -> bytes:
    """Return a workbook of one sheet: lines of text are merged over the table's width, tables keep their merged cells."""
    book = Workbook()
    sheet = book.worksheets[0]
    width = max(block.columns for block in blocks)
    row = 1
    for block in blocks:
        if block.kind == "table":
            _add_sheet_table(sheet, block, row)
            row += block.rows
            continue
        sheet.cell(row, 1, block.text).font = Font(bold=block.kind != "p")
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=width)
        row += 1
    for column in range(1, width + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 8 if column == 1 else 36
    out = io.BytesIO()
    book.save(out)
    return _repack(out.getvalue())


def _add_sheet_table(sheet: Worksheet, block: PlainBlock, first: int) -> None:
    side = Side(style="thin")
    for cell in block.cells:
        row, column = first + cell.row, cell.column + 1
        value = int(cell.text) if re.fullmatch(r"[1-9][0-9]{0,5}", cell.text) else cell.text
        target = sheet.cell(row, column, value)
        target.alignment = Alignment(wrap_text=True, vertical="center")
        target.border = Border(left=side, right=side, top=side, bottom=side)
        if cell.rowspan > 1 or cell.colspan > 1:
            last_row, last_column = row + cell.rowspan - 1, column + cell.colspan - 1
            sheet.merge_cells(start_row=row, start_column=column, end_row=last_row, end_column=last_column)


def _repack(data: bytes) -> bytes:
    """Return an Office file with every date in it fixed, so that the same content is the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>2026-01-05T01:00:00Z", content)
            target.writestr(zipfile.ZipInfo(name, (2026, 1, 5, 9, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


# --- pdf ---------------------------------------------------------------------------------------------------------------


@cache
def _styles() -> dict[str, ParagraphStyle]:
    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    common = {"fontName": _FONT, "wordWrap": "CJK"}
    return {
        "h1": ParagraphStyle("h1", fontSize=16, leading=26, alignment=1, **common),
        "h2": ParagraphStyle("h2", fontSize=13, leading=22, **common),
        "p": ParagraphStyle("p", fontSize=12, leading=21, firstLineIndent=24, **common),
        "c": ParagraphStyle("c", fontSize=12, leading=21, alignment=1, **common),
        "r": ParagraphStyle("r", fontSize=12, leading=21, alignment=2, **common),
        "cell": ParagraphStyle("cell", fontSize=12, leading=18, **common),
    }


def build_pdf(blocks: list[PlainBlock]) -> bytes:
    """Return a PDF set in a font that readers know by name (Adobe-GB1, UniGB-UCS2-H), tables ruled, heading row on every page."""
    wide = any(block.columns >= _WIDE for block in blocks)
    size = landscape(A4) if wide else A4
    out = io.BytesIO()
    document = SimpleDocTemplate(out, pagesize=size, leftMargin=54, rightMargin=54, topMargin=90, bottomMargin=90, invariant=1)
    document.build([flowable for block in blocks for flowable in _flowables(block, size[0] - 108)])
    return out.getvalue()


def _flowables(block: PlainBlock, width: float) -> Iterator[Flowable]:
    styles = _styles()
    if block.kind == "table":
        yield Spacer(1, 8)
        yield _pdf_table(block, width)
        yield Spacer(1, 8)
        return
    yield Paragraph(escape(block.text, quote=False), styles[block.align or block.kind])


def _pdf_table(block: PlainBlock, width: float) -> Table:
    grid: list[list[Any]] = [[""] * block.columns for _ in range(block.rows)]
    commands: list[tuple[Any, ...]] = [("GRID", (0, 0), (-1, -1), 0.6, colors.black), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]
    for cell in block.cells:
        grid[cell.row][cell.column] = Paragraph(escape(cell.text, quote=False), _styles()["cell"])
        if cell.rowspan > 1 or cell.colspan > 1:
            commands.append(("SPAN", (cell.column, cell.row), (cell.column + cell.colspan - 1, cell.row + cell.rowspan - 1)))
    table = Table(grid, colWidths=_widths(block, width), repeatRows=1)
    table.setStyle(TableStyle(commands))
    return table


def _widths(block: PlainBlock, width: float) -> list[float]:
    """Return the columns' widths in points: by their longest text, within bounds, filling the line."""
    longest = [max((len(c.text) for c in block.cells if c.column == n and c.colspan == 1), default=1) for n in range(block.columns)]
    weights = [min(max(length, 5), 24) for length in longest]
    return [width * weight / sum(weights) for weight in weights]
