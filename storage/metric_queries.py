"""What metrics are made of: counts and moments of the whole store, each by one short question."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from storage.change_schema import deliveries
from storage.disk_use import database_bytes
from storage.line_schema import document_lines
from storage.operations_schema import due_runs, incident_messages, incidents, snoozes, workers
from storage.schema import captures, runs
from storage.store import Store
from storage.workers import SILENCE

UNDER_WAY = "running"
"""What a run without a verdict counts as."""


@dataclass(slots=True)
class Counts:
    """The numbers of one moment, by their labels."""

    runs: dict[tuple[str, str], int] = field(default_factory=dict)
    last_run: dict[str, datetime] = field(default_factory=dict)
    last_complete: dict[str, datetime] = field(default_factory=dict)
    incidents: dict[str, int] = field(default_factory=dict)
    snoozed: int = 0
    due: dict[str, int] = field(default_factory=dict)
    oldest_due: datetime | None = None
    workers: dict[str, int] = field(default_factory=dict)
    heartbeat: dict[str, datetime] = field(default_factory=dict)
    messages: dict[str, int] = field(default_factory=dict)
    deliveries: int = 0
    database_bytes: int = 0


@dataclass(slots=True)
class Content:
    """How much of each site the store holds."""

    documents: dict[str, int] = field(default_factory=dict)
    tasks: dict[str, int] = field(default_factory=dict)
    captures: dict[str, int] = field(default_factory=dict)
    capture_bytes: dict[str, int] = field(default_factory=dict)


def counts(store: Store, now: datetime) -> Counts:
    """Return the numbers of the store at a moment."""
    found = Counts(database_bytes=database_bytes(store))
    with store.reading() as connection:
        _runs(connection, found)
        _work(connection, found, now)
        _messages(connection, found)
    return found


def content(store: Store) -> Content:
    """Return how much the store holds: every document and capture is counted, which takes a while where there are many."""
    l, c, found = document_lines.c, captures.c, Content()  # noqa: E741 -- lines
    with store.reading() as connection:
        for site, documents, tasks in connection.execute(select(l.site, func.count(), func.sum(l.tasks)).group_by(l.site)):
            found.documents[site], found.tasks[site] = int(documents), int(tasks or 0)
        for site, count, size in connection.execute(select(c.site, func.count(), func.sum(c.file_length)).group_by(c.site)):
            found.captures[site], found.capture_bytes[site] = int(count), int(size or 0)
    return found


def _runs(connection: Connection, found: Counts) -> None:
    r = runs.c
    verdict = func.coalesce(r.verdict, UNDER_WAY)
    for site, kind, count, last in connection.execute(
        select(r.site, verdict, func.count(), func.max(r.ended_at)).group_by(r.site, verdict)
    ):
        found.runs[site, kind] = int(count)
        if last is not None:
            found.last_run[site] = max(last, found.last_run.get(site, last))
        if kind == "complete":
            found.last_complete[site] = last


def _work(connection: Connection, found: Counts, now: datetime) -> None:
    i, s, d, w = incidents.c, snoozes.c, due_runs.c, workers.c
    still = i.closed_at.is_(None)
    found.incidents = _pairs(connection, select(i.level, func.count()).where(still).group_by(i.level))
    holds = and_(s.since <= now, s.until > now, s.ended_at.is_(None), s.site == i.site, or_(s.cause == "", s.cause == i.cause))
    found.snoozed = int(connection.execute(select(func.count()).where(still, select(s.id).where(holds).exists())).scalar_one())
    found.due = _pairs(connection, select(d.state, func.count()).where(d.due_at <= now).group_by(d.state))
    oldest = select(func.min(d.due_at)).where(d.state.in_(("due", "queued")), d.due_at <= now)
    found.oldest_due = connection.execute(oldest).scalar_one()
    alive = select(w.host, func.count(), func.max(w.heartbeat_at)).where(w.ended_at.is_(None), w.heartbeat_at >= now - SILENCE)
    for host, count, last in connection.execute(alive.group_by(w.host)):
        found.workers[host], found.heartbeat[host] = int(count), last


def _messages(connection: Connection, found: Counts) -> None:
    m, d = incident_messages.c, deliveries.c
    waits = (m.sent_at.is_(None), m.given_up_at.is_(None))
    found.messages = _pairs(connection, select(m.channel, func.count()).where(*waits).group_by(m.channel))
    found.deliveries = int(connection.execute(select(func.count()).where(d.state == "waiting")).scalar_one())


def _pairs(connection: Connection, query: Any) -> dict[str, int]:  # noqa: ANN401 -- a select of a word and a number
    return {str(name): int(count) for name, count in connection.execute(query)}
