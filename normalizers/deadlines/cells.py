"""The deadline of a cell, label or bracket."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from normalizers.deadlines.period import PlanPeriod
from normalizers.deadlines.printed import NAME_SIGNS, fold_blanks, is_read_as_printed, mask, read, without_names
from normalizers.deadlines.readings import Reading, find_readings
from normalizers.deadlines.rhythm import (
    ONGOING_SIGN,
    PACE_SIGN,
    RECURRING_SIGN,
    RHYTHM_SIGNS,
    Term,
    bare_term,
    find_rhythms,
    find_terms,
    has_pace,
    is_elsewhere,
    is_ongoing,
    is_recurring,
    without_paces,
)
from normalizers.deadlines.signs import signs_of
from normalizers.deadlines.units import day_in
from normalizers.deadlines.words import any_of, rhythms, sign_of, tags, words
from normalizers.records import Deadline, DeadlineKind
from normalizers.text.fold import fold

MAX_CELL = 2000
"""Characters of a cell that are read; a deadline cell is a line, what is longer is a text that slipped in."""

_EMPTY = frozenset(words("cell", "empty"))
_OF_PLAN = {word: name for name in ("whole_year", "whole_plan", "plan_end") for word in words("cell", name)}
_RHYTHMS = rhythms()
_COMPLETES, _STARTS = any_of("cell", "completes"), any_of("start", "words")
_AIM, _AIM_SIGN, _MUST = any_of("strength", "aim"), sign_of(("strength", "aim")), any_of("strength", "must")
_TAGS, _TAG_SIGN = tuple((tag, any_of("tag", tag)) for tag in tags()), sign_of(*(("tag", tag) for tag in tags()))
_ASIDE = RHYTHM_SIGNS | RECURRING_SIGN | ONGOING_SIGN
"""Without one of these a cell says nothing beside its date that a deadline keeps."""
_CLOSED = re.compile(r"(?:完成|办结|报送|上报)?\)")
_ITEM_POINT = re.compile(r"\d[.、．]")
_ITEM = re.compile(r"(?:(?<=[；;。\n])|^)\s*\d{1,2}[.、．](?=\s*(?:\d{4}\s*年|\d{1,2}\s*月))")
"""The number of an item inside a cell: 1.6月底前…；2.12月底前…; read with its month it would be a decimal."""


class Whole(NamedTuple):
    """What a deadline keeps of its text, whatever its days: the text as printed, what it rests on, how firmly it binds."""

    text: str
    basis: str
    strength: str

    def deadline(
        self, kind: DeadlineKind, start: date | None = None, end: date | None = None, period: str = "", flags: tuple[str, ...] = ()
    ) -> Deadline:
        """Return the deadline with these days."""
        return Deadline(self.text, start, end, kind, self.basis, period, self.strength, flags)


def parse_deadline(text: str, period: PlanPeriod, *, basis: str = "cell") -> Deadline | None:
    """Return the deadline of a cell, ``None`` only for an empty one (blank, ``/``, 无, —).

    ``text`` of the deadline is the whole cell as printed. Of several dates the last day counts, flagged ``phases``.
    A text without a date has kind ``none``, with the flag ``not_parsed`` where no word of it says why.
    """
    printed, plain = _both(text)
    bare = plain.strip("()[]【】。;,")
    if not bare or bare in _EMPTY:
        return None
    signs = signs_of(plain)
    if signs & NAME_SIGNS:
        plain = without_names(plain)
    if signs & PACE_SIGN and not has_pace(plain):
        signs ^= PACE_SIGN
    firmness = strength(plain) if signs & _AIM_SIGN else "must"
    readings = find_readings(without_paces(plain) if signs & PACE_SIGN else plain, period, signs, cell=True)
    only = readings[0] if len(readings) == 1 else None
    if only and only.kind is not DeadlineKind.RECURRING and (not signs & _ASIDE or only.end - only.pos == len(plain)):
        start = None if only.start and only.last and only.start > only.last else only.start
        return Deadline(printed, start, only.last, only.kind, basis, "", firmness, only.flags)
    whole = Whole(printed, basis, firmness)
    dated = _exact([r for r in readings if r.kind is not DeadlineKind.RECURRING], plain) if readings else []
    each = len(dated) < len(readings)
    if dated and not _repeats(dated, plain, signs, each):
        return _dated(whole, dated, plain, signs)
    named = _OF_PLAN.get(bare)
    found = _of_plan(whole, named, period) if named else _undated(whole, plain, bare, signs, period, each)
    starts = [r.start for r in dated if r.start]
    return replace(found, start=min(starts)) if starts else found


def _both(text: str) -> tuple[str, str]:
    """Return a cell as printed, on one line, and as the grammar reads it, without the numbers of its items."""
    short = len(text) <= MAX_CELL
    if short and is_read_as_printed(text):
        return text, _without_items(text) if "." in text or "、" in text else text
    printed = fold_blanks(text)
    if short and len(printed) < len(text) and is_read_as_printed(printed) and not _ITEM_POINT.search(text):
        return printed, printed
    return printed, read(_without_items(text[:MAX_CELL])).text


def _exact(readings: list[Reading], plain: str) -> list[Reading]:
    """Return the dates without those that a day in brackets behind them states more exactly (8月中旬（8月15日前）)."""
    following = zip(readings, [*readings[1:], None], strict=False)
    return [one for one, then in following if then is None or not _states(then, one, plain)]


def _states(day: Reading, whole: Reading, plain: str) -> bool:
    """Tell whether a day is alone in the brackets behind a longer unit that it lies in."""
    alone = plain[whole.end : day.pos] in ("(", "(即", "(即在") and _CLOSED.match(plain, day.end)
    if not alone or day.unit.grain != "day" or whole.unit.grain == "day" or day.last is None or whole.last is None:
        return False
    return (whole.start or date(whole.last.year, 1, 1)) <= day.last <= whole.last


def _without_items(text: str) -> str:
    """Return a cell without the numbers of its items; a single number is one only when it is the first."""
    if not _ITEM_POINT.search(text):
        return text
    marks = _ITEM.findall(text)
    return _ITEM.sub("", text) if len(marks) > 1 or any(mark.strip()[:-1] == "1" for mark in marks) else text


def _repeats(readings: list[Reading], plain: str, signs: int, each: bool) -> bool:
    """Tell whether a cell names a rhythm and, for its dates, only the years that it runs in (2025年每季度一次): no last day binds there.

    Where something is to be completed in the year, the year is the deadline and the rhythm that of the reports on it.
    """
    if not (each or signs & RHYTHM_SIGNS) or any(r.unit.grain not in ("year", "plan") or r.kind is DeadlineKind.BY_DATE for r in readings):
        return False
    rest = mask(plain, [(r.pos, r.end) for r in readings])
    return (each or bool(find_rhythms(rest, signs))) and not _COMPLETES.search(rest)


def _of_plan(whole: Whole, named: str, period: PlanPeriod) -> Deadline:
    """Return the deadline of a cell that names the document's own year or term (年度任务, 规划期内)."""
    if named == "whole_year":
        if period.year is None:
            return whole.deadline(DeadlineKind.WITHIN_PERIOD, flags=("year_unknown",))
        return whole.deadline(DeadlineKind.WITHIN_PERIOD, date(period.year, 1, 1), date(period.year, 12, 31))
    if period.start is None:
        return whole.deadline(DeadlineKind.RELATIVE)
    at_end = named == "plan_end"
    kind = DeadlineKind.BY_DATE if at_end else DeadlineKind.WITHIN_PERIOD
    return whole.deadline(kind, None if at_end else period.start, period.end)


