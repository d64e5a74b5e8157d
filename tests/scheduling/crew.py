"""Workers and schedulers of an SQLite store as processes of their own, which live at the time that a file says and may be killed."""

from __future__ import annotations

import faulthandler
import json
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from sqlalchemy import update

from harvester.cli.worker_lines import Lines
from harvester.config import Config
from harvester.crawl import RunSummary
from harvester.endings import end_by_signals
from harvester.scheduling import due, working
from harvester.scheduling.due import BACK, DONE, Outcome
from harvester.scheduling.embedded import GRACE, EmbeddedWorker, Pulse
from harvester.scheduling.plan import CRAWL, Job
from storage.due_runs import DueRun
from storage.errors import LockedStore
from storage.mending import Mended
from storage.records import Verdict
from storage.schema import runs
from storage.store import Store
from tests import warm

QUICK = Pulse(tick=0.08, beat=0.3, upkeep=1.0)
PATIENCE = GRACE + 40
"""Seconds that a worker which was told to end may take: its grace, and what a busy disk makes of the rest."""


class Silent:
    """Hears what a worker says, and keeps it."""

    def __init__(self) -> None:
        self.said: list[tuple[str, Any]] = []

    def started(self, worker: str, every: list[Job], following: Mapping[str, datetime], side_by_side: int) -> None:
        self.said.append(("started", worker))

    def mended(self, mended: Mended, taken: list[due.TakenOver]) -> None:
        self.said.append(("mended", (mended, taken)))

    def begun(self, row: DueRun) -> None:
        self.said.append(("begun", row.job))

    def ended(self, row: DueRun, outcome: Outcome, state: str) -> None:
        self.said.append(("ended", (row.job, state)))

    def trouble(self, sentence: str) -> None:
        self.said.append(("trouble", sentence))

    def stopping(self, doing: list[str]) -> None:
        self.said.append(("stopping", doing))


@dataclass(frozen=True)
class Clock:
    """The time that all processes live at which read the same file."""

    file: Path

    def __call__(self) -> datetime:
        return datetime.fromisoformat(self.file.read_text())

    def set(self, moment: datetime) -> None:
        draft = self.file.with_suffix(".draft")
        draft.write_text(moment.isoformat())
        draft.replace(self.file)


@dataclass(frozen=True)
class Traced:
    """Does a due run by a real run of its site, which asks for nothing, and writes down when it began and ended it, and which process."""

    log: Path
    seconds: float

    def __call__(self, config: Config, row: DueRun, worker: str, stop: threading.Event) -> Outcome:
        if stop.is_set():
            return Outcome(BACK, "stopped with its worker", worker)
        try:
            with Store.open(config.store, archive=config.archive) as store, ExitStack() as held:
                run = self._begin(store, row, held)
                self._trace("begins", row)
                time.sleep(self.seconds)
                self._trace("ends", row)
                if run:
                    store.end_run(run, Verdict.COMPLETE, "", {}, datetime.now(UTC))
        except LockedStore:
            return Outcome(BACK, "another process is at it", worker, later=True)
        return Outcome(DONE, "", worker)

    def _begin(self, store: Store, row: DueRun, held: ExitStack) -> str:
        if row.kind != CRAWL:
            held.enter_context(store.held(due.lock_of(row)))
            return ""
        run = store.begin_run(row.job, ["all"], datetime.now(UTC))
        with store.writing() as connection:
            connection.execute(update(runs).where(runs.c.id == run).values(due_run=row.id))
        return run

    def _trace(self, what: str, row: DueRun) -> None:
        line = json.dumps({"what": what, "row": row.id, "job": row.job, "pid": os.getpid(), "at": time.time()}) + "\n"
        handle = os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(handle, line.encode())
        os.close(handle)


