"""A worker that crawls a site in earnest: killed, told to end, kept from the site by a crawl of somebody else, and done in the end."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from itertools import pairwise
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from sqlalchemy import select

from harvester.config import Config
from harvester.replica.document import ReplicaDocument
from harvester.replica.server import Replica
from harvester.scheduling import asking, due, working
from storage import due_runs, queries
from storage.records import Verdict
from storage.schema import runs
from storage.store import Store
from tests.scheduling import crew
from tests.scheduling.test_due import settings

SITE = "anhui"
PAPERS = 12


def paper(number: int) -> ReplicaDocument:
    body = f"<p>第{number}期信用工作简报。各有关单位要认真落实，按时报送情况，遇到问题及时反馈，年底前完成总结评估。</p>" * 3
    return ReplicaDocument("", f"信用工作简报第{number}期", date(2026, 3, number + 1), body, site=SITE)


class Stage:
    """A replica, a store and the worker that is at it."""

    def __init__(self, replica: Replica, config: Config, store: Store, said: Path) -> None:
        self.replica, self.config, self.store, self.said = replica, config, store, said
        self.worker: BaseProcess | None = None

    def begin(self) -> None:
        self.worker = crew.start_crawling(self.config, self.said)

    def wait(self, what: Callable[[], bool], seconds: float = 60) -> None:
        last = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < last, (self.said.read_text(), due_runs.listed(self.store))
            time.sleep(0.02)

    def wait_for_requests(self, count: int) -> None:
        wanted = len(self.replica.requests) + count
        self.wait(lambda: len(self.replica.requests) >= wanted)

    def state(self, job: str = SITE) -> str:
        return due_runs.listed(self.store, job)[0].state

    def end(self) -> float:
        """Tell the worker to end, as systemd does, and return the seconds it took."""
        assert self.worker is not None
        assert self.worker.pid
        begun = time.monotonic()
        os.kill(self.worker.pid, signal.SIGTERM)
        self.worker.join(40)
        assert self.worker.exitcode == 0
        return time.monotonic() - begun


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with Replica([SITE], own_content=False, extra=[paper(number) for number in range(PAPERS)]) as replica:
        plain = settings(tmp_path)
        config = Config(store=plain.store, archive=plain.archive, schedule=plain.schedule, bases=replica.bases, pace=0.1)
        with Store.open(config.store, archive=config.archive, create=True) as store:
            found = Stage(replica, config, store, tmp_path / "said")
            yield found
            if found.worker is not None:
                found.worker.kill()


def test_a_crawl_outlives_a_killed_worker_a_stopped_one_and_a_crawl_by_hand(stage: Stage) -> None:
    asking.run_now(stage.store, stage.config, SITE, "tester", datetime.now(UTC), sweep=True)

    stage.begin()
    stage.wait_for_requests(5)
    assert stage.worker is not None
    stage.worker.kill()
    stage.worker.join()
    time.sleep(0.5)
    asked = len(stage.replica.requests)
    time.sleep(0.5)
    assert len(stage.replica.requests) == asked, "the crawl went on without its worker"

    stage.begin()
    stage.wait_for_requests(4)
    assert stage.end() < 15
    row = due_runs.listed(stage.store, SITE)[0]
    assert (row.state, row.attempts) == ("due", 1)
    assert "stopped with its worker" in row.note

    by_hand = Store.open(stage.config.store, archive=stage.config.archive)
    run = by_hand.begin_run(SITE, ["tzgg"], datetime.now(UTC))
    stage.begin()
    for chore in ("watch", "takedown"):
        asking.run_now(stage.store, stage.config, chore, "tester", datetime.now(UTC))
    stage.wait(lambda: stage.state("watch") == stage.state("takedown") == "done")
    assert stage.state() == "due"
    asked = len(stage.replica.requests)
    by_hand.end_run(run, Verdict.FAILED, "by hand", {}, datetime.now(UTC))
    by_hand.close()
    stage.wait(lambda: stage.state() == "done")
    assert stage.end() < 15

    row = due_runs.listed(stage.store, SITE)[0]
    assert row.attempts == 2
    assert row.note.startswith("complete (run ")
    assert queries.counts(stage.store)[0]["documents"] == PAPERS
    check_runs(stage.store, row.id)
    check_said(stage.said.read_text())


def check_runs(store: Store, row: int) -> None:
    with store.reading() as connection:
        found = connection.execute(select(runs).order_by(runs.c.started_at)).all()
    assert [run.cause for run in found] == ["killed", "stopped", "by hand", ""]
    assert [run.due_run for run in found] == [row, row, None, row]
    assert all(first.ended_at <= second.started_at for first, second in pairwise(found))


def check_said(said: str) -> None:
    for words in (
        "7 sites, 3 chores, 4 jobs at a time",
        "was killed and is marked so",
        "taken over from",
        "ending: anhui will be due again",
        "takedown: done",
        "anhui: done; complete (run",
    ):
        assert words in said
    assert "watch: done" not in said, "what happens every few minutes is no line"


@pytest.mark.parametrize("other", [False, True], ids=["gone", "another"])
def test_a_crawl_whose_store_is_gone_or_replaced_begins_none_and_fills_none(stage: Stage, tmp_path: Path, other: bool) -> None:
    asking.run_now(stage.store, stage.config, SITE, "tester", datetime.now(UTC), sweep=True)
    row = due.take(stage.store, due_runs.listed(stage.store, SITE)[0].id, "w", datetime.now(UTC))
    assert row is not None
    (tmp_path / "away").mkdir()
    for file in tmp_path.glob("store.sqlite*"):
        if file.is_file():
            file.rename(tmp_path / "away" / file.name)
    if other:
        Store.open(stage.config.store, create=True).close()
    outcome = working.perform(stage.config, row, "w", threading.Event())
    assert outcome.state == due.AGAIN
    assert ("not the worker's store any more" if other else "There is no store in") in outcome.note
    assert stage.replica.requests == []
    assert (tmp_path / "store.sqlite").exists() is other
    if other:
        with Store.open(stage.config.store) as found:
            assert queries.counts(found) == []