def _dated(whole: Whole, readings: list[Reading], plain: str, signs: int) -> Deadline:
    """Join the dates of one cell: the last day of all of them, the first of their first days."""
    ends = [r for r in readings if r.last is not None]
    if len(ends) > 1:
        ends = [r for r in ends if not _goes_on(r, plain, signs)] or ends
    final = max(ends, key=lambda r: r.last or date.min) if ends else readings[-1]
    start = min((r.start for r in readings if r.start is not None), default=None)
    flags = dict.fromkeys(final.flags if ends else (flag for r in readings for flag in r.flags))
    if len(ends) > 1 and len({r.last for r in ends}) > 1:
        flags["phases"] = None
        start = None if final.start is None and final.kind is DeadlineKind.BY_DATE and not _opens(readings) else start
    if signs & ONGOING_SIGN and _only_begins(readings, plain, signs):
        return whole.deadline(DeadlineKind.ONGOING, start, flags=tuple(flags))
    if signs & _ASIDE:
        rest = mask(plain, [(r.pos, r.end) for r in readings])
        if is_recurring(rest, signs) or find_rhythms(rest, signs):
            flags["recurring"] = None
        if is_ongoing(rest, signs):
            flags["ongoing"] = None
    if final.last is not None and start is not None and start > final.last:
        start = None
    kind = final.kind if ends else _open_kind(readings)
    return whole.deadline(kind, start, final.last, flags=tuple(flags))


