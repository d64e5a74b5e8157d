"""Numbers of natural persons among codes: told apart, and answered without the number."""

from __future__ import annotations

import re

from normalizers.codes.arithmetic import CREDIT_ALPHABET, credit_check_character, organization_check_character, registration_check_digit
from normalizers.codes.divisions import cities, division_of
from normalizers.codes.records import CodeCheck, CodeKind, DivisionStatus, Finding, finding, masked
from normalizers.codes.resident import LENGTH, OLD_LENGTH, PROVINCES, has_birth_date, has_digits, is_resident_number
from normalizers.codes.tables import categories

TAX_DIGITS = 2
"""What tax offices added to a resident number."""

FIRST_YEARS = "0"
"""The decade of a two-digit year in which no holder of a 15-digit number was born but a handful of the very old."""

RUN = re.compile(r"[0-9]{15,}[Xx]?")


def is_personal_number(normal: str) -> bool:
    """Return whether a number in its normal spelling is to be treated as one of a natural person.

    That is a resident number of 18 or 15 characters, and a tax number that is one with two digits added (17 or 20). A number that is a
    code of an organisation beyond reasonable doubt is none: an 18-digit credit code that passes all its tests while the first four
    digits are those of no city; a 15-digit registration number with a right check digit whose division is a province or a city, or
    whose sequence begins with 0 (as nearly all of enterprises do, while a birth year 00 to 09 means a holder born before 1910).
    """
    if len(normal) in {LENGTH + TAX_DIGITS, OLD_LENGTH + TAX_DIGITS} and has_digits(normal[-TAX_DIGITS:]):
        return is_resident_number(normal[:-TAX_DIGITS])
    if not is_resident_number(normal):
        return False
    return not (_is_surely_credit_code(normal) if len(normal) == LENGTH else _is_surely_registration_number(normal))


def _is_surely_credit_code(normal: str) -> bool:
    """Tell whether 18 characters pass every test of a credit code while no city has their first four digits."""
    if any(char not in CREDIT_ALPHABET for char in normal) or not _begins_as_code_only(normal):
        return False
    return credit_check_character(normal[:17]) == normal[17] and organization_check_character(normal[8:16]) == normal[16]


def _begins_as_code_only(normal: str) -> bool:
    """Tell whether the first eight digits are category and division of a credit code while no city has the first four.

    The code 52310120… (a body registered in a district of Shanghai) has 2010 to 2099 where a resident number has the year of birth.
    """
    division = division_of(normal[2:8])
    known = division is not None and division.status is not DivisionStatus.UNKNOWN
    return known and normal[:2] in categories() and normal[:4] not in cities()


def _is_surely_registration_number(normal: str) -> bool:
    """Tell whether 15 digits pass the check of GS 15 and the sequence or the division is one that no person's number has."""
    if registration_check_digit(normal[:14]) != normal[14]:
        return False
    return normal[4:6] == "00" or normal[6] == FIRST_YEARS


def resembles_resident_number(normal: str) -> bool:
    """Return whether 18 characters are a resident number but for the check character: a slip of typing does not make it public."""
    if len(normal) != LENGTH or not has_digits(normal[:-1]) or normal[-1] not in "0123456789X":
        return False
    return normal[:2] in PROVINCES and has_birth_date(normal[6:14]) and not _begins_as_code_only(normal)


def holds_personal_number(normal: str) -> bool:
    """Return whether a resident number of 18 characters, right or mistyped, stands anywhere in a text, or one of 15 digits by itself."""
    return any(_run_holds(run[0]) for run in RUN.finditer(normal))


def _run_holds(run: str) -> bool:
    run = run.upper()
    return is_personal_number(run) or any(resembles_resident_number(run[place : place + LENGTH]) for place in range(len(run) - LENGTH + 1))


def personal_check(normal: str, *failures: Finding) -> CodeCheck:
    """Return the answer for a person's number: masked, with the province it shows and nothing else."""
    shown = masked(normal)
    return CodeCheck(CodeKind.RESIDENT_NUMBER, shown, shown, failures or (finding("personal"),), personal=True)
