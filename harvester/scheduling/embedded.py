"""The worker of one machine: it plans, takes what is due and does it, crawls of different sites side by side.

Any number of them may work on one store; what keeps them apart stands in the store (``due``). APScheduler beats the time; what is to be
done at which moment is the store's business, so that nothing is lost with a process.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from apscheduler.schedulers.background import BackgroundScheduler

from harvester.config import Config, program_version
from harvester.scheduling import due as duty
from harvester.scheduling import upkeep
from harvester.scheduling.due import AGAIN, BACK, Outcome, TakenOver
from harvester.scheduling.plan import CRAWL, Job, jobs, next_done
from harvester.scheduling.working import perform
from spiders.schedule import ZONE
from storage import due_runs, mending, pauses, workers
from storage.due_runs import DueRun
from storage.errors import StoreError, UnreachableStore
from storage.mending import Mended
from storage.store import Store

if TYPE_CHECKING:
    from harvester.alerting.heartbeat import Heartbeat

TICK = 5.0
"""Seconds between two looks at what is due."""
UPKEEP = 30.0
"""Seconds between two looks at what no run shows, and at whom to tell."""
GRACE = 20.0
"""Seconds that what is under way has for its end once the worker is told to end."""
JUMP = 2.0
"""Seconds by which the clock may move apart from the time that passes before it counts as set."""

log = logging.getLogger(__name__)

Perform = Callable[[Config, DueRun, str, threading.Event], Outcome]
Clock = Callable[[], datetime]


class Listener(Protocol):
    """Whom a worker tells what it does, in the words of its own choice."""

    def started(self, worker: str, every: list[Job], following: Mapping[str, datetime], side_by_side: int) -> None:
        """Hear that the worker is there, and when each job is due next."""

    def mended(self, mended: Mended, taken: list[TakenOver]) -> None:
        """Hear what was mended of what killed processes left."""

    def begun(self, due: DueRun) -> None:
        """Hear that a due run is begun."""

    def ended(self, due: DueRun, outcome: Outcome, state: str) -> None:
        """Hear what became of a due run."""

    def trouble(self, sentence: str) -> None:
        """Hear what keeps the worker from working."""

    def stopping(self, doing: list[str]) -> None:
        """Hear that the worker ends, and what it ends with it."""


def utc_now() -> datetime:
    """Return the moment it is."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Pulse:
    """How often a worker looks, in seconds."""

    tick: float = TICK
    beat: float = workers.BEAT
    upkeep: float = UPKEEP


