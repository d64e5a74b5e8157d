"""Where the rows of a table begin whose lines and columns are known: the division that costs the least by the marks of print.

What speaks for one row: a cell's line that fills its column goes on below; a cell is one run of lines;
cells keep to the row's top or middle.
What speaks for two: a number, a wider gap, a line that ends short.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from statistics import median

from normalizers.documents.blocks import display_width
from normalizers.documents.body_names import joined
from normalizers.documents.textlines import row_number

MAX_ROW_LINES = 48
"""Lines of the tallest row; a page of official paper has 22 (GB/T 9704-2012, 5.2.3), small type about twice as many."""
SAMPLE = 400
"""Lines by which it is told how a table's cells stand in their rows."""
SHORT = 5
"""Half squares by which a full line may miss its column's width: a mark or a figure that may not be parted goes to the next line."""
NEAR, NEAR_LINES = 2.1, 4
"""Distances from line to line, and lines, within which the next line of one cell stands."""
NO_NUMBER, NO_WORK, CUT_TEXT, CUT_LIST, HARD_BREAK, HOLE, NARROW, WIDE, ASKEW = 8.0, 4.0, 2.5, 1.5, 1.5, 3.0, 2.0, 3.0, 1.0
"""What each mark against a row costs, in the same unit; weighed by hand on tables of the project's own."""
_NUMERAL = re.compile(r"[一二三四五六七八九十]{1,3}[、.．]?")
_ENDED = tuple("。；;！？!?")
_OPEN = tuple("、，,（(和及与《“")
_BODIES = frozenset({"lead", "partner", "responsible"})
_WORK = frozenset({"task", "target", "content", "name", ""})


def is_number(text: str) -> bool:
    """Tell whether a cell holds nothing but a row's number, in figures or Chinese numerals."""
    return row_number(text) is not None or _NUMERAL.fullmatch(text.strip()) is not None


@dataclass(frozen=True)
class Grid:
    """Printed lines by column: their texts, upper and lower edges, pages, and the kinds of the columns."""

    cells: Sequence[Sequence[str]]
    tops: Sequence[float]
    bottoms: Sequence[float]
    pages: Sequence[int]
    kinds: tuple[str, ...]

    @cached_property
    def number(self) -> int | None:
        """The column of row numbers, if it holds any."""
        at = self.kinds.index("number") if "number" in self.kinds else None
        return at if at is not None and any(is_number(row[at]) for row in self.cells) else None

    @cached_property
    def labels(self) -> frozenset[int]:
        """The columns whose cells may be merged over several rows: sections, and the first of several columns of work."""
        left = set(range(self.number or 0)) | {n for n, kind in enumerate(self.kinds) if kind == "section"}
        works = [n for n, kind in enumerate(self.kinds) if kind == "task"]
        if len(works) > 1 and works[0] <= (self.number + 1 if self.number is not None else 0):
            left.add(works[0])
        if left and not any(kind in _WORK for n, kind in enumerate(self.kinds) if n not in left):
            left.remove(max(left))  # 工作内容 heads the work itself where no other column does
        return frozenset(left) if len(left) < len(self.kinds) - (self.number is not None) else frozenset()

    @cached_property
    def work(self) -> int:
        """The column that holds the most text: that of the work to be done."""
        rest = [n for n in range(len(self.kinds)) if n not in self.labels and n != self.number] or [0]
        return max(rest, key=lambda column: sum(len(row[column]) for row in self.cells))

    @cached_property
    def pitch(self) -> float:
        """The distance from one line to the next."""
        steps = [b - a for (a, b), (p, q) in zip(pairwise(self.tops), pairwise(self.pages), strict=True) if b > a and p == q]
        heights = [bottom - top for top, bottom in zip(self.tops, self.bottoms, strict=True)]
        return max(median(steps) if steps else 1.0, median(heights))

    @cached_property
    def widths(self) -> list[int]:
        """The width of a full line of each column in half squares."""
        out = []
        for column in range(len(self.kinds)):
            seen = sorted(display_width(row[column]) for row in self.cells if row[column])
            out.append(seen[min(len(seen) - 1, int(len(seen) * 0.97))] if seen else 0)
        return out

    def is_full(self, line: int, column: int) -> bool:
        """Tell whether a cell's line reaches the edge of its column."""
        width = self.widths[column]
        return display_width(self.cells[line][column]) >= width - min(SHORT, width * 0.35)


