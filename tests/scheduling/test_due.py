"""Due runs on SQLite: planned once whatever the clock does, taken by one, put back, taken over, and never news to readers."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from harvester.config import Config
from harvester.errors import WrongCall
from harvester.scheduling import asking, due, plan, upkeep
from harvester.scheduling.due import AGAIN, BACK, DONE, FAILED, Outcome
from storage import due_runs, mending, pauses, workers
from storage.due_runs import DueRun
from storage.records import Verdict
from storage.schema import runs
from storage.store import Store

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
DAY = timedelta(days=1)
JOBS = ("anhui", "national", "jiangsu", "shanghai", "zhejiang", "jiangsu_records", "shanghai_records", "takedown", "verify", "watch")


def settings(folder: Path, **jobs: dict[str, Any]) -> Config:
    """Return settings in which only the jobs named are ever due."""
    return Config(
        store=f"sqlite:///{folder}/store.sqlite", archive=folder / "archive", schedule={name: {"cron": ""} for name in JOBS} | jobs
    )


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return settings(tmp_path, anhui={"cron": "0 2 * * *", "jitter_minutes": 0, "hours": ""})


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a store in which nothing is yet; to make one takes longer than any test here."""
    file = tmp_path_factory.mktemp("empty") / "store.sqlite"
    Store.open(f"sqlite:///{file}", create=True).close()
    return file


@pytest.fixture
def store(config: Config, empty: Path, tmp_path: Path) -> Iterator[Store]:
    shutil.copy(empty, tmp_path)
    with Store.open(config.store, archive=config.archive) as opened:
        yield opened


def states(store: Store, job: str = "anhui") -> list[str]:
    """Return the states of a job's rows, the earliest first."""
    return [row.state for row in reversed(due_runs.listed(store, job))]


def named(store: Store, id: int) -> DueRun:
    return next(row for row in due_runs.listed(store) if row.id == id)


def due_one(store: Store, config: Config, now: datetime = NOON) -> DueRun:
    """Return the row of the first moment after ``now``, a minute past it."""
    due.write_due(store, config, now)
    due.write_due(store, config, now + DAY)
    return due_runs.listed(store, "anhui")[0]


# --- planning --------------------------------------------------------------------------------------------------------------


def test_the_first_start_makes_up_for_nothing_and_the_next_moment_is_due(store: Store, config: Config) -> None:
    assert due.write_due(store, config, NOON) == due.Written()
    assert due.write_due(store, config, NOON + timedelta(hours=13)) == due.Written()
    assert due.write_due(store, config, NOON + timedelta(hours=15)) == due.Written(due=1)
    assert due.write_due(store, config, NOON + timedelta(hours=16)) == due.Written()


def test_of_moments_that_passed_the_latest_is_due_and_the_others_are_missed_and_say_so(store: Store, config: Config) -> None:
    due.write_due(store, config, NOON)
    assert due.write_due(store, config, NOON + 5 * DAY) == due.Written(due=1, missed=4)
    assert states(store) == ["missed"] * 4 + ["due"]
    told = {row.note for row in due_runs.listed(store, "anhui", ("missed",))}
    assert told == {"the due run of 2026-03-07 02:00 stands for it: nothing is crawled twice to make up for lost time."}


def test_a_row_that_waits_when_the_next_is_due_is_missed_but_not_one_that_was_asked_for(store: Store, config: Config) -> None:
    due_one(store, config)
    asking.run_now(store, config, "anhui", "me", NOON + DAY)
    assert due.write_due(store, config, NOON + 2 * DAY) == due.Written(due=1, missed=1)
    assert states(store) == ["missed", "due", "due"]


def test_a_row_under_way_when_the_next_is_due_goes_on_and_the_next_waits_for_its_end(store: Store, config: Config) -> None:
    first = due_one(store, config)
    assert due.take(store, first.id, "one", NOON + DAY)
    due.write_due(store, config, NOON + 2 * DAY)
    second = due_runs.listed(store, "anhui", ("due",))[0]
    assert due.take(store, second.id, "two", NOON + 2 * DAY) is None
    assert due.settle(store, first.id, Outcome(DONE, "", "one"), NOON + 2 * DAY) == "done"
    assert due.take(store, second.id, "two", NOON + 2 * DAY)


