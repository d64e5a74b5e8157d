"""A document as a stream of the characters that are compared, with the way back to what is printed and to its units.

What is not in the stream is no difference: see ``normalizers.compare.sameness``.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate

from normalizers.compare.names import pattern_of
from normalizers.compare.sameness import (
    EDGE_BLOCKS,
    LOST,
    STOPS,
    counters,
    head_of,
    is_chrome,
    is_panel_row,
    is_row_number,
    item_numbers,
    running_columns,
)
from normalizers.compare.units import rows_of, units
from normalizers.differences import Unit, UnitKind
from normalizers.records import Cell, Document, Span
from normalizers.text.fold import compared

_ALIAS = 0xF0000
"""First code point of the private plane that stands for a body, whatever its printed name."""

_RUN = re.compile(r"([0-9a-z\u3400-\u4dbf\u4e00-\u9fff]+)|([^\s，、：:“”（）()《》〈〉【】\[\]\"'—…·-])")
_DECIMAL = re.compile(r"(?<![0-9０-９])[0-9０-９]++(?:\s{0,3}[.．]\s{0,3}[0-9０-９]++)+")


@dataclass(frozen=True, slots=True)
class Stream:
    """The characters of a document that are compared.

    ``starts`` and ``ends`` are the places of each in ``source``; ``sentences`` the positions in ``text`` where one begins. ``units``
    are the units of the document, ``heads`` the position in ``text`` where each begins. ``left_out`` are the places in ``source`` of
    numbers of items, in order.
    """

    source: str
    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    sentences: Sequence[int]
    units: tuple[Unit, ...]
    heads: Sequence[int]
    left_out: tuple[tuple[int, int], ...] = ()

    def printed(self, start: int, end: int) -> str:
        """Return what is printed for the characters ``start`` up to ``end``, blanks folded."""
        return " ".join(self.source[self.starts[start] : self.ends[end - 1]].split()) if start < end else ""

    def span(self, start: int, end: int) -> Span:
        """Return where the characters ``start`` up to ``end`` stand in ``source``; of none the place before ``start``."""
        if start < end:
            return Span(self.starts[start], self.ends[end - 1])
        place = self.starts[start] if start < len(self.starts) else len(self.source)
        return Span(place, place)

    def unit_of(self, position: int) -> int:
        """Return the index of the unit that holds a character; of the end that of the last unit, -1 where there is none."""
        return bisect_right(self.heads, position, 0, len(self.heads)) - 1

    def unit_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the stretch of the units that hold the characters ``start`` up to ``end``."""
        behind = bisect_left(self.heads, end)
        return self.heads[bisect_right(self.heads, start) - 1], self.heads[behind] if behind < len(self.heads) else len(self.text)

    def where(self, position: int) -> str:
        """Return the address of the block or cell that holds a character, empty where there is none."""
        index = self.unit_of(position)
        if index < 0:
            return ""
        unit = self.units[index]
        if unit.kind is not UnitKind.ROW or position >= len(self.starts):
            return unit.address
        place = self.starts[position]
        column = next((column for column, cell in _columns(unit) if cell.start <= place < cell.end), None)
        return unit.address if column is None else f"{unit.address}.c{column}"

    def begins_unit(self, position: int) -> bool:
        """Tell whether a unit begins with a character."""
        at = bisect_left(self.heads, position)
        return at < len(self.heads) and self.heads[at] == position

    def marked_before(self, position: int) -> bool:
        """Tell whether a mark, a number of an item or the edge of a cell or unit stands before a character; blanks alone are none."""
        if position <= 0 or position >= len(self.text):
            return True
        between = self.source[self.ends[position - 1] : self.starts[position]]
        if not between:
            return False
        return "\t" in between or bool(between.strip()) or self.begins_unit(position)

    def is_numbered(self, position: int) -> bool:
        """Tell whether the number of an item was left out before a character."""
        start = self.ends[position - 1] if position > 0 else 0
        end = self.starts[position] if position < len(self.starts) else len(self.source)
        return self.behind_numbers(start, end) > start

    def behind_numbers(self, start: int, end: int) -> int:
        """Return the place in a stretch of the source behind the last number of an item that was left out, ``start`` for none."""
        at = bisect_left(self.left_out, (end, end))
        return max(start, self.left_out[at - 1][1]) if at and self.left_out[at - 1][0] >= start else start

    def is_damaged(self, start: int, end: int) -> bool:
        """Tell whether bytes were lost among or beside some characters."""
        first = self.ends[start - 1] if start > 0 else 0
        last = self.starts[end] if end < len(self.starts) else len(self.source)
        return LOST in self.source[first:last]

    def position(self, place: int) -> int:
        """Return the position of the first character that stands at or behind a place of the source."""
        return bisect_left(self.starts, place)


def _columns(unit: Unit) -> list[tuple[int, Span]]:
    return list(zip(unit.columns, unit.cells, strict=True))


