"""The records of a stored version, as ``normalizers`` gave them: what a new reading is compared with when the payload is not at hand."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from normalizers.records import (
    Agency,
    AgencyKind,
    Deadline,
    DeadlineKind,
    Derived,
    Document,
    DocumentKind,
    Metadata,
    Reference,
    Relation,
    Span,
    Task,
)
from storage.engine import rows
from storage.schema import ROLES, task_agencies, tasks, version_issuers, version_references, version_regions, versions
from storage.versions import unpack_signature

Row = dict[str, Any]

_SAME = ("document_number", "issued_on", "published_on", "plan_start", "plan_end", "source", "printed_on", "effective_on", "expires_on")


def restored(connection: Connection, document: str, number: int) -> Derived:
    """Return what was derived from a version. Its text is whole, but without blocks: these are not stored."""
    here = (versions.c.document_id == document, versions.c.number == number)
    row = rows(connection.execute(select(versions).where(*here)))[0]
    return Derived(
        document=Document(row["title"], row["format"], (), row["text"], row["raw_text"] or row["text"], row["encoding"]),
        metadata=_metadata(connection, row),
        tasks=restored_tasks(connection, document, number),
        content_hash=row["content_hash"],
        signature=unpack_signature(row["signature"]),
        normalizer_version=row["normalizer_version"],
    )


def restored_tasks(connection: Connection, document: str, number: int) -> tuple[Task, ...]:
    """Return the tasks of a version, in reading order."""
    t, a = tasks.c, task_agencies.c
    here = (t.document_id == document, t.version == number)
    bodies: dict[tuple[str, str], list[Agency]] = defaultdict(list)
    named = select(task_agencies).join(tasks, t.id == a.task_id).where(*here).order_by(a.task_id, a.role, a.position)
    for row in rows(connection.execute(named)):
        bodies[row["task_id"], row["role"]].append(_agency(row))
    found = rows(connection.execute(select(tasks).where(*here).order_by(t.ordinal)))
    return tuple(_task(row, {role: tuple(bodies[row["id"], role]) for role in ROLES}) for row in found)


def _metadata(connection: Connection, row: Row) -> Metadata:
    place = {"document_id": row["document_id"], "version": row["number"]}

    def of(table: Any) -> list[Row]:  # noqa: ANN401 -- a table
        wanted = (table.c.document_id == place["document_id"], table.c.version == place["version"])
        return rows(connection.execute(select(table).where(*wanted).order_by(table.c.position)))

    return Metadata(
        title=row["title"],
        issuers=tuple(_agency(each) for each in of(version_issuers)),
        regions=tuple(each["region"] for each in of(version_regions)),
        references=tuple(
            Reference(each["title"], each["number"], Relation(each["relation"]), Span(each["span_start"], each["span_end"]))
            for each in of(version_references)
        ),
        kind=DocumentKind(row["document_kind"]),
        index_number=row["index_number"],
        region_basis=row["region_basis"],
        **{name: row[name] for name in _SAME},
    )


def _agency(row: Row) -> Agency:
    return Agency(row["mention"], row["name"], row["agency_id"], AgencyKind(row["kind"]), row["rule"], tuple(row["flags"]))


def _task(row: Row, bodies: dict[str, tuple[Agency, ...]]) -> Task:
    parts = ("text", "start", "end", "kind", "basis", "period", "strength", "flags")
    deadline = {name: row[f"deadline_{name}"] for name in parts}
    names = ("number", "section", "text", "open_list", "address", "rule", "confidence", "fingerprint", "agency_address", "deadline_address")
    said: Row = {name: row[name] for name in names} | bodies
    return Task(
        **said,
        deadline=_deadline(deadline) if row["deadline_kind"] else None,
        milestones=tuple(_deadline(_dated(each)) for each in row["milestones"]),
        evidence=Span(row["evidence_start"], row["evidence_end"]),
    )


def _deadline(row: Row) -> Deadline:
    return Deadline(**row | {"kind": DeadlineKind(row["kind"]), "flags": tuple(row["flags"] or ())})


def _dated(row: Row) -> Row:
    return row | {name: date.fromisoformat(row[name]) if row[name] else None for name in ("start", "end")}
