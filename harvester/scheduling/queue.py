"""The queue of the workers: Procrastinate's tables, in a schema of their own of the store's PostgreSQL.

Nothing of the queue is made here: jobs, locks, heartbeats and stalled jobs are Procrastinate's. What is here is where its tables
stand (``queue``, found by the connection's ``search_path``), that they are of the version this program knows, and how they are reached.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from procrastinate.schema import SchemaManager
from sqlalchemy import URL, Connection, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from storage import engine as engines
from storage.errors import MissingStore, NewerStore, OldStore, StoreError
from storage.store import Store

SCHEMA = "queue"
DUE_RUNS = "due-runs"
"""The queue of due runs."""
PIECES = "pieces"
"""The queue of the pieces of a derivation."""

_MARK = "procrastinate "
_LOCK = int.from_bytes(b"hq-schem", "big")
_TRY, _FREE = text("SELECT pg_try_advisory_lock(:number)"), text("SELECT pg_advisory_unlock(:number)")
_TICK = int.from_bytes(b"hq-tick.", "big")


@cache
def migrations() -> tuple[tuple[str, Path], ...]:
    """Return the steps of Procrastinate's tables that this program knows, the oldest first, each with its file."""
    found = Path(SchemaManager.get_migrations_path()).glob("*.sql")
    return tuple(sorted((path.stem, path) for path in found))


def newest() -> str:
    """Return the last step of Procrastinate's tables that this program knows."""
    return migrations()[-1][0]


def upgrade(store: Store) -> str:
    """Make the queue's tables or bring them to this program's, all or nothing, one process at a time; return their last step.

    Raises ``NewerStore`` for tables of a newer program, ``StoreError`` where the role may not make a schema.
    """
    try:
        with store.writing(told=False) as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
            had = _version(connection)
            _known(had, store.name)
            if had != newest():
                _apply(connection, had)
    except ProgrammingError as error:
        if isinstance(error.orig, psycopg.errors.InsufficientPrivilege):
            raise StoreError(
                f"The queue's tables cannot be made in {store.name}: let its owner run `harvester db upgrade`, or grant CREATE on it."
            ) from None
        raise
    return newest()


def check(store: Store) -> None:
    """Raise ``MissingStore``, ``OldStore`` or ``NewerStore`` unless the queue's tables are this program's."""
    with store.reading() as connection:
        had = _version(connection)
    if had is None:
        raise MissingStore(f"There is no queue in {store.name}: make one with `harvester db upgrade`.")
    _known(had, store.name)
    if had != newest():
        raise OldStore(f"The queue in {store.name} was made by an older program ({had}): run `harvester db upgrade`.")


def _version(connection: Connection) -> str | None:
    """Return the last step of the tables that are there, ``None`` where there are none."""
    found = text("SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = :name")
    comment = connection.execute(found, {"name": SCHEMA}).scalar_one_or_none()
    return str(comment).removeprefix(_MARK) if comment and str(comment).startswith(_MARK) else None


def _known(had: str | None, name: str) -> None:
    if had is not None and had not in {step for step, _ in migrations()}:
        raise NewerStore(f"The queue in {name} was made by a newer program ({had}): install that program.")


def _apply(connection: Connection, had: str | None) -> None:
    """Run what is missing: the whole of today's tables, or the steps behind the one that was run last."""
    steps = [path for step, path in migrations() if had is not None and step > had]
    wanted = [SchemaManager.get_schema()] if had is None else [path.read_text("utf-8") for path in steps]
    connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    connection.exec_driver_sql(f"SET LOCAL search_path = {SCHEMA}")
    cursor = connection.connection.cursor()
    for sql in wanted:
        cursor.execute(sql)  # as it is: a driver's marks would be looked for in it otherwise
    cursor.close()
    connection.exec_driver_sql(f"COMMENT ON SCHEMA {SCHEMA} IS '{_MARK}{newest()}'")
    connection.exec_driver_sql("SET LOCAL search_path TO DEFAULT")


def reached(url: URL) -> dict[str, Any]:
    """Return the arguments of a pool of connections that find the queue's tables, and notice soon when the server is gone."""
    given = engines.postgres_arguments()
    options = f"-c search_path={SCHEMA} -c timezone=UTC -c lock_timeout=10000 {given['options']}"
    kwargs = {**given, "options": options, "application_name": "harvester queue"}
    return {"conninfo": url.set(drivername="postgresql").render_as_string(hide_password=False), "kwargs": kwargs, "timeout": 10.0}


@contextmanager
def alone(store: Store) -> Iterator[bool]:
    """Tell whether no other worker is handing out at this moment, and keep the others from it while the block runs."""
    with engines.told(store.url), store.engine.connect() as connection:
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        mine = connection.execute(_TRY, {"number": _TICK}).scalar_one()
        try:
            yield bool(mine)
        finally:
            if mine:
                connection.execute(_FREE, {"number": _TICK})


class Life:
    """A lock that a worker holds as long as it has a session with the database: others know by it that it is there.

    Heartbeats are late when a machine is busy, and clocks of hosts differ; a session that is gone is gone for everybody.
    """

    def __init__(self, store: Store, worker: str) -> None:
        self._store, self._number = store, _number_of(worker)
        self._held: Connection | None = None

    def show(self) -> None:
        """Hold the lock, anew where its session was lost; until the server gives up the old one, that one holds it."""
        if self._held is not None:
            try:
                self._held.exec_driver_sql("SELECT 1")
            except DBAPIError:
                self.end()
            else:
                return
        with engines.told(self._store.url):
            connection = self._store.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            if connection.execute(_TRY, {"number": self._number}).scalar_one():
                self._held = connection
            else:
                connection.close()

    def end(self) -> None:
        """Give the lock back, with its session."""
        if self._held is not None:
            self._held.invalidate()
            self._held.close()
            self._held = None


def is_alive(store: Store, worker: str) -> bool:
    """Tell whether a worker has a session with the database."""
    with engines.told(store.url), store.engine.connect() as connection:
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        free = connection.execute(_TRY, {"number": _number_of(worker)}).scalar_one()
        if free:
            connection.execute(_FREE, {"number": _number_of(worker)})
        return not free


def _number_of(worker: str) -> int:
    return int.from_bytes(hashlib.sha256(f"harvester worker {worker}".encode()).digest()[:8], "big", signed=True)


def seen(connection: Connection) -> psycopg.Connection[Any]:
    """Let a transaction of the store find the queue's tables too, and return its driver's connection."""
    path = "SELECT set_config('search_path', current_setting('search_path') || ', ' || :schema, true)"
    connection.execute(text(path), {"schema": SCHEMA})
    found = connection.connection.dbapi_connection
    assert isinstance(found, psycopg.Connection)  # noqa: S101 - the store is on PostgreSQL
    return found
