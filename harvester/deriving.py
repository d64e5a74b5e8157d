"""Derive in a process of its own, within a time and a memory: what a payload does to its reader, it does not do to the crawl.

A page that a reader needs an hour for, a file that makes a library crash or eat all memory costs one document, with its cause.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.context import ForkContext, ForkProcess, SpawnContext, SpawnProcess
from typing import Any, cast

from harvester import passing
from normalizers.agencies import Decisions
from normalizers.derive import derive, load_tables
from normalizers.documents import UnreadableError, read
from normalizers.intake import Intake, intake
from normalizers.records import Derived, Document, Hints

SECONDS = 180.0
"""Processor time for one payload; the longest plans take some seconds, a scanned one of 500 pages a minute."""
BESIDE_OTHERS = 10
"""By the clock a payload may take so many times as long: a busy machine makes no payload unreadable."""
MEMORY = 4 * 2**30
"""Bytes of address space for the reading process."""
SMALL = 32 * 1024
"""Bytes of markup or text that are read here and now: too few for harm, and most documents are so."""
BUSY = 8
"""So many documents that wait to be read are worth a process beside this one for small ones, too."""
NO_DECISIONS = Decisions()
CONTEXT: SpawnContext | ForkContext = multiprocessing.get_context("spawn")
"""How the reading process is begun."""
FORK = multiprocessing.get_context("fork")
passing.settle()
_PACKED = (b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0")


Work = Callable[[Any, Any, Decisions], Any]
"""``derive``, ``intake``, ``read_only`` or another function of a module, which a process is told by its name."""


def read_only(payload: bytes, hints: Hints, _decisions: Decisions) -> Document:
    """Return the document of a payload, as ``normalizers.documents.read`` does."""
    return read(payload, hints)


def prepare(_asked: None, _hints: None, _decisions: Decisions) -> None:
    """Load what many documents are read by, and let no collection of garbage look through it again: it stays."""
    load_tables()
    gc.collect()
    gc.freeze()


class DerivingError(Exception):
    """Deriving failed in a way that was not foreseen; the message says how."""


class Deriver:
    """Derives one payload after the other, in a process that is started when it is first needed and anew after it was lost."""

    def __init__(self, seconds: float = SECONDS, memory: int = MEMORY, *, forks: bool = False) -> None:
        """Read within so many seconds of the processor and bytes; ``forks``: the process is begun by a fork, where that is safe."""
        self.seconds = seconds
        self.memory = memory
        self._forks = forks
        self.executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="derive")
        """Where ``derive`` is to be called, so that it lets no download time out."""
        self._worker: tuple[SpawnProcess | ForkProcess, Connection] | None = None
        self._is_beginning = False
        self._has_failed = False
        self.waiting = 0
        """How much was given to ``executor`` and is not done: told by who gives it."""
        self._told: Decisions | None = None
        """The decisions that the process holds: thousands of them are not sent with every payload."""

    def derive(self, payload: bytes, hints: Hints, decisions: Decisions = NO_DECISIONS) -> Derived:
        """Return what is derived from a payload, as ``normalizers.derive.derive`` does.

        Raises UnreadableError, also for a payload that takes too long or makes its reader crash, and DerivingError.
        """
        return cast("Derived", self._do(derive, payload, hints, decisions))

    def intake(self, payload: bytes, hints: Hints, decisions: Decisions = NO_DECISIONS) -> Intake:
        """Return what may be kept of a payload, as ``normalizers.intake.intake`` does; raises what ``derive`` does."""
        return cast("Intake", self._do(intake, payload, hints, decisions))

    def read(self, payload: bytes, hints: Hints) -> Document:
        """Return the document of a payload and nothing that is derived from it; raises what ``derive`` does."""
        return cast("Document", self._do(read_only, payload, hints, NO_DECISIONS))

    def _do(self, work: Work, payload: bytes, hints: Hints, decisions: Decisions) -> Derived | Intake | Document:
        if len(payload) <= SMALL and not payload.startswith(_PACKED) and not self._is_beside():
            return cast("Derived | Intake | Document", work(payload, hints, decisions))
        return cast("Derived | Intake | Document", self.apart(work, payload, hints, decisions))

    def apart(self, work: Work, asked: Any, hints: Any, decisions: Decisions = NO_DECISIONS) -> Any:  # noqa: ANN401 -- what the work takes
        """Return what a function returns in the process, whatever it is asked; raises what ``derive`` does."""
        told, value = self._ask(work, asked, hints, decisions)
        if told == "done":
            return value
        raise UnreadableError(value) if told == "unreadable" else DerivingError(value)

    def _ask(self, work: Work, payload: Any, hints: Any, decisions: Decisions) -> tuple[str, Any]:  # noqa: ANN401 -- what the work takes
        """Return the process's answer, or what became of it, which ends it."""
        process, connection = self._running()
        try:
            connection.send((self.seconds, work, payload, hints, None if decisions == self._told else decisions))
            self._told = decisions
            if self._answers(connection):
                answer: tuple[str, Any] = connection.recv()
                return answer
            told = f"Its reader did not answer within {self.seconds * BESIDE_OTHERS:g} s: look at it by hand."
        except (EOFError, OSError):
            process.join(5)
            told = f"Its reader crashed (exit status {process.exitcode}): look at it by hand."
            if process.exitcode == -signal.SIGPROF:
                told = f"Reading it takes longer than {self.seconds:g} s: look at it by hand."
        self.close()
        return "unreadable", told

    def _is_beside(self) -> bool:
        """Tell whether small payloads are read in the process: it is there, and who waits has other work. Many that wait begin it."""
        try:
            if self.waiting >= BUSY and self._worker is None and not self._has_failed:
                self._start()
            return self.waiting > 0 and self._worker is not None and self._has_begun(self._worker[1], 0)
        except (EOFError, OSError):
            self.close()
            # A program without a guard of its main module, and a machine without room, cannot have one: it is not begun for each of them.
            self._has_failed = True
            return False

    def _has_begun(self, connection: Connection, seconds: float) -> bool:
        """Tell whether the process is ready for work, waiting so long for it; another thread may close it meanwhile."""
        if self._is_beginning and connection.poll(seconds):
            connection.recv()
            self._is_beginning = False
        return not self._is_beginning

    def begin(self) -> None:
        """Start the process now, so that it is there when it is needed."""
        self._running()

    def _running(self) -> tuple[SpawnProcess | ForkProcess, Connection]:
        if self._worker and not self._worker[0].is_alive():
            self.close()
        return self._worker or self._start()

    def close(self) -> None:
        """End the process, whatever it does."""
        if self._worker:
            process, connection = self._worker
            self._worker = self._told = None
            self._is_beginning = False
            process.kill()
            process.join()
            connection.close()

    def _start(self) -> tuple[SpawnProcess | ForkProcess, Connection]:
        forks = self._forks and _has_one_thread()
        context = FORK if forks else CONTEXT
        here, there = context.Pipe()
        process = context.Process(target=_work_forked if forks else _work, args=(there, self.memory), daemon=True)
        # Ctrl-C reaches the whole group of processes: the crawl ends in order, and this one with it. A new process inherits the mask.
        # SIGTERM stays deadly: Python ends its daemon processes by it, and waits for them.
        # The tracker of resources is begun before: its beginning lets SIGINT through again, and the new process would inherit that.
        if not forks:
            resource_tracker.ensure_running()
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        there.close()
        self._worker = (process, here)
        self._is_beginning = True
        return self._worker

    def _answers(self, connection: Connection) -> bool:
        """Wait for the answer and return whether it came, in time and before the program's own end."""
        until = time.monotonic() + self.seconds * BESIDE_OTHERS
        while (left := until - time.monotonic()) > 0 and threading.main_thread().is_alive():
            if self._has_begun(connection, min(left, 0.5)) and connection.poll(min(left, 0.5)):
                return True
        return False