def traces(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def start_scheduler(config: Config, clock: Clock) -> BaseProcess:
    """Begin a process that plans and does nothing else."""
    process = warm._server().Process(target=_plan, args=(config, clock))
    process.start()
    return process


def _plan(config: Config, clock: Clock) -> None:
    with Store.open(config.store) as store:
        while True:
            due.write_due(store, config, clock())
            time.sleep(0.25)


def start(config: Config, clock: Clock, work: Traced) -> BaseProcess:
    """Begin a worker in a process of its own."""
    process = warm._server().Process(target=_live, args=(config, clock, work))
    process.start()
    return process


def _live(config: Config, clock: Clock, work: Traced) -> None:
    faulthandler.enable(all_threads=True)
    worker = EmbeddedWorker(config, Silent(), side_by_side=2, perform=work, now=clock, pulse=QUICK)
    end_by_signals(worker.stop)
    worker.run()


@dataclass
class Crew:
    """Three workers and two schedulers that may be killed, restarted and all be gone for a while."""

    config: Config
    clock: Clock
    work: Traced
    workers: list[BaseProcess] = field(default_factory=list)
    schedulers: list[BaseProcess] = field(default_factory=list)

    def begin(self) -> None:
        self.workers = [start(self.config, self.clock, self.work) for _ in range(3)]
        self.schedulers = [start_scheduler(self.config, self.clock) for _ in range(2)]

    def kill(self, number: int) -> int | None:
        """Kill a worker as the system would, begin another in its place, and return the process that is no more."""
        former = self.workers[number]
        former.kill()
        former.join()
        self.workers[number] = start(self.config, self.clock, self.work)
        return former.pid

    def restart(self, number: int) -> int | None:
        """End a worker as it should be, begin another, and return the exit status."""
        former = self.workers[number]
        assert former.pid
        os.kill(former.pid, signal.SIGTERM)
        former.join(PATIENCE)
        self.workers[number] = start(self.config, self.clock, self.work)
        return former.exitcode

    def end(self) -> list[int | None]:
        """Kill everybody who is left; return the exit statuses of the workers, who were told to end before."""
        for worker in self.workers:
            if worker.pid and worker.exitcode is None:
                os.kill(worker.pid, signal.SIGTERM)
        for worker in self.workers:
            worker.join(PATIENCE)
            if worker.pid and worker.exitcode is None:
                os.kill(worker.pid, signal.SIGABRT)  # where its threads stand is told on standard error
                worker.join(5)
        states = [worker.exitcode for worker in self.workers]
        for process in (*self.workers, *self.schedulers):
            process.kill()
            process.join()
        self.workers, self.schedulers = [], []
        return states


# --- workers that really crawl -----------------------------------------------------------------------------------------------

_crawl_due = working.crawl_due


def start_crawling(config: Config, said: Path, *, once: bool = False) -> BaseProcess:
    """Begin a worker as the command line does, in a process of its own; what it says goes to a file."""
    context = warm._server()
    address = forkserver._forkserver._forkserver_address  # type: ignore[attr-defined]
    process = context.Process(target=_crawl_for_good, args=(dict(os.environ), address, config, said, once))
    process.start()
    return process


def _crawl_for_good(environment: Mapping[str, str], address: str, config: Config, said: Path, once: bool) -> None:
    # Its crawls are forked from the server that it was forked from, too.
    forkserver._forkserver._forkserver_address = address  # type: ignore[attr-defined]
    forkserver._forkserver.ensure_running = lambda: None  # type: ignore[method-assign]
    working.CONTEXT = multiprocessing.get_context("forkserver")
    working.crawl_due = _crawl_settled
    os.environ.clear()
    os.environ.update(environment)
    sys.stdout = said.open("a", buffering=1, encoding="utf-8")
    worker = EmbeddedWorker(config, Lines(config), pulse=Pulse(tick=0.2, beat=0.5, upkeep=60))
    end_by_signals(worker.stop)
    if once:
        worker.once()
    else:
        worker.run()


def _crawl_settled(config: Config, due: DueRun) -> RunSummary:
    warm._settle(dict(os.environ))
    return _crawl_due(config, due)
