"""Tasks and the bodies in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from harvester.web.api.shapes.base import Day, Moment, PageShape, Shape, Span, State
from normalizers.records import AgencyKind, DeadlineKind


class Mention(Shape):
    """A body as a document names it."""

    chapter: ClassVar[str] = "mention"
    source_view: ClassVar[str] = "task_agencies"
    id: str | None
    mention: str
    name: str | None
    kind: AgencyKind
    resolved: bool
    rule: str
    flags: list[str]


class Deadline(Shape):
    """A deadline or milestone."""

    chapter: ClassVar[str] = "deadline"
    text: str
    start: Day | None
    end: Day | None
    kind: DeadlineKind
    basis: str
    period: str
    strength: str
    flags: list[str]


class Task(Shape):
    """A task: who does what by when, and where that is written."""

    chapter: ClassVar[str] = "task"
    source_view: ClassVar[str] = "tasks"
    column_of: ClassVar[Mapping[str, str]] = {"id": "task"}
    id: str
    document: str
    version: int
    work: str
    copies: int
    site: str
    region: str | None
    title: str
    document_number: str
    published_on: Day | None
    url: str
    state: State
    ordinal: int
    number: str
    section: str
    text: str
    lead: list[Mention]
    partner: list[Mention]
    responsible: list[Mention]
    implied: list[Mention]
    open_list: bool
    deadline: Deadline | None
    milestones: list[Deadline]
    evidence: Span
    address: str
    agency_address: str
    deadline_address: str
    rule: str
    confidence: float
    fingerprint: str
    lasting_id: str


class TaskPage(PageShape):
    """A page of tasks."""

    chapter: ClassVar[str] = "page"
    rows: list[Task]


class TaskWhole(Task):
    """One task, and whether it stands today."""

    chapter: ClassVar[str] = "task_whole"
    stands: bool
    ended: Literal["", "removed", "withdrawn", "repealed"]
    place: str


class Body(Shape):
    """A body as a text names it."""

    chapter: ClassVar[str] = "mention"
    source_view: ClassVar[str] = "task_agencies"
    id: str | None
    mention: str
    name: str | None
    kind: AgencyKind
    resolved: bool


class TaskSaid(Shape):
    """What one version says of a task."""

    chapter: ClassVar[str] = "task"
    source_view: ClassVar[str] = "tasks"
    column_of: ClassVar[Mapping[str, str]] = {"id": "task"}
    id: str
    version: int
    change: Literal["first", "source", "reading"]
    known_at: Moment
    in_force_from: Day
    number: str
    section: str
    text: str
    open_list: bool
    address: str
    deadline: Deadline | None
    lead: list[Body]
    partner: list[Body]
    responsible: list[Body]
    implied: list[Body]


class TaskCourse(Shape):
    """One task through the versions of its document."""

    chapter: ClassVar[str] = "task_whole"
    lasting: str
    document: str
    title: str
    ended: Literal["", "removed", "withdrawn", "repealed"]
    ended_at: Moment | None
    ended_on: Day | None
    ended_in: int | None
    ended_by: Literal["", "source", "reading"]
    rows: list[TaskSaid]
    place: str
