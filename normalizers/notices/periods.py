"""Periods of validity and display: a range of days, a last day, a length (一年, 三个月), or no end.

A length in months and years ends on the corresponding day (Civil Code art. 202), or the last day of a month that lacks it.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from normalizers.notices.dates import read_date
from normalizers.notices.numerals import integer

MAX_LENGTH = 120
"""Characters of a value that can be a period."""
UNREADABLE = "period-unreadable"

_DAY = re.compile(
    r"[12]\d{3}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*[日号]?|[12]\d{3}([-/.])\d{1,2}\1\d{1,2}|(?<!\d)(?:19|20)\d{6}(?!\d)"
    r"|[一二][零〇○O一二三四五六七八九]{3}年[十一二三四五六七八九]{1,2}月[十一二三四五六七八九]{1,3}日"
)
_LENGTH = re.compile(
    r"(?:(?P<half>半)年|(?P<years>[\d一二两三四五六七八九十]{1,3})(?:周?年(?P<and_half>半)?))?(?:零|又)?"
    r"(?:(?P<months>[\d一二两三四五六七八九十]{1,3})个?月)?(?:零|又)?(?:(?P<days>[\d一二两三四五六七八九十百]{1,4})(?:个?自然)?[天日])?"
)
_AROUND = re.compile(r"^(?:公示|有效|期限|期为|期|自|从|.{0,16}?(?:之日|日期?)起|满|为|:)*|(?:整|内|止|有效|以内|公示期?|有效期)*$")
_NO_END = re.compile(r"[至到-]*(?:长期|永久|无期限?|不限|今)(?:有效)?")
_MOST_MONTHS = 12 * 100
_MOST_DAYS = 36_600


@dataclass(frozen=True, slots=True)
class Period:
    """What a value says: ``start`` and ``end`` days, a length in ``months`` and ``days``, ``endless``, or the defect in ``problem``."""

    start: date | None = None
    end: date | None = None
    months: int = 0
    days: int = 0
    endless: bool = False
    problem: str = ""

    @property
    def has_length(self) -> bool:
        """Tell whether a length is stated, to be counted from a day."""
        return bool(self.months or self.days)

    def counted_from(self, day: date) -> date | None:
        """Return the last day of the length counted from ``day``, ``None`` where it lies beyond the calendar."""
        month = day.month - 1 + self.months
        year, month = day.year + month // 12, month % 12 + 1
        if not 1 <= year < date.max.year - 200:
            return None
        return date(year, month, min(day.day, monthrange(year, month)[1])) + timedelta(days=self.days)


def read_period(text: str, unit: str = "") -> Period:
    """Return the period that a value prints; ``unit`` (年, 个月) is that of its label. Never raises."""
    if len(text) > MAX_LENGTH:
        return Period(problem=UNREADABLE)
    spaced = unicodedata.normalize("NFKC", text)
    days = [read_date(found[0]) for found in _DAY.finditer(spaced)]
    problem = next((reading.problem for reading in days if reading.day is None), "")
    if problem or len(days) > 2:
        return Period(problem=problem or UNREADABLE)
    if days:
        return _of_days([reading.day for reading in days if reading.day], _DAY.sub("", spaced))
    single = read_date(text)
    if single.day is not None and not unit:
        return Period(end=single.day)
    return _length("".join(spaced.split()), unit)


def _of_days(days: list[date], rest: str) -> Period:
    """Return a range, or the one day there is: the first where 至长期 or 起 stands behind it, else the last."""
    if len(days) == 2:
        return Period(days[0], days[1])
    tail = "".join(rest.split()).strip("()[]，,。;；")
    if _NO_END.fullmatch(tail.removeprefix("自").removeprefix("起")):
        return Period(start=days[0], endless=True)
    return Period(start=days[0]) if tail in ("起", "自起", "自", "开始") else Period(end=days[0])


def _length(text: str, unit: str) -> Period:
    core = _AROUND.sub("", text)
    if unit in ("年", "个月", "月", "天", "日") and re.fullmatch(r"\d{1,4}(?:\.0+)?", core):
        core = core.split(".")[0] + unit
    found = _LENGTH.fullmatch(core)
    if _NO_END.fullmatch(core):
        return Period(endless=True)
    if not core or found is None:
        return Period(problem=UNREADABLE)
    months = 12 * _number(found["years"]) + (6 if found["half"] or found["and_half"] else 0) + _number(found["months"])
    days = _number(found["days"])
    return (
        Period(months=months, days=days)
        if months + days > 0 and months <= _MOST_MONTHS and days <= _MOST_DAYS
        else Period(problem=UNREADABLE)
    )


def _number(text: str | None) -> int:
    return (integer(text) or 0) if text else 0
