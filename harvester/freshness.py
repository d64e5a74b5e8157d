"""When a stored document is due to be asked for again: young ones soon, old ones seldom, since silent edits follow publication."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

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

SLACK = 0.1
"""Share of an interval that may be lacking: a document is checked some time after its crawl began, and a crawl that begins at the same
hour every day must not find it a few seconds too young, every second day."""


def interval(age: timedelta) -> timedelta:
    """Return the time between two checks of a document of this age."""
    return next((every for limit, every in SCHEDULE if age < limit), SELDOM)


def is_due(clock: Clock | None, now: datetime, recheck: Recheck) -> bool:
    """Tell whether a document is to be asked for: always when it is not stored, else by its age and what the caller wants."""
    if clock is None or recheck is Recheck.ALL:
        return True
    if recheck is Recheck.NONE:
        return False
    since = now - clock.last_checked
    # A check in the future was made by a clock that ran ahead: it tells nothing of how long ago it was.
    return since < timedelta(0) or since >= interval(now - clock.first_seen) * (1 - SLACK)
