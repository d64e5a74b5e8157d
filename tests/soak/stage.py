"""The processes of a soak: two workers, of which one dies now and then, the room, crawls by hand; their settings, logs and readings."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.soak.judging import Span
from tests.soak.measuring import ProcessReading, process_reading

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "seven lamps behind the printing shop"
ACCOUNT = {"name": "olga", "password": PASSWORD, "next": "/"}
STEADY, MORTAL, ROOM, FRESH = "steady worker", "mortal worker", "room", "fresh room"
TIMEOUT = 4.0
"""Seconds that a crawl waits for an answer: less than a slow site takes."""
ALLOCATOR = {"MALLOC_ARENA_MAX": "2"}
"""Malloc's arenas, as units and image set them: one for each thread rises at every peak of readers and is not handed back."""

SETTINGS = """store = "sqlite:///{folder}/store.sqlite"
pace = 0.02
timeout = {timeout}
log_format = "json"
side_by_side = 2
operator = "soak"
[room]
pages_per_minute = 6000
heavy_per_minute = 6000
heavy_at_once = 24
[bases]
{bases}
{schedule}
"""
CHORES = {"takedown": (7, 3), "verify": (10, 4), "watch": (1, 0)}
"""Minutes from one due run of a chore to the next, and its first minute of an hour. ``watch`` is more frequent here than anywhere."""


def schedule_of(sites: tuple[str, ...], every: int) -> dict[str, tuple[int, int]]:
    """Return for each job the minutes from one due run to the next, and the first; sites take turns."""
    return {site: (every, place % every) for place, site in enumerate(sites)} | CHORES


def _table(job: str, every: int, first: int) -> str:
    whole = 'jitter_minutes = 0\nhours = ""\nsweep_days = 0\nrequests = 0\nseconds = 0\n'
    return f'[schedule.{job}]\ncron = "{first}-59/{every} * * * *"\n{whole}'


