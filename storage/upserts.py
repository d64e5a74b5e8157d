"""Write rows by their primary keys, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Row = dict[str, Any]


def upsert(connection: Connection, table: Table, found: Sequence[Row], *, keep: Sequence[str] = ()) -> None:
    """Write rows by their primary key: new ones whole, known ones but for the columns in ``keep``."""
    if not found:
        return
    keys = [column.name for column in table.primary_key]
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement: Any = dialect.insert(table)
    changed = {name: statement.excluded[name] for name in found[0] if name not in keys and name not in keep}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), list(found))
