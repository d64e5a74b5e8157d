"""The values of filters as people write them, read for the questions of every way to ask: days, moments, regions, kinds of change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from harvester.errors import WrongCall
from harvester.moments import FIRST_YEAR, LAST_YEAR, moment_of, not_ahead, within_reach
from normalizers.notices.records import NoticeKind
from storage.change_filters import RESTATED
from storage.change_schema import KINDS

Row = dict[str, Any]

REGION_DIGITS = 6
NATIONAL = "100000"
NUMBER = re.compile("[0-9]{1,18}")
ANY = "any"
RECORD_KINDS = tuple(kind.value for kind in NoticeKind)


def parse_date(value: str | None) -> date | None:
    """Return the day written as YYYY-MM-DD; raises WrongCall for anything else, and for a day that is out of reach (``moments``)."""
    if value is None:
        return None
    try:
        found = date.fromisoformat(value)
    except ValueError:
        raise WrongCall(f"'{value}' is not a date; write it as YYYY-MM-DD, for example 2026-06-30.") from None
    return within_reach(found)


def parse_moment(value: str | None) -> datetime | None:
    """Return the moment by which something was known, of a day its end; raises WrongCall for what is none, or lies ahead."""
    return not_ahead(moment_of(value, datetime.now(UTC), end=True)) if value else None


def parse_as_of(value: str | None) -> date | None:
    """Return the day whose state is asked for; raises WrongCall for what is no day, or lies ahead."""
    found = parse_date(value)
    return not_ahead(found) if found else None


def parse_year(value: int | None) -> int | None:
    """Return a year that documents can be of; raises WrongCall for any other."""
    if value is not None and not FIRST_YEAR <= value <= LAST_YEAR:
        raise WrongCall(f"{value} is no year that documents are of; write four digits, for example 2026.")
    return value


def parse_region(value: str) -> str:
    """Return a region code of six digits (GB/T 2260), or nothing; raises WrongCall for anything else, and for digits of no province.

    A county that no table has passes: zones and divisions of long ago have such codes, and the store may hold them.
    """
    if not value:
        return value
    from normalizers.codes.resident import PROVINCES  # late: for questions of a region alone

    if not (value.isascii() and value.isdigit() and len(value) == REGION_DIGITS and (value == NATIONAL or value[:2] in PROVINCES)):
        raise WrongCall(f"'{value}' is not a region code; give the six digits of GB/T 2260, for example 310000 for Shanghai.")
    return value


def parse_days(due_from: str | None, due_to: str | None) -> tuple[date | None, date | None]:
    """Return the first and last day of a period; raises WrongCall for a bad date, or where the first is after the last."""
    first, last = parse_date(due_from), parse_date(due_to)
    if first and last and first > last:
        raise WrongCall(f"{first} is after {last}; write the earlier day first.")
    return first, last


def chosen(option: str, values: Sequence[str] | None, known: Sequence[str]) -> tuple[str, ...]:
    """Return the values of an option that may be given again; raises WrongCall for one that is not known."""
    for value in values or ():
        if value not in known:
            raise WrongCall(f"'{value}' is none of what {option} takes; choose among {', '.join(known)}.")
    return tuple(dict.fromkeys(values or ()))


def split_kinds(values: Sequence[str] | None) -> tuple[tuple[str, ...], str]:
    """Return the kinds of change and the kind of public record among the values of ``--kind``."""
    known = chosen("--kind", values, (*(kind for kind in KINDS if kind != RESTATED), *RECORD_KINDS))
    records = [value for value in known if value in RECORD_KINDS]
    if len(records) > 1:
        raise WrongCall(f"{' and '.join(records)} are two kinds of public records; ask for one at a time.")
    return tuple(value for value in known if value not in RECORD_KINDS), "".join(records)


def of_time(since: str, until: str, first: str | None, last: str | None) -> Row:
    """Return the filters of both clocks; raises WrongCall for what is no moment, or an end before its beginning."""
    now = datetime.now(UTC)
    found: Row = {"as_of_from": parse_date(first), "as_of_to": parse_date(last), "until": moment_of(until, now) if until else None}
    if NUMBER.fullmatch(since):
        found["since_seq"] = int(since)
    elif since:
        found["since"] = moment_of(since, now)
    for early, late in (("since", "until"), ("as_of_from", "as_of_to")):
        if found.get(early) and found.get(late) and found[early] > found[late]:
            raise WrongCall(f"{found[early]} is after {found[late]}; write the earlier one first.")
    return found
