"""From a calendar unit and the words around it to days: 前, 起, 到, 期间, 每."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from normalizers.deadlines.period import PlanPeriod
from normalizers.deadlines.units import ENDED, Unit, day_in, find_units
from normalizers.records import DeadlineKind

_BEHIND = re.compile(
    r"(?P<past>以来|年来)|(?P<until>(?:之|以)?前(?!期|后|提|景|三|沿|往|述)|为?止)"
    r"|(?P<onward>起(?!草|步|诉|到|点|来|底)|开始|始(?!终)|(?:以|之|过)后|后(?!续|期|台|备|勤|者)|[-至到](?:长期|今后|以后|永久|持续|常态))"
    r"|(?P<within>期间|时期|(?:之|以)?内)"
)
_AHEAD = re.compile(
    r"(?:(?P<by>截[至止]到?|截止至|[截迟晚早]?[不最][迟晚早]?于|最[迟晚]|赶在|直到|[到至])|(?P<each>每(?:一?年|个)?的?)|(?P<since>[自从]))$"
)
_AHEAD_ENDS = frozenset("至止到于迟晚在每年个的自从")
"""How the words before a unit end; most that stands there ends otherwise."""
_BY_DATE, _WITHIN_PERIOD = DeadlineKind.BY_DATE, DeadlineKind.WITHIN_PERIOD
_RECURRING, _ONGOING = DeadlineKind.RECURRING, DeadlineKind.ONGOING
"""Taken from their class once: asking it costs as much as a rule that finds nothing."""
_MAX_YEAR, _MIN_YEAR = 2199, 1901


class Reading(NamedTuple):
    """One date expression of a text: characters ``pos``..``end`` of the normalised text with the words that bind it.

    ``unit`` is what it was read from.
    """

    pos: int
    end: int
    start: date | None
    last: date | None
    kind: DeadlineKind
    unit: Unit
    flags: tuple[str, ...] = ()


def find_readings(text: str, period: PlanPeriod, signs: int, *, cell: bool = False) -> list[Reading]:
    """Return the dates of a normalised text. A date without a year takes that of the one before in its sentence, else the document's.

    ``signs`` are those of the text or of one that it is a part of.
    """
    readings: list[Reading] = []
    carried: int | None = None
    behind = 0
    for unit in find_units(text, signs, cell=cell):
        if carried is not None and "。" in text[behind : unit.pos]:
            carried = None
        behind = unit.end
        year, flags = (unit.year, ()) if unit.year is not None else _resolve_year(unit, carried, period)
        reading = _read(unit, year, flags, text, period)
        if reading is None:
            continue
        readings.append(_like_the_one_before(reading, readings[-1], text) if readings else reading)
        if unit.year is not None and unit.grain != "plan":
            carried = unit.year + unit.years
    return readings


def _like_the_one_before(reading: Reading, earlier: Reading, text: str) -> Reading:
    """Return a date that is listed with a recurring one as recurring, too (每年6月底、12月底前)."""
    if earlier.kind is _RECURRING and text[earlier.end : reading.pos] in ("、", "和", "及", "与"):
        return reading._replace(kind=_RECURRING, start=None, last=None)
    return reading


def _resolve_year(unit: Unit, carried: int | None, period: PlanPeriod) -> tuple[int | None, tuple[str, ...]]:
    """Return the year that a unit without one begins in, with a flag where the document does not settle it."""
    if unit.shift is None and carried is not None:
        return carried, ()
    if period.year is None:
        return None, ("year_unclear" if period.several_years else "year_unknown",)
    return period.year + (unit.shift or 0), ("year_unclear",) if period.several_years else ()


def _read(unit: Unit, year: int | None, flags: tuple[str, ...], text: str, period: PlanPeriod) -> Reading | None:
    """Return the reading of a unit, ``None`` for 以来 and years no plan can mean."""
    pos, end = unit.pos, unit.end
    ahead = _AHEAD.search(text, max(0, pos - 6), pos) if pos and text[pos - 1] in _AHEAD_ENDS else None
    behind = _BEHIND.match(text, end, end + 4) if end < len(text) else None
    lead, tail = ahead.lastgroup if ahead else None, behind.lastgroup if behind else None
    if tail == "past" or (year is not None and not _MIN_YEAR <= year + unit.years <= _MAX_YEAR):
        return None
    start, last, kind, unclear = _days(unit, year, lead, tail, behind[0] if behind else "", period)
    unsure = tuple(dict.fromkeys((*unit.flags, *flags, *unclear))) if flags or unclear else unit.flags
    return Reading(ahead.start() if ahead else pos, behind.end() if behind else end, start, last, kind, unit, unsure)


_Days = tuple[date | None, date | None, DeadlineKind, tuple[str, ...]]
"""First day, last day, kind, and flags that say what is unclear of them."""


def _days(unit: Unit, year: int | None, lead: str | None, tail: str | None, printed: str, period: PlanPeriod) -> _Days:
    """Return what a unit and the words around it mean: ``lead`` and ``tail`` are their groups, ``printed`` is what stands behind it."""
    if lead == "each":
        return None, None, _RECURRING, ()
    if year is None or "ambiguous" in unit.flags:
        return None, None, _ONGOING if tail == "onward" else _BY_DATE, ()
    last = day_in(year + unit.years, unit.last)
    unclear = ("day_unclear",) if unit.grain == "day" and last.day != unit.last[1] else ()
    if tail == "until" and not (unit.grain == "range" and printed.endswith("止")):
        day, flags = _before(unit, year, last, period)
        return None, day, _BY_DATE, (*unclear, *flags)
    if tail == "onward" or (lead == "since" and unit.grain not in ("range", "plan")):
        start = _begin(unit, day_in(year, unit.first), last, printed if tail == "onward" else "")
        return start, None, _ONGOING, unclear
    if lead == "by" or unit.grain == "day" or (unit.edge in ENDED and unit.grain != "range"):
        return None, last, _BY_DATE, unclear
    # Without 前, 起 or 到 the last day of a part of a year binds, and a year or range is a period.
    whole = unit.grain in ("year", "plan", "range") or (tail == "within" and unit.grain != "month")
    return day_in(year, unit.first), last, _WITHIN_PERIOD if whole else _BY_DATE, unclear


def _begin(unit: Unit, start: date, last: date, tail: str) -> date:
    """Return the first day of what has no end: behind 后 the day after the unit, behind 年底起 its last day."""
    if tail.startswith(("后", "以后", "之后", "过后")):
        return last + timedelta(days=1)
    return last if unit.edge in ENDED and unit.edge != "内" else start


def _before(unit: Unit, year: int, last: date, period: PlanPeriod) -> tuple[date | None, tuple[str, ...]]:
    """Return the day that 前 behind a unit means, and flags.

    Behind a day and 底, 末 it means that last day; behind a year it may mean the year or the one before, so no day is given;
    behind a month it means, read strictly, the day before the month begins, and other parts of a year the same
    unless that lies before the plan; 中旬前 ends with the ten days, as a last day is what offices name there.
    """
    if unit.grain == "day" or unit.edge in ENDED or (unit.grain == "range" and unit.last[1] < 28):
        return last, ()
    if unit.grain in ("year", "plan"):
        return None, ("ambiguous",)
    start = day_in(year, unit.first)
    strict = start - timedelta(days=1)
    if unit.grain in ("range", "ten-days") or (unit.grain != "month" and strict < (period.start or date(start.year, 1, 1))):
        strict = last
    return strict, ("day_unclear",)
