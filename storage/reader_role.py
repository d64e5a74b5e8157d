"""The role that may read the views and nothing else, where the operator of a PostgreSQL store made it (``docs/sql.md``)."""

from __future__ import annotations

from sqlalchemy import Connection

from storage.views import VIEWS

NAME = "harvester_reader"


def grant(connection: Connection) -> None:
    """Give the role, where there is one, the right to read the views; they lost it when they were made again."""
    if connection.dialect.name != "postgresql":
        return
    if connection.exec_driver_sql("SELECT 1 FROM pg_roles WHERE rolname = %s", (NAME,)).first():
        connection.exec_driver_sql(f"GRANT SELECT ON {', '.join(VIEWS)} TO {NAME}")
