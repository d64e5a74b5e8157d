"""Working days of China: Monday to Friday but for the holidays that the State Council declares each year, with its make-up days.

The calendar comes from the library ``chinesecalendar``, which knows the years from 2004 to the one whose notice was last issued.
For years beyond it, Monday to Friday count, which errs by the few days of that year's holidays (``known`` tells).
"""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar

FIRST_YEAR: int = min(chinese_calendar.holidays).year
LAST_YEAR: int = max(chinese_calendar.holidays).year
_SUNDAY, _SATURDAY = 6, 5
LONGEST = 10_000
"""Days beyond which a span is not counted day by day: no period of this field is near it."""


def known(day: date) -> bool:
    """Tell whether the holidays of the day's year are known."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def is_workday(day: date) -> bool:
    """Tell whether public offices work on a day."""
    if known(day):
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() not in (_SATURDAY, _SUNDAY)


def workdays_between(first: date, last: date) -> int:
    """Return how many working days lie after ``first`` up to and with ``last``: periods begin on the next day (Civil Code art. 201).

    Negative where ``last`` is before ``first``. Raises ``ValueError`` for spans of more than ``LONGEST`` days.
    """
    if last < first:
        return -workdays_between(last, first)
    days = (last - first).days
    if days > LONGEST:
        raise ValueError(f"{first} to {last} is no period of working days")
    return sum(is_workday(first + timedelta(days=n)) for n in range(1, days + 1))


def add_workdays(day: date, count: int) -> date:
    """Return the last day of a period of ``count`` working days that an event on ``day`` begins (Civil Code art. 201)."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_workday(day)
    return day
