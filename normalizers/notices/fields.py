"""The field map: which concept a column's heading, a label or a field code stands for (data/concepts.csv, data/fields.csv).

Labels are compared by their letters, digits and characters alone: width, case, blanks, underscores, brackets and colons carry no
meaning, so CF_XDR_SHXYM, cf_xdr_shxym and cfXdrShxym are one.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files

from normalizers.notices.records import NoticeKind
from normalizers.notices.templates import expand
from normalizers.text.fold import fold

MAX_LABEL = 80
"""Characters of a label; what is longer is no label."""

SHORTEST_CUT = 6
"""Characters from which on the beginning of a label, cut at the end of its line, may stand for it."""


ENDING = "~"
"""Begins a label of the data that stands for all labels that end so."""


class Use(StrEnum):
    """What becomes of a field: a field of the notice, one of its ``further`` fields, not kept as personal, or ignored as technical."""

    COLUMN = "column"
    FURTHER = "further"
    PERSONAL = "personal"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Concept:
    """What fields of many labels mean. ``value`` is how a value is read: text, word, name, code, number, authority, date, period, ..."""

    name: str
    use: Use
    value: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Label:
    """A label as read: its concept, its unit (``万元``) by its bracket or its data standard, and where it was seen (a source note)."""

    concept: Concept
    unit: str = ""
    source: str = ""


@cache
def concepts() -> dict[str, Concept]:
    """Return all concepts by name."""
    with (files(__package__) / "data" / "concepts.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return {row["concept"]: Concept(row["concept"], Use(row["use"]), row["value"], row["meaning"]) for row in rows}


def concept_of(label: str, kind: NoticeKind | None = None) -> Concept | None:
    """Return the concept that a label stands for in records of ``kind``, ``None`` for a label that is not known. Never raises."""
    found = read_label(label, kind)
    return found.concept if found else None


def label_key(label: str) -> str:
    """Return what two spellings of one label have in common: letters, digits and characters, lower case, of one width."""
    return fold(label[: 4 * MAX_LABEL])


@lru_cache(maxsize=20_000)
def read_label(label: str, kind: NoticeKind | None = None) -> Label | None:
    """Return what a label says, ``None`` for a label that is not known.

    A bracket may be part of the label (作出决定机关（移出）), a unit (罚款金额（万元）), a note (企业名称（盖章）) or tell which code is
    meant (行政相对人代码_2（组织机构代码）). Numbering before a label, a translation behind it and a label cut at the end of its line
    are seen through. Several labels in one (统一社会信用代码/注册号) are read when what they stand for goes together.
    """
    text = unicodedata.normalize("NFKC", label[: 4 * MAX_LABEL])
    if len(label) > 4 * MAX_LABEL or len(fold(text)) > MAX_LABEL:
        return None
    for spelling in _spellings(text):
        found = _read(spelling, kind)
        if found is not None:
            return found
    return _several(text, kind) or _cut(fold(text), kind) or _ending(_BRACKET.sub("", text))


_BRACKET = re.compile(r"[(\[【〔{<《]([^()\[\]【】〔〕{}<>《》]*)[)\]】〕}>》]?")
_NUMBERING = re.compile(r"^[\s*※★●■◆]*(?:[(第]?[0-9一二三四五六七八九十]{1,3}[)、.:\s列栏]+|[0-9]{1,2}(?=[\u4e00-\u9fff]))")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9 ,.'’&/()_-]*")
_UNIT = re.compile(r"(?:单位|计量单位)?:?(人民币)?(亿元|百万元|万元|千元|元|万|¥|￥|rmb|年|个月|月|天|日)")


def _spellings(text: str) -> Iterator[str]:
    """Yield a label as printed, then without numbering, then without its translation."""
    yield text
    bare = _NUMBERING.sub("", text, count=1)
    if bare != text:
        yield bare
    chinese = _LATIN.sub("", bare)
    if chinese != bare and re.search(r"[\u4e00-\u9fff]{2}", chinese):
        yield chinese


def _read(text: str, kind: NoticeKind | None) -> Label | None:
    """Read one spelling: the whole, else what stands outside its brackets, else what stands in them, if it names a code."""
    inside = [fold(part) for part in _BRACKET.findall(text)]
    unit = next((found[2] for part in inside if (found := _UNIT.fullmatch(part))), "")
    outside = fold(_BRACKET.sub("", text))
    named = [label for part in inside if (label := _listed(part, kind)) and _names_an_identifier(label.concept)]
    for key in dict.fromkeys((fold(text), outside)):
        known = _listed(key, kind)
        if known is not None:
            # 行政相对人代码_2 is the organisation code in one standard and the registration number in the other: the bracket knows.
            return named[0] if known.concept.name == "any_code" and named and key == outside else _with_unit(known, unit)
    return named[0] if named and len(outside) <= len("行政相对人代码10") else None


def _names_an_identifier(concept: Concept) -> bool:
    """Tell whether a concept is a code, or a number of a person, which isn't kept."""
    return concept.value == "code" or concept.use is Use.PERSONAL


