"""Connect to the database and bring its schema to this program's: SQLite in WAL mode, or PostgreSQL through psycopg 3."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, NoSuchModuleError

from storage import line_tables, line_triggers, reader_role, views
from storage.columns import metadata
from storage.errors import FullDisk, LockedStore, MissingStore, NewerStore, OldStore, StoreError, UnreachableStore
from storage.types import from_json, to_json

PATIENCE = 30.0
"""Seconds to wait for another process that writes; an ingest takes some milliseconds, a migration may take longer."""

_SHARED: dict[str, Any] = {"json_serializer": to_json, "json_deserializer": from_json, "hide_parameters": True}
"""What all engines have. The values of a statement that fails may be a record's, and must be in no error, log or failure."""

REVISIONS = Path(__file__).parent / "migrations" / "versions"
WRITE = {"storage_write": True}
_SQLITE_UNREADABLE = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_IOERR}
_HIDDEN = "***"
_NO_UTF8 = "text that is no UTF-8"
_SQLITE_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_POSTGRES_LOCKED = {"55P03", "40P01", "40001"}


def read_url(text: str) -> URL:
    """Return the database URL; ``postgresql://`` means psycopg 3. Raises ``StoreError`` for one that is none or of another database."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):  # a port that is no number is a ValueError
        # What cannot be taken apart may hold a password anywhere: none of it is repeated, nor is the cause, which quotes it.
        raise StoreError("This is no database URL: write sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME.") from None
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
        raise StoreError(f"The database {url.drivername} is not known here: use sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME.")
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise StoreError("A store in memory would be lost at once: name a file, sqlite:///FILE.")
    return url


def shown(url: URL) -> str:
    """Return a database's URL as it may be read by anybody: ``***`` for its password, also for one among its parameters."""
    hidden = dict.fromkeys((name for name in url.query if "password" in name.lower()), _HIDDEN)
    return url.update_query_dict(hidden).render_as_string(hide_password=True).replace(quote_plus(_HIDDEN), _HIDDEN)


def file_of(url: URL) -> Path | None:
    """Return the file of a SQLite store, ``None`` for PostgreSQL."""
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


def connect(url: URL, patience: float = PATIENCE) -> Engine:
    """Return an engine whose transactions behave alike on both databases; ``patience`` is in seconds."""
    try:
        if url.get_backend_name() == "sqlite":
            engine = create_engine(url, connect_args={"timeout": patience}, **_SHARED)
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        # PostgreSQL misjudges what places cost: to compile a plan takes it half a second, one made for any values goes through whole
        # tables for a page of fifty rows, no disk of today takes four times as long for a row here and there, and to sort whole views in
        # 4 MB it writes them to disk.
        settings = {"timezone": "UTC", "lock_timeout": int(patience * 1000)}
        # Whoever waited for a turn (storage.turns) reads what was written before it, whatever the server's own default says.
        settings |= {"default_transaction_isolation": r"read\ committed"}
        settings |= {"jit": "off", "plan_cache_mode": "force_custom_plan", "random_page_cost": "1.1", "work_mem": "64MB"}
        given = postgres_arguments()
        given["options"] += "".join(f" -c {name}={value}" for name, value in settings.items())
        return create_engine(url, pool_pre_ping=True, connect_args=given, **_SHARED)
    except (NoSuchModuleError, ArgumentError) as error:
        raise StoreError(f"{url.drivername} cannot be used here: install the project's requirements, then try again.") from error


def postgres_arguments() -> dict[str, Any]:
    """Return what every connection to PostgreSQL is given: both ends notice within half a minute that the other is gone.

    The client is the first to notice, after 14 seconds at most, and the server after 25: only then does it give up the session's locks,
    and by then whoever held them knows. Without this a cut network would keep a site locked for the two hours of TCP's own keepalive.
    """
    ours = {"keepalives_idle": 5, "keepalives_interval": 3, "keepalives_count": 3, "tcp_user_timeout": 12_000}
    theirs = {"tcp_keepalives_idle": 10, "tcp_keepalives_interval": 5, "tcp_keepalives_count": 3, "tcp_user_timeout": 25_000}
    return {"connect_timeout": 10, **ours, "options": " ".join(f"-c {name}={value}" for name, value in theirs.items())}


def _prepare_sqlite(connection: sqlite3.Connection, _: object) -> None:
    # The driver must not begin transactions by itself; _begin_sqlite does.
    connection.isolation_level = None
    # secure_delete: what is deleted or changed is overwritten, not only let go. storage.scrub does the rest.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes its lock at the start: one that first reads and then writes could not wait for another one's end.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("storage_write") else "BEGIN")


