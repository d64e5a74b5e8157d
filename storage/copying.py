"""Copy a store into an empty place, whole or not at all: SQLite and PostgreSQL in any direction (``docs/backup.md``).

Every row of every table goes over with its number, from one moment of the source, while others read it and write to it. What could be made
again and differs between the two databases, the terms of the search index, is made anew; all else is taken as it stands.

All or nothing: PostgreSQL gets everything in one transaction; a SQLite file is written beside its place under another name and takes the
place when it is on the disk. Who is killed leaves the target as it was, and the next copy removes the draft.
"""
# ruff: noqa: S608 -- statements are put together from the names of the program's own tables

from __future__ import annotations

import fcntl
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.pool import StaticPool

from storage import copy_keys, line_triggers, notice_search, search
from storage import engine as engines
from storage.copy_rows import Plain, columns_of, counted, read_rows, write_rows
from storage.errors import LockedStore, StoreError
from storage.schema import metadata
from storage.search_terms import array, mark_terms, terms
from storage.store import Store
from storage.whole_files import sync_file, sync_folder

Progress = Callable[[str, int, int], None]
"""Told a table, how many rows were written so far, and how many there are in all."""

DRAFT = ".copying"
"""Stands behind the name of a SQLite file while it is written."""
INDEXES = (search.DOCUMENTS, search.TASKS, notice_search.INDEX)
_LOCK = 0x5_C0B1
"""Number of PostgreSQL's advisory lock: two copies into one database would wait for each other to no end."""
_GIVEN = frozenset({"agencies", "agency_names", "agency_members", "feed_state", "store_state"})
"""Tables in which a store that was just made has rows."""
_CACHE = 262_144
"""Kilobytes that SQLite may keep of the new file in memory."""


@dataclass(frozen=True, slots=True)
class CopyReport:
    """What a copy did: rows by table, terms of the search index made anew, seconds, and what it removed of one that was killed."""

    target: str
    revision: str
    tables: Mapping[str, int] = field(default_factory=dict)
    terms: int = 0
    seconds: float = 0.0
    mended: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """Return how many rows there are in all tables."""
        return sum(self.tables.values())


def copy(source: Store, to: str, *, progress: Progress = lambda table, done, total: None) -> CopyReport:
    """Copy a store, with all that it knows, to a database URL at which there is none or an empty one.

    Raises ``StoreError`` for a target that holds anything, ``LockedStore`` while another copy goes there, ``FullDisk``,
    ``UnreachableStore``; the target is then as it was.
    """
    begun = time.monotonic()
    url = engines.read_url(to)
    name = engines.shown(url)
    if file := engines.file_of(url):
        with _new_file(source, file) as (connection, mended), _frozen_source(source) as reading:
            tables, made = _pour(reading, connection, file.name, progress)
    else:
        mended = ()
        with _new_database(to) as connection, _frozen_source(source) as reading:
            tables, made = _pour(reading, connection, name, progress)
    return CopyReport(name, engines.revisions()[0], tables, made, time.monotonic() - begun, mended)


@contextmanager
def _frozen_source(source: Store) -> Iterator[Connection]:
    """Give the source as it is at one moment."""
    with source.reading() as connection:
        engines.check(connection, source.name)  # SQLite's moment is that of the first look
        yield connection


def _pour(source: Connection, target: Connection, name: str, progress: Progress) -> tuple[dict[str, int], int]:
    """Write everything of the source into the target and return the rows by table, and how many entries got terms."""
    engines.upgrade(target, name)
    line_triggers.drop(target)
    _check_empty(target, name)
    tables = [table.name for table in metadata.sorted_tables]
    keys = copy_keys.take_away(target, [*tables, *(index.terms for index in INDEXES if target.dialect.name == "postgresql")])
    _empty(target, tables)
    total = _expected(source)
    written = _rows(source, target, total, progress)
    made = _words(source, target, sum(written.values()), total, progress)
    copy_keys.put_back(target, keys)
    copy_keys.set_counters(target, copy_keys.counters(source))
    line_triggers.create(target)
    target.exec_driver_sql("ANALYZE")
    return written, made


def _rows(source: Connection, target: Connection, total: int, progress: Progress) -> dict[str, int]:
    written: dict[str, int] = {}
    for table in metadata.sorted_tables:
        names, kinds = columns_of(table)
        before = sum(written.values())
        rows = counted(read_rows(source, table.name, names, kinds), lambda done, t=table.name, b=before: progress(t, b + done, total))  # type: ignore[misc]
        written[table.name] = write_rows(target, table.name, names, rows, frozen=True)
    return written


def _words(source: Connection, target: Connection, before: int, total: int, progress: Progress) -> int:
    """Make the terms of the search index, in the shape of the target's database."""
    of_sqlite = target.dialect.name == "sqlite"
    columns = ["rowid", "title", "words", "marks"] if of_sqlite else ["id", "terms"]
    row = _terms_of_sqlite if of_sqlite else _terms_of_postgres
    done = 0
    for index in INDEXES:
        wanted = ["id", "title", "folded", "marks"]
        entries = read_rows(source, index.entries.name, wanted, [index.entries.c[name].type for name in wanted])
        told = counted(map(row, entries), lambda n, t=index.terms, d=done: progress(t, before + d + n, total))  # type: ignore[misc]
        done += write_rows(target, index.terms, columns, told, frozen=True)
    return done


