"""The tests that several codes share, each giving the findings it makes."""

from __future__ import annotations

from collections.abc import Iterator

from normalizers.codes.divisions import division_of
from normalizers.codes.records import Division, DivisionStatus, Finding, finding

MASK = "*"
LOST_DIGITS = "000"
"""A spreadsheet keeps 15 digits of a number; the last three of 18 become zeros."""
SPREADSHEET_DIGITS = 15

COUNTED = "1234567890" * 2

MOST_NAMED = 3
"""Wrong characters that a sentence names."""


def length_findings(normal: str, wanted: int) -> tuple[Finding, ...]:
    """Return what is wrong with the number of characters."""
    return () if len(normal) == wanted else (finding("length", count=len(normal), wanted=wanted),)


def alphabet_findings(normal: str, alphabet: str, standard: str) -> tuple[Finding, ...]:
    """Return which characters the standard does not have; asterisks are told as hidden ones."""
    places = [(place, char) for place, char in enumerate(normal, 1) if char not in alphabet and char != MASK][:MOST_NAMED]
    found = [finding("masked")] if MASK in normal else []
    if places:
        characters, numbers = "、".join(char for _, char in places), "、".join(str(place) for place, _ in places)
        found.append(finding("alphabet", characters=characters, places=numbers, standard=standard))
    return tuple(found)


def is_dummy(body: str) -> bool:
    """Tell whether the characters before the check character only fill a place: one character throughout, or digits counted up."""
    return bool(body) and (COUNTED.startswith(body) or body == body[0] * len(body))


def rounded_findings(normal: str) -> tuple[Finding, ...]:
    """Return whether digits that fail their check look as if a spreadsheet had rounded them."""
    lost = len(normal) > SPREADSHEET_DIGITS and normal.isascii() and normal.isdigit() and normal.endswith(LOST_DIGITS)
    return (finding("rounded"),) if lost else ()


def division_failures(code: str) -> tuple[Finding, ...]:
    """Return whether six characters cannot be a division at all."""
    return () if division_of(code) else (finding("division", division=code),)


def division_warnings(division: Division | None) -> Iterator[Finding]:
    """Yield what is to be known of a division that is not of today's map."""
    if division is None:
        return
    if division.status is DivisionStatus.UNKNOWN:
        yield finding("division-unknown", division=division.code, province=division.name)
    elif division.status is DivisionStatus.FORMER and division.today:
        today = "、".join(place.name for place in division.today)
        yield finding("division-former", division=division.code, name=division.name, today=today)
    elif division.status is DivisionStatus.FORMER:
        yield finding("division-ended", division=division.code, name=division.name, until=division.valid_to)
