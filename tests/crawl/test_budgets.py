"""What one due run may spend: kept across restarts and kills, stopped at cleanly, and spent on what is new before what is old."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from harvester.reach import Budget, Lists
from harvester.replica.document import ReplicaDocument
from harvester.replica.server import Replica
from storage import run_rows
from storage.schema import runs
from storage.store import Store
from tests import warm
from tests.crawl.sites import config, harvest, states

SITE = "shanghai"
FIRST = datetime(2027, 1, 4, 2, tzinfo=UTC)
DAY = timedelta(days=1)


def page(number: int, ago: int) -> ReplicaDocument:
    text = f"第{number}号网点于当日清点办公用品{number * 7 + 3}件，登记后归档备查，另有{number + 2}人参加了会议并提出建议。"
    return ReplicaDocument("tzgg", f"第{number}号网点工作动态", date(2027, 1, 3) - timedelta(days=ago), f"<p>{text * 4}</p>", site=SITE)


@pytest.fixture
def site() -> Iterator[Replica]:
    """A site of thirty documents on three pages."""
    with Replica([SITE], own_content=False, extra=[page(n, n) for n in range(30)]) as replica:
        yield replica


def rows(folder: Path) -> list[Any]:
    with Store.open(f"sqlite:///{folder}/store.sqlite") as store, store.reading() as connection:
        return list(connection.execute(select(runs).order_by(runs.c.started_at)))


def test_a_run_over_its_budget_stops_cleanly_and_the_next_ones_go_on_till_all_is_had(site: Replica, tmp_path: Path) -> None:
    told, asked = [], Budget(12)
    for n in range(8):
        summary = harvest(tmp_path, site.bases, SITE, moment=FIRST + n * timedelta(hours=1), budget=asked, due_run=n + 1)[SITE]
        told.append((str(summary.verdict), summary.cause, summary.requests <= 12, summary.documents > 0))
        if summary.verdict == "complete":
            break
        assert summary.notes[-1].startswith("The budget of the due run is spent; left to the next run: at least ")
    assert told[:-1] == [("incomplete", "budget", True, True)] * (len(told) - 1), "every run brings something"
    assert told[-1][:3] == ("complete", "", True)
    assert len(told) >= 4
    assert set(states(tmp_path, SITE)) == set(site.documents(SITE))


def test_the_runs_of_one_due_run_share_its_budget(site: Replica, tmp_path: Path) -> None:
    first = harvest(tmp_path, site.bases, SITE, budget=Budget(12), due_run=5)[SITE]
    second = harvest(tmp_path, site.bases, SITE, budget=Budget(20), due_run=5)[SITE]
    third = harvest(tmp_path, site.bases, SITE, budget=Budget(20), due_run=5)[SITE]
    assert (first.requests, second.requests, third.requests) == (12, 8, 0)
    assert (third.verdict, third.cause) == ("incomplete", "budget")
    assert [row.due_run for row in rows(tmp_path)] == [5, 5, 5]
    assert all(row.host and row.heartbeat_at and row.reach == "all" for row in rows(tmp_path))


def test_seconds_are_a_budget_too(site: Replica, tmp_path: Path) -> None:
    summary = harvest(tmp_path, site.bases, SITE, settings={"pace": 0.2}, budget=Budget(seconds=1.5))[SITE]
    assert (summary.verdict, summary.cause) == ("incomplete", "budget")
    assert summary.requests <= 12


def test_a_killed_run_shows_what_it_spent_and_its_successor_goes_on_with_what_is_left(site: Replica, tmp_path: Path) -> None:
    given = config(tmp_path, site.bases, pace=0.4)  # a dozen seconds in all: the kill comes in its midst
    Store.open(given.store, create=True).close()
    process = warm.begin(_crawl, given, 60, 7)
    until = time.monotonic() + 60
    while time.monotonic() < until and not any(row.counters.get("requests", 0) >= 20 for row in rows(tmp_path)):
        time.sleep(0.02)
    process.kill()
    process.join(30)
    (killed,) = rows(tmp_path)
    spent = killed.counters["requests"]
    assert killed.verdict is None
    assert spent >= 20, "the counters of a run are written while it goes on"
    summary = harvest(tmp_path, site.bases, SITE, budget=Budget(spent + 4), due_run=7)[SITE]
    assert summary.requests == 4
    after = rows(tmp_path)
    assert (after[0].verdict, after[0].cause, after[0].counters["requests"]) == ("failed", "killed", spent)
    with Store.open(given.store) as store:
        assert run_rows.spent(store, 7).requests == spent + 4
        assert run_rows.spent(store, 7, but=after[1].id).requests == spent


def _crawl(given: Any, most: int, due_run: int) -> None:
    from harvester.crawl import crawl

    crawl([SITE], given, budget=Budget(most), due_run=due_run)


def test_what_is_new_comes_before_what_is_due_and_what_waited_longest_before_the_rest(site: Replica, tmp_path: Path) -> None:
    assert harvest(tmp_path, site.bases, SITE, moment=FIRST)[SITE].verdict == "complete"
    young = [site.add(SITE, page(100 + n, -1)) for n in range(3)]
    later = FIRST + 4 * DAY
    spare = harvest(tmp_path, site.bases, SITE, moment=later, lists=Lists.RECENT, budget=Budget(14))[SITE]
    assert (spare.cause, spare.documents) == ("budget", 3)
    assert set(young) <= states(tmp_path, SITE).keys()
    begun = len(site.requests)
    rest = harvest(tmp_path, site.bases, SITE, moment=later + timedelta(hours=1), lists=Lists.RECENT)[SITE]
    assert rest.verdict == "complete"
    once = [record.path for record in site.requests if record.path.endswith(".html") and "index" not in record.path]
    assert len(set(once[30:])) == 33, "every document was looked at in the two runs"
    assert len(once[30:]) == 33, "and none of them twice"
    assert len(site.requests) > begun
