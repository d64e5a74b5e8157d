"""Sites, the ledger of what was had of them, runs; SQL and the dictionary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from harvester.web.api.shapes.base import Moment, PageShape, Shape, Verdict


class Site(Shape):
    """A site, and how fresh it is here."""

    chapter: ClassVar[str] = "site"
    site: str
    name: str
    kind: str
    region: str
    family: str
    sections: int
    documents: int
    records: int
    address: str
    looked_at: Moment | None
    complete_at: Moment | None
    verdict: Verdict | None


class SitePage(PageShape):
    """The sites."""

    chapter: ClassVar[str] = "page"
    rows: list[Site]


class CoverageLine(Shape):
    """A line of the ledger of public records."""

    chapter: ClassVar[str] = "coverage"
    source_view: ClassVar[str] = "coverage"
    run: str
    site: str
    section: str
    slice: str
    stated: int | None
    pages: int | None
    pages_had: int
    listed: int
    had: int
    known: int
    failed: int
    capped: bool
    complete: bool
    gaps: list[str]
    started_at: Moment
    ended_at: Moment | None
    verdict: Verdict | None
    cause: str


class CoveragePage(PageShape):
    """The ledger."""

    chapter: ClassVar[str] = "page"
    rows: list[CoverageLine]


class Run(Shape):
    """A run of the crawler."""

    chapter: ClassVar[str] = "run"
    source_view: ClassVar[str] = "runs"
    column_of: ClassVar[Mapping[str, str]] = {"id": "run"}
    id: str
    site: str
    sections: list[str]
    started_at: Moment
    ended_at: Moment | None
    verdict: Verdict | None
    cause: str
    counters: dict[str, Any]
    captures: int
    failures: int


class RunPage(PageShape):
    """The runs."""

    chapter: ClassVar[str] = "page"
    rows: list[Run]


class SqlAnswer(Shape):
    """The answer to a statement."""

    chapter: ClassVar[str] = "sql"
    columns: list[str]
    rows: list[list[Any]]
    cut: str


class Word(Shape):
    """A word that a column holds, and what it means."""

    chapter: ClassVar[str] = "dictionary"
    word: str
    meaning: str


class Column(Shape):
    """A column of a view."""

    chapter: ClassVar[str] = "dictionary"
    name: str
    type: str
    unit: str
    nullable: bool
    meaning: str
    values: list[Word]
    standard: str
    example: str


class View(Shape):
    """A view of the store."""

    chapter: ClassVar[str] = "dictionary"
    name: str
    meaning: str
    columns: list[Column]


class Dictionary(PageShape):
    """The data dictionary."""

    chapter: ClassVar[str] = "page"
    rows: list[View]
