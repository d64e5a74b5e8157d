"""Public credit records (notices) as every layer speaks of them: what a site printed, and what is read from it.

A :class:`PrintedRecord` is one record as its site prints it; masked, it is what the archive keeps and all that a notice is read
from. A :class:`Notice` is that record in one model, whatever the site. Both are free of personal data once they are masked.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from normalizers.records import Agency


class NoticeKind(StrEnum):
    """What a public credit record is: 双公示 (permit, penalty), an entry of a list, a defaulter, a tax case, or an end to one of them."""

    PERMIT = "permit"
    PENALTY = "penalty"
    LIST_ENTRY = "list-entry"
    DEFAULTER = "defaulter"
    TAX_CASE = "tax-case"
    REPAIR = "repair"
    WITHDRAWAL = "withdrawal"


class Colour(StrEnum):
    """The kind of a list: of the trusted (守信, 红名单), of the untrusted (失信, 黑名单), of those to be watched (重点关注)."""

    RED = "red"
    BLACK = "black"
    WATCH = "watch"


class SubjectKind(StrEnum):
    """Whom a record is about. Only a ``legal`` subject is named, linked by its code, searched and exported."""

    LEGAL = "legal"
    INDIVIDUAL_BUSINESS = "individual-business"
    PERSON = "person"


class Severity(StrEnum):
    """The class of a breach (信用修复管理办法, 2025): slight 轻微, general 一般, serious 严重; unknown where nothing tells."""

    SLIGHT = "slight"
    GENERAL = "general"
    SERIOUS = "serious"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PrintedField:
    """One label and its value as printed. ``label`` may be a column's heading, a label beside a value, or a field code (CF_WSH)."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class PrintedRecord:
    """One record as its site prints it.

    ``key`` is the site's own identifier of the record (``uk``, ``id``, …) or one made of what identifies it; ``section`` that of the
    fact sheet. ``kind``, ``list_name``, ``colour`` and ``authority`` are what the place says of all its records; empty where the
    record itself says it. ``document`` is the key of the document it stood in as a row or a sentence, empty for a record's own page.
    ``masked`` counts what was masked in it, by kind.
    """

    site: str
    section: str
    key: str
    url: str
    kind: NoticeKind
    fields: tuple[PrintedField, ...]
    region: str = ""
    list_name: str = ""
    colour: Colour | None = None
    authority: str = ""
    listed_on: date | None = None
    document: str = ""
    masked: tuple[tuple[str, int], ...] = ()

    def to_json(self) -> bytes:
        """Return the record as canonical JSON in UTF-8: the same record always gives the same bytes."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, default=str).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Return the record that ``to_json`` wrote. Raises ``ValueError`` (``KeyError``, ``TypeError``) for anything else."""
        try:
            found: dict[str, Any] = json.loads(data)
        except RecursionError as error:
            raise ValueError("too deeply nested") from error
        found["kind"] = NoticeKind(found["kind"])
        found["fields"] = tuple(PrintedField(**each) for each in found["fields"])
        found["colour"] = Colour(found["colour"]) if found["colour"] else None
        found["listed_on"] = date.fromisoformat(found["listed_on"]) if found["listed_on"] else None
        found["masked"] = tuple((name, int(count)) for name, count in found["masked"])
        return cls(**found)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a record is about.

    Of a person or an individual business ``name`` is a reduced one (张某, 个体工商户) and there is no code. ``code`` is a unified
    social credit code as printed and in its normal spelling, ``code_problem`` which test of GB 32100 it fails (empty: none).
    ``organization_code`` (GB 11714, nine characters without the hyphen) is printed or taken from the code; ``registration_number``
    is the old 工商注册号.
    """

    kind: SubjectKind
    name: str
    code: str = ""
    code_problem: str = ""
    organization_code: str = ""
    registration_number: str = ""


@dataclass(frozen=True, slots=True)
class Defect:
    """Something about a record that is not as it should be, named and counted, never guessed away.

    ``name`` is from a fixed list (docs/notices.md), ``concept`` the field it is about, ``detail`` a sentence without personal data.
    """

    name: str
    concept: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Blank:
    """A value that was printed and means nothing (暂无, "null", 1900-01-01): null, with the reason."""

    concept: str
    printed: str
    reason: str


@dataclass(frozen=True, slots=True)
class Term:
    """How long a record may be shown. ``ends_on`` is the last day it may be shown, ``None`` for a record without an end.

    ``basis`` is ``stated`` (公示截止期 of the site), ``computed`` or ``none``; ``rule`` names the rule that governs (``terms.toml``),
    ``counted_from`` the day it counts from, ``least_until`` the last day of the shortest term (before it no repair).
    ``undated_days`` is set for an adverse record without any date: so many days after it was first seen it may be shown.
    """

    ends_on: date | None = None
    basis: str = "none"
    rule: str = ""
    counted_from: date | None = None
    least_until: date | None = None
    severity: Severity = Severity.UNKNOWN
    undated_days: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """One public credit record in the one model. Amounts are in 元; empty text, ``None`` and empty tuples: the source does not say.

    ``number`` is the number of the decision (文书号, 案号) in its normal spelling, ``category`` the kind of permit or penalty,
    ``violation`` the type of the breach (违法行为类型), ``facts`` what was done (违法事实, 案由), ``content`` what was decided
    (处罚内容, 许可内容), ``basis`` the law. ``decided_on`` is the day of the decision, entry or recognition, ``shown_until`` the
    printed 公示截止期, ``removed_on`` the printed 移出日期 or 撤销日期, ``status`` the printed state (当前状态).
    A repair or withdrawal names the earlier record by its ``number``, ``list_name`` and ``subject``.
    ``further`` holds what is known and has no place of its own (评价年度, 执行依据文号, 立案时间): the concept as label, the value read.
    """

    kind: NoticeKind
    subject: Subject
    authority: Agency | None
    authority_code: str = ""
    source_body: str = ""
    list_name: str = ""
    colour: Colour | None = None
    title: str = ""
    number: str = ""
    category: str = ""
    violation: str = ""
    facts: str = ""
    basis: str = ""
    content: str = ""
    licence: str = ""
    licence_number: str = ""
    status: str = ""
    remark: str = ""
    decided_on: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    published_on: date | None = None
    shown_until: date | None = None
    removed_on: date | None = None
    fine_yuan: Decimal | None = None
    confiscated_yuan: Decimal | None = None
    amount_yuan: Decimal | None = None
    region: str = ""
    term: Term = field(default_factory=Term)
    further: tuple[PrintedField, ...] = ()
    unknown: tuple[PrintedField, ...] = ()
    blanks: tuple[Blank, ...] = ()
    defects: tuple[Defect, ...] = ()

    @property
    def is_over(self) -> bool:
        """Tell whether the source itself says that the record is withdrawn, removed or repaired."""
        return self.removed_on is not None or any(defect.name == "ended-at-source" for defect in self.defects)
