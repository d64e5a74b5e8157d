"""Tables drawn by nothing but place: pieces of text under a header, put into its columns by where they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from normalizers.documents.blocks import is_wide
from normalizers.documents.cell_kinds import misfit
from normalizers.documents.merged_labels import settle_labels
from normalizers.documents.row_breaks import Grid, row_starts

HEADER_WEIGHT = 4
"""A gap between columns that a label stands in counts as that many lines that reach over it."""
APART = 2.0
"""Blanks from which two pieces of a line are no cell of one column."""
MAX_ACROSS = 4000
"""Units (half squares, points) across a page; what stands further right is put at the edge."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a line between two gaps, and where it stands across the page (points, or characters in a text).

    ``glued``: it goes on with the piece before without a blank, if both are of one cell.
    """

    start: float
    stop: float
    text: str
    glued: bool = False


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """The pieces of one line from left to right, its edges, its number in the source (line or page), its page and its index."""

    pieces: tuple[Piece, ...]
    top: float
    bottom: float
    number: int
    page: int = 0
    index: int = 0


@dataclass(frozen=True, slots=True)
class Columns:
    """The inner edges of columns, how deep they cut into pieces, and the room between columns."""

    cuts: tuple[float, ...]
    crossed: int
    room: float
    unit: float = 1.0

    def of(self, piece: Piece) -> int:
        """Return the column in which a piece's middle stands."""
        middle = (piece.start + piece.stop) / 2
        return sum(middle >= cut for cut in self.cuts)

    def crosses(self, line: PlacedLine, slack: float) -> bool:
        """Tell whether a piece of the line reaches over an edge by more than ``slack`` on both sides."""
        return any(piece.start < cut - slack and piece.stop > cut + slack for piece in line.pieces for cut in self.cuts)


def crosses(line: PlacedLine, header: PlacedLine) -> bool:
    """Tell whether a line runs across two labels of the header, as text below a table does."""
    return any(sum(piece.start < label.stop and label.start < piece.stop for label in header.pieces) > 1 for piece in line.pieces)


def _cut(left: Piece, right: Piece, header: PlacedLine, body: Sequence[PlacedLine]) -> tuple[float, int, int]:
    """Return the place between two labels that cuts least into pieces, how deep it does, and how wide the gap is there."""
    low, high = int(min(left.start + 1, MAX_ACROSS)), int(min(right.stop, MAX_ACROSS))
    if high <= low:
        return (left.stop + right.start) / 2, 0, 0
    depth = _depth([(HEADER_WEIGHT, header), *((1, line) for line in body)], low, high)
    between = [
        [(piece.start + piece.stop) / 2 for piece in line.pieces if left.start < piece.stop and piece.start < right.stop] for line in body
    ]
    between = [middles for middles in between if len(middles) > 1]
    least, best = min(depth), (float("inf"), 0.0, 0.0)
    for start, stop in _runs(depth, least):
        cut = low + (start + stop - 1) / 2
        together = sum((middles[-2] >= cut) or (middles[1] < cut) for middles in between)
        best = min(best, (2.0 * together + depth[start], -float(stop - start), cut))
    return best[2], round(least), -round(best[1])


def _runs(depth: Sequence[float], least: float) -> Iterator[tuple[int, int]]:
    """Yield the stretches in which a cut is no deeper than the least deep one, or hardly."""
    at = 0
    while at < len(depth):
        end = at
        while end < len(depth) and depth[end] == depth[at]:
            end += 1
        if depth[at] <= least + 2.0:
            yield at, end
        at = end


def _depth(lines: Sequence[tuple[int, PlacedLine]], low: int, high: int) -> list[float]:
    """Return for each place from ``low`` to ``high`` how deep it cuts into the pieces there: each counts its distance to the nearer end."""
    bends = [0.0] * (high - low + 2)
    depth, slope = 0.0, 0.0
    for weight, line in lines:
        for piece in line.pieces:
            if piece.stop <= low or piece.start >= high:
                continue
            start, stop = round(piece.start), round(piece.stop)
            middle = (start + stop) / 2
            for at, bend in ((start, 1.0), (int(middle), -1.0), (int(middle + 0.5), -1.0), (stop, 1.0)):
                if at < low:
                    slope += weight * bend
                    depth += weight * bend * (low - at)
                elif at <= high:
                    bends[at - low] += weight * bend
    out = []
    for bend in bends[:-1]:
        out.append(round(depth, 3))
        slope += bend
        depth += slope
    return out


