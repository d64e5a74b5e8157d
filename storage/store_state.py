"""How often the store was written to: what answers that rest on the whole store are told apart by (``harvester.web.api.validators``)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import BigInteger, CheckConstraint, Column, Connection, Integer, Table, insert, select, update

from storage.columns import metadata, must, times
from storage.types import UtcTime

store_state = Table(
    "store_state",
    metadata,
    Column("id", Integer, primary_key=True),
    must("writes", BigInteger),
    Column("written_at", UtcTime),
    CheckConstraint("id = 1", name="one"),
    *times("written_at"),
)
"""One row: how many transactions changed what answers rest on, and when the last one did."""


@dataclass(frozen=True, slots=True)
class State:
    """``writes`` grows with every transaction that changes what answers rest on; ``written_at`` is the moment of the last one."""

    writes: int
    written_at: datetime | None


def advance(connection: Connection) -> None:
    """Count a transaction; the last thing it does, so that on PostgreSQL writers wait for one another at their ends only."""
    now = datetime.now(UTC)
    row = store_state.c
    if not connection.execute(update(store_state).where(row.id == 1).values(writes=row.writes + 1, written_at=now)).rowcount:
        connection.execute(insert(store_state), [{"id": 1, "writes": 1, "written_at": now}])


def read(connection: Connection) -> State:
    """Return the state that a transaction sees."""
    found = connection.execute(select(store_state.c.writes, store_state.c.written_at)).one_or_none()
    return State(*found) if found else State(0, None)