def test_an_absence_of_years_leaves_a_hundred_rows_and_says_that_there_were_more(store: Store, tmp_path: Path) -> None:
    often = settings(tmp_path, watch={"cron": "*/5 * * * *"})
    due.write_due(store, often, NOON)
    assert due.write_due(store, often, NOON + 700 * DAY) == due.Written(due=1, missed=due.MOST_MISSED)
    assert "have no rows" in due_runs.listed(store, "watch")[-1].note


def test_a_clock_set_back_plans_again_and_finds_the_same(store: Store, config: Config) -> None:
    due.write_due(store, config, NOON)
    due.write_due(store, config, NOON + 3 * DAY)
    before = due_runs.listed(store)
    for hours in (-60, -30, -29, 0):
        assert due.write_due(store, config, NOON + 3 * DAY + timedelta(hours=hours)) == due.Written()
    assert due_runs.listed(store) == before
    assert due.write_due(store, config, NOON + 4 * DAY) == due.Written(due=1, missed=1)


def test_a_clock_that_was_years_ahead_stops_nothing(store: Store, config: Config) -> None:
    due.write_due(store, config, NOON)
    due.write_due(store, config, NOON + 2000 * DAY)
    due.write_due(store, config, NOON + DAY)
    assert due.write_due(store, config, NOON + 2 * DAY) == due.Written(due=1)


def test_an_edited_schedule_holds_from_when_it_is_seen_and_the_former_one_before(store: Store, tmp_path: Path, config: Config) -> None:
    due.write_due(store, config, NOON)
    hourly = settings(tmp_path, anhui={"cron": "0 * * * *", "jitter_minutes": 0, "hours": ""})
    assert due.write_due(store, hourly, NOON + DAY) == due.Written(due=1)
    assert due.write_due(store, hourly, NOON + DAY + timedelta(hours=2)) == due.Written(due=1, missed=2)


def test_what_falls_into_a_pause_is_skipped_and_what_lies_before_it_is_not(store: Store, config: Config) -> None:
    due.write_due(store, config, NOON)
    asking.pause(store, config, "anhui", "they rebuild", "me", NOON + 2 * DAY, NOON + 4 * DAY)
    assert due.write_due(store, config, NOON + 6 * DAY) == due.Written(due=1, missed=3, skipped=2)
    assert states(store) == ["missed", "missed", "skipped", "skipped", "missed", "due"]
    assert {row.note for row in due_runs.listed(store, "anhui", ("skipped",))} == {"paused: they rebuild"}


def test_a_row_that_is_due_when_its_job_is_paused_is_skipped_when_it_is_taken(store: Store, config: Config) -> None:
    row = due_one(store, config)
    asking.pause(store, config, "anhui", "they rebuild", "me", NOON + DAY)
    assert due.take(store, row.id, "one", NOON + DAY) is None
    assert states(store) == ["skipped"]
    assert asking.resume(store, config, "anhui", NOON + DAY)
    assert not asking.resume(store, config, "anhui", NOON + DAY)


def test_what_was_asked_for_before_a_pause_began_is_skipped_too_and_told_why(store: Store, config: Config) -> None:
    asked = asking.run_now(store, config, "anhui", "me", NOON, sweep=True)
    asking.pause(store, config, "anhui", "they rebuild", "me", NOON + timedelta(minutes=1))
    assert due.take(store, asked.id, "one", NOON + timedelta(minutes=2)) is None
    assert [(row.state, row.note) for row in due_runs.listed(store, "anhui")] == [("skipped", "paused: they rebuild")]


def test_what_was_asked_for_waits_out_a_pause_that_ended_before_a_worker_came(store: Store, config: Config) -> None:
    asked = asking.run_now(store, config, "anhui", "me", NOON)
    asking.pause(store, config, "anhui", "they rebuild", "me", NOON, NOON + timedelta(hours=1))
    taken = due.take(store, asked.id, "one", NOON + timedelta(hours=1))
    assert taken is not None
    assert taken.id == asked.id


def test_a_pause_takes_the_place_of_the_one_before_and_ends_by_itself(store: Store, config: Config) -> None:
    asking.pause(store, config, "anhui", "first", "me", NOON)
    asking.pause(store, config, "anhui", "second", "you", NOON + DAY, NOON + 2 * DAY)
    found = pauses.listed(store)
    holds = [rest and rest.reason for days in (0.5, 1.5, 2.5) if (rest := pauses.holding(found, "anhui", NOON + days * DAY)) or True]
    assert holds == ["first", "second", None]


