"""Due runs written, taken, settled and taken over: each moment of each job has one row, and each row one end.

Of several moments that lie in the past the latest is done, the others are ``missed``; what fell into a pause is ``skipped``. A job is
planned from the first time it is seen; an edited schedule holds from the moment it is first seen; a clock that went back plans again
what it planned already, which changes nothing, since moments are computed and their rows are unique.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from harvester.config import Config
from harvester.moments import minute
from harvester.scheduling.plan import CRAWL, Job, jobs, moments
from spiders.schedule import Schedule, ScheduleError, read_schedule
from storage import due_runs, pauses, workers
from storage.due_runs import DueRun, Planned
from storage.pauses import Pause
from storage.store import Store

SKEW = timedelta(minutes=1)
"""By so much clocks of schedulers may differ before one counts as gone back."""

MOST_MISSED = 100
"""Rows of missed moments that one absence of all workers leaves behind a job; the earliest row tells of those before it."""

MOST_ATTEMPTS = 3
DONE, FAILED, AGAIN, BACK = "done", "failed", "again", "back"


@dataclass(frozen=True, slots=True)
class Written:
    """How many rows a planning wrote: due, missed (older rows that another now stands for included), skipped."""

    due: int = 0
    missed: int = 0
    skipped: int = 0

    def __add__(self, other: Written) -> Written:
        """Return both together."""
        return Written(self.due + other.due, self.missed + other.missed, self.skipped + other.skipped)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a due run in the hands of a worker.

    state: ``done``; ``failed``; ``again``: it could not be done now and is tried again, three times in all; ``back``: it was put back
    through no fault of its own, at once or, where ``later``, after a minute.
    """

    state: str
    note: str = ""
    worker: str = ""
    later: bool = False


@dataclass(frozen=True, slots=True)
class TakenOver:
    """A due run that a dead worker left: what it is now, after how many attempts, and whose it was."""

    job: str
    id: int
    worker: str
    state: str
    attempts: int


# --- planning ----------------------------------------------------------------------------------------------------------


def write_due(store: Store, config: Config, now: datetime) -> Written:
    """Write the due runs whose moment has come since the last planning; any number of schedulers may do so at the same time.

    Raises WrongCall for a wrong schedule in the settings.
    """
    every, marks = jobs(config), due_runs.marks(store)
    if not any(_has_news(job, marks.get(job.name), now) for job in every):
        return Written()
    with store.writing(told=False) as connection:
        marks, rests = due_runs.marks_to_move(connection), pauses.read(connection)
        written = (_plan(connection, job, marks.get(job.name), rests, now) for job in every)
        return sum(written, Written())


def _has_news(job: Job, mark: Planned | None, now: datetime) -> bool:
    if mark is None or mark.schedule != as_text(job.schedule) or mark.until > now + SKEW:
        return True
    return bool(_latest(job.name, job.schedule, mark, now))


def _plan(connection: Connection, job: Job, mark: Planned | None, rests: Sequence[Pause], now: datetime) -> Written:
    text = as_text(job.schedule)
    if mark is None or mark.until > now + SKEW:
        due_runs.mark(connection, job.name, now, text)
        return Written()
    found = _latest(job.name, from_text(mark.schedule, job.schedule), mark, now)
    if found or mark.schedule != text:
        due_runs.mark(connection, job.name, max(mark.until, now), text)
    return _write(connection, job, found, rests, now) if found else Written()


def _latest(job: str, schedule: Schedule, mark: Planned, now: datetime) -> list[datetime]:
    """Return the moments since the last planning, no more than about ``MOST_MISSED``, without going through all of a long absence."""
    span = timedelta(days=1)
    while True:
        begin = max(mark.until, now - span)
        found = moments(job, schedule, begin, now)
        if begin == mark.until or len(found) > MOST_MISSED:
            return found[-MOST_MISSED - 1 :]
        span *= 2


def _write(connection: Connection, job: Job, found: Sequence[datetime], rests: Sequence[Pause], now: datetime) -> Written:
    resting = {moment: pauses.holding(list(rests), job.name, moment) for moment in found}
    awake = [moment for moment in found if resting[moment] is None]
    latest = awake[-1] if awake else None
    told = f"the due run of {minute(latest)} stands for it: nothing is crawled twice to make up for lost time."
    rows = []
    for moment in found:
        if rest := resting[moment]:
            rows.append(due_runs.row(job.name, job.kind, moment, "skipped", note=f"paused: {rest.reason}", ended_at=now))
        elif moment == latest:
            rows.append(due_runs.row(job.name, job.kind, moment))
        else:
            rows.append(due_runs.row(job.name, job.kind, moment, "missed", note=told, ended_at=now))
    if len(found) > MOST_MISSED:
        rows[0]["note"] += " The moments before it have no rows."
    counts = Written(
        due_runs.write(connection, [row for row in rows if row["state"] == "due"]),
        due_runs.write(connection, [row for row in rows if row["state"] == "missed"]),
        due_runs.write(connection, [row for row in rows if row["state"] == "skipped"]),
    )
    older = due_runs.supersede(connection, job.name, latest, told, now) if latest else 0
    return counts + Written(missed=older)


