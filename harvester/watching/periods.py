"""When a watch is looked after: whenever there is something, every morning, or on Monday morning, in Shanghai."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from storage.days import LOCAL

_DAYS = {"daily": 1, "weekly": 7}


class Period(StrEnum):
    """How often a watch tells what it found."""

    EACH = "each"
    DAILY = "daily"
    WEEKLY = "weekly"


def next_due(period: str, at: time, now: datetime) -> datetime | None:
    """Return the first moment after ``now`` at which a digest is formed, in UTC; ``None`` for ``each``, which waits for nothing."""
    if period not in _DAYS:
        return None
    local = now.astimezone(LOCAL)
    day = local.date() - timedelta(days=local.weekday() if period == "weekly" else 0)
    due = datetime.combine(day, at, LOCAL)
    while due <= now:
        due += timedelta(days=_DAYS[period])
    return due.astimezone(UTC)
