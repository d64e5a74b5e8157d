"""A month of due runs on an SQLite store: two schedulers, three workers, clocks that jump, kills, restarts, an outage, a pause.

What is to be found in the end is written down beside the time as it passes, moment by moment.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from harvester.config import Config
from harvester.scheduling import due, plan
from storage import due_runs, pauses
from storage.operations_schema import due_runs as rows
from storage.store import Store
from tests.scheduling.crew import Clock, Crew, Traced, traces

SOAK = bool(os.environ.get("HARVESTER_SOAK"))
SEED = int(os.environ.get("HARVESTER_SEED", "20261122"))
BEGIN = datetime(2026, 9, 20, tzinfo=UTC)
DAYS = 365 if SOAK else 31
SITES = ("jiangsu", "shanghai")
KILL_EVERY = 5
"""Batches of due runs; every fifth of them a worker is killed in the midst of one."""
RESTART_EVERY = 9


def settings(folder: Path) -> Config:
    daily: dict[str, dict[str, Any]] = {name: {"cron": "30 2 * * *", "jitter_minutes": 60, "hours": ""} for name in SITES}
    never: dict[str, dict[str, Any]] = {
        name: {"cron": ""} for name in ("anhui", "national", "zhejiang", "jiangsu_records", "shanghai_records", "verify", "watch")
    }
    never["shanghai"] = {"cron": "0 20 * * *", "jitter_minutes": 30, "hours": "", "holidays": "skip"}
    return Config(store=f"sqlite:///{folder}/store.sqlite", archive=folder / "archive", schedule=daily | never)


class Month:
    """Lets the time pass and writes down what is to become of each moment."""

    def __init__(self, config: Config, store: Store, clock: Clock, crew: Crew) -> None:
        self.config, self.store, self.clock, self.crew = config, store, clock, crew
        self.chance = random.Random(SEED)
        self.wanted: dict[tuple[str, datetime], str] = {}
        self.killed: dict[int | None, float] = {}
        self.rests: set[str] = set()
        self.jobs = {job.name: job.schedule for job in plan.jobs(config)}

    def pass_to(self, moment: datetime) -> None:
        """Set the clock. Of the moments between, the last one of each job is to be done, the others are missed, in a pause skipped."""
        before = self.clock()
        for name, schedule in self.jobs.items():
            found = [each for each in plan.moments(name, schedule, before, moment) if (name, each) not in self.wanted]
            states = ["skipped"] * len(found) if name in self.rests else ["missed"] * (len(found) - 1) + ["done"]
            self.wanted |= {(name, each): state for each, state in zip(found, states, strict=False)}
        self.clock.set(moment)

    def settle(self) -> None:
        """Wait until all that is wanted is there and nothing is left to do."""
        last, nudge = time.monotonic() + 90, time.monotonic() + 3
        while not self.is_settled():
            assert time.monotonic() < last, (self.clock(), self.left(), due_runs.marks(self.store), self.crew.workers)
            time.sleep(0.02)
            if time.monotonic() > nudge:  # what was put back waits for a minute of that time
                self.pass_to(self.clock() + timedelta(minutes=2))
                nudge = time.monotonic() + 1

    def is_settled(self) -> bool:
        with self.store.reading() as connection:
            found = connection.execute(select(rows.c.state, func.count().label("rows")).group_by(rows.c.state)).all()
        return Counter({row.state: row.rows for row in found}) == Counter(self.wanted.values())

    def left(self) -> list[tuple[str, str, datetime]]:
        found = {(row.job, row.due_at): row.state for row in due_runs.listed(self.store)}
        return sorted((found.get(key, "none"), *key) for key, state in self.wanted.items() if found.get(key) != state)

    def next_batch(self) -> datetime:
        """Return a moment up to which two to four due runs come."""
        now = self.clock()
        coming = sorted(each for name, schedule in self.jobs.items() for each in plan.moments(name, schedule, now, now + timedelta(days=2)))
        return coming[min(self.chance.randrange(1, 4), len(coming) - 1)] + timedelta(seconds=1)

    def kill_somebody_at_work(self) -> None:
        """Kill a worker that has begun something and not ended it."""
        last = time.monotonic() + 3
        while time.monotonic() < last:
            pids = {worker.pid: number for number, worker in enumerate(self.crew.workers)}
            if busy := [pids[trace["pid"]] for trace in open_ones(traces(self.crew.work.log)) if trace["pid"] in pids]:
                self.killed[self.crew.kill(busy[0])] = time.time()
                return
            time.sleep(0.005)


def open_ones(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the beginnings that have no end of the same process yet."""
    ended = {(trace["row"], trace["pid"]) for trace in told if trace["what"] == "ends"}
    return [trace for trace in told if trace["what"] == "begins" and (trace["row"], trace["pid"]) not in ended]


