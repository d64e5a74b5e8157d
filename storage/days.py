"""The day on which a site said something is the day there: all four provinces keep Beijing time."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")


def local_day(moment: datetime) -> date:
    """Return the day of a moment in the sites' time."""
    return moment.astimezone(LOCAL).date()
