"""What the docx reports share: page, fonts, page numbers, and runs of text whose marks survive a black-and-white copy."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import docx
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_UNDERLINE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from lxml import etree

from harvester.config import PROGRAM
from harvester.reports.pieces import Mark, Piece, visible

BODY, HEADING, LATIN = "仿宋", "黑体", "Times New Roman"
"""Fonts of official papers (GB/T 9704-2012 §5.2.2: 仿宋 for the text) that Windows and WPS bring."""
ALTERNATIVES = {BODY: "仿宋_GB2312,FangSong,STFangsong,Noto Serif CJK SC", HEADING: "SimHei,STHeiti,Noto Sans CJK SC"}
"""What a reader without the font takes, as the table of fonts names it."""

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def new_docx(title: str, *, landscape: bool) -> Docx:
    """Return an empty A4 document with the fonts of official papers and page numbers."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.left_margin = section.right_margin = Mm(20 if landscape else 28)
    section.top_margin, section.bottom_margin = Mm(22), Mm(20)
    normal = document.styles["Normal"]
    if isinstance(normal, ParagraphStyle):
        normal.font.name, normal.font.size = LATIN, Pt(10.5 if landscape else 14)
        normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), BODY)
        normal.paragraph_format.space_after = Pt(0)
    _name_alternatives(document)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = visible(title)[:250], PROGRAM, ""
    properties.created = properties.modified = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    _number_pages(section.footer.paragraphs[0])
    return document


def saved(document: Docx) -> bytes:
    """Return a document as the bytes of its file."""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def write(paragraph: Paragraph, text: str, *, font: str = "", size: float = 0, bold: bool = False) -> Run:
    """Add a run of plain text; what no XML may hold is written out."""
    run = paragraph.add_run(visible(text))
    if font:
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if size:
        run.font.size = Pt(size)
    run.bold = bold or None
    return run


def write_piece(paragraph: Paragraph, piece: Piece) -> None:
    """Add a piece of a comparison: what came bold and underlined twice, what went struck through."""
    run = write(paragraph, piece.text)
    if piece.mark is Mark.INSERTED:
        run.bold = True
        run.underline = WD_UNDERLINE.DOUBLE
    elif piece.mark is Mark.DELETED:
        run.font.strike = True


def _number_pages(paragraph: Paragraph) -> None:
    """Put the page's number into a footer, between dashes as official papers have it (GB/T 9704-2012 §7.5)."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    write(paragraph, "— ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    run = OxmlElement("w:r")
    number = OxmlElement("w:t")
    number.text = "1"
    run.append(number)
    field.append(run)
    paragraph._p.append(field)
    write(paragraph, " —")


def _name_alternatives(document: Docx) -> None:
    """Name in the table of fonts what stands for a font that a reader does not have."""
    part = next((part for part in document.part.package.iter_parts() if str(part.partname) == "/word/fontTable.xml"), None)
    if part is None:
        return
    root = etree.fromstring(part.blob)
    for name, others in ALTERNATIVES.items():
        font = etree.SubElement(root, f"{{{_W}}}font", {f"{{{_W}}}name": name})
        etree.SubElement(font, f"{{{_W}}}altName", {f"{{{_W}}}val": others})
    part._blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