_WHEN = ("cron", "jitter_minutes", "hours", "holidays")


def as_text(schedule: Schedule) -> str:
    """Return what of a schedule says when, as it is kept beside the watermark."""
    return json.dumps({name: getattr(schedule, name) for name in _WHEN}, sort_keys=True)


def from_text(text: str, other: Schedule) -> Schedule:
    """Return the schedule that was kept, ``other`` where it cannot be read any more."""
    try:
        return read_schedule(json.loads(text))
    except (ScheduleError, ValueError, TypeError, AttributeError, RecursionError):
        return other


# --- doing ---------------------------------------------------------------------------------------------------------------


def is_ready(due: DueRun, now: datetime) -> bool:
    """Tell whether a due run may be begun: at once, but what was put back after a minute, after its second attempt five."""
    if due.ended_at is None or due.ended_at > now:  # the clock went back: to wait for it could take days
        return True
    return now - due.ended_at >= timedelta(minutes=(1, 1, 5)[min(due.attempts, 2)])


def take(store: Store, id: int, worker: str, now: datetime) -> DueRun | None:
    """Take a due run in one transaction and return it; ``None`` where it is not to be done by this worker now.

    So it is when another worker has it, it is not due yet or no more, its job is being done for another row or rests (then it is
    ``skipped``), or a run that was made for it ended by itself before its worker died (then it is ``done``).
    """
    with store.writing(told=False) as connection:
        found = due_runs.claim(connection, id, worker, now)
        if found is None:
            return None
        rest = pauses.holding(pauses.read(connection), found.job, now)
        if rest is not None:
            due_runs.settle(connection, id, worker, "skipped", f"paused: {rest.reason}", now)
            return None
        return None if _ended_already(connection, found, worker, now) else found


def settle(store: Store, id: int, outcome: Outcome, at: datetime) -> str:
    """Write down what became of a due run and return its state; empty where another worker has it now, or it had ended."""
    with store.writing(told=False) as connection:
        state = outcome.state
        if state == BACK:
            kept = due_runs.put_back(connection, id, outcome.worker, outcome.note, at if outcome.later else None, counted=False)
            return "due" if kept else ""
        if state == AGAIN:
            attempts = due_runs.attempts(connection, id)
            if attempts < MOST_ATTEMPTS:
                return "due" if due_runs.put_back(connection, id, outcome.worker, outcome.note, at, counted=True) else ""
            state = FAILED
        return state if due_runs.settle(connection, id, outcome.worker, state, outcome.note, at) else ""


def take_over(store: Store, now: datetime, me: str = "", lost: Callable[[DueRun], bool] | None = None) -> list[TakenOver]:
    """Let the due runs of dead workers be due again, or failed after three attempts, and return them.

    A worker is dead when its lock is free (SQLite) or it was not heard of for a minute (PostgreSQL), and nobody does the job itself.
    ``me`` is the worker that asks. ``lost`` tells otherwise which rows are left behind.
    """
    going = due_runs.running(store)
    if not going:
        return []
    known = {each.id: each for each in workers.listed(store)}

    def left(due: DueRun) -> bool:
        return due.worker != me and workers.is_lost(store, known.get(due.worker or ""), now) and workers.is_free(store, lock_of(due))

    behind = [due for due in going if (lost or left)(due)]
    return [taken for due in behind if (taken := _take_over(store, due, now))]


def lock_of(due: DueRun) -> str:
    """Return the lock that is held while a job is done: a crawl's is its site's."""
    return due.job if due.kind == CRAWL else f"chore {due.job}"


def _take_over(store: Store, due: DueRun, now: datetime) -> TakenOver | None:
    worker = due.worker or ""
    with store.writing(told=False) as connection:
        if _ended_already(connection, due, worker, now):
            return TakenOver(due.job, due.id, worker, DONE, due.attempts)
        note = f"taken over from the worker {worker}, which ended at it (attempt {due.attempts} of {MOST_ATTEMPTS})."
        if due.attempts < MOST_ATTEMPTS:
            state, kept = "due", due_runs.put_back(connection, due.id, worker, note, None, counted=True)
        else:
            note = f"given up: {MOST_ATTEMPTS} workers ended at it, the last one was {worker}; look at its log, then `schedule run`."
            state, kept = FAILED, due_runs.settle(connection, due.id, worker, FAILED, note, now)
    return TakenOver(due.job, due.id, worker, state, due.attempts) if kept else None


def _ended_already(connection: Connection, due: DueRun, worker: str, now: datetime) -> bool:
    """Settle a due run whose own run ended by itself before its worker could say so; return whether there was one."""
    run = due_runs.ended_run(connection, due.id)
    return run is not None and due_runs.settle(connection, due.id, worker, DONE, told_run(run.id, run.verdict, run.cause), now)


def told_run(run: str, verdict: str, cause: str) -> str:
    """Return a run in the words of a due run's note: ``failed: dns (run …)``."""
    return f"{verdict}{f': {cause}' if cause else ''} (run {run})"
