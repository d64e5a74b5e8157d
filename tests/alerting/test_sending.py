"""One alert a cause and its recovery once, whatever fails, is silent, is snoozed, comes back or is the middle of the night."""

from __future__ import annotations

import json
import threading
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harvester.alerting.sending import run_once
from harvester.config import Config
from harvester.errors import WrongCall
from harvester.scheduling.upkeep import heartbeat_of
from storage import incident_messages, incidents
from storage.store import Store
from tests.alerting.faults import BEGUN, DAY, HOUR, MINUTE, config, hook, run_ends, told
from tests.watching.feed import SECRET
from tests.watching.servers import Ledger, Receiver, serving


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDGER_KEY", SECRET)


@pytest.fixture
def given_config(folder: Path, receiver: Receiver) -> Config:
    return config(folder, ledger=hook(receiver.url))


def test_a_fault_that_lasts_ten_runs_and_then_recovers_is_told_once_and_its_end_once(
    store: Store, given_config: Config, ledger: Ledger
) -> None:
    at = BEGUN
    for run in range(14):
        at = BEGUN + run * DAY / 2
        run_ends(store, at, *(["challenge"] if 2 <= run < 12 else []))
        for tick in range(3):
            run_once(store, given_config, at + tick * MINUTE)
    assert told(ledger) == [("opened", "shanghai", "challenge"), ("recovered", "shanghai", "challenge")]
    assert ledger.repeated == 0
    rows = incident_messages.listed(store)
    assert [(row["kind"], row["attempts"]) for row in rows] == [("recovered", 1), ("opened", 1)]


def test_incidents_of_one_tick_go_in_one_message_and_alarms_come_first(store: Store, given_config: Config, ledger: Ledger) -> None:
    run_ends(store, BEGUN, "fill", level="warning")
    run_ends(store, BEGUN, "challenge", site="anhui")
    run_ends(store, BEGUN, "timeout", site="zhejiang")
    report = run_once(store, given_config, BEGUN)
    (event,) = (json.loads(body) for body in ledger.kept.values())
    assert [each["cause"] for each in event["data"]["incidents"]] == ["challenge", "timeout", "fill"]
    assert (report.formed, report.sent, event["data"]["alike"]) == (3, 3, 0)


def test_sites_that_cannot_be_reached_at_once_are_told_to_be_probably_our_fault(store: Store, given_config: Config, ledger: Ledger) -> None:
    run_ends(store, BEGUN - DAY, "dns", site="national")
    for site in ("anhui", "shanghai", "zhejiang"):
        run_ends(store, BEGUN, "dns" if site != "anhui" else "connection", site=site)
    run_once(store, given_config, BEGUN + MINUTE)
    (event,) = (json.loads(body) for body in ledger.kept.values())
    assert event["data"]["alike"] == 3
    for site in ("anhui", "shanghai", "zhejiang"):
        run_ends(store, BEGUN + DAY, site=site)
    run_once(store, given_config, BEGUN + DAY)
    last = max((json.loads(body) for body in ledger.kept.values()), key=lambda event: event["time"])
    assert last["data"]["alike"] == 0, "an end is no news of a fault"


def test_after_a_message_a_channel_rests_and_what_comes_meanwhile_goes_in_one(store: Store, given_config: Config, ledger: Ledger) -> None:
    run_ends(store, BEGUN, "dns", site="anhui")
    run_once(store, given_config, BEGUN)
    for minute, site in enumerate(("shanghai", "zhejiang", "jiangsu"), 1):
        run_ends(store, BEGUN + minute * MINUTE, "dns", site=site)
        run_once(store, given_config, BEGUN + minute * MINUTE)
    assert len(ledger.kept) == 1
    run_once(store, given_config, BEGUN + 5 * MINUTE)
    assert len(ledger.kept) == 2
    assert Counter(told(ledger)) == Counter(("opened", site, "dns") for site in ("anhui", "shanghai", "zhejiang", "jiangsu"))


