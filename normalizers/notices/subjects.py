"""Whom a record is about: name, kind and codes. Of a person or an individual business a reduced name is all that is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass

from normalizers.codes import CodeCheck, CodeKind, identify, reconcile
from normalizers.notices.gather import MASKED, Gathered, Given, shown
from normalizers.notices.records import PrintedRecord, Subject, SubjectKind
from normalizers.privacy import reduce_name
from normalizers.privacy.subjects import kind_of

INDIVIDUAL = "个体工商户"

_EXPECTED = {
    "credit_code": CodeKind.CREDIT_CODE,
    "organization_code": CodeKind.ORGANIZATION_CODE,
    "registration_number": CodeKind.REGISTRATION_NUMBER,
    "tax_number": CodeKind.TAX_NUMBER,
}
_CODES = ("credit_code", "any_code", "organization_code", "registration_number", "tax_number")
_EMPTY = frozenset({"empty", "dummy"})
_IN_NAME = re.compile(
    r"[(（\s,，/:：;；]*(?:(?:统一)?社会信用代码|信用代码|组织机构代码|注册号|代码)?[:：为\s]*(?P<code>[0-9A-Z]{18}|\d{15}|[0-9A-Z]{8}-[0-9X])(?![0-9A-Z])[)）\s]*",
    re.IGNORECASE,
)
_WIDE_BRACKETS = str.maketrans("()", "（）")
_ONLY_CODE = re.compile(r"[\s()（）,，/:：;；]*")


@dataclass(slots=True)
class _Codes:
    credit: CodeCheck | None = None
    organization: str = ""
    registration: str = ""
    of_person: bool = False
    of_business: bool = False


def read_subject(found: Gathered, record: PrintedRecord) -> Subject:
    """Return the subject of a record: a code as printed and why it is wrong, the organisation code printed or taken from the code."""
    name = _name(found)
    codes = _codes(found)
    kind = _kind(record, codes)
    if kind is SubjectKind.PERSON:
        return Subject(kind, reduce_name(name or found.text("person_name")))
    if kind is SubjectKind.INDIVIDUAL_BUSINESS:
        return Subject(kind, INDIVIDUAL)
    check = codes.credit
    problem = check.problem if check else ""
    if check is not None and problem:
        found.defect("code-wrong", "credit_code", " ".join(finding.detail for finding in check.failures))
    return Subject(kind, name, check.normal if check else "", problem, codes.organization, codes.registration)


def _name(found: Gathered) -> str:
    """Return the name, brackets of full width; a code in its cell (某公司（统一社会信用代码：9131...）) is taken out and read as one."""
    names: list[str] = []
    for given in found.given("subject_name", "name_and_code"):
        inside = _IN_NAME.search(given.text[:300])
        if inside is not None:
            found.values.setdefault("any_code", []).append(Given(given.label, inside["code"]))
        name = _IN_NAME.sub("", given.text[:300], count=1).strip(" ,，、;；:：") if inside else given.text
        if name and not _ONLY_CODE.fullmatch(name):
            names.append(name)
    if not names and not found.given("person_name"):
        names = [given.text for given in found.given("unit_name")]
    names = [name.translate(_WIDE_BRACKETS) for name in names]
    different = list(dict.fromkeys(names))
    if len(different) > 1:
        found.keep("subject_name", different[1:])
        found.defect("values-disagree", "subject_name", f"{len(different)} different names are printed.")
    return different[0] if different else ""


def _codes(found: Gathered) -> _Codes:
    codes = _Codes()
    for concept in _CODES:
        for given in found.given(concept):
            _place(found, codes, concept, given)
    told = reconcile(codes.credit.normal if codes.credit else "", codes.organization, codes.registration)
    for finding in told.disagreements:
        found.defect("codes-disagree", "credit_code", finding.detail)
    if not codes.organization and codes.credit is not None and codes.credit.valid:
        codes.organization = codes.credit.organization_code
    return codes


def _place(found: Gathered, codes: _Codes, concept: str, given: Given) -> None:
    """Put a printed code where it belongs by what it is; what is none of them is kept as printed, dummies become blanks."""
    check = identify(given.text, _EXPECTED.get(concept))
    names = {finding.name for finding in check.failures}
    if check.kind is CodeKind.RESIDENT_NUMBER or "personal" in names:
        codes.of_person = True
        found.blank(concept, "*", MASKED)
    elif names & _EMPTY:
        found.blank(concept, given.text, "dummy-code")
    elif "masked" in names:
        found.blank(concept, given.text, MASKED)
    elif check.kind is CodeKind.CREDIT_CODE:
        _credit(found, codes, check)
    elif check.kind is CodeKind.ORGANIZATION_CODE and check.valid:
        codes.organization = _one(found, concept, codes.organization, check.normal)
    elif check.kind in (CodeKind.REGISTRATION_NUMBER, CodeKind.OLD_REGISTRATION_NUMBER):
        codes.of_business = codes.of_business or check.personal
        codes.registration = _one(found, concept, codes.registration, check.normal)
        _told(found, check, concept)
    elif check.kind is CodeKind.TAX_NUMBER and check.organization_code:
        codes.of_business = codes.of_business or check.personal
        codes.organization = codes.organization or check.organization_code
        found.keep(concept, [check.shown])
    else:
        found.keep(concept, [shown(check.shown or given.text)])
        if concept != "any_code":
            found.defect("code-unreadable", concept, " ".join(finding.detail for finding in check.failures))


def _told(found: Gathered, check: CodeCheck, concept: str) -> None:
    if not check.valid and not check.personal:
        found.defect("code-wrong", concept, " ".join(finding.detail for finding in check.failures))


def _credit(found: Gathered, codes: _Codes, check: CodeCheck) -> None:
    """Take a unified code: a valid one goes before a wrong one; two different ones disagree."""
    codes.of_business = codes.of_business or check.personal
    if codes.credit is None:
        codes.credit = check
        return
    first, second = (check, codes.credit) if check.valid and not codes.credit.valid else (codes.credit, check)
    codes.credit = first
    if first.normal != second.normal:
        found.defect("codes-disagree", "credit_code", "Two different unified codes are printed.")
        found.keep("credit_code", [second.shown])


def _one(found: Gathered, concept: str, known: str, new: str) -> str:
    if known and known != new:
        found.defect("codes-disagree", concept, "Two different numbers of one kind are printed.")
        found.keep(concept, [new])
    return known or new


def _kind(record: PrintedRecord, codes: _Codes) -> SubjectKind:
    """Return whom the record is about; a code that is a person's or a trader's goes before a name like a firm's."""
    kind = kind_of(record)
    if kind is not SubjectKind.LEGAL or (codes.credit is not None and codes.credit.valid and not codes.of_business):
        return kind
    return SubjectKind.INDIVIDUAL_BUSINESS if codes.of_business else SubjectKind.PERSON if codes.of_person else kind
