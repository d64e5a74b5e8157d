"""The three-column table of offices (三栏对照表): 原文 | 现文 | 说明, as a docx whose third column is there to be edited."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from docx.document import Document as Docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt
from docx.table import Table, _Cell, _Row

from harvester.comparing import Compared
from harvester.messages import _
from harvester.reports.office import HEADING, new_docx, saved, write, write_piece
from harvester.reports.pieces import Cells, Piece, visible
from harvester.reports.rows import Report, Row, report_of
from harvester.telling.phrases import clauses
from harvester.telling.quantities import with_unit
from harvester.telling.remarks import remarks
from harvester.telling.terminal import describe, summary
from harvester.telling.wording import word_change
from normalizers.differences import Fate

WIDTHS: tuple[Length, ...] = (Mm(97), Mm(97), Mm(61))
"""Of the three columns; together a little less than A4 across leaves between its margins."""
MOST_TOLD = 8
"""Changes of words told one by one beside a clause; of more, their number."""


_NUMBER = re.compile(r"[（(]?[\d.一二三四五六七八九十]{1,8}[)）.、]?")
_TOLD_HEAD = re.compile(r"[^\n]{0,8}(?:单位|部门|机构|时间|时限|期限|节点|进度)")
"""Heads of columns that are written before what stands in them: who does a task and by when."""
_INNER = str.maketrans("《》", "〈〉")


def comparison_table(compared: Compared, lang: str, *, everything: bool = False) -> bytes:
    """Return the three-column table as a docx in ``lang``: the clauses that changed, or ``everything``.

    The text of the documents goes into runs of plain text only: no field, link or formula is made of it.
    """
    report = report_of(compared, lang)
    title = _("Table of changes: {title}", lang).format(title=(compared.new.title or compared.new.name).translate(_INNER))
    document = new_docx(title, landscape=True)
    _head(document, compared, title, lang)
    shown = [row for row in report.rows if not row.left and (everything or row.changed)]
    if shown:
        _table(document, shown, report, (compared.old.text, compared.new.text), lang)
    _foot(document, report, lang)
    return saved(document)


def explanation(row: Row, texts: tuple[str, str], lang: str) -> str:
    """Return what the third column says of a row before anybody edits it: the changes of tasks, else of words (of both ``texts``)."""
    if row.told or row.brief:
        return clauses((*row.brief, *row.told), lang)
    if row.fate is Fate.INSERTED:
        return _("added", lang)
    if row.fate is Fate.DELETED:
        return _("deleted", lang)
    told = [word_change(change.op, *with_unit(change, *texts), lang) for change in row.changes[:MOST_TOLD]]
    if len(row.changes) > MOST_TOLD:
        told.append(_("{n} places in all", lang).format(n=len(row.changes)))
    if row.fate is Fate.MOVED:
        told.insert(0, _("moved from {place}", lang).format(place=row.other_place))
    return clauses(told, lang)


def _head(document: Docx, compared: Compared, title: str, lang: str) -> None:
    heading = document.add_paragraph()
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    write(heading, title, font=HEADING, size=16)
    for label, side in ((_("Old", lang), compared.old), (_("New", lang), compared.new)):
        write(document.add_paragraph(), _("{item}: {told}", lang).format(item=label, told=describe(side, lang)))
        write(document.add_paragraph(), f"{side.source}  SHA-256 {side.sha256}", size=8)
    write(document.add_paragraph(), summary(compared, lang), bold=True)
    for note in remarks(compared.comparison, lang):
        write(document.add_paragraph(), note)


def _table(document: Docx, rows: Sequence[Row], report: Report, texts: tuple[str, str], lang: str) -> None:
    table = document.add_table(rows=1, cols=len(WIDTHS))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    _fix_widths(table)
    for cell, text in zip(table.rows[0].cells, (_("old text", lang), _("new text", lang), _("explanation", lang)), strict=True):
        paragraph = cell.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        write(paragraph, text, font=HEADING)
    _repeat(table)
    path, heads = "", _heads(report.rows)
    for row in rows:
        if row.path and row.path != path:
            _path_row(table, row.path)
        path = row.path
        _row(table, row, heads, explanation(row, texts, lang) if row.changed else "")


def _heads(rows: Sequence[Row]) -> dict[tuple[str, int], tuple[str, ...]]:
    """Return the heads of columns by table and number of cells: the cells of its first row that say who or when."""
    found: dict[tuple[str, int], tuple[str, ...]] = {}
    for row in rows:
        table, _, number = row.address.partition(".")
        for cells in (row.old, row.new) if number == "r1" else ():
            texts = ("".join(visible("".join(piece.text for piece in cell)).split()) for cell in cells)
            found.setdefault((table, len(cells)), tuple(text if _TOLD_HEAD.fullmatch(text) else "" for text in texts))
    return found


def _row(table: Table, row: Row, heads: Mapping[tuple[str, int], tuple[str, ...]], said: str) -> None:
    cells = _new_row(table)
    place, _, number = row.address.partition(".")
    for cell, found in ((cells[0], row.old), (cells[1], row.new)):
        _fill(cell, found, heads.get((place, len(found)), ()) if number != "r1" else ())
    if said:
        write(cells[2].paragraphs[0], said)


def _new_row(table: Table) -> tuple[_Cell, ...]:
    add: Callable[[], _Row] = table.add_row
    return add().cells


def _fill(cell: _Cell, found: Cells, heads: Sequence[str]) -> None:
    """Write the cells of a row, or a clause, a paragraph each; the number of a row stands before its first words."""
    headed = zip(heads or [""] * len(found), found, strict=True)
    filled = [(head, pieces) for head, pieces in headed if any(visible(piece.text).strip() for piece in pieces)]
    paragraphs = [(Piece(f"{head}："), *pieces) if head else pieces for head, pieces in filled]
    if len(paragraphs) > 1 and _NUMBER.fullmatch("".join(piece.text for piece in paragraphs[0]).strip()):
        paragraphs[:2] = [(*paragraphs[0], Piece("\u3000"), *paragraphs[1])]
    for number, pieces in enumerate(paragraphs):
        paragraph = cell.add_paragraph() if number else cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(2)
        for piece in pieces:
            write_piece(paragraph, piece)


def _path_row(table: Table, path: str) -> None:
    cells = _new_row(table)
    merged = cells[0].merge(cells[-1])
    write(merged.paragraphs[0], path, font=HEADING)


def _foot(document: Docx, report: Report, lang: str) -> None:
    for said in _unplaced(report):
        write(document.add_paragraph(), said)
    for field in report.fields:
        write(document.add_paragraph(), field.text)
    write(document.add_paragraph(), _("Underlined and bold: inserted. Struck through: deleted.", lang), size=9)
    write(document.add_paragraph(), _("Script, layout, punctuation and numbering count as no change.", lang), size=9)


def _unplaced(report: Report) -> Iterator[str]:
    """Yield what is told of tasks that no row shows."""
    yield from (said.text for said in report.tasks if not said.anchor)


def _fix_widths(table: Table) -> None:
    for column, width in zip(table.columns, WIDTHS, strict=True):
        column.width = width
    for cell, width in zip(table.rows[0].cells, WIDTHS, strict=True):
        cell.width = width


def _repeat(table: Table) -> None:
    """Let the first row be repeated on each page."""
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(mark)