@pytest.mark.parametrize("call", ["nowhere", "anhui", "takedown", "zhejiang_records", "reason", "until"])
def test_what_cannot_be_asked_for_is_refused(store: Store, config: Config, call: str) -> None:
    asking.pause(store, config, "anhui", "they rebuild", "me", NOON)
    with pytest.raises(WrongCall):
        if call == "reason":
            asking.pause(store, config, "anhui", "  ", "me", NOON)
        elif call == "until":
            asking.pause(store, config, "anhui", "why", "me", NOON, NOON)
        else:
            asking.run_now(store, config, call, "me", NOON, sweep=call == "takedown")


# --- doing -----------------------------------------------------------------------------------------------------------------


def test_a_row_is_taken_by_one_worker_not_before_its_time_and_settled_by_that_one(store: Store, config: Config) -> None:
    row = due_one(store, config)
    assert due.take(store, row.id, "one", row.due_at - timedelta(seconds=1)) is None
    assert due.take(store, row.id, "one", row.due_at) == replace(row, state="running", worker="one", attempts=1, started_at=row.due_at)
    assert due.take(store, row.id, "two", row.due_at) is None
    assert due.settle(store, row.id, Outcome(DONE, "", "two"), NOON + DAY) == ""
    assert due.settle(store, row.id, Outcome(DONE, "well", "one"), NOON + DAY) == "done"
    assert due.settle(store, row.id, Outcome(FAILED, "", "one"), NOON + DAY) == ""
    assert due.take(store, row.id, "two", NOON + DAY) is None


def test_what_cannot_be_done_is_tried_three_times_with_pauses_and_then_failed(store: Store, config: Config) -> None:
    row, now, told = due_one(store, config), NOON + DAY, []
    for wait in (1, 5, 0):
        assert due.take(store, row.id, "one", now)
        told.append(due.settle(store, row.id, Outcome(AGAIN, "no room", "one"), now))
        found = named(store, row.id)
        ready = [minutes for minutes in (0, 1, 2, 5) if due.is_ready(found, now + timedelta(minutes=minutes))]
        assert not wait or ready == [minutes for minutes in (0, 1, 2, 5) if minutes >= wait]
        now += timedelta(minutes=wait)
    assert told == ["due", "due", "failed"]
    assert named(store, row.id).note == "no room"


def test_what_was_put_back_through_no_fault_of_its_own_costs_no_attempt(store: Store, config: Config) -> None:
    row = due_one(store, config)
    for _ in range(5):
        assert due.take(store, row.id, "one", NOON + DAY)
        assert due.settle(store, row.id, Outcome(BACK, "", "one"), NOON + DAY) == "due"
    found = named(store, row.id)
    assert (found.attempts, due.is_ready(found, NOON + DAY)) == (0, True)
    due.take(store, row.id, "one", NOON + DAY)
    due.settle(store, row.id, Outcome(BACK, "somebody crawls it", "one", later=True), NOON + DAY)
    found = named(store, row.id)
    assert not due.is_ready(found, NOON + DAY)
    assert due.is_ready(found, NOON - DAY), "a clock that was set back must not make it wait for a day"


def test_a_dead_workers_rows_are_taken_over_and_a_living_ones_are_not(store: Store, config: Config) -> None:
    row = due_one(store, config)
    with ExitStack() as alive, Store.open(config.store) as other:
        one = workers.register(other, alive, "host", 1, "1", NOON)
        two = workers.register(store, ExitStack(), "host", 2, "1", NOON)
        assert (one, two) == ("host.1.slot1", "host.2.slot2")
        due.take(store, row.id, one, NOON + DAY)
        assert due.take_over(store, NOON + 9 * DAY, two) == [], "silent for days, and its lock is held"
        alive.close()
        with other.held("anhui"):
            assert due.take_over(store, NOON + DAY, two) == [], "somebody crawls its site still"
        for attempt in (1, 2, 3):
            state = "failed" if attempt == due.MOST_ATTEMPTS else "due"
            assert due.take_over(store, NOON + DAY, two) == [due.TakenOver("anhui", row.id, one, state, attempt)]
            due.take(store, row.id, one, NOON + DAY)
    assert "3 workers ended at it" in named(store, row.id).note


