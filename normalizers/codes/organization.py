"""The organisation code (组织机构代码), GB 11714-1997."""

from __future__ import annotations

from normalizers.codes.arithmetic import ORGANIZATION_ALPHABET, ORGANIZATION_LENGTH, organization_check_character
from normalizers.codes.personal import is_personal_number, personal_check
from normalizers.codes.records import CodeCheck, CodeKind, Finding, finding
from normalizers.codes.remarks import alphabet_findings, is_dummy, length_findings
from normalizers.codes.spelling import normal_spelling
from normalizers.codes.suggestion import suggest

STANDARD = "GB 11714"


def check_organization_code(text: str) -> CodeCheck:
    """Return which tests of GB 11714-1997 a printed organisation code passes, with or without its hyphen; never raises.

    Failures: ``empty``, ``length``, ``masked``, ``alphabet``, ``dummy``, ``check-character``; ``personal`` for a resident number.
    """
    normal = normal_spelling(text)
    return personal_check(normal) if is_personal_number(normal) else checked_organization_code(normal, text)


def checked_organization_code(normal: str, printed: str) -> CodeCheck:
    """Return the check of a code in its normal spelling that is known to be no resident number."""
    failures = organization_failures(normal)
    return CodeCheck(
        kind=CodeKind.ORGANIZATION_CODE,
        printed=printed,
        normal=normal,
        failures=failures,
        organization_code="" if failures else normal,
        suggestion=suggest(normal, ORGANIZATION_ALPHABET, ORGANIZATION_LENGTH, holds) if failures else "",
    )


def organization_failures(normal: str) -> tuple[Finding, ...]:
    """Return the tests of the standard that a code in its normal spelling fails."""
    if not normal:
        return (finding("empty"),)
    form = (*length_findings(normal, ORGANIZATION_LENGTH), *alphabet_findings(normal, ORGANIZATION_ALPHABET, STANDARD))
    if is_dummy(normal[:-1]) or is_dummy(normal):
        return (finding("dummy"), *form)
    if form:
        return form
    wanted = organization_check_character(normal[:-1])
    return () if wanted == normal[-1] else (finding("check-character", found=normal[-1], wanted=wanted),)


def holds(normal: str) -> bool:
    """Tell whether a code passes every test."""
    return not organization_failures(normal)


def hyphenated(code: str) -> str:
    """Return an organisation code of nine characters as the standard prints it: ``XXXXXXXX-X``."""
    return f"{code[:-1]}-{code[-1:]}" if len(code) == ORGANIZATION_LENGTH else code
