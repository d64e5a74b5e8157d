"""The unified social credit code (统一社会信用代码), GB 32100-2015 with amendment No. 1."""

from __future__ import annotations

from normalizers.codes.arithmetic import CREDIT_ALPHABET, CREDIT_LENGTH, credit_check_character, organization_check_character
from normalizers.codes.divisions import division_of
from normalizers.codes.personal import is_personal_number, personal_check
from normalizers.codes.records import CodeCheck, CodeKind, Finding, finding
from normalizers.codes.remarks import alphabet_findings, division_failures, division_warnings, is_dummy, length_findings, rounded_findings
from normalizers.codes.spelling import normal_spelling
from normalizers.codes.suggestion import suggest
from normalizers.codes.tables import authorities, categories, personal_pairs

STANDARD = "GB 32100"
PAIR, DIVISION, SUBJECT = slice(0, 2), slice(2, 8), slice(8, 17)
ZEROS = "00000000"
"""The body of an organisation code that stands for none."""


def check_credit_code(text: str) -> CodeCheck:
    """Return which tests of GB 32100-2015 a printed unified social credit code passes; never raises.

    Failures: ``empty``, ``length``, ``masked``, ``alphabet``, ``authority``, ``category-pair``, ``division``, ``dummy``,
    ``check-character``, ``rounded``; ``personal`` for a resident number. Warnings: ``organization-code`` (codes with a wrong inner
    check character were issued), ``division-unknown``, ``division-former``, ``division-ended``.
    """
    normal = normal_spelling(text)
    return personal_check(normal) if is_personal_number(normal) else checked_credit_code(normal, text)


def checked_credit_code(normal: str, printed: str) -> CodeCheck:
    """Return the check of a code in its normal spelling that is known to be no resident number."""
    failures = credit_failures(normal)
    whole = len(normal) == CREDIT_LENGTH
    division = division_of(normal[DIVISION]) if whole else None
    return CodeCheck(
        kind=CodeKind.CREDIT_CODE,
        printed=printed,
        normal=normal,
        failures=failures,
        warnings=(*inner_warnings(normal), *division_warnings(division)),
        organization_code=normal[SUBJECT] if whole and _in_alphabet(normal[SUBJECT]) and not _is_filler(normal) else "",
        division=division,
        authority=authorities().get(normal[:1]),
        category=categories().get(normal[PAIR]),
        suggestion=suggest(normal, CREDIT_ALPHABET, CREDIT_LENGTH, holds) if failures and normal[PAIR] not in personal_pairs() else "",
        personal=normal[PAIR] in personal_pairs(),
    )


def credit_failures(normal: str) -> tuple[Finding, ...]:
    """Return the tests of the standard that a code in its normal spelling fails, the coarsest first."""
    if not normal:
        return (finding("empty"),)
    form = (*length_findings(normal, CREDIT_LENGTH), *alphabet_findings(normal, CREDIT_ALPHABET, STANDARD))
    if len(normal) != CREDIT_LENGTH:
        return (finding("dummy"), *form) if is_dummy(normal[:-1]) else form
    if _is_filler(normal):
        return (finding("dummy"), *form)
    return (*form, *_part_failures(normal), *_check_failures(normal))


def _is_filler(normal: str) -> bool:
    return is_dummy(normal[:-1]) or is_dummy(normal) or normal[8:16] == ZEROS


def _part_failures(normal: str) -> tuple[Finding, ...]:
    """Return whether the authority, the category and the division are ones that the standard knows; illegal characters are told once."""
    found: tuple[Finding, ...] = ()
    if normal[0] in CREDIT_ALPHABET and normal[0] not in authorities():
        found = (finding("authority", character=normal[0]),)
    elif _in_alphabet(normal[PAIR]) and normal[PAIR] not in categories():
        found = (finding("category-pair", pair=normal[PAIR]),)
    return (*found, *(division_failures(normal[DIVISION]) if _in_alphabet(normal[DIVISION]) else ()))


def _check_failures(normal: str) -> tuple[Finding, ...]:
    if not _in_alphabet(normal):
        return ()
    wanted = credit_check_character(normal[:-1])
    return () if wanted == normal[-1] else (finding("check-character", found=normal[-1], wanted=wanted), *rounded_findings(normal))


def inner_warnings(normal: str) -> tuple[Finding, ...]:
    """Return whether the organisation code inside (GB 11714) fails its own check."""
    inner = normal[SUBJECT]
    if len(normal) != CREDIT_LENGTH or not _in_alphabet(inner) or _is_filler(normal):
        return ()
    wanted = organization_check_character(inner[:-1])
    return () if wanted == inner[-1] else (finding("organization-code", found=inner[-1], wanted=wanted),)


def holds(normal: str) -> bool:
    """Tell whether a code passes every test, the inner one too: what a suggestion must do."""
    right = _in_alphabet(normal) and credit_check_character(normal[:-1]) == normal[-1]
    return right and not credit_failures(normal) and not inner_warnings(normal)


def _in_alphabet(text: str) -> bool:
    return all(char in CREDIT_ALPHABET for char in text)
