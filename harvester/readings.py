"""What earlier runs read of a site's lists, and how far the next run has to read each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import func, select

from harvester.freshness import days_between
from harvester.reach import Lists, Window
from spiders.coverage import Recent
from storage.days import local_day
from storage.records import Verdict
from storage.schema import runs, sightings
from storage.store import Store

LOOKED_AT = 400
"""Runs of a site that are looked at for its last readings: more than a year of daily ones."""
NEWEST = 5
"""So many of the youngest known items tell that a reading is beyond what a site pins before its newer ones: one of them was seen."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a section's list as far as it was to be read. ``pages`` are list pages had, ``calls`` those that only led to them."""

    began: datetime
    ended: datetime
    reach: Lists
    pages: int
    items: int
    calls: int = 0


@dataclass(frozen=True)
class Readings:
    """The readings of a section that are known, the latest first."""

    all: tuple[Reading, ...] = ()

    @property
    def last(self) -> Reading | None:
        """Return the last reading, ``None`` before the first."""
        return self.all[0] if self.all else None

    @cached_property
    def sweeps(self) -> tuple[Reading, ...]:
        """The readings of the whole list; a crawl asks for them once for each document that no list names."""
        return tuple(reading for reading in self.all if reading.reach is Lists.ALL)

    def missed_since(self, last_named: datetime | None) -> datetime | None:
        """Return when the first sweep began that did not name what was named last at a moment; ``None`` when every one named it."""
        return min((sweep.began for sweep in self.sweeps if last_named is None or sweep.began > last_named), default=None)


def readings(store: Store, site: str) -> dict[str, Readings]:
    """Return the readings of each section of a site that earlier runs finished."""
    r = runs.c
    query = select(r.started_at, r.ended_at, r.verdict, r.counters).where(r.site == site, r.ended_at.is_not(None))
    query = query.order_by(r.started_at.desc()).limit(LOOKED_AT)
    found: dict[str, list[Reading]] = {}
    with store.reading() as connection:
        for row in connection.execute(query):
            for section, facts in (row.counters or {}).get("coverage", {}).items():
                if facts.get("whole", row.verdict == Verdict.COMPLETE) and row.verdict != Verdict.FAILED:
                    found.setdefault(section, []).append(_reading(row.started_at, row.ended_at, facts))
    return {section: Readings(tuple(each)) for section, each in found.items()}


def _reading(began: datetime, ended: datetime, facts: Mapping[str, object]) -> Reading:
    def count(name: str) -> int:
        value = facts.get(name)
        return value if isinstance(value, int) else 0

    return Reading(began, ended, Lists(str(facts.get("reach", Lists.ALL))), count("had"), count("items"), count("calls"))


def reach_of(known: Readings, lists: Lists, now: datetime, window: Window) -> Lists:
    """Return whether a list is to be read whole (``all``) or down to its overlap (``recent``).

    Without a whole reading of it there is nothing known to stop at.
    """
    if lists is Lists.ALL or not known.sweeps:
        return Lists.ALL
    if lists is Lists.RECENT:
        return Lists.RECENT
    last = known.sweeps[0].began
    return Lists.ALL if last > now or days_between(last, now) >= window.sweep.days else Lists.RECENT


def recent(store: Store, site: str, section: str, known: Readings, window: Window) -> Recent | None:
    """Return where a recent reading of a section's list may end; ``None`` before its first whole reading."""
    if known.last is None or not known.sweeps:
        return None
    last, sweep = known.last, known.sweeps[0]
    s = sightings.c
    here = (s.site == site) & (s.section == section) & (s.last_seen >= sweep.began) & (s.first_seen <= last.ended)
    with store.reading() as connection:
        keys = frozenset(
            connection.execute(select(s.key).where(s.site == site, s.section == section, s.first_seen <= last.ended)).scalars()
        )
        listed = connection.execute(select(func.count()).where(here)).scalar_one()
        newest = select(s.key).where(here, s.listed_on.is_not(None)).order_by(s.listed_on.desc()).limit(NEWEST)
        return Recent(local_day(last.began) - window.overlap, keys, frozenset(connection.execute(newest).scalars()), listed)


def last_named(store: Store, site: str) -> dict[str, datetime]:
    """Return when a list of a site last named each document, by key."""
    s = sightings.c
    query = select(s.key, func.max(s.last_seen).label("at")).where(s.site == site).group_by(s.key)
    with store.reading() as connection:
        return {row.key: row.at for row in connection.execute(query)}
