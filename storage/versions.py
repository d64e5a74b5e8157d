"""The rows of one version: what ``normalizers`` derived, as the tables keep it."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Table

from normalizers.records import Agency, Deadline, Derived, Reference, Task
from normalizers.text.fold import fold
from storage.identity import task_id, text_key
from storage.record_hash import records_hash
from storage.row_writing import insert_rows
from storage.schema import ROLES, task_agencies, tasks, version_issuers, version_references, version_regions, versions

Row = dict[str, Any]
Rows = dict[Table, list[Row]]

SIGNATURE_BYTES = 4
"""Bytes of one value of a MinHash signature: unsigned, 32 bits, big-endian."""


def pack_signature(signature: Sequence[int]) -> bytes:
    """Return the values of a MinHash signature as bytes."""
    return struct.pack(f">{len(signature)}I", *signature)


def unpack_signature(data: bytes) -> tuple[int, ...]:
    """Return the values of a packed signature."""
    return struct.unpack(f">{len(data) // SIGNATURE_BYTES}I", data)


def rows_of_version(document: str, number: int, derived: Derived, lasting: Sequence[str], more: Mapping[str, Any]) -> Rows:
    """Return the rows of a version with its issuers, regions, references, tasks and their agencies, in the order they are written.

    ``lasting`` are the lasting ids of the tasks, ``more`` comes from outside the payload.
    """
    place = {"document_id": document, "version": number}
    meta = derived.metadata
    said = [task_row(document, number, n, task) | {"lasting_id": lasting[n - 1]} for n, task in enumerate(derived.tasks, start=1)]
    return {
        versions: [version_row(document, number, derived) | dict(more)],
        version_issuers: [place | {"position": n} | mention_row(agency) for n, agency in enumerate(meta.issuers)],
        version_regions: [place | {"position": n, "region": region} for n, region in enumerate(dict.fromkeys(meta.regions))],
        version_references: [place | {"position": n} | reference_row(one) for n, one in enumerate(meta.references)],
        tasks: said,
        task_agencies: [body for row, task in zip(said, derived.tasks, strict=True) for body in agency_rows(row["id"], task)],
    }


def insert_versions(connection: Connection, found: Sequence[Rows]) -> None:
    """Write versions, each as ``rows_of_version`` gives it: one statement a table."""
    for table in found[0] if found else ():
        insert_rows(connection, table, [row for rows in found for row in rows[table]])


def version_row(document: str, number: int, derived: Derived) -> Row:
    """Return the row of a version, as far as the payload tells."""
    text, meta = derived.document, derived.metadata
    return {
        "document_id": document,
        "number": number,
        "content_hash": derived.content_hash,
        "records_hash": records_hash(derived),
        "title": meta.title,
        "title_key": text_key(meta.title),
        "document_number": meta.document_number,
        "number_key": text_key(meta.document_number),
        "issued_on": meta.issued_on,
        "published_on": meta.published_on,
        "plan_start": meta.plan_start,
        "plan_end": meta.plan_end,
        "source": meta.source,
        "format": text.format,
        "encoding": text.encoding,
        "text": text.text,
        "raw_text": text.raw_text if text.raw_text != text.text else None,
        "repairs": [asdict(repair) for repair in text.repairs],
        "warnings": list(text.warnings),
        "signature": pack_signature(derived.signature),
        "folded_length": len(fold(text.text)),
        "task_count": len(derived.tasks),
        "normalizer_version": derived.normalizer_version,
        "document_kind": meta.kind,
        "printed_on": meta.printed_on,
        "effective_on": meta.effective_on,
        "expires_on": meta.expires_on,
        "index_number": meta.index_number,
        "region_basis": meta.region_basis,
        "suggestions": [asdict(one) for one in text.suggestions],
    }


def reference_row(reference: Reference) -> Row:
    """Return the row of another document that a version names, with the keys to find it by."""
    return {
        "title": reference.title,
        "title_key": text_key(reference.title),
        "number": reference.number,
        "number_key": text_key(reference.number),
        "relation": reference.relation,
        "span_start": reference.span.start,
        "span_end": reference.span.end,
    }


def task_row(document: str, version: int, ordinal: int, task: Task) -> Row:
    """Return the row of a task."""
    return {
        "id": task_id(document, version, ordinal),
        "document_id": document,
        "version": version,
        "ordinal": ordinal,
        "number": task.number,
        "section": task.section,
        "text": task.text,
        "open_list": task.open_list,
        **deadline_columns(task.deadline),
        "milestones": tuple(map(deadline_json, task.milestones)),
        "evidence_start": task.evidence.start,
        "evidence_end": task.evidence.end,
        "address": task.address,
        "agency_address": task.agency_address,
        "deadline_address": task.deadline_address,
        "rule": task.rule,
        "confidence": task.confidence,
        "fingerprint": task.fingerprint,
    }


def deadline_columns(deadline: Deadline | None) -> Row:
    """Return the deadline columns of a task; all NULL where it has none."""
    if deadline is None:
        return _NO_DEADLINE
    return {
        "deadline_text": deadline.text,
        "deadline_start": deadline.start,
        "deadline_end": deadline.end,
        "deadline_kind": str(deadline.kind),
        "deadline_basis": deadline.basis,
        "deadline_period": deadline.period,
        "deadline_strength": deadline.strength,
        "deadline_flags": deadline.flags,
    }


_NO_DEADLINE: Row = dict.fromkeys(f"deadline_{name}" for name in ("text", "start", "end", "kind", "basis", "period", "strength"))
_NO_DEADLINE["deadline_flags"] = ()


def deadline_json(deadline: Deadline) -> Row:
    """Return a deadline as JSON: days in ISO 8601."""
    return asdict(deadline) | {
        "start": deadline.start.isoformat() if deadline.start else None,
        "end": deadline.end.isoformat() if deadline.end else None,
        "flags": list(deadline.flags),
    }


def agency_rows(task: str, record: Task) -> list[Row]:
    """Return the rows of every body a task names, in every role."""
    return [
        {"task_id": task, "role": role, "position": n} | mention_row(agency)
        for role in ROLES
        for n, agency in enumerate(getattr(record, role))
    ]


def mention_row(agency: Agency) -> Row:
    """Return the columns of one mention of a body.

    All are plain values, without a list or a member of an enumeration: a plan has some hundred of these rows, which the collector of
    cyclic garbage then need not follow, and the driver need not look up how to adapt them.
    """
    return {
        "mention": agency.mention,
        "mention_key": text_key(agency.mention),
        "name": agency.name,
        "agency_id": agency.id,
        "kind": str(agency.kind),
        "resolved": agency.resolved,
        "rule": agency.rule,
        "flags": agency.flags,
    }
