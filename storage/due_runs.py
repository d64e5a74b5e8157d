"""What is due: one row for each time a job is to be done. Who writes rows and who does them is ``harvester.scheduling``'s business.

Nothing here is shown by an answer that rests on what sites publish, so the state of the store (``store_state``) stays what it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, func, select, update

from storage.errors import StoreError
from storage.operations_schema import due_runs, planned
from storage.row_writing import insert_unless_there, upsert
from storage.schema import runs
from storage.store import KILLED, Store

WAITING = ("due", "queued")
ENDED = ("done", "failed", "missed", "skipped")
UNFINISHED = (KILLED, "store", "stopped")
"""Causes of runs that say nothing of the due run they were for."""


@dataclass(frozen=True, slots=True)
class DueRun:
    """One time a job is to be done. ``arguments`` say what a crawl is to do; ``asked_by`` is empty for what the schedule asks for.

    ``attempts`` counts how often it was begun, but for what was put back through no fault of its own.
    """

    id: int
    job: str
    kind: str
    due_at: datetime
    asked_by: str
    arguments: Mapping[str, Any]
    state: str
    worker: str | None
    started_at: datetime | None
    ended_at: datetime | None
    attempts: int
    note: str


@dataclass(frozen=True, slots=True)
class Planned:
    """Up to which moment the due runs of a job are written, and by which schedule, as JSON."""

    until: datetime
    schedule: str


# --- planning ----------------------------------------------------------------------------------------------------------


def marks(store: Store) -> dict[str, Planned]:
    """Return up to where each job is planned."""
    with store.reading() as connection:
        return _marks(connection, select(planned))


def marks_to_move(connection: Connection) -> dict[str, Planned]:
    """Return the same within a transaction that writes; other schedulers wait for its end."""
    return _marks(connection, select(planned).with_for_update())


def _marks(connection: Connection, query: Select[Any]) -> dict[str, Planned]:
    return {row.job: Planned(row.until, row.schedule) for row in connection.execute(query)}


def mark(connection: Connection, job: str, until: datetime, schedule: str) -> None:
    """Note up to where a job is planned."""
    upsert(connection, planned, [{"job": job, "until": until, "schedule": schedule}])


def write(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write due runs that are not there yet; return how many were not."""
    return sum(insert_unless_there(connection, due_runs, dict(row)) is not None for row in rows)


def row(job: str, kind: str, due_at: datetime, state: str = "due", **more: Any) -> dict[str, Any]:  # noqa: ANN401 -- values of columns
    """Return a due run as it is written; ``more`` are asked_by, arguments, note, ended_at."""
    empty = {"asked_by": "", "arguments": {}, "note": "", "attempts": 0, "ended_at": None}
    return {"job": job, "kind": kind, "due_at": due_at, "state": state} | empty | more


def supersede(connection: Connection, job: str, before: datetime, note: str, now: datetime) -> int:
    """Mark missed what the schedule asked of a job before a moment and nobody has begun; return how many."""
    d = due_runs.c
    old = (d.job == job) & (d.due_at < before) & d.state.in_(WAITING) & (d.asked_by == "")
    return connection.execute(update(due_runs).where(old).values(state="missed", note=note, ended_at=now)).rowcount


def ask(store: Store, job: str, kind: str, now: datetime, by: str, arguments: Mapping[str, Any]) -> DueRun:
    """Write a due run of now, asked for by a person, and return it. Raises ``StoreError`` where the same moment is taken."""
    with store.writing(told=False) as connection:
        if not write(connection, [row(job, kind, now, asked_by=by, arguments=dict(arguments))]):
            raise StoreError(f"{job} is due at this very moment already: try again.")
        d = due_runs.c
        return _due_run(connection.execute(select(due_runs).where(d.job == job, d.due_at == now)).one())


def note_done(store: Store, job: str, began: datetime, ended: datetime, by: str, note: str) -> None:
    """Write that a chore was done which no schedule asks for, such as a backup; ``note`` says what came of it."""
    done = row(job, "chore", began, "done", asked_by=by, attempts=1, started_at=began, ended_at=ended, note=note)
    with store.writing(told=False) as connection:
        write(connection, [done])


# --- doing ---------------------------------------------------------------------------------------------------------------


def waiting(store: Store, now: datetime) -> list[DueRun]:
    """Return what is due and nobody does, the oldest first; what is queued is left to the queue's workers."""
    d = due_runs.c
    with store.reading() as connection:
        return _found(connection, select(due_runs).where(d.state == "due", d.due_at <= now).order_by(d.due_at, d.id))