@contextmanager
def told(url: URL) -> Iterator[None]:
    """Turn what a database says when it is locked, full or out of reach into a ``StoreError``; let everything else pass."""
    try:
        yield
    except DBAPIError as error:
        failure = _failure(error, shown(url))
        if failure is None:
            raise
        raise failure from error
    except (sqlite3.OperationalError, sqlite3.DatabaseError) as error:
        failure = _sqlite_failure(error, shown(url))
        if failure is None:
            raise
        raise failure from error
    except UnicodeDecodeError as error:  # a word of SQLite's own message, or of its schema
        if file_of(url) is None:
            raise
        raise _damaged(shown(url), _NO_UTF8) from error


def _failure(error: DBAPIError, name: str) -> StoreError | None:
    if isinstance(error.orig, sqlite3.Error):
        return _sqlite_failure(error.orig, name)
    return _postgres_failure(error.orig, name) if error.orig is not None and is_postgres(error.orig) else None


def _sqlite_failure(error: sqlite3.Error, name: str) -> StoreError | None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _SQLITE_BUSY:
        return _locked(name)
    if code == sqlite3.SQLITE_FULL:
        return _full(name)
    if code == sqlite3.SQLITE_CORRUPT or "unsupported file format" in str(error):  # of a damaged head SQLite says no more than ERROR
        return _damaged(name, str(error))
    if str(error).startswith("Could not decode to UTF-8"):  # the rest quotes a value
        return _damaged(name, _NO_UTF8)
    if code in _SQLITE_UNREADABLE:
        return UnreachableStore(f"The store {name} cannot be used ({error}): check the file, its folder and their permissions.")
    return None


def _damaged(name: str, what: str) -> UnreachableStore:
    return UnreachableStore(f"The store {name} is damaged ({what}): restore it from a backup with `harvester db restore`.")


def is_postgres(error: BaseException) -> bool:
    """Tell whether an error is psycopg's, which is loaded only where it is used."""
    return type(error).__module__.partition(".")[0] == "psycopg"


def _postgres_failure(error: BaseException, name: str) -> StoreError | None:
    state = getattr(error, "sqlstate", None) or ""
    if state in _POSTGRES_LOCKED:
        return _locked(name)
    if state == "53100":
        return _full(name)
    if not state or state[:2] in ("08", "28", "57", "3D"):
        first = (str(error).strip().splitlines() or ["no answer"])[0]
        return UnreachableStore(f"The store {name} cannot be reached ({first}): check the URL and that the server runs.")
    return None


def _locked(name: str) -> LockedStore:
    return LockedStore(f"The store {name} is locked by another process: wait for its end or stop it, then try again.")


def _full(name: str) -> FullDisk:
    return FullDisk(f"No room is left for the store {name}: free some space and run again; nothing of the last step was kept.")


# --- schema ----------------------------------------------------------------------------------------------------------


@cache
def revisions() -> tuple[str, ...]:
    """Return the revisions this program knows, the newest first: each file of the migrations begins with its own."""
    return tuple(sorted((file.name.partition("_")[0] for file in REVISIONS.glob("[0-9]*_*.py")), reverse=True))


def revision(connection: Connection) -> str | None:
    """Return the revision of the database's schema, ``None`` when it has none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def check(connection: Connection, name: str) -> None:
    """Raise ``MissingStore``, ``OldStore`` or ``NewerStore`` unless the schema is this program's."""
    known, current = revisions(), revision(connection)
    if current is None:
        raise MissingStore(f"There is no store in {name}: make one with `harvester db upgrade`.")
    if current not in known:
        raise NewerStore(f"The store {name} was made by a newer program (schema {current}): install that program, or use another store.")
    if current != known[0]:
        raise OldStore(f"The store {name} was made by an older program (schema {current}): run `harvester db upgrade`.")
    line_tables.check(connection, name)


def upgrade(connection: Connection, name: str) -> None:
    """Bring the schema to this program's, within the caller's transaction. Raises ``NewerStore``, ``StoreError`` for another's database."""
    from storage.migrating import to_head  # late: it loads Alembic

    current = revision(connection)
    if current is None and (others := sorted(set(inspect(connection).get_table_names()) & metadata.tables.keys())):
        raise StoreError(f"The database {name} holds another program's tables ({', '.join(others[:3])}): name one of the store's own.")
    if current is not None and current not in revisions():
        check(connection, name)
    views.drop(connection)
    line_triggers.drop(connection)
    to_head(connection)
    line_tables.renew(connection)
    line_triggers.create(connection)
    views.create(connection)
    reader_role.grant(connection)


def rows(result: Any) -> list[dict[str, Any]]:  # noqa: ANN401 -- a Result of any row type
    """Return the rows of a result as plain dictionaries."""
    names = tuple(result.keys())
    return [dict(zip(names, row, strict=True)) for row in result.all()]


__all__ = ["DatabaseError", "check", "connect", "file_of", "read_url", "revision", "revisions", "rows", "told", "upgrade"]
