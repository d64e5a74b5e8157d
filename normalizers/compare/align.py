"""Align two streams as a reader would: equal units and sentences first, then what moved, then what is alike, then characters."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from normalizers.compare.anchors import Hunk, Run, common_runs, gaps, joined, rising
from normalizers.compare.letters import changed_letters, pieces
from normalizers.compare.limits import Budget
from normalizers.compare.moves import Moved, Piece, find_alike, find_equal, held
from normalizers.compare.names import Names
from normalizers.compare.near import IN_PLACE, Bead, alike, beads
from normalizers.compare.rows import Stretch, stretches
from normalizers.compare.streams import Stream


@dataclass(frozen=True, slots=True)
class Move:
    """A passage that stands elsewhere in the new text, with the characters that changed in it."""

    place: Hunk
    hunks: tuple[Hunk, ...] = ()


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where two streams differ, in the order of both; what moved is deleted at its old place and inserted at its new one, too.

    ``silent`` hunks are no change: the number of an item, another name of the same body.
    """

    hunks: tuple[Hunk, ...]
    moves: tuple[Move, ...] = ()
    silent: frozenset[Hunk] = frozenset()

    def mirrored(self) -> Alignment:
        """Return the same with the sides swapped."""
        moves = tuple(Move(_mirrored(move.place), tuple(map(_mirrored, move.hunks))) for move in self.moves)
        return Alignment(tuple(map(_mirrored, self.hunks)), moves, frozenset(map(_mirrored, self.silent)))

    def moved(self) -> frozenset[Hunk]:
        """Return the hunks that are the two ends of moved passages."""
        left = {(move.place.old_start, move.place.old_end) for move in self.moves}
        come = {(move.place.new_start, move.place.new_end) for move in self.moves}
        return frozenset(
            hunk
            for hunk in self.hunks
            if (not hunk.new_size and (hunk.old_start, hunk.old_end) in left)
            or (not hunk.old_size and (hunk.new_start, hunk.new_end) in come)
        )


def _mirrored(hunk: Hunk) -> Hunk:
    return Hunk(hunk.new_start, hunk.new_end, hunk.old_start, hunk.old_end)


@dataclass(frozen=True, slots=True)
class _Step:
    """Sentences of both sides at one place of a gap: ``paired`` ones are one sentence, changed; others stand there for themselves."""

    old: Sequence[Piece]
    new: Sequence[Piece]
    paired: bool = False


@dataclass(frozen=True, slots=True)
class _Opening:
    """A gap in sentences; one of ``rows`` has only rows without a partner."""

    place: Hunk
    old: Sequence[Piece]
    new: Sequence[Piece]
    rows: bool = False


def align(old: Stream, new: Stream, names: Names, budget: Budget) -> Alignment:
    """Return where two streams differ."""
    whole = Hunk(0, len(old.text), 0, len(new.text))
    runs = held(old, new, _equal(old, new, (old.heads, new.heads), whole, budget))
    parts = [part for gap in gaps(runs, whole) for part in stretches(old, new, gap, names, budget)]
    openings = [opening for part in parts for opening in _openings(old, new, part, budget)]
    left, right = [p for o in openings for p in o.old], [p for o in openings for p in o.new]
    moved = find_equal(old, new, left, right, names, budget)
    steps = [_steps(old.text, new.text, opening, moved, budget) for opening in openings]
    loose = [step for some in steps for step in some if not step.paired]
    left = [p for step in loose for p in step.old if p[0] not in moved.old]
    right = [p for step in loose for p in step.new if p[0] not in moved.new]
    find_alike(old, new, left, right, moved, names, budget)
    hunks = [hunk for opening, some in zip(openings, steps, strict=True) for hunk in _told(old, new, opening, some, moved, budget)]
    changed = [Move(place, tuple(changed_letters(old.text, new.text, place, budget))) for place in moved.near]
    return Alignment(tuple(hunks), tuple(sorted((*map(Move, moved.exact), *changed), key=lambda move: move.place)))


def _bounds(marks: Sequence[int], start: int, end: int) -> list[int]:
    """Return the edges of a stretch and the marks inside it, each once."""
    inside = marks[bisect_right(marks, start) : bisect_left(marks, end)]
    return [start, *dict.fromkeys(inside), end] if start < end else [start]


def _equal(old: Stream, new: Stream, marks: tuple[Sequence[int], Sequence[int]], hunk: Hunk, budget: Budget) -> list[Run]:
    """Return the equal pieces of a hunk between marks, as runs of characters."""
    left, right = _bounds(marks[0], hunk.old_start, hunk.old_end), _bounds(marks[1], hunk.new_start, hunk.new_end)
    runs = common_runs(pieces(old.text, left), pieces(new.text, right), budget)
    return [Run(left[run.old], right[run.new], left[run.old + run.size] - left[run.old]) for run in runs]


def _openings(old: Stream, new: Stream, part: Stretch, budget: Budget) -> Iterator[_Opening]:
    """Yield what of a stretch has no equal sentences on both sides; rows without a partner have none."""
    inside = not part.loose and part.place.old_size and part.place.new_size
    runs = _equal(old, new, (old.sentences, new.sentences), part.place, budget) if inside else []
    for gap in gaps(joined(runs), part.place):
        yield _opening(old, new, gap, rows=part.loose)


def _opening(old: Stream, new: Stream, gap: Hunk, *, rows: bool) -> _Opening:
    left, right = _bounds(old.sentences, gap.old_start, gap.old_end), _bounds(new.sentences, gap.new_start, gap.new_end)
    return _Opening(gap, list(pairwise(left)), list(pairwise(right)), rows)


