"""Papers beside one another as a sheet for offices: wrapped, with a heading that stays, across one page's width."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from storage.formulas import tidied

WIDTHS = {"matter": 8, "number": 8, "bodies": 24, "deadline": 14, "tie": 8, "score": 8}
"""Widths of columns in characters, by the last word of their headings."""
TEXT_WIDTH = 46
CELL_CHARACTERS = 32_767
"""The most that a cell of a sheet holds."""

_THIN, _DASHED = Side(style="thin", color="B9BEC6"), Side(style="mediumDashed", color="8A5A00")
_GRID, _LIKELY = (Border(left=side, right=side, top=side, bottom=side) for side in (_THIN, _DASHED))
_WRAPPED = Alignment(wrap_text=True, vertical="top")


def alignment_sheet(rows: Sequence[Mapping[str, str]]) -> bytes:
    """Return rows as an xlsx file; a text that begins like a formula gets a leading apostrophe, a likely tie a dashed border."""
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet("data")
    columns = list(rows[0]) if rows else ["matter"]
    for at, name in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = WIDTHS.get(name.split(" ")[-1], TEXT_WIDTH)
        cell = _set(sheet.cell(1, at), name)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="F4F5F7")
    for down, row in enumerate(rows, start=2):
        for at, name in enumerate(columns, start=1):
            _set(sheet.cell(down, at), row[name], likely=row[name] == "likely" and name.endswith(" tie"))
    sheet.freeze_panes = "B2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _set(cell: Cell, text: str, *, likely: bool = False) -> Cell:
    cell.value = tidied(text)[:CELL_CHARACTERS]
    cell.data_type = "s"
    cell.alignment, cell.border = _WRAPPED, _LIKELY if likely else _GRID
    return cell
