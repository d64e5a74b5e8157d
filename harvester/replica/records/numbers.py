"""Compute identifiers that are right by their standards: the replica's own arithmetic, apart from the project's checks of them.

GB 32100-2015 (unified social credit code), GB 11714-1997 (organisation code), GS 15-2006 (registration number), GB 11643-1999
(resident number).
"""

from __future__ import annotations

from harvester.replica.records.draw import Draw

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The characters of a unified code, by value."""

_ORGANIZATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_COUNTIES = {"31": "310101", "32": "320106", "33": "330102", "34": "340104"}
_RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def organization_code(draw: Draw, *, letters: bool = False) -> str:
    """Return a valid organisation code of nine characters, without the hyphen."""
    body = f"{draw.between(30_000_000, 98_999_999)}"
    if letters:
        body = "MA" + "".join(draw.one("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(6))
    total = sum(int(char, 36) * weight for char, weight in zip(body, _ORGANIZATION_WEIGHTS, strict=True))
    return body + "0123456789X0"[11 - total % 11]


def credit_code(kind: str, division: str, organization: str) -> str:
    """Return the unified code of a body: ``kind`` is its first two characters (91, 92, 11), ``organization`` its organisation code."""
    body = kind + division + organization
    total = sum(ALPHABET.index(char) * 3**place for place, char in enumerate(body))
    return body + ALPHABET[-total % 31]


def registration_number(draw: Draw, division: str, *, individual: bool = False) -> str:
    """Return a valid registration number of 15 digits; the seventh digit tells an individual business (6-9) from a firm (0-3; 0 here)."""
    first = draw.one("6789") if individual else "0"
    body = f"{division}{first}{draw.below(10**7):07d}"
    value = 10
    for digit in body:
        value = (value + int(digit)) % 10 or 10
        value = value * 2 % 11
    return body + str((11 - value) % 10)


def resident_number(draw: Draw, division: str) -> str:
    """Return a valid resident number of one born before 1920, so that nobody living bears it."""
    place = _COUNTIES[division[:2]] if division.endswith("00") else division
    day = f"{draw.between(1901, 1919)}{draw.between(1, 12):02d}{draw.between(1, 28):02d}"
    body = f"{place}{day}{draw.between(1, 998):03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _RESIDENT_WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]
