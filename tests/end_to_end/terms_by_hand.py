"""How long a record of the replica may be shown, worked out from its truth by a small table of our own: nothing of the project is asked.

The table says which rule lets what be shown how long, and from when to when the rule was or is in force. A record leaves on the first
day on which one rule in force that day does not let it be shown any more.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import NamedTuple

from harvester.replica.records import RecordTruth

DAY = timedelta(days=1)
EVER = date(9999, 12, 31)
ADVERSE = ("penalty", "list-entry", "defaulter", "tax-case")


class Rule(NamedTuple):
    """Months that ``kinds`` may be shown between two days; ``warned`` those of a mere warning (0: never), ``stated`` with a printed end."""

    kinds: tuple[str, ...]
    since: date
    until: date
    months: int
    warned: int = -1
    stated: int = -1
    authority: str = ""
    region: str = ""


RULES = (
    Rule(("penalty",), date(2017, 7, 31), date(2019, 6, 30), 36, warned=12),
    Rule(("penalty",), date(2019, 7, 1), date(2023, 4, 30), 36, warned=12),
    Rule(("penalty",), date(2023, 5, 1), date(2026, 3, 31), 36, warned=0),
    Rule(("penalty",), date(2026, 4, 1), EVER, 36, warned=3),
    Rule(("penalty",), date(2021, 9, 1), EVER, 36, warned=0, authority="市场监督管理"),
    Rule(("defaulter",), date(2017, 5, 1), EVER, 24, stated=60),
    Rule(("tax-case",), date(2019, 1, 1), EVER, 36),
    Rule(("list-entry",), date.min, EVER, 36, stated=60),
    Rule(ADVERSE, date.min, EVER, 60),
)
UNDATED = {"penalty": 90, "list-entry": 365, "defaulter": 365, "tax-case": 365}
"""Days after it was first seen that a record without any day may be shown."""


def later(day: date, months: int) -> date:
    """Return the day of the same number so many months later, or the last one of its month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def last_day(truth: RecordTruth, first_seen: date) -> date | None:
    """Return the last day on which a record may be shown, ``None`` where it has no end."""
    stated = _day(truth.shown_until) or (_day(truth.valid_to) if truth.kind != "penalty" else None)
    if truth.kind not in ADVERSE or truth.colour == "red":
        return stated
    start = _start(truth)
    if start is None:
        return first_seen + UNDATED[truth.kind] * DAY
    if stated is not None and stated < start:
        stated = None
    ends = [end for rule in RULES if (end := _leaves(rule, truth, start, stated)) is not None]
    return min([*ends, *([stated] if stated else [])])


def _leaves(rule: Rule, truth: RecordTruth, start: date, stated: date | None) -> date | None:
    """Return the day before the first one on which a rule forbids to show the record, ``None`` where it never does."""
    if truth.kind not in rule.kinds or rule.authority not in truth.authority or not truth.region.startswith(rule.region):
        return None
    months = rule.stated if stated and rule.stated >= 0 else rule.months
    if truth.category == "警告" and rule.warned >= 0:
        months = rule.warned
    forbidden = start if months == 0 else later(start, months) + DAY
    forbidden = max(forbidden, rule.since)
    return forbidden - DAY if forbidden <= rule.until else None


def _start(truth: RecordTruth) -> date | None:
    """Return the day that the term counts from: of the decision, of tax cases that of publication; at the latest the publication."""
    decided, published = _day(truth.decided_on), _day(truth.published_on)
    if decided and published:
        return published if truth.kind == "tax-case" or published < decided else decided
    if decided or published:
        return decided or published
    if filed := _day(truth.further.get("filed_on", "")):
        return filed
    year = truth.number[1:5] if truth.number.startswith("（") else ""
    return date(int(year), 1, 1) if year else None


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
