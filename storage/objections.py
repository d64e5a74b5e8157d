"""Objections to what the store shows: taken in, marked at once, decided in days, logged.

An objection is about this store's own copy: what the authority published is objected to at the authority (信用修复管理办法). What
the objector says is masked before it comes here, and goes when the record goes.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from storage import takedown
from storage.engine import rows
from storage.errors import StoreError, UnknownRecord
from storage.notice_schema import notices, objections
from storage.store import Store

Row = dict[str, Any]
UPHELD, REJECTED = "upheld", "rejected"


def take_in(store: Store, notice_id: str, channel: str, statement: str, at: datetime, due: tuple[date, date]) -> int:
    """Store an objection, mark the record as objected to in the same transaction, and return the objection's number.

    ``due`` are the last days to mark it and to decide. Raises UnknownRecord for a record that is not shown.
    """
    n = notices.c
    with store.writing() as connection:
        known = connection.execute(select(n.id).where(n.id == notice_id)).one_or_none()
        if known is None:
            raise UnknownRecord(f"There is no record {notice_id}: take its id from `harvester notices`. What was taken down is not shown.")
        row = {
            "notice_id": notice_id,
            "received_at": at,
            "channel": channel,
            "statement": statement,
            "mark_due_on": due[0],
            "marked_at": at,
            "decide_due_on": due[1],
            "note": "",
            "operator": "",
        }
        number = connection.execute(insert(objections).values(row)).inserted_primary_key
        connection.execute(update(notices).where(n.id == notice_id).values(objection_marked_at=at))
    return int((number or (0,))[0])


def decide(store: Store, number: int, decision: str, note: str, operator: str, at: datetime) -> Row:
    """Decide an objection: upheld takes the record down for good, rejected takes the mark away. Returns its row.

    The record goes in the transaction that says so, its place in the archive right after it; ``left`` of the row tells in sentences what
    of it could not be erased there. Raises UnknownRecord where there is no such
    objection or nothing is known of its record, StoreError where it is decided already.
    """
    if decision not in (UPHELD, REJECTED):
        raise ValueError(decision)
    settled = {"decision": decision, "decided_at": at, "note": note, "operator": operator}
    with store.writing() as connection:
        found = _undecided(connection, number)
        if decision == UPHELD:
            takedown.bury_for_good(connection, found["notice_id"], at)
        _settle(connection, found, settled)
    return found | settled | {"left": takedown.erase_buried(store, at) if decision == UPHELD else []}


def _undecided(connection: Connection, number: int) -> Row:
    found = rows(connection.execute(select(objections).where(objections.c.id == number)))
    if not found:
        raise UnknownRecord(f"There is no objection {number}: `harvester objections` lists them.")
    if found[0]["decided_at"] is not None:
        raise StoreError(f"Objection {number} was decided on {found[0]['decided_at']:%Y-%m-%d}: take in a new one.")
    return found[0]


def _settle(connection: Connection, found: Row, settled: Row) -> None:
    o, upheld = objections.c, settled["decision"] == UPHELD
    connection.execute(update(objections).where(o.id == found["id"]).values(settled | ({"statement": ""} if upheld else {})))
    open_ones = select(o.id).where(o.notice_id == found["notice_id"], o.decided_at.is_(None)).limit(1)
    if not upheld and connection.execute(open_ones).one_or_none() is None:
        connection.execute(update(notices).where(notices.c.id == found["notice_id"]).values(objection_marked_at=None))


def listed(store: Store, *, undecided: bool = False) -> list[Row]:
    """Return the objections, the oldest first; ``undecided`` leaves out those that are settled."""
    o = objections.c
    query = select(objections).order_by(o.id)
    with store.reading() as connection:
        return rows(connection.execute(query.where(o.decided_at.is_(None)) if undecided else query))
