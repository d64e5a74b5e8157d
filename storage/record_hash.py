"""The hash by which two readings of one text are told apart: of all that was read out of it, as JSON with its names in order.

Stores hold such hashes, so this JSON is letter by letter what ``to_json`` makes of the records; a test holds the two against each other.
Tasks are nearly all of it and are written here name by name, a body once however often a plan names it: ``to_json`` looks at each of some
hundred records of a plan anew, for three times as long.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from datetime import date
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from typing import Any

from normalizers.records import Agency, Deadline, Derived, Task
from storage.types import is_storable_json, to_json

Row = dict[str, Any]


def records_hash(derived: Derived) -> str:
    """Return the SHA-256, in hex, of everything read out of a text but not the text itself: metadata, tasks, and what is told of damage."""
    return hashlib.sha256(json_of_records(derived).encode()).hexdigest()


def json_of_records(derived: Derived) -> str:
    """Return what is hashed."""
    document = derived.document
    records = {
        "metadata": derived.metadata,
        "repairs": document.repairs,
        "suggestions": document.suggestions,
        "tasks": derived.tasks,
        "warnings": document.warnings,
    }
    parts = {name: _listed(map(_task, derived.tasks)) if name == "tasks" else _json(value) for name, value in records.items()}
    said = "{" + ",".join(f'"{name}":{part}' for name, part in parts.items()) + "}"
    # What no database takes is replaced where JSON is made the general way.
    return said if is_storable_json(said) else _json(records)


def _json(value: object) -> str:
    return to_json(value, _plain)


def _plain(value: object) -> str | Row:
    if isinstance(value, date):
        return value.isoformat()
    if not is_dataclass(value):
        raise TypeError(f"{value!r} is no value of a record")
    return {field.name: getattr(value, field.name) for field in fields(value)}


# --- tasks -------------------------------------------------------------------------------------------------------------


def _task(task: Task) -> str:
    return (
        f'{{"address":{quoted(task.address)},"agency_address":{quoted(task.agency_address)},"confidence":{task.confidence!r},'
        f'"deadline":{_deadline(task.deadline)},"deadline_address":{quoted(task.deadline_address)},'
        f'"evidence":{{"end":{task.evidence.end},"start":{task.evidence.start}}},"fingerprint":{quoted(task.fingerprint)},'
        f'"implied":{_bodies(task.implied)},"lead":{_bodies(task.lead)},"milestones":{_listed(map(_deadline, task.milestones))},'
        f'"number":{quoted(task.number)},"open_list":{_TRUTH[task.open_list]},"partner":{_bodies(task.partner)},'
        f'"responsible":{_bodies(task.responsible)},"rule":{quoted(task.rule)},"section":{quoted(task.section)},"text":{quoted(task.text)}}}'
    )


def _deadline(deadline: Deadline | None) -> str:
    if deadline is None:
        return _NOTHING
    return (
        f'{{"basis":{quoted(deadline.basis)},"end":{_day(deadline.end)},"flags":{_listed(map(quoted, deadline.flags))},'
        f'"kind":{quoted(deadline.kind)},"period":{quoted(deadline.period)},"start":{_day(deadline.start)},'
        f'"strength":{quoted(deadline.strength)},"text":{quoted(deadline.text)}}}'
    )


def _bodies(bodies: tuple[Agency, ...]) -> str:
    return _listed(map(_body, bodies))


@lru_cache(maxsize=4096)
def _body(agency: Agency) -> str:
    return _json(agency)


def _day(day: date | None) -> str:
    return _NOTHING if day is None else f'"{day.isoformat()}"'


def _listed(said: Iterable[str]) -> str:
    return f"[{','.join(said)}]"


_NOTHING = "null"
_TRUTH = {True: "true", False: "false"}