@pytest.mark.parametrize("fault", ["500", "silence", "cut", "redirect http://127.0.0.1/", "wait 600", "drip"])
def test_a_channel_that_fails_is_tried_again_after_growing_pauses_and_nothing_is_lost(
    store: Store, given_config: Config, ledger: Ledger, receiver: Receiver, fault: str
) -> None:
    receiver.script = [fault, fault]
    run_ends(store, BEGUN, "challenge")
    report = run_once(store, given_config, BEGUN)
    assert (report.sent, report.postponed) == (0, 1)
    run_once(store, given_config, BEGUN + timedelta(seconds=30))
    assert len(receiver.got) == 1, "it rests"
    second = BEGUN + 11 * MINUTE
    run_once(store, given_config, second)
    run_once(store, given_config, second + 5 * MINUTE - timedelta(seconds=1))
    assert len(receiver.got) == 2, "and longer the second time"
    run_once(store, given_config, second + 11 * MINUTE)
    assert told(ledger) == [("opened", "shanghai", "challenge")]
    (row,) = incident_messages.listed(store)
    assert (row["attempts"], row["error"]) == (3, "")


def test_a_message_that_is_taken_but_not_answered_comes_again_under_the_same_identifier_with_the_same_bytes(
    store: Store, given_config: Config, ledger: Ledger, receiver: Receiver
) -> None:
    receiver.script = ["keep", "ok"]
    run_ends(store, BEGUN, "challenge")
    run_once(store, given_config, BEGUN)
    run_once(store, given_config, BEGUN + 2 * MINUTE)
    assert (len(ledger.kept), ledger.repeated) == (1, 1)


def test_what_is_given_up_is_shown_and_its_end_is_not_told_to_whom_never_knew(
    store: Store, given_config: Config, ledger: Ledger, receiver: Receiver
) -> None:
    receiver.script = ["500"] * 20
    run_ends(store, BEGUN, "challenge")
    problems = []
    for hour in range(0, 120, 3):
        problems += run_once(store, given_config, BEGUN + hour * HOUR).problems
    assert len(problems) == 1
    assert "given up" in problems[0]
    (row,) = incident_messages.listed(store)
    assert row["given_up_at"] - BEGUN >= timedelta(hours=75)
    assert "500" in row["error"]
    receiver.script = []
    run_ends(store, BEGUN + 6 * DAY)
    run_once(store, given_config, BEGUN + 6 * DAY)
    assert ledger.kept == {}


def test_a_fault_that_is_over_before_it_could_be_told_is_told_in_one_with_its_end(
    store: Store, given_config: Config, ledger: Ledger, receiver: Receiver
) -> None:
    receiver.script = ["500"]
    run_ends(store, BEGUN, "challenge")
    run_once(store, given_config, BEGUN)
    run_ends(store, BEGUN + HOUR)
    run_once(store, given_config, BEGUN + HOUR)
    assert told(ledger) == [("recovered", "shanghai", "challenge")]
    assert all(row["sent_at"] for row in incident_messages.listed(store))


def test_what_is_snoozed_is_not_told_and_is_told_when_the_snooze_ends_while_it_is_still_wrong(
    store: Store, given_config: Config, ledger: Ledger
) -> None:
    by = {"reason": "网站改版，周五完成", "by": "李运维", "since": BEGUN}
    incidents.snooze(store, "shanghai", "", until=BEGUN + 3 * DAY, **by)
    incidents.snooze(store, "anhui", "timeout", until=BEGUN + 3 * DAY, **by)
    run_ends(store, BEGUN + HOUR, "challenge")
    run_ends(store, BEGUN + HOUR, "timeout", "fill", site="anhui")
    for hour in range(1, 72, 5):
        run_once(store, given_config, BEGUN + hour * HOUR)
    assert told(ledger) == [("opened", "anhui", "fill")]
    run_once(store, given_config, BEGUN + 3 * DAY)
    assert sorted(told(ledger)) == [("opened", "anhui", "fill"), ("opened", "anhui", "timeout"), ("opened", "shanghai", "challenge")]


