"""What a new version changes: the lasting ids of its tasks, and the rows of the feed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from normalizers.differences import ROLES as DIFFERING
from normalizers.differences import Comparison, TaskChange, TaskChangeKind, TextChange
from normalizers.records import Derived, Task
from storage.records import Differ
from storage.restoring import restored
from storage.schema import tasks
from storage.states import State, place_of

Row = dict[str, Any]

MOST_TEXTS = 1000
"""Changes of wording told of one version; what has more is another text, and its row says ``cut``."""


@dataclass(frozen=True, slots=True)
class Step:
    """From a stored version to the one that takes its place; of a first version ``old`` is None and nothing is compared.

    ``lasting`` are the lasting ids of the new version's tasks, in their order; ``before`` the states of the old one's by position.
    """

    lasting: tuple[str, ...]
    old: Derived | None = None
    comparison: Comparison = field(default_factory=Comparison)
    before: Mapping[int, State] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the rows of a version come from: cause, both clocks, run, place; ``copy`` when another copy of the work was told of it."""

    cause: str
    known_at: datetime
    as_of: date | None
    run: str | None
    capture: int
    old_capture: int = 0
    copy: bool = False


def first_step(document: str, derived: Derived) -> Step:
    """Return the step to the first version of a document."""
    return Step(tuple(f"{document}.k{n}" for n in range(1, len(derived.tasks) + 1)))


def step_from(
    connection: Connection, document: str, number: int, derived: Derived, differ: Differ | None, before: Mapping[int, State]
) -> Step:
    """Return the step from the stored version ``number``; ``before`` are the states of its tasks by ordinal.

    Without a ``differ`` tasks are the same only word for word, the first with the first.
    """
    stored = restored(connection, document, number)
    old, comparison = differ(number, stored, derived) if differ else (stored, _word_for_word(stored, derived))
    given = {position: state["id"] for position, state in ((ordinal - 1, state) for ordinal, state in before.items())}
    kept = {new: given[old] for old, new in comparison.task_pairs if old in given}
    last = _greatest(connection, document)
    lasting: list[str] = []
    for position in range(len(derived.tasks)):
        if position not in kept:
            last += 1
        lasting.append(kept.get(position) or f"{document}.k{last}")
    return Step(tuple(lasting), old, comparison, {ordinal - 1: state for ordinal, state in before.items()})


def _greatest(connection: Connection, document: str) -> int:
    found = connection.execute(select(tasks.c.lasting_id).where(tasks.c.document_id == document).distinct()).scalars()
    return max((int(name.rpartition(".k")[2]) for name in found if ".k" in name), default=0)


def _word_for_word(old: Derived, new: Derived) -> Comparison:
    waiting: dict[str, list[int]] = {}
    for position, task in enumerate(old.tasks):
        waiting.setdefault(task.fingerprint, []).append(position)
    pairs = [(waiting[task.fingerprint].pop(0), n) for n, task in enumerate(new.tasks) if waiting.get(task.fingerprint)]
    kept, stays = {old for old, _ in pairs}, {new for _, new in pairs}
    gone = [TaskChange(TaskChangeKind.REMOVED, task, None) for n, task in enumerate(old.tasks) if n not in kept]
    come = [TaskChange(TaskChangeKind.ADDED, None, task) for n, task in enumerate(new.tasks) if n not in stays]
    return Comparison((), (*gone, *come), task_pairs=tuple(pairs))


# --- rows --------------------------------------------------------------------------------------------------------------


def version_rows(step: Step, derived: Derived, states: tuple[State | None, State], after: Mapping[int, State], origin: Origin) -> list[Row]:
    """Return the rows of the feed for a version.

    ``states`` are those of the document before and after, ``after`` those of the new version's tasks by ordinal.
    """
    place = _place(states[1], origin)
    found = [_document_row(step, states), *_text_rows(step, states[1])]
    found += _task_rows(step, derived, {ordinal - 1: state for ordinal, state in after.items()}, origin)
    return [place | row for row in found]


