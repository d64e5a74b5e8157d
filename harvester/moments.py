"""Moments as people say them: ``monday``, 昨天, ``3d``, a day, a moment. Days begin at midnight where the sites are (Asia/Shanghai)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

from harvester.errors import WrongCall
from storage.days import AHEAD, LOCAL, ahead, end_of, local_day

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""No document here is of another time, and days near the ends of the calendar have no neighbours, nor all a moment in UTC."""
_Day = TypeVar("_Day", bound=date)
DAYS = {"today": 0, "今天": 0, "今日": 0, "yesterday": 1, "昨天": 1, "昨日": 1, "前天": 2}
DAYS_AHEAD = {"today": 0, "今天": 0, "今日": 0, "tomorrow": 1, "明天": 1, "明日": 1, "后天": 2}
ENGLISH = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CHINESE = "一二三四五六日"
UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1), "小时": timedelta(hours=1), "天": timedelta(days=1),
    "周": timedelta(weeks=1)}  # fmt: skip
_WEEKDAY = re.compile(r"(?P<week>上|下|本|这)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])")
_ISO_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_IN = re.compile(r"(?P<n>[0-9]{1,4}) ?(?P<unit>h|d|w|小时|天|周)后?")
_AGO = re.compile(r"(?P<n>[0-9]{1,4}) ?(?P<unit>h|d|w|小时|天|周)前?")


def within_reach(found: _Day) -> _Day:
    """Return a day or moment that can be asked for; raises WrongCall for one before ``FIRST_YEAR``, or that UTC cannot tell.

    A late one stays: the last day of the calendar stands for no end.
    """
    try:
        early = found.year < FIRST_YEAR
        if isinstance(found, datetime) and not early:
            found.astimezone(UTC)
    except OverflowError:
        raise WrongCall(f"{found} is too near the end of the calendar; leave it out, or write an earlier one.") from None
    if early:
        raise WrongCall(f"{found} lies before {FIRST_YEAR}; nothing here is as old: write a later one, for example 2026-06-30.")
    return found


def not_ahead(found: _Day) -> _Day:
    """Return a day or moment whose answer is known; raises WrongCall for one after today: what is answered would not stay."""
    if today := ahead(found):
        told = minute(found) if isinstance(found, datetime) else found
        raise WrongCall(AHEAD.format(day=told, today=today))
    return found


def moment_of(words: str, now: datetime, *, end: bool = False) -> datetime:
    """Return the moment that ``words`` mean at ``now``, of a day its beginning, or its ``end``, the last microsecond.

    A weekday is the last one there was, today included; 上周一 is that of the week before. A moment without a zone is that of
    Shanghai. Raises WrongCall for anything else, and for what is out of reach (``within_reach``).
    """
    said = words.strip().lower()
    if (day := _day(said, local_day(now))) is not None:
        begin = datetime.combine(within_reach(day), time(), LOCAL)
        return begin + timedelta(days=1, microseconds=-1) if end else begin
    if ago := _AGO.fullmatch(said):
        return within_reach(now - int(ago["n"]) * UNITS[ago["unit"]])
    try:
        found = datetime.fromisoformat(said.upper())
    except ValueError:
        raise WrongCall(
            f"'{words}' is no moment; write a day (2026-06-30), a moment (2026-06-30T08:00), monday, yesterday, 昨天, 周一 or 3d."
        ) from None
    return within_reach(found if found.tzinfo else found.replace(tzinfo=LOCAL))


def end_ahead(words: str, now: datetime) -> datetime:
    """Return the moment ahead that ``words`` mean at ``now``, of a day its end, the midnight after it, where the sites are.

    A weekday is the coming one, today left out; 下周一 is that of the next week; ``3d`` is in three days. Raises WrongCall.
    """
    said = words.strip().lower()
    if (day := _day_ahead(said, local_day(now))) is not None:
        return end_of(within_reach(day))
    if span := _IN.fullmatch(said):
        return now + int(span["n"]) * UNITS[span["unit"]]
    try:
        return moment_of(words if _starts_as_moment(said) else "", now, end=True)
    except WrongCall:
        raise WrongCall(
            f"'{words}' is no moment ahead; write a day (2026-06-30, of which the end is meant), a moment (2026-06-30T08:00), tomorrow, "
            "monday, 明天, 周一 or 3d (in three days)."
        ) from None


def _starts_as_moment(said: str) -> bool:
    return said[:4].isdecimal() and said[4:5] == "-"


def _day_ahead(said: str, today: date) -> date | None:
    """Return the day that is said, none of the past but by its date; None where it is a moment or nothing."""
    if said in DAYS_AHEAD:
        return today + timedelta(days=DAYS_AHEAD[said])
    if _ISO_DAY.fullmatch(said):
        return _day(said, today)
    number, week = _weekday_of(said)
    if number is None or week == "上":
        return None
    if week:
        return today + timedelta(days=number - today.weekday() + (7 if week == "下" else 0))
    return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)


def _day(said: str, today: date) -> date | None:
    """Return the day that is said, None where it is a moment or nothing."""
    if said in DAYS:
        return today - timedelta(days=DAYS[said])
    if _ISO_DAY.fullmatch(said):
        try:
            return date.fromisoformat(said)
        except ValueError:
            return None
    return _weekday(said, today)


def _weekday(said: str, today: date) -> date | None:
    """Return the day of ``monday`` or 周一, None where that is not what was said."""
    number, week = _weekday_of(said)
    if number is None or week == "下":
        return None
    if week:
        return today + timedelta(days=number - today.weekday() - (7 if week == "上" else 0))
    return today - timedelta(days=(today.weekday() - number) % 7)


def _weekday_of(said: str) -> tuple[int | None, str]:
    """Return the number of a weekday, Monday's is 0, and the word that says of which week it is; no number where it is none."""
    named = next((n for n, name in enumerate(ENGLISH) if said in (name, name[:3])), None)
    if named is not None:
        return named, ""
    found = _WEEKDAY.fullmatch(said)
    return (CHINESE.index(found["day"].replace("天", "日")), found["week"] or "") if found else (None, "")


def minute(moment: datetime | None) -> str:
    """Return a moment to the minute, in the time of the sites (Asia/Shanghai); nothing for none."""
    return moment.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M") if moment else ""
