"""Alembic's environment: runs the migrations on the connection that ``storage.engine`` passes in."""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    # SQLite rolls back DDL like anything else, so a migration that is killed leaves nothing behind.
    transactional_ddl=True,
)
context.run_migrations()
