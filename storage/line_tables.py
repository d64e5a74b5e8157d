"""The tables of lines themselves: of another shape than the program's they are made again, empty; ``lines.catch_up`` fills them.

Lines hold nothing of their own, so that is all that a store needs that was made while its schema was being worked on.
"""

from __future__ import annotations

from sqlalchemy import Connection, Table, text

from storage import line_schema
from storage.errors import OldStore

_TABLES: tuple[Table, ...] = (
    line_schema.document_lines,
    line_schema.line_choices,
    line_schema.task_lines,
    line_schema.line_agencies,
    line_schema.task_line_agencies,
    line_schema.line_counts,
    line_schema.touched_documents,
)
"""All but the numbers of lines, which stay."""


def check(connection: Connection, name: str) -> None:
    """Raise ``OldStore`` unless documents have lines of this program's shape."""
    if _differ(connection, line_schema.document_lines):
        raise OldStore(f"The store {name} was made by an older program (other lines): run `harvester db upgrade`.")


def renew(connection: Connection) -> None:
    """Make the tables again, empty, where documents have lines of another shape. No view may rest on them."""
    if not _differ(connection, line_schema.document_lines):
        return
    for table in _TABLES:
        table.drop(connection, checkfirst=True)
        table.create(connection)


def _differ(connection: Connection, table: Table) -> bool:
    return set(connection.execute(text(f"SELECT * FROM {table.name} LIMIT 0")).keys()) != set(table.columns.keys())  # noqa: S608 -- a table
