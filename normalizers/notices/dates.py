"""Days as record sites print them.

With dashes, slashes, dots or 年月日, in Chinese numerals, without separators, with a time, as seconds or milliseconds since 1970,
as a spreadsheet's serial number, as Java or Oracle print them.

Instants are days in China (UTC+8, without summer time since 1991).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from normalizers.deadlines.units import number

CHINA = timezone(timedelta(hours=8))
FIRST, LAST = date(1949, 10, 1), date(2090, 1, 1)
"""A day before or after is no day of a public record."""
MAX_LENGTH = 64
"""Characters of a value that can be one date."""

UNREADABLE, IMPOSSIBLE, INCOMPLETE, IMPLAUSIBLE = "date-unreadable", "date-impossible", "date-incomplete", "date-implausible"

_NUMERAL = "零〇○◯ΟОoO0-9一二三四五六七八九"
_YEAR = rf"(?P<year>\d{{4}}|[一二][{_NUMERAL}]{{3}})"
_MONTH = r"(?P<month>\d{1,2}|[十一二三四五六七八九]{1,2}|[〇零][一二三四五六七八九])"
_DAY = r"(?P<day>\d{1,2}|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九]|[〇零][一二三四五六七八九])"
_TIME = r"(?:(?:[T ]|(?<=[日号]))(?:(?:上|下)午)?\d{1,2}[:时点]\d{0,2}(?:[:分]\d{0,2}(?:[.秒]?\d{0,9})?)?秒?)?"
_ZONE = r"(?P<zone>Z|[+-]\d\d:?\d\d)?"
_FULL = re.compile(rf"{_YEAR}(?P<sep>[-/.\\,_ ])(?P<month>\d{{1,2}})(?P=sep)(?P<day>\d{{1,2}})日?{_TIME}{_ZONE}")
_CHINESE = re.compile(rf"{_YEAR}年{_MONTH}月{_DAY}[日号]?{_TIME}")
_SOLID = re.compile(r"(?P<year>(?:1[89]|2[0-2]|99)\d\d)(?P<month>\d\d)(?P<day>\d\d)(?:T?\d{4}(?:\d\d(?:\.?\d{1,6})?)?)?")
_NO_DAY = re.compile(rf"{_YEAR}(?:(?:年|[-/.]){_MONTH}月?份?|年?度?)")
_EPOCH = re.compile(r"(?:/Date\()?(?P<value>\d{10}|\d{13})(?:\.0+)?(?:[+-]\d{4})?(?:\)/)?|\{.{0,200}\"time\":(?P<time>\d{13}).{0,200}\}")
_SERIAL = re.compile(r"(?P<serial>[2-6]\d{4})(?:\.\d{1,12})?")
_JAVA = re.compile(
    r"(?:[A-Za-z]{3}\s+)?(?P<name>[A-Za-z]{3})[a-z]*\.?\s+(?P<day>\d{1,2}),?\s+(?:[\d:]{5,8}\s+(?:[A-Z]{3,4}\s+)?)?(?P<year>\d{4}).*"
)
_ORACLE = re.compile(r"(?P<day>\d{1,2})-\s*(?P<month>\d{1,2})月\s*-(?P<year>\d{2}(?:\d\d)?).*")
_BACKWARDS = re.compile(r"(?P<first>\d{1,2})[-/.](?P<second>\d{1,2})[-/.](?P<year>\d{4})")
_MONTHS = {
    name: place for place, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}
_AROUND = re.compile(
    r"^(?:自|从|于|至|到|截至|截止到?|[\[(\"'])*|(?:起|止|之?前|以前|以后|\(?(?:星期|周)[一二三四五六日天]\)?|[\])\"'。;,])*$"
)
_LOOSE_BLANK = re.compile(r"(?<!\d) | (?!\d)")
_SERIAL_ZERO = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class DateReading:
    """A day as read, or why it could not be read (``problem``: the name of a defect)."""

    day: date | None
    problem: str = ""


def read_date(text: str) -> DateReading:
    """Return the day that a value prints. Never raises; a day that no calendar has, or none of a record's, is a problem, never mended."""
    if len(text) > MAX_LENGTH * 4:
        return DateReading(None, UNREADABLE)
    english = _JAVA.fullmatch(text.strip()[:MAX_LENGTH])
    if english and english["name"].lower() in _MONTHS:
        return _checked(int(english["year"]), _MONTHS[english["name"].lower()], int(english["day"]))
    compact = _AROUND.sub("", _one_line(text))
    for pattern, read in _READERS:
        found = pattern.fullmatch(compact)
        if found is not None:
            return read(found)
    return DateReading(None, INCOMPLETE if _NO_DAY.fullmatch(compact) else UNREADABLE)


def _one_line(text: str) -> str:
    """Return a value in NFKC without blanks but those between two digits, which part a day from a time."""
    return _LOOSE_BLANK.sub("", " ".join(unicodedata.normalize("NFKC", text).split()))


def _parts(found: re.Match[str]) -> DateReading:
    groups = found.groupdict()
    reading = _checked(*(number(groups[part].lstrip("〇零") or "0") for part in ("year", "month", "day")))
    if reading.day is not None and groups.get("zone"):
        return _in_china(found[0], reading)
    return reading


def _in_china(text: str, otherwise: DateReading) -> DateReading:
    """Return the day in China of an instant with a zone (2019-10-09T16:00:00Z is the tenth)."""
    try:
        return _plausible(datetime.fromisoformat(text.replace("/", "-")).astimezone(CHINA).date())
    except (ValueError, OverflowError):
        return otherwise


def _instant(found: re.Match[str]) -> DateReading:
    """Return the day of seconds or milliseconds since 1970: seconds have up to ten digits."""
    value = int(found["value"] or found["time"])
    seconds = value // 1000 if abs(value) >= 10**11 else value
    return _plausible((datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).astimezone(CHINA).date())


def _serial(found: re.Match[str]) -> DateReading:
    return _plausible(_SERIAL_ZERO + timedelta(days=int(found["serial"])))


def _oracle(found: re.Match[str]) -> DateReading:
    year = int(found["year"])
    return _checked(year + 2000 if year < 100 else year, int(found["month"]), int(found["day"]))


def _backwards(found: re.Match[str]) -> DateReading:
    """Return the day of 13/05/2019 or 05/13/2019; where both numbers can be the month nobody knows."""
    first, second, year = int(found["first"]), int(found["second"]), int(found["year"])
    if first <= 12 and second <= 12 and first != second:
        return DateReading(None, UNREADABLE)
    return _checked(year, second, first) if first > 12 else _checked(year, first, second)


def _checked(year: int, month: int, day: int) -> DateReading:
    try:
        return _plausible(date(year, month, day))
    except ValueError:
        return DateReading(None, IMPOSSIBLE)


def _plausible(day: date) -> DateReading:
    """Return the day; one that can be none of a record's comes with the problem, for the dummies among them to be told."""
    return DateReading(day, "" if FIRST <= day < LAST else IMPLAUSIBLE)


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], DateReading]], ...] = (
    (_FULL, _parts),
    (_CHINESE, _parts),
    (_SOLID, _parts),
    (_EPOCH, _instant),
    (_SERIAL, _serial),
    (_ORACLE, _oracle),
    (_BACKWARDS, _backwards),
)