def _with_unit(found: Label, unit: str) -> Label:
    return Label(found.concept, unit or found.unit, found.source)


_SEPARATOR = re.compile(r"[/、，,;；\\|\n]|或者?|以?及|和|与")


def _several(text: str, kind: NoticeKind | None) -> Label | None:
    """Read several labels in one: the same concept twice, several kinds of code, a name and its code; personal if any part is."""
    parts = [fold(part) for part in _SEPARATOR.split(_BRACKET.sub("", text)) if fold(part)]
    read = [_listed(part, kind) for part in parts]
    found = [label for label in read if label is not None]
    if len(parts) < 2 or len(found) < len(parts):
        return None
    names = {label.concept.name for label in found}
    if len(names) == 1:
        return found[0]
    if all(label.concept.value == "code" for label in found):
        return Label(concepts()["any_code"])
    if names <= {"subject_name", "credit_code", "any_code", "organization_code", "registration_number", "tax_number"}:
        return Label(concepts()["name_and_code"])
    return Label(concepts()["personal"]) if "personal" in names else None


def _cut(key: str, kind: NoticeKind | None) -> Label | None:
    """Read a label whose end is lost (数据来源单位统一社会信用代): all labels that begin with it must stand for one concept."""
    if len(key) < SHORTEST_CUT or key.isascii():
        return None
    keys = _sorted_keys()
    found: dict[str, Label] = {}
    for at in range(bisect_left(keys, key), len(keys)):
        if not keys[at].startswith(key) or len(found) > 1:
            break
        label = _listed(keys[at], kind)
        if label is not None:
            found[label.concept.name] = label
    return next(iter(found.values())) if len(found) == 1 else None


def _ending(text: str) -> Label | None:
    """Read a label by the end that all of its kind have (...身份证号, ...决定书文号); of several labels in one only a personal one."""
    key = fold(text)
    lengths = range(min(len(key), max(map(len, _endings()))), 1, -1)
    found = next((found for length in lengths if (found := _endings().get(key[-length:]))), None)
    alone = found is not None and (found.concept.use is Use.PERSONAL or not _SEPARATOR.search(text.strip()))
    return found if alone else None


def _listed(key: str, kind: NoticeKind | None) -> Label | None:
    found = _labels().get(key)
    return (found.get(kind) or found.get(None)) if found else None


@cache
def _sorted_keys() -> list[str]:
    return sorted(_labels())


@cache
def _endings() -> dict[str, Label]:
    return {key.removeprefix(ENDING): label for key, _, label in _lines() if key.startswith(ENDING)}


@cache
def _labels() -> dict[str, dict[NoticeKind | None, Label]]:
    """Return the labels by key and kind. Raises ``ValueError`` when one label stands for two concepts: the data must be put right."""
    table: dict[str, dict[NoticeKind | None, Label]] = {}
    for key, kind, label in _lines():
        if key.startswith(ENDING):
            continue
        known = table.setdefault(key, {}).setdefault(kind, label)
        if known.concept != label.concept:
            raise ValueError(f"The label {key} stands for {known.concept.name} and for {label.concept.name}. Take one out of fields.csv.")
    return table


def _lines() -> Iterator[tuple[str, NoticeKind | None, Label]]:
    """Yield each label of the data with its key, the kind it is for (``None``: any) and what it stands for."""
    with (files(__package__) / "data" / "fields.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            kinds: list[NoticeKind | None] = [NoticeKind(kind) for kind in row["kinds"].split("|")] if row["kinds"] else [None]
            label = Label(concepts()[row["concept"]], row["unit"], row["source"])
            for template in row["labels"].split():
                for text in expand(template):
                    key = (ENDING if text.startswith(ENDING) else "") + fold(text)
                    yield from ((key, kind, label) for kind in kinds)
