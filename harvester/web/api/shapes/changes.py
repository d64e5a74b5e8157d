"""The feed of changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from harvester.web.api.shapes.base import Day, Moment, Shape, State, Verdict


class Roles(Shape):
    """The roles of the body asked for on both sides."""

    chapter: ClassVar[str] = "change"
    before: list[str]
    after: list[str]


class Told(Shape):
    """The change in words."""

    chapter: ClassVar[str] = "told"
    zh: str
    en: str


class RecordPiece(Shape):
    """What a public record says, while it may be shown."""

    chapter: ClassVar[str] = "record_piece"
    source_view: ClassVar[str] = "notices"
    subject: str
    code: str
    title: str
    number: str
    decided_on: Day | None
    ends_on: Day | None
    url: str


class Change(Shape):
    """A row of the feed."""

    chapter: ClassVar[str] = "change"
    source_view: ClassVar[str] = "feed"
    column_of: ClassVar[Mapping[str, str]] = {"document_id": "document", "work_id": "work"}
    seq: int
    known_at: Moment
    as_of: Day | None
    entity: Literal["document", "text", "task", "link", "notice"]
    entity_id: str
    kind: str
    cause: Literal["source", "reading", "decision"]
    copied: bool = Field(alias="copy")
    run: str | None
    site: str
    section: str
    region: str
    document_id: str | None
    version: int | None
    work_id: str | None
    fields: list[Any]
    before: Any
    after: Any
    evidence: Any
    list_name: str
    colour: str
    record_kind: str
    reason: str
    title: str
    url: str
    document_state: State | None
    effect: Literal["", "gained", "lost", "moved", "changed"]
    roles: Roles
    other_title: str
    subject: str
    record: RecordPiece | None
    told: Told


class Looked(Shape):
    """When a site was looked at."""

    chapter: ClassVar[str] = "looked"
    site: str
    name: str
    looked_at: Moment | None
    verdict: Verdict | None
    complete_at: Moment | None


class ChangePage(Shape):
    """A page of the feed, and how to go on."""

    chapter: ClassVar[str] = "feed"
    rows: list[Change]
    next: str | None
    seq: int
    more: bool
    looked: list[Looked]