def ended_whole(told: list[dict[str, Any]], killed: dict[int | None, float]) -> dict[int, list[int]]:
    """Return the processes that ended each row. One that was killed after its last word, before the store heard of it, counts for none
    where another did the row after it.
    """
    found: dict[int, list[int]] = {}
    for trace in sorted((each for each in told if each["what"] == "ends"), key=lambda each: each["at"]):
        before = [pid for pid in found.get(trace["row"], []) if pid not in killed]
        found[trace["row"]] = [*before, trace["pid"]]
    return found


def side_by_side(told: list[dict[str, Any]], killed: dict[int | None, float]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return pairs of works on one job of which the second began before the first ended, or was killed."""
    ends = {(trace["row"], trace["pid"]): trace["at"] for trace in told if trace["what"] == "ends"}
    begun = sorted((trace for trace in told if trace["what"] == "begins"), key=lambda trace: trace["at"])
    found = []
    for job in {trace["job"] for trace in begun}:
        mine = [trace for trace in begun if trace["job"] == job]
        ended = [ends.get((trace["row"], trace["pid"])) or killed[trace["pid"]] for trace in mine]
        found += [pair for pair, end in zip(pairwise(mine), ended, strict=False) if pair[1]["at"] < end]
    return found


@pytest.fixture
def month(tmp_path: Path) -> Iterator[Month]:
    config = settings(tmp_path)
    clock = Clock(tmp_path / "clock")
    clock.set(BEGIN)
    crew = Crew(config, clock, Traced(tmp_path / "traces", 0.08))
    with Store.open(config.store, archive=config.archive, create=True) as store:
        due.write_due(store, config, BEGIN)
        try:
            yield Month(config, store, clock, crew)
        finally:
            crew.end()


def test_each_moment_of_a_month_has_one_row_and_one_end_whatever_clocks_kills_and_restarts_do(month: Month) -> None:
    month.crew.begin()
    state, batch = month.store.state(), 0
    jumps = {BEGIN + timedelta(days=5): timedelta(days=2, hours=7), BEGIN + timedelta(days=12): timedelta(hours=-9)}
    outage: datetime | None = BEGIN + timedelta(days=17)
    rest: datetime | None = BEGIN + timedelta(days=22)
    while month.clock() < BEGIN + timedelta(days=DAYS):
        batch += 1
        month.pass_to(month.next_batch())
        if batch % KILL_EVERY == 0:
            month.kill_somebody_at_work()
        month.settle()
        if batch % RESTART_EVERY == 0:
            assert month.crew.restart(batch % 3) == 0
        for moment in [each for each in jumps if month.clock() > each]:
            month.pass_to(month.clock() + jumps.pop(moment))
            month.settle()
        if outage and month.clock() > outage:
            assert set(month.crew.end()) <= {0, -signal.SIGTERM}
            month.pass_to(month.clock() + timedelta(days=3))
            month.crew.begin()
            month.settle()
            outage = None
        if rest and month.clock() > rest:
            pauses.pause(month.store, "jiangsu", "the site asked us to", "tester", month.clock())
            month.rests.add("jiangsu")
            rest = None
        if month.rests and month.clock() > BEGIN + timedelta(days=25):
            pauses.resume(month.store, "jiangsu", month.clock())
            month.rests.clear()
    assert set(month.crew.end()) <= {0, -signal.SIGTERM}
    found = due_runs.listed(month.store)
    assert {(row.job, row.due_at): row.state for row in found} == month.wanted
    assert {row.state: row.note for row in found if row.state in ("missed", "skipped") and not row.note} == {}
    assert {"done", "missed", "skipped"} == set(month.wanted.values())
    told = traces(month.crew.work.log)
    assert {row: len(whole) for row, whole in ended_whole(told, month.killed).items()} == {
        row.id: 1 for row in found if row.state == "done"
    }
    assert side_by_side(told, month.killed) == []
    assert month.killed, "nobody was killed at work: nothing was shown"
    assert {row.attempts for row in found if row.state == "done"} >= {1, 2}
    assert month.store.state().writes > state.writes, "runs are news"
