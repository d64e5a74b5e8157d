"""Page numbers that stand bare on their lines in a table or a text without form feeds, told from row numbers and figures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from normalizers.documents.blocks import display_width
from normalizers.documents.labels import is_label

MAX_PLACE = 400
"""Columns of a line that are looked at for figures."""
NEAR = 3
"""Columns by which a number may stand off the column of row numbers and still be one."""
LEAST_PAGE, UNEVEN = 12, 3
"""Filled lines of the shortest page of a text without tables; how many times longer another page of it may be."""

_BARE = re.compile(r"\s*(?P<number>[1-9]\d{0,2})\s*")
_ROW = re.compile(r"\s*(?P<number>[1-9]\d{0,2})[.、．]?\s+(?![年月日])\D")
_FIGURE = re.compile(r"(?<=\s)\d[\d.,%％]*(?!\S)")


@dataclass(frozen=True, slots=True)
class _Number:
    """A number alone on a line: its index, value and column, and the numbers of the rows that begin above and right below it."""

    at: int
    value: int
    place: int
    above: int | None
    below: int | None
    column: int
    apart: bool
    header: bool
    last: bool

    @property
    def is_between_rows(self) -> bool:
        """Tell whether the rows around go on without it: between row 4 and row 5, or above the header said again, is no other row."""
        if self.above is None or (abs(self.place - self.column) <= NEAR and self.value >= self.above):
            return False
        return self.below == self.above + 1 or (self.header and self.value != self.above + 1)

    @property
    def may_be_row(self) -> bool:
        """Tell whether it is the next row's number, printed beside the middle of the row."""
        return self.above is None or (self.value == self.above + 1 and abs(self.place - self.column) <= NEAR)


def bare_folios(lines: Sequence[str]) -> set[int]:
    """Return the indices of bare numbers that are page numbers; a number that may be that of a row or a figure is none.

    In a table with numbered rows one must stand where no row is missing, and all must count up by one; a single one is 1, between
    blank lines and in no column of figures. In a text without a header of a table they part pages of like length.
    """
    filled = [at for at, line in enumerate(lines) if line.strip()]
    numbers = _numbers(lines, filled)
    if not numbers:
        return set()
    if not any(one.above is not None for one in numbers):
        return _in_prose(lines, filled, numbers)
    figures = _figure_columns(lines)
    if any(figures.intersection(range(one.place, one.place + len(str(one.value)))) for one in numbers):
        return set()
    sure = [one for one in numbers if one.is_between_rows]
    if len(numbers) == 1:
        return {one.at for one in sure if one.value == 1 and one.apart}
    doubtful = any(one.may_be_row or not (one.apart or one.last) for one in numbers if one not in sure)
    return {one.at for one in numbers} if sure and _counts_up(numbers) and not doubtful else set()


def _numbers(lines: Sequence[str], filled: Sequence[int]) -> list[_Number]:
    """Return the numbers that stand alone, each with what stands around it."""
    out: list[_Number] = []
    said: set[str] = set()
    above: int | None = None
    column = 0
    for position, at in enumerate(filled):
        line = lines[at]
        if bare := _BARE.fullmatch(line):
            last = position + 1 == len(filled)
            below = "" if last else lines[filled[position + 1]]
            row = _ROW.match(below)
            number = int(row["number"]) if row else None
            apart = 0 < at < len(lines) - 1 and not lines[at - 1].strip() and not lines[at + 1].strip()
            again = _is_header(below) and "".join(below.split()) in said
            out.append(_Number(at, int(bare["number"]), bare.start("number"), above, number, column, apart, again, last))
        elif row := _ROW.match(line):
            above, column = int(row["number"]), row.start("number")
        elif _is_header(line):
            said.add("".join(line.split()))
    return out


def _is_header(line: str) -> bool:
    return sum(map(is_label, line.split()[:12])) > 1


def _figure_columns(lines: Sequence[str]) -> set[int]:
    """Return the columns of a text in or beside which lines of several pieces have figures, the numbers of rows aside.

    Converters count a Chinese character as one column or as two: both are looked at.
    """
    out: set[int] = set()
    for line in lines:
        for found in () if _BARE.fullmatch(line) else _FIGURE.finditer(line[:MAX_PLACE].rstrip()):
            before = line[: found.start()]
            if before.strip():
                for start in (len(before), display_width(before)):
                    out.update(range(start - 1, start + found.end() - found.start() + 1))
    return out


def _counts_up(numbers: Sequence[_Number]) -> bool:
    return all(after.value == before.value + 1 for before, after in pairwise(numbers))


def _in_prose(lines: Sequence[str], filled: Sequence[int], numbers: Sequence[_Number]) -> set[int]:
    """Return the page numbers of a text that has no header of a table: all count up by one and part pages of like length."""
    if len(numbers) < 2 or numbers[0].value > 2 or any(is_label(word) for at in filled for word in lines[at].split()[:12]):
        return set()
    place = {at: position for position, at in enumerate(filled)}
    pages = [place[after.at] - place[before.at] - 1 for before, after in pairwise(numbers)]
    full = pages[:-1] if numbers[-1].last and len(pages) > 1 else pages
    return {one.at for one in numbers} if _counts_up(numbers) and min(full) >= LEAST_PAGE and max(pages) <= UNEVEN * min(full) else set()
