"""Which numbers are codes of organisations, which are cards: the checks that tell personal numbers from others."""

from __future__ import annotations

import re
from functools import lru_cache

from normalizers.codes import arithmetic, resident
from normalizers.privacy.tables import any_of, rows

_CREDIT = re.compile(r"[1-9ANY][0-9A-HJ-NPQRTUW-Y][0-9]{6}[0-9A-HJ-NPQRTUW-Y]{10}")
_CARD = re.compile(
    r"(?:62\d{14,17}|4\d{15}|5[1-5]\d{14}|35\d{14}|3[47]\d{13}|60\d{14,17}|9558\d{12,15}|9559\d{12,15}|95\d{17}|81\d{14,17}|6[89]\d{14,17})"
)

MOST_BEFORE = 28
"""So many characters before a number are looked at for its label."""

LIVING = (1900, 2035)
"""Years of birth believed where the check character of a resident number is wrong."""


def is_credit_code(text: str) -> bool:
    """Tell whether this is a unified social credit code whose check character is right (GB 32100-2015)."""
    return bool(_CREDIT.fullmatch(text)) and arithmetic.credit_check_character(text[:17]) == text[17]


def is_surely_credit_code(text: str) -> bool:
    """Tell whether the check character and the organisation code within are right: for a number that could be a person's as well."""
    return is_credit_code(text) and is_organization_code(text[8:17])


def is_organization_code(text: str) -> bool:
    """Tell whether these nine characters are an organisation code (GB 11714-1997)."""
    return bool(re.fullmatch("[0-9A-Z]{8}-?[0-9X]", text)) and arithmetic.organization_check_character(text[:8]) == text[-1]


def is_registration_number(digits: str) -> bool:
    """Tell whether these fifteen digits are an old registration number (GS 15-2006)."""
    return len(digits) == arithmetic.REGISTRATION_LENGTH and arithmetic.registration_check_digit(digits[:14]) == digits[14]


def is_card(digits: str) -> bool:
    """Tell whether this is the number of a bank card: a known beginning, a known length, the Luhn check (ISO/IEC 7812)."""
    if not _CARD.fullmatch(digits):
        return False
    doubled = "0246813579"
    return sum(int(doubled[int(digit)] if place % 2 else digit) for place, digit in enumerate(reversed(digits))) % 10 == 0


def is_residence_card(text: str) -> bool:
    """Tell whether this is the number of a permanent residence card of 2023: 9, province, country, birth date, sequence, check."""
    return (
        len(text) == resident.LENGTH
        and text[0] == "9"
        and text[1:3] in resident.PROVINCES
        and resident.has_birth_date(text[6:14])
        and resident.check_character(text) == text[-1].upper()
    )


def is_nearly_resident(text: str) -> bool:
    """Tell whether this is a resident number with a wrong check character: it still shows birth place and birth date."""
    return (
        len(text) == resident.LENGTH
        and text[:2] in resident.PROVINCES
        and LIVING[0] <= int(text[6:10]) <= LIVING[1]
        and resident.has_birth_date(text[6:14])
    )


@lru_cache
def _label(what: str) -> re.Pattern[str]:
    words = [row["label"] for row in rows("code_labels") if row["what"] == what]
    han = any_of(word for word in words if word[0] > "\u2e80")
    latin = any_of(word for word in words if word[0] < "\u2e80") or "(?!)"
    return re.compile(rf"(?:{han}|(?<![A-Za-z]){latin})(?:号码|号|代码|[)）])?[\s:：=为是\"'“”‘’（）()\[\]【】]{{0,8}}$")


def labelled(text: str, start: int) -> str:
    """Return what code a label right before this place announces: ``registration``, ``credit``, ``tax``, ``number`` or nothing."""
    before = text[max(0, start - MOST_BEFORE) : start]
    return next((what for what in ("registration", "credit", "tax", "number") if _label(what).search(before)), "")
