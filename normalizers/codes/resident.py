"""Resident numbers (公民身份号码): told apart from the codes of organisations, and never returned, printed or stored.

GB 11643-1999: 18 characters, division (GB/T 2260) + birth date YYYYMMDD + sequence + check character of ISO 7064 MOD 11-2.
GB 11643-1989: 15 digits, division + YYMMDD + sequence, without a check character; issued until 1999.
"""

from __future__ import annotations

from datetime import date

PROVINCES = frozenset(
    map(str, (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83))
)
"""The first two digits of GB/T 2260; 71 to 83 are those of residence permits and numbers of Taiwan, Hong Kong and Macao residents."""

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
"""By the remainder of the weighted sum modulo 11 (GB 11643-1999, 4.4)."""

EARLIEST_BIRTH, LATEST_BIRTH = 1880, 2099
"""Years of birth that a number may carry: numbers were first given in 1984, and the answer must not hang on the day it is asked."""

CENTURY = 2000
"""What a two-digit year is tried with: 2000 has the leap years of 1900, and one more, so nobody's number is overlooked."""

DIGITS = frozenset("0123456789")
LENGTH, OLD_LENGTH = 18, 15


def is_resident_number(digits: str) -> bool:
    """Return whether ``digits`` can be a resident number of 18 characters (check, birth date, province) or of 15 (birth date, province).

    ``digits`` is taken as it stands: ASCII without blanks; the last of 18 characters may be ``X`` or ``x``. Whoever reads printed text
    folds full-width digits and takes blanks and hyphens out first (``normalizers.codes.spelling.fold``). A 15-digit registration number
    of GS 15 can fit too; whoever has such a number treats it as personal.
    """
    if len(digits) == LENGTH:
        return (
            has_digits(digits[:-1])
            and digits[:2] in PROVINCES
            and has_birth_date(digits[6:14])
            and check_character(digits) == digits[-1].upper()
        )
    return len(digits) == OLD_LENGTH and has_digits(digits) and digits[:2] in PROVINCES and has_old_birth_date(digits[6:12])


def check_character(digits: str) -> str:
    """Return the check character over the first 17 of ``digits``, which are decimal digits (GB 11643-1999, 4.4)."""
    return CHECK_CHARACTERS[sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=False)) % len(CHECK_CHARACTERS)]


def has_digits(text: str) -> bool:
    """Return whether ``text`` is ASCII digits alone."""
    return DIGITS.issuperset(text)


def has_birth_date(digits: str) -> bool:
    """Return whether eight digits are a day of the calendar on which a numbered person can have been born."""
    return EARLIEST_BIRTH <= int(digits[:4]) <= LATEST_BIRTH and is_day(int(digits[:4]), digits[4:])


def has_old_birth_date(digits: str) -> bool:
    """Return whether six digits YYMMDD are a day of the calendar."""
    return is_day(CENTURY + int(digits[:2]), digits[2:])


def is_day(year: int, month_and_day: str) -> bool:
    """Return whether the calendar has the day."""
    try:
        date(year, int(month_and_day[:2]), int(month_and_day[2:]))
    except ValueError:
        return False
    return True
