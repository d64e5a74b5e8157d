"""A run's row while it goes on: what it is for, where it runs, what it did so far; and what the runs of a due run spent together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from storage.schema import runs
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Spent:
    """What was spent: requests to the site, and seconds of crawling."""

    requests: int = 0
    seconds: float = 0.0


def note_purpose(store: Store, run: str, *, reach: str, due_run: int | None, host: str, at: datetime) -> None:
    """Note how far a run reads lists, the due run that it does, and the host it runs on."""
    values = {"reach": reach, "due_run": due_run, "host": host, "heartbeat_at": at}
    with store.writing(told=False) as connection:
        connection.execute(update(runs).where(runs.c.id == run).values(values))


def beat(store: Store, run: str, counters: Mapping[str, Any], at: datetime) -> None:
    """Note that a run is alive, and what it did so far: should it be killed, that is what it spent."""
    going = (runs.c.id == run) & runs.c.verdict.is_(None)
    with store.writing(told=False) as connection:
        connection.execute(update(runs).where(going).values(counters=dict(counters), heartbeat_at=at))


def spent(store: Store, due_run: int, *, but: str = "") -> Spent:
    """Return what the runs of a due run spent together, without the run ``but``."""
    query = select(runs.c.counters).where(runs.c.due_run == due_run, runs.c.id != but)
    with store.reading() as connection:
        found = [counters or {} for counters in connection.execute(query).scalars()]
    return Spent(sum(int(each.get("requests", 0)) for each in found), sum(float(each.get("seconds", 0)) for each in found))
