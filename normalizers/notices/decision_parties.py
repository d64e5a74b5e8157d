"""The parties of a decision: lines that name them (当事人：…), paragraphs about persons, the line that a decision is addressed to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from normalizers.notices.firm_names import LONGEST, is_organization, is_person
from normalizers.notices.list_tables import SUBJECTS, concept_name
from normalizers.notices.records import PrintedField
from normalizers.privacy import reduce_name

_LABELLED = re.compile(
    r"\s*(?P<label>[\u4e00-\u9fff（）()、/ 　\u00a0]{2,24}?)\s*[一二三四五六七八九十\d]{0,2}\s*[：:]\s*(?P<value>[^\n]{2,600})$"
)
_PERSON = re.compile(r"\s*(?:当事人[：:]?\s*)?(?P<name>[\u4e00-\u9fff·]{2,8})[，,、 　]\s*(?:男|女|性别)(?P<rest>[，,、 　：:][^\n]*)?$")
_NAME = re.compile(r"(?P<name>[^，,。；;：:\n]{2,60}?)\s*(?:[（(](?:以下|下称|简称|曾用名|原名)[^（）()]{0,60}[）)])?\s*(?=[，,；;。]|$)")
_ADDRESSEE = re.compile(
    r"\s*(?P<name>[^：:，,。；;\n]{4,60}?)\s*(?:[（(](?:统一社会信用代码|信用代码|注册号)?[：:]?\s*(?P<code>[0-9A-Z*]{15,18})[）)])?\s*[：:]$"
)
_CODE = re.compile(r"(?P<label>(?:统一)?社会信用代码|工商注册号|注册号|组织机构代码)(?:证号?)?[：:为]?\s*(?P<code>[0-9A-Z*\-]{9,18})")
_INLINE = re.compile(
    r"(?:个人|自然人|公民)?[\s：:]*姓名[\s：:]*(?P<name>[\u4e00-\u9fff·]{2,4})(?=\s|性别|[，,；;]|$)"
    r"|(?:法人或(?:者)?其他组织|单位|企业)[\s：:]*名称[\s：:]*(?P<firm>[^\s，,；;]{4,60})"
)
"""A party as forms print it, label upon label without a mark between them (个人 姓名 … 性别 …)."""
_RUNS = re.compile(r"经营者|业主|负责人|投资人|代表人|联系人")
_HEAD = re.compile(
    r"(?P<label>法定代表人|负责人|经营者|住所|地址|注册地址|经营场所)(?:[（(][^（）()]{1,12}[）)])?[：:为]\s*(?P<value>[^，,。；;]{2,60})"
)


MOST_READ = 4_000
"""Characters of a line of the head that are looked at; a party with all its data has two hundred."""


@dataclass(frozen=True, slots=True)
class Party:
    """A party: its name, whether it is a person, and what the head of the decision says of it."""

    name: str
    is_person: bool
    fields: list[PrintedField] = field(default_factory=list)


def is_party_label(label: str) -> bool:
    """Tell whether a label names a party (当事人, 被处罚人, 单位名称)."""
    return concept_name("".join(label.split())) in SUBJECTS


def party_in(line: str, before: Sequence[Party] = ()) -> Party | None:
    """Return the party that a line of the head names, ``None`` for any other line; below an organisation its 经营者 is none."""
    line = line[:MOST_READ].lstrip()  # many blanks would be tried in every way
    if person := _PERSON.match(line):
        name = person["name"]
        return Party(name, True) if is_person(name) and not is_organization(name) else None
    found = _LABELLED.match(line)
    if found is None or not is_party_label(found["label"]):
        return None
    value = found["value"].strip()
    if inline := _INLINE.match(value):
        name = inline["name"] or inline["firm"]
        return Party(name, inline["name"] is not None, [] if inline["name"] else _told(value))
    named = _NAME.match(value)
    name = named["name"].strip() if named else ""
    if named is None or (before and not before[-1].is_person and _RUNS.search(found["label"])):
        return None
    return Party(name, is_person(name) and not is_organization(name), _told(found["value"][named.end() :]))


def addressee(line: str) -> Party | None:
    """Return the party that a decision is addressed to by a line of its own (…有限公司：), ``None`` for any other line."""
    found = _ADDRESSEE.match(line) if len(line) <= LONGEST + 40 else None
    if found is None or concept_name(found["name"]) or not is_organization(found["name"]):
        return None
    code = [PrintedField("统一社会信用代码", found["code"])] if found["code"] else []
    return Party(found["name"], False, code)


def _told(rest: str) -> list[PrintedField]:
    """Return what stands behind a party's name in the same line: its code, address, representative."""
    codes = [PrintedField(each["label"], each["code"]) for each in _CODE.finditer(rest)]
    return codes + [PrintedField(each["label"], each["value"].strip()) for each in _HEAD.finditer(rest)]


def fields_of(party: Party) -> tuple[PrintedField, ...]:
    """Return a party's own fields, its name first."""
    return (PrintedField("当事人", party.name), *party.fields)


def reduced(text: str, people: Sequence[str]) -> str:
    """Return a text with the names of persons reduced (张某), the longest first."""
    for name in sorted({name for name in people if len(name) >= 2}, key=len, reverse=True):
        text = text.replace(name, reduce_name(name))
    return text
