"""Write rows by their primary keys, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Table

Row = dict[str, Any]


def spoken(connection: Connection) -> ModuleType:
    """Return what SQLAlchemy has of the database's own language, such as ``insert`` with conflicts; that of the other is not imported."""
    return import_module(f"sqlalchemy.dialects.{connection.dialect.name}")


def upsert(connection: Connection, table: Table, found: Sequence[Row], *, keep: Sequence[str] = ()) -> None:
    """Write rows by their primary key: new ones whole, known ones but for the columns in ``keep``."""
    if not found:
        return
    keys = [column.name for column in table.primary_key]
    statement: Any = spoken(connection).insert(table)
    changed = {name: statement.excluded[name] for name in found[0] if name not in keys and name not in keep}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), list(found))
