"""The log of decisions in review: what a mention stands for, who said so and when. Nothing is deleted; a decision is ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from storage.engine import rows
from storage.errors import UnknownRecord
from storage.records import DecisionRow
from storage.schema import decisions
from storage.store import Store

Row = dict[str, Any]
_FIELDS = tuple(field.name for field in fields(DecisionRow))


def decide(store: Store, made: Sequence[DecisionRow], by: str, at: datetime) -> list[int]:
    """Store decisions in one transaction, all or none, and return their numbers.

    A decision ends those on the same mention and region whose days lie within its own; one that is in force word for word is not
    stored again. ``by`` is who decided.
    """
    with store.writing() as connection:
        return [_decide(connection, one, by, at) for one in made]


def _decide(connection: Connection, made: DecisionRow, by: str, at: datetime) -> int:
    d = decisions.c
    row = asdict(made)
    query = select(decisions).where(d.mention == made.mention, d.region == made.region, d.ended_at.is_(None)).order_by(d.id)
    standing = rows(connection.execute(query))
    for old in standing:
        if {name: old[name] for name in _FIELDS} == row:
            return int(old["id"])
    result = connection.execute(insert(decisions).values(row | {"decided_by": by, "decided_at": at}))
    number = int((result.inserted_primary_key or (0,))[0])
    replaced = [old["id"] for old in standing if _within(old, made)]
    if replaced:
        connection.execute(update(decisions).where(d.id.in_(replaced)).values(ended_by=by, ended_at=at, successor_id=number))
    return number


def _within(old: Row, made: DecisionRow) -> bool:
    first, last = date.min, date.max
    begins = (made.valid_from or first) <= (old["valid_from"] or first)
    return begins and (old["valid_to"] or last) <= (made.valid_to or last)


def undo(store: Store, number: int, by: str, at: datetime) -> Row:
    """End a decision and return it; what it replaced stays ended. Raises ``UnknownRecord`` where there is none in force."""
    d = decisions.c
    with store.writing() as connection:
        found = rows(connection.execute(select(decisions).where(d.id == number, d.ended_at.is_(None))))
        if not found:
            raise UnknownRecord(f"There is no decision {number} in force: list what there is with `harvester review decisions`.")
        connection.execute(update(decisions).where(d.id == number).values(ended_by=by, ended_at=at))
    return found[0]


def listed(store: Store, *, ended: bool = False, mention: str = "") -> list[Row]:
    """Return the decisions in force, or the whole log with ``ended``, in the order in which they were made."""
    d = decisions.c
    query = select(decisions).order_by(d.id)
    query = query.where(*([] if ended else [d.ended_at.is_(None)]), *([d.mention == mention] if mention else []))
    with store.reading() as connection:
        return rows(connection.execute(query))


def in_force(store: Store) -> list[DecisionRow]:
    """Return the decisions in force, the older first."""
    return [DecisionRow(**{name: row[name] for name in _FIELDS}) for row in listed(store)]