@pytest.mark.parametrize(("cause", "state"), [("", "done"), ("budget", "done"), ("killed", "due"), ("store", "due"), ("stopped", "due")])
def test_a_row_whose_run_ended_before_its_worker_died_is_done_and_not_crawled_again(
    store: Store, config: Config, cause: str, state: str
) -> None:
    row = due_one(store, config)
    due.take(store, row.id, "one", NOON + DAY)
    run = store.begin_run("anhui", ["all"], NOON + DAY)
    with store.writing() as connection:
        connection.execute(update(runs).where(runs.c.id == run).values(due_run=row.id))
    store.end_run(run, Verdict.INCOMPLETE if cause else Verdict.COMPLETE, cause, {}, NOON + DAY)
    [taken] = due.take_over(store, NOON + DAY)
    assert (taken.state, named(store, row.id).state) == (state, state)


def test_a_start_marks_killed_runs_and_leaves_alone_those_under_way(store: Store, config: Config) -> None:
    with Store.open(config.store, archive=config.archive) as killed, Store.open(config.store, archive=config.archive) as alive:
        first = killed.begin_run("anhui", ["all"], NOON)
        alive.begin_run("shanghai", ["all"], NOON)
        killed.close()
        assert mending.mend(store, NOON + DAY).runs == ((first, "anhui"),)
        assert mending.mend(store, NOON + DAY).runs == ()


def test_nothing_of_it_is_news_to_readers_of_the_store(store: Store, config: Config) -> None:
    before = store.state()
    row = due_one(store, config)
    with ExitStack() as held:
        worker = workers.register(store, held, "host", 1, "1", NOON)
        workers.beat(store, worker, NOON, "anhui")
        due.take(store, row.id, worker, NOON + DAY)
        due.settle(store, row.id, Outcome(AGAIN, "", worker), NOON + DAY)
        asking.run_now(store, config, "anhui", "me", NOON)
        asking.pause(store, config, "anhui", "why", "me", NOON)
        asking.resume(store, config, "anhui", NOON)
        workers.end(store, worker, NOON)
    assert store.state() == before


def test_of_a_frequent_chore_what_has_something_to_tell_is_kept_and_the_rest_forgotten_after_a_month(store: Store, tmp_path: Path) -> None:
    often = settings(tmp_path, watch={"cron": "*/5 * * * *"}, anhui={"cron": "0 2 * * *"})
    due.write_due(store, often, NOON)
    due.write_due(store, often, NOON + DAY)
    asking.pause(store, often, "watch", "they rebuild", "me", NOON + DAY, NOON + 2 * DAY)
    due.write_due(store, often, NOON + 2 * DAY)
    for n, (by, note) in enumerate((("me", ""), ("", "no mail went out"), ("", ""))):
        row = asking.run_now(store, often, "watch", by, NOON + 3 * DAY + timedelta(seconds=n))
        due.take(store, row.id, "one", NOON + 3 * DAY + timedelta(minutes=1))
        due.settle(store, row.id, Outcome(DONE, note, "one"), NOON + 3 * DAY + timedelta(minutes=1))
    upkeep.look(store, often, NOON + 20 * DAY)
    assert {row.state for row in due_runs.listed(store, "watch")} == {"due", "missed", "skipped", "done"}
    upkeep.look(store, often, NOON + 40 * DAY)
    assert [(row.state, row.note) for row in due_runs.listed(store, "watch")] == [("done", "no mail went out"), ("done", ""), ("due", "")]
    assert due_runs.listed(store, "anhui")


def test_the_rows_of_a_year_are_the_moments_of_the_year_however_often_it_is_looked(store: Store, config: Config) -> None:
    now, wanted = NOON, plan.moments("anhui", plan.schedule_of("anhui", config), NOON, NOON + 60 * DAY)
    while now < NOON + 60 * DAY:
        due.write_due(store, config, now)
        now += timedelta(hours=[1, 30, 5, 100][now.hour % 4])
    due.write_due(store, config, NOON + 60 * DAY)
    found = due_runs.listed(store)
    assert sorted(row.due_at for row in found) == wanted
    assert Counter(row.state for row in found)["due"] == 1
