"""Inputs are read in child processes, within a budget each: processor time by a timer of the kernel, memory by a limit of addresses.

A parent gives a child jobs, a line of JSON each, and reads what came of every input. A child that is ended by a signal or says nothing
for too long is a find as an unnamed error is; another one goes on behind the input it died of.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import random
import re
import resource
import select
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from tests.fuzz.bombs import bombs
from tests.fuzz.inputs import mutated
from tests.fuzz.target import Target

ROOT = Path(__file__).resolve().parents[2]
SECONDS_PER_MB = 40.0
"""Beyond a quarter of a megabyte the processor time may grow with the input, so much for each (as ``tests/documents/test_budgets.py``)."""
PATIENCE = 20.0
"""Of the processor time is the time by the clock after which a child that waits for something is ended: others use the machine, too."""
STARTING = 600.0
"""Seconds by the clock for what is no reading: to start, to make an input."""
SERVING = "from tests.fuzz import children, targets; children.serve(targets.TARGETS)"
LINE = re.compile(r'File "([^"]+)", line (\d+) in (\w+)')
PROJECT = re.compile(r"/(normalizers|spiders|storage|harvester)/")


@dataclass(frozen=True, slots=True)
class Job:
    """So many inputs of a target, from a number on; ``file`` is one input instead."""

    target: str
    seed: int
    first: int
    stop: int
    file: str = ""


@dataclass(frozen=True, slots=True)
class Find:
    """An input that broke its budget or met an error without a name.

    ``kind`` is ``error``, ``time``, ``memory``, ``signal`` or ``silence``, ``where`` the innermost function of the project.
    """

    target: str
    number: int
    kind: str
    error: str
    where: str
    detail: str = ""

    @property
    def signature(self) -> tuple[str, str, str, str]:
        """What finds of one cause have in common."""
        return self.target, self.kind, self.error.partition(":")[0], self.where


def allowed(target: Target, data: bytes) -> float:
    """Return the processor seconds that an input may take."""
    return max(target.seconds, SECONDS_PER_MB * len(data) / 1e6)


def made(target: Target, seed: int, number: int) -> bytes:
    """Return the input of a number: first the samples as they are, then the bombs, then what is drawn."""
    samples, following = _fixed(target)
    if number < len(samples) + len(following):
        return samples[number] if number < len(samples) else following[number - len(samples)]
    return mutated(samples or [b""], target.form, random.Random(f"{seed}/{target.name}/{number}"))


@lru_cache(maxsize=1)
def _fixed(target: Target) -> tuple[list[bytes], list[bytes]]:
    """Return the samples and the bombs of a target."""
    samples = list(target.samples())
    return samples, [data for _, data in bombs(target.form, samples)]


# --- in the child ------------------------------------------------------------------------------------------------------------------


def serve(targets: Mapping[str, Target]) -> None:
    """Do the jobs that standard input names, one line each."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    faulthandler.register(signal.SIGPROF, file=sys.stderr, all_threads=False, chain=True)
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a reader prints is no answer
    for line in sys.stdin:
        job = Job(**json.loads(line))
        target = targets[job.target]
        for number in range(job.first, job.stop):
            data = Path(job.file).read_bytes() if job.file else made(target, job.seed, number)
            print(json.dumps({"began": number, "seconds": allowed(target, data)}), file=out, flush=True)
            find = tried(target, data, number)
            print(json.dumps({"ended": number, "find": asdict(find) if find else None}), file=out, flush=True)
        print(json.dumps({"done": True}), file=out, flush=True)


