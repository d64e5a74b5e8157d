"""Repairs and withdrawals that may mean several records: what a person decides on them. What is taken down stays so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from normalizers.notices.records import NoticeKind
from storage.engine import rows
from storage.errors import StoreError, UnknownRecord
from storage.notice_endings import REASONS, bury_everywhere
from storage.notice_queries import shown
from storage.notice_schema import endings, notices
from storage.store import Store
from storage.tombstones import graves_of

Row = dict[str, Any]
_OF_ENDING = ("id", "site", "section", "kind", "list_name", "ended_on", "url", "candidates", "first_seen")
_OF_RECORD = ("id", "site", "kind", "subject_name", "list_name", "number", "decided_on", "ends_on")


def waiting(store: Store, *, today: date, limit: int | None = None) -> list[Row]:
    """Return the ambiguous endings, the oldest first; ``records`` are those of their candidates that are still shown."""
    e = endings.c
    query = select(*(e[name] for name in _OF_ENDING)).where(e.outcome == "ambiguous").order_by(e.first_seen, e.id).limit(limit)
    with store.reading() as connection:
        return [row | {"records": _records(connection, row["candidates"], today)} for row in rows(connection.execute(query))]


def _records(connection: Connection, ids: Sequence[str], today: date) -> list[Row]:
    n = notices.c
    query = select(*(n[name] for name in _OF_RECORD)).where(n.id.in_(list(ids)), shown(today)).order_by(n.day, n.id)
    return rows(connection.execute(query))


def count(store: Store) -> int:
    """Return how many endings are ambiguous."""
    query = select(func.count()).select_from(endings).where(endings.c.outcome == "ambiguous")
    with store.reading() as connection:
        return int(connection.execute(query).scalar_one())


def settle(store: Store, identifier: str, meant: Sequence[str], at: datetime) -> int:
    """Take down the records that an ambiguous ending means, or none, and return how many were.

    Raises ``UnknownRecord`` where no such ending waits, ``StoreError`` for a record that is none of its candidates.
    """
    e = endings.c
    with store.writing() as connection:
        found = rows(connection.execute(select(endings).where(e.id == identifier, e.outcome == "ambiguous")))
        if not found:
            raise UnknownRecord(f"There is no ending {identifier} that waits for a decision: look at `v_endings`.")
        if strange := set(meant) - set(found[0]["candidates"]):
            raise StoreError(f"{min(strange)} is none of the records that this ending may mean: choose among those listed.")
        reason = REASONS[NoticeKind(found[0]["kind"])]
        graves = graves_of(connection, list(meant), reason, at, due_on=found[0]["ended_on"])
        bury_everywhere(connection, graves)
        outcome = "taken-down" if graves else "nothing-found"
        connection.execute(update(endings).where(e.id == identifier).values(outcome=outcome, matched=len(graves), candidates=[], url=""))
    return len(graves)
