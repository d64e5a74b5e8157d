"""The same document as files of offices: docx, xlsx, pdf, OFD; doc and xls through LibreOffice, text of a pdf through poppler."""

from __future__ import annotations

import hashlib
import io
import random
import shutil
import subprocess
import tempfile
import zipfile
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import docx
import openpyxl
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.pagesizes import landscape as turned
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

from tests.corpus.paper import Grid, Paper, bare

FONT = "STSong-Light"
_CACHE = Path(tempfile.gettempdir()) / "credit-corpus-office"
SECONDS = 120


class MissingProgramError(RuntimeError):
    """A program that makes a format is not on this machine; the message names it."""


# --- Word -------------------------------------------------------------------------------------------------------------


def docx_file(paper: Paper) -> bytes:
    """Return a docx with merged cells."""
    return _saved(_document(paper))


def docx_tracked(paper: Paper) -> bytes:
    """Return a docx whose changes are tracked: words put in, and words struck out that count no more."""
    document = _document(paper)
    dice = random.Random(paper.name)
    for paragraph in document.paragraphs:
        if len(paragraph.text) > 20 and dice.random() < 0.6:
            _track(paragraph, dice)
    return _saved(document)


def _track(paragraph: Any, dice: random.Random) -> None:
    words = paragraph.text
    cut = dice.randrange(6, len(words) - 6)
    paragraph.runs[0].text = words[:cut]
    for tag, inner, content in (("w:del", "w:delText", "（此处原为征求意见稿文字）"), ("w:ins", "w:t", words[cut : cut + 5])):
        change, run, piece = OxmlElement(tag), OxmlElement("w:r"), OxmlElement(inner)
        change.set(qn("w:id"), str(dice.randrange(9999)))
        change.set(qn("w:author"), "核稿")
        piece.text = content
        run.append(piece)
        change.append(run)
        paragraph._p.append(change)
    paragraph.add_run(words[cut + 5 :])


def _document(paper: Paper) -> Any:
    document = docx.Document()
    for part in paper.parts:
        if isinstance(part, Grid):
            _word_table(document, part)
        else:
            paragraph = document.add_paragraph(bare(part))
            if part.startswith("= "):
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            elif part.startswith("> "):
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    return document


def _word_table(document: Any, grid: Grid) -> None:
    table = document.add_table(len(grid.rows), len(grid.rows[0]))
    for row, column, down, right, words in grid.placed():
        cell = table.cell(row, column)
        if down > 1 or right > 1:
            cell = cell.merge(table.cell(row + down - 1, column + right - 1))
        cell.text = words.replace("<br>", "\n")


def _saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def zip_file(paper: Paper) -> bytes:
    """Return an archive that holds the docx."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{paper.name}.docx", docx_file(paper))
    return out.getvalue()


# --- sheets -----------------------------------------------------------------------------------------------------------


def xlsx_file(paper: Paper) -> bytes:
    """Return a workbook of one sheet: lines over the whole width, tables with merged cells."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    width = max([len(part.rows[0]) for part in paper.parts if isinstance(part, Grid)] or [1])
    line = 1
    for part in paper.parts:
        if isinstance(part, Grid):
            for row, column, down, right, words in part.placed():
                value = int(words) if words.isdigit() else words.replace("<br>", "\n")
                sheet.cell(line + row, column + 1, value)
                if down > 1 or right > 1:
                    sheet.merge_cells(
                        start_row=line + row, end_row=line + row + down - 1, start_column=column + 1, end_column=column + right
                    )
            line += len(part.rows)
        else:
            sheet.cell(line, 1, bare(part))
            if width > 1:
                sheet.merge_cells(start_row=line, end_row=line, start_column=1, end_column=width)
            line += 1
    return _saved(book)


def converted(paper: Paper, ending: str) -> bytes:
    """Return the docx or xlsx as LibreOffice saves it in the old format. Raises ``MissingProgramError`` without LibreOffice."""
    program = shutil.which("soffice")
    if not program:
        raise MissingProgramError("LibreOffice (soffice) is not here: install it to measure doc, xls and wps.")
    source, suffix = (xlsx_file(paper), "xlsx") if ending == "xls" else (docx_file(paper), "docx")
    text = repr(paper.parts).encode()
    kept = _CACHE / f"{hashlib.sha256(text).hexdigest()[:24]}.{ending}"
    if not kept.exists():
        _CACHE.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            given = Path(folder) / f"paper.{suffix}"
            given.write_bytes(source)
            profile = f"-env:UserInstallation=file://{folder}/profile"
            subprocess.run(
                [program, profile, "--headless", "--convert-to", ending, "--outdir", folder, str(given)],
                check=True, capture_output=True, timeout=SECONDS,
            )  # fmt: skip
            made = given.with_suffix(f".{ending}")
            if not made.exists():
                raise MissingProgramError(
                    f"This LibreOffice makes no {ending}: install its {'Calc' if ending == 'xls' else 'Writer'} component."
                )
            shutil.move(made, kept)
    return kept.read_bytes()


# --- pdf --------------------------------------------------------------------------------------------------------------


@cache
def _styles() -> dict[str, ParagraphStyle]:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    body = ParagraphStyle("body", fontName=FONT, fontSize=12, leading=20, firstLineIndent=24, wordWrap="CJK")
    return {
        "body": body,
        "right": ParagraphStyle("right", parent=body, alignment=2, rightIndent=24, firstLineIndent=0),
        "title": ParagraphStyle("title", parent=body, fontSize=18, leading=28, alignment=1, firstLineIndent=0),
        "cell": ParagraphStyle("cell", parent=body, fontSize=9.5, leading=13, firstLineIndent=0),
    }