class _Costs:
    """What a row from one line up to another costs."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.size = len(grid.cells)
        self.columns = [column for column in range(len(grid.kinds)) if column not in grid.labels]
        filled = [[bool(row[column]) for row in grid.cells] for column in range(len(grid.kinds))]
        self.filled = filled
        self.after = [_after(filled[column]) for column in range(len(grid.kinds))]
        self.before = [_before(filled[column]) for column in range(len(grid.kinds))]
        self.any_after = _after([any(filled[c][n] for c in self.columns) for n in range(self.size)])
        self.any_before = _before([any(filled[c][n] for c in self.columns) for n in range(self.size)])
        number = grid.number
        self.numbered = [number is not None and is_number(row[number]) for row in grid.cells]
        self.numbers = list(accumulate(self.numbered, initial=0))
        self.above = [[self._above(n, column) for n in range(self.size)] for column in range(len(grid.kinds))]
        self.runs = [_runs(f, above) for f, above in zip(filled, self.above, strict=True)]
        self.inner = [
            list(accumulate((self._inside(n, step) if n >= step else 0.0 for n in range(self.size)), initial=0.0))
            for step in range(1, NEAR_LINES + 1)
        ]
        self.border = [self._between(n) for n in range(self.size)]

    @cached_property
    def _wide(self) -> set[int]:
        """The lines before which a gap is clearly wider than most, where about as many are as rows need; else none."""
        grid = self.grid
        gaps = [grid.tops[n] - grid.bottoms[n - 1] if n and grid.pages[n] == grid.pages[n - 1] else None for n in range(self.size)]
        known = sorted(gap for gap in gaps if gap is not None)
        if not known:
            return set()
        usual = max(0.0, known[len(known) // 4])
        wide = {n for n, gap in enumerate(gaps) if gap is not None and gap > usual + 0.4 * grid.pitch}
        numbers = sum(self.numbered)
        rows = numbers or len(wide) + 1
        return wide if wide and 0.6 * rows <= len(wide) + len(set(grid.pages)) <= 1.7 * rows + 1 else set()

    def _above(self, line: int, column: int) -> int | None:
        """Return the filled line of a column next above ``line``; cells of even and odd height interleave, so others may lie between."""
        for above in range(line - 1, max(-1, line - 1 - NEAR_LINES), -1):
            if self.grid.pages[above] == self.grid.pages[line] and self.grid.tops[line] - self.grid.tops[above] > NEAR * self.grid.pitch:
                return None
            if self.filled[column][above]:
                return above
        return None

    def _name(self, above: str, below: str, column: int) -> int:
        """Return 1 where two lines of bodies surely make one name, -1 where they surely do not, else 0."""
        return joined(above, below) if self.grid.kinds[column] in _BODIES and above and below else 0

    def _inside(self, line: int, step: int) -> float:
        """Return what it costs that ``line`` stands in one row with the line ``step`` above, for cells that run from that to this."""
        grid, cost = self.grid, 0.0
        for column in self.columns:
            if column == grid.number or not self.filled[column][line] or self.above[column][line] != line - step:
                continue
            above = grid.cells[line - step][column]
            name = self._name(above, grid.cells[line][column], column)
            if name < 0 or (name == 0 and not grid.is_full(line - step, column) and not above.endswith(_OPEN)):
                cost += HARD_BREAK + (1.0 if above.endswith(_ENDED) else 0.0)
        return cost + (WIDE if step == 1 and line in self._wide else 0.0)

    def _between(self, line: int) -> float:
        """Return what it costs that a row begins with ``line``."""
        if line == 0:
            return 0.0
        grid, cost = self.grid, 0.0
        for column in self.columns:
            at = self.above[column][line]
            if at is None or column == grid.number:
                continue
            above, following = grid.cells[at][column], self.after[column][line]
            goes_on = following < self.size and self.above[column][following] == at
            if above.endswith(_OPEN) or (goes_on and self._name(above, grid.cells[following][column], column) > 0):
                cost += CUT_TEXT + 1.0
            elif goes_on and grid.is_full(at, column) and not above.endswith(_ENDED):
                cost += CUT_LIST if grid.kinds[column] in _BODIES else CUT_TEXT
        cut_page = grid.pages[line] != grid.pages[line - 1]
        return cost + (NARROW if self._wide and line not in self._wide and not cut_page else 0.0)

    def row(self, start: int, stop: int, *, middle: bool, no_number: float) -> float:
        """Return what a row of the lines ``start`` up to ``stop`` costs."""
        grid = self.grid
        cost = self.border[start]
        for step, inner in enumerate(self.inner, start=1):
            if start + step < stop:
                cost += inner[stop] - inner[start + step]
        if grid.number is not None and self.numbers[stop] == self.numbers[start]:
            cost += no_number
        if self.after[grid.work][start] >= stop:
            cost += NO_WORK
        if grid.pages[start] != grid.pages[stop - 1]:
            return cost + 1.5
        first, last = self.any_after[start], self.any_before[stop - 1]
        if first >= stop or last < start:
            return cost + NO_WORK
        top, bottom = grid.tops[first], grid.bottoms[last]
        for column in self.columns:
            begin = self.after[column][start]
            if begin >= stop:
                continue
            end = self.before[column][stop - 1]
            holes = self.runs[column][stop] - self.runs[column][begin + 1]
            off = (grid.tops[begin] + grid.bottoms[end] - top - bottom) / 2 if middle else grid.tops[begin] - top
            cost += HOLE * holes + ASKEW * min(4.0, max(0.0, abs(off) / grid.pitch - 0.6))
        return cost


def _runs(filled: Sequence[bool], above: Sequence[int | None]) -> list[int]:
    """Return how many cells, runs of filled lines near one another, begin before each line."""
    return list(accumulate((on and near is None for on, near in zip(filled, above, strict=True)), initial=0))


def _after(filled: Sequence[bool]) -> list[int]:
    """Return for each line the first filled one from it on."""
    out, last = [len(filled)] * (len(filled) + 1), len(filled)
    for line in range(len(filled) - 1, -1, -1):
        last = line if filled[line] else last
        out[line] = last
    return out


def _before(filled: Sequence[bool]) -> list[int]:
    """Return for each line the last filled one up to it."""
    out, last = [], -1
    for line, on in enumerate(filled):
        last = line if on else last
        out.append(last)
    return out


def _divide(costs: _Costs, size: int, price: Callable[[int, int], float]) -> tuple[float, list[int]]:
    """Return the cheapest division of the first ``size`` lines: what it costs, and the lines with which its rows begin."""
    best = [0.0] + [float("inf")] * size
    origin = [0] * (size + 1)
    for start in range(size):
        for stop in range(start + 1, min(size, start + MAX_ROW_LINES) + 1):
            if costs.numbers[stop] - costs.numbers[start] > 1:
                break
            total = best[start] + price(start, stop)
            if total < best[stop]:
                best[stop], origin[stop] = total, start
    starts, at = [], size
    while at > 0:
        at = origin[at]
        starts.append(at)
    return best[size], starts[::-1]


@dataclass(frozen=True, slots=True)
class Starts:
    """The lines with which rows begin; whether cells stand in the middle of their rows; whether one number may hold for several rows."""

    lines: list[int]
    middle: bool
    merged_numbers: bool
    cost: float


def row_starts(grid: Grid) -> Starts:
    """Return where the rows begin. How cells stand in them is told by what costs less on the first lines."""
    costs = _Costs(grid)
    size = min(costs.size, SAMPLE)
    tried: list[tuple[float, bool, bool]] = []
    for middle in (False, True):
        for merged in (False, True) if grid.number is not None else (False,):
            total, starts = _divide(costs, size, _price(costs, middle, merged))
            tried.append((total + (3.0 + 0.7 * len(starts) if merged else 0.0), middle, merged))
    _, middle, merged = min(tried)
    total, lines = _divide(costs, costs.size, _price(costs, middle, merged))
    return Starts(lines, middle, merged, total)


def _price(costs: _Costs, middle: bool, merged: bool) -> Callable[[int, int], float]:
    no_number = 0.5 if merged else NO_NUMBER
    return lambda start, stop: costs.row(start, stop, middle=middle, no_number=no_number)
