"""Which section of one version is which of the other, so that a heading renamed, renumbered or nested otherwise moves no task."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from normalizers.compare.evidence import section_key
from normalizers.records import Derived

COUNTERPART = 0.6
"""Share of common tasks plus likeness of headings (0 to 2) from which two sections are one under two headings."""

CELLED = frozenset({"csv", "markdown"})
"""Formats that cannot state merged cells but keep cells apart: the first row of a section names it."""
MOST_COMPARED = 4000
"""Pairs of headings that are compared where no task tells that they are one."""


class Sections:
    """The sections of two versions and which of them are one."""

    def __init__(self, old: Derived, new: Derived, pairs: Sequence[tuple[int, int]]) -> None:
        self._keys = [section_key(task.section) for task in old.tasks], [section_key(task.section) for task in new.tasks]
        self._guessed = _guessed(old), _guessed(new)
        self._above = _above(self._keys[0]), _above(self._keys[1])
        self._known = set(self._keys[0]) - {""}, set(self._keys[1]) - {""}
        self._votes = Counter((self._keys[0][i], self._keys[1][j]) for i, j in pairs)
        self._counterpart = self._counterparts()
        self._in_order = _in_order(pairs, [self._same(i, j) for i, j in pairs])
        self._of_new = {new: old for old, new in self._counterpart.items()}

    def moved(self, i: int, j: int) -> bool:
        """Tell whether a task stands in another section of the new version, not in the same one under another heading.

        Where a heading was left out, its tasks fall to the section above, where one was put in, to the new one: if they kept their
        places they did not move. Nor did those whose section is read out of a table that cannot state how far a cell reaches.
        """
        old, new = self._keys[0][i], self._keys[1][j]
        if self._same(i, j):
            return False
        gone = old not in self._known[1] and old not in self._counterpart
        come = new not in self._known[0] and new not in self._of_new
        if (i, j) in self._in_order and (self._guessed[0][i] or self._guessed[1][j]):
            return False
        if not (gone or come):
            return True
        above = (self._above[0][i], new) if gone else (old, self._above[1][j])
        put_in_or_left_out = above[0] == above[1] or self._counterpart.get(above[0]) == above[1]
        return not (gone and come) and not (put_in_or_left_out and (i, j) in self._in_order)

    def _same(self, i: int, j: int) -> bool:
        old, new = self._keys[0][i], self._keys[1][j]
        return not old or not new or old == new or self._counterpart.get(old) == new or self._nested(old, new)

    def _nested(self, old: str, new: str) -> bool:
        """Tell whether one path is the other with more headings, which the other version does not have."""
        a, b = old.split("/"), new.split("/")
        return (set(b) < set(a) and _leaves(self._known[1]).isdisjoint(set(a) - set(b))) or (
            set(a) < set(b) and _leaves(self._known[0]).isdisjoint(set(b) - set(a))
        )

    def _counterparts(self) -> dict[str, str]:
        same = self._known[0] & self._known[1]
        left, right = sorted(self._known[0] - same), sorted(self._known[1] - same)
        totals = Counter[str](), Counter[str]()
        for (old, new), count in self._votes.items():
            totals[0][old] += count
            totals[1][new] += count
        alike = _Headings([*left, *right])
        scored = []
        likely = {(old, new) for old, new in self._votes if old in left and new in right}
        if len(left) * len(right) <= MOST_COMPARED:
            likely |= {(old, new) for old in left for new in right}
        for old, new in likely:
            votes = self._votes[old, new]
            share = votes / math.sqrt(totals[0][old] * totals[1][new]) if votes else 0.0
            scored.append((-(share + alike.likeness(old, new)), old, new))
        found: dict[str, str] = {}
        for score, old, new in sorted(scored):
            if -score >= COUNTERPART and old not in found and new not in found.values():
                found[old] = new
        return found


def _guessed(derived: Derived) -> list[bool]:
    """Tell of each task whether it stands in a table seen by its layout alone: where a section begins and ends there is read by guess."""
    if derived.document.format in CELLED:
        return [False] * len(derived.tasks)
    tables = {block.address for block in derived.document.blocks if block.table is not None and not block.table.merged}
    return [task.address.split(".", 1)[0] in tables for task in derived.tasks]


def _above(keys: Sequence[str]) -> list[str]:
    """Return for each task the section above its own, empty for none."""
    out: list[str] = []
    for at, key in enumerate(keys):
        before = keys[at - 1] if at else ""
        out.append(out[-1] if at and key == before else before)
    return out


def _in_order(pairs: Sequence[tuple[int, int]], steady: Sequence[bool]) -> set[tuple[int, int]]:
    """Return the longest run of pairs that stand in the same order in both versions: the tasks that kept their places.

    Of several such runs the one with most ``steady`` pairs. Time grows with n log n (a Fenwick tree of the best run up to each place).
    """
    ordered = sorted(zip(pairs, steady, strict=True))
    places = {j: at for at, j in enumerate(sorted(j for (_, j), _ in ordered), 1)}
    best: list[tuple[int, int]] = [(0, -1)] * (len(places) + 1)
    before: list[int] = []
    for at, ((_, j), keeps) in enumerate(ordered):
        top, place = (0, -1), places[j] - 1
        while place > 0:
            top, place = max(top, best[place]), place - (place & -place)
        before.append(top[1])
        score, place = top[0] + len(ordered) + 1 + keeps, places[j]
        while place < len(best):
            best[place], place = max(best[place], (score, at)), place + (place & -place)
    out: set[tuple[int, int]] = set()
    at = max((ends for ends in best), default=(0, -1))[1]
    while at >= 0:
        out.add(ordered[at][0])
        at = before[at]
    return out


def _leaves(paths: Iterable[str]) -> set[str]:
    return {part for path in paths for part in path.split("/")}


class _Headings:
    """The likeness of headings by their characters, those of many headings counting little."""

    def __init__(self, headings: Sequence[str]) -> None:
        self._holders = Counter(char for heading in headings for char in set(_last(heading)))

    def likeness(self, one: str, other: str) -> float:
        """Return the likeness of two headings, 0 to 1."""
        a, b = set(_last(one)), set(_last(other))
        whole = math.sqrt(self._weight(a) * self._weight(b))
        return self._weight(a & b) / whole if whole else 0.0

    def _weight(self, chars: set[str]) -> float:
        return sum(1 / max(1, self._holders[char] - 1) for char in chars)


def _last(path: str) -> str:
    return path.rsplit("/", 1)[-1]
