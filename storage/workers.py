"""The processes that do what is due, each with the moment it was last heard of, and whether one is still there."""

from __future__ import annotations

import re
import secrets
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from storage.errors import LockedStore
from storage.operations_schema import workers
from storage.store import Store

BEAT = 10.0
"""Seconds between two signs of life of a worker."""

SILENCE = timedelta(seconds=60)
"""After so long without one a worker of a PostgreSQL store counts as dead; on SQLite its lock tells at once."""

MOST = 64
"""Workers of one SQLite store at a time."""

_SLOT = re.compile(r"\.slot([0-9]+)$")


@dataclass(frozen=True, slots=True)
class Worker:
    """One process. ``doing`` names the jobs it does now."""

    id: str
    host: str
    pid: int
    version: str
    started_at: datetime
    heartbeat_at: datetime
    ended_at: datetime | None
    doing: str


def register(store: Store, held: ExitStack, host: str, pid: int, version: str, now: datetime) -> str:
    """Enter a worker and return its identifier. On SQLite it holds a lock, in ``held``, that ends with its process however that ends.

    Raises ``LockedStore`` when ``MOST`` workers are there already.
    """
    slot = _slot(store, held) if store.engine.dialect.name == "sqlite" else ""
    name = f"{host}.{pid}.{slot or secrets.token_hex(3)}"
    row = {"host": host, "pid": pid, "version": version, "started_at": now, "heartbeat_at": now, "ended_at": None, "doing": ""}
    with store.writing(told=False) as connection:
        if slot:  # whoever had this lock before is no more
            former = [each.id for each in _listed(connection) if each.ended_at is None and each.id.endswith("." + slot)]
            connection.execute(update(workers).where(workers.c.id.in_(former)).values(ended_at=now, doing=""))
        if not connection.execute(update(workers).where(workers.c.id == name).values(row)).rowcount:
            connection.execute(insert(workers), [{"id": name, **row}])
    return name


def _slot(store: Store, held: ExitStack) -> str:
    for number in range(1, MOST + 1):
        try:
            held.enter_context(store.held(f"worker {number}", grace=0.0))
        except LockedStore:
            continue
        return f"slot{number}"
    raise LockedStore(f"{MOST} workers are at work on {store.name} already: end one of them, or use PostgreSQL for more.")


def beat(store: Store, worker: str, now: datetime, doing: str) -> None:
    """Note that a worker was heard of, and what it does."""
    _set(store, worker, heartbeat_at=now, doing=doing)


def end(store: Store, worker: str, now: datetime) -> None:
    """Note that a worker has ended as it should."""
    _set(store, worker, heartbeat_at=now, ended_at=now, doing="")


def _set(store: Store, worker: str, **values: Any) -> None:  # noqa: ANN401 -- values of columns
    with store.writing(told=False) as connection:
        connection.execute(update(workers).where(workers.c.id == worker).values(values))


def listed(store: Store) -> list[Worker]:
    """Return every worker there was, the one heard of last first."""
    with store.reading() as connection:
        return _listed(connection)


def heard_of(store: Store, now: datetime) -> list[Worker]:
    """Return the workers that are there, as far as is known."""
    with store.reading() as connection:
        return _listed(connection, workers.c.ended_at.is_(None), workers.c.heartbeat_at >= now - SILENCE)


def prunable(connection: Connection, before: datetime) -> bool:
    """Tell whether there are workers that nobody heard of since a moment."""
    return connection.execute(select(workers.c.id).where(workers.c.heartbeat_at < before).limit(1)).first() is not None


def prune(connection: Connection, before: datetime) -> None:
    """Forget the workers that nobody heard of since a moment: each start of one leaves a row."""
    connection.execute(delete(workers).where(workers.c.heartbeat_at < before))


def is_lost(store: Store, worker: Worker | None, now: datetime) -> bool:
    """Tell whether a worker is no more. On PostgreSQL it counts as dead after a silence, which the caller holds against its site's lock.

    Not to be asked by a worker of itself.
    """
    if worker is None or worker.ended_at is not None:
        return True
    slot = _SLOT.search(worker.id)
    if slot is None:
        return now - worker.heartbeat_at > SILENCE
    return is_free(store, f"worker {slot[1]}")


def is_free(store: Store, what: str) -> bool:
    """Tell whether nobody holds a lock (of a site: nobody crawls it)."""
    try:
        with store.held(what, grace=0.0):
            return True
    except LockedStore:
        return False


def _listed(connection: Connection, *wanted: ColumnElement[bool]) -> list[Worker]:
    query = select(workers).where(*wanted).order_by(workers.c.heartbeat_at.desc(), workers.c.id)
    return [Worker(**row._mapping) for row in connection.execute(query)]
