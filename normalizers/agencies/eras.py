"""The days on which tables of bodies, and decisions on names, begin to tell something else: between two of them nothing changes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date
from functools import cache

from normalizers.agencies.decisions import Decisions
from normalizers.agencies.departments import EARLY, departments
from normalizers.agencies.gazetteer import gazetteer
from normalizers.agencies.periods import Period
from normalizers.agencies.regions import regions


def first_day(on: date | None, decided: Decisions) -> date | None:
    """Return the first of the days up to ``on`` on which all tables and decisions tell the same as on it; ``None``, for today, stays."""
    if on is None:
        return None
    return max(turns[bisect_right(turns, on) - 1] for turns in (_turns(), decided.turns))


@cache
def _turns() -> tuple[date, ...]:
    turns = {day for validity in _validities() for day in _days(validity)}
    return (date.min, *sorted(turns))


def _validities() -> Iterator[Period]:
    yield from (entry.validity for entry in gazetteer().entries)
    yield from (region.validity for region in regions().all)
    yield from (kind.validity for kind in departments())


def _days(validity: Period) -> Iterator[date]:
    yield from (day for day in (validity.start, validity.end, validity.end_latest) if day)
    if validity.start:
        yield validity.start - EARLY
