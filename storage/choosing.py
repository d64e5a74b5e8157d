"""Which copy of a work counts, for every site and region that can be asked for: plain work on what is known of the copies.

The order is that of ``selection.chosen_versions``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from storage.views import WHOLE

STEMS = (2, 4, 6)
"""Digits that name a province, a city, a county (GB/T 2260)."""


class Times(NamedTuple):
    """When a document was there first, and since when it has been as it is now: each by its source's days and by what the store knew."""

    began_on: date
    began_at: datetime
    settled_on: date
    settled_at: datetime

    @classmethod
    def of_all(cls, some: Iterable[Times]) -> Times:
        """Return those of several documents together."""
        began_on, began_at, settled_on, settled_at = zip(*some, strict=True)
        return cls(min(began_on), min(began_at), max(settled_on), max(settled_at))


class Mark(NamedTuple):
    """What the line of a document says of its work: how many copies there are, whether it is the one to count, and the times of all."""

    copies: int
    counted: bool
    began_on: date
    began_at: datetime
    settled_on: date
    settled_at: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """A copy of a work, as far as the choice rests on it; ``own`` tells whether it stands on the site of its home region.

    ``times`` are its own; ``marked`` is what its line says now.
    """

    place: int
    document: str
    work: str
    site: str
    kind: str
    own: bool
    hidden: bool
    tasks: int
    day: date
    regions: tuple[str, ...]
    times: Times
    marked: Mark

    def order(self, fullest: int) -> tuple[Any, ...]:
        """Return the key by which copies are ordered; the first one counts. ``fullest`` has so many tasks."""
        part = self.tasks * WHOLE < fullest * (WHOLE - 1)
        return self.tasks == 0, not self.own, part, self.day, self.kind, self.document

    def scopes(self) -> set[tuple[str, str]]:
        """Return the pairs of site and stem of a region by which it can be asked for; empty means any."""
        found = {region[:digits] for region in self.regions for digits in STEMS if region}
        # A code ends in noughts where it names a larger place: nobody asks for 3100, but for 31.
        stems = {"", *(stem for stem in found if len(stem) == STEMS[0] or not stem.endswith("00"))}
        return {(site, stem) for site in ("", self.site) for stem in stems}


@dataclass(frozen=True, slots=True)
class Choice:
    """Whether the document at a place counts among the copies of its work in a site and a region, and how many these are."""

    site: str
    stem: str
    place: int
    counted: bool
    copies: int

    @property
    def key(self) -> tuple[str, str, int]:
        """Return what it is known by."""
        return self.site, self.stem, self.place

    def row(self) -> dict[str, object]:
        """Return the row of the table."""
        return {"site": self.site, "stem": self.stem, "place": self.place, "counted": self.counted, "copies": self.copies}


def choices(members: Iterable[Member]) -> Iterator[Choice]:
    """Yield the choices of all copies that are not hidden, work by work."""
    asked: dict[tuple[str, str, str], list[Member]] = defaultdict(list)
    for member in members:
        if not member.hidden:
            for site, stem in member.scopes():
                asked[member.work, site, stem].append(member)
    for (_, site, stem), group in asked.items():
        fullest = max(member.tasks for member in group)
        first = min(group, key=lambda member: member.order(fullest))
        for member in group:
            yield Choice(site, stem, member.place, member is first, len(group))
