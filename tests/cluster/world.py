"""What the workers of these tests crawl, and what is asked of the store that they leave."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select, text, update

from harvester.config import Config
from harvester.replica.server import Replica
from storage import due_runs
from storage.dump import dump
from storage.operations_schema import due_runs as table
from storage.schema import captures, runs
from storage.store import Store
from tests import warm
from tests.cluster.conftest import settings
from tests.end_to_end.history import DAY_ZERO

SOAK = bool(os.environ.get("HARVESTER_SOAK"))
SITES = ("anhui", "shanghai")
EVERY = ("anhui", "jiangsu", "shanghai", "zhejiang")


@contextmanager
def sites(*, whole: bool = False) -> Iterator[Replica]:
    """Serve two sites with a dozen documents, or four with all of theirs."""
    names, extra = (EVERY, ()) if whole else (SITES, tuple(DAY_ZERO.values()))
    with Replica(names, extra=extra, own_content=whole) as replica:
        yield replica


def by_one_process(folder: Path, bases: dict[str, str]) -> list[str]:
    """Return the dump of a store that one process fills."""
    config = settings(f"sqlite:///{folder}/store.sqlite", folder, bases)
    assert {summary.verdict for summary in warm.crawl(tuple(bases), config)} == {"complete"}
    return content(config)


def content(config: Config) -> list[str]:
    with Store.open(config.store, archive=config.archive) as store:
        return list(dump(store))


def ask(store: Store, names: Sequence[str] = SITES) -> list[int]:
    return [due_runs.ask(store, site, "crawl", datetime.now(UTC), "the test", {}).id for site in names]


def ended(store: Store) -> int:
    return len(due_runs.listed(store, states=due_runs.ENDED))


def runs_of(store: Store) -> dict[int, list[Any]]:
    """Return the runs of each due run, in the order of time."""
    found: dict[int, list[Any]] = {}
    with store.reading() as connection:
        for run in connection.execute(select(runs).order_by(runs.c.started_at)):
            found.setdefault(run.due_run, []).append(run)
    return found


def whole_runs(store: Store) -> dict[int, int]:
    """Return how many complete runs each due run had."""
    return {row: sum(run.verdict == "complete" for run in found) for row, found in runs_of(store).items()}


def doubles(store: Store) -> list[object]:
    """Return the places of the archive, and the payloads of an address, that its index names twice, and what is wrong with the archive."""
    with store.reading() as connection:
        rows = connection.execute(select(captures)).all()
    places = Counter((row.file, row.file_offset) for row in rows)
    payloads = Counter((row.url, row.sha256) for row in rows if not row.revisit)
    return [*store.archive.verify().problems, *(each for each, count in [*places.items(), *payloads.items()] if count > 1)]


def captured(store: Store) -> int:
    with store.reading() as connection:
        return int(connection.execute(text("SELECT count(*) FROM captures")).scalar_one())


def queued(store: Store) -> tuple[int, int]:
    """Return how many jobs are in the queue, and how many workers are entered in it."""
    with store.reading() as connection:
        jobs = connection.execute(text("SELECT count(*) FROM queue.procrastinate_jobs")).scalar_one()
        there = connection.execute(text("SELECT count(*) FROM queue.procrastinate_workers")).scalar_one()
    return jobs, there


def hurry(store: Store) -> bool:
    """Let nobody wait a minute for what was put back."""
    with store.writing(told=False) as connection:
        connection.execute(update(table).where(table.c.state == "due", table.c.ended_at.is_not(None)).values(ended_at=None))
    return False
