"""The span grid: tables of any source as cells with row and column spans, every position covered at most once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import NamedTuple

from normalizers.documents.limits import MAX_COLUMNS, MAX_ROWS
from normalizers.records import Origin


class RawCell(NamedTuple):
    """One cell; ``row`` and ``column`` count from 0.

    ``text`` is as the source has it until the builder repairs it; where that changes it, ``raw`` keeps what stood there.
    """

    text: str
    rowspan: int = 1
    colspan: int = 1
    origin: Origin | None = None
    row: int = 0
    column: int = 0
    raw: str = ""

    def at(self, row: int, column: int, rowspan: int, colspan: int) -> RawCell:
        """Return the cell at a place."""
        if (row, column, rowspan, colspan) == (self.row, self.column, self.rowspan, self.colspan):
            return self
        return RawCell(self.text, rowspan, colspan, self.origin, row, column, self.raw)

    def saying(self, text: str, raw: str = "") -> RawCell:
        """Return the cell with another text, the cell itself where it says that already."""
        if text == self.text and raw == self.raw:
            return self
        return RawCell(text, self.rowspan, self.colspan, self.origin, self.row, self.column, raw)


PLACE = attrgetter("row", "column")
"""The order of reading: row by row, and in each from left to right."""


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table before repair; see ``normalizers.records.Table`` for the meaning of ``merged``."""

    rows: int
    columns: int
    cells: tuple[RawCell, ...]
    merged: bool = True
    warnings: tuple[str, ...] = field(default=())

    def texts(self) -> list[list[str]]:
        """Return ``rows`` × ``columns`` texts; a merged cell's text stands at every position it covers."""
        out = [[""] * self.columns for _ in range(self.rows)]
        for cell in self.cells:
            for row in range(cell.row, cell.row + cell.rowspan):
                for column in range(cell.column, cell.column + cell.colspan):
                    out[row][column] = cell.text
        return out


def _free_width(taken: Sequence[int], row: int, column: int, wanted: int) -> int:
    """Return how many of ``wanted`` positions from ``column`` on are free in ``row``."""
    if wanted == 1:
        return int(column < MAX_COLUMNS and taken[column] <= row)
    width = 0
    while width < wanted and column + width < MAX_COLUMNS and taken[column + width] <= row:
        width += 1
    return width


def place(rows: Sequence[Sequence[RawCell]], *, merged: bool = True) -> RawTable:
    """Return the table that rows of cells with spans draw, by the HTML standard's rule (each cell at the next free position).

    Spans are cut where they leave the table or meet another cell; columns and rows in which no cell begins are folded away,
    so ``colspan="1000000"`` costs nothing. Beyond ``MAX_ROWS`` and ``MAX_COLUMNS`` the table is cut, with a warning.
    """
    taken = [0] * MAX_COLUMNS  # the first row in which a column is free again
    cells: list[RawCell] = []
    lost = 0
    height = min(len(rows), MAX_ROWS)
    for number, row in enumerate(rows[:height]):
        column = 0
        for cell in row:
            while column < MAX_COLUMNS and taken[column] > number:
                column += 1
            width = _free_width(taken, number, column, max(1, cell.colspan))
            if width == 0:
                lost += 1
                continue
            rowspan = min(max(1, cell.rowspan), height - number)
            taken[column : column + width] = [number + rowspan] * width
            cells.append(cell.at(number, column, rowspan, width))
            column += width
    warnings = []
    if len(rows) > MAX_ROWS:
        warnings.append(f"A table has {len(rows)} rows; the {len(rows) - MAX_ROWS} beyond {MAX_ROWS} were not read.")
    if lost:
        warnings.append(f"A table has more than {MAX_COLUMNS} columns; {lost} cells beyond them were not read.")
    return fold_empty_tracks(cells, merged=merged, warnings=warnings)


def _renumber(starts: set[int]) -> tuple[dict[int, int], list[int]]:
    """Return the new number of each row or column in which a cell begins, and the old numbers in order."""
    kept = sorted(starts)
    return {old: new for new, old in enumerate(kept)}, kept


def _covered(kept: Sequence[int], start: int, span: int) -> int:
    """Return how many of the kept tracks lie in ``start`` up to ``start + span``."""
    return bisect_left(kept, start + span) - bisect_left(kept, start)


def fold_empty_tracks(cells: Sequence[RawCell], *, merged: bool = True, warnings: Sequence[str] = ()) -> RawTable:
    """Return placed cells without the rows and columns in which none begins: they carry nothing but the drawing."""
    row_of, rows = _renumber({cell.row for cell in cells})
    column_of, columns = _renumber({cell.column for cell in cells})
    gapless = len(rows) == 1 + max(rows, default=-1) and len(columns) == 1 + max(columns, default=-1)
    folded = [
        cell
        if gapless and cell.rowspan == 1 == cell.colspan  # as nearly every cell of a sound table is: it stays where it is
        else cell.at(
            row_of[cell.row],
            column_of[cell.column],
            1 if cell.rowspan == 1 else _covered(rows, cell.row, cell.rowspan),
            1 if cell.colspan == 1 else _covered(columns, cell.column, cell.colspan),
        )
        for cell in cells
    ]
    folded.sort(key=PLACE)
    return RawTable(len(rows), len(columns), tuple(folded), merged, tuple(warnings))


def drop_rows(table: RawTable, dropped: set[int]) -> RawTable:
    """Return the table without some rows; cells that begin in one of them and reach further begin below."""
    if not dropped:
        return table
    kept = [row for row in range(table.rows) if row not in dropped]
    new = {old: number for number, old in enumerate(kept)}
    cells = []
    for cell in table.cells:
        inside = [new[row] for row in range(cell.row, cell.row + cell.rowspan) if row in new]
        if inside:
            cells.append(cell._replace(row=inside[0], rowspan=len(inside)))
    cells.sort(key=PLACE)
    return replace(table, rows=len(kept), cells=tuple(cells))


def blank_rows(table: RawTable) -> set[int]:
    """Return the rows in which every cell is blank."""
    filled: set[int] = set()
    for cell in table.cells:
        if cell.text.strip():
            filled.update(range(cell.row, cell.row + cell.rowspan))
    return set(range(table.rows)) - filled


def _banner(table: RawTable, row: int) -> RawCell | None:
    """Return the one cell of a row that covers all columns and nothing of other rows."""
    found = [cell for cell in table.cells if cell.row <= row < cell.row + cell.rowspan]
    if len(found) == 1 and found[0].colspan == table.columns > 1 and found[0].rowspan == 1 and found[0].text.strip():
        return found[0]
    return None


def split_banners(table: RawTable) -> tuple[list[RawCell], RawTable | None, list[RawCell]]:
    """Return the captions above, the table proper and the notes below: full-width rows at the edges are text, not rows.

    ``None`` stands for the table when nothing but such rows was there.
    """
    above: list[RawCell] = []
    below: list[RawCell] = []
    first, last = 0, table.rows
    while first < last and (cell := _banner(table, first)):
        above.append(cell)
        first += 1
    while last > first and (cell := _banner(table, last - 1)):
        below.insert(0, cell)
        last -= 1
    if first == last:
        return above, None, below
    return above, drop_rows(table, set(range(first)) | set(range(last, table.rows))), below
