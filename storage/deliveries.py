"""Deliveries: stretches of the feed that are to be told to a channel, each named once, so that telling it twice has one effect.

A stretch is named in the transaction that moves its watch's cursor. An attempt is written down before it is made, with the time of the
next one, so that a process that dies while it sends is neither forgotten nor repeated without a pause.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, insert, select, update

from storage.change_schema import deliveries, watches
from storage.errors import StoreError, UnknownRecord
from storage.store import Store

WAITING, SENT, GIVEN_UP = "waiting", "sent", "given-up"


class MovedCursor(StoreError):  # noqa: N818 -- what happened, in the words of the command line
    """A watch's cursor is not where it was: the watch was removed, or went on, meanwhile."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the feed, behind ``after`` up to ``upto``, with as many rows for its watch; never none."""

    after: int
    upto: int
    rows: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery. ``attempts`` counts those begun; ``next_at`` is when to try next, ``None`` for at once or never."""

    id: str
    watch: str
    after_seq: int
    upto_seq: int
    rows: int
    state: str
    attempts: int
    next_at: datetime | None
    error: str
    created_at: datetime
    ended_at: datetime | None


def form(
    store: Store, watch: str, cursor: int, upto: int, stretches: Sequence[Stretch], at: datetime, due_at: datetime | None
) -> list[str]:
    """Name what is to be told of the feed behind ``cursor``, move the watch's cursor to ``upto``, and return the deliveries' identifiers.

    Raises ``MovedCursor`` when the cursor is not there any more: the watch was removed or looked after by someone else meanwhile.
    """
    names = [str(uuid.uuid4()) for _ in stretches]
    made = [_waiting(name, watch, stretch, at) for name, stretch in zip(names, stretches, strict=True)]
    w = watches.c
    with store.writing() as connection:
        moved = connection.execute(update(watches).where(w.name == watch, w.cursor == cursor).values(cursor=upto, due_at=due_at))
        if moved.rowcount == 0:
            raise MovedCursor(f"The watch {watch} was changed meanwhile: run `harvester watch run --once` again.")
        if made:
            connection.execute(insert(deliveries), made)
    return names


def _waiting(name: str, watch: str, stretch: Stretch, at: datetime) -> dict[str, Any]:
    place = {"after_seq": stretch.after, "upto_seq": stretch.upto, "rows": stretch.rows}
    fresh = {"state": WAITING, "attempts": 0, "next_at": None, "error": "", "ended_at": None}
    return {"id": name, "watch": watch, "created_at": at} | place | fresh


def due(store: Store, now: datetime) -> list[Delivery]:
    """Return what may be sent now: of each watch that is not paused the first that waits, when its time has come.

    One at a time keeps a watch's deliveries in the order of the feed: while one waits, those behind it wait too.
    """
    d, w = deliveries.c, watches.c
    first = select(d.watch, func.min(d.upto_seq).label("upto")).where(d.state == WAITING).group_by(d.watch).subquery()
    query = select(deliveries).join(first, (d.watch == first.c.watch) & (d.upto_seq == first.c.upto)).join(watches, w.name == d.watch)
    ready: ColumnElement[bool] = d.next_at.is_(None) | (d.next_at <= now)
    with store.reading() as connection:
        found = connection.execute(
            query.where(d.state == WAITING, ~w.paused, ready).order_by(d.next_at.is_not(None), d.next_at, d.created_at)
        )
        return [_delivery(row) for row in found]


def begin(store: Store, identifier: str, next_at: datetime) -> bool:
    """Count an attempt that is about to be made, and the time of the next should this one not end; false when it waits no more."""
    d = deliveries.c
    with store.writing() as connection:
        values = {"attempts": d.attempts + 1, "next_at": next_at}
        return connection.execute(update(deliveries).where(d.id == identifier, d.state == WAITING).values(values)).rowcount == 1


def sent(store: Store, identifier: str, at: datetime, note: str = "") -> None:
    """Note that a delivery reached its channel; ``note`` is what was not as it should be, such as recipients that were refused."""
    _end(store, identifier, SENT, at, note)


def postponed(store: Store, identifier: str, next_at: datetime, error: str) -> None:
    """Note why an attempt failed, and when to try again."""
    with store.writing() as connection:
        d = deliveries.c
        connection.execute(update(deliveries).where(d.id == identifier, d.state == WAITING).values(next_at=next_at, error=error))


def given_up(store: Store, identifier: str, at: datetime, error: str) -> None:
    """Note that no more attempts are made, and why the last one failed."""
    _end(store, identifier, GIVEN_UP, at, error)


def _end(store: Store, identifier: str, state: str, at: datetime, error: str) -> None:
    d = deliveries.c
    values = {"state": state, "ended_at": at, "error": error, "next_at": None}
    with store.writing() as connection:
        connection.execute(update(deliveries).where(d.id == identifier, d.state == WAITING).values(values))


def retry(store: Store, identifier: str) -> Delivery:
    """Let a delivery be sent again at the next run, under the same identifier, whatever became of it. Raises ``UnknownRecord``."""
    d = deliveries.c
    with store.writing() as connection:
        values = {"state": WAITING, "next_at": None, "ended_at": None}
        if connection.execute(update(deliveries).where(d.id == identifier).values(values)).rowcount == 0:
            raise UnknownRecord(f"There is no delivery {identifier}: list what there is with `harvester watch deliveries`.")
    return named(store, identifier)


def named(store: Store, identifier: str) -> Delivery:
    """Return a delivery. Raises ``UnknownRecord``."""
    with store.reading() as connection:
        row = connection.execute(select(deliveries).where(deliveries.c.id == identifier)).one_or_none()
    if row is None:
        raise UnknownRecord(f"There is no delivery {identifier}: list what there is with `harvester watch deliveries`.")
    return _delivery(row)


def listed(store: Store, *, watch: str = "", state: str = "", limit: int | None = None) -> list[Delivery]:
    """Return deliveries, the newest first."""
    d = deliveries.c
    wanted = [*([d.watch == watch] if watch else []), *([d.state == state] if state else [])]
    query = select(deliveries).where(*wanted).order_by(d.created_at.desc(), d.upto_seq.desc(), d.id).limit(limit)
    with store.reading() as connection:
        return [_delivery(row) for row in connection.execute(query)]


def previous(store: Store, delivery: Delivery) -> int:
    """Return the sequence number up to which the watch's delivery before this one told, 0 where this is the first."""
    d = deliveries.c
    query = select(func.max(d.upto_seq)).where(d.watch == delivery.watch, d.upto_seq <= delivery.after_seq)
    with store.reading() as connection:
        return int(connection.execute(query).scalar_one() or 0)


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(**row._mapping)
