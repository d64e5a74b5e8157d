"""Rows of a table as they go from one database to another: in the form in which SQLite keeps them, which PostgreSQL's COPY reads, too.

Text is text, a truth 0 or 1, a day ``YYYY-MM-DD``, a moment ``YYYY-MM-DD HH:MM:SS.ffffff`` in UTC, an amount its digits, JSON its text.
So nothing is put together and taken apart on the way but JSON that PostgreSQL gave, which is told in an order of its own.
"""
# ruff: noqa: S608 -- statements are put together from the names of the program's own tables

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import lru_cache
from itertools import islice
from typing import Any

import psycopg
from sqlalchemy import JSON, Boolean, Connection, Date, Numeric, Table
from sqlalchemy.exc import OperationalError
from sqlalchemy.types import TypeDecorator, TypeEngine

from storage.errors import StoreError
from storage.row_writing import insertion, listed
from storage.types import UtcTime, Yuan, to_json

Plain = tuple[Any, ...]
"""A row: text, whole numbers, floating ones, bytes and None."""

BATCH = 5000
"""Rows held at once on either side."""


def read_rows(connection: Connection, table: str, columns: Sequence[str], kinds: Sequence[TypeEngine[Any]]) -> Iterator[Plain]:
    """Yield the rows of a table in no order, in the moment that the connection's transaction sees; memory does not grow with the table."""
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        with closing(driver.execute(f"SELECT {listed(columns)} FROM {table}")) as cursor:
            while rows := cursor.fetchmany(BATCH):
                yield from rows
        return
    told = ", ".join(_spoken(name, kind) for name, kind in zip(columns, kinds, strict=True))
    written = [n for n, kind in enumerate(kinds) if isinstance(_kind(kind), JSON)]
    with _as_told(table), driver.cursor(name="copied_rows") as cursor:
        cursor.itersize = BATCH
        cursor.execute(f"SELECT {told} FROM {table}")
        yield from _with_json(cursor, written) if written else cursor


def write_rows(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Plain], *, frozen: bool = False) -> int:
    """Write rows and return how many: by COPY on PostgreSQL, in batches of one statement on SQLite.

    ``frozen``: PostgreSQL's table was emptied in this transaction, so nobody can hold an older one of its rows.
    """
    driver: Any = connection.connection.driver_connection
    count = 0
    if connection.dialect.name == "sqlite":
        statement = insertion("sqlite", table, tuple(columns))
        rest = iter(rows)
        while some := list(islice(rest, BATCH)):
            with _as_told(table):
                driver.executemany(statement, some)
            count += len(some)
        return count
    options = " (FREEZE)" if frozen else ""
    with _as_told(table), driver.cursor() as cursor, cursor.copy(f"COPY {table} ({listed(columns)}) FROM STDIN{options}") as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


@contextmanager
def _as_told(table: str) -> Iterator[None]:
    """Turn what a driver says into what SQLAlchemy would, for ``engine.told``. The values of a row that is refused are never told."""
    try:
        yield
    except (sqlite3.IntegrityError, psycopg.errors.IntegrityError, psycopg.errors.DataError) as error:
        what = getattr(getattr(error, "diag", None), "constraint_name", "") or type(error).__name__
        raise StoreError(f"A row of {table} is not taken by the target ({what}): check the source with `harvester db verify`.") from None
    except psycopg.Error as error:
        raise OperationalError(f"rows of {table}", {}, error) from error


def columns_of(table: Table) -> tuple[list[str], list[TypeEngine[Any]]]:
    """Return the names of a table's columns and their types."""
    return [column.name for column in table.columns], [column.type for column in table.columns]


def counted(rows: Iterable[Plain], tell: Callable[[int], object], every: int = BATCH) -> Iterator[Plain]:
    """Yield the rows and tell how many they were, now and then and at the end."""
    done = 0
    for done, row in enumerate(rows, 1):
        yield row
        if done % every == 0:
            tell(done)
    tell(done)


def _kind(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """Return the type that stands behind one of the program's own."""
    return kind if isinstance(kind, (UtcTime, Yuan)) or not isinstance(kind, TypeDecorator) else kind.impl_instance


def _spoken(name: str, kind: TypeEngine[Any]) -> str:
    """Return the words by which PostgreSQL gives a column in the form of SQLite."""
    of = _kind(kind)
    column = f'"{name}"'
    if isinstance(of, Boolean):
        return f"{column}::int"
    if isinstance(of, UtcTime):
        return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
    if isinstance(of, Date):
        return f"to_char({column}, 'YYYY-MM-DD')"
    return f"{column}::text" if isinstance(of, (JSON, Numeric, Yuan)) and not _is_float(of) else column


def _is_float(kind: TypeEngine[Any]) -> bool:
    return kind.__visit_name__ in ("float", "double")


def _with_json(rows: Iterable[Plain], at: Sequence[int]) -> Iterator[Plain]:
    for row in rows:
        changed = list(row)
        for n in at:
            if changed[n] is not None:
                changed[n] = _rewritten(changed[n])
        yield tuple(changed)


@lru_cache(maxsize=1024)
def _rewritten(text: str) -> str:
    """Return JSON as the program writes it."""
    return to_json(json.loads(text))
