"""Mask a printed record, field by field, with its labels as context; a person's record is reduced to what is no personal data."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from normalizers.codes import CodeKind, identify, normal_spelling
from normalizers.notices.fields import Use, concept_of
from normalizers.notices.records import PrintedField, PrintedRecord, SubjectKind
from normalizers.privacy.addresses import clean_url
from normalizers.privacy.checks import is_nearly_resident, is_surely_credit_code
from normalizers.privacy.introductions import introduced
from normalizers.privacy.masking import mask
from normalizers.privacy.names import is_name, reduce_name, split_names
from normalizers.privacy.subjects import INDIVIDUAL_NAME, is_blank, kind_of, values_of
from normalizers.privacy.tables import rows, token

WITHHELD = {SubjectKind.PERSON: "〔自然人信息不收录〕", SubjectKind.INDIVIDUAL_BUSINESS: "〔个体工商户信息不收录〕"}
"""What stands in place of everything of a person's record that is not kept."""

LONGEST_KEPT = 60
"""Characters of the longest value that is kept of a person's record: an authority, a category, a date."""

SHORTEST_TRACE = 4
"""Characters from which on a withheld value is looked for in the address and the key of its record."""

_CONTEXT = {
    "registration_number": "注册号：",
    "credit_code": "统一社会信用代码：",
    "authority_code": "统一社会信用代码：",
    "organization_code": "组织机构代码：",
    "any_code": "机构代码：",
    "tax_number": "纳税人识别号：",
    "number": "文号：",
    "licence_number": "编号：",
    "other_number": "编号：",
    "court_document": "文号：",
    "licence_body": "编号：",
}
"""What a value is read behind where the record's own label may not say it."""

_ENDS = ("修复", "撤销")
"""What is left of the reason why a person's record was ended."""

_DATE = re.compile(
    r"[0-9０-９年月日号时分秒\-/.:： 至到~—T+Z]{4,40}|长期|永久|无(?:处罚|固定)?期限|[一二三四五六七八九十\d]{1,3}(?:年|个月|天)|至今"
)
_MARK = re.compile(r"〔[^〔〕]*(?:已隐去|不收录)[^〔〕]*〕")


def mask_record(record: PrintedRecord) -> PrintedRecord:
    """Return the record without personal data, ``masked`` with the counts by kind.

    Of a person or an individual business only the kind, list, authority, dates, category, region and a reduced name are left. Masking a
    masked record changes nothing. Never raises.
    """
    kind = kind_of(record)
    counts: Counter[str] = Counter()
    fields = _legal(record, counts) if kind is SubjectKind.LEGAL else _withheld(record, kind, counts)
    traces = _traces(record.fields, fields)
    url = clean_url(record.url, traces)
    key = _without(mask(record.key).text, traces)
    list_name, authority = mask(record.list_name).text, mask(record.authority).text
    total = Counter(dict(record.masked)) + counts
    return replace(
        record, fields=tuple(fields), url=url, key=key, list_name=list_name, authority=authority, masked=tuple(sorted(total.items()))
    )


# --- a person, an individual business -----------------------------------------------------------------------------------------


@lru_cache
def _kept() -> dict[str, str]:
    return {row["concept"]: row["form"] for row in rows("kept_of_persons")}


def _withheld(record: PrintedRecord, kind: SubjectKind, counts: Counter[str]) -> list[PrintedField]:
    fields = []
    for each in record.fields:
        value = _left(each, record, kind)
        if value != each.value:
            counts["person"] += 1
        fields.append(PrintedField(each.label, value))
    return fields


def _left(each: PrintedField, record: PrintedRecord, kind: SubjectKind) -> str:
    """Return what is left of a field of a person's record."""
    concept = concept_of(each.label, record.kind)
    name = concept.name if concept else ""
    if is_blank(each.value):
        return each.value
    if name in ("subject_name", "person_name"):
        return INDIVIDUAL_NAME if kind is SubjectKind.INDIVIDUAL_BUSINESS else reduce_name(each.value)
    if name == "removal_reason":
        # That the source ended the record has to be known; why it did may tell of the person.
        return next(word for word in _ENDS if word in each.value or word == _ENDS[-1])
    form = _kept().get(name)
    short = len(each.value) <= LONGEST_KEPT and not mask(f"{each.label}：{each.value}").changed
    if short and (form == "word" or (form == "date" and _DATE.fullmatch(each.value.strip()))):
        return each.value
    return WITHHELD[kind]