def _place(document: State, origin: Origin) -> Row:
    known = {"cause": origin.cause, "known_at": origin.known_at, "as_of": origin.as_of, "run": origin.run, "copy": origin.copy}
    return known | place_of(document)


def _document_row(step: Step, states: tuple[State | None, State]) -> Row:
    before, after = states
    fields = [change.name for change in step.comparison.field_changes]
    kind = "added" if before is None else "changed" if fields else "restated"
    return {"entity": "document", "entity_id": after["id"], "kind": kind, "fields": fields, "before": before, "after": after}


def _text_rows(step: Step, document: State) -> Iterator[Row]:
    changes = step.comparison.text_changes
    if changes:
        told = [_text_json(change) for change in changes[:MOST_TEXTS]]
        cut = ["cut"] if len(changes) > MOST_TEXTS else []
        yield {"entity": "text", "entity_id": document["id"], "kind": "changed", "fields": ["text", *cut], "after": told}


def _text_json(change: TextChange) -> Row:
    said = {"op": change.op, "old": change.old, "new": change.new, "where": change.where}
    return said | ({"moved": change.moved} if change.moved else {})


def _task_rows(step: Step, derived: Derived, after: Mapping[int, State], origin: Origin) -> Iterator[Row]:
    if step.old is None:
        for position, state in after.items():
            yield _task_row("added", state["id"], None, state, _evidence(derived.tasks[position], origin.capture))
        return
    old_at, new_at = ({id(task): n for n, task in enumerate(some)} for some in (step.old.tasks, derived.tasks))
    told: set[int] = set()
    for change in step.comparison.task_changes:
        if change.new is not None:
            told.add(new_at[id(change.new)])
        yield _change_row(change, [step.before, after], [old_at, new_at], origin)
    for old, new in step.comparison.task_pairs:
        if new not in told and step.before[old] != after[new]:
            tied = [] if origin.cause == "source" else _tied_otherwise(step.before[old], after[new])
            row = _task_row("changed" if tied else "restated", after[new]["id"], step.before[old], after[new], None)
            yield row | {"fields": tied, "evidence": _evidence(derived.tasks[new], origin.capture)}


def _tied_otherwise(before: State, after: State) -> list[str]:
    """Return the roles in which a mention is tied to another body than before: nothing the source said, but what a body looks for."""
    bodies = [{role: {body["mention"]: body["id"] for body in state[role]} for role in DIFFERING} for state in (before, after)]
    return [role for role in DIFFERING if bodies[0][role] != bodies[1][role]]


def _change_row(change: TaskChange, states: Sequence[Mapping[int, State]], at: Sequence[Mapping[int, int]], origin: Origin) -> Row:
    before: Any = states[0][at[0][id(change.old)]] if change.old else None
    after: Any = states[1][at[1][id(change.new)]] if change.new else None
    if change.kind is TaskChangeKind.SPLIT:
        after = [states[1][at[1][id(part)]] for part in change.parts]
    if change.kind is TaskChangeKind.MERGED:
        before = [states[0][at[0][id(part)]] for part in change.parts]
    names = after["id"] if isinstance(after, dict) else before["id"]
    gone = change.kind is TaskChangeKind.REMOVED
    where = change.parts[0] if change.kind is TaskChangeKind.SPLIT else change.new or change.old
    evidence = _evidence(where, origin.old_capture if gone else origin.capture) if where else None
    return _task_row(str(change.kind), names, before, after, evidence) | {"fields": list(change.fields)}


def _task_row(kind: str, identifier: str, before: Any, after: Any, evidence: Row | None) -> Row:  # noqa: ANN401 -- one state or several
    return {"entity": "task", "entity_id": identifier, "kind": kind, "before": before, "after": after, "evidence": evidence}


def _evidence(task: Task, capture: int) -> Row:
    return {"address": task.address, "start": task.evidence.start, "end": task.evidence.end, "capture": capture}
