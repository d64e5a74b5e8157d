"""Lines of a plain text: as they stand, and as they are recognised by."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from normalizers.documents.grid import RawCell, RawTable, place
from normalizers.records import Origin

BLANKS = re.compile(r"[ \t　\xa0]+")
_NUMBER = re.compile(r"[（(]?(\d{1,3})[）)]?[.、．]?")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: ``raw`` as printed, ``seen`` repaired and in simplified script, for recognising only; ``number`` counts from 1.

    ``page`` counts the form feeds before it.
    """

    number: int
    raw: str
    seen: str
    page: int = 0

    @property
    def blank(self) -> bool:
        """Tell whether nothing is printed on the line, or nothing that is seen (a blank of no width)."""
        return not self.raw.strip() or not self.seen.strip()

    @property
    def empty(self) -> bool:
        """Tell whether the line has no character at all: a separator, where a line of blanks may be an empty cell."""
        return not self.raw.strip("\r\n")

    @property
    def indented(self) -> bool:
        """Tell whether the line begins with a tab or at least two blanks."""
        return self.raw.startswith(("\t", "  ", "　"))


@dataclass(frozen=True, slots=True)
class Found:
    """A table found in a text, and the index of the first line after it."""

    table: RawTable
    stop: int


def row_number(text: str) -> int | None:
    """Return the number that is all of a cell's text (``3``, ``3.``, ``（3）``), or ``None``."""
    found = _NUMBER.fullmatch(text.strip())
    return int(found.group(1)) if found else None


def seen_words(printed: Sequence[str], seen: str) -> list[str]:
    """Return the words of a repaired line cut as they are printed; the repair takes blanks between Chinese characters out."""
    bare = BLANKS.sub("", seen)
    if sum(map(len, printed)) != len(bare):
        words = BLANKS.split(seen.strip())
        return words if len(words) == len(printed) else list(printed)
    edges = [0, *accumulate(map(len, printed))]
    return [bare[start:stop] for start, stop in pairwise(edges)]


def follows(number: int, last: int | None) -> bool:
    """Tell whether a row's number can come after ``last``: the next one, one of the next few, or 1 again."""
    return last is None or number == 1 or last < number <= last + 3


def next_filled(lines: Sequence[Line], start: int) -> int:
    """Return the index of the first line with print on it from ``start`` on; the number of lines if there is none."""
    while start < len(lines) and lines[start].blank:
        start += 1
    return start


def text_table(rows: Sequence[tuple[int, Sequence[str]]], header_spans: Sequence[int] = ()) -> RawTable:
    """Return a table of texts, each row with its line; ``header_spans`` are the columns that each cell of the first row covers.

    A row of one text is a section's heading over all columns.
    Nothing in a text states merging, so ``merged`` is false: a blank cell may continue the one above.
    """
    width = max((len(texts) for _, texts in rows), default=0)
    out = []
    for place_in_table, (number, texts) in enumerate(rows):
        spans = header_spans if place_in_table == 0 and header_spans else [1] * len(texts) if len(texts) > 1 else [width]
        out.append([RawCell(text, colspan=span, origin=Origin("line", number)) for text, span in zip(texts, spans, strict=True)])
    return place(out, merged=False)