# --- a body -------------------------------------------------------------------------------------------------------------------


def _legal(record: PrintedRecord, counts: Counter[str]) -> list[PrintedField]:
    own = values_of(record.fields, record, "subject_name")
    names = sorted(_persons(record), key=len, reverse=True)
    everywhere = re.compile("|".join(map(re.escape, [*own, *names]))) if names else None
    fields = []
    for each in record.fields:
        concept = concept_of(each.label, record.kind)
        what = personal(each.label) if concept is None or concept.use is Use.PERSONAL else ""
        if is_blank(each.value) or _MARK.fullmatch(each.value):
            value = each.value
        elif what and what != "place" and not (what == "identity" and _is_code_of_a_body(each.value)):
            value = _dropped(each.value, what, counts)
        else:
            value = _masked(each, concept.name if concept else "", counts)
            if everywhere and not (concept and concept.name == "subject_name"):
                value = _reduced(value, everywhere, own, counts)
        fields.append(PrintedField(each.label, value))
    return fields


def _is_code_of_a_body(value: str) -> bool:
    """Tell whether a certificate's number (证件号码) is a code of a body: mixed lists print both under one label."""
    check = identify(value)
    sure = check.kind is not CodeKind.CREDIT_CODE or is_surely_credit_code(check.normal)
    return check.valid and not check.personal and sure


def _may_be_code(each: PrintedField) -> bool:
    """Tell whether what stands under one label for bodies and persons may be read as a code, however wrong: none with a birth date."""
    asked = "代码" in each.label or _is_code_of_a_body(each.value)
    return asked and not is_nearly_resident(normal_spelling(each.value))


@lru_cache(maxsize=4096)
def personal(label: str) -> str:
    """Return what personal data a label announces: ``name``, ``place`` (the address of a firm, of a person its home) or a kind of mask."""
    plain = re.sub(r"[\s_\-:：*]", "", label).lower()
    outside = re.sub(r"[（(][^()（）]*[)）]", "", plain)
    for row in rows("personal_labels"):
        word, match = row["label"], row["match"]
        if (match == "contains" and word in plain) or (match == "ends" and outside.endswith(word)) or (match == "is" and outside == word):
            return row["what"]
    return ""


def _dropped(value: str, what: str, counts: Counter[str]) -> str:
    """Return what takes the place of a personal value: a reduced name, or the words that something was there."""
    if what == "name":
        reduced = reduce_name(value)
        counts["name"] += reduced != value
        return reduced
    masked = mask(value)
    if what == "identity" and masked.found == (("resident", 1),) and _MARK.fullmatch(masked.text):
        counts["resident"] += 1
        return masked.text  # with the province
    counts[what] += 1
    return token(what)


def _masked(each: PrintedField, concept: str, counts: Counter[str]) -> str:
    """Return a value masked as it reads behind its label."""
    known = concept != "any_code" or _may_be_code(each)
    before = (_CONTEXT.get(concept) if known else "") or f"{each.label}："
    masked = mask(before + each.value)
    if not masked.text.startswith(before):
        masked = mask(each.value)
        before = ""
    counts.update(dict(masked.found))
    return masked.text[len(before) :]


def _persons(record: PrintedRecord) -> set[str]:
    """Return the names of natural persons that a record tells: in fields of their own, or introduced in its sentences."""
    names: set[str] = set()
    for each in record.fields:
        if personal(each.label) == "name":
            names.update(name for name in split_names(each.value) if is_name(name) or "·" in name)
        else:
            names.update(each.value[start:end] for start, end in introduced(each.value))
    return names


def _reduced(value: str, names: re.Pattern[str], own: Sequence[str], counts: Counter[str]) -> str:
    """Return the value with every name of a person reduced; the subject's own name stays, even where it holds one."""

    def shorter(found: re.Match[str]) -> str:
        if found[0] in own:
            return found[0]
        counts["name"] += 1
        return reduce_name(found[0])

    return names.sub(shorter, value)


def _traces(before: Iterable[PrintedField], after: Iterable[PrintedField]) -> list[str]:
    """Return the values that were taken out: they may not stand in the address or the key either."""
    gone = {old.value.strip() for old, new in zip(before, after, strict=True) if old.value != new.value}
    return sorted((value for value in gone if len(value) >= SHORTEST_TRACE or is_name(value)), key=len, reverse=True)


def _without(text: str, traces: Sequence[str]) -> str:
    for trace in traces:
        text = text.replace(trace, "*")
    return text
