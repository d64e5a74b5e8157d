"""Find passages that stand elsewhere: equal sentences first, then whole units that are alike."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from normalizers.compare.anchors import Hunk
from normalizers.compare.limits import TOO_MANY, Budget
from normalizers.compare.near import alike
from normalizers.compare.streams import Stream

CLAUSE = 10
"""Characters of the shortest passage that is found again elsewhere; shorter ones are formulas."""
UNIT = 16
"""Characters of the shortest unit that is found again changed."""
MOVES = 2_000
"""Passages that are told as moved: what changed its place more often than that is sorted otherwise."""

Piece = tuple[int, int]
"""A sentence: the positions of its first character and of the one behind its last."""


@dataclass(slots=True)
class Moved:
    """The passages found elsewhere: ``exact`` equal ones, ``near`` changed ones; ``old`` and ``new`` tell of which a piece is part."""

    exact: list[Hunk] = field(default_factory=list)
    near: list[Hunk] = field(default_factory=list)
    old: dict[int, Hunk] = field(default_factory=dict)
    new: dict[int, Hunk] = field(default_factory=dict)

    def take(self, place: Hunk, old: Iterable[Piece], new: Iterable[Piece]) -> None:
        """Note that these pieces belong to a moved passage."""
        self.old.update((start, place) for start, _ in old)
        self.new.update((start, place) for start, _ in new)


def find_equal(old: Stream, new: Stream, left: Sequence[Piece], right: Sequence[Piece], budget: Budget) -> Moved:
    """Return the passages of whole sentences that are left over on both sides and occur once on each, with what stands beside them.

    A passage that is the greater part of a unit on both sides takes the whole units along: a row whose deadline changed on the way.
    """
    found = Moved()
    ours, theirs = [old.text[a:b] for a, b in left], [new.text[c:d] for c, d in right]
    once_old, once_new = Counter(ours), Counter(theirs)
    places = {text: j for j, text in enumerate(theirs) if once_new[text] == 1}
    for i, text in enumerate(ours):
        if len(text) < CLAUSE or once_old[text] != 1 or text not in places or left[i][0] in found.old:
            continue
        if len(found.exact) + len(found.near) == MOVES:
            budget.note(TOO_MANY, limit=MOVES)
            break
        first, last = _grown(i, places[text], left, right, ours, theirs, found)
        place = Hunk(left[first[0]][0], left[last[0]][1], right[first[1]][0], right[last[1]][1])
        whole = _whole(old, new, left, right, place, found)
        found.take(whole, _within(left, (whole.old_start, whole.old_end)), _within(right, (whole.new_start, whole.new_end)))
        (found.exact if whole == place else found.near).append(whole)
    return found


def _whole(old: Stream, new: Stream, left: Sequence[Piece], right: Sequence[Piece], place: Hunk, found: Moved) -> Hunk:
    """Return the units of which a passage is the greater part, if all of both is left over; else the passage."""
    ours, theirs = old.unit_span(place.old_start, place.old_end), new.unit_span(place.new_start, place.new_end)
    if 2 * place.old_size <= max(ours[1] - ours[0], theirs[1] - theirs[0]):
        return place
    free = all(
        sum(end - start for start, end in _within(pieces, span) if start not in taken) == span[1] - span[0]
        for pieces, span, taken in ((left, ours, found.old), (right, theirs, found.new))
    )
    return Hunk(*ours, *theirs) if free else place


def _grown(
    i: int, j: int, left: Sequence[Piece], right: Sequence[Piece], ours: Sequence[str], theirs: Sequence[str], found: Moved
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the first and the last pair of a passage that grows from one pair of equal sentences to both sides."""

    def fits(i: int, j: int) -> bool:
        inside = 0 <= i < len(ours) and 0 <= j < len(theirs)
        return inside and ours[i] == theirs[j] and left[i][0] not in found.old and right[j][0] not in found.new

    a, c = i, j
    while fits(a - 1, c - 1) and left[a - 1][1] == left[a][0] and right[c - 1][1] == right[c][0]:
        a, c = a - 1, c - 1
    b, d = i, j
    while fits(b + 1, d + 1) and left[b + 1][0] == left[b][1] and right[d + 1][0] == right[d][1]:
        b, d = b + 1, d + 1
    return (a, c), (b, d)


def find_alike(old: Stream, new: Stream, left: Sequence[Piece], right: Sequence[Piece], found: Moved, budget: Budget) -> None:
    """Add the units among pieces that have no partner which are alike, wherever they stand."""
    ours, theirs = _whole_units(old, left), _whole_units(new, right)
    if len(ours) > MOVES or len(theirs) > MOVES:
        budget.note(TOO_MANY, limit=len(found.exact))
        return
    for i, j in alike([old.text[a:b] for a, b in ours], [new.text[c:d] for c, d in theirs]):
        place = Hunk(*ours[i], *theirs[j])
        found.near.append(place)
        found.take(place, _within(left, ours[i]), _within(right, theirs[j]))


def _within(pieces: Sequence[Piece], whole: Piece) -> Sequence[Piece]:
    return pieces[bisect_left(pieces, (whole[0], -1)) : bisect_left(pieces, (whole[1], -1))]


def _whole_units(source: Stream, pieces: Sequence[Piece]) -> list[Piece]:
    """Return the units all of whose sentences are among ``pieces``."""
    heads = [*source.heads, len(source.text)]
    out: list[Piece] = []
    at = 0
    while at < len(pieces):
        start, end = pieces[at]
        while at + 1 < len(pieces) and pieces[at + 1][0] == end:
            at, end = at + 1, pieces[at + 1][1]
        first, last = bisect_left(heads, start), bisect_right(heads, end)
        bounds = heads[first:last]
        out += [(a, b) for a, b in pairwise(bounds) if b - a >= UNIT]
        at += 1
    return out