def claim(connection: Connection, id: int, worker: str, now: datetime) -> DueRun | None:
    """Take a due run; ``None`` when another worker has it, it is not due, or its job is being done for another row."""
    d = due_runs.c
    found = connection.execute(select(due_runs).where(d.id == id).with_for_update()).one_or_none()
    if found is None or found.state not in WAITING or found.due_at > now:
        return None
    if connection.dialect.name == "postgresql":  # two rows of a job: who begins the one must see who begins the other
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"job {found.job}"))))
    if connection.execute(select(d.id).where(d.job == found.job, d.state == "running").limit(1)).first():
        return None
    values = {"state": "running", "worker": worker, "started_at": now, "ended_at": None, "attempts": found.attempts + 1}
    connection.execute(update(due_runs).where(d.id == id).values(values))
    return _due_run(connection.execute(select(due_runs).where(d.id == id)).one())


def settle(connection: Connection, id: int, worker: str, state: str, note: str, now: datetime) -> bool:
    """End a due run, unless another worker does it now or it has ended; return whether it did."""
    d = due_runs.c
    mine = (d.id == id) & (((d.state == "running") & (d.worker == worker)) | d.state.in_(WAITING))
    values = {"state": state, "note": note, "ended_at": now, "worker": worker}
    return bool(connection.execute(update(due_runs).where(mine).values(values)).rowcount)


def put_back(connection: Connection, id: int, worker: str, note: str, ended_at: datetime | None, *, counted: bool) -> bool:
    """Let a due run that this worker has be due again; return whether it had it.

    ``counted``: the attempt counts, and the next one waits from ``ended_at``.
    """
    d = due_runs.c
    mine = (d.id == id) & (d.worker == worker) & (d.state == "running")
    values: dict[str, Any] = {"state": "due", "note": note, "ended_at": ended_at}
    if not counted:
        values["attempts"] = d.attempts - 1
    return bool(connection.execute(update(due_runs).where(mine).values(values)).rowcount)


def attempts(connection: Connection, id: int) -> int:
    """Return how often a due run was begun."""
    return int(connection.execute(select(due_runs.c.attempts).where(due_runs.c.id == id)).scalar_one_or_none() or 0)


def running(store: Store) -> list[DueRun]:
    """Return what is being done, or was when its worker died."""
    with store.reading() as connection:
        return _found(connection, select(due_runs).where(due_runs.c.state == "running").order_by(due_runs.c.id))


def ended_run(connection: Connection, id: int) -> Any:  # noqa: ANN401 -- a row
    """Return site, id, verdict and cause of the last run of a due run that ended by itself, ``None`` where there is none."""
    r = runs.c
    own = (r.due_run == id) & r.verdict.is_not(None) & r.cause.not_in(UNFINISHED)
    return connection.execute(select(r.id, r.site, r.verdict, r.cause).where(own).order_by(r.started_at.desc()).limit(1)).one_or_none()


def unended(store: Store, site: str) -> bool:
    """Tell whether a run of a site has no verdict: it is under way, or was killed."""
    with store.reading() as connection:
        return connection.execute(select(runs.c.id).where(runs.c.site == site, runs.c.verdict.is_(None)).limit(1)).first() is not None


# --- what people ask -----------------------------------------------------------------------------------------------------


def last(store: Store, states: tuple[str, ...] = ENDED) -> dict[str, DueRun]:
    """Return the last row of each job that is in one of the states."""
    d = due_runs.c
    latest = select(d.job, func.max(d.due_at).label("due_at")).where(d.state.in_(states)).group_by(d.job).subquery()
    query = select(due_runs).join(latest, (d.job == latest.c.job) & (d.due_at == latest.c.due_at))
    with store.reading() as connection:
        return {each.job: each for each in _found(connection, query)}


def listed(store: Store, job: str = "", states: tuple[str, ...] = (), limit: int | None = None) -> list[DueRun]:
    """Return due runs, the latest first."""
    d = due_runs.c
    query = select(due_runs).order_by(d.due_at.desc(), d.id.desc()).limit(limit)
    query = query.where(d.job == job) if job else query
    with store.reading() as connection:
        return _found(connection, query.where(d.state.in_(states)) if states else query)


def prunable(connection: Connection, job: str, before: datetime) -> bool:
    """Tell whether there is anything to prune."""
    return connection.execute(select(due_runs.c.id).where(_done_with(job, before)).limit(1)).first() is not None


def prune(connection: Connection, job: str, before: datetime) -> int:
    """Forget the rows of a frequent job that were simply done before a moment, or that nobody did; return how many."""
    return connection.execute(delete(due_runs).where(_done_with(job, before))).rowcount


def _done_with(job: str, before: datetime) -> ColumnElement[bool]:
    d = due_runs.c
    told_nothing = d.state.in_(("missed", "skipped")) | ((d.state == "done") & (d.note == ""))
    return and_(d.job == job, told_nothing, d.due_at < before, d.asked_by == "")


def _found(connection: Connection, query: Select[Any]) -> list[DueRun]:
    return [_due_run(row) for row in connection.execute(query)]


def _due_run(row: Row[Any]) -> DueRun:
    return DueRun(**row._mapping)
