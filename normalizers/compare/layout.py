"""Lay two aligned streams out in units: which unit became which, whatever the lines and paragraphs of either document.

Where both documents begin a unit, a unit begins. Where only one does, a unit begins if that document surely means it so: behind a full
stop, at a number, a heading or a row. A line that breaks a sentence in one document only is layout and begins nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise

from normalizers.compare.anchors import Hunk
from normalizers.compare.sameness import STOPS
from normalizers.compare.streams import Stream
from normalizers.differences import Unit, UnitKind
from normalizers.records import Span

FULL_LINE = 20
"""Characters of a line from which it may have been broken for its length."""

_CLOSING = re.compile(r"[\s，、。！？!?；;：:,.）)》〉】\]”’\"'…—·]*")

Cut = tuple[int, int]
"""A place of the old stream that is the same as one of the new stream."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A unit of both documents, or of one: its places in both streams, and what changed inside."""

    place: Hunk
    hunks: tuple[Hunk, ...] = ()


class Marks:
    """Where the units of a stream begin; ``firm`` are those that do not begin there for want of room in the line above."""

    def __init__(self, source: Stream) -> None:
        heads = [*source.heads, len(source.text)]
        filled = [at for at in range(len(source.units)) if heads[at] < heads[at + 1]]
        self.places = [heads[at] for at in filled]
        self.firm = {heads[b] for a, b in pairwise(filled) if _is_firm(source.units[a], source.units[b])} | {0, len(source.text)}
        self.places.append(len(source.text))

    def inside(self, start: int, end: int) -> list[int]:
        """Return the beginnings strictly between two places."""
        return self.places[bisect_right(self.places, start) : bisect_left(self.places, end)]

    def firm_inside(self, start: int, end: int) -> list[int]:
        """Return the sure beginnings strictly between two places."""
        return [place for place in self.inside(start, end) if place in self.firm]

    def __contains__(self, place: int) -> bool:
        at = bisect_left(self.places, place)
        return at < len(self.places) and self.places[at] == place


def _is_firm(before: Unit, unit: Unit) -> bool:
    if (
        unit.number
        or UnitKind.CLAUSE not in (unit.kind, before.kind)
        or unit.kind is not UnitKind.CLAUSE
        or before.kind is not UnitKind.CLAUSE
    ):
        return True
    return len(before.text) < FULL_LINE or before.text[-1] in STOPS or before.text[-1] in "：:）)"


def segments(
    old: Marks, new: Marks, whole: Hunk, hunks: Sequence[Hunk], fixed: Set[Hunk] = frozenset(), silent: Set[Hunk] = frozenset()
) -> Iterator[Segment]:
    """Yield the units of two passages in order.

    ``fixed`` hunks are passages that stand elsewhere and make a segment each; ``silent`` ones are no change and in no segment.
    """
    cuts = _cuts(old, new, whole, hunks, fixed)
    pieces = [piece for hunk in hunks if hunk not in silent for piece in _split(hunk, cuts)]
    at = 0
    for (a, c), (b, d) in pairwise(cuts):
        inside: list[Hunk] = []
        while at < len(pieces) and pieces[at].old_end <= b and pieces[at].new_end <= d:
            inside.append(pieces[at])
            at += 1
        yield Segment(Hunk(a, b, c, d), tuple(inside))


def _cuts(old: Marks, new: Marks, whole: Hunk, hunks: Sequence[Hunk], fixed: Set[Hunk]) -> list[Cut]:
    """Return the places at which units begin or end, in order, each once."""
    found: dict[Cut, None] = {(whole.old_start, whole.new_start): None}
    a, c = whole.old_start, whole.new_start
    for hunk in (*hunks, Hunk(whole.old_end, whole.old_end, whole.new_end, whole.new_end)):
        found.update(dict.fromkeys(_in_equal(old, new, a, hunk.old_start, c)))
        found.update(dict.fromkeys(_in_hunk(old, new, hunk, hunk in fixed)))
        a, c = hunk.old_end, hunk.new_end
    found[whole.old_end, whole.new_end] = None
    return list(found)


