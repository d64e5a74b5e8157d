"""What a search and the one box find."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import WithJsonSchema

from harvester.web.api.shapes.base import Day, PageShape, Shape

Pair = Annotated[
    tuple[int, int], WithJsonSchema({"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 2, "maxItems": 2})
]


class HitCounts(Shape):
    """How many hits there are of each kind."""

    chapter: ClassVar[str] = "hits"
    document: int
    task: int
    notice: int


class AtLeast(Shape):
    """Whether the counts are lower bounds."""

    chapter: ClassVar[str] = "hits"
    document: bool
    task: bool
    notice: bool


class SearchHit(Shape):
    """A hit of a search."""

    chapter: ClassVar[str] = "hit"
    kind: Literal["document", "task", "notice"]
    id: str
    document: str
    version: int | None = None
    place: int | None = None
    lasting_id: str = ""
    title: str
    title_spans: list[Pair]
    site: str
    region: str | None
    url: str
    published_on: Day | None
    count: int
    snippet: str
    spans: list[Pair]


class SearchPage(PageShape):
    """What a search finds."""

    chapter: ClassVar[str] = "hits"
    words: list[str]
    expanded: dict[str, list[str]]
    counts: HitCounts
    at_least: AtLeast
    rows: list[SearchHit]


class Found(Shape):
    """What the one box takes a text for."""

    chapter: ClassVar[str] = "found"
    kind: Literal["document", "task", "agency", "work", "record", "subject"]
    id: str
    address: str
    title: str
    why: Annotated[str, WithJsonSchema({"type": "string"})]
    sure: bool


class FoundPage(PageShape):
    """What the one box finds."""

    chapter: ClassVar[str] = "page"
    rows: list[Found]
