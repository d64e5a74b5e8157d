"""Pair passages that are alike but not equal: sentences in one gap by dynamic programming, and passages anywhere by what they share.

The pairing in a gap is that of Gale and Church (1993) for sentences: one with one, one with two, two with one, or none; so that a
sentence that was broken in two meets both its halves.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Protocol

from rapidfuzz import fuzz, process

from normalizers.compare.limits import Budget

ALIKE = 0.45
"""Share of common characters (Indel) from which two sentences at one place are one, changed."""
IN_PLACE = 0.30
"""The same for whole units that are left over at one place."""
MOVED_ALIKE = 0.62
"""The same for passages at different places."""
PARTS = 5
FEW = 900
"""Pairs of sentences up to which a sentence may have been broken in more than two."""
BEADS = 12_000
"""Pairs of sentences up to which a gap is paired sentence by sentence."""
SHINGLE = 4
CROWDED = 30
"""A shingle of more passages than this says nothing about which of them is meant."""
CANDIDATES = 4
LONGEST = 2_000
"""Characters of the longest passage that is looked for elsewhere."""

Bead = tuple[int, int, int, int]
"""Old sentences from the first number up to the second became the new ones from the third up to the fourth."""


Linked = Sequence[tuple[str, bool]]
"""Sentences, and whether each goes on where the one before it ended."""


def beads(old: Linked, new: Linked, budget: Budget, least: float = ALIKE) -> list[Bead] | None:
    """Return the pairs of sentences of a gap, in order; ``None`` where there are too many to look at."""
    if not old or not new:
        return []
    if len(old) * len(new) > BEADS or not budget.allows(sum(len(text) for text, _ in old), sum(len(text) for text, _ in new)):
        return None
    if not budget.allows_pairs(len(old), len(new)):
        return None
    return best(_Gains(old, new, least))


class Gains(Protocol):
    """What it is worth to pair pieces of two sides."""

    rows: int
    columns: int

    def ways(self, i: int, j: int) -> Iterator[tuple[float, int, int]]:
        """Yield how the last of ``i`` old and ``j`` new pieces may be paired: gain, how many old, how many new."""


class _Gains:
    """What it is worth to pair sentences: common characters, less what any two sentences have in common.

    One sentence may have been broken in up to ``PARTS``, in either document.
    """

    def __init__(self, old: Linked, new: Linked, least: float) -> None:
        self.rows, self.columns = len(old), len(new)
        ours, theirs = [text for text, _ in old], [text for text, _ in new]
        parts = range(2, PARTS + 1) if self.rows * self.columns <= FEW else range(2, 3)
        self._one = _worth(ours, theirs, least)
        self._old = {size: _worth(_joined(old, size), theirs, least) for size in parts}
        self._new = {size: _worth(ours, _joined(new, size), least) for size in parts}

    def ways(self, i: int, j: int) -> Iterator[tuple[float, int, int]]:
        """Yield how the last of ``i`` old and ``j`` new sentences may be paired: gain, how many old, how many new."""
        yield self._one[i - 1][j - 1], 1, 1
        for size, gains in self._old.items():
            if i >= size:
                yield gains[i - size][j - 1], size, 1
        for size, gains in self._new.items():
            if j >= size:
                yield gains[i - 1][j - size], 1, size


def _joined(some: Linked, size: int) -> list[str]:
    """Return each sentence with those behind it, so many in all; nothing where something stands between them."""
    windows = (some[at : at + size] for at in range(len(some) - size + 1))
    return ["".join(text for text, _ in window) if all(linked for _, linked in window[1:]) else "" for window in windows]


def _worth(old: Sequence[str], new: Sequence[str], least: float) -> list[list[float]]:
    if not old or not new:
        return []
    table = process.cdist(old, new, scorer=fuzz.ratio)
    sizes = [len(text) for text in new]
    return [
        [(float(score) / 100 - least) * (len(text) + size) for score, size in zip(row, sizes, strict=True)]
        for text, row in zip(old, table, strict=True)
    ]


def best(gains: Gains) -> list[Bead]:
    """Return the pairs that are worth most together, in order."""
    most = [[0.0] * (gains.columns + 1) for _ in range(gains.rows + 1)]
    steps = [[(0, 0)] * (gains.columns + 1) for _ in range(gains.rows + 1)]
    for i in range(gains.rows + 1):
        for j in range(gains.columns + 1):
            most[i][j], steps[i][j] = max(_arrivals(gains, most, i, j))
    found: list[Bead] = []
    i, j = gains.rows, gains.columns
    while i or j:
        up, along = steps[i][j]
        if up and along:
            found.append((i - up, i, j - along, j))
        i, j = i - up, j - along
    return found[::-1]


def _arrivals(gains: Gains, most: list[list[float]], i: int, j: int) -> Iterator[tuple[float, tuple[int, int]]]:
    if not i and not j:
        yield 0.0, (0, 0)
    if i:
        yield most[i - 1][j], (1, 0)
    if j:
        yield most[i][j - 1], (0, 1)
    if i and j:
        for gain, up, along in gains.ways(i, j):
            if gain > 0:
                yield most[i - up][j - along] + gain, (up, along)


def alike(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Return passages that are alike wherever they stand, each once, the nearest first; only those that share rare strings are compared."""
    holders: dict[str, list[int]] = defaultdict(list)
    for j, text in enumerate(new):
        for shingle in _shingles(text) if len(text) <= LONGEST else ():
            holders[shingle].append(j)
    scored = sorted((-score, i, j) for i, text in enumerate(old) if len(text) <= LONGEST for score, j in _candidates(text, new, holders))
    pairs: list[tuple[int, int]] = []
    taken: set[int] = set()
    used: set[int] = set()
    for _, i, j in scored:
        if i not in taken and j not in used:
            pairs.append((i, j))
            taken.add(i)
            used.add(j)
    return pairs


def _candidates(text: str, new: Sequence[str], holders: dict[str, list[int]]) -> Iterator[tuple[float, int]]:
    shared = Counter(j for s in _shingles(text) if len(holders.get(s, ())) <= CROWDED for j in holders.get(s, ()))
    for j, _ in sorted(shared.items(), key=lambda item: (-item[1], item[0]))[:CANDIDATES]:
        score = float(fuzz.ratio(text, new[j])) / 100
        if score >= MOVED_ALIKE:
            yield score, j


def _shingles(text: str) -> set[str]:
    return {text[i : i + SHINGLE] for i in range(len(text) - SHINGLE + 1)}
