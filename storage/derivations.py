"""Derive the archive again: how far a derivation came, and what it writes, so that a killed one goes on where it was."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from normalizers.records import Derived
from storage import ingest, lines
from storage.engine import rows
from storage.records import Derivation, Differ, Effect, Incoming, Publication, StoredSource
from storage.registers import STAGES
from storage.run_names import new_name
from storage.schema import derivations, task_agencies, tasks, unread, version_issuers
from storage.store import Store
from storage.turns import Turn
from storage.versions import agency_rows, task_row

Row = dict[str, Any]

_SCOPE = ("site", "since", "parent", "range_after", "range_upto")
"""Columns of what a derivation is limited to."""
_PLACED = frozenset(
    {"id", "lasting_id", "document_id", "version", "ordinal", "evidence_start", "evidence_end", "agency_address", "deadline_address"}
)
_KEYS = frozenset({"confidence", "task_id", "mention_key"})
"""Columns that hold nothing a task says."""


def blank(reader: str, at: datetime, **scope: str) -> Derivation:
    """Return a derivation that is not begun yet, by a reader; ``scope`` is what it is limited to, fields of ``Derivation``."""
    fields = {"site": "", "since": ""} | scope
    return Derivation(id=new_name(at), reader=reader, stage=STAGES[0], cursor="", counters={}, started_at=at, **fields)


def begin(store: Store, fresh: Derivation) -> Derivation:
    """Return the derivation of this scope by this reader that did not end, else this new one; those by other readers are ended."""
    d = derivations.c
    with store.writing() as connection:
        open_ones = [d[name] == getattr(fresh, name) for name in _SCOPE]
        open_ones.append(d.ended_at.is_(None))
        connection.execute(update(derivations).where(*open_ones, d.reader != fresh.reader).values(ended_at=fresh.started_at))
        found = rows(connection.execute(select(derivations).where(*open_ones).order_by(d.started_at.desc()).limit(1)))
        if found:
            return Derivation(**{name: value for name, value in found[0].items() if name != "ended_at"})
        connection.execute(insert(derivations), [asdict(fresh)])
    return fresh


def save(store: Store, derivation: Derivation, *, ended_at: datetime | None = None) -> None:
    """Note how far a derivation came."""
    with store.writing() as connection:
        _save(connection, derivation, ended_at)


def write_reading(
    store: Store, found: StoredSource, derived: Derived, derivation: Derivation | None = None, *, differ: Differ | None = None
) -> Effect:
    """Store a better reading of a current version, and how far the derivation came if it is part of one, in one transaction."""
    with store.writing() as connection:
        effect = ingest.write_reading(connection, found, derived, differ)
        if derivation:
            _save(connection, derivation, None)
    return effect


def trial(store: Store, found: StoredSource, derived: Derived, differ: Differ | None = None) -> float:
    """Write a reading as ``write_reading`` does, take it back, and return the seconds that took. Raises ``StoreError``."""
    begun = time.monotonic()
    with store.writing(told=False, turn=Turn.RECORDS) as connection:
        attempt = connection.begin_nested()
        ingest.write_reading(connection, found, derived, differ)
        lines.refresh(connection)
        attempt.rollback()
    return time.monotonic() - begun


def write_read_at_last(
    store: Store,
    found: StoredSource,
    files: Sequence[tuple[Publication, Derived | str]],
    validators: Mapping[str, str | None],
    normalizer: str,
    derivation: Derivation,
) -> None:
    """Store what an unread payload gives, document by document, or why one cannot be read, and how far the derivation came.

    All in one transaction; the payload itself is no longer unread, unless it is told so again.
    """
    with store.writing() as connection:
        connection.execute(delete(unread).where(unread.c.document_id == found.document))
        for publication, derived in files:
            if isinstance(derived, Derived):
                now = datetime.now(UTC)
                incoming = Incoming(found.capture, publication, derived, validators.get("etag"), validators.get("last_modified"))
                ingest.write_documents(connection, found.run, [incoming], late=now)
            else:
                ingest.write_unread(connection, found.run, found.capture, publication, derived, normalizer)
        _save(connection, derivation, None)


def _save(connection: Connection, derivation: Derivation, ended_at: datetime | None) -> None:
    row = {"stage": derivation.stage, "cursor": derivation.cursor, "counters": dict(derivation.counters), "ended_at": ended_at}
    connection.execute(update(derivations).where(derivations.c.id == derivation.id).values(row))


# --- what a reading alters ---------------------------------------------------------------------------------------------


def stored_tasks(store: Store, document: str, version: int) -> list[Row]:
    """Return the tasks of a version as ``derived_tasks`` does."""
    t, a = tasks.c, task_agencies.c
    here = (t.document_id == document, t.version == version)
    named = select(task_agencies).join(tasks, t.id == a.task_id).where(*here).order_by(a.role, a.position)
    with store.reading() as connection:
        found = {row["id"]: row | {"agencies": []} for row in rows(connection.execute(select(tasks).where(*here).order_by(t.ordinal)))}
        for row in rows(connection.execute(named)):
            found[row["task_id"]]["agencies"].append(_said(row))
    return [_said(row) for row in found.values()]


def derived_tasks(derived: Derived) -> list[Row]:
    """Return what tasks say: rows of ``tasks`` with their ``agencies``, in reading order; of where they stand the ``address`` only."""
    found = []
    for n, task in enumerate(derived.tasks, start=1):
        named = sorted(agency_rows("", task), key=lambda row: (row["role"], row["position"]))
        found.append(_said(task_row("", 0, n, task) | {"agencies": [_said(row) for row in named]}))
    return found


def stored_issuers(store: Store, document: str, version: int) -> list[Row]:
    """Return the issuers of a version as ``derived_issuers`` does."""
    i = version_issuers.c
    query = select(i.mention, i.resolved).where(i.document_id == document, i.version == version).order_by(i.position)
    with store.reading() as connection:
        return rows(connection.execute(query))


def derived_issuers(derived: Derived) -> list[Row]:
    """Return the issuers that a document names: as printed, and whether each is tied to a body."""
    return [{"mention": agency.mention, "resolved": agency.resolved} for agency in derived.metadata.issuers]


def _said(row: Row) -> Row:
    said = ((name, value) for name, value in row.items() if name not in _PLACED and name not in _KEYS)
    return {name: list(value) if isinstance(value, tuple) else value for name, value in said}
