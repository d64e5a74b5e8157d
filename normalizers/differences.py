"""What changed from one document to another, as records: in words, in tasks, in what a document says of itself, unit by unit.

``normalizers.compare`` finds them; ``storage`` keeps those of versions in the feed of changes; ``normalizers.presentation`` writes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from normalizers.records import Agency, Span, Task

ROLES = ("lead", "partner", "responsible")
"""The roles that a comparison tells of."""


class TaskChangeKind(StrEnum):
    """What became of a task.

    ``changed``: bodies or deadline, perhaps more; ``reworded``: its text; ``moved``: only its section; ``split``: one became several;
    ``merged``: several became one.
    """

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    REWORDED = "reworded"
    MOVED = "moved"
    SPLIT = "split"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class TextChange:
    """One change of wording, as printed. ``op`` is ``replace``, ``insert`` or ``delete``.

    ``where`` is the address of the block or cell in the new document, of a deletion in the old one. ``old_span`` and ``new_span`` are
    the places in the texts of the two documents; of an insertion the old span is empty and stands where the words came in, and the
    other way round. ``moved`` is the address of the other end when the passage is the same as one that was inserted or deleted there.
    """

    op: str
    old: str
    new: str
    where: str
    old_span: Span
    new_span: Span
    moved: str = ""


@dataclass(frozen=True, slots=True)
class RoleChange:
    """What changed in one role of a task. ``renamed``: pairs of one body under a name that a reform gave it, old and new."""

    role: str
    added: tuple[Agency, ...] = ()
    removed: tuple[Agency, ...] = ()
    renamed: tuple[tuple[Agency, Agency], ...] = ()


@dataclass(frozen=True, slots=True)
class TaskChange:
    """One change of a task.

    ``fields`` names all that differs: roles, ``deadline``, ``text``, ``section``; ``roles`` says how. Of a split ``old`` is the task
    that was and ``parts`` what it became (``new`` is None); of a merger ``new`` is what is and ``parts`` what was (``old`` is None).
    """

    kind: TaskChangeKind
    old: Task | None
    new: Task | None
    fields: tuple[str, ...] = ()
    roles: tuple[RoleChange, ...] = ()
    parts: tuple[Task, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What a document says of itself and says otherwise now: ``name`` is a field of ``Metadata``; values as they are shown."""

    name: str
    old: str
    new: str


class UnitKind(StrEnum):
    """A piece of a document as its reader sees it."""

    HEADING = "heading"
    CLAUSE = "clause"
    ITEM = "item"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Unit:
    """One piece of a document: a heading, a clause (a paragraph), an item of a list, a row of a table.

    ``path`` is the headings above it, joined by `` / ``; ``number`` its printed number, which is no difference; ``text`` as printed;
    ``cells`` the spans of a row's cells, in order, ``columns`` the numbers of their columns, from 1; ``address`` that of the block, of a
    row ``tab1.r7``. Units of one block have one address.
    """

    kind: UnitKind
    address: str
    path: str
    number: str
    text: str
    span: Span
    cells: tuple[Span, ...] = ()
    columns: tuple[int, ...] = ()


class Fate(StrEnum):
    """What became of a unit; a moved one may have changed, too."""

    SAME = "same"
    CHANGED = "changed"
    MOVED = "moved"
    INSERTED = "inserted"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class UnitPair:
    """A unit of the old document beside the unit of the new one that it became, with the changes of wording inside."""

    fate: Fate
    old: Unit | None
    new: Unit | None
    changes: tuple[TextChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from one document to another, in reading order.

    ``units`` holds every unit of both, the new document's order, deleted ones where they stood. ``task_pairs`` are the positions
    (old, new) of tasks that are one task, changed or not; the parts of a split or merger are not among them. ``notes`` tells, in
    sentences, where a limit kept the comparison from going into detail.
    """

    text_changes: tuple[TextChange, ...] = ()
    task_changes: tuple[TaskChange, ...] = ()
    field_changes: tuple[FieldChange, ...] = ()
    units: tuple[UnitPair, ...] = ()
    task_pairs: tuple[tuple[int, int], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def identical(self) -> bool:
        """Tell whether nothing changed that a reader would call a change of the text or of a task."""
        return not self.text_changes and not self.task_changes

    @property
    def silent(self) -> bool:
        """Tell whether the new document says the same as the old one, of itself too: then it is no version of its own."""
        return self.identical and not self.field_changes
