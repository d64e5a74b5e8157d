"""Documents, their versions, and what one document is told with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from harvester.web.api.shapes.base import Counts, Day, Moment, PageShape, Shape, Span, State, Verdict
from harvester.web.api.shapes.tasks import Mention, Task
from normalizers.records import BlockKind, DocumentKind, Relation


class Document(Shape):
    """A document and the version that was asked for."""

    chapter: ClassVar[str] = "document"
    source_view: ClassVar[str] = "documents"
    column_of: ClassVar[Mapping[str, str]] = {"id": "document"}
    id: str
    version: int
    work: str
    copies: int
    site: str
    section: str
    kind: Literal["article", "attachment"]
    parent: str | None
    url: str
    title: str
    document_number: str
    region: str
    issued_on: Day | None
    published_on: Day | None
    listed_on: Day | None
    document_kind: DocumentKind
    plan_start: Day | None
    plan_end: Day | None
    tasks: int
    state: State
    change: Literal["first", "source", "reading"]
    format: str
    first_seen: Moment | None
    last_checked: Moment | None


class DocumentPage(PageShape):
    """A page of documents."""

    chapter: ClassVar[str] = "page"
    rows: list[Document]


class Version(Shape):
    """A version of a document."""

    chapter: ClassVar[str] = "version"
    source_view: ClassVar[str] = "versions"
    document: str
    version: int
    change: Literal["first", "source", "reading"]
    in_force_from: Day
    title: str
    document_number: str
    issued_on: Day | None
    published_on: Day | None
    document_kind: DocumentKind
    printed_on: Day | None
    effective_on: Day | None
    expires_on: Day | None
    plan_start: Day | None
    plan_end: Day | None
    content_hash: str
    tasks: int
    normalizer_version: str
    known_at: Moment
    first_seen: Moment | None
    last_seen: Moment | None
    last_checked: Moment | None
    url: str
    fetched_at: Moment
    sha256: str
    file: str
    file_offset: int
    file_length: int
    changes: Counts


class VersionPage(PageShape):
    """The versions of a document."""

    chapter: ClassVar[str] = "page"
    rows: list[Version]


class Cell(Shape):
    """A cell of a table."""

    chapter: ClassVar[str] = "cell"
    row: int
    column: int
    rowspan: int
    colspan: int
    text: str
    span: Span


class Table(Shape):
    """A table: its cells in reading order."""

    chapter: ClassVar[str] = "table"
    rows: int
    columns: int
    merged: bool
    cells: list[Cell]


class Block(Shape):
    """A block of a document in reading order."""

    chapter: ClassVar[str] = "block"
    kind: BlockKind
    text: str
    span: Span
    address: str
    level: int
    table: Table | None


class Copy(Shape):
    """Another document of the same work."""

    chapter: ClassVar[str] = "copy"
    source_view: ClassVar[str] = "documents"
    column_of: ClassVar[Mapping[str, str]] = {"id": "document"}
    id: str
    site: str
    url: str
    title: str
    published_on: Day | None
    state: State
    reason: str
    score: float | None


class Link(Shape):
    """A document whose text is another, and belongs to this one."""

    chapter: ClassVar[str] = "link"
    relation: Literal["draft", "edition", "division"]
    other_is: str
    document: str
    other: str
    work: str
    title: str
    reason: str
    score: float
    pairs: int


class Named(Shape):
    """A document that this one names."""

    chapter: ClassVar[str] = "reference"
    source_view: ClassVar[str] = "references"
    relation: Relation
    title: str
    number: str
    target: str | None
    span_start: int
    span_end: int


class Naming(Shape):
    """A document that names this one."""

    chapter: ClassVar[str] = "reference"
    source_view: ClassVar[str] = "documents"
    column_of: ClassVar[Mapping[str, str]] = {"id": "document"}
    id: str
    site: str
    title: str
    relation: Relation


class Currency(Shape):
    """How far what is told can be relied on today."""

    chapter: ClassVar[str] = "currency"
    first_seen: Moment | None
    last_seen: Moment | None
    last_checked: Moment | None
    complete_at: Moment | None
    verdict: Verdict | None
    newest: Day | None


class DocumentWhole(Document):
    """A document with all that is known of it; a part that was not asked for is null."""

    chapter: ClassVar[str] = "whole"
    index_number: str
    printed_on: Day | None
    effective_on: Day | None
    expires_on: Day | None
    in_force_from: Day
    known_at: Moment
    normalizer_version: str
    issuers: list[Mention]
    regions: list[str]
    text: str | None
    blocks: list[Block] | None
    blocks_problem: str
    task_rows: list[Task] | None
    versions: list[Version] | None
    copy_rows: list[Copy] | None
    links: list[Link] | None
    names: list[Named] | None
    named_by: list[Naming] | None
    currency: Currency | None
    address: str
