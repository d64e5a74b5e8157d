"""When a job is due and what one time may cost: the table ``[schedule]`` of a fact sheet or of the settings, checked when read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from apscheduler.triggers.cron import CronTrigger

ZONE = ZoneInfo("Asia/Shanghai")
"""Where the sites are; every hour of a schedule is told in its time, which has had no summer time since 1991."""

RUN, SKIP = "run", "skip"
DAY_MINUTES = 24 * 60
MOST_JITTER = 12 * 60
MOST_DAYS = 3660
MOST_REQUESTS = 10_000_000
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FIELD = re.compile(r"[0-9a-z*,/-]{1,80}", re.ASCII)
_WORD = re.compile(r"[a-z]+")
_DAYS = re.compile(r"(?P<first>\*|[0-9]|[a-z]{3})(?:-(?P<last>[0-9]|[a-z]{3}))?(?:/(?P<step>[1-7]))?", re.ASCII)
_HOURS = re.compile(r"([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})", re.ASCII)
_START = datetime(2024, 1, 1, tzinfo=ZONE)
"""Before a 29 February, so that a yearly moment on it is found."""


class ScheduleError(ValueError):
    """A schedule says something that cannot be; the sentence names the key and what it takes."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a job is due. All times of day are those of ``ZONE``.

    cron: minute, hour, day of the month, month, day of the week as crontab(5) reads them (0 and 7 are Sunday); empty: only when asked for.
    jitter_minutes: a moment is put off by up to so many minutes. hours: those in which the job may begin, ``06:00-22:00`` or, over
    midnight, ``22:00-06:00``; empty: any. holidays: ``skip`` leaves out days on which public offices do not work.
    sweep_days: a list is read whole when that was last done so many days ago. overlap_days: how far back it is read otherwise.
    requests, seconds: at most so many for one due run, restarts included; 0 is no limit.
    """

    cron: str = "30 2 * * *"
    jitter_minutes: int = 30
    hours: str = ""
    holidays: str = RUN
    sweep_days: int = 7
    overlap_days: int = 14
    requests: int = 0
    seconds: float = 0.0

    @property
    def window(self) -> tuple[int, int] | None:
        """Return the first minute of the allowed hours and the one after their last, counted from midnight; ``None``: any time."""
        return parse_hours(self.hours) if self.hours else None


DEFAULT = Schedule()


def read_schedule(table: Mapping[str, Any], base: Schedule = DEFAULT) -> Schedule:
    """Return the schedule of a table; what it leaves out is that of ``base``. Raises ScheduleError."""
    if not isinstance(table, Mapping):
        raise ScheduleError(f'a schedule is a table, like {{ cron = "30 2 * * *" }}, and not {table!r}')
    if unknown := sorted(table.keys() - {f.name for f in fields(Schedule)}):
        raise ScheduleError(f"unknown key {', '.join(unknown)}; known are {', '.join(f.name for f in fields(Schedule))}")
    for name, value in table.items():
        _check_kind(name, value)
    found = replace(base, **table)
    _check(found)
    return found


def _check_kind(name: str, value: object) -> None:
    kinds: Mapping[str, tuple[tuple[type, ...], str]] = {
        "cron": ((str,), "five fields in quotes"),
        "hours": ((str,), 'hours in quotes, like "06:00-22:00"'),
        "holidays": ((str,), '"run" or "skip"'),
        "seconds": ((int, float), "a number of seconds"),
    }
    kind, words = kinds.get(name, ((int,), "a whole number"))
    if not isinstance(value, kind) or isinstance(value, bool):
        raise ScheduleError(f"{name} is {words}, not {value!r}")


def _check(schedule: Schedule) -> None:
    checks = {
        f"jitter_minutes {schedule.jitter_minutes} is from 0 to {MOST_JITTER}": 0 <= schedule.jitter_minutes <= MOST_JITTER,
        f'holidays {schedule.holidays!r} is "run" or "skip"': schedule.holidays in (RUN, SKIP),
        f"sweep_days {schedule.sweep_days} is from 0 (every time) to {MOST_DAYS}": 0 <= schedule.sweep_days <= MOST_DAYS,
        f"overlap_days {schedule.overlap_days} is from 0 to {MOST_DAYS}": 0 <= schedule.overlap_days <= MOST_DAYS,
        f"requests {schedule.requests} is from 0 (no limit) to {MOST_REQUESTS}": 0 <= schedule.requests <= MOST_REQUESTS,
        f"seconds {schedule.seconds} is from 0 (no limit) to a week": 0 <= schedule.seconds <= 7 * 86400,
    }
    for sentence, holds in checks.items():
        if not holds:
            raise ScheduleError(sentence)
    if schedule.hours:
        parse_hours(schedule.hours)
    if schedule.cron:
        trigger(schedule.cron)


def parse_hours(text: str) -> tuple[int, int]:
    """Return the minutes from midnight at which allowed hours begin and end; the end is smaller where they go over midnight."""
    found = _HOURS.fullmatch(text)
    if found:
        numbers = [int(digits) for digits in found.groups()]
        first, last = numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3]
        if max(numbers[1], numbers[3]) < 60 and first < DAY_MINUTES and 0 <= last <= DAY_MINUTES and first != last:
            return first, last
    raise ScheduleError(f'hours {text!r} is no time from one hour to another; write "06:00-22:00", or "22:00-06:00" over midnight')


@lru_cache(maxsize=256)
def trigger(cron: str) -> CronTrigger:
    """Return what finds the moments of a cron expression in ``ZONE``. Raises ScheduleError for one that is none, or that never comes."""
    from apscheduler.triggers.cron import CronTrigger  # late: 70 ms that reading a sheet without a cron need not wait for

    minute, hour, day, month, weekday = _fields(cron)
    days = _named(weekday, cron)
    try:
        found = CronTrigger(minute=minute, hour=hour, day=day, month=month, day_of_week=days, timezone=ZONE)
    except ValueError as error:
        raise ScheduleError(f"cron {cron!r} cannot be read ({error})") from None
    if found.get_next_fire_time(None, _START) is None:
        raise ScheduleError(f"cron {cron!r} names a day that never comes")
    return found


def _fields(cron: str) -> list[str]:
    found = cron.lower().split()
    if len(found) != 5 or not all(_FIELD.fullmatch(field) for field in found):
        raise ScheduleError(
            f'cron {cron!r} has not the five fields minute, hour, day, month, weekday; write "30 2 * * *" for 02:30 every day'
        )
    for field, names in zip(found, ((), (), (), MONTHS, WEEKDAYS), strict=True):
        if strange := [word for word in _WORD.findall(field) if word not in names]:
            raise ScheduleError(f"cron {cron!r} has the word {strange[0]!r}, which stands for nothing there")
    if found[2] != "*" and found[4] != "*":
        # crontab(5) takes either of the two, APScheduler both at once: whoever writes this means one of them, and we cannot tell which.
        raise ScheduleError(f"cron {cron!r} names days of the month and of the week; name one of them")
    return found


def _named(field: str, cron: str) -> str:
    """Return the field of weekdays by names, since numbers do not mean the same everywhere: in crontab(5) 0 and 7 are Sunday."""
    if field == "*":
        return field
    days = {day for part in field.split(",") for day in _days(part, cron)}
    return ",".join(WEEKDAYS[day] for day in sorted(days))


def _days(part: str, cron: str) -> list[int]:
    found = _DAYS.fullmatch(part)
    if found is None:
        raise ScheduleError(f"cron {cron!r} has {part!r} for a weekday; write mon-fri, or 1,3,5")
    first, last, step = found["first"], found["last"], int(found["step"] or 1)
    if first == "*":
        return list(range(0, 7, step))
    begin = _number(first, cron)
    end = _number(last, cron) if last else (6 if found["step"] else begin)
    if end < begin:
        end += 7  # fri-mon
    return [day % 7 for day in range(begin, end + 1, step)]


def _number(word: str, cron: str) -> int:
    number = WEEKDAYS.index(word) if word in WEEKDAYS else int(word) if word.isdecimal() else 8
    if number > 7:
        raise ScheduleError(f"cron {cron!r} has the weekday {word}; they go from 0 (Sunday) to 7 (Sunday again)")
    return number
