"""Public credit records: only what may be shown today, natural persons reduced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from harvester.web.api.shapes.base import Amount, Day, Moment, PageShape, Shape, Verdict
from normalizers.notices.records import Severity, SubjectKind

Kind = Literal["permit", "penalty", "list-entry", "defaulter", "tax-case"]
Colour = Literal["", "red", "black", "watch"]


class Authority(Shape):
    """The body that decided."""

    chapter: ClassVar[str] = "authority"
    id: str | None
    mention: str
    name: str | None
    resolved: bool


class Notice(Shape):
    """A public credit record."""

    chapter: ClassVar[str] = "notice"
    source_view: ClassVar[str] = "notices"
    column_of: ClassVar[Mapping[str, str]] = {"id": "notice"}
    id: str
    site: str
    section: str
    kind: Kind
    region: str
    subject_kind: SubjectKind
    code: str
    code_problem: str
    organization_code: str
    registration_number: str
    authority: Authority
    authority_code: str
    source_body: str
    list_name: str
    colour: Colour
    title: str
    number: str
    category: str
    violation: str
    facts: str
    basis: str
    content: str
    licence: str
    licence_number: str
    status: str
    remark: str
    day: Day
    decided_on: Day | None
    valid_from: Day | None
    valid_to: Day | None
    published_on: Day | None
    listed_on: Day | None
    shown_until: Day | None
    removed_on: Day | None
    fine_yuan: Amount | None
    confiscated_yuan: Amount | None
    amount_yuan: Amount | None
    ends_on: Day | None
    term_rule: str
    term_basis: str
    term_from: Day | None
    term_least_until: Day | None
    severity: Severity
    further: list[dict[str, Any]]
    unknown: list[dict[str, Any]]
    blanks: list[dict[str, Any]]
    defects: list[dict[str, Any]]
    url: str
    objection_marked_at: Moment | None
    missing_since: Moment | None
    normalizer_version: str
    first_seen: Moment
    last_seen: Moment
    last_checked: Moment
    subject: str
    document: str | None


class NoticePage(PageShape):
    """A page of public records."""

    chapter: ClassVar[str] = "page"
    rows: list[Notice]


class Archived(Shape):
    """Where something lies in an archive."""

    chapter: ClassVar[str] = "archived"
    file: str
    offset: int
    length: int
    sha256: str


class NoticeWhole(Notice):
    """A public credit record, and where it is archived."""

    chapter: ClassVar[str] = "notice"
    archived: Archived
    address: str


class DatedName(Shape):
    """A name that records of the subject bear."""

    chapter: ClassVar[str] = "dossier"
    name: str
    first: Day
    last: Day
    notices: int


class OtherCode(Shape):
    """Another code under which one of the names stands."""

    chapter: ClassVar[str] = "dossier"
    code: str
    name: str
    first: Day
    last: Day
    notices: int


class Entry(Shape):
    """An entry of a list."""

    chapter: ClassVar[str] = "dossier"
    source_view: ClassVar[str] = "notices"
    id: str
    list_name: str
    colour: Colour
    kind: Kind
    decided_on: Day | None
    published_on: Day | None
    ends_on: Day | None
    site: str
    url: str
    authority: str


class Source(Shape):
    """A section of records of a site: when it was looked at."""

    chapter: ClassVar[str] = "source"
    site: str
    name: str
    region: str
    section: str
    looked_at: Moment | None
    verdict: Verdict | None
    cause: str
    run: str
    capped: bool
    complete_at: Moment | None
    stated: int | None
    listed: int | None
    held: int


class Check(Shape):
    """What the tests of the standards say of a code."""

    chapter: ClassVar[str] = "check"
    valid: bool
    problem: str
    warnings: list[str]
    organization_code: str


class Dossier(Shape):
    """What public sources say of one legal subject today: a search result of public records, no certificate."""

    chapter: ClassVar[str] = "dossier"
    code: str
    names: list[DatedName]
    other_codes: list[OtherCode]
    organization_code: str
    code_problem: str
    notices: dict[str, list[Notice]]
    lists: list[Entry]
    sources: list[Source]
    on: Day
    check: Check
