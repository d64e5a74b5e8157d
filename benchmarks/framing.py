"""Frames of all tasks beside pandas over SQLAlchemy, and beside ADBC alone, on the stores that ``benchmarks.asking`` asks.

python -m benchmarks.framing [--json]

pandas reads the same statement by ``read_sql`` and gives its columns the same types: equal frames are asserted. ADBC reads the same rows as
Arrow and makes no frame of them. All is timed by the clock: PostgreSQL answers from its own process, and a SQLite store is read in one.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any
from urllib.parse import quote

import pandas as pd

from benchmarks.asking import NAMES
from benchmarks.figures import Figure, Times, main, rates, turns
from benchmarks.stores import SIZES, kept
from storage import frames
from storage.batch_reading import wire
from storage.dictionary import Kind
from storage.engine import file_of
from storage.questions import Tasks, reading
from storage.selection import Filters
from storage.store import Store

ROUNDS = 2
PANDAS, ADBC = "pandas over SQLAlchemy", "ADBC alone"
DTYPES: dict[Kind, Any] = {
    Kind.TEXT: "string",
    Kind.WHOLE: "Int64",
    Kind.NUMBER: "Float64",
    Kind.AMOUNT: "Float64",
    Kind.TRUTH: "boolean",
    Kind.DAY: "datetime64[s]",
    Kind.MOMENT: "datetime64[us, UTC]",
}


def by_pandas(store: Store) -> pd.DataFrame:
    """Return what an analyst writes who knows SQLAlchemy: the same statement by ``read_sql``, with the same types."""
    with store.reading() as connection:
        asked = reading(connection, Tasks())
        found = pd.read_sql(asked.statement, connection)
    for name, kind in asked.kinds.items():
        days = kind in (Kind.DAY, Kind.MOMENT)
        found[name] = (pd.to_datetime(found[name], utc=kind is Kind.MOMENT) if days else found[name]).astype(DTYPES[kind])
    return found


ALONE = """
import json, sys, time
import adbc_driver_sqlite.dbapi as driver
asked = json.load(sys.stdin)
begun = time.perf_counter()
with driver.connect(asked["uri"]) as connection, connection.cursor(adbc_stmt_kwargs={"adbc.sqlite.query.batch_rows": 16384}) as cursor:
    cursor.execute(asked["sql"])
    rows = cursor.fetch_arrow_table().num_rows
print(json.dumps({"rows": rows, "seconds": time.perf_counter() - begun}))
"""
"""ADBC as its documentation has it. In a process of its own, of which the start does not count: one process must not hold two copies of
SQLite (``storage.apart``)."""


def by_adbc(store: Store) -> tuple[int, float]:
    """Read the same rows as one Arrow table by ADBC alone; return how many they are and the seconds it took."""
    with store.reading() as connection:
        asked = reading(connection, Tasks())
        sql = wire(asked.statement, asked.kinds, connection.dialect.name)
    if file := file_of(store.url):
        told = json.dumps({"uri": f"file:{quote(str(file))}?mode=ro", "sql": sql})
        run = subprocess.run([sys.executable, "-c", ALONE], input=told, stdout=subprocess.PIPE, text=True, check=True)
        found: dict[str, Any] = json.loads(run.stdout)
        return found["rows"], found["seconds"]
    import adbc_driver_postgresql.dbapi as driver

    begun = time.perf_counter()
    uri = store.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with driver.connect(uri) as other, other.cursor() as cursor:
        cursor.execute(sql)
        rows = cursor.fetch_arrow_table().num_rows
    return rows, time.perf_counter() - begun


def of_store(store: Store, name: str) -> list[Figure]:
    """Measure each way once a round, backwards in every second one."""
    frames.read(store, Tasks(Filters(limit=30_000)))
    by_adbc(store)  # what is in no cache yet is the disk's time
    times: Times = {"frames.tasks": [], PANDAS: [], ADBC: []}
    rows = 0
    for number in range(ROUNDS):
        found: dict[str, pd.DataFrame] = {}
        for side in turns(times, number):
            begun = time.perf_counter()
            if side == ADBC:
                rows, took = by_adbc(store)
                times[side].append(took)
                continue
            found[side] = frames.tasks(store) if side == "frames.tasks" else by_pandas(store)
            times[side].append(time.perf_counter() - begun)
        ours, theirs = found["frames.tasks"], found[PANDAS]
        if not number:
            pd.testing.assert_frame_equal(ours, theirs)
        assert len(ours) == len(theirs) == rows
    return [
        rates(f"frame: tasks by pandas, {name}", times, "frames.tasks", PANDAS, rows, "rows/s", bar=2.5, rows=rows),
        rates(f"frame: tasks by ADBC, {name}", times, "frames.tasks", ADBC, rows, "rows/s", bar=0.8, rows=rows),
    ]


def measure() -> list[Figure]:
    """Read the store of each database."""
    found: list[Figure] = []
    for database, sizes in SIZES.items():
        with kept(database, sizes) as url, Store.open(url) as store:
            found += of_store(store, NAMES[database])
    return found


if __name__ == "__main__":
    main(measure, ("pandas", "sqlalchemy", "pyarrow", "adbc-driver-postgresql", "adbc-driver-sqlite"))
