"""What the queue costs, and how due runs share out over workers: ``python -m benchmarks.workers [postgresql+psycopg://…/EMPTY]``.

Due runs that do nothing show what taking, handing and settling one costs; due runs that wait, as a crawl waits for its site's pace, show
how workers add up. Without a URL an embedded server is started. JSON on standard output. Figures of one run compare with one another;
machines differ.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import tempfile
import threading
import time
from contextlib import nullcontext
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from benchmarks.servers import postgres
from harvester.config import Config
from harvester.scheduling import cluster, queue
from harvester.scheduling.due import DONE, Outcome
from spiders.sheets import all_sheets
from storage import due_runs, workers
from storage.due_runs import DueRun
from storage.store import Store

NUMBERS = (1, 2, 4)
SLOTS = 4
EMPTY, WAITING = 400, 160
WAIT = 1.0
"""Seconds that a due run of the second kind waits."""


def rest(seconds: float, config: Config, due: DueRun, worker: str, stop: threading.Event) -> Outcome:
    """Do a due run by waiting."""
    time.sleep(seconds)
    return Outcome(DONE, "", worker)


def work(config: Config, seconds: float) -> None:
    """Be a worker."""
    cluster.run(config, slots=SLOTS, perform=partial(rest, seconds), times=cluster.Times(tick=1.0))


def measure(config: Config, number: int, count: int, seconds: float) -> dict[str, float]:
    """Return how long so many workers take for so many due runs, from the first job in the queue to the last row settled."""
    processes = [multiprocessing.Process(target=work, args=(config, seconds)) for _ in range(number)]
    with Store.open(config.store) as store:
        for process in processes:
            process.start()
        while sum(each.ended_at is None for each in workers.listed(store)) < number:
            time.sleep(0.1)
        now = datetime.now(UTC)
        with store.writing(told=False) as connection:
            due_runs.write(connection, [due_runs.row(f"job {n}", "chore", now) for n in range(count)])
        begun = time.monotonic()
        while due_runs.listed(store, states=("due", "queued", "running"), limit=1):
            time.sleep(0.1)
        took = time.monotonic() - begun
        for process in processes:
            process.terminate()
            process.join()
        counted: dict[str, int] = {}
        for row in due_runs.listed(store, limit=count):
            counted[str(row.worker)] = counted.get(str(row.worker), 0) + 1
        shares = sorted(counted.values())
    return {
        "workers": number,
        "due_runs": count,
        "seconds": round(took, 2),
        "an_hour": round(count / took * 3600),
        "least_share": shares[0],
    }


def never() -> dict[str, dict[str, str]]:
    """Return a schedule by which nothing is due."""
    return {name: {"cron": ""} for name in ({sheet.id for sheet in all_sheets()} | {"takedown", "watch", "verify"})}


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, nullcontext(sys.argv[1]) if len(sys.argv) > 1 else postgres(Path(folder)) as url:
        config = Config(store=url, schedule=never())
        with Store.open(config.store, create=True) as store:
            queue.upgrade(store)
        found = {
            "empty": [measure(config, number, EMPTY, 0.0) for number in NUMBERS],
            "waiting": [measure(config, number, WAITING, WAIT) for number in NUMBERS],
        }
    json.dump(found, sys.stdout, indent=1)


if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    main()
