"""Every change once in effect: a receiver fails, is silent, cuts the line and comes back; no gap, the same bytes for the same delivery."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harvester.config import Config
from harvester.watching import sending, webhook
from harvester.watching.retrying import PAUSES, pause
from harvester.watching.robots import Pace
from harvester.watching.sending import run_once, stretches
from storage import audit, changes, deliveries, watches
from storage.change_schema import feed_state
from storage.deliveries import Stretch
from storage.errors import LockedStore
from storage.store import Store
from tests.watching.feed import SECRET, config, rewind, task_row, tell, watch
from tests.watching.servers import Ledger, Receiver, serving

LATER = timedelta(hours=8)


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(SECRET)


@pytest.fixture
def receiver(ledger: Ledger) -> Iterator[Receiver]:
    with serving(Receiver(answer=ledger.take)) as served:
        yield served


@pytest.fixture
def given_config(tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setenv("LEDGER_KEY", SECRET)
    return config(tmp_path, ledger={"kind": "webhook", "url": receiver.url, "secret_env": "LEDGER_KEY"})


def impatient(given: Config) -> Config:
    """Return settings of which the channel waits a second: a slow machine may make more attempts of it, and no other outcome."""
    return replace(given, channels={"ledger": {**given.channels["ledger"], "timeout": 1}})


def test_a_receiver_that_fails_and_comes_back_has_every_change_once(
    store: Store, given_config: Config, receiver: Receiver, ledger: Ledger
) -> None:
    watch(store)
    receiver.script = ["500", "silence", "ok", "keep", "503", "ok", "cut", "keep"]
    receiver.delay = 1.3
    now = datetime.now(UTC)
    for n in range(12):
        tell(store, 3 if n < 8 else 0, first=3 * n + 1)
        with time_machine.travel(now + n * LATER):
            run_once(store, impatient(given_config))
    assert ledger.numbers() == list(range(1, 25))
    assert ledger.missing() == []
    assert {each.state for each in deliveries.listed(store)} == {"sent"}
    assert ledger.repeated >= 3  # kept at once, and known as the same when they came again, with the same bytes


def test_what_was_taken_before_the_line_broke_comes_again_with_the_same_bytes(
    store: Store, given_config: Config, receiver: Receiver, ledger: Ledger
) -> None:
    watch(store)
    tell(store, 2)
    receiver.script = ["silence"]
    receiver.delay = 1.2
    run_once(store, impatient(given_config))
    assert [each.state for each in deliveries.listed(store)] == ["waiting"]
    with time_machine.travel(datetime.now(UTC) + LATER):
        run_once(store, given_config)
    one, other = receiver.got
    assert one.body == other.body
    assert one.headers["webhook-id"] == other.headers["webhook-id"]
    assert one.headers["webhook-timestamp"] != other.headers["webhook-timestamp"]
    assert len(ledger.kept) == 1


def test_a_failed_delivery_waits_and_those_behind_it_wait_too(store: Store, given_config: Config, receiver: Receiver) -> None:
    watch(store)
    receiver.script = ["500"]
    tell(store, 1)
    report = run_once(store, given_config)
    assert (report.formed, report.sent, report.postponed) == (1, 0, 1)
    tell(store, 1, first=2)
    report = run_once(store, given_config)
    assert (report.formed, report.sent, report.postponed) == (1, 0, 0)
    first = deliveries.listed(store)[-1]
    assert first.error == "the receiver answered 500: look at its own log; it is tried again by itself."
    assert first.next_at is not None
    assert timedelta(seconds=55) < first.next_at - datetime.now(UTC) <= PAUSES[0] * 1.2
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=2)):
        assert run_once(store, given_config).sent == 2


def test_a_receiver_that_asks_to_wait_is_obeyed(store: Store, given_config: Config, receiver: Receiver) -> None:
    watch(store)
    receiver.script = ["wait 7200"]
    tell(store, 1)
    run_once(store, given_config)
    (waiting,) = deliveries.listed(store)
    assert waiting.next_at is not None
    assert waiting.next_at - datetime.now(UTC) > timedelta(minutes=119)


def test_a_receiver_that_wants_no_more_pauses_its_watch(store: Store, given_config: Config, receiver: Receiver) -> None:
    watch(store)
    receiver.script = ["410"]
    tell(store, 1)
    assert "410" in run_once(store, given_config).problems[0]
    assert watches.named(store, "重点任务").paused
    with time_machine.travel(datetime.now(UTC) + LATER):
        assert run_once(store, given_config).sent == 0
        watches.resume(store, "重点任务")
        assert run_once(store, given_config).sent == 1


def test_a_delivery_is_given_up_after_its_time_and_shown_and_can_be_sent_again(
    store: Store, given_config: Config, receiver: Receiver, ledger: Ledger
) -> None:
    watch(store)
    receiver.script = ["500", "500"]
    tell(store, 1)
    run_once(store, given_config)
    (old,) = deliveries.listed(store)
    rewind(store, old.id, timedelta(hours=76))
    tell(store, 1, first=2)
    report = run_once(store, given_config)
    assert report.given_up == 1
    assert old.id in report.problems[0]
    assert [each.id for each in deliveries.listed(store, state="given-up")] == [old.id]
    run_once(store, given_config)
    assert ledger.numbers() == [2]
    assert ledger.missing() == [(0, 1)]  # the receiver can see that one is missing
    deliveries.retry(store, old.id)
    run_once(store, given_config)
    assert (ledger.numbers(), ledger.missing()) == ([1, 2], [])


def test_a_channel_that_does_not_answer_is_tried_once_a_run(store: Store, given_config: Config, receiver: Receiver) -> None:
    for name in ("甲", "乙", "丙"):
        watch(store, name)
    tell(store, 1)
    receiver.script = ["503"]
    report = run_once(store, given_config)
    assert (report.postponed, len(receiver.got)) == (1, 1)
    assert run_once(store, given_config).sent == 2


def test_what_changed_nothing_for_a_watch_is_not_sent_and_not_read_again(store: Store, given_config: Config, receiver: Receiver) -> None:
    watch(store, region="330000")
    tell(store, 5)
    run_once(store, given_config)
    assert (receiver.got, deliveries.listed(store)) == ([], [])
    assert watches.named(store, "重点任务").cursor == 5


def test_a_watch_sees_what_its_filters_hold_and_the_chain_has_no_gap(
    store: Store, given_config: Config, receiver: Receiver, ledger: Ledger
) -> None:
    watch(store, region="330000")
    for n, region in enumerate(("330000", "310000", "330100"), start=1):
        tell(store, 1, first=n, region=region)
        run_once(store, given_config)
    assert ledger.numbers() == [1, 3]
    assert ledger.missing() == []


def test_many_changes_make_several_deliveries_that_follow_each_other(
    store: Store, given_config: Config, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "MOST_ROWS", 4)
    watch(store)
    tell(store, 10)
    assert run_once(store, given_config).sent == 3
    assert [(event["data"]["after"], event["data"]["upto"], len(event["data"]["rows"])) for event in ledger.events()] == [
        (0, 4, 4), (4, 8, 4), (8, 10, 2),
    ]  # fmt: skip
    assert ledger.missing() == []


def test_two_processes_do_not_tell_at_once(store: Store, given_config: Config) -> None:
    with (
        Store.open(given_config.store, archive=given_config.archive) as other,
        other.held(sending.LOCK),
        pytest.raises(LockedStore, match="watches"),
    ):
        run_once(store, given_config)


def test_a_paused_watch_tells_nothing_and_then_everything(store: Store, given_config: Config, ledger: Ledger) -> None:
    watch(store)
    watches.pause(store, "重点任务")
    tell(store, 2)
    run_once(store, given_config)
    assert not ledger.kept
    assert watches.resume(store, "重点任务") == 0
    run_once(store, given_config)
    assert ledger.numbers() == [1, 2]


def test_rows_dropped_before_they_were_told_are_told_to_be_missing(store: Store, given_config: Config, ledger: Ledger) -> None:
    watch(store)
    tell(store, 3)
    with store.writing() as connection:
        from sqlalchemy import delete, update

        from storage.change_schema import change_agencies
        from storage.change_schema import changes as table

        connection.execute(delete(change_agencies).where(change_agencies.c.seq <= 2))
        connection.execute(delete(table).where(table.c.seq <= 2))
        connection.execute(update(feed_state).values(horizon=2))
    report = run_once(store, given_config)
    assert "up to number 2" in report.problems[0]
    (event,) = ledger.events()
    assert (event["data"]["dropped"], [row["seq"] for row in event["data"]["rows"]]) == (2, [3])


def test_a_channel_that_is_not_set_keeps_a_watch_where_it_is(store: Store, given_config: Config, ledger: Ledger, tmp_path: Path) -> None:
    watch(store)
    tell(store, 1)
    report = run_once(store, config(tmp_path))
    assert "There is no channel ledger" in report.problems[0]
    assert watches.named(store, "重点任务").cursor == 0
    run_once(store, given_config)
    assert ledger.numbers() == [1]


def test_a_channel_that_is_taken_out_of_the_settings_costs_its_deliveries_no_attempt(
    store: Store, given_config: Config, receiver: Receiver, ledger: Ledger, tmp_path: Path
) -> None:
    watch(store)
    receiver.script = ["500"]
    tell(store, 1)
    run_once(store, given_config)
    deliveries.retry(store, deliveries.listed(store)[0].id)
    for _ in range(3):
        assert len(run_once(store, config(tmp_path)).problems) == 1
    assert [each.attempts for each in deliveries.listed(store)] == [1]
    run_once(store, given_config)
    assert ledger.numbers() == [1]


def test_a_watch_that_is_removed_while_its_message_is_formed_or_sent_stops_nobody_else(
    store: Store, given_config: Config, receiver: Receiver, ledger: Ledger
) -> None:
    for name in ("甲", "乙", "丙"):
        watch(store, name)
    tell(store, 1)
    receiver.before = lambda got: watches.remove(store, "乙") if len(receiver.got) == 1 else None
    report = run_once(store, given_config)
    assert (report.sent, report.problems) == (2, [])
    assert sorted(event["data"]["watch"] for event in ledger.events()) == ["丙", "甲"]
    stale = watches.listed(store)[0]
    watches.remove(store, stale.name)
    tell(store, 1, first=2)
    sending.Run(store, given_config, Pace()).form(stale)
    assert deliveries.listed(store, watch=stale.name) == []


def test_a_row_too_long_for_a_delivery_comes_without_its_states(
    store: Store, given_config: Config, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "MOST_BYTES", 2000)
    watch(store)
    row = task_row(1)
    row["after"]["text"] = "归集" * 2000
    with store.writing() as connection:
        changes.tell(connection, [row])
    run_once(store, given_config)
    (event,) = ledger.events()
    (told,) = event["data"]["rows"]
    assert (told["after"], told["omitted"]) == (None, ["before", "after"])
    assert "归集" in told["told"]


def test_no_record_is_shown_and_so_none_is_logged(store: Store, given_config: Config) -> None:
    watch(store)
    tell(store, 1)
    run_once(store, given_config)
    assert audit.entries(store) == []


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 400_000)), max_size=40), st.integers(0, 9))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_property_stretches_follow_each_other_and_hold_every_row(rows: list[tuple[int, int]], rest: int) -> None:
    seq, made = 0, []
    for step, size in rows:
        seq += step
        made.append(task_row(1) | {"seq": seq, "evidence": "x" * size, "record": None})
    looked = Watch_(cursor=0)
    found = list(stretches(iter(made), looked, seq + rest, split=True))
    assert [each.after for each in found] == [0, *(each.upto for each in found)][: len(found)]
    assert sum(each.rows for each in found) == len(made)
    assert not found or found[-1].upto == seq + rest
    for each in found:
        inside = [row for row in made if each.after < row["seq"] <= each.upto]
        assert len(inside) == each.rows
        assert each.rows == 1 or sum(len(json.dumps(row["evidence"])) for row in inside) <= webhook.MOST_BYTES
    whole = list(stretches(iter(made), looked, seq + rest, split=False))
    assert whole == ([Stretch(0, seq + rest, len(made))] if made else [])


def Watch_(cursor: int) -> watches.Watch:  # noqa: N802
    return watches.Watch("w", {}, "c", "each", "zh", cursor, False, "by", datetime.now(UTC), None)


@given(st.integers(0, 30), st.uuids())
def test_property_pauses_grow_and_stay_within_a_fifth(attempts: int, identifier: object) -> None:
    base = PAUSES[min(max(attempts, 1), len(PAUSES)) - 1]
    assert base <= pause(attempts, str(identifier)) <= base * 1.2
    assert pause(attempts, "x") <= pause(attempts + 1, "x")
