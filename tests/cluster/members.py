"""Workers as processes of their own, which may be killed at any moment and live at another speed, and a job that leaves its traces."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Self

from sqlalchemy import update

from harvester.config import Config
from harvester.crawl import RunSummary
from harvester.scheduling import cluster, due, pieces, working
from harvester.scheduling.due import BACK, DONE, Outcome
from harvester.scheduling.embedded import utc_now
from harvester.scheduling.plan import CRAWL
from storage import workers
from storage.due_runs import DueRun
from storage.errors import LockedStore, StoreError
from storage.records import Verdict
from storage.schema import runs
from storage.store import Store
from tests import warm

_crawl_due, _derive_here = working.crawl_due, pieces.derive_here
QUICK = cluster.Times(tick=0.25, beat=0.3, stalled=1.5, poll=0.5, first=0.2, most=1.0, last=5.0)


@dataclass(frozen=True)
class Clock:
    """A clock that stands still until it is set, for all processes that read the same file.

    ``skew`` is by how much the clock of this host is wrong.
    """

    file: Path
    skew: timedelta = timedelta()

    @classmethod
    def started(cls, file: Path, begin: datetime) -> Self:
        clock = cls(file)
        clock.set(begin)
        return clock

    def __call__(self) -> datetime:
        return datetime.fromisoformat(self.file.read_text()) + self.skew

    def set(self, moment: datetime) -> None:
        draft = self.file.with_suffix(".draft")
        draft.write_text(moment.isoformat())
        draft.replace(self.file)


# --- a job that leaves traces ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Traced:
    """Does a due run by a real run of its site, which asks for nothing, and writes down when it began and ended it and who did."""

    log: Path
    seconds: float

    def __call__(self, config: Config, row: DueRun, worker: str, stop: threading.Event) -> Outcome:
        with Store.open(config.store, archive=config.archive) as store:
            try:
                if row.kind == CRAWL:
                    self._crawl(store, row, worker)
                else:
                    with store.held(due.lock_of(row)):
                        self._work(row, worker)
            except LockedStore:
                return Outcome(BACK, "another worker is at it", worker, later=True)
        return Outcome(DONE, "", worker)

    def _crawl(self, store: Store, row: DueRun, worker: str) -> None:
        run = store.begin_run(row.job, ["all"], datetime.now(UTC))
        with store.writing() as connection:
            connection.execute(update(runs).where(runs.c.id == run).values(due_run=row.id))
        self._work(row, worker)
        store.end_run(run, Verdict.COMPLETE, "", {}, datetime.now(UTC))

    def _work(self, row: DueRun, worker: str) -> None:
        self._trace("begins", row, worker)
        time.sleep(self.seconds)
        self._trace("ends", row, worker)

    def _trace(self, what: str, row: DueRun, worker: str) -> None:
        line = json.dumps({"what": what, "row": row.id, "job": row.job, "worker": worker, "at": time.time()}) + "\n"
        handle = os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(handle, line.encode())
        os.close(handle)


def traces(log: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


# --- processes -----------------------------------------------------------------------------------------------------------------


def start(
    config: Config, clock: Clock | None = None, perform: Traced | None = None, times: cluster.Times = QUICK, slots: int = 1
) -> BaseProcess:
    """Begin a worker in a process of its own."""
    context = warm._server()
    address = forkserver._forkserver._forkserver_address  # type: ignore[attr-defined]
    process = context.Process(target=_live, args=(dict(os.environ), address, config, clock, perform, times, slots))
    process.start()
    return process


def _live(
    environment: dict[str, str], address: str, config: Config, clock: Clock | None, perform: Traced | None, times: cluster.Times, slots: int
) -> None:
    # Its crawls are forked from the server that it was forked from, too.
    forkserver._forkserver._forkserver_address = address  # type: ignore[attr-defined]
    forkserver._forkserver.ensure_running = lambda: None  # type: ignore[method-assign]
    working.CONTEXT = multiprocessing.get_context("forkserver")
    working.crawl_due = crawl_due
    pieces.derive_here = derive_here
    os.environ.clear()
    os.environ.update(environment)
    cluster.run(config, clock=clock or utc_now, perform=perform or working.perform, times=times, slots=slots)


def crawl_due(config: Config, due: DueRun) -> RunSummary:
    warm._settle(dict(os.environ))
    return _crawl_due(config, due)


def derive_here(config: Config, parent: str, after: str, upto: str) -> None:
    warm._settle(dict(os.environ))
    _derive_here(config, parent, after, upto)


def start_scheduler(config: Config, clock: Clock, seconds: float) -> BaseProcess:
    """Begin a process that plans and does nothing else."""
    process = warm._server().Process(target=_plan, args=(config, clock, seconds))
    process.start()
    return process


def _plan(config: Config, clock: Clock, seconds: float) -> None:
    with Store.open(config.store) as store:
        while True:
            with suppress(StoreError):
                due.write_due(store, config, clock())
            time.sleep(seconds)


def stop(process: BaseProcess, patience: float = 20.0) -> int | None:
    """Ask a worker to end, as systemd would, and return its exit status."""
    if process.pid and process.exitcode is None:
        os.kill(process.pid, signal.SIGTERM)
    process.join(patience)
    if process.exitcode is None:
        process.kill()
        process.join(5)
    return process.exitcode


def at(clock: Clock, skew: timedelta) -> Clock:
    return replace(clock, skew=skew)


def there(config: Config) -> int:
    """Return how many workers have said that they are there, and not that they have ended."""
    with Store.open(config.store) as store:
        return sum(worker.ended_at is None for worker in workers.listed(store))


def wait_for(happened: Callable[[], bool], seconds: float = 60.0) -> bool:
    """Wait until something has happened; tell whether it has."""
    last = time.monotonic() + seconds
    while not (seen := happened()) and time.monotonic() < last:
        time.sleep(0.05)
    return seen
