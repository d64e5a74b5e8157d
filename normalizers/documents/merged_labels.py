"""Cells that stand for several rows, such as the name of a section printed half way down them: to which rows each belongs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from normalizers.documents.blocks import join_lines
from normalizers.documents.row_breaks import Grid, Starts

MAX_OFF = 1.6
"""Lines by which a label may stand off the middle of its rows for these to be sure."""
SURE_OFF = 0.35
"""The same for labels that could also stand at the top of their rows."""
MAX_SPAN = 60
"""Rows of one page that one label may stand for."""
FREE_ROWS = 0.8
"""What it costs, in lines, that a page begins with rows of the label before."""


@dataclass(frozen=True, slots=True)
class _Label:
    text: str
    first: int
    last: int


def _labels(grid: Grid, column: int, lines: range, starts: set[int]) -> list[_Label]:
    """Return the runs of lines that make labels in a column; a short line ends one where a row begins below it."""
    out: list[_Label] = []
    for line in lines:
        text = grid.cells[line][column]
        if not text:
            continue
        last = out[-1] if out else None
        full = last is not None and grid.is_full(last.last, column)
        near = last is not None and grid.tops[line] - grid.tops[last.last] < (2.6 if full else 1.6) * grid.pitch
        goes_on = near and (full or line not in starts)
        if last and goes_on and not (line in starts and last.last + 1 == line and last.first in starts and len(last.text) > len(text) + 4):
            out[-1] = _Label(join_lines(last.text, text), last.first, line)
        else:
            out.append(_Label(text, line, line))
    return out


def _spread(
    labels: Sequence[_Label], rows: Sequence[tuple[float, float]], middles: Sequence[float], *, first_page: bool
) -> tuple[float, list[int]]:
    """Return how far labels stand off the middles of their rows, in points or lines, and the first row of each, for the best division."""
    count, size = len(labels), len(rows)
    infinite = float("inf")
    best = [[infinite] * (size + 1) for _ in range(count + 1)]
    origin = [[0] * (size + 1) for _ in range(count + 1)]
    for free in range(size if not first_page else 1):
        best[0][free] = FREE_ROWS * (free > 0)
    for number, middle in enumerate(middles, start=1):
        for stop in range(number, size + 1):
            for start in range(max(number - 1, stop - MAX_SPAN), stop):
                if best[number - 1][start] == infinite:
                    continue
                off = abs((rows[start][0] + rows[stop - 1][1]) / 2 - middle)
                total = best[number - 1][start] + off
                if total < best[number][stop]:
                    best[number][stop], origin[number][stop] = total, start
    begins, stop = [], size
    for number in range(count, 0, -1):
        stop = origin[number][stop]
        begins.append(stop)
    return best[count][size], begins[::-1]


def _on_page(grid: Grid, column: int, starts: Starts, rows: Sequence[int], stop: int, *, first_page: bool) -> tuple[dict[int, str], bool]:
    """Return the labels of a page's rows by the row they begin with, and whether they are sure."""
    begins = [starts.lines[row] for row in rows]
    lines = range(begins[0], stop)
    labels = _labels(grid, column, lines, set(begins))
    if not labels:
        return {}, True
    bounds = list(pairwise([*begins, stop]))
    inside = [next(n for n, (a, b) in enumerate(bounds) if a <= label.first < b) for label in labels]
    at_top = all(label.first == begins[place] for label, place in zip(labels, inside, strict=True)) and len(set(inside)) == len(labels)
    edges = [(grid.tops[a] / grid.pitch, grid.bottoms[b - 1] / grid.pitch) for a, b in bounds]
    middles = [(grid.tops[label.first] + grid.bottoms[label.last]) / 2 / grid.pitch for label in labels]
    off, spread = _spread(labels, edges, middles, first_page=first_page) if len(labels) <= len(rows) else (float("inf"), [])
    if spread and not (at_top and (not starts.middle or off > SURE_OFF * len(labels))):
        return {rows[place]: label.text for place, label in zip(spread, labels, strict=True)}, off <= MAX_OFF * len(labels)
    out: dict[int, str] = {}
    for place, label in zip(inside, labels, strict=True):
        out[rows[place]] = join_lines(out.get(rows[place], ""), label.text)
    return out, at_top


def _parts(grid: Grid, starts: Starts) -> list[list[int]]:
    """Return the rows page by page; a row that a page cut counts to the page it begins on."""
    out: list[list[int]] = []
    for row, line in enumerate(starts.lines):
        if out and grid.pages[line] == grid.pages[starts.lines[out[-1][0]]]:
            out[-1].append(row)
        else:
            out.append([row])
    return out


def _plain(grid: Grid, start: int, stop: int, column: int) -> str:
    text = ""
    for line in range(start, stop):
        text = join_lines(text, grid.cells[line][column])
    return text


def settle_labels(grid: Grid, starts: Starts) -> tuple[list[list[str]], list[str]]:
    """Return the texts of all rows, a merged label in the first of its rows and blanks below it, and warnings."""
    merged = grid.labels | ({grid.number} if starts.merged_numbers and grid.number is not None else frozenset())
    ends = [*starts.lines[1:], len(grid.cells)]
    rows = [
        ["" if column in merged else _plain(grid, start, stop, column) for column in range(len(grid.kinds))]
        for start, stop in zip(starts.lines, ends, strict=True)
    ]
    unsure = 0
    for column in sorted(merged):
        for number, part in enumerate(_parts(grid, starts)):
            texts, sure = _on_page(grid, column, starts, part, ends[part[-1]], first_page=number == 0)
            unsure += not sure
            for row, text in texts.items():
                rows[row][column] = text
    warnings = (
        ["The rows that a merged cell of a table stands for could not be told for sure: look at its first columns."] if unsure else []
    )
    return rows, warnings
