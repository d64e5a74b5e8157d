"""A soak lived through: what the plan says is done at its time, everything is measured once a minute, and at the end it is judged."""

from __future__ import annotations

import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from tests.end_to_end.year import PROVINCES
from tests.soak import judging
from tests.soak.findings import Said, log_troubles, missing
from tests.soak.judging import Span
from tests.soak.measuring import StoreReading, store_reading
from tests.soak.plan import EXPLAINS, Plan, draw
from tests.soak.readers import Heard, Reader
from tests.soak.sites import Sites
from tests.soak.stage import ACCOUNT, FRESH, MORTAL, ROOM, STEADY, Life, Stage, schedule_of, wanted

EVERY = 2
"""Minutes from one due run of a site to the next."""
READERS = 4
BY_HAND = 150.0
"""Seconds from one crawl by hand, which asks for every document again, to the next."""
SLACK = 60.0
"""Seconds after the end of a fault or of a worker in which what follows from it is told."""
GRACE = 420.0
"""Seconds after a fault in which a promise that was broken by it may be found: the next runs of the site."""
BESIDE, BESIDE_LEAST = 1 / 12, 300.0
"""For this share of its length, and so many seconds at least, a soak opens a second room at its end: what one takes when it is new."""
OLD = timedelta(days=31)
KEPT_LOGS = 30
"""Logs of runs that a site keeps (docs/observing.md)."""


@dataclass
class Soaked:
    """What a soak measured, and what did not hold."""

    plan: Plan
    begun: float
    store: list[tuple[float, StoreReading]] = field(default_factory=list)
    answers: list[tuple[float, int, float]] = field(default_factory=list)
    lives: list[Life] = field(default_factory=list)
    heard: Heard = field(default_factory=Heard)
    wrong: list[str] = field(default_factory=list)
    runs: list[Span] = field(default_factory=list)
    incidents: list[Span] = field(default_factory=list)


