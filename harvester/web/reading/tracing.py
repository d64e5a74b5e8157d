"""A clause through the versions of its document: what it was called in each, and what each change brought.

The store keeps no map of clauses. The way from one version to the next is found by comparing the two, unit by unit, and kept in memory.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from harvester.web.reading.parts import Part
from harvester.web.reading.versions import Reading, read
from normalizers.compare import compare
from normalizers.differences import Fate, UnitPair
from normalizers.records import Derived, Metadata, Span
from storage.store import Store

FARTHEST = 60
"""Versions that a clause is followed through, back and forth; hardly a document has ten."""


@dataclass(frozen=True, slots=True)
class Step:
    """A clause in one version: ``part`` is ``None`` where it is not there; ``pair`` is the change that led there from the version before.

    ``old`` is the clause in that version before, ``fate`` what the change did to it: for the first version, and where it came in,
    ``inserted``; where it went, ``deleted``.
    """

    version: int
    part: Part | None
    fate: Fate
    old: Part | None = None
    pair: UnitPair | None = None


class Trail:
    """The way of clauses through the versions of one document, each version a reading, in order."""

    def __init__(self, store: Store, document: str, versions: Sequence[int]) -> None:
        self.store = store
        self.document = document
        self.versions = tuple(versions)

    def reading(self, version: int) -> Reading:
        """Return a version as it is read."""
        return read(self.store, self.document, version)

    def through(self, version: int, part: Part) -> list[Step]:
        """Return the steps of a clause that stands in a version, the first version it is in before, the last or its end behind."""
        at = self.versions.index(version)
        back: list[Step] = []
        here = part
        for n in range(at, max(0, at - FARTHEST), -1):
            old, pair = self._across(self.versions[n - 1], self.versions[n], here, backward=True)
            back.append(Step(self.versions[n], here, _fate(pair, old, here), old, pair))
            if old is None:
                break
            here = old
        else:
            back.append(Step(self.versions[max(0, at - FARTHEST)], here, Fate.INSERTED))
        return [*reversed(back), *self._onward(at, part)]

    def _onward(self, at: int, part: Part) -> list[Step]:
        out: list[Step] = []
        here = part
        for n in range(at + 1, min(len(self.versions), at + 1 + FARTHEST)):
            new, pair = self._across(self.versions[n - 1], self.versions[n], here, backward=False)
            out.append(Step(self.versions[n], new, _fate(pair, here, new), here, pair))
            if new is None:
                break
            here = new
        return out

    def became(self, version: int, part: Part) -> Step:
        """Return where a clause of a version is in the last version, or the version in which it went."""
        steps = self._onward(self.versions.index(version), part)
        return steps[-1] if steps else Step(version, part, Fate.SAME)

    def others_called(self, name: str, part: Part, version: int) -> tuple[int, Step] | None:
        """Return the last version before ``version`` in which the address named another clause, and what became of that one."""
        named = {step.version: step.part for step in self.through(version, part)}
        for earlier in reversed(self.versions[: self.versions.index(version)]):
            index = self.reading(earlier).index
            at = index.find(name)
            known = named.get(earlier)
            if at is not None and (known is None or known.unit.span != index.parts[at].unit.span):
                return earlier, self.became(earlier, index.parts[at])
        return None

    def _across(self, old: int, new: int, part: Part, *, backward: bool) -> tuple[Part | None, UnitPair | None]:
        """Return what a clause of one of two neighbouring versions is in the other, and the change between.

        The same words at the same address are the same clause: only where they are not, the two versions are compared.
        """
        before, after = self.reading(old), self.reading(new)
        there = (before if backward else after).index
        at = there.find(part.name)
        if at is not None and there.parts[at].name == part.name and there.parts[at].unit.text == part.unit.text:
            return there.parts[at], None
        crossing = _crossing(before, after)
        pair = crossing.pair_of(part.unit.span, backward=backward)
        unit = (pair.old if backward else pair.new) if pair else None
        if unit is None:
            return None, pair
        return _nearest(there.parts, unit.span), pair


def _fate(pair: UnitPair | None, old: Part | None, new: Part | None) -> Fate:
    if old is None:
        return Fate.INSERTED
    if new is None:
        return Fate.DELETED
    return pair.fate if pair else Fate.SAME


def _nearest(parts: Sequence[Part], span: Span) -> Part | None:
    """Return the part with most of a stretch of the text."""
    starts = [part.unit.span.start for part in parts]
    first = max(0, bisect_left(starts, span.start) - 1)
    best, share = None, 0
    for part in parts[first:]:
        if part.unit.span.start >= span.end:
            break
        common = min(part.unit.span.end, span.end) - max(part.unit.span.start, span.start)
        if common > share:
            best, share = part, common
    return best


class Crossing:
    """The units of two versions beside one another, found from either side."""

    def __init__(self, pairs: Sequence[UnitPair]) -> None:
        self._sides = {
            backward: sorted(
                ((unit.span.start, unit.span.end, at) for at, pair in enumerate(pairs) if (unit := pair.new if backward else pair.old)),
            )
            for backward in (False, True)
        }
        self._pairs = pairs

    def pair_of(self, span: Span, *, backward: bool) -> UnitPair | None:
        """Return the pair with most of a stretch of the old text, going backward of the new one; one that goes on before one that ends."""
        side = self._sides[backward]
        first = max(0, bisect_left(side, (span.start, 0, 0)) - 1)
        best: tuple[bool, int] = (False, 0)
        found: UnitPair | None = None
        for start, end, at in side[first:]:
            if start >= span.end:
                break
            common = min(end, span.end) - max(start, span.start)
            pair = self._pairs[at]
            goes_on = (pair.old if backward else pair.new) is not None
            if common > 0 and (goes_on, common) > best:
                best, found = (goes_on, common), pair
        return found


@lru_cache(maxsize=64)
def _crossing(old: Reading, new: Reading) -> Crossing:
    return Crossing(compare(_derived(old), _derived(new)).units)


def _derived(reading: Reading) -> Derived:
    return Derived(reading.source, Metadata(), (), reading.content_hash)