class _Builder:
    """Collects a stream piece by piece."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.lower = source.lower() if len(source.lower()) == len(source) else source
        self.text: list[str] = []
        self.length = 0
        self.starts: list[int] = []
        self.sentences: list[int] = []
        self.heads: list[int] = []
        self.left_out: list[tuple[int, int]] = []

    def add(self, start: int, end: int) -> None:
        """Add the characters of a text or cell, without the numbers of items in it."""
        self.sentences.append(self.length)
        position = start
        for first, last in item_numbers(self.source, start, end):
            self._characters(position, first)
            self.left_out.append((first, last))
            position = last
        self._characters(position, end)

    def _characters(self, start: int, end: int) -> None:
        points = decimal_points(self.source, start, end)
        for found in _RUN.finditer(self.lower, start, end):
            first, last = found.span()
            if found[1]:
                self._put(found[1], range(first, last))
            elif first in points:
                self._put(".", (first,))
            else:
                folded = _fold(_cluster(self.source, first, end))
                self._put(folded, (first,) * len(folded))
                if self.source[first] in STOPS:
                    self.sentences.append(self.length)

    def _put(self, text: str, places: Iterable[int]) -> None:
        self.text.append(text)
        self.starts.extend(places)
        self.length += len(text)

    def build(self, pieces: tuple[Unit, ...]) -> Stream:
        """Return the stream."""
        ends = [place + 1 for place in self.starts]
        sentences = sorted({0, *self.sentences} - {self.length})
        return Stream(self.source, "".join(self.text), self.starts, ends, sentences, pieces, self.heads, tuple(self.left_out))


def _cluster(source: str, place: int, end: int) -> str:
    """Return a character with the marks that combine with it."""
    last = place + 1
    while last < end and last < place + 8 and "\u0300" <= source[last] <= "\u036f":
        last += 1
    return source[place:last]


@lru_cache(maxsize=65536)
def _fold(cluster: str) -> str:
    return compared(cluster)


def decimal_points(source: str, start: int, end: int) -> frozenset[int]:
    """Return the places of decimal points: a point between two numbers, not one of several (2018.4.9, 1.2.3)."""
    places: list[int] = []
    for found in _DECIMAL.finditer(source, start, end):
        points = [found.start() + i for i, char in enumerate(found[0]) if char in ".．"]
        if len(points) == 1:
            places += points
    return frozenset(places)


def stream(document: Document) -> Stream:
    """Return the compared characters of a document's blocks and cells; of its whole text where it has no blocks."""
    builder = _Builder(document.text)
    pieces = units(document)
    tables = _row_cells(document)
    bars = _chrome(pieces, tables)
    for at, unit in enumerate(pieces):
        builder.heads.append(builder.length)
        if at in bars:
            continue
        if unit.kind is UnitKind.ROW:
            for cell in tables[unit.address]:
                builder.add(cell.span.start, cell.span.end)
        else:
            _add_text(builder, unit)
    return builder.build(pieces)


def _add_text(builder: _Builder, unit: Unit) -> None:
    position = unit.span.start
    for first, last in counters(builder.source, unit.span.start, unit.span.end):
        builder.add(position, first)
        position = last
    builder.add(position, unit.span.end)


def _chrome(pieces: Sequence[Unit], rows: Mapping[str, Sequence[Cell]]) -> set[int]:
    """Return the units at both ends of a document that belong to its page."""
    edges = {*range(min(EDGE_BLOCKS, len(pieces))), *range(max(0, len(pieces) - EDGE_BLOCKS), len(pieces))}
    return {
        at for at in edges if (is_panel_row(rows[pieces[at].address]) if pieces[at].kind is UnitKind.ROW else is_chrome(pieces[at].text))
    }


def _row_cells(document: Document) -> dict[str, list[Cell]]:
    """Return the cells that are compared by the address of their row: no running numbers, no head a second time."""
    out: dict[str, list[Cell]] = {}
    last_head = ""
    for block in document.blocks:
        if block.table is None:
            last_head = last_head if is_chrome(block.text) else ""
            continue
        running = running_columns(block.table)
        rows = rows_of(block.table)
        head = head_of(rows)
        for at, row in enumerate(rows):
            again = head and head_of([row]) == head and (at > 0 or head == last_head)
            kept = [cell for cell in row if cell.text.strip() and not is_row_number(cell, running)]
            out[f"{block.address}.r{row[0].row + 1}"] = [] if again else kept
        last_head = head
    return out


def with_aliases(source: Stream, aliases: Mapping[str, int]) -> Stream:
    """Return a stream in which each folded name of ``aliases`` is one character that stands for its body."""
    if not aliases:
        return source
    pattern = pattern_of(list(aliases))
    found = [(match.start(), match.end(), chr(_ALIAS + aliases[match[0]])) for match in pattern.finditer(source.text)]
    if not found:
        return source
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    position = 0
    for first, last, char in found:
        text += [source.text[position:first], char]
        starts += [*source.starts[position:first], source.starts[first]]
        ends += [*source.ends[position:first], source.ends[last - 1]]
        position = last
    text.append(source.text[position:])
    starts += source.starts[position:]
    ends += source.ends[position:]
    shift = _Shift(found)
    return replace(
        source,
        text="".join(text),
        starts=starts,
        ends=ends,
        sentences=sorted({shift(place) for place in source.sentences}),
        heads=[shift(place) for place in source.heads],
    )


class _Shift:
    """Where a position of a stream stands after names have become one character each."""

    def __init__(self, found: Sequence[tuple[int, int, str]]) -> None:
        self._firsts = [first for first, _, _ in found]
        self._lasts = [last for _, last, _ in found]
        self._lost = [0, *accumulate(last - first - 1 for first, last, _ in found)]

    def __call__(self, position: int) -> int:
        before = bisect_right(self._firsts, position)
        if before and position < self._lasts[before - 1]:
            return self._firsts[before - 1] - self._lost[before - 1]
        return position - self._lost[before]