def _in_equal(old: Marks, new: Marks, start: int, end: int, new_start: int) -> list[Cut]:
    shift = new_start - start
    ours = old.inside(start, end)
    theirs = {place - shift for place in new.inside(new_start, end + shift)}
    both = theirs.intersection(ours)
    firm = {place for place in ours if place in old.firm} | {place for place in theirs if place + shift in new.firm}
    return [(place, place + shift) for place in sorted(both | firm)]


def _in_hunk(old: Marks, new: Marks, hunk: Hunk, fixed: bool) -> list[Cut]:
    a, b, c, d = hunk.old_start, hunk.old_end, hunk.new_start, hunk.new_end
    if fixed:
        return [(a, c), (b, d)]
    if a == b:
        return [(a, q) for q in _one_sided(new, c, d, a in old, a in old.firm)]
    if c == d:
        return [(p, c) for p in _one_sided(old, a, b, c in new, c in new.firm)]
    edges = [cut for cut in ((a, c), (b, d)) if _begins(old, new, cut)]
    ours, theirs = old.firm_inside(a, b), new.firm_inside(c, d)
    inner = list(zip(ours, theirs, strict=False))
    inner += [(p, d) for p in ours[len(theirs) :]]
    inner += [(b, q) for q in theirs[len(ours) :]]
    return sorted({*edges, *inner})


def _begins(old: Marks, new: Marks, cut: Cut) -> bool:
    return (cut[0] in old and cut[1] in new) or cut[0] in old.firm or cut[1] in new.firm


def _one_sided(marks: Marks, start: int, end: int, met: bool, firm: bool) -> list[int]:
    """Return where the side of an insertion or deletion that has characters is cut; ``met``: the other side begins a unit there."""
    places = [place for place in (start, *marks.inside(start, end), end) if place in marks]
    if met:
        return places or ([start] if firm else [])
    return [place for place in places if place in marks.firm]


def _split(hunk: Hunk, cuts: Sequence[Cut]) -> Iterator[Hunk]:
    """Yield the parts of a hunk between cuts."""
    first = bisect_left(cuts, (hunk.old_start, hunk.new_start))
    last = bisect_right(cuts, (hunk.old_end, hunk.new_end))
    places = [(hunk.old_start, hunk.new_start), *cuts[first:last], (hunk.old_end, hunk.new_end)]
    for (a, c), (b, d) in pairwise(dict.fromkeys(places)):
        yield Hunk(a, b, c, d)


class Layout:
    """Makes units of the stretches of a stream."""

    def __init__(self, source: Stream) -> None:
        self.source = source
        self._heads = [*source.heads, len(source.text) + 1]

    def unit(self, start: int, end: int) -> Unit | None:
        """Return the unit of a stretch, as printed, with the marks around it; ``None`` where there is none."""
        if start == end:
            return None
        source = self.source
        at = source.unit_of(start)
        whole = source.units[at]
        span = self._inside(self._edge(start), self._edge(end))
        if span == whole.span:
            return whole
        opens = start == 0 or source.begins_unit(start)
        kept = [(cell, column) for cell, column in zip(whole.cells, whole.columns, strict=True) if span.start <= cell.start < span.end]
        return replace(
            whole,
            number=whole.number if opens else "",
            text=source.source[span.start : span.end],
            span=span,
            cells=tuple(cell for cell, _ in kept),
            columns=tuple(column for _, column in kept),
        )

    def _edge(self, position: int) -> int:
        """Return the place in the source before which a unit ends and from which the next one begins."""
        source = self.source
        if position <= 0:
            return source.units[0].span.start
        if position >= len(source.text):
            return source.units[-1].span.end
        at = bisect_left(source.heads, position)
        if source.heads[at : at + 1] == [position]:
            return source.units[at].span.start
        end = source.ends[position - 1]
        closing = _CLOSING.match(source.source, end, source.starts[position])
        return closing.end() if closing else end

    def _inside(self, start: int, end: int) -> Span:
        text = self.source.source[start:end]
        return Span(start + len(text) - len(text.lstrip()), start + len(text.rstrip()))
