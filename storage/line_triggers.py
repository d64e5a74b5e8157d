"""Triggers that note which documents a transaction touches, so that no writer can forget to keep the lines (``storage.lines``) right.

They are dropped and made again at every upgrade, as the views are.
"""
# ruff: noqa: S608 -- statements are put together from constants of this file only

from __future__ import annotations

from sqlalchemy import Connection, text

_NOTE = "INSERT INTO touched_documents (document_id, work_id)"
_HERE = f"{_NOTE} VALUES (NEW.id, NEW.work_id);"
_FORMER = f"{_NOTE} VALUES (OLD.id, OLD.work_id);"
_OF_VERSION = f"{_NOTE} SELECT d.id, d.work_id FROM documents d WHERE d.id = NEW.document_id;"
_OF_SITE = f"{_NOTE} SELECT d.id, d.work_id FROM documents d WHERE d.site = NEW.id;"

TRIGGERS = {
    "touched_document_written": ("INSERT ON documents", _HERE),
    "touched_document_changed": ("UPDATE ON documents", _HERE + _FORMER),
    "touched_document_dropped": ("DELETE ON documents", _FORMER),
    "touched_version_written": ("INSERT ON versions", _OF_VERSION),
    "touched_version_changed": ("UPDATE ON versions", _OF_VERSION),
    "touched_task_changed": ("UPDATE ON tasks", _OF_VERSION),
    "touched_state_told": ("INSERT ON changes", _OF_VERSION),
    "touched_site_written": ("INSERT ON sites", _OF_SITE),
    "touched_site_changed": ("UPDATE OF region ON sites", _OF_SITE),
}
"""Name, event and what is noted. What hangs on a version is written with it, in one transaction, and never changed."""

_ONLY = {"touched_state_told": "WHEN (NEW.entity = 'document')"}
"""Of which rows, where not of all: nearly all that the feed is told is of tasks, and needs no look."""


def drop(connection: Connection) -> None:
    """Drop the triggers that are there."""
    for name, (event, _) in TRIGGERS.items():
        if connection.dialect.name == "sqlite":
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
        else:
            table = event.rsplit(" ", 1)[1]
            found = connection.execute(text("SELECT to_regclass(:name)"), {"name": table}).scalar()
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name} ON {table}")) if found else None
            connection.execute(text(f"DROP FUNCTION IF EXISTS {name}()"))


def create(connection: Connection) -> None:
    """Make the triggers."""
    for name, (event, noted) in TRIGGERS.items():
        only = _ONLY.get(name, "")
        if connection.dialect.name == "sqlite":
            connection.execute(text(f"CREATE TRIGGER {name} AFTER {event} {only} BEGIN {noted} END"))
        else:
            body = f"BEGIN {noted} RETURN NULL; END"
            connection.execute(text(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $note$ {body} $note$"))
            connection.execute(text(f"CREATE TRIGGER {name} AFTER {event} FOR EACH ROW {only} EXECUTE FUNCTION {name}()"))
