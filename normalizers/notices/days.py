"""The days of a record: read, dummies told, relative periods counted, and held against each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from normalizers.notices.blanks import NO_END, dummy_reason
from normalizers.notices.dates import read_date
from normalizers.notices.gather import Gathered, Given, is_own, shown
from normalizers.notices.periods import Period, read_period

LAST_DAYS = frozenset({"valid_to", "shown_until", "validity"})
"""Concepts where 2099-12-31 means that there is no end."""


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a notice, named as there."""

    decided_on: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    published_on: date | None = None
    shown_until: date | None = None
    removed_on: date | None = None


def read_days(found: Gathered, listed_on: date | None = None, own: tuple[str, ...] = ()) -> Days:
    """Return the days of a record; ``listed_on``, the date in the site's list, stands for a day of publication that is not printed.

    ``own`` are words in labels that speak of the record itself: the day of the decision behind it is kept apart.
    """
    _set_apart(found, own)
    decided, effective = _day(found, "decided_on"), _day(found, "effective_on")
    if decided is None and effective is not None:
        decided = effective
        found.defect("decided-on-effective", "decided_on", f"No day of decision is printed, {effective} is that of its effect.")
    published, until = _published(found)
    shown_until = _day(found, "shown_until") or until
    validity = _validity(found, decided)
    days = Days(
        decided,
        _day(found, "valid_from") or validity.start or effective,
        _day(found, "valid_to") or validity.end,
        published or listed_on,
        shown_until or _display_end(found, decided or published or listed_on),
        _day(found, "removed_on"),
    )
    _hold_together(found, days)
    return days


def _set_apart(found: Gathered, own: tuple[str, ...]) -> None:
    """Leave the record's own day of decision alone where another decision's is printed beside it (列入日期 and 处罚日期)."""
    given = found.given("decided_on")
    mine = [each for each in given if is_own(each, own)]
    if mine and len(mine) < len(given):
        found.values["decided_on"] = mine
        found.values.setdefault("other_date", []).extend(each for each in given if not is_own(each, own))


def _day(found: Gathered, concept: str) -> date | None:
    """Return the first day printed for a concept; another one, dummies and what is no date are told."""
    days = list(dict.fromkeys(day for given in found.given(concept) if (day := _read(found, concept, given.text)) is not None))
    if len(days) > 1:
        found.defect("values-disagree", concept, f"Printed are {' and '.join(map(str, days[:4]))}.")
    return days[0] if days else None


def _read(found: Gathered, concept: str, text: str) -> date | None:
    reading = read_date(text)
    if reading.day is not None and (reason := dummy_reason(reading.day, last=concept in LAST_DAYS)):
        found.blank(concept, text, reason)
        return None
    if reading.problem:
        found.defect(reading.problem, concept, f"Printed is {shown(text)}.")
        return None
    return reading.day


def _published(found: Gathered) -> tuple[date | None, date | None]:
    """Return the day of publication and, where a range is printed (2019-10-10至2019-10-17), its last day."""
    for given in found.given("published_on"):
        period = read_period(given.text)
        if period.start and period.end:
            found.values["published_on"].remove(given)
            return period.start, period.end
    return _day(found, "published_on"), None


def _display_end(found: Gathered, start: date | None) -> date | None:
    """Return the last day of display that a printed length or range gives; lengths count from the decision, else the publication."""
    found.keep("display_period", [given.text for given in found.given("display_period")])
    for given in found.given("display_period"):
        period = _period(found, given)
        if period.has_length and start is None:
            found.defect("period-without-start", "display_period", f"Printed is {shown(given.text)}.")
        end = period.counted_from(start) if period.has_length and start else period.end
        if end is not None:
            return end
    return None


def _validity(found: Gathered, decided: date | None) -> Period:
    """Return the first and last day of a printed validity; a length counts from its start, else the decision."""
    found.keep("validity", [given.text for given in found.given("validity")[1:]])
    for given in found.given("validity"):
        period = _period(found, given)
        start = period.start or decided
        end = period.counted_from(start) if period.has_length and start else period.end
        if end != period.end or period.has_length or period.endless:
            found.keep("validity", [given.text])
        return Period(period.start, end)
    return Period()


def _period(found: Gathered, given: Given) -> Period:
    period = read_period(given.text, given.label.unit)
    concept = given.label.concept.name
    if period.problem:
        found.defect(period.problem, concept, f"Printed is {shown(given.text)}.")
    if period.endless:
        found.blank(concept, given.text, NO_END)
    for end in (period.start, period.end):
        if end is not None and (reason := dummy_reason(end, last=end is period.end)):
            found.blank(concept, given.text, reason)
            return Period(None if end is period.start else period.start, endless=reason == NO_END)
    return period


def _hold_together(found: Gathered, days: Days) -> None:
    if days.valid_from and days.valid_to and days.valid_to < days.valid_from:
        found.defect("valid-to-before-from", "valid_to", f"{days.valid_from} to {days.valid_to} is printed.")
    if days.decided_on and days.published_on and days.published_on < days.decided_on:
        found.defect("published-before-decided", "published_on", f"Decided on {days.decided_on}, published on {days.published_on}.")
    if days.decided_on and days.removed_on and days.removed_on < days.decided_on:
        found.defect("removed-before-decided", "removed_on", f"Decided on {days.decided_on}, removed on {days.removed_on}.")
