"""Works: documents that are one text, and how works stand to each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from harvester.web.api.shapes.base import Counts, Day, Moment, PageShape, Shape, State
from harvester.web.api.shapes.documents import Link

Reason = Literal["single", "content", "number", "title", "text", "decision"]


class Work(Shape):
    """A work."""

    chapter: ClassVar[str] = "work"
    source_view: ClassVar[str] = "works"
    work: str
    title: str
    reason: Reason
    documents: int
    sites: int
    first_published: Day | None
    last_published: Day | None
    links: Counts


class WorkPage(PageShape):
    """A page of works."""

    chapter: ClassVar[str] = "page"
    rows: list[Work]


class WorkDocument(Shape):
    """A document of a work, and the tie that holds it best."""

    chapter: ClassVar[str] = "tie"
    source_view: ClassVar[str] = "documents"
    document: str
    version: int
    site: str
    kind: Literal["article", "attachment"]
    url: str
    title: str
    document_number: str
    published_on: Day | None
    state: State
    moved_to: str | None
    tied_to: str | None
    reason: Reason
    score: float | None


class Apart(Shape):
    """Two documents that are tied and are kept apart all the same."""

    chapter: ClassVar[str] = "tie"
    document: str
    other: str
    reason: Reason
    score: float


class TieDecision(Shape):
    """A decision of a person on two documents."""

    chapter: ClassVar[str] = "tie_decision"
    source_view: ClassVar[str] = "decisions"
    column_of: ClassVar[Mapping[str, str]] = {"id": "decision"}
    id: int
    document_id: str
    other_id: str
    tie: str
    note: str
    decided_by: str
    decided_at: Moment
    ended_by: str | None
    ended_at: Moment | None


class WorkWhole(Shape):
    """All that is known of a work."""

    chapter: ClassVar[str] = "work_whole"
    source_view: ClassVar[str] = "works"
    work: str
    title: str
    reason: Reason
    documents: list[WorkDocument]
    links: list[Link]
    apart: list[Apart]
    decisions: list[TieDecision]
    address: str
