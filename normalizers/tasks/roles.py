"""What a label makes of the text beside it, in column headings, brackets and lines; the labels are in ``data/role_labels.csv``."""

from __future__ import annotations

import csv
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files


class Role(StrEnum):
    """What a column or a labelled piece of text holds."""

    LEAD = "lead"
    PARTNER = "partner"
    RESPONSIBLE = "responsible"
    JOINT = "joint"  # 牵头及配合单位 in one column: the cell itself must say who leads
    DEADLINE = "deadline"
    PERSON = "person"
    TASK = "task"
    CONTENT = "content"  # 主要内容: of a task, but as often of a project or a rule to be written
    SECTION = "section"
    NUMBER = "number"
    REMARK = "remark"
    PROJECT = "project"
    UNDERTAKING = "undertaking"  # 实事项目: a task where both a body and a deadline stand beside it, else the name of a project
    SCORE = "score"
    GRADE = "grade"
    CONTACT = "contact"
    FOREIGN = "foreign"  # 采纳情况, 法定办结时限: stands in lists of other things, never beside a task


AGENCY_ROLES = frozenset({Role.LEAD, Role.PARTNER, Role.RESPONSIBLE, Role.JOINT})
_SUFFIX_ROLES = AGENCY_ROLES | {
    Role.DEADLINE,
    Role.TASK,
    Role.CONTENT,
    Role.SECTION,
    Role.SCORE,
    Role.GRADE,
    Role.PERSON,
    Role.REMARK,
    Role.PROJECT,
    Role.UNDERTAKING,
}
_MAX_HEADING = 24  # a column heading longer than this is a sentence
_MOST_KEPT = 4096  # labels and headings whose reading is kept: they come out of documents, of which a worker reads without end
_NOTE = re.compile(r"[（(\[［【][^（()）\]］】]*[)）\]］】]")
_TAIL = re.compile(r"(?:名称|情况)$")
_ALL_BODIES = re.compile(r"各(?![省市区县州])|所有|全体|全部|有关|相关|其他|其它")  # a list of bodies in a cell begins so
_JOIN = re.compile(r"[、/／及和或]|(?<!参)与")


@dataclass(frozen=True, slots=True)
class Label:
    """One line of the label table; ``where``: ``any``, ``bracket`` (columns too, but never a line of its own) or ``column``."""

    text: str
    role: Role
    where: str


@cache
def labels() -> dict[str, Label]:
    """Return every known label by its text."""
    text = files("normalizers.tasks").joinpath("data/role_labels.csv").read_text(encoding="utf-8")
    rows = [Label(row["label"], Role(row["role"]), row["where"]) for row in csv.DictReader(text.splitlines())]
    out: dict[str, Label] = {}
    for row in rows:
        known = out.get(row.text)
        out[row.text] = row if known is None or known.where == "column" else known
    return out


@cache
def _parts() -> dict[str, dict[str, list[str]]]:
    text = files("normalizers.tasks").joinpath("data/label_parts.toml").read_text(encoding="utf-8")
    parts: dict[str, dict[str, list[str]]] = tomllib.loads(text)
    return parts


@cache
def _composed(*, lines: bool) -> str:
    """Return the pattern of the labels that are put together from parts; ``lines``: of those that may open a line of their own."""
    parts = _parts()
    kinds = [parts["qualifiers"]] if lines else [parts["qualifiers"], parts["bracket_qualifiers"]]
    qualifiers = _spaced(word for kind in kinds for words in kind.values() for word in words)
    persons = rf"(?:{_spaced(parts['persons']['qualifiers'])}){{1,4}}(?:{_spaced(parts['persons']['nouns'])})"
    return rf"(?:{qualifiers}){{1,3}}(?:{_spaced(parts['names']['nouns'])})|{persons}"


def _spaced(words: Iterable[str]) -> str:
    """Return the pattern of any of some words, with blanks allowed between their characters.

    Those that begin alike stand together, the longest first: most are passed over by their first character.
    """
    rests: dict[str, list[str]] = {}
    for word in sorted(words, key=len, reverse=True):
        rests.setdefault(word[0], []).append("".join(rf"\s{{0,4}}{re.escape(character)}" for character in word[1:]))
    return "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in rests.items())


def _composed_role(name: str) -> Role | None:
    """Return the role of a label by its parts: the one that leads goes before the one that helps."""
    if not re.fullmatch(_composed(lines=False), name):
        return None
    parts = _parts()
    if name.endswith(tuple(parts["persons"]["nouns"])):
        return Role.PERSON
    for role in (Role.LEAD, Role.PARTNER):
        words = parts["qualifiers"][role] + parts["bracket_qualifiers"][role]
        if any(word in name for word in words):
            return role
    return Role.RESPONSIBLE


_SQUEEZED = re.compile(r"[\u4e00-\u9fff0-9A-Za-z、。]*+")
"""What holds no blank and is in NFKC for certain, as most labels, numbers and names are."""


def squeeze(text: str) -> str:
    """Return ``text`` without blanks and line breaks, in NFKC: how labels are compared."""
    if _SQUEEZED.fullmatch(text):
        return text
    return "".join(unicodedata.normalize("NFKC", text).split())


