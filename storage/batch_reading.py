"""Read whole answers in Arrow batches, in flat memory: by ADBC where that is faster, by SQLAlchemy else, with the same result.

A PostgreSQL store is read by ADBC in this process, in the same snapshot in which the question was prepared. A SQLite store is read by ADBC
in another process (``apart`` tells why), when it has so many rows that starting one pays.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
from sqlalchemy import Connection, Double, Select, cast, func, literal, select, text
from sqlalchemy.exc import CompileError

from storage import engine as engines
from storage.audit import MOST_IDS
from storage.columnar import schema_of, typed
from storage.dictionary import Kind
from storage.errors import StoreError, UnreachableStore
from storage.questions import Question, Reading, Table, reading
from storage.store import Store
from storage.types import storable
from storage.views_at import literal_sql

ROWS = 4096
"""Rows of a batch that SQLAlchemy reads."""
MANY = 20_000
"""Rows of a SQLite store from which on another process is started: that takes about half a second."""
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Answer:
    """The columns of an answer, what they hold, and its rows; they can be read once."""

    kinds: dict[str, Kind]
    batches: Iterator[pa.RecordBatch]
    records: Callable[[], tuple[list[str], int]] = lambda: ([], 0)
    """Tells the identifiers of the public records in the answer, as many as the log keeps and one more, and the number of rows."""

    @property
    def schema(self) -> pa.Schema:
        """The schema of every batch."""
        return schema_of(self.kinds)

    def table(self) -> pa.Table:
        """Return all rows at once."""
        return pa.Table.from_batches(self.batches, schema=self.schema)


@contextmanager
def answered(store: Store, question: Question, *, fast: bool = True) -> Iterator[Answer]:
    """Give the answer to a question; its batches are read while the block runs. ``fast`` false reads by SQLAlchemy only.

    Raises ``ExportError`` and ``StoreError`` before the first batch for what cannot be asked, ``StoreError`` from within the batches
    where the database breaks off: an answer is whole or raises, it never ends early.
    """
    if isinstance(question, Table):
        yield there(question)
        return
    with ExitStack() as held:
        connection = held.enter_context(store.reading())
        found = reading(connection, question)
        records = partial(_records, connection, found)
        yield Answer(found.kinds, _batches(held, store, connection, found, fast=fast), records)


def _records(connection: Connection, found: Reading) -> tuple[list[str], int]:
    rows = found.statement.subquery()
    count = connection.execute(select(func.count()).select_from(rows)).scalar_one()
    if "notice" not in found.kinds:
        return [], count
    return list(connection.execute(select(rows.c.notice).limit(MOST_IDS + 1)).scalars()), count


def _batches(held: ExitStack, store: Store, connection: Connection, found: Reading, *, fast: bool) -> Iterator[pa.RecordBatch]:
    if not fast:
        return _by_sqlalchemy(connection, found)
    try:
        sql = wire(found.statement, found.kinds, connection.dialect.name)
    except CompileError:  # a value that cannot be written in a statement, such as an array: a parameter can hold it
        return _by_sqlalchemy(connection, found)
    if connection.dialect.name == "postgresql":
        return _by_adbc(held, store, connection, sql, found.kinds)
    some = select(literal(1)).select_from(found.statement.order_by(None).subquery()).limit(MANY).subquery()
    if connection.execute(select(func.count()).select_from(some)).scalar_one() < MANY:
        return _by_sqlalchemy(connection, found)
    return _apart(held, store, sql, found.kinds)


def wire(query: Select[Any], kinds: dict[str, Kind], dialect: str) -> str:
    """Return the statement with its values in it; decimal numbers, which drivers give as text or in turns as whole numbers, as floats."""
    asked = query.subquery("asked")
    columns = [cast(c, Double).label(c.key) if kinds[c.key] in (Kind.NUMBER, Kind.AMOUNT) else c for c in asked.c]
    return literal_sql(select(*columns), dialect)


# --- by SQLAlchemy -------------------------------------------------------------------------------------------------------


def _by_sqlalchemy(connection: Connection, found: Reading) -> Iterator[pa.RecordBatch]:
    schema, kinds = schema_of(found.kinds), list(found.kinds.values())
    streaming = connection.execution_options(stream_results=True, yield_per=ROWS)
    for some in streaming.execute(found.statement).partitions(ROWS):
        columns = zip(*some, strict=True)
        arrays = [_array(values, kind, field.type) for values, kind, field in zip(columns, kinds, schema, strict=True)]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _array(values: Sequence[Any], kind: Kind, wanted: pa.DataType) -> pa.Array:
    if kind is Kind.AMOUNT:
        values = [None if value is None else float(value) for value in values]
    return pa.array(values, wanted)


# --- by ADBC ------------------------------------------------------------------------------------------------------------


def _by_adbc(held: ExitStack, store: Store, connection: Connection, sql: str, kinds: dict[str, Kind]) -> Iterator[pa.RecordBatch]:
    import adbc_driver_postgresql.dbapi as driver  # late: most commands read nothing by it

    snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
    uri = store.url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        other = held.enter_context(driver.connect(uri))
        cursor = held.enter_context(other.cursor())
        for setting in ("standard_conforming_strings = on", "timezone = 'UTC'"):
            cursor.execute(f"SET LOCAL {setting}")
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute(f"SET TRANSACTION SNAPSHOT '{snapshot}'")
        cursor.execute(sql)
    except driver.Error as error:
        raise _broken(store) from error
    return _from_adbc(store, cursor.fetch_record_batch(), schema_of(kinds), driver.Error)


def _from_adbc(store: Store, found: pa.RecordBatchReader, schema: pa.Schema, wrong: type[Exception]) -> Iterator[pa.RecordBatch]:
    try:
        for batch in found:
            yield typed(batch, schema)
    except (wrong, pa.ArrowException, OSError) as error:
        raise _broken(store) from error


def _apart(held: ExitStack, store: Store, sql: str, kinds: dict[str, Kind]) -> Iterator[pa.RecordBatch]:
    asked = {"uri": f"file:{quote(str(engines.file_of(store.url)))}?mode=ro", "sql": sql, "kinds": kinds}
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    child = subprocess.Popen(
        [sys.executable, "-m", "storage.apart"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | {"PYTHONPATH": path},
    )  # fmt: skip
    held.callback(_end, child)
    assert child.stdin and child.stdout  # noqa: S101 -- they are pipes
    child.stdin.write(json.dumps(asked).encode())
    child.stdin.close()
    return _from_child(store, child, schema_of(kinds))


def _from_child(store: Store, child: subprocess.Popen[bytes], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    try:
        for batch in pa.ipc.open_stream(child.stdout):
            if batch.num_rows:
                yield typed(batch, schema)
    except (pa.ArrowException, OSError) as error:
        raise _broken(store) from error
    if child.wait() != 0:  # a stream that was cut between two batches looks whole
        raise _broken(store)


def _end(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    child.wait()
    for pipe in (child.stdout, child.stderr):
        if pipe:
            pipe.close()


def _broken(store: Store) -> StoreError:
    return UnreachableStore(f"The store {store.name} broke off while it was read: see that it can be reached, then ask again.")


# --- rows that are there -------------------------------------------------------------------------------------------------

_FOUND: dict[type, Kind] = {
    bool: Kind.TRUTH,
    int: Kind.WHOLE,
    float: Kind.NUMBER,
    Decimal: Kind.AMOUNT,
    datetime: Kind.MOMENT,
    date: Kind.DAY,
}


def there(question: Table) -> Answer:
    """Return rows that are there already as an answer; what no database could hold in a text becomes U+FFFD."""
    columns = list(zip(*question.rows, strict=True)) or [()] * len(question.columns)
    kinds = {name: _kind(values) for name, values in zip(question.columns, columns, strict=True)}
    schema = schema_of(kinds)
    arrays = [
        _array([_fit(v, kind) for v in values], kind, f.type) for values, kind, f in zip(columns, kinds.values(), schema, strict=True)
    ]
    return Answer(kinds, iter([pa.RecordBatch.from_arrays(arrays, schema=schema)]))


def _kind(values: Sequence[Any]) -> Kind:
    """Return what all values of a column are; text where they differ, as SQLite's may."""
    kinds = {_FOUND.get(type(value), Kind.TEXT) for value in values if value is not None}
    if kinds and kinds <= {Kind.WHOLE, Kind.NUMBER, Kind.AMOUNT}:
        return Kind.NUMBER if len(kinds) > 1 else kinds.pop()
    return kinds.pop() if len(kinds) == 1 else Kind.TEXT


def _fit(value: Any, kind: Kind) -> Any:  # noqa: ANN401 -- a cell
    if value is None or kind is not Kind.TEXT:
        return value
    return storable(value if isinstance(value, str) else str(value))
