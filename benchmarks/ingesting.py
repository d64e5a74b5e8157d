"""Rows a second that a store takes in, beside the driver's executemany (sqlite3) and COPY (psycopg) of the very same rows.

python -m benchmarks.ingesting [--json]      BENCH_PAPERS=240 for a shorter run; 820 papers are about 500,000 rows on each database

Ours is ``ingest_together``, as a crawl under load calls it: a few documents a transaction, durable when it returns, with all that is
looked up and made: versions, tasks, mentions, keys, works, lines, the feed, the index of words. The rows it wrote are read back and given
to the driver, ready made, for tables with the same constraints and indexes and without triggers: by as many transactions as ours, and all
in one.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from benchmarks.figures import Figure, Times, main, rates, sized
from benchmarks.papers import REGION, SITE, Reading, reading
from benchmarks.same_rows import Columns, Rows, by_transaction, fresh
from benchmarks.servers import embedded, server_seconds
from harvester.ahead import TOGETHER
from harvester.gazetteer import load_gazetteer
from storage import line_triggers
from storage.copy_rows import Plain
from storage.records import Incoming
from storage.schema import metadata
from storage.store import Store
from storage.together import ingest_together

PAPERS = sized("PAPERS", 820)
LOTS = 3
"""Rounds, each with papers of its own; the first few papers are not counted."""
WARM = 10
FEW = 6
"""Rows below which single inserts in a pipeline are faster than a COPY."""
OURS, SAME, ONCE = "ingest_together", "as many transactions", "one transaction"
AT = datetime(2026, 1, 1, tzinfo=UTC)

# --- ours --------------------------------------------------------------------------------------------------------------


def derived(count: int) -> list[Reading]:
    """Return the readings of papers, derived in two processes."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        return list(pool.map(reading, range(count), chunksize=20))


def ingest(store: Store, run: str, lot: Sequence[Reading]) -> None:
    """Take papers in, as many at a time as a crawl that has many waiting."""
    documents = [Incoming(one.capture, one.publication, one.derived) for one in lot]
    for start in range(0, len(documents), TOGETHER):
        ingest_together(store, run, documents[start : start + TOGETHER])


# --- the driver ----------------------------------------------------------------------------------------------------------


def load(connection: Connection, parts: Sequence[Rows], columns: Columns) -> None:
    """Write each part in one transaction of the driver's own, by what it has best for many."""
    for rows in parts:
        _load(connection, rows, columns)


def _load(connection: Connection, rows: Rows, columns: Columns) -> None:
    driver: Any = connection.connection.driver_connection
    of_sqlite = connection.dialect.name == "sqlite"
    cursor = driver.cursor()
    if of_sqlite:
        cursor.execute("BEGIN IMMEDIATE")
    for table, names in columns.of.items():
        some = rows.get(table)
        if not some:
            continue
        listed = ", ".join(f'"{name}"' for name in names)
        if of_sqlite:
            cursor.executemany(f"INSERT INTO {table} ({listed}) VALUES ({', '.join('?' * len(names))})", some)  # noqa: S608
            continue
        if len(some) < FEW:
            cursor.executemany(f"INSERT INTO {table} ({listed}) VALUES ({', '.join(['%s'] * len(names))})", map(_as_text, some))  # noqa: S608
            continue
        with cursor.copy(f"COPY {table} ({listed}) FROM STDIN") as copy:
            for row in some:
                copy.write_row(row)
    driver.commit()


def _as_text(row: Plain) -> Plain:
    """Return a row of which PostgreSQL finds the types by itself, as it does in a COPY."""
    return tuple(str(value) if isinstance(value, (int, float)) else value for value in row)


@dataclass
class Driver:
    """A store that the driver alone writes into: the same tables and indexes, no triggers."""

    store: Store
    connection: Connection

    @classmethod
    def over(cls, url: str) -> Driver:
        """Open a new one."""
        store = Store.open(url, create=True)
        with store.writing() as connection:
            line_triggers.drop(connection)
        connection = store.engine.connect()
        connection.exec_driver_sql("SELECT 1").scalar()
        connection.rollback()
        return cls(store, connection)

    def close(self) -> None:
        """Close it."""
        self.connection.close()
        self.store.close()


# --- rounds --------------------------------------------------------------------------------------------------------------