def _goes_on(reading: Reading, plain: str, signs: int) -> bool:
    """Tell whether a year only names when the work goes on (年底前完成，2026年持续巩固)."""
    whole = reading.unit.grain in ("year", "plan") and reading.kind is DeadlineKind.WITHIN_PERIOD
    return whole and is_ongoing(plain[reading.end : reading.end + 4], signs)


def _only_begins(readings: list[Reading], plain: str, signs: int) -> bool:
    """Tell whether every date of a cell is a beginning and the work then goes on (2025年启动，持续推进)."""
    return all(_STARTS.match(plain, r.end) for r in readings) and is_ongoing(plain[readings[-1].end :], signs)


def _opens(readings: list[Reading]) -> bool:
    return any(r.kind is DeadlineKind.ONGOING for r in readings)


def _open_kind(readings: list[Reading]) -> DeadlineKind:
    return DeadlineKind.ONGOING if _opens(readings) else readings[-1].kind


def _undated(whole: Whole, plain: str, bare: str, signs: int, period: PlanPeriod, each: bool) -> Deadline:
    """Return the deadline of a cell without a calendar date."""
    alone, rounds = _RHYTHMS.get(bare), find_rhythms(plain, signs) if signs & RHYTHM_SIGNS else []
    if alone or each or rounds or is_recurring(plain, signs):
        length = alone or (rounds[0].period if rounds else "P1Y" if each else "")
        return whole.deadline(DeadlineKind.RECURRING, period.start, period=length)
    terms = find_terms(plain, signs)
    term = terms[-1] if terms else bare_term(bare)
    if term is not None:
        return relative(whole, term, period)
    if is_ongoing(plain, signs):
        return whole.deadline(DeadlineKind.ONGOING, period.start)
    found = tuple(tag for tag, pattern in _TAGS if pattern.search(plain)) if signs & _TAG_SIGN else ()
    if not found and is_elsewhere(plain, signs):
        return whole.deadline(DeadlineKind.RELATIVE)
    return Deadline(whole.text, None, None, DeadlineKind.NONE, whole.basis, strength="none", flags=found or ("not_parsed",))


def relative(whole: Whole, term: Term, period: PlanPeriod) -> Deadline:
    """Return a deadline that runs from an event; days are reckoned only from the document's own issue, never for working days."""
    if not term.own_issue or period.issued_on is None or term.flags or not (term.months or term.days):
        return whole.deadline(DeadlineKind.RELATIVE, period=term.period, flags=term.flags)
    return whole.deadline(DeadlineKind.RELATIVE, period.issued_on, _add(period.issued_on, term), term.period, ("from_issue",))


def _add(day: date, term: Term) -> date:
    """Return ``day`` plus the term; a day beyond the month's end is its last day (民法典 第二百零二条)."""
    month = day.month - 1 + term.months
    year, month = day.year + month // 12, month % 12 + 1
    if year > date.max.year - 1:
        return date.max
    return day_in(year, (month, day.day)) + timedelta(days=term.days)


def strength(plain: str) -> str:
    """Return ``must`` or ``aim``: how firmly a text binds, by the words of ``words.toml``; no word means ``must``."""
    return "aim" if _AIM.search(plain) and not _MUST.search(plain) else "must"


def undated(text: str) -> str:
    """Return what a deadline cell says besides its dates, folded: the milestone that is to be reached."""
    cell = read(text[:MAX_CELL]).text
    plain = without_names(cell)
    readings = find_readings(plain, PlanPeriod(), signs_of(plain), cell=True)
    return fold(mask(cell, [(r.pos, r.end) for r in readings]))
