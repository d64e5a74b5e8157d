"""Whom a record is about: a body, an individual business (个体工商户) or a person.

A unified code decides first, then what the record says of the subject's kind, then the name. What is left in doubt is a person: the safe
side. A name that carries a valid code of anything but an individual business is never one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from normalizers.codes import CodeKind, identify, normal_spelling
from normalizers.notices.fields import Use, concept_of
from normalizers.notices.records import PrintedField, PrintedRecord, SubjectKind
from normalizers.privacy.names import is_name
from normalizers.privacy.tables import rows

INDIVIDUAL_NAME = "个体工商户"
"""What is left of the name of an individual business."""

BLANKS = frozenset(("", "null", "none", "无", "暂无", "空", "-", "--", "—", "/", "\\n", "nan", "未知", "不详", "*"))
"""What sites print for nothing."""

_INDIVIDUAL = re.compile("个体|个人工商|工商户")
_LEGAL = re.compile("法人|企业|单位|组织|机构|公司|社团")
_PERSON = re.compile("自然人|个人|公民")
_REDUCED = re.compile(r"[\u3400-\u9fff]{0,2}某.{0,2}|某")
_BUSINESS_CODE = "92"
_DAMAGED_BUSINESS_CODE = re.compile("92[0-9A-Z]{15,17}")
_FIRM_CODE = re.compile(r"(?:1[1239]|5[1239]|9[13])[0-9A-Z]{14,17}$")
"""A code, perhaps damaged, of anything but an individual business."""
_INDIVIDUAL_SEQUENCE = "6789"
"""The seventh digit of a registration number of an individual business (GS 15-2006)."""
LONGEST_NAME = 400
"""Characters of a name; of what is longer no last word is looked for, bracket by bracket."""
_BRACKETS = re.compile(r"[（(][^()（）]*[)）]$")
_FOREIGN = re.compile(r"[A-Za-z][A-Za-z .,'\-]{1,60}")
_FOREIGN_BODY = re.compile(
    r"\b(?:ltd|limited|inc|co|corp|company|llc|gmbh|plc|group|bank|holdings?|s\.?a|b\.?v|ag|kg|pte|university)\b", re.IGNORECASE
)
_PLACES = re.compile("[省市区县镇乡村街路]")
SHORTEST_BODY = 7
"""Characters from which on a name without any word of an organisation is none of a person, when it names a place."""


def is_blank(value: str) -> bool:
    """Tell whether a value stands for nothing."""
    return value.strip().lower() in BLANKS


def subject_kind(name: str, code: str = "", category: str = "", fields: Iterable[PrintedField] = ()) -> SubjectKind:
    """Return whom a record is about, from the subject's name and code, its printed kind (行政相对人类别) and the record's other fields.

    ``fields`` tell by their labels: a certificate of a natural person (自然人证件号码), 姓名 with 性别 or 年龄, the court's
    partyTypeName. Never raises.
    """
    plain = normal_spelling(code)
    by_code = _by_code(plain, name)
    if by_code:
        return by_code
    bare = "".join(name.split())
    if bare == INDIVIDUAL_NAME or _INDIVIDUAL.search(category) or "个体工商户" in bare:
        return SubjectKind.INDIVIDUAL_BUSINESS
    word = _word_of(bare)
    if word == "公司" or (_LEGAL.search(category) and not _PERSON.search(category) and not _like_a_person(bare)):
        return SubjectKind.LEGAL
    if _REDUCED.fullmatch(bare) or _PERSON.search(category):
        return SubjectKind.PERSON
    if word == "trade":
        return SubjectKind.LEGAL if _FIRM_CODE.match(plain) else SubjectKind.INDIVIDUAL_BUSINESS
    if word == "legal":
        return SubjectKind.LEGAL
    return _without_word(bare, plain, fields)


def _by_code(plain: str, name: str) -> SubjectKind | None:
    """Return what a code tells: a valid one everything, one of an individual business even when it is damaged."""
    check = identify(plain)
    if not plain or check.kind is CodeKind.RESIDENT_NUMBER:
        return None
    if _DAMAGED_BUSINESS_CODE.fullmatch(plain) or (check.kind is CodeKind.CREDIT_CODE and check.normal.startswith(_BUSINESS_CODE)):
        return SubjectKind.INDIVIDUAL_BUSINESS if check.valid or _word_of(name) != "公司" else SubjectKind.LEGAL
    if check.kind is CodeKind.CREDIT_CODE:
        return SubjectKind.LEGAL if check.valid else None
    if check.kind is CodeKind.REGISTRATION_NUMBER and check.valid:
        return SubjectKind.INDIVIDUAL_BUSINESS if check.normal[6:7] in _INDIVIDUAL_SEQUENCE else SubjectKind.LEGAL
    return SubjectKind.LEGAL if check.kind is CodeKind.ORGANIZATION_CODE and check.valid else None


def _like_a_person(bare: str) -> bool:
    return is_name(bare) and not _word_of(bare)


def _without_word(bare: str, code: str, fields: Iterable[PrintedField]) -> SubjectKind:
    """Decide for a name that holds no word of an organisation; in doubt it is a person's."""
    if _FOREIGN.fullmatch(bare) and _FOREIGN_BODY.search(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", bare)):
        return SubjectKind.LEGAL
    if tells_a_person(fields) or is_name(bare) or not bare:
        return SubjectKind.PERSON
    if len(bare) >= SHORTEST_BODY and _PLACES.search(bare):
        return SubjectKind.LEGAL
    return SubjectKind.LEGAL if code.startswith(("91", "93")) and len(code) >= len("913100001") else SubjectKind.PERSON


def tells_a_person(fields: Iterable[PrintedField]) -> bool:
    """Tell whether a record's other fields say that its subject is a natural person."""
    said = {"".join(each.label.split()).lower() for each in fields if not is_blank(each.value)}
    if any(
        "自然人证件" in label or label.endswith(("xdr_zjhm", "xdr_sfz", "xdrsfz", "(居民身份证号)", "（居民身份证号）")) for label in said
    ):
        return True
    return bool(said & {"性别", "性别名称", "sexy", "gender"} and said & {"年龄", "age"})


@lru_cache
def _words() -> dict[str, str]:
    return {row["word"]: row["kind"] for row in rows("organisation_words")}


def _word_of(name: str) -> str:
    """Return what the last word of a name makes it: ``公司``, ``legal``, ``trade`` or nothing."""
    bare = "".join(name.split())
    if len(bare) > LONGEST_NAME:
        return "公司" if "公司" in bare else ""
    while (shorter := _BRACKETS.sub("", bare)) != bare:
        if _words().get(bare[len(shorter) + 1 : -1]) == "legal":
            return "legal"
        bare = shorter
    if "公司" in bare or bare.endswith("集团"):  # a shop of a company is one of a body
        return "公司"
    longest = max(map(len, _words()))
    found = [bare[-length:] for length in range(min(longest, len(bare) - 1), 0, -1) if bare[-length:] in _words()]
    if not found or (len(bare) <= len(found[0]) + 1 and is_name(bare)):
        return ""
    return _words()[found[0]]


def values_of(fields: Sequence[PrintedField], record: PrintedRecord, *names: str) -> list[str]:
    """Return the values of the fields that stand for these concepts, those without meaning left out, in the order of the concepts."""
    known = [(concept.name, each.value) for each in fields if (concept := concept_of(each.label, record.kind)) and not is_blank(each.value)]
    return [value for name in names for concept, value in known if concept == name]


def kind_of(record: PrintedRecord) -> SubjectKind:
    """Return whom a printed record is about."""
    names = values_of(record.fields, record, "subject_name", "person_name", "name_and_code", "unit_name")
    codes = values_of(
        record.fields, record, "credit_code", "any_code", "name_and_code", "organization_code", "registration_number", "tax_number"
    )
    category = " ".join(values_of(record.fields, record, "subject_type"))
    if not codes:
        codes = [each.value for each in record.fields if _unknown(each, record) and len(each.value) <= LONGEST_CODE]
    kinds = [kind for code in codes if (kind := _by_code(normal_spelling(_code_in(code)), names[0] if names else ""))]
    name = _name_in(names[0]) if names else ""
    if kinds:
        return SubjectKind.INDIVIDUAL_BUSINESS if SubjectKind.INDIVIDUAL_BUSINESS in kinds else kinds[0]
    named_as_person = bool(values_of(record.fields, record, "person_name")) and not _word_of(name)
    if named_as_person and not values_of(record.fields, record, "subject_name"):
        return SubjectKind.PERSON
    return subject_kind(name, codes[0] if codes else "", category, record.fields)


LONGEST_CODE = 40
_CODE_IN = re.compile(r"[0-9A-Za-z][0-9A-Za-z \-]{7,24}[0-9A-Za-z]")


def _code_in(value: str) -> str:
    found = _CODE_IN.search(value)
    return found[0] if found else ""


def _name_in(value: str) -> str:
    """Return the name of a cell that may hold name and code."""
    return (
        _CODE_IN.sub("", value).strip(" \t\n，,、:：（(）)/") or value
        if _CODE_IN.search(value) and re.search(r"[\u3400-\u9fff]", value)
        else value
    )


def _unknown(each: PrintedField, record: PrintedRecord) -> bool:
    concept = concept_of(each.label, record.kind)
    return concept is None or (concept.use is Use.PERSONAL and "证件" in each.label)
