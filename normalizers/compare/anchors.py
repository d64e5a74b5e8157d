"""Find what two sequences of pieces have in common, in the same order: pieces that occur once first, as patience sorting does.

After Bram Cohen's patience diff: what occurs once on both sides is surely meant to be the same; the longest sequence of such pieces
that stands in one order on both sides holds the rest in place.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from normalizers.compare.limits import Budget

DEPTH = 12
"""How often a gap between anchors is searched for anchors of its own."""


@dataclass(frozen=True, slots=True, order=True)
class Run:
    """``size`` pieces from ``old`` on equal those from ``new`` on."""

    old: int
    new: int
    size: int


@dataclass(frozen=True, slots=True, order=True)
class Hunk:
    """Pieces (or characters) ``old_start`` up to ``old_end`` stand against ``new_start`` up to ``new_end``; either may be none."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int

    @property
    def old_size(self) -> int:
        """The number of old pieces."""
        return self.old_end - self.old_start

    @property
    def new_size(self) -> int:
        """The number of new pieces."""
        return self.new_end - self.new_start


def common_runs(old: Sequence[str], new: Sequence[str], budget: Budget) -> list[Run]:
    """Return runs of equal pieces in the order of both sequences; what lies between them has no anchor in common."""
    ids: dict[str, int] = {}
    left = [ids.setdefault(piece, len(ids)) for piece in old]
    right = [ids.setdefault(piece, len(ids)) for piece in new]
    found: list[Run] = []
    waiting = [(Hunk(0, len(left), 0, len(right)), 0)]
    while waiting:
        gap, depth = waiting.pop()
        gap = _trim(left, right, gap, found)
        if not gap.old_size or not gap.new_size:
            continue
        anchors = _unique(left, right, gap) if depth < DEPTH else []
        if anchors:
            found += [Run(i, j, 1) for i, j in anchors]
            waiting += [(inner, depth + 1) for inner in _between(gap, anchors)]
        elif budget.allows(gap.old_size, gap.new_size):
            found += _longest(left, right, gap)
    return joined(found)


def joined(runs: Sequence[Run]) -> list[Run]:
    """Return the runs in order, those that continue each other as one."""
    out: list[Run] = []
    for run in sorted(runs):
        if out and (out[-1].old + out[-1].size, out[-1].new + out[-1].size) == (run.old, run.new):
            out[-1] = Run(out[-1].old, out[-1].new, out[-1].size + run.size)
        else:
            out.append(run)
    return out


def gaps(runs: Sequence[Run], whole: Hunk) -> list[Hunk]:
    """Return what lies between runs that are in order, without empty gaps."""
    out: list[Hunk] = []
    old, new = whole.old_start, whole.new_start
    for run in (*runs, Run(whole.old_end, whole.new_end, 0)):
        if old < run.old or new < run.new:
            out.append(Hunk(old, run.old, new, run.new))
        old, new = run.old + run.size, run.new + run.size
    return out


def _trim(left: list[int], right: list[int], gap: Hunk, found: list[Run]) -> Hunk:
    """Take off what both sides of a gap begin and end with."""
    a, b, c, d = gap.old_start, gap.old_end, gap.new_start, gap.new_end
    while a < b and c < d and left[a] == right[c]:
        a, c = a + 1, c + 1
    if a > gap.old_start:
        found.append(Run(gap.old_start, gap.new_start, a - gap.old_start))
    last = b
    while a < b and c < d and left[b - 1] == right[d - 1]:
        b, d = b - 1, d - 1
    if b < last:
        found.append(Run(b, d, last - b))
    return Hunk(a, b, c, d)


def _unique(left: list[int], right: list[int], gap: Hunk) -> list[tuple[int, int]]:
    """Return pieces that occur once on both sides of a gap, as many as stand in one order."""
    once_old = Counter(left[gap.old_start : gap.old_end])
    once_new = Counter(right[gap.new_start : gap.new_end])
    places = {piece: j for j, piece in enumerate(right[gap.new_start : gap.new_end], gap.new_start) if once_new[piece] == 1}
    pairs = [
        (i, places[piece])
        for i, piece in enumerate(left[gap.old_start : gap.old_end], gap.old_start)
        if once_old[piece] == 1 and piece in places
    ]
    return rising(pairs)


def rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest part of pairs, sorted by their first number, in which the second numbers rise, too."""
    tops: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for at, (_, j) in enumerate(pairs):
        place = bisect_left(tops, j)
        before.append(last[place - 1] if place else -1)
        if place == len(tops):
            tops.append(j)
            last.append(at)
        else:
            tops[place], last[place] = j, at
    out: list[tuple[int, int]] = []
    at = last[-1] if last else -1
    while at >= 0:
        out.append(pairs[at])
        at = before[at]
    return out[::-1]


def _between(gap: Hunk, anchors: Sequence[tuple[int, int]]) -> list[Hunk]:
    return gaps([Run(i, j, 1) for i, j in anchors], gap)


def _longest(left: list[int], right: list[int], gap: Hunk) -> list[Run]:
    """Return a longest common sequence of a gap."""
    blocks = Indel.opcodes(left[gap.old_start : gap.old_end], right[gap.new_start : gap.new_end])
    return [
        Run(gap.old_start + op.src_start, gap.new_start + op.dest_start, op.src_end - op.src_start) for op in blocks if op.tag == "equal"
    ]