def wanted(every: int, first: int, begin: float, end: float) -> set[int]:
    """Return the minutes since the epoch at which a job is due within a span of seconds."""
    return {minute for minute in range(int(begin // 60) + 1, int(end // 60) + 1) if minute % 60 in range(first, 60, every)}


@dataclass
class Life:
    """One process from its start to its end, with its readings by seconds of the epoch."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    readings: list[tuple[float, ProcessReading]] = field(default_factory=list)

    def points(self, what: str) -> list[tuple[float, float]]:
        """Return one figure of the readings over time."""
        return [(at, float(getattr(one, what))) for at, one in self.readings]


class Stage:
    """Starts, ends and measures the processes of a soak."""

    def __init__(self, folder: Path, bases: Mapping[str, str], schedule: Mapping[str, tuple[int, int]]) -> None:
        self.folder, self.store, self.archive = folder, folder / "store.sqlite", folder / "archive"
        self.lives: dict[str, Life] = {}
        self.deaths: list[Span] = []
        self.ended: list[Life] = []
        self.by_hand: list[subprocess.Popen[bytes]] = []
        (folder / "tmp").mkdir()
        told = "\n".join(f'{site} = "{base}"' for site, base in bases.items())
        tables = "\n".join(_table(job, *minutes) for job, minutes in schedule.items())
        settings = SETTINGS.format(folder=folder, timeout=TIMEOUT, bases=told, schedule=tables)
        (folder / "harvester.toml").write_text(settings, encoding="utf-8")

    def environment(self) -> dict[str, str]:
        """Return the environment of every process: settings and temporary files of the soak alone."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HARVESTER_")}
        own = {"HARVESTER_CONFIG": str(self.folder / "harvester.toml"), "HARVESTER_LANG": "en", "TMPDIR": str(self.folder / "tmp")}
        return kept | own | ALLOCATOR | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}

    def call(self, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Call the program and wait for its end."""
        return subprocess.run(
            self._command(words), env=self.environment(), cwd=self.folder, input=typed, capture_output=True, text=True, timeout=900
        )

    def start(self, name: str, *words: str) -> Life:
        """Begin a process that lasts; it writes to a log of its name."""
        life = Life(name, *self._begin(name, words))
        self.lives[name] = life
        return life

    def crawl_by_hand(self, site: str) -> None:
        """Begin a crawl that asks for every document again, without waiting for it."""
        self.by_hand.append(self._begin("by-hand", ("crawl", site, "--recheck", "all"))[0])

    def _begin(self, name: str, words: tuple[str, ...]) -> tuple[subprocess.Popen[bytes], Path]:
        log = self.folder / f"{name.replace(' ', '-')}.log"
        with log.open("ab") as out:
            process = subprocess.Popen(
                self._command(words), env=self.environment(), cwd=self.folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out
            )
        return process, log

    def _command(self, words: tuple[str, ...]) -> list[str]:
        return [sys.executable, "-c", "from harvester.cli.main import main; main()", *words]

    # --- rooms and workers -------------------------------------------------------------------------------------------------

    def start_worker(self, name: str) -> None:
        """Begin a worker."""
        self.start(name, "worker")

    def make_store(self) -> None:
        """Make the store, and the operator's account in it."""
        for words, typed in ((("db", "upgrade"), ""), (("accounts", "add", ACCOUNT["name"], "--role", "operator"), PASSWORD + "\n")):
            made = self.call(*words, typed=typed)
            if made.returncode:
                raise RuntimeError(f"{' '.join(words)} ended with {made.returncode}: {made.stderr}")

    def open_room(self, name: str = ROOM) -> str:
        """Open a room and return its address."""
        life = self.start(name, "serve", "--port", "0", "--login")
        until = time.monotonic() + 120
        while time.monotonic() < until and life.process.poll() is None:
            if found := re.search(r"http://127\.0\.0\.1:\d+", life.log.read_text(encoding="utf-8")):
                return found[0]
            time.sleep(0.1)
        raise RuntimeError(f"The room does not open: {life.log.read_text(encoding='utf-8')}")

    def strike(self, name: str, *, gently: bool) -> None:
        """Kill a process, or tell it to end, and note when."""
        life, begun = self.lives.pop(name), time.time()
        life.process.send_signal(signal.SIGTERM if gently else signal.SIGKILL)
        life.process.wait(90)
        self.deaths.append(Span("", "told to end" if gently else "killed", begun, time.time()))
        self.ended.append(life)

    def end(self) -> list[str]:
        """Tell every process to end; return which did not, or not as done."""
        troubles = []
        for process in self.by_hand:
            process.wait(600)
        for name in list(self.lives):
            life = self.lives.pop(name)
            self.ended.append(life)
            if life.process.poll() is not None:
                troubles.append(f"{name} had ended by itself with status {life.process.returncode}")
                continue
            begun = time.time()
            life.process.send_signal(signal.SIGTERM)
            try:
                if status := life.process.wait(90):
                    troubles.append(f"{name} ended with status {status} when it was told to end")
            except subprocess.TimeoutExpired:
                life.process.kill()
                troubles.append(f"{name} did not end within 90 seconds")
            self.deaths.append(Span("", "told to end", begun, time.time()))
        return troubles

    def plan_no_more(self) -> None:
        """Let nothing more become due, so that what is due already can be done to its end, however slow the machine is."""
        file = self.folder / "harvester.toml"
        file.write_text(re.sub('cron = ".*"', 'cron = ""', file.read_text(encoding="utf-8")), encoding="utf-8")

    def leave(self) -> None:
        """Kill what is left, for a soak that breaks off."""
        for process in [*self.by_hand, *(life.process for life in self.lives.values())]:
            process.kill()
            process.wait(30)

    def measure(self) -> None:
        """Read every process that lasts."""
        for life in self.lives.values():
            if found := process_reading(life.process.pid):
                life.readings.append((time.time(), found))
        self.by_hand = [process for process in self.by_hand if process.poll() is None]

    def dead(self) -> list[str]:
        """Return the processes that ended without being told to."""
        return [
            f"{life.name} ended by itself ({life.process.returncode})" for life in self.lives.values() if life.process.poll() is not None
        ]
