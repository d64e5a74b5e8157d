"""Find passages that stand elsewhere: equal sentences first, then whole units that are alike."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from normalizers.compare.anchors import Hunk, Run, gaps, joined
from normalizers.compare.formulas import is_formula
from normalizers.compare.limits import TOO_MANY, Budget
from normalizers.compare.names import Names
from normalizers.compare.near import alike
from normalizers.compare.rows import same_matter
from normalizers.compare.streams import Stream

CLAUSE = 10
"""Characters of the shortest passage that is found again elsewhere; shorter ones are formulas."""
UNIT = 16
"""Characters of the shortest unit that is found again changed."""
HELD = 200
"""Units that are tried as what stayed in its place, the longest ones."""
HOLDS = 2
"""Against how many times its own length a unit that kept its address holds its place."""
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


def held(old: Stream, new: Stream, runs: Sequence[Run]) -> list[Run]:
    """Return runs of equal units, a longer unit in the place of shorter ones that it changed its order with: the shorter one moved.

    A unit that has kept its address holds against more.
    """
    kept = sorted(runs)
    loose = gaps(joined(kept), Hunk(0, len(old.text), 0, len(new.text)))
    left = _units_in(old, [(gap.old_start, gap.old_end) for gap in loose])
    right = _units_in(new, [(gap.new_start, gap.new_end) for gap in loose])
    for text, (start, at) in sorted(((text, (left[text], right[text])) for text in left.keys() & right.keys()), key=_longest_first)[:HELD]:
        crossing = [run for run in kept if (run.old < start) != (run.new < at)]
        room = len(text) * (HOLDS if old.where(start) == new.where(at) else 1)
        if sum(run.size for run in crossing) < room:
            kept = [run for run in kept if run not in crossing] + [Run(start, at, len(text))]
    return joined(kept)


def _longest_first(unit: tuple[str, tuple[int, int]]) -> tuple[int, tuple[int, int]]:
    return -len(unit[0]), unit[1]


def _units_in(source: Stream, places: Iterable[Piece]) -> dict[str, int]:
    """Return the units in some stretches that occur once there and are no formulas, with where each begins."""
    heads = [*source.heads, len(source.text)]
    found: dict[str, list[int]] = defaultdict(list)
    for start, end in places:
        for a, b in pairwise(heads[bisect_left(heads, start) : bisect_right(heads, end)]):
            if b - a >= CLAUSE:
                found[source.text[a:b]].append(a)
    return {text: starts[0] for text, starts in found.items() if len(starts) == 1}


def _stays(old: Stream, new: Stream, place: Hunk) -> bool:
    """Tell whether a passage has one address in both documents: it did not move, but what stands around it did."""
    address = old.where(place.old_start)
    return bool(address) and address == new.where(place.new_start)


def find_equal(old: Stream, new: Stream, left: Sequence[Piece], right: Sequence[Piece], names: Names, budget: Budget) -> Moved:
    """Return the passages of whole sentences that are left over on both sides and occur once on each, with what stands beside them.

    Names of bodies, labels and dates alone are found nowhere: the same ones stand below another task.
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
        first, last = _without_edges(old, names, (i, places[text]), first, last, left)
        place = Hunk(left[first[0]][0], left[last[0]][1], right[first[1]][0], right[last[1]][1])
        if is_formula(old.text[place.old_start : place.old_end], names) or _stays(old, new, place):
            continue
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


def _without_edges(
    old: Stream, names: Names, core: tuple[int, int], first: tuple[int, int], last: tuple[int, int], left: Sequence[Piece]
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return a grown passage without the bodies and dates of the units beside it that it happens to meet at its edges."""
    start, end = old.unit_span(*left[core[0]])
    up, down = first[0], last[0]
    while up < core[0] and left[up][0] < start and not old.begins_unit(left[up][0]) and is_formula(old.text[slice(*left[up])], names):
        up += 1
    while down > core[0] and left[down][1] > end and is_formula(old.text[slice(*left[down])], names):
        if left[down][1] == len(old.text) or old.begins_unit(left[down][1]):
            break
        down -= 1
    return (up, first[1] + up - first[0]), (down, last[1] + down - last[0])


def find_alike(old: Stream, new: Stream, left: Sequence[Piece], right: Sequence[Piece], found: Moved, names: Names, budget: Budget) -> None:
    """Add the units among pieces that have no partner which are alike, wherever they stand."""
    ours, theirs = _whole_units(old, left), _whole_units(new, right)
    if len(ours) > MOVES or len(theirs) > MOVES:
        budget.note(TOO_MANY, limit=len(found.exact))
        return
    for i, j in alike([old.text[a:b] for a, b in ours], [new.text[c:d] for c, d in theirs]):
        place = Hunk(*ours[i], *theirs[j])
        if _stays(old, new, place) or not same_matter(old, ours[i], new, theirs[j], names):
            continue
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
