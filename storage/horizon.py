"""Drop the beginning of the feed. What is dropped is named by one number, the horizon, before which no cursor can go on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, select, update

from storage.change_queries import read_horizon, read_latest
from storage.change_schema import change_agencies, changes, deliveries, feed_state, watches
from storage.store import Store

ROUND = 5000
"""Rows dropped in one transaction: a crawl that waits to write waits some milliseconds."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was dropped: ``rows`` of the feed up to ``horizon``. ``held_by`` names the watches that kept it from going further.

    ``latest`` is the last number of the feed. Of a dry run it is what would be so.
    """

    rows: int
    horizon: int
    latest: int
    held_by: tuple[str, ...] = ()


def prune(store: Store, before: datetime, *, dry_run: bool = False) -> Pruned:
    """Drop the rows from the beginning on that were known before a moment, as far as no watch is still to be told of them.

    The feed is cut at one place: a row known later ends it. A watch that is paused holds nothing; it is told so when it goes on.
    """
    with store.reading() as connection:
        start, last, wanted = read_horizon(connection), read_latest(connection), _known_before(connection, before)
        needs = _needs(connection)
        kept = min([wanted, *needs.values()])
        goal = max(start, kept)
        count = connection.execute(select(func.count()).where(changes.c.seq <= goal)).scalar_one()
    if not dry_run:
        while start < goal:
            start = _drop(store, start, goal)
    return Pruned(count, goal, last, tuple(sorted(name for name, need in needs.items() if need == kept < wanted)))


def _known_before(connection: Connection, moment: datetime) -> int:
    """Return the greatest number up to which every row was known before the moment."""
    first = connection.execute(select(func.min(changes.c.seq)).where(changes.c.known_at >= moment)).scalar()
    return read_latest(connection) if first is None else first - 1


def _needs(connection: Connection) -> dict[str, int]:
    """Return, by watch, the number behind which it still needs every row: what waits to be sent is read when it is sent."""
    w, d = watches.c, deliveries.c
    needs: dict[str, int] = {row.name: row.cursor for row in connection.execute(select(w.name, w.cursor).where(~w.paused))}
    waiting = select(d.watch, func.min(d.after_seq)).where(d.state == "waiting").group_by(d.watch)
    for name, after in connection.execute(waiting):
        needs[name] = min(after, needs.get(name, after))
    return needs


def _drop(store: Store, start: int, goal: int) -> int:
    """Drop one round of rows and move the horizon to them, in one transaction; return the horizon."""
    with store.writing() as connection:
        behind = select(changes.c.seq).where(changes.c.seq > start, changes.c.seq <= goal).order_by(changes.c.seq)
        end = connection.execute(behind.offset(ROUND - 1).limit(1)).scalar() or goal
        connection.execute(delete(change_agencies).where(change_agencies.c.seq <= end))
        connection.execute(delete(changes).where(changes.c.seq <= end))
        connection.execute(update(feed_state).where(feed_state.c.horizon < end).values(horizon=end))
    return end