def test_a_snooze_of_what_was_told_ends_in_a_reminder_or_in_its_end_but_never_in_both(
    store: Store, given_config: Config, ledger: Ledger
) -> None:
    run_ends(store, BEGUN, "challenge")
    run_ends(store, BEGUN, "dns", site="anhui")
    run_once(store, given_config, BEGUN)
    for site in ("shanghai", "anhui"):
        incidents.snooze(store, site, "", reason="已知", by="李运维", since=BEGUN + HOUR, until=BEGUN + 2 * DAY)
    run_ends(store, BEGUN + DAY, site="anhui")
    run_once(store, given_config, BEGUN + DAY)
    assert len(told(ledger)) == 2, "neither is told meanwhile"
    incidents.wake(store, "shanghai", None, BEGUN + 30 * HOUR)
    for hour in range(30, 60):
        run_once(store, given_config, BEGUN + hour * HOUR)
    assert told(ledger)[2:] == [("reminder", "shanghai", "challenge"), ("recovered", "anhui", "dns")]


def test_what_stays_wrong_is_told_again_after_the_hours_that_are_set_and_never_where_they_are_none(
    store: Store, folder: Path, receiver: Receiver, ledger: Ledger
) -> None:
    run_ends(store, BEGUN, "challenge")
    often = config(folder, alerts={"reminder_hours": 24}, ledger=hook(receiver.url))
    for hour in range(0, 50, 2):
        run_once(store, often, BEGUN + hour * HOUR)
    assert [kind for kind, *_ in told(ledger)] == ["opened", "reminder", "reminder"]
    never = config(folder, alerts={"reminder_hours": 0}, ledger=hook(receiver.url))
    run_once(store, never, BEGUN + 40 * DAY)
    assert len(told(ledger)) == 3
    assert [row["number"] for row in incident_messages.listed(store)] == [2, 1, 0]


def test_what_comes_back_after_its_end_was_told_is_told_again_and_does_not_flap(store: Store, given_config: Config, ledger: Ledger) -> None:
    at = BEGUN
    for n in range(8):
        at = BEGUN + n * 6 * HOUR
        run_ends(store, at, *(["challenge"] if n % 2 == 0 else []))
        run_once(store, given_config, at)
    assert [kind for kind, *_ in told(ledger)] == ["opened", "recovered", "reminder"]
    run_once(store, given_config, at + DAY)
    assert [kind for kind, *_ in told(ledger)] == ["opened", "recovered", "reminder", "recovered"]
    assert len(incidents.incidents_of(store, closed=True)) == 1


def test_what_comes_back_before_its_end_was_told_is_not_told_to_be_well(
    store: Store, given_config: Config, ledger: Ledger, receiver: Receiver
) -> None:
    run_ends(store, BEGUN, "challenge")
    run_once(store, given_config, BEGUN)
    receiver.script = ["500"]
    run_ends(store, BEGUN + HOUR)
    run_once(store, given_config, BEGUN + HOUR)
    run_ends(store, BEGUN + 2 * HOUR, "challenge")
    run_once(store, given_config, BEGUN + 2 * HOUR)
    assert told(ledger) == [("opened", "shanghai", "challenge")]
    run_ends(store, BEGUN + 3 * HOUR)
    run_once(store, given_config, BEGUN + 3 * HOUR)
    assert [kind for kind, *_ in told(ledger)] == ["opened", "recovered"]


def test_at_night_everything_waits_for_the_morning_but_for_alarms_where_they_may_wake(
    store: Store, folder: Path, receiver: Receiver, ledger: Ledger
) -> None:
    night = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)  # eleven in the evening in Shanghai
    run_ends(store, night, "fill", level="warning")
    run_ends(store, night, "challenge", site="anhui")
    quiet = config(folder, alerts={"quiet": "22:00-07:00"}, ledger=hook(receiver.url))
    run_once(store, quiet, night)
    assert told(ledger) == []
    run_once(store, config(folder, alerts={"quiet": "22:00-07:00", "alarms_at_night": True}, ledger=hook(receiver.url)), night)
    assert told(ledger) == [("opened", "anhui", "challenge")]
    run_once(store, quiet, night + 7 * HOUR + 59 * MINUTE)
    assert len(told(ledger)) == 1
    run_once(store, quiet, night + 8 * HOUR)
    assert told(ledger)[1:] == [("opened", "shanghai", "fill")]


