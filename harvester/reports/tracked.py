"""The new document as a docx with real tracked changes (修订): accept all and it is the new one, reject all and it is the old one.

WordprocessingML of ECMA-376 part 1, §17.13.5: ``w:ins``, ``w:del``, ``w:moveFrom`` and ``w:moveTo``. Rows of tables that moved are a
deletion and an insertion, since the format knows no moved row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count, groupby

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from lxml import etree

from harvester.comparing import Compared
from harvester.config import PROGRAM
from harvester.reports.exact import by_letters, exact_cells
from harvester.reports.office import HEADING, new_docx, saved
from harvester.reports.pieces import Cells, Mark, Pieces, deleted, inserted, shares, visible
from normalizers.differences import Fate, Unit, UnitKind, UnitPair

Element = etree._Element

_WIDTH = 9000
"""Twentieths of a point that a table is wide: what A4 upright leaves between its margins."""


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph or a row of a table as it is written: ``fate`` of the whole of it, ``move`` the name that its two ends share."""

    unit: Unit
    cells: Cells
    fate: Fate
    move: str = ""
    left: bool = False

    @property
    def table(self) -> str:
        """The table a row stands in, empty for a paragraph."""
        return self.unit.address.partition(".")[0] if self.unit.kind is UnitKind.ROW else ""


def tracked_changes(compared: Compared, lang: str) -> bytes:
    """Return the new document as a docx whose changes are tracked, by this program, now.

    Where the two print alike all but throughout, what counts as no change (numbers of items, punctuation) is tracked as well; where
    they differ in width or punctuation as a whole, it stands as the new one has it. Line breaks and blanks are never tracked.
    """
    document = new_docx(compared.new.title or compared.new.name, landscape=False)
    writer = _Writer(datetime.now(UTC))
    body = document.element.body
    end = body.sectPr
    for paragraph in list(body.iter(qn("w:p"))):
        if paragraph.getparent() is body:
            body.remove(paragraph)
    written = [element for group in _groups(parts(compared)) for element in writer.group(group)]
    for element in written or [OxmlElement("w:p")]:
        end.addprevious(element)
    if written and written[-1].tag == qn("w:tbl"):
        end.addprevious(OxmlElement("w:p"))  # a body ends in a paragraph
    return saved(document)


def parts(compared: Compared) -> list[Part]:
    """Return what is to be written in order: each unit where the new document has it, and what is gone where the old one had it."""
    old, new, letters = compared.old.text, compared.new.text, by_letters(compared)
    pairs = compared.comparison.units
    found: list[list[Part]] = [[] for _ in range(len(pairs) + 1)]
    last = 0
    stood = sorted((pair.old.span.start, index) for index, pair in enumerate(pairs) if pair.old)
    for _, index in stood:
        pair = pairs[index]
        if pair.fate is Fate.MOVED and pair.old and pair.new:
            found[last].append(Part(pair.old, deleted(pair, old), Fate.DELETED, _move_name(pair, index), left=True))
        else:
            last = index + 1
    written: list[Part] = [*found[0]]
    for index, pair in enumerate(pairs):
        written += [*_part(pair, index, old, new, letters=letters), *found[index + 1]]
    return written


def _part(pair: UnitPair, index: int, old: str, new: str, *, letters: bool) -> Iterator[Part]:
    if pair.new is None:
        if pair.old:
            yield Part(pair.old, deleted(pair, old), Fate.DELETED)
    elif pair.old is None or (pair.fate is Fate.MOVED and pair.new.kind is UnitKind.ROW):
        yield Part(pair.new, inserted(pair, new), Fate.INSERTED)
    elif pair.fate is Fate.MOVED:
        yield Part(pair.new, inserted(pair, new), Fate.INSERTED, _move_name(pair, index))
    else:
        yield Part(pair.new, exact_cells(pair, old, new, letters=letters), pair.fate)


def _move_name(pair: UnitPair, index: int) -> str:
    """Return the name of a move, empty where an end of it is a row."""
    ends = (pair.old, pair.new)
    return "" if any(unit and unit.kind is UnitKind.ROW for unit in ends) else f"move{index + 1}"


def _groups(found: Sequence[Part]) -> Iterator[list[Part]]:
    """Yield paragraphs one by one, and the rows of a table that follow one another together."""
    for is_row, some in groupby(found, key=lambda part: bool(part.table)):
        if not is_row:
            yield from ([part] for part in some)
            continue
        table: list[Part] = []
        for part in some:
            kept = [each.table for each in table if each.fate is not Fate.DELETED]
            if kept and part.fate is not Fate.DELETED and part.table != kept[-1]:
                yield table
                table = []
            table.append(part)
        yield table


