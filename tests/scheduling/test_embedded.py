"""A worker's own ways: it hears clocks that are set, outlives what it does and a store that is out of reach, and ends soon."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from harvester.config import Config
from harvester.errors import WrongCall
from harvester.scheduling import asking
from harvester.scheduling.due import BACK, DONE, FAILED, Outcome
from harvester.scheduling.embedded import GRACE, EmbeddedWorker, Perform, Pulse
from storage import due_runs, workers
from storage.due_runs import DueRun
from storage.store import Store
from tests.scheduling.crew import Silent
from tests.scheduling.test_due import settings

QUICK = Pulse(tick=0.1, beat=0.2, upkeep=60)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("empty") / "store.sqlite"
    Store.open(f"sqlite:///{file}", create=True).close()
    return file


@pytest.fixture
def config(empty: Path, tmp_path: Path) -> Config:
    shutil.copy(empty, tmp_path)
    return settings(tmp_path)


@contextmanager
def at_work(config: Config, perform: Perform, side_by_side: int = 4) -> Iterator[tuple[EmbeddedWorker, Silent]]:
    """Give a worker that works in a thread of this process, and what it says."""
    told = Silent()
    worker = EmbeddedWorker(config, told, perform=perform, side_by_side=side_by_side, pulse=QUICK)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        wait(lambda: bool(worker.id))
        yield worker, told
    finally:
        worker.stop.set()
        thread.join(30)
        assert not thread.is_alive()


def wait(what: object, seconds: float = 10) -> None:
    last = time.monotonic() + seconds
    assert callable(what)
    while not what():
        assert time.monotonic() < last
        time.sleep(0.02)


def ask(config: Config, *jobs: str) -> None:
    with Store.open(config.store) as store:
        for job in jobs:
            asking.run_now(store, config, job, "tester", datetime.now(UTC))


def ended(config: Config) -> dict[str, str]:
    with Store.open(config.store) as store:
        return {row.job: row.state for row in due_runs.listed(store)}


def done(config: Config, row: DueRun, worker: str, stop: threading.Event) -> Outcome:
    return Outcome(DONE, "", worker)


def test_a_clock_that_is_set_back_by_hours_does_not_put_a_worker_to_sleep(config: Config) -> None:
    begin = datetime(2026, 3, 2, 4, tzinfo=UTC)
    with time_machine.travel(begin, tick=True) as clock, at_work(config, done) as (worker, _):
        wait(lambda: bool(workers_of(config)))
        clock.move_to(begin - timedelta(hours=3))
        time.sleep(0.3)
        ask(config, "anhui")
        wait(lambda: ended(config) == {"anhui": "done"})
        assert workers_of(config)[0].heartbeat_at < begin
        assert worker.id


def workers_of(config: Config) -> list[workers.Worker]:
    with Store.open(config.store) as store:
        return workers.listed(store)


def test_jobs_are_done_side_by_side_as_many_as_are_allowed_and_never_two_of_one(config: Config) -> None:
    now, most, together = Counted(), 3, set[tuple[str, ...]]()

    def slow(config: Config, row: DueRun, worker: str, stop: threading.Event) -> Outcome:
        with now.one(row.job) as jobs:
            together.add(jobs)
            time.sleep(0.3)
        return Outcome(DONE, "", worker)

    with at_work(config, slow, side_by_side=most):
        ask(config, "anhui", "anhui", "jiangsu", "shanghai", "zhejiang", "national", "watch")
        wait(lambda: set(ended(config).values()) == {"done"} and len(ended(config)) == 6)
    assert max(map(len, together)) == most
    assert all(len(set(jobs)) == len(jobs) for jobs in together)


class Counted:
    """The jobs that are under way."""

    def __init__(self) -> None:
        self.jobs: list[str] = []

    @contextmanager
    def one(self, job: str) -> Iterator[tuple[str, ...]]:
        self.jobs.append(job)
        yield tuple(self.jobs)
        self.jobs.remove(job)


def test_what_was_not_foreseen_is_tried_again_and_the_worker_goes_on(config: Config) -> None:
    def broken(config: Config, row: DueRun, worker: str, stop: threading.Event) -> Outcome:
        if row.job == "anhui":
            raise ZeroDivisionError("张三 13800000000")
        return Outcome(FAILED, "wrong", worker)

    with at_work(config, broken) as (_, told):
        ask(config, "anhui", "jiangsu")
        wait(lambda: ended(config) == {"anhui": "due", "jiangsu": "failed"})
    with Store.open(config.store) as store:
        note = next(row.note for row in due_runs.listed(store, "anhui"))
    assert "ZeroDivisionError" in note
    assert "张三" not in note
    assert ("ended", ("jiangsu", "failed")) in told.said


def test_a_worker_that_is_told_to_end_puts_back_what_it_does_and_begins_nothing(config: Config) -> None:
    def obedient(config: Config, row: DueRun, worker: str, stop: threading.Event) -> Outcome:
        assert stop.wait(20)
        time.sleep(0.5)  # a crawl that is told to end does not end in the same moment
        return Outcome(BACK, "stopped", worker)

    with at_work(config, obedient) as (worker, told):
        ask(config, "anhui")
        wait(lambda: worker.doing() == ["anhui"])
        wait(lambda: workers_of(config)[0].doing == "anhui")
        begun = time.monotonic()
    assert time.monotonic() - begun < GRACE, "it waits for the end of what it does, and no longer"
    assert ended(config) == {"anhui": "due"}
    assert ("stopping", ["anhui"]) in told.said
    assert workers_of(config)[0].ended_at is not None


def test_a_store_that_is_put_back_from_a_backup_is_taken_up_again(config: Config, empty: Path, tmp_path: Path) -> None:
    with at_work(config, done) as (_, told):
        ask(config, "jiangsu")
        wait(lambda: ended(config) == {"jiangsu": "done"})
        for file in tmp_path.glob("store.sqlite*"):
            if file.is_file():
                file.unlink()
        wait(lambda: any(kind == "trouble" for kind, _ in told.said))
        shutil.copy(empty, tmp_path)
        time.sleep(0.3)
        ask(config, "anhui")
        wait(lambda: ended(config) == {"anhui": "done"})
    assert any(kind == "trouble" and "was removed or replaced while it was in use" in what for kind, what in told.said)


def test_settings_by_which_nobody_could_be_told_end_a_worker_at_its_beginning(config: Config) -> None:
    wrong = Config(store=config.store, archive=config.archive, alerts={"chanels": ["office"]})
    with pytest.raises(WrongCall):
        EmbeddedWorker(wrong, Silent()).run()


def test_once_does_what_is_due_and_ends(config: Config) -> None:
    ask(config, "anhui", "anhui", "watch")
    worker = EmbeddedWorker(config, Silent(), perform=done, pulse=QUICK)
    assert worker.once() == 3
    assert ended(config) == {"anhui": "done", "watch": "done"}


def test_a_worker_does_not_begin_what_was_asked_for_before_its_job_was_paused(config: Config) -> None:
    ask(config, "anhui", "jiangsu")
    with Store.open(config.store) as store:
        asking.pause(store, config, "anhui", "they rebuild", "tester", datetime.now(UTC))
    assert EmbeddedWorker(config, Silent(), perform=done, pulse=QUICK).once() == 1
    assert ended(config) == {"anhui": "skipped", "jiangsu": "done"}