class Soak:
    """One soak from its beginning to its end."""

    def __init__(self, folder: Path, seconds: float, seed: int, sample: float) -> None:
        self.folder, self.seed, self.sample = folder, seed, sample
        self.plan = draw(seconds, PROVINCES, seed)
        self.found = Soaked(self.plan, time.time())
        self.faults: list[Span] = []
        self.stop = threading.Event()

    def run(self) -> Soaked:
        """Live through it, judge it and return what was found."""
        with Sites(PROVINCES, self.seed) as sites:
            stage = Stage(self.folder, sites.bases, schedule := schedule_of(PROVINCES, EVERY))
            try:
                stage.make_store()
                self._all(sites, stage)
            finally:
                self.stop.set()
                stage.leave()
            self.found.lives = stage.ended
            self._judge(stage, sites, schedule)
        return self.found

    def _all(self, sites: Sites, stage: Stage) -> None:
        _leave_old_rows(stage.store)
        stage.start_worker(STEADY)
        address = stage.open_room()
        readers = self._readers(address)
        stage.start_worker(MORTAL)
        self._live(sites, stage)
        self._end(sites, stage, readers)

    def _readers(self, address: str) -> list[Reader]:
        readers = [Reader(address, self.found.heard, self.stop, self.seed * 100 + n, ACCOUNT) for n in range(READERS)]
        for reader in readers:
            reader.start()
        return readers

    # --- living ------------------------------------------------------------------------------------------------------------

    def _live(self, sites: Sites, stage: Stage) -> None:
        begun = self.found.begun = time.time()
        events = sorted(self._events(sites, stage), key=lambda event: event[0])
        next_sample = 0.0
        while (now := time.time() - begun) < self.plan.seconds:
            while events and events[0][0] <= now:
                events.pop(0)[1]()
            if now >= next_sample:
                self._measure(stage)
                next_sample += self.sample
            self.found.wrong += [trouble for trouble in stage.dead() if trouble not in self.found.wrong]
            time.sleep(0.5)

    def _events(self, sites: Sites, stage: Stage) -> Iterator[tuple[float, Callable[[], None]]]:
        for window in self.plan.faults:
            yield window.begin, partial(self._begin_fault, sites, window.site, window.fault)
            yield window.end, partial(self._end_fault, sites, window.site)
        for blow in self.plan.blows:
            yield blow.at, partial(stage.strike, MORTAL, gently=blow.gently)
            yield blow.at + blow.pause, partial(stage.start_worker, MORTAL)
        for edit in self.plan.edits:
            yield edit.at, partial(sites.change, edit.site, edit.kind)
        for number in range(1, int(self.plan.calm / BY_HAND)):
            site = PROVINCES[number % len(PROVINCES)]
            yield number * BY_HAND, partial(stage.crawl_by_hand, site)

    def _begin_fault(self, sites: Sites, site: str, fault: str) -> None:
        sites.suffer(site, fault)
        self.faults.append(Span(site, fault, time.time(), time.time() + 1e6))

    def _end_fault(self, sites: Sites, site: str) -> None:
        sites.suffer(site, "")
        self.faults = [Span(f.site, f.what, f.begin, time.time()) if f.site == site and f.end > time.time() else f for f in self.faults]

    def _measure(self, stage: Stage) -> None:
        stage.measure()
        at = time.time()
        self.found.store.append((at, store_reading(stage.store, stage.archive)))
        self.found.answers.append((at, *self.found.heard.minute()))
        room = stage.lives[ROOM].readings[-1][1] if ROOM in stage.lives and stage.lives[ROOM].readings else None
        told = f"{at - self.found.begun:6.0f} s: room {room.rss >> 10} MB, {room.handles} handles" if room else "the room is away"
        sys.stderr.write(f"{told}; p95 {self.found.answers[-1][2]:.3f} s; database {self.found.store[-1][1].database >> 10} KB\n")

    def _end(self, sites: Sites, stage: Stage, readers: list[Reader]) -> None:
        """Let the readers go, end the workers, and ask for every document once more, so that the store can be held against the truth."""
        self.stop.set()
        for reader in readers:
            reader.join(70)
        self.worked_until = time.time()
        self.found.wrong += stage.end()
        stage.plan_no_more()
        if (rest := stage.call("worker", "--once")).returncode:  # what the workers' end put back
            self.found.wrong.append(f"worker --once ended with {rest.returncode}: {rest.stderr[-300:]}")
        for site in PROVINCES:
            crawled = stage.call("crawl", site, "--recheck", "all")
            if crawled.returncode:
                self.found.wrong.append(
                    f"{site}: the last crawl ended with {crawled.returncode}: {crawled.stdout[-300:]} {crawled.stderr[-300:]}"
                )
        verified = stage.call("db", "verify")
        if verified.returncode:
            self.found.wrong.append(f"db verify: {verified.stdout[-500:]} {verified.stderr[-500:]}")
        self._open_again(stage)

    def _open_again(self, stage: Stage) -> None:
        """Open a room over the store as it is now, with as many readers, to hold what the old one took against what it takes."""
        self.stop = threading.Event()
        readers = self._readers(stage.open_room(FRESH))
        end, pause = time.time() + max(BESIDE_LEAST, self.plan.seconds * BESIDE), min(self.sample, 15.0)
        while time.time() < end:
            time.sleep(pause)
            stage.measure()
        self.stop.set()
        for reader in readers:
            reader.join(70)
        self.found.wrong += stage.end()

    # --- judging -------------------------------------------------------------------------------------------------------------

    def _judge(self, stage: Stage, sites: Sites, schedule: dict[str, tuple[int, int]]) -> None:
        found, said = self.found, Said(stage.store)
        found.runs, found.incidents = said.runs(), said.incidents()
        found.wrong += [*self._flat(), *self._work(stage, said, schedule), *found.heard.wrong, *missing(said, *sites.truth())]
        for log in sorted(self.folder.glob("*.log")):
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
            found.wrong += [f"{log.stem}: {trouble}" for trouble in log_troubles(lines, self.faults, SLACK)]

    def _flat(self) -> Iterator[str]:
        read = {life.name: life for life in self.found.lives}
        bounds = {"anon": judging.MEMORY, "handles": judging.HANDLES, "threads": judging.THREADS}
        for name, what in ((STEADY, "anon"), *((name, what) for name in (STEADY, ROOM) for what in ("handles", "threads"))):
            yield from judging.growing(name, what, read[name].points(what), bounds[what])
        yield from judging.heavier(ROOM, read[ROOM].points("anon"), read[FRESH].points("anon"), judging.MEMORY)
        measured = [(at, float(number)) for number, (at, _) in enumerate(self.found.store)]
        yield from judging.too_short(measured, len(self.faults))
        readings = judging.warm(measured)
        if readings:
            yield from judging.grown_without_rows(self.found.store[int(readings[0][1])][1], self.found.store[-1][1])

    def _work(self, stage: Stage, said: Said, schedule: dict[str, tuple[int, int]]) -> Iterator[str]:
        rows, planned = said.due_rows(), said.planned()
        moments = {
            job: wanted(*minutes, planned.get(job, self.found.begun) - 1, self.worked_until - 30) for job, minutes in schedule.items()
        }
        yield from judging.lost_or_double([row for row in rows if row.minute * 60 >= self.found.begun - 3600], moments)
        yield from judging.unexplained(self.found.runs, self.faults, EXPLAINS, stage.deaths, SLACK)
        yield from judging.at_once(run for run in self.found.runs if run.what != "killed")
        yield from judging.incidents_left(self.found.incidents, self.faults, GRACE)
        if old := said.rows("SELECT count(*) AS n FROM due_runs WHERE job = 'watch' AND due_at < ?", _text(datetime.now(UTC) - OLD / 2))[0][
            "n"
        ]:
            yield f"{old} old rows of a frequent chore are still there"
        yield from (f"{site}: logs of {kept} runs are kept" for site, kept in said.logs_kept().items() if kept > KEPT_LOGS)
        left = [path for path in (self.folder / "tmp").rglob("*") if path.is_file()]
        if len(left) > len([death for death in stage.deaths if death.what == "killed"]):
            yield f"{len(left)} temporary files are left: {', '.join(path.name for path in left[:5])}"


def _leave_old_rows(file: Path) -> None:
    """Write due runs of a frequent chore as they are after a month, which the upkeep is to forget."""
    old = datetime.now(UTC) - OLD
    rows = [("watch", "chore", _text(old + timedelta(minutes=n)), "", "{}", "done", "") for n in range(500)]
    with closing(sqlite3.connect(file, timeout=60)) as connection, connection:
        connection.executemany(
            "INSERT INTO due_runs (job, kind, due_at, asked_by, arguments, state, note) VALUES (?, ?, ?, ?, ?, ?, ?)", rows
        )


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
