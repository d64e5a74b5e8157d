"""What no run shows: sites that are stale, runs that were missed or killed, no worker, full disks, deliveries given up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from harvester.config import Config
from harvester.monitoring.incidents import level_of, settle_work
from storage.change_schema import deliveries, watches
from storage.incidents import ALARM, WARNING, WHOLE, Finding, incidents_of, settle
from storage.operations_schema import due_runs, workers
from storage.pauses import pause
from storage.store import Store
from tests import small_disk

MONDAY = datetime(2026, 11, 16, 3, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(store=f"sqlite:///{tmp_path}/s.sqlite", archive=tmp_path / "archive")


@pytest.fixture
def store(config: Config) -> Iterator[Store]:
    with Store.open(config.store, archive=config.archive, create=True) as opened:
        yield opened


def ran(store: Store, at: datetime, verdict: str = "complete", cause: str = "", site: str = "anhui") -> str:
    run = store.begin_run(site, ["tzgg"], at)
    store.end_run(run, verdict, cause, {}, at + timedelta(minutes=5))
    return run


def due(store: Store, job: str, at: datetime, state: str, kind: str = "crawl") -> None:
    row = {"job": job, "kind": kind, "due_at": at, "asked_by": "", "arguments": {}, "state": state, "note": ""}
    with store.writing(told=False) as connection:
        connection.execute(insert(due_runs), [row])


def work(store: Store, at: datetime) -> None:
    """Let a worker be heard of at a moment."""
    row = {"id": "w", "host": "h", "pid": 1, "version": "1", "started_at": at, "heartbeat_at": at, "doing": ""}
    with store.writing(told=False) as connection:
        if not connection.execute(update(workers).values(heartbeat_at=at)).rowcount:
            connection.execute(insert(workers), [row])


def wrong(store: Store, config: Config, now: datetime) -> list[tuple[str, str]]:
    settle_work(store, config, now)
    return [(each.site, each.cause) for each in incidents_of(store)]


def test_a_site_is_stale_after_more_working_days_than_promised_and_not_by_days_off(store: Store, config: Config):
    ran(store, datetime(2026, 9, 30, 3, tzinfo=UTC))
    assert wrong(store, config, datetime(2026, 10, 9, 3, tzinfo=UTC)) == []
    assert wrong(store, config, datetime(2026, 10, 16, 3, tzinfo=UTC)) == [("anhui", "stale")]
    assert wrong(store, config, datetime(2026, 10, 17, 3, tzinfo=UTC)) == [("anhui", "stale")]
    settle(store, "anhui", [], {"stale": (WHOLE,)}, run="r", at=datetime(2026, 10, 18, tzinfo=UTC))
    assert incidents_of(store) == []


def test_a_site_whose_cause_is_known_is_not_stale_too(store: Store, config: Config):
    ran(store, MONDAY - 20 * DAY)
    run = ran(store, MONDAY - DAY, "failed", "dns")
    settle(store, "anhui", [Finding("dns", ALARM)], {}, run=run, at=MONDAY - DAY)
    assert wrong(store, config, MONDAY) == [("anhui", "dns")]


def test_a_site_that_rests_or_was_never_crawled_is_not_stale(store: Store, config: Config):
    ran(store, MONDAY - 20 * DAY)
    pause(store, "anhui", "moves", "Li", MONDAY - 19 * DAY)
    assert wrong(store, config, MONDAY) == []


def test_what_was_missed_last_is_told_and_done_again_it_is_over(store: Store, config: Config):
    due(store, "anhui", MONDAY - DAY, "missed")
    due(store, "verify", MONDAY - DAY, "failed", "chore")
    due(store, "jiangsu", MONDAY - 2 * DAY, "missed")
    due(store, "jiangsu", MONDAY - DAY, "done")
    assert sorted(wrong(store, config, MONDAY)) == [("", "missed"), ("anhui", "missed")]
    assert next(each.sections for each in incidents_of(store, "")) == ("verify",)
    due(store, "anhui", MONDAY, "running")
    due(store, "verify", MONDAY, "done", "chore")
    assert wrong(store, config, MONDAY + HOUR) == []


def test_without_a_worker_that_is_all_there_is_to_tell_and_it_ends_when_one_comes(store: Store, config: Config):
    for number, job in enumerate(("anhui", "jiangsu", "zhejiang")):
        due(store, job, MONDAY + number * HOUR, "due")
    assert wrong(store, config, MONDAY + timedelta(minutes=5)) == []
    assert wrong(store, config, MONDAY + 20 * HOUR) == [("", "no-worker")]
    work(store, MONDAY + 21 * HOUR)
    assert sorted(wrong(store, config, MONDAY + 21 * HOUR)) == [("anhui", "missed"), ("jiangsu", "missed"), ("zhejiang", "missed")]
    with store.writing(told=False) as connection:
        connection.execute(update(due_runs).values(state="done"))
    assert wrong(store, config, MONDAY + 21 * HOUR) == []


def test_a_killed_run_that_nobody_takes_over_is_told_and_one_that_is_taken_over_is_not(store: Store, config: Config):
    ran(store, MONDAY, "failed", "killed")
    assert wrong(store, config, MONDAY + timedelta(minutes=30)) == []
    assert wrong(store, config, MONDAY + 3 * HOUR) == [("anhui", "killed")]
    ran(store, MONDAY + 4 * HOUR)
    settle(store, "anhui", [], {"killed": (WHOLE,)}, run="r", at=MONDAY + 4 * HOUR)
    assert wrong(store, config, MONDAY + 5 * HOUR) == []


def test_deliveries_that_were_given_up_are_told_by_watch_for_a_day(store: Store, config: Config):
    watch = {"name": "mine", "filters": {}, "channel": "mail", "period": "each", "language": "zh", "cursor": 0, "paused": False}
    watch |= {"created_by": "Li", "created_at": MONDAY}
    lost = {"id": "d1", "watch": "mine", "after_seq": 0, "upto_seq": 1, "rows": 1, "state": "given-up", "attempts": 9, "error": "x"}
    with store.writing(told=False) as connection:
        connection.execute(insert(watches), [watch])
        connection.execute(insert(deliveries), [lost | {"created_at": MONDAY, "ended_at": MONDAY}])
    assert wrong(store, config, MONDAY + HOUR) == [("", "watch")]
    assert [each.sections for each in incidents_of(store)] == [("mine",)]
    assert wrong(store, config, MONDAY + 2 * DAY) == []


SMALL = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from harvester.config import Config
from harvester.monitoring.incidents import level_of, settle_work
from storage.incidents import incidents_of
from storage.store import Store
disk = Path(sys.argv[1])
config = Config(store=f"sqlite:///{disk}/s.sqlite", archive=disk / "archive")
with Store.open(config.store, archive=config.archive, create=True) as store:
    settle_work(store, config, datetime(2026, 11, 16, tzinfo=UTC))
    print([(each.site, each.cause, each.level) for each in incidents_of(store)])
"""


def test_a_disk_that_is_nearly_full_is_told_once_for_all_that_lies_on_it(tmp_path: Path):
    done = small_disk.run(SMALL, tmp_path / "disk", 60_000, str(tmp_path / "disk"))
    assert (done.stdout.strip(), done.returncode) == ("[('', 'disk', 'alarm')]", 0), done.stderr


@pytest.mark.parametrize(
    ("free", "total", "level"),
    [(2**29, 2**40, ALARM), (5 * 2**30, 2**40, WARNING), (5 * 2**30, 2**35, ""), (60 * 2**30, 2**41, ""), (2**29, 2**29, ALARM)],
)
def test_little_of_a_large_disk_is_little_and_of_a_small_one_it_may_do(free: int, total: int, level: str):
    assert level_of(free, total) == level


def test_settling_twice_changes_nothing(store: Store, config: Config):
    ran(store, MONDAY - 20 * DAY)
    due(store, "verify", MONDAY - DAY, "failed", "chore")
    settle_work(store, config, MONDAY)
    before = incidents_of(store, closed=True)
    settle_work(store, config, MONDAY)
    assert incidents_of(store, closed=True) == before
    assert len(before) == 2