@lru_cache(maxsize=_MOST_KEPT)
def column_role(heading: str) -> Role | None:
    """Return what the column under ``heading`` holds, ``None`` for a heading that the label table does not know.

    Blanks, bracketed notes and a foregoing specification (省级责任单位) do not matter; two agency roles in one heading are ``JOINT``.
    """
    name = _NOTE.sub("", squeeze(heading)).strip("：:*★·.")
    if not name or len(name) > _MAX_HEADING:
        return None
    known = labels()
    if name in known:
        return known[name].role
    return _joint(name) or _composed_role(_SPECIFICATION.sub("", name)) or _by_suffix(name) or _by_suffix(_TAIL.sub("", name))


@lru_cache(maxsize=_MOST_KEPT)
def is_whole_label(heading: str) -> bool:
    """Tell whether all of ``heading`` is a label, bracketed notes and a foregoing specification aside.

    信用主管部门 only ends in one, and 各责任单位 speaks of bodies: both stand in the rows below a heading as often as in it.
    """
    name = _NOTE.sub("", squeeze(heading)).strip("：:*★·.")
    if not name or len(name) > _MAX_HEADING or _ALL_BODIES.match(name):
        return False
    plain = _SPECIFICATION.sub("", name)
    parts = [part for part in _JOIN.split(name) if part]
    joint = len(parts) > 1 and _joint(name) is not None and any(part in labels() for part in parts)
    return name in labels() or plain in labels() or _composed_role(plain) is not None or joint


def _joint(name: str) -> Role | None:
    parts = [part for part in _JOIN.split(name) if part]
    if len(parts) < 2:
        return None
    tail = re.search(r"(?:单位|部门|处室)$", name)
    roles = {_by_suffix(part) or (_by_suffix(part + tail.group()) if tail else None) for part in parts}
    agency = roles & AGENCY_ROLES
    if len(agency) > 1:
        return Role.JOINT
    if agency:
        return next(iter(agency))
    known = [column_role(part) for part in parts]
    # Of 目标与任务 the second says what stands below, whatever else is remarked there.
    return next((role for role in known if role not in (None, Role.REMARK)), known[0])


def _by_suffix(name: str) -> Role | None:
    known = labels()
    for start in range(max(0, len(name) - 12), len(name) - 1):
        label = known.get(name[start:])
        # A verb such as 协同 heads a column alone, but ends many other words: 安全与协同 is no heading of partners.
        if label is not None and label.role in _SUFFIX_ROLES and label.where != "bracket":
            return label.role
    return None


_OFFICES = ("处室", "科室", "股室", "处（科）室")


@lru_cache(maxsize=_MOST_KEPT)
def names_offices(label: str) -> bool:
    """Tell whether a label is one of offices inside a body (责任处室) and not of bodies."""
    return _NOTE.sub("", squeeze(label)).endswith(_OFFICES)


_SPECIFIED = r"(?:(?:各?[省市区县州][级直]?|本级|国家|地方|主要|共同|具体|建议|拟|相关){0,2})"
_SPECIFICATION = re.compile(rf"^{_SPECIFIED}")
_SPECIFYING = "各省市区县州本国地主共具建拟相"
"""What a specification may begin with."""


@cache
def _label_pattern(where: tuple[str, ...], roles: tuple[Role, ...]) -> str:
    names = _spaced(row.text for row in labels().values() if row.where in where and row.role in roles)
    return f"{_SPECIFIED}(?=[{_first_characters()}])(?:{names}|{_composed(lines='bracket' not in where)})"


_INLINE = (Role.LEAD, Role.PARTNER, Role.RESPONSIBLE, Role.DEADLINE, Role.PERSON, Role.REMARK, Role.CONTACT)


@cache
def _first_characters() -> str:
    """Return every character that a label's own words may begin with: a look at it spares hundreds of them at most places of a text."""
    parts = _parts()
    words = [
        *(row.text for row in labels().values() if row.role in _INLINE),
        *(word for kind in ("qualifiers", "bracket_qualifiers") for words in parts[kind].values() for word in words),
    ]
    return re.escape("".join(sorted({word[0] for word in [*words, *parts["persons"]["qualifiers"]]})))


@cache
def inline_label(*, lines: bool) -> re.Pattern[str]:
    """Return the pattern of a label with its colon or its own brackets; ``lines``: only labels that may open a line of their own.

    Group ``label`` is the bare label. 主办单位 and the like open no line: they stand in page footers and invitations.
    """
    names = _label_pattern(("any",) if lines else ("any", "bracket"), _INLINE)
    note = r"(?:\s*[（(][^（()）]{1,30}[)）])?"
    pair = rf"(?:{names})(?:\s*(?:及|和|与|、|/|／)\s*(?:{names}))?"
    first = f"[{_first_characters()}{_SPECIFYING}【\\[〔［]"
    return re.compile(
        rf"(?={first})(?:[【\[〔［](?P<boxed>{pair})[】\]〕］]\s*[:：]?|(?P<plain>{pair}){note}\s*(?:[:：]|(?<=[位门头体])为[:：]?))\s*"
    )


_LABEL_ENDS = re.compile(r"[:：为】\]〕］]")


def labels_in(text: str, *, lines: bool) -> Iterator[re.Match[str]]:
    """Return the places where :func:`inline_label` matches in a text; one without colon, 为 and boxes holds none."""
    return inline_label(lines=lines).finditer(text) if _LABEL_ENDS.search(text) else iter(())


@lru_cache(maxsize=_MOST_KEPT)
def label_role(label: str) -> Role | None:
    """Return the role of a label that :func:`inline_label` found."""
    return column_role(squeeze(label))
