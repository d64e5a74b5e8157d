"""Take a database's indexes and keys away while rows are poured in, and make them again behind them: all at once is many times as fast.

Checks stay: a row that the target would not take is told where it stands.
"""
# ruff: noqa: S608 -- statements are put together from the database's own catalogue

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table

from storage.schema import metadata

_MEMORY = "256MB"
"""What PostgreSQL may take to sort an index."""
_INDEXES = """SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_class t ON t.oid = i.indrelid WHERE t.relname = ANY(%s) AND t.relnamespace = current_schema()::regnamespace
AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')) ORDER BY 1"""
_CONSTRAINTS = """SELECT t.relname, k.conname, k.contype, pg_get_constraintdef(k.oid) FROM pg_constraint k
JOIN pg_class t ON t.oid = k.conrelid WHERE t.relname = ANY(%s) AND t.relnamespace = current_schema()::regnamespace
AND k.contype IN ('p', 'u', 'f') ORDER BY array_position(ARRAY['f', 'u', 'p'], k.contype::text), 1, 2"""


@dataclass(frozen=True, slots=True)
class Keys:
    """What was taken away: the statements that make it again, in their order."""

    statements: tuple[str, ...]


def take_away(connection: Connection, tables: Iterable[str]) -> Keys:
    """Drop the indexes, and on PostgreSQL the keys, of tables and return what makes them again."""
    names = list(tables)
    return _of_sqlite(connection, names) if connection.dialect.name == "sqlite" else _of_postgres(connection, names)


def put_back(connection: Connection, keys: Keys) -> None:
    """Make again what ``take_away`` took."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL maintenance_work_mem = '{_MEMORY}'")
    for statement in keys.statements:
        connection.exec_driver_sql(statement)


def _of_sqlite(connection: Connection, tables: list[str]) -> Keys:
    known = connection.exec_driver_sql("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").all()
    made = [(name, statement) for name, table, statement in known if table in tables]
    for name, _ in made:
        connection.exec_driver_sql(f'DROP INDEX "{name}"')
    return Keys(tuple(statement for _, statement in made))


def _of_postgres(connection: Connection, tables: list[str]) -> Keys:
    constraints = connection.exec_driver_sql(_CONSTRAINTS, (tables,)).all()
    indexes = connection.exec_driver_sql(_INDEXES, (tables,)).all()
    for table, name, _, _ in constraints:
        connection.exec_driver_sql(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
    for name, _ in indexes:
        connection.exec_driver_sql(f'DROP INDEX "{name}"')
    added = [(kind, f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {said}') for table, name, kind, said in constraints]
    first = [statement for kind, statement in added if kind != "f"]
    last = [statement for kind, statement in added if kind == "f"]
    return Keys((*first, *(statement for _, statement in indexes), *last))


# --- counters ------------------------------------------------------------------------------------------------------------


def counters(connection: Connection) -> dict[str, int]:
    """Return the last number that each table with a counter gave out, where it is known beside its greatest row."""
    if connection.dialect.name == "sqlite":
        return {str(name): int(last) for name, last in connection.exec_driver_sql("SELECT name, seq FROM sqlite_sequence").all()}
    found: dict[str, Any] = {}
    for table, sequence in _sequences(connection).items():
        last, called = connection.exec_driver_sql(f"SELECT last_value, is_called FROM {sequence}").one()
        found |= {table: int(last)} if called else {}
    return found


def set_counters(connection: Connection, last: Mapping[str, int]) -> None:
    """Let the next row of each table come behind its greatest and behind ``last``."""
    if connection.dialect.name == "sqlite":
        for table, number in last.items():
            moved = connection.exec_driver_sql("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (number, table))
            if not moved.rowcount and metadata.tables[table].dialect_kwargs.get("sqlite_autoincrement"):
                connection.exec_driver_sql("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, number))
        return
    for table, sequence in _sequences(connection).items():
        column = _counted(metadata.tables[table])
        greatest = connection.exec_driver_sql(f'SELECT max("{column}") FROM "{table}"').scalar_one()
        if behind := max(greatest or 0, last.get(table, 0)):
            connection.exec_driver_sql("SELECT setval(%s::regclass, %s)", (sequence, behind))


def _sequences(connection: Connection) -> dict[str, str]:
    found: dict[str, Any] = {}
    for table in metadata.sorted_tables:
        if column := _counted(table):
            name = connection.exec_driver_sql("SELECT pg_get_serial_sequence(%s, %s)", (f'"{table.name}"', column)).scalar_one()
            found |= {table.name: str(name)} if name else {}
    return found


def _counted(table: Table) -> str:
    column = table.autoincrement_column
    return column.name if column is not None else ""
