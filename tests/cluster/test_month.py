"""A month of due runs: two schedulers whose clocks differ, three workers, clocks that jump, workers that are killed."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from sqlalchemy import select

from harvester.config import Config
from harvester.scheduling import due, plan
from storage import due_runs, operations_schema
from storage.due_runs import DueRun
from storage.schema import runs
from storage.store import Store
from tests.cluster import members
from tests.cluster.conftest import settings
from tests.cluster.members import Clock, Traced, traces

SOAK = bool(os.environ.get("HARVESTER_SOAK"))
SEED = int(os.environ.get("HARVESTER_SEED", "20261122"))
SITES = ("anhui", "jiangsu", "shanghai", "zhejiang")
BEGIN = datetime(2026, 9, 15, tzinfo=UTC)
END = datetime(2026, 10, 15, tzinfo=UTC)
STEP = timedelta(hours=4 if SOAK else 24)
OPEN = ("due", "queued", "running")
JUMPS = (timedelta(days=3), timedelta(days=-1))


@pytest.mark.postgres
def test_each_due_run_of_a_month_has_one_row_and_is_done_once_whoever_is_killed_and_whatever_clocks_say(url: str, tmp_path: Path) -> None:
    often: Mapping[str, object] = {"cron": "30 2,14 * * *" if SOAK else "30 2 * * *", "jitter_minutes": 120}
    schedule = dict.fromkeys(SITES, often) | {"takedown": {"cron": "10 0 * * *"}}
    config = settings(url, tmp_path, dict.fromkeys(SITES, "http://127.0.0.1:9"), schedule)
    work = Traced(tmp_path / "traces", 0.04)
    with Store.open(url, archive=config.archive) as store:
        due.write_due(store, config, BEGIN)
        killed = live(config, work, tmp_path)
        rows = due_runs.listed(store)
        assert {(row.job, row.due_at) for row in rows} == wanted(config)
        assert Counter(row.state for row in rows).keys() <= {"done", "missed"}
        assert [row for row in rows if row.state == "missed" and not row.note] == []
        assert {row.state for row in due_runs.last(store).values()} == {"done"}
        assert sum(row.state == "done" for row in rows) > 60
        ended = whole_runs(store)
    done = {row.id for row in rows if row.state == "done" and row.kind == plan.CRAWL}
    assert [row for row, count in ended.items() if count > 1] == []
    assert ended.keys() == done
    told = traces(work.log)
    assert side_by_side(told, killed) == []
    assert len({trace["worker"] for trace in told}) >= 3
    assert taken_over(rows), "no worker was killed at its work: nothing was shown"


def live(config: Config, work: Traced, folder: Path) -> dict[str, float]:
    """Let the month pass; return when each killed worker was killed, by its process."""
    clock = Clock.started(folder / "clock", BEGIN)
    schedulers = [members.start_scheduler(config, members.at(clock, timedelta(seconds=skew)), 0.1) for skew in (20, -20)]
    workers = [members.start(config, clock, work) for _ in range(3)]
    try:
        members.wait_for(lambda: members.there(config) == 3)
        killed = pass_time(config, clock, work, workers)
        assert settled(config), "what is due was not done"
        assert [members.stop(worker) for worker in workers] == [0, 0, 0]
    finally:
        for process in (*schedulers, *workers):
            process.kill()
    return killed


def pass_time(config: Config, clock: Clock, work: Traced, workers: list[BaseProcess]) -> dict[str, float]:
    """Move the clock on, a step at a time, as soon as everything is done or some time has passed; kill a worker now and then."""
    chance, killed = random.Random(SEED), dict[str, float]()
    jumps = {BEGIN + timedelta(days=12) + timedelta(days=5) * n: by for n, by in enumerate(JUMPS)}
    kill_at, moments = BEGIN + timedelta(days=2), wanted(config)
    with Store.open(config.store) as store:
        while clock() < END:
            by = next((jumps.pop(moment) for moment in list(jumps) if clock() > moment), STEP)
            clock.set(min(clock() + by, END))
            last = time.monotonic() + 1.0
            while time.monotonic() < last and not quiet(store, moments, clock()):
                if clock() > kill_at and (victim := at_work(work, workers)) is not None:
                    workers[victim].kill()
                    workers[victim].join()
                    killed[str(workers[victim].pid)] = time.time()
                    workers[victim] = members.start(config, clock, work)
                    kill_at += timedelta(days=chance.uniform(3, 9))
                time.sleep(0.05)
    return killed


def quiet(store: Store, moments: set[tuple[str, datetime]], now: datetime) -> bool:
    """Tell whether everything that was due until now has its end."""
    with store.reading() as connection:
        d = operations_schema.due_runs.c
        states = Counter(connection.execute(select(d.state)).scalars())
    return not any(states[state] for state in OPEN) and sum(moment <= now for _, moment in moments) <= states.total()


def at_work(work: Traced, workers: list[BaseProcess]) -> int | None:
    """Return which worker is in the middle of a due run now."""
    last = traces(work.log)[-1:]
    if not last or last[0]["what"] != "begins":
        return None
    return next((n for n, worker in enumerate(workers) if f".{worker.pid}." in str(last[0]["worker"])), None)


def settled(config: Config) -> bool:
    """Wait until every row that is to be there has its end; tell whether it came."""
    with Store.open(config.store) as store:
        return members.wait_for(lambda: quiet(store, wanted(config), END))


def wanted(config: Config) -> set[tuple[str, datetime]]:
    return {(job.name, moment) for job in plan.jobs(config) for moment in plan.moments(job.name, job.schedule, BEGIN, END)}


def whole_runs(store: Store) -> Counter[int]:
    """Return how many runs of each due run came to their own end."""
    with store.reading() as connection:
        return Counter(connection.execute(select(runs.c.due_run).where(runs.c.verdict == "complete")).scalars())


def side_by_side(told: list[dict[str, object]], killed: dict[str, float]) -> list[dict[str, object]]:
    """Return the beginnings of work on a job while another worker was at it, as far as it lived."""
    found, open_ones = [], dict[object, dict[str, object]]()
    for trace in told:
        before = open_ones.get(trace["job"])
        if trace["what"] == "begins":
            if before and killed.get(str(before["worker"]).split(".")[-2], float("inf")) > float(str(trace["at"])):
                found.append(trace)
            open_ones[trace["job"]] = trace
        elif before and before["worker"] == trace["worker"]:
            del open_ones[trace["job"]]
    return found


def taken_over(rows: list[DueRun]) -> list[DueRun]:
    return [row for row in rows if row.attempts > 1]
