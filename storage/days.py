"""The day on which a site said something is the day there: all four provinces keep Beijing time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")
AHEAD = "{day} lies ahead of today ({today}): nobody knows yet what will be said then. Write today or a day before."
"""What every way to ask says of a day or moment whose state nobody knows."""


def local_day(moment: datetime) -> date:
    """Return the day of a moment in the sites' time."""
    return moment.astimezone(LOCAL).date()


def end_of(day: date) -> datetime:
    """Return the moment at which a day is over there; of the last days of the calendar, which stand for no end, the last moment."""
    late = date.max - timedelta(days=2)
    return datetime.combine(min(day, late) + timedelta(days=1), time(), LOCAL).astimezone(UTC)


def ahead(found: date) -> date | None:
    """Return today in Shanghai for a day or moment after it, ``None`` for any other; of today its end may be asked for."""
    today = local_day(datetime.now(UTC))
    return today if (local_day(found) if isinstance(found, datetime) else found) > today else None
