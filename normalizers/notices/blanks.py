"""Values that are printed and mean nothing, with the reason (data/blanks.csv, data/dummy_dates.csv)."""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from importlib.resources import files

from normalizers.notices.text import flat

PLACEHOLDER, NO_END, DUMMY_DATE, DUMMY_CODE = "placeholder", "no-end", "dummy-date", "dummy-code"
LONGEST = 24
"""Characters of a value that can mean nothing."""
NO_END_FROM = date(2090, 1, 1)
"""From this day on a last day means that there is none (2099-12-31, 9999-12-31)."""

_ALWAYS = ""
_DASHES = frozenset("一—-ー_")


def blank_reason(text: str, value: str) -> str:
    """Return why a printed value of a kind (``date``, ``code``, ``amount``, ...) means nothing, empty for one that means something.

    Values without any letter, digit or character (``/``, ``---``, ``*``) are placeholders, runs of asterisks are not: they hide something.
    """
    key = flat(text[: 4 * LONGEST]).casefold()
    if len(key) > LONGEST or not key:
        return ""
    found = _values(value).get(key) or _values(_ALWAYS).get(key)
    if found:
        return found
    if all(not char.isalnum() or char in _DASHES for char in key):
        return "" if key.strip("*") == "" and len(key) > 1 else PLACEHOLDER
    return DUMMY_CODE if value == "code" and _is_filler(key) else ""


def dummy_reason(day: date, *, last: bool) -> str:
    """Return why a day means nothing, empty for a real day; ``last``: it stands where the last day of something is printed."""
    if day >= NO_END_FROM:
        return NO_END if last else DUMMY_DATE
    return _days().get(day, "")


def _is_filler(key: str) -> bool:
    """Tell whether a code is one digit over and over, but for its last character (000...0X)."""
    return len(key) >= 6 and len(set(key[:-1].replace("-", ""))) == 1 and key[0] in "0x9"


@cache
def _values(value: str) -> dict[str, str]:
    """Return what means nothing in fields of a kind, by its flat form: the reason."""
    with (files(__package__) / "data" / "blanks.csv").open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if value in (row["values"].split() or [_ALWAYS])]
    return {flat(text).casefold(): row["reason"] for row in rows for text in row["printed"].split()}


@cache
def _days() -> dict[date, str]:
    with (files(__package__) / "data" / "dummy_dates.csv").open(encoding="utf-8") as lines:
        return {date.fromisoformat(row["date"]): row["reason"] for row in csv.DictReader(lines)}
