"""Questions of operators about the work itself: what is due, who does it, what is wrong and who was told, pages held against each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select

from storage.engine import rows
from storage.errors import UnknownRecord
from storage.operations_schema import due_runs, incident_messages, incidents, proposals, specimens, workers
from storage.store import Store

Row = dict[str, Any]
WAITING = ("due", "queued", "running")
"""States of a due run that is not settled yet."""
MOST = 200
"""Rows of any list of these questions."""
_ALARM_FIRST = case((incidents.c.level == "alarm", 0), else_=1)


def open_incidents(store: Store, site: str = "") -> list[Row]:
    """Return what is wrong now, alarms first and of each level the oldest; ``site`` empty: everything, the work itself too."""
    query = select(incidents).where(incidents.c.closed_at.is_(None), *([incidents.c.site == site] if site else []))
    with store.reading() as connection:
        return rows(connection.execute(query.order_by(_ALARM_FIRST, incidents.c.opened_at, incidents.c.id).limit(MOST)))


def closed_incidents(store: Store, site: str, most: int = 20) -> list[Row]:
    """Return the last incidents of a site that are over, the newest first."""
    query = select(incidents).where(incidents.c.closed_at.is_not(None), incidents.c.site == site)
    with store.reading() as connection:
        return rows(connection.execute(query.order_by(incidents.c.closed_at.desc()).limit(most)))


def messages_of(store: Store, numbers: Sequence[int]) -> dict[int, list[Row]]:
    """Return what was told of incidents, and to which channel, by incident in the order in which it was formed."""
    m = incident_messages.c
    found: dict[int, list[Row]] = {}
    with store.reading() as connection:
        for row in rows(connection.execute(select(incident_messages).where(m.incident.in_(numbers)).order_by(m.id))):
            found.setdefault(row["incident"], []).append(row)
    return found


def live_workers(store: Store) -> list[Row]:
    """Return the workers that did not say good-bye, the one heard of last first."""
    query = select(workers).where(workers.c.ended_at.is_(None)).order_by(workers.c.heartbeat_at.desc(), workers.c.id)
    with store.reading() as connection:
        return rows(connection.execute(query.limit(MOST)))


def queue(store: Store) -> list[Row]:
    """Return the due runs that are not settled, in the order in which they are due."""
    d = due_runs.c
    with store.reading() as connection:
        return rows(connection.execute(select(due_runs).where(d.state.in_(WAITING)).order_by(d.due_at, d.id).limit(MOST)))


def queued(store: Store, now: datetime) -> Row:
    """Return how many due runs there are of each state that is not settled, and since when the oldest waits (``oldest``)."""
    d = due_runs.c
    by_state = select(d.state, func.count()).where(d.state.in_(WAITING), d.due_at <= now).group_by(d.state)
    oldest = select(func.min(d.due_at)).where(d.state.in_(WAITING[:2]), d.due_at <= now)
    with store.reading() as connection:
        counts = {state: n for state, n in connection.execute(by_state)}  # noqa: C416 -- rows are no pairs to the type checker
        return dict.fromkeys(WAITING, 0) | counts | {"oldest": connection.execute(oldest).scalar()}


def not_done(store: Store, since: datetime) -> list[Row]:
    """Return due runs since a moment that were missed, skipped or failed, the newest first, each with its reason (``note``)."""
    d = due_runs.c
    query = select(due_runs).where(d.state.in_(("missed", "skipped", "failed")), d.due_at >= since)
    with store.reading() as connection:
        return rows(connection.execute(query.order_by(d.due_at.desc(), d.id.desc()).limit(MOST)))


def due_runs_of(store: Store, job: str, most: int = 10) -> list[Row]:
    """Return the last due runs of a job, the newest first."""
    query = select(due_runs).where(due_runs.c.job == job).order_by(due_runs.c.due_at.desc()).limit(most)
    with store.reading() as connection:
        return rows(connection.execute(query))


def due_run(store: Store, number: int) -> Row | None:
    """Return a due run, ``None`` where there is none of that number."""
    with store.reading() as connection:
        return next(iter(rows(connection.execute(select(due_runs).where(due_runs.c.id == number)))), None)


def specimen(store: Store, number: int) -> Row:
    """Return a specimen. Raises ``UnknownRecord``."""
    with store.reading() as connection:
        found = rows(connection.execute(select(specimens).where(specimens.c.id == number)))
    if not found:
        raise UnknownRecord(f"There is no specimen {number}: the page of its site lists those there are.")
    return found[0]


def proposals_of(store: Store, site: str) -> list[Row]:
    """Return the proposals for a site, those that wait for a decision first, then the newest."""
    waits = case((proposals.c.state == "proposed", 0), else_=1)
    query = select(proposals).where(proposals.c.site == site).order_by(waits, proposals.c.id.desc()).limit(MOST)
    with store.reading() as connection:
        return rows(connection.execute(query))
