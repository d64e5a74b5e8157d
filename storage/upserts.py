"""Write rows by their primary keys, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from sqlalchemy import Connection

from storage.row_writing import upsert as upsert


def spoken(connection: Connection) -> ModuleType:
    """Return what SQLAlchemy has of the database's own language, such as ``insert`` with conflicts; that of the other is not imported."""
    return import_module(f"sqlalchemy.dialects.{connection.dialect.name}")