class _Writer:
    """Writes parts as WordprocessingML; every change has a number, an author and a time."""

    def __init__(self, now: datetime) -> None:
        self._numbers = count(1)
        self._now = f"{now:%Y-%m-%dT%H:%M:%SZ}"

    def group(self, group: list[Part]) -> Iterator[Element]:
        """Yield a paragraph, with the marks of a move around it, or a table; two tables are kept apart by the reader, not by us."""
        if group[0].table:
            yield self._table(group)
        else:
            yield self._paragraph(group[0])

    def _change(self, tag: str, **more: str) -> Element:
        element = OxmlElement(tag)
        for name, value in {"id": str(next(self._numbers)), "author": PROGRAM, "date": self._now, **more}.items():
            element.set(qn(f"w:{name}"), value)
        return element

    def _paragraph(self, part: Part) -> Element:
        paragraph, properties = OxmlElement("w:p"), OxmlElement("w:pPr")
        paragraph.append(properties)
        _lay_out(properties, part)
        mark = self._mark(part)
        if mark is not None:
            of_mark = OxmlElement("w:rPr")
            of_mark.append(mark)
            properties.append(of_mark)
        runs = [run for cell in part.cells for run in self._runs(cell, part)]
        if part.move:
            tag = "w:moveFromRange" if part.left else "w:moveToRange"
            start = self._change(f"{tag}Start", name=part.move)
            stop = OxmlElement(f"{tag}End")
            stop.set(qn("w:id"), str(start.get(qn("w:id"))))
            runs = [start, *runs, stop]
        for run in runs:
            paragraph.append(run)
        return paragraph

    def _mark(self, part: Part) -> Element | None:
        """Return the change of a paragraph's mark: without it, accepting or rejecting would leave an empty paragraph."""
        tags = {Fate.INSERTED: "w:moveTo" if part.move else "w:ins", Fate.DELETED: "w:moveFrom" if part.move else "w:del"}
        return self._change(tags[part.fate]) if part.fate in tags else None

    def _runs(self, pieces: Pieces, part: Part) -> Iterator[Element]:
        heading = part.unit.kind is UnitKind.HEADING
        for piece in pieces:
            text = visible(piece.text)
            if not text:
                continue
            if piece.mark is Mark.SAME:
                yield _run(text, heading=heading)
                continue
            gone = piece.mark is Mark.DELETED
            tag = ("w:moveFrom" if gone else "w:moveTo") if part.move else "w:del" if gone else "w:ins"
            change = self._change(tag)
            # What a move takes away is text, not deleted text (§17.13.5.22).
            change.append(_run(text, heading=heading, gone=gone and not part.move))
            yield change

    def _table(self, rows: list[Part]) -> Element:
        columns = max(max((*part.unit.columns, len(part.cells))) for part in rows)
        table = OxmlElement("w:tbl")
        table.append(_table_properties())
        grid = OxmlElement("w:tblGrid")
        widths = _widths(rows, columns)
        for width in widths:
            column = OxmlElement("w:gridCol")
            column.set(qn("w:w"), str(width))
            grid.append(column)
        table.append(grid)
        for part in rows:
            table.append(self._row(part, widths))
        return table

    def _row(self, part: Part, widths: Sequence[int]) -> Element:
        row = OxmlElement("w:tr")
        tags = {Fate.INSERTED: "w:ins", Fate.DELETED: "w:del"}
        if part.fate in tags:
            properties = OxmlElement("w:trPr")
            properties.append(self._change(tags[part.fate]))
            row.append(properties)
        for cell, first, span in _placed(part, len(widths)):
            row.append(self._table_cell(cell, part, sum(widths[first : first + span]), span))
        return row

    def _table_cell(self, pieces: Pieces, part: Part, width: int, span: int) -> Element:
        cell, properties, size = OxmlElement("w:tc"), OxmlElement("w:tcPr"), OxmlElement("w:tcW")
        size.set(qn("w:w"), str(width))
        size.set(qn("w:type"), "dxa")
        properties.append(size)
        if span > 1:
            spanned = OxmlElement("w:gridSpan")
            spanned.set(qn("w:val"), str(span))
            properties.append(spanned)
        cell.append(properties)
        paragraph = OxmlElement("w:p")
        for run in self._runs(pieces, part):
            paragraph.append(run)
        cell.append(paragraph)
        return cell


def _run(text: str, *, heading: bool, gone: bool = False) -> Element:
    run = OxmlElement("w:r")
    if heading:
        properties, fonts = OxmlElement("w:rPr"), OxmlElement("w:rFonts")
        fonts.set(qn("w:eastAsia"), HEADING)
        properties.append(fonts)
        run.append(properties)
    content = OxmlElement("w:delText" if gone else "w:t")
    content.set(qn("xml:space"), "preserve")
    content.text = text
    run.append(content)
    return run


def _lay_out(properties: Element, part: Part) -> None:
    """Let paragraphs begin two characters in, as official papers do (GB/T 9704-2012 §7.3.3)."""
    if part.unit.kind is not UnitKind.HEADING:
        indent = OxmlElement("w:ind")
        indent.set(qn("w:firstLineChars"), "200")
        indent.set(qn("w:firstLine"), "560")
        properties.append(indent)


def _table_properties() -> Element:
    properties = OxmlElement("w:tblPr")
    for tag, values in (
        ("w:tblStyle", {"val": "TableGrid"}),
        ("w:tblW", {"w": str(_WIDTH), "type": "dxa"}),
        ("w:tblLayout", {"type": "fixed"}),
    ):
        element = OxmlElement(tag)
        for name, value in values.items():
            element.set(qn(f"w:{name}"), value)
        properties.append(element)
    return properties


def _placed(part: Part, columns: int) -> Iterator[tuple[Pieces, int, int]]:
    """Yield the cells of a row with the column they begin in and how many they cover; where the row has none an empty one."""
    known = part.unit.columns
    starts = [column - 1 for column in known] if len(known) == len(part.cells) else list(range(len(part.cells)))
    position = 0
    for index, (cell, start) in enumerate(zip(part.cells, starts, strict=True)):
        if start > position:
            yield (), position, start - position
        following = starts[index + 1] if index + 1 < len(starts) else columns
        span = columns - start if index + 1 == len(starts) and len(starts) == 1 else min(1, following - start) or 1
        yield cell, start, span
        position = start + span
    if position < columns:
        yield (), position, columns - position


def _widths(rows: Iterable[Part], columns: int) -> list[int]:
    """Return the widths of columns after what their cells hold, in twentieths of a point."""
    held = []
    for part in rows:
        lengths = [0] * columns
        for cell, first, _ in _placed(part, columns):
            lengths[first] = sum(len(piece.text) for piece in cell)
        held.append(lengths)
    return [_WIDTH * share // 100 for share in shares(held)]