def pdf_file(paper: Paper, *, ruled: bool = True, landscape: bool = False) -> bytes:
    """Return a pdf with page numbers, its tables ruled or not, upright or turned."""
    size = turned(A4) if landscape else A4
    styles = _styles()
    flow: list[Any] = []
    for part in paper.parts:
        if isinstance(part, Grid):
            flow.append(_pdf_table(part, size[0] - 120, ruled))
        else:
            style = "title" if part.startswith("= ") else "right" if part.startswith("> ") else "body"
            flow.append(Paragraph(escape(bare(part)), styles[style]))
    out = io.BytesIO()

    def number(canvas: Any, _: Any) -> None:
        canvas.setFont(FONT, 9)
        canvas.drawCentredString(size[0] / 2, 30, f"— {canvas.getPageNumber()} —")

    frame = SimpleDocTemplate(out, pagesize=size, leftMargin=60, rightMargin=60, topMargin=60, bottomMargin=60, invariant=1)
    frame.build(flow, onFirstPage=number, onLaterPages=number)
    return out.getvalue()


def _widths(grid: Grid, room: float) -> list[float]:
    columns = list(zip(*grid.plain(), strict=True))
    need = [min(30, max(3, *(len(cell) for cell in column))) for column in columns]
    return [room * share / sum(need) for share in need]


def _pdf_table(grid: Grid, room: float, ruled: bool) -> Table:
    style: list[Any] = [("VALIGN", (0, 0), (-1, -1), "TOP")]
    if ruled:
        style.append(("GRID", (0, 0), (-1, -1), 0.6, colors.black))
    cells: list[list[Any]] = [[""] * len(grid.rows[0]) for _ in grid.rows]
    for row, column, down, right, words in grid.placed():
        cells[row][column] = Paragraph(escape(words).replace("&lt;br&gt;", "<br/>"), _styles()["cell"])
        if down > 1 or right > 1:
            style.append(("SPAN", (column, row), (column + right - 1, row + down - 1)))
    return Table(cells, colWidths=_widths(grid, room), repeatRows=grid.head, style=style)


def pdf_text(paper: Paper, option: str) -> bytes:
    """Return the text that poppler takes out of the pdf (``-layout`` or ``-raw``). Raises ``MissingProgramError`` without poppler."""
    program = shutil.which("pdftotext")
    if not program:
        raise MissingProgramError("pdftotext (poppler-utils) is not here: install it to measure text taken out of a pdf.")
    done = subprocess.run([program, option, "-", "-"], input=pdf_file(paper), capture_output=True, timeout=SECONDS, check=True)
    return done.stdout


# --- OFD --------------------------------------------------------------------------------------------------------------

_OFD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'
_PAGE_LINES, _LINE_CHARS = 40, 38


def ofd_file(paper: Paper) -> bytes:
    """Return an OFD (GB/T 33190-2016): text objects line by line, 40 lines a page; tables are not drawn."""
    lines = [piece for line in paper.lines() for piece in _wrapped(line)]
    sheets = [lines[at : at + _PAGE_LINES] for at in range(0, len(lines), _PAGE_LINES)] or [[]]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "OFD.xml",
            f'{_OFD}<ofd:OFD {_NS} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>1</ofd:DocID></ofd:DocInfo>'
            "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        )
        listed = "".join(f'<ofd:Page ID="{n + 10}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(len(sheets)))
        archive.writestr(
            "Doc_0/Document.xml",
            f"{_OFD}<ofd:Document {_NS}><ofd:CommonData><ofd:MaxUnitID>9999</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297"
            "</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes></ofd:CommonData>"
            f"<ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
        )
        archive.writestr(
            "Doc_0/PublicRes.xml",
            f'{_OFD}<ofd:Res {_NS} BaseLoc="Res"><ofd:Fonts><ofd:Font ID="3" FontName="宋体" FamilyName="宋体"/></ofd:Fonts></ofd:Res>',
        )
        for number, sheet in enumerate(sheets):
            archive.writestr(f"Doc_0/Pages/Page_{number}/Content.xml", _ofd_page(sheet, number))
    return out.getvalue()


def _wrapped(line: str) -> list[str]:
    """Return a paragraph in lines of a page: the first drawn in by two characters, as OFD writers set it, by position and not by blanks."""
    return [line[at : at + _LINE_CHARS] for at in range(0, len(line), _LINE_CHARS)]


def _ofd_page(lines: list[str], number: int) -> str:
    objects = "".join(
        f'<ofd:TextObject ID="{1000 * (number + 1) + n}" Boundary="25 {25 + 6 * n} 170 5" Font="3" Size="4.2">'
        f'<ofd:TextCode X="0" Y="4.2" DeltaX="g {len(line) - 1} 4.2">{escape(line)}</ofd:TextCode></ofd:TextObject>'
        for n, line in enumerate(lines)
    )
    return (
        f"{_OFD}<ofd:Page {_NS}><ofd:Area><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:Area><ofd:Content>"
        f'<ofd:Layer ID="{number + 500}">{objects}</ofd:Layer></ofd:Content></ofd:Page>'
    )
