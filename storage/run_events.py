"""The log of a run as rows: what it did, number by number, for whoever follows it. Nothing in it says anything of a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select

from storage.operations_schema import run_events
from storage.schema import runs
from storage.store import Store

Row = dict[str, Any]

MOST = 2_000
"""Events that a run keeps, some 400 kB; what comes after them is counted. The end of a run is kept whatever came before."""
KEPT_RUNS = 30
"""Runs of a site whose logs are kept: a month of daily runs."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event. ``level`` is ``info``, ``warning`` or ``error``; ``detail`` holds plain values without personal data."""

    at: datetime
    level: str
    event: str
    detail: Mapping[str, Any] = field(default_factory=dict)


def append(store: Store, run: str, events: Sequence[Event]) -> int:
    """Write events behind those that a run has, in one transaction, and return the number of the last one."""
    e = run_events.c
    with store.writing(told=False) as connection:
        # PostgreSQL lets two writers read the same last number, unless one waits here for the other.
        connection.execute(select(runs.c.id).where(runs.c.id == run).with_for_update(key_share=True))
        last = int(connection.execute(select(func.coalesce(func.max(e.number), 0)).where(e.run == run)).scalar_one())
        made = [
            {"run": run, "number": number, "at": event.at, "level": event.level, "event": event.event, "detail": dict(event.detail)}
            for number, event in enumerate(events, last + 1)
        ]
        if made:
            connection.execute(insert(run_events), made)
    return last + len(made)


def read(store: Store, run: str, after: int = 0, limit: int | None = None) -> list[Row]:
    """Return a run's events behind the one numbered ``after``, in their order."""
    e = run_events.c
    query = select(e.number, e.at, e.level, e.event, e.detail).where(e.run == run, e.number > after).order_by(e.number).limit(limit)
    with store.reading() as connection:
        return [dict(row._mapping) for row in connection.execute(query)]


def verdict_of(store: Store, run: str) -> str | None:
    """Return how a run ended, empty while it is under way, ``None`` where there is no such run."""
    with store.reading() as connection:
        row = connection.execute(select(runs.c.verdict).where(runs.c.id == run)).one_or_none()
    return None if row is None else str(row.verdict or "")


def prune(store: Store, site: str, keep: int = KEPT_RUNS) -> int:
    """Drop the events of all but the newest runs of a site; return how many were dropped."""
    newest = select(runs.c.id).where(runs.c.site == site).order_by(runs.c.started_at.desc(), runs.c.id.desc()).limit(keep)
    e = run_events.c
    old = select(runs.c.id).where(runs.c.site == site, runs.c.id.not_in(newest.scalar_subquery()))
    with store.reading() as connection:  # most often there is nothing: no reader of the store needs to wait for that
        if connection.execute(select(e.run).where(e.run.in_(old)).limit(1)).one_or_none() is None:
            return 0
    with store.writing(told=False) as connection:
        return int(connection.execute(delete(run_events).where(e.run.in_(old))).rowcount)