@dataclass
class Clocks:
    """Seconds of each side in each round: of processors, those of the server among them, and by the clock, which waits for the disk."""

    server: int = 0
    processors: Times = field(default_factory=lambda: {OURS: [], SAME: [], ONCE: []})
    clock: Times = field(default_factory=lambda: {OURS: [], SAME: [], ONCE: []})

    def time(self, side: str, work: Callable[[], object]) -> None:
        """Let a side do its work."""
        begun, used = time.perf_counter(), self._used()
        work()
        self.processors[side].append(self._used() - used)
        self.clock[side].append(time.perf_counter() - begun)

    def _used(self) -> float:
        return time.process_time() + (server_seconds(self.server) if self.server else 0.0)


def rounds(urls: Sequence[str], readings: Sequence[Reading], server: int = 0) -> tuple[Clocks, int]:
    """Let each lot be taken in by us and then written by the driver in both ways; return the seconds and how many rows that were."""
    times = Clocks(server)
    columns, written = Columns(), 0
    sides = {SAME: Driver.over(urls[1]), ONCE: Driver.over(urls[2])}
    with Store.open(urls[0], create=True) as store:
        load_gazetteer(store)
        run = store.begin_run(SITE, ["notices"], AT, region=REGION)
        ingest(store, run, readings[:WARM])
        before = fresh(store, columns)
        for side in sides.values():
            load(side.connection, [before], columns)
        size = (len(readings) - WARM) // LOTS
        for start in range(WARM, WARM + size * LOTS, size):
            lot = readings[start : start + size]
            times.time(OURS, partial(ingest, store, run, lot))
            found = fresh(store, columns)
            parts = by_transaction(found, columns)
            times.time(SAME, partial(load, sides[SAME].connection, parts, columns))
            times.time(ONCE, partial(load, sides[ONCE].connection, [found], columns))
            written += sum(map(len, found.values()))
        for side in sides.values():
            check(store, side.store)
            side.close()
    return times, written


def check(one: Store, other: Store) -> None:
    """Raise unless both hold as many rows."""
    counts = []
    for store in (one, other):
        with store.reading() as connection:
            tables = [table.name for table in metadata.sorted_tables]
            counts.append({name: connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one() for name in tables})  # noqa: S608
    if counts[0] != counts[1]:
        raise RuntimeError(f"the driver did not write the same rows: {counts}")


@contextmanager
def durable_server(folder: Path) -> Iterator[tuple[list[str], int]]:
    """Give the URLs of three databases and the process of an embedded server with its own settings: what is committed is on the disk."""
    import psycopg

    names = ("ours", "same", "once")
    with embedded(folder) as server:
        url = server.get_uri()
        with psycopg.connect(url, autocommit=True) as connection:
            for name in names:
                connection.execute(f"CREATE DATABASE {name}".encode())
        process = int((folder / "postgres" / "postmaster.pid").read_text("ascii").splitlines()[0])
        yield [url.replace("/postgres?", f"/{name}?") for name in names], process


def told(database: str, best: str, times: Clocks, rows: int, documents: int) -> list[Figure]:
    """Return the figures of a database: rows a second of processors, and beside as many transactions by the clock, too."""
    each = len(times.clock[OURS])
    detail = {"rows": rows, "documents": documents, "ms_a_document": round(sum(times.processors[OURS]) / documents * 1e3, 1)}
    found = []
    for side, seconds, bar in ((SAME, times.processors, 0.5), (ONCE, times.processors, None), (SAME, times.clock, None)):
        by = ", by the clock" if seconds is times.clock else ""
        against = f"{best}, {side}"
        named = {OURS: seconds[OURS], against: seconds[side]}
        found.append(rates(f"ingest, {database}, beside {side}{by}", named, OURS, against, rows / each, "rows/s", bar=bar, **detail))
    return found


def measure() -> list[Figure]:
    """Take the same papers into a store of each database."""
    readings = derived(WARM + PAPERS)
    count = PAPERS // LOTS * LOTS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        times, rows = rounds([f"sqlite:///{folder}/{n}.sqlite" for n in range(3)], readings)
        found = told("SQLite", "executemany", times, rows, count)
        with durable_server(folder) as (urls, process):
            times, rows = rounds(urls, readings, process)
        return found + told("PostgreSQL", "COPY", times, rows, count)


if __name__ == "__main__":
    main(measure, ("sqlalchemy", "psycopg"))
