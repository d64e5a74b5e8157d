"""Due runs handed to the queue: one job for each row, in one transaction with the row, and mended where the two disagree.

The rows are the truth, and the jobs of the queue are messages that name them. A job too many does nothing, since its row is taken or
settled; a row without a job gets another at the next look.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from procrastinate import App, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job
from sqlalchemy import Connection, select, update

from harvester.scheduling.due import is_ready
from harvester.scheduling.plan import CRAWL
from harvester.scheduling.queue import DUE_RUNS, seen
from storage import due_runs as rows
from storage.due_runs import DueRun
from storage.operations_schema import due_runs
from storage.store import Store

TASK = "due_run"
ASKED, CHORE, PLANNED = 20, 10, 0
"""Priorities: what a person asked for goes first, then the short chores, then what the schedule asks for."""


def hand_out(store: Store, now: datetime) -> int:
    """Put a job into the queue for each row that is due and that nobody has; return how many.

    Both are written in one transaction, so no kill leaves a row that is ``queued`` without a job.
    """
    wanted = [due for due in rows.waiting(store, now) if is_ready(due, now)]
    if not wanted:
        return 0
    producer = App(connector=SyncPsycopgConnector())  # its jobs are written through the store's own transaction
    with store.writing(told=False) as connection:
        return sum(_hand(connection, producer, due) for due in wanted)


def _hand(connection: Connection, producer: App, due: DueRun) -> bool:
    d = due_runs.c
    free = (d.id == due.id) & (d.state == "due")
    if not connection.execute(update(due_runs).where(free).values(state="queued")).rowcount:
        return False
    priority = ASKED if due.asked_by else PLANNED if due.kind == CRAWL else CHORE
    try:
        with connection.begin_nested():
            # The lock keeps two rows of a job apart in the queue, the queueing lock two jobs of a row.
            job = producer.configure_task(
                TASK,
                queue=DUE_RUNS,
                priority=priority,
                lock=f"{due.kind} {due.job}",
                queueing_lock=tag(due.id),
                connection=seen(connection),
            )
            job.defer(id=due.id)
    except AlreadyEnqueued:
        return False
    return True


def tag(due_run: int) -> str:
    """Return the queueing lock of a due run's job."""
    return f"due-run {due_run}"


def row_of(job: Job) -> int | None:
    """Return the id of the due run that a job of the queue names, ``None`` for a job of another kind."""
    named = job.task_kwargs.get("id") if job.task_name == TASK else None
    return named if isinstance(named, int) else None


def queued(store: Store) -> set[int]:
    """Return the ids of the rows that are in the queue."""
    d = due_runs.c
    with store.reading() as connection:
        return set(connection.execute(select(d.id).where(d.state == "queued")).scalars())


def without_job(store: Store, lost: Collection[int]) -> int:
    """Let rows be due again that were ``queued`` and that no job of the queue named after that; return how many."""
    d = due_runs.c
    with store.writing(told=False) as connection:
        return connection.execute(update(due_runs).where(d.id.in_(lost), d.state == "queued").values(state="due")).rowcount
