"""Two texts compared, and several beside one another."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from harvester.web.api.shapes.base import Day, Shape, Span
from harvester.web.api.shapes.changes import Told
from harvester.web.api.shapes.tasks import Body, Deadline


class ReadTask(Shape):
    """A task as it is read from a text."""

    chapter: ClassVar[str] = "task"
    source_view: ClassVar[str] = "tasks"
    number: str
    section: str
    text: str
    lead: list[Body]
    partner: list[Body]
    responsible: list[Body]
    implied: list[Body]
    open_list: bool
    deadline: Deadline | None
    milestones: list[Deadline]
    evidence: Span
    rule: str
    confidence: float


class Renamed(Shape):
    """A body under its old and its new name."""

    chapter: ClassVar[str] = "side"
    old: Body
    new: Body


class RoleChange(Shape):
    """The bodies of a role that came and went."""

    chapter: ClassVar[str] = "role_change"
    added: list[Body]
    removed: list[Body]
    renamed: list[Renamed] = Field(default_factory=list)


class Deadlines(Shape):
    """A deadline before and after."""

    chapter: ClassVar[str] = "side"
    old: Deadline | None
    new: Deadline | None


class Texts(Shape):
    """A text before and after."""

    chapter: ClassVar[str] = "side"
    old: str
    new: str


class TaskFields(Shape):
    """What differs in a task; what does not is left out."""

    chapter: ClassVar[str] = "task"
    lead: RoleChange | None = None
    partner: RoleChange | None = None
    responsible: RoleChange | None = None
    implied: RoleChange | None = None
    deadline: Deadlines | None = None
    text: Texts | None = None
    section: Texts | None = None


class TaskChange(Shape):
    """What became of a task."""

    chapter: ClassVar[str] = "task_change"
    kind: str
    old: ReadTask | None
    new: ReadTask | None
    fields_: TaskFields = Field(alias="fields")
    parts: list[ReadTask] = Field(default_factory=list)
    told: Told


class TextChange(Shape):
    """A change of wording."""

    chapter: ClassVar[str] = "text_change"
    op: str
    old: str
    new: str
    where: str
    moved: str = ""


class FieldChange(Shape):
    """A change of what a document says of itself."""

    chapter: ClassVar[str] = "field_change"
    name: str
    old: str
    new: str


class Comparison(Shape):
    """What changed between two texts."""

    chapter: ClassVar[str] = "comparison"
    identical: bool
    text_changes: list[TextChange]
    task_changes: list[TaskChange]
    field_changes: list[FieldChange]
    notes: list[str]


class Paper(Shape):
    """One column of an alignment."""

    chapter: ClassVar[str] = "paper"
    source_view: ClassVar[str] = "documents"
    name: str
    title: str
    document_number: str
    issued_on: Day | None
    regions: list[str]
    tasks: int


class Passage(Shape):
    """A task or paragraph of a paper."""

    chapter: ClassVar[str] = "passage"
    source_view: ClassVar[str] = "tasks"
    kind: Literal["task", "paragraph"]
    position: int | None
    number: str
    section: str
    address: str
    text: str
    lead: list[Body]
    partner: list[Body]
    responsible: list[Body]
    deadline: Deadline | None


class Why(Shape):
    """Why two passages are tied."""

    chapter: ClassVar[str] = "why"
    terms: list[str]
    bodies: list[str]
    section: str


class AlignedCell(Shape):
    """What a paper says of the matter of a row."""

    chapter: ClassVar[str] = "aligned_cell"
    passages: list[Passage]
    tied_to: int | None
    score: float | None
    certain: bool
    reason: Why | None


class AlignedRow(Shape):
    """A matter: a cell or null for each paper."""

    chapter: ClassVar[str] = "aligned_row"
    cells: list[AlignedCell | None]


class Alignment(Shape):
    """Papers beside one another."""

    chapter: ClassVar[str] = "alignment"
    against: Literal["tasks", "paragraphs"]
    papers: list[Paper]
    rows: list[AlignedRow]