def tried(target: Target, data: bytes, number: int = 0) -> Find | None:
    """Read one input within its budget; return what is wrong with that, ``None`` for a result or a named error."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_address_space() + target.memory, hard))
    signal.setitimer(signal.ITIMER_PROF, allowed(target, data))
    try:
        target.read(data)
    except target.errors:
        return None
    except MemoryError as error:
        return _told(target, number, "memory", error)
    except Exception as error:  # noqa: BLE001 -- what has no name is what is looked for
        return _told(target, number, "error", error)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    return None


def _address_space() -> int:
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def _told(target: Target, number: int, kind: str, error: Exception) -> Find:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if PROJECT.search(frame.filename)] or frames
    where = f"{_short(ours[-1].filename)}:{ours[-1].name}" if ours else ""
    said = str(error).encode("utf-8", "backslashreplace").decode()[:300]
    detail = "".join(traceback.format_list(frames[-12:])).encode("utf-8", "backslashreplace").decode()[-6_000:]
    return Find(target.name, number, kind, f"{type(error).__name__}: {said}", where, detail)


def _short(path: str) -> str:
    found = PROJECT.search(path)
    return path[found.start() + 1 :] if found else path.rpartition("site-packages/")[2]


# --- in the parent -----------------------------------------------------------------------------------------------------------------


class Child:
    """A process that reads inputs. It is ended when it breaks a budget, and with this object: what it keeps lies beside its log."""

    def __init__(self, errors: Path, code: str) -> None:
        self.errors = errors
        self._log: IO[bytes] = errors.open("wb")
        self._heard = b""
        command = [sys.executable, "-c", code]
        own = {"TMPDIR": str(errors.parent), "PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | own, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, start_new_session=True
        )

    def run(self, job: Job) -> Iterator[tuple[int, Find | None]]:
        """Yield the number of each input as it ends, with what was found. After a find that ended the process there is no more."""
        assert self.process.stdin is not None
        began, until = job.first, time.monotonic() + STARTING
        try:
            self.process.stdin.write((json.dumps(asdict(job)) + "\n").encode())
            self.process.stdin.flush()
        except BrokenPipeError:
            until = 0.0
        while True:
            told = self._next(until)
            if told is None:
                yield began, self._died(job, began)
                return
            if "began" in told:
                began, until = told["began"], time.monotonic() + PATIENCE * told["seconds"]
            elif "ended" in told:
                yield told["ended"], Find(**told["find"]) if told["find"] else None
                until = time.monotonic() + STARTING
            else:
                return

    def _next(self, until: float) -> dict[str, Any] | None:
        """Return what the child says next, ``None`` where it says nothing more, or not in time."""
        assert self.process.stdout is not None
        handle = self.process.stdout.fileno()
        while b"\n" not in self._heard:
            if not select.select([handle], [], [], max(0.0, until - time.monotonic()))[0]:
                return None
            if not (heard := os.read(handle, 1 << 16)):
                return None
            self._heard += heard
        line, _, self._heard = self._heard.partition(b"\n")
        told: dict[str, Any] = json.loads(line)
        return told

    def _died(self, job: Job, number: int) -> Find:
        try:
            status, killed = self.process.wait(5), False  # its pipe is closed a moment before it is gone
        except subprocess.TimeoutExpired:
            status, killed = 0, True
        self.end()
        said = self.errors.read_text("utf-8", "replace")
        names = [(file, name) for file, _, name in LINE.findall(said.rpartition("most recent call first")[2])]
        ours = next(((file, name) for file, name in names if PROJECT.search(file)), names[0] if names else ("", ""))
        kind = "silence" if killed else "time" if status == -signal.SIGPROF else "signal"
        error = {"silence": "NoAnswer", "time": "OutOfTime"}.get(kind, f"Status{status}")
        return Find(job.target, number, kind, error, f"{_short(ours[0])}:{ours[1]}", said[-6_000:])

    @property
    def alive(self) -> bool:
        """Tell whether the process can take another job."""
        return self.process.poll() is None

    def end(self) -> None:
        """End the process and all that it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self._log):
            if pipe is not None and not pipe.closed:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


def run_jobs(jobs: Sequence[Job], errors: Path, code: str = SERVING) -> Iterator[tuple[Job, int, Find | None]]:
    """Do jobs one after the other in one child, a fresh one behind each input that ended it."""
    child = Child(errors, code)
    try:
        for job in jobs:
            following = job.first
            while following < job.stop:
                if not child.alive:
                    child = Child(errors, code)
                for number, find in child.run(Job(job.target, job.seed, following, job.stop, job.file)):
                    following = number + 1
                    yield job, number, find
    finally:
        child.end()