def find_columns(header: PlacedLine, body: Sequence[PlacedLine], unit: float = 1.0) -> Columns:
    """Return the columns under the labels of a header, cut where the fewest pieces are in the way; ``unit`` is the width of a blank."""
    cuts, crossed, room = [], 0, 0
    for left, right in pairwise(header.pieces):
        cut, count, width = _cut(left, right, header, body)
        cuts.append(cut)
        crossed += count
        room += width
    return Columns(tuple(cuts), crossed, room, unit)


def _outside(piece: Piece, left: float, right: float) -> float:
    """Return how far a piece reaches out of a column."""
    return max(0.0, left - piece.start) + max(0.0, piece.stop - right)


def _together(left: Piece, right: Piece, unit: float) -> float:
    """Return what it costs that two neighbours stand in one column: little for words and figures, much across a wide gap."""
    gap = right.start - left.stop
    if gap >= APART * unit:
        return 6.0 * unit
    if gap < 0.5 * unit:
        return 0.0
    chinese = is_wide(left.text[-1]) and is_wide(right.text[0])
    return (2.0 if chinese else 0.3) * unit


def _places(line: PlacedLine, columns: Columns, kinds: Sequence[str]) -> list[int]:
    """Return the column of each piece, from left to right, by where it stands, its neighbours and what it says."""
    places = [columns.of(piece) for piece in line.pieces]
    if len(set(places)) == len(places) and not columns.crosses(line, columns.unit):
        return places
    edges = [float("-inf"), *columns.cuts, float("inf")]
    width = len(kinds)
    best: list[tuple[float, list[int]]] = []
    for number, piece in enumerate(line.pieces):
        own = [_outside(piece, edges[n], edges[n + 1]) + columns.unit * misfit(piece.text, kinds[n]) for n in range(width)]
        if not number:
            best = [(own[n], [n]) for n in range(width)]
            continue
        joined = _together(line.pieces[number - 1], piece, columns.unit)
        after: list[tuple[float, list[int]]] = []
        least = (float("inf"), [0])
        for n in range(width):
            cost, path = min(least, (best[n][0] + joined, best[n][1]), key=lambda pair: pair[0])
            after.append((cost + own[n], [*path, n]))
            least = min(least, best[n], key=lambda pair: pair[0])
        best = after
    return min(best, key=lambda pair: pair[0])[1]


def in_columns(line: PlacedLine, columns: Columns, kinds: Sequence[str]) -> list[str]:
    """Return the texts of a line column by column."""
    cells = [""] * len(kinds)
    for piece, at in zip(line.pieces, _places(line, columns, kinds), strict=True):
        cells[at] += piece.text if piece.glued or not cells[at] else f" {piece.text}"
    return cells


@dataclass(frozen=True, slots=True)
class ReadRows:
    """Rows read by place, each with the number of the line or page it begins on, and what could not be told for sure."""

    rows: list[tuple[int, list[str]]]
    warnings: tuple[str, ...] = ()


def read_columns(body: Sequence[PlacedLine], columns: Mapping[int, Columns], kinds: Sequence[str]) -> ReadRows:
    """Return the rows that lines under a header make; cells in several lines are put together. ``columns`` are told by page."""
    cells = [in_columns(line, columns[line.page], kinds) for line in body]
    grid = Grid(cells, [line.top for line in body], [line.bottom for line in body], [line.page for line in body], tuple(kinds))
    return rows_of(grid, [line.number for line in body])


def _whole_numbers(cells: Sequence[Sequence[str]], column: int) -> list[list[str]]:
    """Return the cells with numbers put together that a column of one figure's width broke in two: 1 over 0."""
    out = [list(row) for row in cells]
    last, half = 0, -1
    for line, row in enumerate(out):
        text = row[column].strip()
        if not text.isdecimal():
            continue
        wanted = str(last + 1)
        if half >= 0 and line - half <= 2 and out[half][column] + text == wanted:
            out[half][column], row[column] = wanted, ""
            last, half = last + 1, -1
        elif text == wanted:
            last, half = last + 1, -1
        elif len(wanted) > 1 and wanted.startswith(text):
            half = line
    return out


def rows_of(grid: Grid, numbers: Sequence[int]) -> ReadRows:
    """Return the rows of lines whose cells are known; ``numbers`` are the lines' places in the source."""
    if not grid.cells:
        return ReadRows([])
    if grid.number is not None:
        grid = replace(grid, cells=_whole_numbers(grid.cells, grid.number))
    starts = row_starts(grid)
    rows, warnings = settle_labels(grid, starts)
    return ReadRows([(numbers[start], row) for start, row in zip(starts.lines, rows, strict=True)], tuple(warnings))
