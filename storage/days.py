"""The day on which a site said something is the day there: all four provinces keep Beijing time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")


def local_day(moment: datetime) -> date:
    """Return the day of a moment in the sites' time."""
    return moment.astimezone(LOCAL).date()


def end_of(day: date) -> datetime:
    """Return the moment at which a day is over there; of the last days of the calendar, which stand for no end, the last moment."""
    late = date.max - timedelta(days=2)
    return datetime.combine(min(day, late) + timedelta(days=1), time(), LOCAL).astimezone(UTC)
