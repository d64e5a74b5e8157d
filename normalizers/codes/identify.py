"""Which of the codes a printed value is: the one whose tests it passes, else the one it comes nearest to."""

from __future__ import annotations

import re
from dataclasses import replace

from normalizers.codes.arithmetic import CREDIT_LENGTH, ORGANIZATION_LENGTH, REGISTRATION_LENGTH
from normalizers.codes.credit import PAIR, checked_credit_code, credit_failures
from normalizers.codes.divisions import division_of
from normalizers.codes.organization import checked_organization_code, organization_failures
from normalizers.codes.personal import holds_personal_number, is_personal_number, personal_check, resembles_resident_number
from normalizers.codes.records import CodeCheck, CodeKind, finding
from normalizers.codes.registration import (
    check_registration_number,
    checked_old_number,
    checked_registration_number,
    is_old_number,
    number_in_words,
)
from normalizers.codes.remarks import MASK, division_warnings, is_dummy
from normalizers.codes.resident import has_digits
from normalizers.codes.spelling import normal_spelling
from normalizers.codes.tables import authorities, categories

ROUNDED = re.compile(r"\d(?:\.\d{1,16})?E\+?\d{1,3}")
"""What a spreadsheet shows of a number that does not fit its cell: 9.1131E+17."""

LONGEST = 64
"""Characters beyond which a value is no code at all."""

TAX_DIVISION = slice(0, 6)
CREDIT_SLIP = 2
"""Characters that a credit code may lack or have too many and still be called one."""


NOTHING = frozenset({"NULL", "NONE", "NAN", "NA", "N/A"})
"""What programs write where there is no value."""


def identify(text: str, expected: CodeKind | None = None) -> CodeCheck:
    """Return what a printed value is, with the tests it fails; never raises. ``expected`` is what its label says it is.

    18 characters are a credit code or a resident number; 9 (or 8-1) an organisation code; 15 a registration number, a resident number
    of the old form, or a tax number (division + organisation code); 13 an old registration number; 17 and 20 tax numbers that are a
    resident number or a credit code with two digits added. What can be a resident number is personal, and never echoed. A value that
    is none of them has the kind ``unknown`` and a failure ``kind``, ``empty``, ``dummy``, ``masked`` or ``rounded``.
    ``expected`` decides only where 15 digits can be read in two ways.
    """
    if number_in_words(text):
        return check_registration_number(text)
    normal = normal_spelling(text)
    if is_personal_number(normal):
        return personal_check(normal)
    if resembles_resident_number(normal) and credit_failures(normal):
        return personal_check(normal, finding("resident-check"))
    if len(normal) > LONGEST:
        return _unknown(normal, text)
    return _by_length(normal, text, expected)


def _by_length(normal: str, text: str, expected: CodeKind | None) -> CodeCheck:
    if len(normal) == CREDIT_LENGTH:
        return checked_credit_code(normal, text)
    if len(normal) == ORGANIZATION_LENGTH and not ROUNDED.fullmatch(normal):
        return checked_organization_code(normal, text)
    if len(normal) == REGISTRATION_LENGTH and not ROUNDED.fullmatch(normal):
        return _of_fifteen(normal, text, expected)
    if is_old_number(normal):
        return checked_old_number(normal, text)
    if len(normal) == CREDIT_LENGTH + 2 and not credit_failures(normal[:CREDIT_LENGTH]):
        return _tax_number_with_credit_code(normal, text)
    if _begins_like_credit_code(normal):
        return checked_credit_code(normal, text)
    return _unknown(normal, text)


def _of_fifteen(normal: str, text: str, expected: CodeKind | None) -> CodeCheck:
    """Return which of the codes of 15 characters this is: with letters a tax number, digits a registration number unless labelled."""
    is_tax = division_of(normal[TAX_DIVISION]) is not None and not organization_failures(normal[6:])
    if not has_digits(normal):
        return _tax_number(normal, text) if is_tax or has_digits(normal[TAX_DIVISION]) else _unknown(normal, text)
    if is_tax and expected is CodeKind.TAX_NUMBER:
        return _tax_number(normal, text)
    found = checked_registration_number(normal, text)
    return replace(found, warnings=(*found.warnings, finding("ambiguous"))) if is_tax and expected is None else found


def _tax_number(normal: str, text: str) -> CodeCheck:
    """Return the check of a tax number given before 2015 to a body: division and organisation code."""
    division, inner = division_of(normal[TAX_DIVISION]), checked_organization_code(normal[6:], normal[6:])
    failures = (*((finding("division", division=normal[TAX_DIVISION]),) if division is None else ()), *inner.failures)
    return CodeCheck(
        CodeKind.TAX_NUMBER,
        text,
        normal,
        failures,
        tuple(division_warnings(division)),
        inner.organization_code,
        division,
    )


def _tax_number_with_credit_code(normal: str, text: str) -> CodeCheck:
    code = checked_credit_code(normal[:CREDIT_LENGTH], text)
    return CodeCheck(
        CodeKind.TAX_NUMBER,
        text,
        normal,
        warnings=code.warnings,
        organization_code=code.organization_code,
        division=code.division,
        authority=code.authority,
        category=code.category,
        personal=code.personal,
    )


def _begins_like_credit_code(normal: str) -> bool:
    """Tell whether a value of a wrong length is a credit code that lost or gained characters."""
    near = abs(len(normal) - CREDIT_LENGTH) <= CREDIT_SLIP
    return near and normal[:1] in authorities() and normal[PAIR] in categories() and normal[2:3] in "123456789" and has_digits(normal[2:6])


def _unknown(normal: str, text: str) -> CodeCheck:
    """Return the answer for a value that is no code; one that holds a person's number is not echoed."""
    if holds_personal_number(normal):
        return CodeCheck(CodeKind.UNKNOWN, "*", "*", (finding("personal"),), personal=True)
    if not normal or normal in NOTHING:
        failure = finding("empty")
    elif is_dummy(normal):
        failure = finding("dummy")
    elif MASK in normal:
        failure = finding("masked")
    elif ROUNDED.fullmatch(normal):
        failure = finding("rounded")
    else:
        failure = finding("kind", count=len(normal))
    return CodeCheck(CodeKind.UNKNOWN, text, normal, (failure,))
