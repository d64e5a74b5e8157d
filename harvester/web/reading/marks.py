"""What a page shows of a version: headings, clauses and tables with the evidence of tasks marked in them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from harvester.web.reading.parts import Part
from harvester.web.reading.versions import Reading
from normalizers.records import Block, Cell, Span, Table

Row = dict[str, Any]

MOST_ROWS = 120
"""Rows of a table that a page of a whole document shows; the table's own page has all."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of text that a task rests on; ``row`` is the task with its bodies and days, for those who read beside the text."""

    span: Span
    task: str
    ordinal: int
    row: Row = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, with the task that it is evidence of, or none."""

    text: str
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell of a table as HTML lays it: ``head`` is ``col`` or empty."""

    pieces: tuple[Piece, ...]
    rowspan: int
    colspan: int
    head: str


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row with its address and the tasks that begin in it."""

    name: str
    cells: tuple[ShownCell, ...]
    tasks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table; ``hidden`` rows are behind the last one shown; ``spread`` tells that the source could not state merged cells."""

    name: str
    columns: int
    rows: tuple[ShownRow, ...]
    hidden: int
    merged: bool
    words: str = ""


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A clause or heading: ``tag`` is p or h3 to h6; ``depth`` how far it is set in."""

    part: Part
    tag: str
    pieces: tuple[Piece, ...]
    tasks: tuple[Mark, ...]
    depth: int = 0


Shown = ShownPart | ShownTable


class Marks:
    """The evidence of a version's tasks, by place."""

    def __init__(self, found: Sequence[Mark] = ()) -> None:
        self._all = sorted(found, key=lambda mark: (mark.span.start, mark.span.end))
        self._starts = [mark.span.start for mark in self._all]
        self._longest = max((mark.span.end - mark.span.start for mark in self._all), default=0)

    def over(self, span: Span) -> list[Mark]:
        """Return the marks that reach into a stretch of the text."""
        first = bisect_left(self._starts, span.start - self._longest)
        return [mark for mark in self._all[first : bisect_left(self._starts, span.end)] if mark.span.end > span.start]

    def begun(self, span: Span) -> tuple[Mark, ...]:
        """Return the marks that begin in a stretch of the text."""
        end = max(span.end, span.start + 1)
        return tuple(self._all[bisect_left(self._starts, span.start) : bisect_left(self._starts, end)])


def marks_of(tasks: Sequence[Mapping[str, Any]]) -> Marks:
    """Return the evidence of tasks as ``versions.tasks_of`` gives them."""
    return Marks(
        [Mark(Span(row["evidence_start"], row["evidence_end"]), row["lasting_id"] or row["id"], row["ordinal"], dict(row)) for row in tasks]
    )


def shown(reading: Reading, parts: Sequence[Part], marks: Marks, *, top: int = 3, most: int = MOST_ROWS) -> Iterator[Shown]:
    """Yield what a page shows of some parts in their order; ``top`` is the level of the highest heading, ``most`` the rows of a table."""
    blocks = {block.address: block for block in reading.blocks}
    last = top - 1
    for address, some in groupby(parts, key=lambda part: part.block.partition(".")[0]):
        block = blocks.get(address)
        if block is not None and block.table is not None:
            wanted = {int(part.block.rpartition(".r")[2]) - 1 for part in some}
            yield table_of(reading, block, marks, rows=wanted, most=most)
            continue
        for part in some:
            tag, last = _tag(part, last, top)
            yield ShownPart(part, tag, cut(reading.text, part.unit.span, marks), marks.begun(part.unit.span), _depth(part))


def _tag(part: Part, last: int, top: int) -> tuple[str, int]:
    """Return the element of a part; no level of headings is left out."""
    if not part.level:
        return "p", last
    level = min(6, top + part.level - 1, last + 1)
    return f"h{level}", level


def _depth(part: Part) -> int:
    if part.level or part.name.startswith(("tab", "title")):
        return 0
    return min(3, max(0, part.name.count(".") - 1))


def table_of(
    reading: Reading, block: Block, marks: Marks, *, rows: set[int] | None = None, most: int = MOST_ROWS, first: int = 0
) -> ShownTable:
    """Return a table, or some rows of it with its head; merged cells keep the reach that is shown of them."""
    table = block.table
    if table is None:
        raise ValueError(f"{block.address} is no table")
    all_rows = sorted({cell.row for cell in table.cells})
    wanted = [row for row in all_rows if rows is None or row in rows]
    kept = wanted[first : first + most]
    if kept and 0 in all_rows and kept[0] != 0:
        kept = [0, *kept]
    cells = _laid(table, kept)
    shown_rows = tuple(_row(reading, block, row, cells.get(row, ()), marks, head=row == 0 and len(all_rows) > 1) for row in kept)
    number = block.address.removeprefix("tab")
    return ShownTable(block.address, table.columns, shown_rows, max(0, len(wanted) - first - most), table.merged, number)


def _laid(table: Table, kept: Sequence[int]) -> dict[int, list[tuple[Cell, int]]]:
    """Return the cells of the rows kept with how many of them each reaches over; a cell from above stands again in the first one below."""
    place = {row: at for at, row in enumerate(kept)}
    out: dict[int, list[tuple[Cell, int]]] = {row: [] for row in kept}
    for cell in table.cells:
        under = [row for row in range(cell.row, min(cell.row + cell.rowspan, table.rows)) if row in place]
        for _, run in groupby(enumerate(place[row] for row in under), key=lambda pair: pair[1] - pair[0]):
            positions = [at for _, at in run]
            out[kept[positions[0]]].append((cell, len(positions)))
    return {row: sorted(found, key=lambda pair: pair[0].column) for row, found in out.items()}


def _row(reading: Reading, block: Block, row: int, cells: Sequence[tuple[Cell, int]], marks: Marks, *, head: bool) -> ShownRow:
    found = tuple(ShownCell(cut(reading.text, cell.span, marks), reach, cell.colspan, "col" if head else "") for cell, reach in cells)
    begun = tuple(dict.fromkeys(mark for cell, _ in cells if cell.row == row for mark in marks.begun(cell.span)))
    return ShownRow(f"{block.address}.r{row + 1}", found, begun)


def cut(text: str, span: Span, marks: Marks) -> tuple[Piece, ...]:
    """Return a stretch of the text in pieces, marked ones apart; of marks that overlap the first counts."""
    out, at = [], span.start
    for mark in marks.over(span):
        start, end = max(at, mark.span.start), min(span.end, mark.span.end)
        if start < end:
            out += [Piece(text[at:start]), Piece(text[start:end], mark)]
            at = end
    out.append(Piece(text[at : span.end]))
    return tuple(piece for piece in out if piece.text)
