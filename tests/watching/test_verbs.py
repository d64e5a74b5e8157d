"""The verbs below ``watch``, as an office would use them."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from harvester.cli.main import run
from storage import changes, watches
from storage.store import Store
from tests.watching.feed import BUREAU, SECRET, body, state, task_row, tell
from tests.watching.servers import Ledger, Receiver, serving

Ask = Callable[..., str]


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(SECRET)


@pytest.fixture
def receiver(ledger: Ledger) -> Iterator[Receiver]:
    with serving(Receiver(answer=ledger.take)) as served:
        yield served


@pytest.fixture
def ask(store: Store, tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    (tmp_path / "harvester.toml").write_text(
        f'store = "sqlite:///{tmp_path}/store.sqlite"\narchive = "{tmp_path}/archive"\noperator = "李分析"\n'
        f'[channels.ledger]\nkind = "webhook"\nurl = "{receiver.url}"\nsecret_env = "LEDGER_KEY"\n'
    )
    for name, value in {"HARVESTER_CONFIG": str(tmp_path / "harvester.toml"), "LEDGER_KEY": SECRET, "HARVESTER_LANG": "en"}.items():
        monkeypatch.setenv(name, value)

    def asked(*words: str, status: int = 0) -> str:
        got = run(["watch", *words])
        out = capsys.readouterr()
        assert got == status, out.err
        return out.out + out.err

    return asked


def test_a_watch_on_a_body_is_told_what_it_gained_once(ask: Ask, store: Store, ledger: Ledger) -> None:
    assert "watching from change 0 on; the feed is too young" in ask(
        "add", "委办任务", "--channel", "ledger", "--period", "each", "--agency", BUREAU, "--language", "zh"
    )
    others = [task_row(2, after=state(2, lead=[body("市财政局", "a0002")]))]
    with store.writing() as connection:
        changes.tell(connection, [task_row(1), *others])
    assert "1 delivery formed, 1 sent, 0 put off, 0 given up" in ask("run", "--once")
    assert ask("run", "--once") == ""
    (event,) = ledger.events()
    assert [(row["seq"], row["effect"]) for row in event["data"]["rows"]] == [(1, "gained")]
    assert BUREAU in event["data"]["rows"][0]["told"]
    (row,) = json.loads(ask("deliveries", "--watch", "委办任务", "--format", "json"))
    assert (row["state"], row["rows"], row["attempts"]) == ("sent", 1, 1)
    assert event["id"] == row["id"]


def test_a_digest_comes_in_the_morning_and_the_forecast_says_how_many(ask: Ask, store: Store, ledger: Ledger) -> None:
    now = datetime.now(UTC)
    for n in range(28):
        tell(store, 3, first=3 * n + 1, known_at=now - timedelta(days=28 - n), run=f"r{n}")
    told = ask("add", "日报", "--channel", "ledger", "--entity", "task", "--kind", "added")
    assert "messages a week: about 7; changes: 21 (by the last 28 days)" in told
    assert "about 1" in ask("add", "周报", "--channel", "ledger", "--period", "weekly")
    tell(store, 2, first=100)
    assert ask("run", "--once") == ""
    with time_machine.travel(now + timedelta(days=1, minutes=1)):
        ask("run", "--once")
    assert ("日报", 2) in [(event["data"]["watch"], len(event["data"]["rows"])) for event in ledger.events()]
    with time_machine.travel(now + timedelta(days=8)):
        ask("run", "--once")
    assert sorted(event["data"]["watch"] for event in ledger.events()) == ["周报", "日报"]


def test_a_failure_is_told_shown_and_sent_again_on_demand(ask: Ask, store: Store, receiver: Receiver, ledger: Ledger) -> None:
    ask("add", "甲", "--channel", "ledger", "--period", "each")
    tell(store, 1)
    receiver.script = ["500"]
    assert "1 put off" in ask("run", "--once", status=1)
    (row,) = json.loads(ask("deliveries", "--state", "waiting", "--format", "json"))
    assert row["error"] == "the receiver answered 500: look at its own log; it is tried again by itself."
    ask("retry", row["id"])
    ask("run", "--once")
    assert ledger.numbers() == [1]
    told = ask("show", "甲")
    assert "the feed is too young" in told
    assert row["id"] in told
    assert json.loads(ask("show", "甲", "--format", "json"))["deliveries"][0]["state"] == "sent"


def test_a_watch_is_paused_goes_on_and_is_removed(ask: Ask, store: Store, ledger: Ledger) -> None:
    ask("add", "甲", "--channel", "ledger", "--period", "each")
    ask("pause", "甲")
    assert "paused" in ask("list")
    tell(store, 2)
    assert ask("run", "--once") == ""
    assert "2 changes of the feed are skipped" in ask("resume", "甲", "--skip")
    tell(store, 1, first=3)
    ask("run", "--once")
    assert ledger.numbers() == [3]
    assert "甲 is removed; 0 deliveries" in ask("remove", "甲")
    assert watches.listed(store) == []


def test_a_test_message_is_sent_at_once_and_says_so(ask: Ask, receiver: Receiver, store: Store) -> None:
    ask("add", "甲", "--channel", "ledger")
    assert "the channel ledger took the test message" in ask("test", "甲")
    assert json.loads(receiver.got[0].body)["type"] == "credit_harvester.test"
    receiver.script = ["404"]
    assert "the receiver answered 404: look at url of the channel." in ask("test", "甲", status=1)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("add", "甲", "--channel", "nowhere"), "There is no channel nowhere (there is: ledger)"),
        (("add", "甲\n乙", "--channel", "ledger"), "NAME must be one line"),
        (("add", " ", "--channel", "ledger"), "NAME must be one line"),
        (("add", "甲" * 61, "--channel", "ledger"), "at most 60 characters"),
        (("add", "甲", "--channel", "ledger", "--kind", "vanished"), "'vanished' is none of what --kind takes"),
        (("add", "甲", "--channel", "ledger", "--region", "31"), "six digits"),
        (("add", "甲", "--channel", "ledger", "--site", "nowhere"), "there is no site nowhere"),
        (("add", "甲", "--channel", "ledger", "--agency", "x" * 101), "at most 100 characters"),
    ],
)
def test_a_wrong_call_is_told_and_changes_nothing(ask: Ask, store: Store, words: tuple[str, ...], told: str) -> None:
    assert told in ask(*words, status=2)
    assert watches.listed(store) == []


@pytest.mark.parametrize("words", [("show", "乙"), ("pause", "乙"), ("resume", "乙"), ("remove", "乙"), ("test", "乙"), ("retry", "x")])
def test_what_is_not_there_is_told(ask: Ask, words: tuple[str, ...]) -> None:
    assert "list what there is with `harvester watch" in ask(*words, status=1)


def test_no_secret_is_printed_or_logged(ask: Ask, store: Store, receiver: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        told = ask("add", "甲", "--channel", "ledger", "--period", "each")
        tell(store, 1)
        receiver.script = ["500"]
        told += ask("run", "--once", status=1) + ask("list", "--format", "json") + ask("deliveries") + ask("show", "甲")
    assert SECRET.removeprefix("whsec_") not in told + caplog.text + store.name