def _terms_of_postgres(entry: Plain) -> Plain:
    number, title, folded, marks = entry
    return number, array(title, folded, marks)


def _terms_of_sqlite(entry: Plain) -> Plain:
    number, title, folded, marks = entry
    return number, " ".join(terms(title)), " ".join(terms(folded)), mark_terms(marks)


def _expected(source: Connection) -> int:
    """Return how many rows there are to write, those of terms among them."""
    names = [table.name for table in metadata.sorted_tables] + [index.entries.name for index in INDEXES]
    return sum(source.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one() for name in names)


# --- the target ----------------------------------------------------------------------------------------------------------


def _check_empty(target: Connection, name: str) -> None:
    for table in metadata.sorted_tables:
        if table.name not in _GIVEN and target.exec_driver_sql(f'SELECT 1 FROM "{table.name}" LIMIT 1').first():
            raise StoreError(f"The store {name} holds something already (table {table.name}): a copy goes into an empty place only.")


def _empty(target: Connection, tables: list[str]) -> None:
    if target.dialect.name == "postgresql":
        # Rows of tables that were emptied in this transaction can be written as if they had been there for ever (COPY FREEZE).
        names = [*tables, *(index.terms for index in INDEXES)]
        target.exec_driver_sql(f"TRUNCATE {', '.join(names)}")
        return
    for table in _GIVEN:
        target.exec_driver_sql(f"DELETE FROM {table}")


@contextmanager
def _new_database(to: str) -> Iterator[Connection]:
    """Give a PostgreSQL database in one transaction."""
    store = Store.open(to, check=False)
    try:
        with engines.told(store.url), store.engine.connect() as connection, connection.begin():
            if not connection.exec_driver_sql("SELECT pg_try_advisory_xact_lock(%s)", (_LOCK,)).scalar_one():
                raise LockedStore(f"Another copy into {store.name} is under way: wait for its end or stop it, then try again.")
            yield connection
    finally:
        store.close()


@contextmanager
def _new_file(source: Store, file: Path) -> Iterator[tuple[Connection, tuple[str, ...]]]:
    """Give a SQLite file beside its place; at the end it takes the place."""
    if (there := engines.file_of(source.url)) is not None and there.resolve() == file.resolve():
        raise StoreError(f"{file} is the store that is to be copied: name another place for the copy.")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(file, error) from None
    draft = file.with_name(f".{file.name}{DRAFT}")
    with _draft(file, draft) as mended:
        _check_place(file)
        url = engines.read_url(f"sqlite:///{file}")
        with engines.told(url):
            with _poured_into(draft) as connection:
                yield connection, mended
            _take_place(draft, file)


@contextmanager
def _poured_into(draft: Path) -> Iterator[Connection]:
    driver = sqlite3.connect(draft, isolation_level=None, check_same_thread=False)
    engine = create_engine("sqlite://", creator=lambda: driver, poolclass=StaticPool, hide_parameters=True)
    # Nobody else knows of the file, and a half one is thrown away: so nothing is kept for going back.
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "locking_mode=EXCLUSIVE", f"cache_size=-{_CACHE}"):
        driver.execute(f"PRAGMA {pragma}").fetchall()
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    try:
        with engine.connect() as connection, connection.begin():
            yield connection
            if wrong := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise StoreError(
                    f"The copy of table {wrong[0]} names rows that are not there: check the source with `harvester db verify`."
                )
    finally:
        engine.dispose()
        driver.close()


@contextmanager
def _draft(file: Path, draft: Path) -> Iterator[tuple[str, ...]]:
    """Hold the place of a draft, remove what a killed copy left there, and leave none behind; give what was removed, in sentences."""
    try:
        lock = draft.with_name(draft.name + ".lock").open("wb")
    except OSError as error:
        raise _unwritable(file, error) from None
    with lock:
        if not _locked(lock):
            raise LockedStore(f"Another copy into {file} is under way: wait for its end or stop it, then try again.")
        mended = (
            (f"Half a copy was removed that a killed process left in {draft} ({draft.stat().st_size} bytes).",) if draft.exists() else ()
        )
        try:
            draft.unlink(missing_ok=True)
            yield mended
        finally:
            draft.unlink(missing_ok=True)
            Path(lock.name).unlink(missing_ok=True)


def _unwritable(file: Path, error: OSError) -> StoreError:
    return StoreError(f"{file} cannot be written ({error.strerror}): choose another place with --to.")


def _locked(lock: IO[bytes]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _check_place(file: Path) -> None:
    """Raise ``StoreError`` where a file stands that is no empty store."""
    if not file.exists() or not file.stat().st_size:
        return
    with Store.open(f"sqlite:///{file}", check=False) as store, store.reading() as connection:
        if store.revision is None:
            raise StoreError(f"{file} is no store of this program: name another place for the copy.")
        engines.check(connection, store.name)
        _check_empty(connection, store.name)


def _take_place(draft: Path, file: Path) -> None:
    """Let the draft take the place of the file, when it is on the disk. What an empty store had beside it goes with that."""
    sync_file(draft)
    for beside in ("-wal", "-shm"):
        file.with_name(file.name + beside).unlink(missing_ok=True)
    draft.replace(file)
    sync_folder(file.parent)