def test_a_channel_for_alarms_hears_of_nothing_less_and_of_what_becomes_one(
    store: Store, folder: Path, receiver: Receiver, ledger: Ledger
) -> None:
    alarms = config(folder, alerts={"level": {"ledger": "alarm"}}, ledger=hook(receiver.url))
    run_ends(store, BEGUN, "fill", level="warning")
    run_once(store, alarms, BEGUN)
    assert told(ledger) == []
    run_ends(store, BEGUN + DAY, "fill", level="alarm")
    run_once(store, alarms, BEGUN + DAY)
    run_ends(store, BEGUN + 2 * DAY)
    run_once(store, alarms, BEGUN + 2 * DAY)
    assert [kind for kind, *_ in told(ledger)] == ["opened", "recovered"]


def test_a_channel_that_is_wrong_costs_the_others_nothing_and_what_is_for_it_waits(
    store: Store, folder: Path, receiver: Receiver, ledger: Ledger
) -> None:
    both = config(folder, "absent", "ledger", ledger=hook(receiver.url))
    run_ends(store, BEGUN, "challenge")
    report = run_once(store, both, BEGUN)
    assert report.sent == 1
    assert "There is no channel absent" in report.problems[0]
    assert incident_messages.waiting(store) == {"absent": 1}
    run_once(store, config(folder, ledger=hook(receiver.url)), BEGUN + HOUR)
    assert incident_messages.waiting(store) == {}, "a channel that is asked no more"


def test_no_room_no_base_no_channels_nothing_is_done(store: Store, folder: Path) -> None:
    run_ends(store, BEGUN, "challenge")
    report = run_once(store, Config(store=f"sqlite:///{folder / 'store.sqlite'}"), BEGUN)
    assert (report.formed, report.sent) == (0, 0)
    assert incident_messages.listed(store) == []


def test_a_message_of_a_hundred_incidents_is_one(store: Store, given_config: Config, ledger: Ledger) -> None:
    for n in range(100):
        run_ends(store, BEGUN, "timeout", site=f"site{n}")
    run_once(store, given_config, BEGUN)
    assert len(ledger.kept) == 1
    assert len(told(ledger)) == 100


def test_two_processes_that_tell_at_once_tell_it_once(store: Store, given_config: Config, ledger: Ledger, folder: Path) -> None:
    import threading

    run_ends(store, BEGUN, "challenge")
    others = [Store.open(given_config.store, archive=folder / "archive") for _ in range(3)]
    threads = [threading.Thread(target=run_once, args=(each, given_config, BEGUN)) for each in (store, *others)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in others:
        each.close()
    run_once(store, given_config, BEGUN)
    assert (len(ledger.kept), ledger.repeated) == (1, 0)


def test_what_waits_for_a_channel_goes_on_waiting_while_the_alerts_name_another_that_is_not_there(
    store: Store, folder: Path, receiver: Receiver, ledger: Ledger
) -> None:
    quiet = config(folder, alerts={"quiet": "00:00-23:59"}, ledger=hook(receiver.url))
    run_ends(store, BEGUN, "challenge")
    run_once(store, quiet, BEGUN)
    misspelt = replace(quiet, alerts={"channels": ["leger"]})
    run_once(store, misspelt, BEGUN + MINUTE)
    with pytest.raises(WrongCall, match=r"\[channels\.leger\]"):
        heartbeat_of(misspelt)
    run_once(store, config(folder, ledger=hook(receiver.url)), BEGUN + HOUR)
    assert told(ledger) == [("opened", "shanghai", "challenge")]


def test_channels_that_do_not_answer_keep_no_other_one_waiting(store: Store, folder: Path, receiver: Receiver, ledger: Ledger) -> None:
    heard, waited = threading.Event(), []
    receiver.before = lambda _got: heard.set()
    with serving(Receiver(before=lambda _got: waited.append(heard.wait(15)))) as slow:
        tables = {"first": hook(slow.url, timeout=20), "second": hook(slow.url, timeout=20), "ledger": hook(receiver.url)}
        run_ends(store, BEGUN, "challenge")
        report = run_once(store, config(folder, **tables), BEGUN)
    assert waited == [True, True], "the last channel was sent to only when those before it had answered"
    assert (report.formed, report.sent) == (3, 3)
    assert told(ledger) == [("opened", "shanghai", "challenge")]
