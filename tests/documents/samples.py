"""One table, written in every format: what the readers must bring back the same."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import docx
import openpyxl
from reportlab.lib import colors
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Table

from normalizers.records import Document

TITLE = "2031年滨江新区信用建设年度工作计划"
LEAD_IN = "为做好全年工作，现将任务分解如下。"

pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
STYLE = ParagraphStyle("body", fontName="STSong-Light", fontSize=10.5, leading=15, wordWrap="CJK")
HEADING_STYLE = ParagraphStyle("title", parent=STYLE, fontSize=16, leading=24, alignment=1)


@dataclass(frozen=True)
class Put:
    """A cell of a written table."""

    text: str
    rowspan: int = 1
    colspan: int = 1


def plan_rows() -> list[list[Put]]:
    """Return 20 rows × 4 columns: a header, sections over several rows, one body over three, one note over two columns."""
    rows = [[Put("领域"), Put("序号"), Put("工作任务"), Put("责任单位")]]
    for number in range(1, 20):
        text = f"第{number}项：完善信用档案的归集、核对与更新机制，" + "逐条登记并按月通报办理进度，" * (number % 5) + "形成书面总结。"
        row: list[Put] = []
        if number in {1, 8, 14}:
            row.append(Put({1: "制度建设", 8: "数据归集", 14: "应用推广"}[number], rowspan={1: 7, 8: 6, 14: 6}[number]))
        row.append(Put(str(number)))
        if number == 10:
            row.append(Put("本项由各单位自行安排，另行报送。", colspan=2))
        elif number in {4, 5}:
            row.append(Put(text))
        else:
            row += [Put(text), Put("新区信用办、新区财政局" if number % 2 else "新区数据局", rowspan=3 if number == 3 else 1)]
        rows.append(row)
    return rows


def placed(rows: Sequence[Sequence[Put]], columns: int = 4) -> list[tuple[int, int, Put]]:
    """Return each cell with its row and column."""
    taken: set[tuple[int, int]] = set()
    out = []
    for number, row in enumerate(rows):
        column = 0
        for put in row:
            while (number, column) in taken:
                column += 1
            taken |= {(number + down, column + right) for down in range(put.rowspan) for right in range(put.colspan)}
            out.append((number, column, put))
            column += put.colspan
    assert all(column + put.colspan <= columns for _, column, put in out)
    return out


def expected_grid(rows: Sequence[Sequence[Put]], columns: int = 4) -> list[list[str]]:
    """Return the texts position by position, merged cells repeated."""
    grid = [[""] * columns for _ in rows]
    for row, column, put in placed(rows, columns):
        for down in range(put.rowspan):
            for right in range(put.colspan):
                grid[row + down][column + right] = put.text
    return grid


def read_grid(document: Document, number: int = 1) -> list[list[str]]:
    """Return the texts of a read table position by position."""
    table = [block.table for block in document.blocks if block.table][number - 1]
    return [[cell.text if cell else "" for cell in row] for row in table.grid()]


def html_page(rows: Sequence[Sequence[Put]]) -> bytes:
    cells = "\n".join(
        "<tr>" + "".join(f'<td rowspan="{put.rowspan}" colspan="{put.colspan}"><p>{put.text}</p></td>' for put in row) + "</tr>"
        for row in rows
    )
    return f"<html><body><h1>{TITLE}</h1><p>{LEAD_IN}</p><table border=1>{cells}</table></body></html>".encode()


def docx_file(rows: Sequence[Sequence[Put]], columns: int = 4) -> bytes:
    document = docx.Document()
    document.add_paragraph(TITLE).alignment = 1
    document.add_paragraph(LEAD_IN)
    table = document.add_table(len(rows), columns)
    for row, column, put in placed(rows, columns):
        first, last = table.cell(row, column), table.cell(row + put.rowspan - 1, column + put.colspan - 1)
        merged = first if first is last else first.merge(last)
        merged.text = put.text
    return saved(document)


def saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def xlsx_file(rows: Sequence[Sequence[Put]], columns: int = 4) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "任务"
    sheet.append([TITLE])
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=columns)
    for row, column, put in placed(rows, columns):
        value = int(put.text) if put.text.isdigit() else put.text
        sheet.cell(row + 2, column + 1, value)
        if put.rowspan > 1 or put.colspan > 1:
            sheet.merge_cells(start_row=row + 2, end_row=row + 1 + put.rowspan, start_column=column + 1, end_column=column + put.colspan)
    return saved(book)


def pdf_file(flowables: Sequence[Flowable], header: str = "") -> bytes:
    """Return a pdf with a running header and page numbers."""
    out = io.BytesIO()

    def furniture(canvas: Any, page: Any) -> None:
        canvas.setFont("STSong-Light", 9)
        if header:
            canvas.drawString(72, 810, header)
        canvas.drawCentredString(297, 30, f"— {canvas.getPageNumber()} —")

    SimpleDocTemplate(out, topMargin=60, bottomMargin=60).build(list(flowables), onFirstPage=furniture, onLaterPages=furniture)
    return out.getvalue()


def paragraph(text: str) -> Paragraph:
    return Paragraph(text, STYLE)


def pdf_table(rows: Sequence[Sequence[Put]], widths: Sequence[float], *, ruled: bool = True, repeat: int = 1) -> Table:
    """Return a table flowable."""
    columns = len(widths)
    grid: list[list[Any]] = [[""] * columns for _ in rows]
    style: list[Any] = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("FONT", (0, 0), (-1, -1), "STSong-Light", 10.5)]
    if ruled:
        style.append(("GRID", (0, 0), (-1, -1), 0.6, colors.black))
    for row, column, put in placed(rows, columns):
        grid[row][column] = paragraph(put.text)
        if put.rowspan > 1 or put.colspan > 1:
            style.append(("SPAN", (column, row), (column + put.colspan - 1, row + put.rowspan - 1)))
    return Table(grid, colWidths=list(widths), repeatRows=repeat, style=style)