def _work(connection: Connection, memory: int) -> None:
    """Answer until the other side is gone. Timers of the kernel end what takes too long or outlives it, whatever a library holds."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for number in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(number, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    decisions = NO_DECISIONS
    connection.send("ready")
    while True:
        try:
            seconds, work, payload, hints, told = connection.recv()
        except (EOFError, OSError):
            return
        decisions = decisions if told is None else told
        signal.setitimer(signal.ITIMER_PROF, seconds)
        signal.alarm(int(seconds * BESIDE_OTHERS) + 10)
        answer = _answer(work, payload, hints, decisions)
        signal.setitimer(signal.ITIMER_PROF, 0)
        connection.send(answer)
        signal.alarm(0)


def _answer(work: Work, payload: Any, hints: Any, decisions: Decisions) -> tuple[str, Any]:  # noqa: ANN401 -- what the work takes
    try:
        return "done", work(payload, hints, decisions)
    except UnreadableError as error:
        return "unreadable", str(error)
    except MemoryError:
        return "unreadable", "Reading it takes more memory than allowed: look at it by hand."
    except Exception as error:  # noqa: BLE001 - the boundary of the process: the other side tells it
        return "failed", f"{type(error).__name__}: {error}"


def _has_one_thread() -> bool:
    """Tell whether this process has one thread of Python: what another one holds at a fork is held for ever in the new process."""
    return len(sys._current_frames()) == 1  # ``threading`` does not count threads that it did not begin


def _work_forked(connection: Connection, memory: int) -> None:
    """Work as others do, with nothing open that the process before the fork had: no store, lock or socket lives on in a reader of files."""
    parent, last = multiprocessing.parent_process(), 2
    for kept in sorted({connection.fileno(), *([parent.sentinel] if parent else [])}):
        os.closerange(last + 1, kept)
        last = kept
    os.closerange(last + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    _work(connection, memory)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)
