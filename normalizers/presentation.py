"""Records as plain values for JSON, in the stable shapes of the command line (``harvester extract --format json``)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from normalizers.differences import Comparison, RoleChange, TaskChange, TextChange
from normalizers.records import Agency, Deadline, Derived, Reference, Suggestion, Task

Json = dict[str, Any]


def derived_json(derived: Derived, notices: Iterable[Json] = ()) -> Json:
    """Return one derived document: dates in ISO 8601, empty text for what is not known, ``null`` for a missing date.

    ``notices`` are the public credit records that stood in it, as ``normalizers.notices.presentation.notice_json`` gives them.
    """
    metadata, document = derived.metadata, derived.document
    return {
        "source": document.source,
        "title": metadata.title,
        "document_number": metadata.document_number,
        "issuers": agencies_json(metadata.issuers),
        "issued_on": _day(metadata.issued_on),
        "published_on": _day(metadata.published_on),
        "regions": list(metadata.regions),
        "plan_period": {"start": _day(metadata.plan_start), "end": _day(metadata.plan_end)},
        "repairs": [{"kind": repair.kind, "count": repair.count} for repair in document.repairs],
        "warnings": list(document.warnings),
        "tasks": [task_json(task) for task in derived.tasks],
        "notices": list(notices),
        "kind": metadata.kind.value,
        "printed_on": _day(metadata.printed_on),
        "effective_on": _day(metadata.effective_on),
        "expires_on": _day(metadata.expires_on),
        "index_number": metadata.index_number,
        "region_basis": metadata.region_basis,
        "references": [reference_json(reference) for reference in metadata.references],
        "suggestions": [suggestion_json(suggestion) for suggestion in document.suggestions],
    }


def reference_json(reference: Reference) -> Json:
    """Return another document that this one names; ``number`` is empty where none is printed beside it."""
    return {
        "title": reference.title,
        "number": reference.number,
        "relation": reference.relation.value,
        "span": {"start": reference.span.start, "end": reference.span.end},
    }


def suggestion_json(suggestion: Suggestion) -> Json:
    """Return a slip that the text may hold, with its place in the normalised text; it was not applied."""
    return {
        "span": {"start": suggestion.span.start, "end": suggestion.span.end},
        "seen": suggestion.seen,
        "proposed": suggestion.proposed,
        "reason": suggestion.reason,
    }


def task_json(task: Task) -> Json:
    """Return one task; ``evidence`` is half-open, in characters of the normalised text."""
    return {
        "number": task.number,
        "section": task.section,
        "text": task.text,
        "lead": agencies_json(task.lead),
        "partner": agencies_json(task.partner),
        "responsible": agencies_json(task.responsible),
        "implied": agencies_json(task.implied),
        "open_list": task.open_list,
        "deadline": deadline_json(task.deadline) if task.deadline else None,
        "milestones": [deadline_json(milestone) for milestone in task.milestones],
        "evidence": {"start": task.evidence.start, "end": task.evidence.end},
        "rule": task.rule,
        "confidence": task.confidence,
    }


def agencies_json(agencies: Iterable[Agency]) -> list[Json]:
    """Return mentions of bodies; ``name`` and ``id`` are ``null`` where nothing in the gazetteer matched."""
    return [{"mention": one.mention, "name": one.name, "id": one.id, "kind": one.kind.value, "resolved": one.resolved} for one in agencies]


def deadline_json(deadline: Deadline) -> Json:
    """Return a deadline or milestone: inclusive days, its ISO 8601 period, how firmly it binds, and what about it is unclear."""
    return {
        "text": deadline.text,
        "start": _day(deadline.start),
        "end": _day(deadline.end),
        "kind": deadline.kind.value,
        "basis": deadline.basis,
        "period": deadline.period,
        "strength": deadline.strength,
        "flags": list(deadline.flags),
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


# --- comparisons ---------------------------------------------------------------------------------------------------------


def comparison_json(comparison: Comparison) -> Json:
    """Return a comparison as printed by ``diff --format json``."""
    return {
        "identical": comparison.identical,
        "text_changes": [text_change_json(change) for change in comparison.text_changes],
        "task_changes": [task_change_json(change) for change in comparison.task_changes],
        "field_changes": [{"name": change.name, "old": change.old, "new": change.new} for change in comparison.field_changes],
        "notes": list(comparison.notes),
    }


def text_change_json(change: TextChange) -> Json:
    """Return a change of wording; ``moved`` is there only for a passage that is found again elsewhere."""
    told = {"op": change.op, "old": change.old, "new": change.new, "where": change.where}
    return told | ({"moved": change.moved} if change.moved else {})


def task_change_json(change: TaskChange) -> Json:
    """Return a change of a task; ``fields`` holds only what differs, ``parts`` is there only for a split or a merger."""
    told: Json = {
        "kind": str(change.kind),
        "old": task_json(change.old) if change.old else None,
        "new": task_json(change.new) if change.new else None,
        "fields": _fields_json(change),
    }
    return told | ({"parts": [task_json(part) for part in change.parts]} if change.parts else {})


def _fields_json(change: TaskChange) -> Json:
    fields: Json = {role.role: _role_json(role) for role in change.roles}
    if change.old and change.new:
        if "deadline" in change.fields:
            old, new = change.old.deadline, change.new.deadline
            fields["deadline"] = {"old": deadline_json(old) if old else None, "new": deadline_json(new) if new else None}
        for name in ("text", "section"):
            if name in change.fields:
                fields[name] = {"old": getattr(change.old, name), "new": getattr(change.new, name)}
    return fields


def _role_json(change: RoleChange) -> Json:
    told: Json = {"added": agencies_json(change.added), "removed": agencies_json(change.removed)}
    if change.renamed:
        told["renamed"] = [{"old": agencies_json([old])[0], "new": agencies_json([new])[0]} for old, new in change.renamed]
    return told
