"""Alembic's part: only a change of the schema needs it, and it takes as long to load as SQLAlchemy; so ``storage.engine`` calls it late."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

MIGRATIONS = Path(__file__).parent / "migrations"


def config_of(connection: Connection | None = None) -> Config:
    """Return Alembic's settings for the migrations of this program."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def to_head(connection: Connection) -> None:
    """Run the migrations that a database lacks, within the caller's transaction."""
    command.upgrade(config_of(connection), "head")
