"""The business registration number (工商注册号): 15 digits of GS 15-2006, and the 13 digits or words that came before."""

from __future__ import annotations

import re

from normalizers.codes.arithmetic import REGISTRATION_LENGTH, registration_check_digit
from normalizers.codes.divisions import division_of
from normalizers.codes.personal import is_personal_number, personal_check
from normalizers.codes.records import CodeCheck, CodeKind, Division, DivisionStatus, Finding, finding
from normalizers.codes.remarks import alphabet_findings, division_failures, division_warnings, is_dummy, length_findings
from normalizers.codes.resident import has_digits
from normalizers.codes.spelling import fold, normal_spelling
from normalizers.codes.suggestion import suggest
from normalizers.codes.tables import Words

STANDARD = "GS 15"
DIGITS = "0123456789"
OLD_LENGTH = 13
"""Digits of a number given before July 2007; it has no check digit."""

SEQUENCE = 6
"""Where the eight digits of the sequence begin."""

MARKET_REGULATION = Words("市场监督管理（原工商行政管理）", "market regulation (formerly industry and commerce)")
DOMESTIC = Words("内资企业", "domestic enterprise")
FOREIGN = Words("外商投资企业", "foreign-invested enterprise")
INDIVIDUAL = Words("个体工商户", "individual business")
BY_FIRST_DIGIT = dict(zip(DIGITS, (*[DOMESTIC] * 4, *[FOREIGN] * 2, *[INDIVIDUAL] * 4), strict=True))
"""What the first digit of the sequence says (GS 15-2006)."""

IN_WORDS = re.compile(r"企[独合作股分外]{1,2}\w{0,12}字第?\(?\d{4,8}\)?号?")
"""Numbers of foreign-invested enterprises before 2007: 企合沪总字第012345号."""
LONGEST_WORDS = 64


def check_registration_number(text: str) -> CodeCheck:
    """Return which tests of GS 15-2006 a printed registration number passes; never raises.

    Thirteen digits, and numbers in words (企合沪总字第012345号), are ``old-registration-number``: only their form can be tested, which
    the warning ``unchecked`` says. Failures: ``empty``, ``length``, ``masked``, ``alphabet``, ``division``, ``dummy``,
    ``check-character``; ``personal`` where it can as well be a resident number of 15 digits.
    """
    if words := number_in_words(text):
        return CodeCheck(CodeKind.OLD_REGISTRATION_NUMBER, text, words, warnings=(finding("unchecked"),))
    normal = normal_spelling(text)
    if is_personal_number(normal):
        return personal_check(normal)
    return checked_old_number(normal, text) if len(normal) == OLD_LENGTH else checked_registration_number(normal, text)


def checked_registration_number(normal: str, printed: str) -> CodeCheck:
    """Return the check of a number in its normal spelling that is known to be no resident number."""
    failures = registration_failures(normal)
    division = division_of(normal[:SEQUENCE]) if len(normal) == REGISTRATION_LENGTH else None
    kind = BY_FIRST_DIGIT.get(normal[SEQUENCE : SEQUENCE + 1]) if division else None
    return CodeCheck(
        kind=CodeKind.REGISTRATION_NUMBER,
        printed=printed,
        normal=normal,
        failures=failures,
        warnings=tuple(division_warnings(division)),
        division=division,
        authority=MARKET_REGULATION if division else None,
        category=kind,
        suggestion=suggest(normal, DIGITS, REGISTRATION_LENGTH, holds) if failures and kind is not INDIVIDUAL else "",
        personal=kind is INDIVIDUAL,
    )


def registration_failures(normal: str) -> tuple[Finding, ...]:
    """Return the tests of GS 15-2006 that a number in its normal spelling fails."""
    if not normal:
        return (finding("empty"),)
    form = (*length_findings(normal, REGISTRATION_LENGTH), *alphabet_findings(normal, DIGITS, STANDARD))
    if is_dummy(normal[:-1]) or is_dummy(normal):
        return (finding("dummy"), *form)
    if form:
        return form
    wanted = registration_check_digit(normal[:-1])
    checks = () if wanted == normal[-1] else (finding("check-character", found=normal[-1], wanted=wanted),)
    return (*division_failures(normal[:SEQUENCE]), *checks)


def checked_old_number(normal: str, printed: str) -> CodeCheck:
    """Return the check of a 13-digit number: its characters and its division."""
    failures = (*alphabet_findings(normal, DIGITS, STANDARD), *(division_failures(normal[:SEQUENCE]) if has_digits(normal) else ()))
    division: Division | None = division_of(normal[:SEQUENCE])
    if is_dummy(normal):
        failures = (finding("dummy"), *failures)
    warnings = (finding("unchecked"), *division_warnings(division))
    return CodeCheck(CodeKind.OLD_REGISTRATION_NUMBER, printed, normal, failures, warnings, division=division, authority=MARKET_REGULATION)


def is_old_number(normal: str) -> bool:
    """Return whether 13 digits begin with a division that a table has: the best that can be said of them."""
    division = division_of(normal[:SEQUENCE]) if len(normal) == OLD_LENGTH and has_digits(normal) else None
    return division is not None and division.status is not DivisionStatus.UNKNOWN


def number_in_words(text: str) -> str:
    """Return the number in words that ``text`` is (企合沪总字第012345号), folded; empty where it is none."""
    folded = fold(text[: LONGEST_WORDS * 2])
    return folded if len(text) <= LONGEST_WORDS * 2 and IN_WORDS.fullmatch(folded) else ""


def holds(normal: str) -> bool:
    """Tell whether a number passes every test."""
    return not registration_failures(normal)
