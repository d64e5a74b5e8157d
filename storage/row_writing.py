"""Write rows of one table together: each column is made storable as a whole, then one statement takes all rows.

A document brings some hundred rows. To put each value of each of them through its column's type, as SQLAlchemy does, takes several times
as long as the database needs to write them; PostgreSQL takes many rows fastest by COPY.
"""
# ruff: noqa: S608 -- statements are put together from the names of the program's own tables

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import Column, Connection, Dialect, Table
from sqlalchemy.exc import DBAPIError

from storage.types import Json, Words, all_to_json, storable_all, to_json

Row = dict[str, Any]
Values = list[Any]

COPIED = 6
"""Rows from which on PostgreSQL is sent a COPY: below, its two round trips more cost as much as they save."""


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Write new rows, all of which name the same columns. Raises what SQLAlchemy raises for a row that is not taken."""
    if not rows:
        return
    insert_values(connection, table.name, tuple(rows[0]), _values(connection, table, rows))


def insert_values(connection: Connection, table: str, names: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> None:
    """Write new rows of values as the driver takes them."""
    if connection.dialect.name == "postgresql" and len(rows) >= COPIED:
        _copy(connection, table, names, rows)
    elif rows:
        connection.exec_driver_sql(insertion(connection.dialect.name, table, names), list(rows))


def insert_unless_there(connection: Connection, table: Table, row: Row) -> int | None:
    """Write a row unless one like it is there, and return its number, ``None`` where it was not written."""
    written = insert_new(connection, table, [row], ("id",))
    return int(written[0][0]) if written else None


def insert_new(connection: Connection, table: Table, rows: Sequence[Row], told: tuple[str, ...]) -> Sequence[Any]:
    """Write those rows of which none like it is there, and return the columns ``told`` of these, in one statement."""
    names = tuple(rows[0])
    statement = f"{insertion(connection.dialect.name, table.name, names, len(rows))} ON CONFLICT DO NOTHING RETURNING {listed(told)}"
    values = tuple(chain.from_iterable(_values(connection, table, rows)))
    return connection.exec_driver_sql(statement, values).all()


def upsert(connection: Connection, table: Table, rows: Sequence[Row], *, keep: Sequence[str] = ()) -> None:
    """Write rows by their primary key: new ones whole, known ones but for the columns in ``keep``."""
    if not rows:
        return
    names = tuple(rows[0])
    statement = insertion(connection.dialect.name, table.name, names) + _changed(table, names, tuple(keep))
    connection.exec_driver_sql(statement, _values(connection, table, rows))


@cache
def insertion(dialect: str, table: str, names: tuple[str, ...], rows: int = 1) -> str:
    """Return the statement that writes a row, or so many, as the driver takes it."""
    return f"INSERT INTO {table} ({listed(names)}) VALUES {marks(dialect, len(names), rows)}"


def marks(dialect: str, values: int, rows: int = 1) -> str:
    """Return the places of so many values in each of so many rows."""
    row = ", ".join(["?" if dialect == "sqlite" else "%s"] * values)
    return ", ".join([f"({row})"] * rows)


@cache
def _changed(table: Table, names: tuple[str, ...], keep: tuple[str, ...]) -> str:
    keys = [column.name for column in table.primary_key]
    changed = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name not in keys and name not in keep)
    return f" ON CONFLICT ({listed(keys)}) DO UPDATE SET {changed}"


def _values(connection: Connection, table: Table, rows: Sequence[Row]) -> list[tuple[Any, ...]]:
    columns = [_stored(connection.dialect, table.c[name], [row[name] for row in rows]) for name in rows[0]]
    return list(zip(*columns, strict=True))


def listed(names: Sequence[str]) -> str:
    """Return the names of columns as a statement lists them."""
    return ", ".join(f'"{name}"' for name in names)


def _copy(connection: Connection, table: str, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    driver: Any = connection.connection.driver_connection
    statement = f"COPY {table} ({listed(names)}) FROM STDIN"
    base: type[Exception] = connection.dialect.loaded_dbapi.Error
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except base as error:
        raise DBAPIError.instance(statement, None, error, base, hide_parameters=True) from error


def _stored(dialect: Dialect, column: Column[Any], values: Values) -> Values:
    """Return the values of a column as the driver takes them."""
    kind = column.type
    if isinstance(kind, Words):
        return storable_all(values)
    if isinstance(kind, Json):
        return _as_json(values, or_null=kind.is_null_without_value)
    bind = _binder(dialect, column)
    if bind is None:
        return values
    # Rows that are written together share most moments and days.
    bound = {key: bind(value) for key, value in {id(value): value for value in values}.items()}
    return [bound[id(value)] for value in values]


def _as_json(values: Values, *, or_null: bool) -> Values:
    said = iter(all_to_json([value for value in values if value]))
    return [next(said) if value else None if or_null and value is None else _empty(value) for value in values]


def _empty(value: Any) -> str:  # noqa: ANN401 -- a JSON value
    return "[]" if value in ([], ()) else to_json(value)


@lru_cache(maxsize=1024)
def _binder(dialect: Dialect, column: Column[Any]) -> Callable[[Any], Any] | None:
    return column.type.dialect_impl(dialect).bind_processor(dialect)
