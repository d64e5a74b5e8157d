"""Half-open periods whose ends are known to the day, the month or only the year."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


@dataclass(frozen=True, slots=True)
class Period:
    """The days from ``start`` up to, not including, ``end``; ``None`` is open.

    ``end_latest`` is the end if the change came as late as its stated precision allows: a name that ended in "2018-11"
    may still have been right on any day of that November.
    """

    start: date | None = None
    end: date | None = None
    end_latest: date | None = None

    def holds(self, on: date | None) -> bool:
        """Tell whether ``on`` lies within the period; for no date, whether the period is still open."""
        if on is None:
            return self.end is None
        return (self.start is None or self.start <= on) and (self.end is None or on < self.end)

    def may_hold(self, on: date | None) -> bool:
        """Tell whether ``on`` may lie within the period, given how exactly its end is known."""
        if on is None:
            return self.end is None
        return (self.start is None or self.start <= on) and (self.end_latest is None or on < self.end_latest)


def period(valid_from: str, valid_to: str) -> Period:
    """Return the period between two dates of day, month or year precision (``2018-11-05``, ``2018-11``, ``2018``), each may be empty.

    Raises:
        ValueError: a date is none of these forms, or the period ends before it starts.
    """
    start, _ = _first_and_next(valid_from)
    end, latest = _first_and_next(valid_to)
    if start and end and start >= end:
        raise ValueError(f"the period {valid_from} to {valid_to} is empty; put valid_to after valid_from")
    # A day is exact: the name was wrong on that very day.
    return Period(start, end, end if len(valid_to) == len("2018-11-05") else latest)


def _first_and_next(text: str) -> tuple[date | None, date | None]:
    """Return the first day of a day, month or year, and the first day after it."""
    if not text:
        return None, None
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no date; write 2018, 2018-11 or 2018-11-05")
    year, month, day = (int(part) if part else 0 for part in match.groups())
    first = date(year, month or 1, day or 1)
    if day:
        return first, first + timedelta(days=1)
    if month:
        return first, (first + timedelta(days=31)).replace(day=1)
    return first, date(year + 1, 1, 1)
