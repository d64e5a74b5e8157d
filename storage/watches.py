"""Watches: saved questions to the feed, and how far each one's channel was told. What is sent is in ``storage.deliveries``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from storage.change_queries import read_latest
from storage.change_schema import deliveries, watches
from storage.errors import StoreError, UnknownRecord
from storage.store import Store


class WatchExists(StoreError):  # noqa: N818 -- what happened, in the words of the command line
    """There is a watch of that name already."""


@dataclass(frozen=True, slots=True)
class Watch:
    """One watch. ``cursor`` is the sequence number up to which the feed was looked through for it; ``due_at`` when to look next.

    ``filters`` are those of a question to the feed (``ChangeFilters.as_json``). ``due_at`` is ``None`` for a watch that is told
    whenever there is something.
    """

    name: str
    filters: Mapping[str, Any]
    channel: str
    period: str
    language: str
    cursor: int
    paused: bool
    created_by: str
    created_at: datetime
    due_at: datetime | None


def add(
    store: Store,
    name: str,
    filters: Mapping[str, Any],
    channel: str,
    period: str,
    language: str,
    by: str,
    at: datetime,
    due_at: datetime | None,
) -> Watch:
    """Make a watch of what the feed says from now on, and return it. Raises ``WatchExists``."""
    row = {"name": name, "filters": dict(filters), "channel": channel, "period": period, "language": language, "paused": False}
    with store.writing() as connection:
        if _row(connection, name) is not None:
            raise WatchExists(f"There is a watch {name} already: choose another name, or remove it with `harvester watch remove {name}`.")
        made = row | {"cursor": read_latest(connection), "created_by": by, "created_at": at, "due_at": due_at}
        connection.execute(insert(watches), [made])
    return named(store, name)


def listed(store: Store) -> list[Watch]:
    """Return all watches by name."""
    with store.reading() as connection:
        return [_watch(row) for row in connection.execute(select(watches).order_by(watches.c.name))]


def named(store: Store, name: str) -> Watch:
    """Return a watch. Raises ``UnknownRecord``."""
    with store.reading() as connection:
        row = _row(connection, name)
    if row is None:
        raise _unknown(name)
    return _watch(row)


def pause(store: Store, name: str) -> None:
    """Let a watch rest: nothing is formed or sent, and its place in the feed stays. Raises ``UnknownRecord``."""
    _set(store, name, paused=True)


def resume(store: Store, name: str, *, skip: bool = False) -> int:
    """Let a watch go on, from where it stood, or with ``skip`` from the feed's end; return how many rows of the feed are skipped.

    Raises ``UnknownRecord``.
    """
    with store.writing() as connection:
        row = _row(connection, name)
        if row is None:
            raise _unknown(name)
        cursor = read_latest(connection) if skip else row.cursor
        connection.execute(update(watches).where(watches.c.name == name).values(paused=False, cursor=cursor))
    return int(cursor - row.cursor)


def remove(store: Store, name: str) -> int:
    """Remove a watch and its deliveries; return how many of them were waiting and will never be sent. Raises ``UnknownRecord``."""
    d = deliveries.c
    with store.writing() as connection:
        if _row(connection, name) is None:
            raise _unknown(name)
        waiting = connection.execute(select(func.count()).where(d.watch == name, d.state == "waiting")).scalar_one()
        connection.execute(delete(deliveries).where(d.watch == name))
        connection.execute(delete(watches).where(watches.c.name == name))
    return int(waiting)


def _set(store: Store, name: str, **values: Any) -> None:  # noqa: ANN401 -- values of columns
    with store.writing() as connection:
        if connection.execute(update(watches).where(watches.c.name == name).values(values)).rowcount == 0:
            raise _unknown(name)


def _row(connection: Connection, name: str) -> Row[Any] | None:
    return connection.execute(select(watches).where(watches.c.name == name)).one_or_none()


def _watch(row: Row[Any]) -> Watch:
    return Watch(**row._mapping)


def _unknown(name: str) -> UnknownRecord:
    return UnknownRecord(f"There is no watch {name}: list what there is with `harvester watch list`.")
