"""When a stored document is due to be asked for again: young ones soon, old ones seldom, since silent edits follow publication."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from storage.days import local_day
from storage.records import Clock


class Recheck(StrEnum):
    """Which stored documents a crawl asks for again."""

    DUE = "due"
    ALL = "all"
    NONE = "none"


SCHEDULE = (
    (timedelta(days=7), timedelta(days=1)),
    (timedelta(days=30), timedelta(days=3)),
    (timedelta(days=180), timedelta(days=14)),
    (timedelta(days=730), timedelta(days=60)),
)
"""Up to which age a document is checked how often; the age counts from when it was first seen here."""

SELDOM = timedelta(days=180)
"""How often documents beyond the schedule are checked."""

NEW_FIRST = 8
"""Priority of what is new; that of a due document is below, files and lists are above (``spiders.harvest``)."""


def interval(age: timedelta) -> timedelta:
    """Return the time between two checks of a document of this age."""
    return next((every for limit, every in SCHEDULE if age < limit), SELDOM)


def is_due(clock: Clock | None, now: datetime, recheck: Recheck) -> bool:
    """Tell whether a document is to be asked for: always when it is not stored, else by its age and what the caller wants."""
    if clock is None or recheck is Recheck.ALL:
        return True
    if recheck is Recheck.NONE:
        return False
    # A check in the future was made by a clock that ran ahead: it tells nothing of how long ago it was.
    return clock.last_checked > now or days_between(clock.last_checked, now) >= interval(_age(clock)).days


def days_between(then: datetime, now: datetime) -> int:
    """Return how many days of the sites (Asia/Shanghai) lie between two moments; by hours a crawl a day would drift past its day."""
    return (local_day(now) - local_day(then)).days


def _age(clock: Clock) -> timedelta:
    """Return how old a document was here when it was asked for last: that check promised the next one."""
    return timedelta(days=max(0, days_between(clock.first_seen, clock.last_checked)))


def urgency(clock: Clock, now: datetime) -> int:
    """Return how often its interval has passed since a stored document was asked for, at most ``NEW_FIRST - 2``."""
    return min(max(0, days_between(clock.last_checked, now)) // interval(_age(clock)).days, NEW_FIRST - 2)