class EmbeddedWorker:
    """Plans and does what is due. ``side_by_side`` is how many jobs it does at once, never two of one."""

    def __init__(
        self,
        config: Config,
        told: Listener,
        *,
        side_by_side: int = 4,
        perform: Perform = perform,
        now: Clock = utc_now,
        pulse: Pulse | None = None,
    ) -> None:
        self.config, self.told, self.side_by_side = config, told, side_by_side
        self.perform, self.now, self.pulse = perform, now, pulse or Pulse()
        self.stop = threading.Event()
        self.id = ""
        self._heartbeat: Heartbeat | None = None
        self._store: Store | None = None
        self._held = ExitStack()
        self._at_work: dict[int, DueRun] = {}
        self._turn = threading.Lock()
        self._freed = threading.Event()

    # --- a worker's beginning and end ------------------------------------------------------------------------------------

    def run(self) -> None:
        """Work until ``stop`` is set; what is under way then is ended and put back. Raises StoreError, WrongCall at the beginning."""
        self._open()
        offset = time.time() - time.monotonic()
        scheduler = self._scheduler()
        scheduler.start()
        threading.Thread(target=self._keep_up, daemon=True).start()
        try:
            self._watch_clock(scheduler, offset)
        finally:
            scheduler.shutdown(wait=False)
            self._close()

    def once(self) -> int:
        """Do what is due now, to its end, and return how many due runs were done. Raises StoreError, WrongCall."""
        self._open()
        count = 0
        try:
            while not self.stop.is_set() and (begun := self.look()) + len(self._at_work):
                count += begun
                self._freed.wait(self.pulse.tick)
                self._freed.clear()
                self.beat()
            upkeep.look(self.store, self.config, self.now(), self._heartbeat)
        finally:
            self._close()
        return count

    @property
    def store(self) -> Store:
        """The store that the worker works on."""
        if self._store is None:
            raise StoreError("The worker has no store yet: begin it first.")
        return self._store

    def _open(self) -> None:
        every = jobs(self.config)
        self._heartbeat = upkeep.heartbeat_of(self.config)
        url, folder = self.config.store, self.config.archive
        self._store = Store.open(url, archive=folder, key=self.config.key, create=True, patience=self.config.patience)
        now = self.now()
        self.id = workers.register(self._store, self._held, socket.gethostname(), os.getpid(), program_version(), now)
        rests = pauses.listed(self._store)
        following = {job.name: moment for job in every if (moment := next_done(job.name, job.schedule, rests, now))}
        self.told.started(self.id, every, following, self.side_by_side)
        self.told.mended(mending.mend(self._store, now), duty.take_over(self._store, now, self.id))
        duty.write_due(self._store, self.config, now)

    def _close(self) -> None:
        self.stop.set()
        doing = self.doing()
        with self._turn:  # a look that has begun is done: what it takes is ended with the rest
            doing = sorted({*doing, *self.doing()})
        if doing:
            self.told.stopping(doing)
        until = time.monotonic() + GRACE
        while self._at_work and time.monotonic() < until:
            self._freed.wait(0.2)
            self._freed.clear()
        try:
            for due in list(self._at_work.values()):  # a chore that does not end: the next worker does it again
                duty.settle(self.store, due.id, Outcome(BACK, "stopped with its worker", self.id), self.now())
            workers.end(self.store, self.id, self.now())
        except StoreError as error:
            self.told.trouble(str(error))
        self._held.close()
        self.store.close()

    # --- the beat --------------------------------------------------------------------------------------------------------

    def _scheduler(self) -> BackgroundScheduler:
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # that one look went on into the next is no news
        scheduler = BackgroundScheduler(timezone=ZONE)
        steady: dict[str, Any] = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
        scheduler.add_job(self._safely, "interval", [self.look], seconds=self.pulse.tick, next_run_time=utc_now(), **steady)
        scheduler.add_job(self._safely, "interval", [self.beat], seconds=self.pulse.beat, **steady)
        return scheduler

    def _watch_clock(self, scheduler: BackgroundScheduler, offset: float) -> None:
        """Wait for the end. APScheduler beats by the wall clock: set back by hours, it would sleep for hours, so it is woken then."""
        while not self.stop.wait(min(1.0, self.pulse.tick)):
            if abs(time.time() - time.monotonic() - offset) > JUMP:
                offset = time.time() - time.monotonic()
                for job in scheduler.get_jobs():
                    job.modify(next_run_time=utc_now())

    def _keep_up(self) -> None:
        while not self.stop.wait(self.pulse.upkeep):
            try:
                self._safely(lambda: upkeep.look(self.store, self.config, self.now(), self._heartbeat))
            except Exception as error:
                # The boundary of a thread: who is told of what is wrong must not fall silent by what was not foreseen.
                log.exception("the upkeep failed")
                self.told.trouble(f"the upkeep failed in a way that was not foreseen ({type(error).__name__}); see the log")

    def _safely(self, step: Callable[[], object]) -> None:
        """Do a step; what its store refuses is told, and tried again with the next one."""
        try:
            if not self.stop.is_set():
                step()
        except UnreachableStore as error:
            self.told.trouble(str(error))
            self._open_again()
        except StoreError as error:
            self.told.trouble(str(error))

    def _open_again(self) -> None:
        """Open the store anew: one that was put back from a backup is another file than the one that is held."""
        try:
            found = Store.open(self.config.store, archive=self.config.archive, key=self.config.key, patience=self.config.patience)
        except StoreError:
            return  # told already; the next look tries again
        with self._turn:
            self._held.close()
            self.store.close()
            self._store = found
            self.id = workers.register(found, self._held, socket.gethostname(), os.getpid(), program_version(), self.now())

    def beat(self) -> None:
        """Note in the store that the worker is there."""
        workers.beat(self.store, self.id, self.now(), ", ".join(self.doing()))

    def doing(self) -> list[str]:
        """Return the jobs that are under way."""
        return sorted(due.job for due in list(self._at_work.values()))

    # --- what is due -----------------------------------------------------------------------------------------------------

    def look(self) -> int:
        """Take over what dead workers left, plan, and begin what is due; return how many due runs were begun."""
        with self._turn:
            now = self.now()
            if taken := duty.take_over(self.store, now, self.id):
                self.told.mended(Mended(), taken)
            duty.write_due(self.store, self.config, now)
            return sum(self._begin(due, now) for due in due_runs.waiting(self.store, now))

    def _begin(self, due: DueRun, now: datetime) -> bool:
        if self.stop.is_set() or len(self._at_work) >= self.side_by_side or due.job in self.doing() or not duty.is_ready(due, now):
            return False
        if due.kind == CRAWL and due_runs.unended(self.store, due.job) and not workers.is_free(self.store, due.job):
            return False  # somebody crawls the site: by hand, or a worker that is being ended
        taken = duty.take(self.store, due.id, self.id, now)
        if taken is None:
            return False
        self._at_work[taken.id] = taken
        threading.Thread(target=self._do, args=(taken, self.id), name=taken.job, daemon=True).start()
        return True

    def _do(self, due: DueRun, worker: str) -> None:
        self.told.begun(due)
        try:
            outcome = self.perform(self.config, due, worker, self.stop)
        except Exception as error:
            # The boundary of the work: a worker outlives what it does.
            log.exception("%s failed", due.job)
            outcome = Outcome(AGAIN, f"{type(error).__name__}: this was not foreseen; see the log", worker)
        self._settle(due, outcome)

    def _settle(self, due: DueRun, outcome: Outcome) -> None:
        """Write down what became of a due run, however long the store is out of reach."""
        while True:
            try:
                state = duty.settle(self.store, due.id, outcome, self.now())
                break
            except StoreError as error:
                self.told.trouble(str(error))
                if self.stop.wait(self.pulse.tick):
                    state = ""  # its lock ends with this process, and the next worker takes it over
                    break
        try:
            self.told.ended(due, outcome, state)  # before it is off the list: a worker that ends waits for it
        finally:
            del self._at_work[due.id]
            self._freed.set()