def _steps(old: str, new: str, opening: _Opening, moved: Moved, budget: Budget) -> list[_Step]:
    """Return what a gap is made of: pairs of sentences that are alike, and what stands before, between and behind them."""
    if opening.rows:
        return [_Step(opening.old, opening.new)]
    left = [piece for piece in opening.old if piece[0] not in moved.old]
    right = [piece for piece in opening.new if piece[0] not in moved.new]
    out: list[_Step] = []
    i = j = 0
    for a, b, c, d in _pairs(old, new, left, right, budget):
        first, last = opening.old.index(left[a], i), opening.old.index(left[b - 1], i) + 1
        top, bottom = opening.new.index(right[c], j), opening.new.index(right[d - 1], j) + 1
        out += [_Step(opening.old[i:first], opening.new[j:top]), _Step(opening.old[first:last], opening.new[top:bottom], paired=True)]
        i, j = last, bottom
    out.append(_Step(opening.old[i:], opening.new[j:]))
    return [step for step in out if step.old or step.new]


def _pairs(old: str, new: str, left: Sequence[Piece], right: Sequence[Piece], budget: Budget) -> list[Bead]:
    """Return which sentences of a gap are alike, in order."""
    found = beads(_linked(old, left), _linked(new, right), budget)
    if found is not None:
        return found
    if len(left) == len(right) == 1:
        return [(0, 1, 0, 1)]
    near = rising(sorted(alike([old[a:b] for a, b in left], [new[c:d] for c, d in right])))
    return [(i, i + 1, j, j + 1) for i, j in near]


def _linked(text: str, some: Sequence[Piece]) -> list[tuple[str, bool]]:
    """Return sentences, and whether each goes on where the one before it ended."""
    ends = [-1, *(end for _, end in some)]
    return [(text[start:end], start == before) for (start, end), before in zip(some, ends, strict=False)]


def _told(old: Stream, new: Stream, opening: _Opening, steps: Sequence[_Step], moved: Moved, budget: Budget) -> Iterator[Hunk]:
    """Yield the hunks of a gap."""
    a, c = opening.place.old_start, opening.place.new_start
    for step in steps:
        b = step.old[-1][1] if step.old else a
        d = step.new[-1][1] if step.new else c
        if step.paired:
            yield from changed_letters(old.text, new.text, Hunk(a, b, c, d), budget)
        else:
            sides = _segments(step.old, moved.old), _segments(step.new, moved.new)
            yield from _loose(old, new, (a, c), *sides, None if opening.rows else budget)
        a, c = b, d


Segment = tuple[int, Hunk | None]
"""The end of a stretch of sentences, and the moved passage that it is, if any."""


def _segments(some: Sequence[Piece], moved: dict[int, Hunk]) -> list[Segment]:
    """Return sentences joined to stretches that moved together or did not move."""
    grouped = groupby(some, key=lambda piece: moved.get(piece[0]))
    return [(list(group)[-1][1], place) for place, group in grouped]


def _loose(
    old: Stream, new: Stream, start: tuple[int, int], left: list[Segment], right: list[Segment], budget: Budget | None
) -> Iterator[Hunk]:
    """Yield stretches without a partner: moved ones each for itself, the others against those of the other side, in order.

    Without a ``budget`` nothing is held against the other side, either: rows that have no partner.
    """
    a, c = start
    i = j = 0
    while i < len(left) or j < len(right):
        if i < len(left) and (left[i][1] or j == len(right) or budget is None):
            yield Hunk(a, left[i][0], c, c)
            a, i = left[i][0], i + 1
        elif j < len(right) and (right[j][1] or i == len(left)):
            yield Hunk(a, a, c, right[j][0])
            c, j = right[j][0], j + 1
        elif budget is not None:
            yield from _in_units(old, new, Hunk(a, left[i][0], c, right[j][0]), budget)
            a, c, i, j = left[i][0], right[j][0], i + 1, j + 1


def _in_units(old: Stream, new: Stream, hunk: Hunk, budget: Budget) -> Iterator[Hunk]:
    """Yield what stands at one place without being alike: a unit against a unit, several units each for itself unless near enough."""
    left, right = _bounds(old.heads, hunk.old_start, hunk.old_end), _bounds(new.heads, hunk.new_start, hunk.new_end)
    ours, theirs = pieces(old.text, left), pieces(new.text, right)
    found = None
    if len(ours) > 1 or len(theirs) > 1:
        found = beads([(text, False) for text in ours], [(text, False) for text in theirs], budget, IN_PLACE)
    if found is None:
        yield from changed_letters(old.text, new.text, hunk, budget, alike=False)
        return
    i = j = 0
    for a, b, c, d in (*found, (len(ours), len(ours), len(theirs), len(theirs))):
        yield from _side_by_side(old.text, new.text, Hunk(left[i], left[a], right[j], right[c]), (a - i, c - j), budget)
        yield from changed_letters(old.text, new.text, Hunk(left[a], left[b], right[c], right[d]), budget)
        i, j = b, d


def _side_by_side(old: str, new: str, hunk: Hunk, counts: tuple[int, int], budget: Budget) -> Iterator[Hunk]:
    """Yield units that have nothing in common: one replaces one, several are taken out and put in."""
    if counts == (1, 1):
        yield from changed_letters(old, new, hunk, budget, alike=False)
        return
    if hunk.old_size:
        yield Hunk(hunk.old_start, hunk.old_end, hunk.new_start, hunk.new_start)
    if hunk.new_size:
        yield Hunk(hunk.old_end, hunk.old_end, hunk.new_start, hunk.new_end)
