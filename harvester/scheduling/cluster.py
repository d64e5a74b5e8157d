"""Workers on any number of hosts, over the queue in the store's PostgreSQL.

Every worker plans, hands out, mends and does: there is no master, and nobody has to know how many there are. A worker that is lost is
noticed by its missing heartbeats (``Times.stalled``); the queue's job then goes to another one. A worker that only seems lost does no
harm: the crawl itself holds the site's lock, and its row has one end (``harvester.scheduling.due``).
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.job_context import JobContext
from procrastinate.jobs import Job
from sqlalchemy.exc import SQLAlchemyError

from harvester.config import Config, program_version
from harvester.scheduling import due, handing, pieces, queue, upkeep
from harvester.scheduling.due import AGAIN, BACK, Outcome
from harvester.scheduling.embedded import Clock, Listener, Perform, utc_now
from harvester.scheduling.plan import jobs, next_done
from harvester.scheduling.stalled import Mender
from harvester.scheduling.working import perform
from storage import mending, pauses, workers
from storage.due_runs import DueRun
from storage.errors import FullDisk, LockedStore, StoreError, UnreachableStore
from storage.mending import Mended
from storage.store import Store

if TYPE_CHECKING:
    from harvester.alerting.heartbeat import Heartbeat

log = logging.getLogger(__name__)
T = TypeVar("T")

UNREACHABLE = (StoreError, SQLAlchemyError, psycopg.Error, ConnectorException, OSError, TimeoutError)
"""What a database that is gone, or was, shows itself as."""


@dataclass(frozen=True, slots=True)
class Times:
    """How often a worker looks, and how long it waits, in seconds.

    tick: between two looks at what is due. beat: between two heartbeats; stalled: without one, after which a worker's jobs
    are another's. poll: between two looks into the queue, should its notice be lost. upkeep: between two looks at what no run shows.
    first, most: the pauses before a database that is gone is asked again, the first and the longest. last: how long a worker that is
    stopped tries to say what became of its work; after twice as long its process ends in any case.
    """

    tick: float = 10.0
    beat: float = 5.0
    stalled: float = 20.0
    poll: float = 5.0
    upkeep: float = 30.0
    first: float = 1.0
    most: float = 60.0
    last: float = 20.0


def run(
    config: Config,
    told: Listener | None = None,
    *,
    slots: int = 4,
    once: bool = False,
    stop: threading.Event | None = None,
    perform: Perform = perform,
    clock: Clock = utc_now,
    times: Times = Times(),
) -> int:
    """Do what is due until ``stop`` is set or SIGTERM or SIGINT comes; what is under way is ended and put back then.

    ``slots`` is how many due runs this worker does at a time. ``once``: it ends as soon as nothing is due. Returns how many due runs it
    did. A database that is gone is waited for. Raises WrongCall for settings that cannot be, ``OldStore`` or ``NewerStore`` for
    a store or queue of another program, ``StoreError`` for a store that is not on PostgreSQL.
    """
    member = Member(config, told or Silent(), slots, stop or threading.Event(), perform, clock, times)
    try:
        asyncio.run(member.live(once=once))
    finally:
        member.leaving.cancel()
    return member.count


class Member:
    """One worker of many."""

    def __init__(
        self, config: Config, told: Listener, slots: int, stop: threading.Event, perform: Perform, clock: Clock, times: Times
    ) -> None:
        self.config, self.told, self.slots, self.stop = config, told, slots, stop
        self.perform, self.clock, self.times = perform, clock, times
        self.name = ""
        self.count = 0
        self._doing: dict[int, str] = {}
        self._store: Store | None = None
        self._life: queue.Life | None = None
        self._heartbeat: Heartbeat | None = None
        self.leaving = threading.Timer(2 * times.last, self._leave)
        self.leaving.daemon = True

    @property
    def store(self) -> Store:
        """The store this worker is at."""
        assert self._store is not None  # noqa: S101 - _serve opened it
        return self._store

    # --- living ----------------------------------------------------------------------------------------------------------

    async def live(self, *, once: bool = False) -> None:
        """Work until it is stopped; reach the database again with growing pauses whenever it is gone."""
        jobs(self.config)
        self._heartbeat = upkeep.heartbeat_of(self.config)
        self._prepare()
        pause = self.times.first
        while not self.stop.is_set():
            begun = time.monotonic()
            try:
                await self._serve(once=once)
                if once:
                    return
                words = "The connection to the queue was lost."
            except UNREACHABLE as error:
                if _is_lasting(error):
                    raise
                words = in_words(error)
            if self.stop.is_set():
                return
            if time.monotonic() - begun > self.times.most:
                pause = self.times.first
            self.told.trouble(f"{words} The worker tries again in {pause:.0f} s.")
            await self._wait(pause)
            pause = min(2 * pause, self.times.most)

    def _prepare(self) -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(self._unheard)
        loop.set_default_executor(ThreadPoolExecutor(self.slots + 8))  # what is done, and what is looked at beside it
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, self._end)
        for name in ("procrastinate", "psycopg.pool"):  # they tell at length what is told here in a line
            logging.getLogger(name).setLevel(logging.CRITICAL)

    def _end(self) -> None:
        if self.stop.is_set():
            return
        if self._doing:
            self.told.stopping(sorted(self._doing.values()))
        self.stop.set()
        self.leaving.start()

    def _leave(self) -> None:
        """End the process though a thread of it still waits for a database that keeps its connection and says nothing."""
        self.told.trouble("The database does not answer: the worker ends without it, and another takes its work over.")
        os._exit(1)

    def _unheard(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Hear of a job that the queue could not be told the end of: it was taken over, or the database is gone."""
        error = context.get("exception")
        if isinstance(error, UNREACHABLE):
            log.info("The queue: %s", in_words(error))
        else:
            loop.default_exception_handler(context)

    async def _serve(self, *, once: bool) -> None:
        """Work as long as the database is there."""
        self._store = await asyncio.to_thread(self._open)
        try:
            app = self._app()
            async with app.open_async():
                mender = Mender(self.store, app, asyncio.get_running_loop(), self.name, self.times.stalled)
                await (self._work_once(app, mender) if once else self._work(app, mender))
            if self.stop.is_set() or once:
                await asyncio.to_thread(workers.end, self.store, self.name, self.clock())
        finally:
            if self._life:
                await asyncio.to_thread(self._life.end)
            await asyncio.to_thread(self.store.close)

    def _open(self) -> Store:
        config = self.config
        store = Store.open(config.store, archive=config.archive, key=config.key, create=not self.name, patience=config.patience)
        try:
            queue.upgrade(store)
            if not self.name:
                self._introduce(store)
            self._life = queue.Life(store, self.name)
            self._life.show()
        except BaseException:
            store.close()
            raise
        return store

    def _introduce(self, store: Store) -> None:
        now, every = self.clock(), jobs(self.config)
        self.name = workers.register(store, ExitStack(), socket.gethostname(), os.getpid(), program_version(), now)
        self.told.mended(mending.mend(store, now), [])
        rests = pauses.listed(store)
        following = {job.name: moment for job in every if (moment := next_done(job.name, job.schedule, rests, now))}
        self.told.started(self.name, every, following, self.slots)

    async def _work(self, app: App, mender: Mender) -> None:
        serving = asyncio.ensure_future(self._serving(app, wait=True))
        beside = [
            asyncio.create_task(self._every(self.times.tick, partial(self._tick, mender))),
            asyncio.create_task(self._every(self.times.upkeep, self._keep_up)),
        ]
        stopping = asyncio.create_task(self._stopped())
        try:
            await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
            # Cancelled, it waits for what it does, which ``stop`` ends; it fails where the database is gone.
            serving.cancel()
            with suppress(asyncio.CancelledError):
                await serving
        finally:
            for task in (serving, stopping, *beside):
                task.cancel()
            await asyncio.gather(serving, stopping, *beside, return_exceptions=True)

    async def _work_once(self, app: App, mender: Mender) -> None:
        await asyncio.to_thread(self._tick, mender)
        before = -1
        while before < self.count and not self.stop.is_set():
            before = self.count
            await self._serving(app, wait=False)
            await asyncio.to_thread(self._tick, mender)
        await asyncio.to_thread(self._keep_up)

    def _serving(self, app: App, *, wait: bool) -> Awaitable[None]:
        return app.run_worker_async(
            queues=[queue.DUE_RUNS, queue.PIECES],
            name=self.name,
            concurrency=self.slots,
            wait=wait,
            fetch_job_polling_interval=self.times.poll,
            update_heartbeat_interval=self.times.beat,
            stalled_worker_timeout=self.times.stalled,
            delete_jobs="always",
            install_signal_handlers=False,
        )

    def _app(self) -> App:
        app = App(connector=PsycopgConnector(min_size=1, max_size=3, **queue.reached(self.store.url)))

        @app.task(name=handing.TASK, queue=queue.DUE_RUNS, pass_context=True)
        async def due_run(context: JobContext, id: int) -> None:
            await self._beating(app, context.job, self._do(id))

        @app.task(name=pieces.TASK, queue=queue.PIECES, pass_context=True)
        async def derive(context: JobContext, parent: str, after: str, upto: str) -> None:
            await self._beating(app, context.job, asyncio.to_thread(self._derive, parent, after, upto))

        return app

    # --- doing -----------------------------------------------------------------------------------------------------------

    async def _do(self, id: int) -> None:
        taken = await asyncio.to_thread(due.take, self.store, id, self.name, self.clock())
        if taken is None:
            return
        self._doing[id] = taken.job
        self.told.begun(taken)
        try:
            outcome = await asyncio.to_thread(self._perform, taken)
            self.told.ended(taken, outcome, await self._settle(id, outcome))
            self.count += 1
        finally:
            del self._doing[id]

    def _perform(self, taken: DueRun) -> Outcome:
        try:
            return self.perform(self.config, taken, self.name, self.stop)
        except UNREACHABLE as error:
            return Outcome(BACK, in_words(error), self.name, later=True)
        except Exception as error:
            log.exception("The due run %d of %s ended by a fault of the program", taken.id, taken.job)
            return Outcome(AGAIN, f"{type(error).__name__}: this was not foreseen; see the log", self.name)

    def _derive(self, parent: str, after: str, upto: str) -> None:
        """Derive a part of the archive again; what is not done whoever asked for it asks for again."""
        try:
            pieces.derive_part(self.config, parent, after, upto, self.stop)
        except UNREACHABLE as error:
            self.told.trouble(in_words(error))
        except Exception:
            log.exception("A part of the derivation %s ended by a fault of the program", parent)

    async def _settle(self, id: int, outcome: Outcome) -> str:
        """Write down what became of a due run, however long the database is gone; what a stopped worker cannot write another finds out."""
        pause, last = self.times.first, time.monotonic() + self.times.last
        while True:
            try:
                return await asyncio.to_thread(due.settle, self.store, id, outcome, self.clock())
            except UNREACHABLE as error:
                self.told.trouble(in_words(error))
                if self.stop.is_set() and time.monotonic() > last:
                    raise
            await asyncio.sleep(pause)
            pause = min(2 * pause, self.times.most)

    async def _beating(self, app: App, job: Job, work: Awaitable[T]) -> T:
        """Return what work returns, and keep the job's worker alive in the queue meanwhile.

        Procrastinate's own heartbeat ends as soon as it is stopping, while it still waits for its jobs.
        """
        beats = asyncio.create_task(self._beats(app, job.worker_id))
        try:
            return await work
        finally:
            beats.cancel()

    async def _beats(self, app: App, worker: int | None) -> None:
        while worker is not None:
            await asyncio.sleep(self.times.beat)
            with suppress(*UNREACHABLE):
                await app.job_manager.update_heartbeat(worker)

    # --- beside it -------------------------------------------------------------------------------------------------------

    def _tick(self, mender: Mender) -> None:
        """Say that this worker lives; mend, plan, hand out: these by one worker at a time."""
        workers.beat(self.store, self.name, self.clock(), ", ".join(sorted(self._doing.values())))
        if self._life:
            self._life.show()
        with queue.alone(self.store) as mine:
            if not mine or self.stop.is_set():
                return
            if taken := mender.mend(self.clock()):
                self.told.mended(Mended(), taken)
            due.write_due(self.store, self.config, self.clock())
            handing.hand_out(self.store, self.clock())

    def _keep_up(self) -> None:
        upkeep.look(self.store, self.config, self.clock(), self._heartbeat)

    async def _every(self, seconds: float, step: Callable[[], None]) -> None:
        # Not for ever: Python 3.11's wait_for swallows a cancellation that comes as what it waits for ends, which ``stop`` does.
        while not self.stop.is_set():
            try:
                await asyncio.to_thread(step)
            except UNREACHABLE as error:
                self.told.trouble(in_words(error))
            except Exception:
                log.exception("The worker %s could not look at what is due", self.name)
            await self._wait(seconds)

    async def _stopped(self) -> None:
        while not self.stop.is_set():
            await asyncio.sleep(0.2)

    async def _wait(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopped(), seconds)


class Silent:
    """Tells nobody what a worker does, but for what keeps it from working."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        """Return what hears anything."""
        return lambda *_: None

    def trouble(self, sentence: str) -> None:
        """Log what keeps the worker from working."""
        log.warning("%s", sentence)


def in_words(error: BaseException) -> str:
    """Return the first line of what a database said; a driver's goes on with the statement it refused."""
    found = error.__cause__ if isinstance(error, ConnectorException) and error.__cause__ else error
    return (str(found).strip().partition("\n")[0] or type(found).__name__).rstrip(".") + "."


def _is_lasting(error: BaseException) -> bool:
    """Tell whether waiting does not help: the store is of another program, or of another kind."""
    return isinstance(error, StoreError) and not isinstance(error, LockedStore | UnreachableStore | FullDisk)
