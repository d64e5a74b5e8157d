"""Wipe what a database keeps of rows that are deleted: free room in pages, the log of changes, indexes, samples of the planner.

Found by scanning the bytes of the files (docs/takedown.md): on SQLite, ``secure_delete`` leaves pieces of rows in pages that were
split, so the file is rewritten by VACUUM and the WAL is emptied. On PostgreSQL, plain VACUUM leaves them too: the tables are
rewritten with their indexes, the planner's samples are taken again, and the log moves on to a new segment.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from storage import engine as engines
from storage import notice_search
from storage.errors import LockedStore
from storage.store import Store

TABLES = (
    "notices", "notice_search_entries", "notice_search_terms", "record_sightings", "tombstones", "objections", "endings", "changes",
    "corrections",
)  # fmt: skip
"""Tables of PostgreSQL in which a record or anything of it stands or stood."""
_CYCLES = 3
_DENIED = "42501"
_SEGMENTS = """
SELECT count(*) FILTER (WHERE name > pg_walfile_name(pg_current_wal_lsn())) AS kept_for_reuse,
    count(*) FILTER (WHERE name < pg_walfile_name(pg_current_wal_lsn())) AS old
FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$'
"""


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """Whether a store's own files hold nothing any more of what was deleted, and what is left to do, in sentences.

    A log that the server keeps for reasons of its own is told of, and does not make the wiping undone: it goes with time.
    """

    done: bool
    problems: tuple[str, ...] = ()


def scrub(store: Store) -> Scrubbed:
    """Wipe deleted content from the database's files; nothing of what is stored changes.

    The caller must not be in a transaction.
    """
    try:
        with store.writing() as connection:
            notice_search.forget(connection)
        if store.url.get_backend_name() == "sqlite":
            return _scrub_sqlite(store)
        return _scrub_postgres(store)
    except LockedStore:
        again = "run `harvester takedown` again after its end"
        return Scrubbed(False, (f"The store {store.name} is in use by another process and was not wiped: {again}.",))


def _scrub_sqlite(store: Store) -> Scrubbed:
    with engines.told(store.url):
        connection = store.engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute("VACUUM")
            busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            cursor.close()
        finally:
            connection.close()
    if not busy:
        return Scrubbed(True)
    again = "run `harvester takedown` again after its end"
    return Scrubbed(False, (f"The log of {store.name} could not be emptied while another process reads: {again}.",))


def _scrub_postgres(store: Store) -> Scrubbed:
    with engines.told(store.url), store.engine.connect() as connection:
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        for table in TABLES:
            connection.execute(text(f"VACUUM (FULL, ANALYZE) {table}"))
        problems = _tried(connection, "VACUUM FULL pg_statistic", "let the store's owner own the database")
        for _ in range(_CYCLES):
            problems = problems or _tried(connection, "SELECT pg_switch_wal()", "grant EXECUTE on pg_switch_wal to the store's user")
            problems = problems or _tried(connection, "CHECKPOINT", "grant pg_checkpoint to the store's user")
        return Scrubbed(not problems, problems or _log_left(connection))


def _tried(connection: Connection, statement: str, grant: str) -> tuple[str, ...]:
    try:
        connection.execute(text(statement))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") != _DENIED:
            raise
        return (f"The database does not allow `{statement}`, so its files may still hold what was deleted: {grant}.",)
    return ()


def _log_left(connection: Connection) -> tuple[str, ...]:
    """Tell of files of the log that may still hold what was deleted: kept for reuse, or kept back for a replica or an archive."""
    try:
        left = connection.execute(text(_SEGMENTS)).one()
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") != _DENIED:
            raise
        return (
            "The database does not let its log be looked at, which may still hold what was deleted: grant pg_monitor to the store's user.",
        )
    problems: list[str] = []
    reused = connection.execute(text("SHOW wal_recycle")).scalar_one() == "on"
    if reused and left.kept_for_reuse:
        problems.append(
            f"{left.kept_for_reuse} files of the database's log are kept for reuse and may still hold what was deleted:"
            " set wal_recycle = off on the server, then run `harvester takedown` again."
        )
    if left.old > 1:
        problems.append(
            f"{left.old} old files of the database's log are kept back and may still hold what was deleted:"
            " look at wal_keep_size, replication slots and the archiver."
        )
    return tuple(problems)
