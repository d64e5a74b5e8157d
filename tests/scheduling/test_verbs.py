"""The verbs of the schedule as an operator calls them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from harvester.cli.main import run
from harvester.cli.worker_lines import Lines
from harvester.config import Config
from harvester.scheduling.plan import Job
from spiders.schedule import Schedule
from storage import workers
from storage.store import Store
from tests.scheduling.test_embedded import empty as empty

Call = Callable[..., tuple[int, str, str]]
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
SETTINGS = """
store = "{store}"
operator = "office"
[schedule.anhui]
cron = "0 2 * * mon-fri"
jitter_minutes = 0
"""


@pytest.fixture
def call(empty: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    shutil.copy(empty, tmp_path)
    (tmp_path / "harvester.toml").write_text(SETTINGS.format(store=f"sqlite:///{tmp_path}/store.sqlite"))
    monkeypatch.setenv("HARVESTER_CONFIG", str(tmp_path / "harvester.toml"))
    monkeypatch.setenv("HARVESTER_LANG", "en")

    def called(*words: str) -> tuple[int, str, str]:
        with time_machine.travel(NOON, tick=False):
            status = run(words)
        out, err = capsys.readouterr()
        return status, out, err

    return called


def row(call: Call, job: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = json.loads(call("schedule", "list", "--format", "json")[1])
    return next(each for each in found if each["job"] == job)


def test_the_schedule_says_when_each_job_is_due_and_that_nobody_does_it(call: Call) -> None:
    status, out, _ = call("schedule")
    assert status == 0
    assert "Monday to Friday at 02:00" in out
    assert "2026-03-03 02:00" in out
    assert "No worker is heard of: nothing of this is done until `harvester worker` runs." in out
    assert row(call, "anhui")["next"] == "2026-03-02T18:00:00+00:00"


def test_the_schedule_speaks_chinese(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARVESTER_LANG", "zh")
    out = call("schedule", "list")[1]
    assert "周一至周五 02:00" in out
    assert "没有工作进程" in out


def test_what_comes_next_is_listed_in_the_order_of_time(call: Call) -> None:
    found = json.loads(call("schedule", "next", "--format", "json")[1])
    assert [each["next"] for each in found] == sorted(each["next"] for each in found)
    assert [each["job"] for each in found].count("watch") == 1
    week = json.loads(call("schedule", "next", "anhui", "--until", "2026-03-16", "--format", "json")[1])
    assert [each["next"][:10] for each in week] == [f"2026-03-{day:02d}" for day in (2, 3, 4, 5, 8, 9, 10, 11, 12, 15)]


def test_a_job_is_paused_with_a_reason_and_goes_on(call: Call) -> None:
    assert (
        "anhui rests until 2026-03-09 00:00" in call("schedule", "pause", "anhui", "--reason", "they rebuild", "--until", "2026-03-08")[1]
    )
    assert "paused by office until 2026-03-09 00:00: they rebuild" in " ".join(call("schedule")[1].split())
    assert row(call, "anhui")["paused"]
    assert row(call, "anhui")["next"] == "2026-03-08T18:00:00+00:00"
    assert "anhui: paused by office until 2026-03-09 00:00: they rebuild" in call("schedule", "next", "anhui")[1]
    assert "anhui: paused by office" in call("schedule", "next")[1]
    ahead = json.loads(call("schedule", "next", "anhui", "--until", "2026-03-10", "--format", "json")[1])
    assert [each["next"][:10] for each in ahead] == ["2026-03-08", "2026-03-09"]
    status, _, err = call("schedule", "run", "anhui")
    assert status == 2
    assert "paused by office (they rebuild); let it go on with `harvester schedule resume anhui`" in err
    assert "anhui goes on; it is due next 2026-03-03 02:00" in call("schedule", "resume", "anhui")[1]
    assert not row(call, "anhui")["paused"]


def test_a_job_that_rests_until_it_is_resumed_has_no_next_moment(call: Call) -> None:
    call("schedule", "pause", "anhui", "--reason", "they rebuild")
    assert row(call, "anhui")["next"] is None
    assert json.loads(call("schedule", "next", "anhui", "--format", "json")[1]) == []
    assert "anhui: paused by office until resumed: they rebuild" in call("schedule", "next", "anhui")[1]


def test_a_job_that_is_asked_for_is_due_and_it_is_said_who_does_it(call: Call, tmp_path: Path) -> None:
    assert "anhui is due now, as number 1. No worker is heard of" in call("schedule", "run", "anhui", "--sweep")[1]
    assert row(call, "anhui")["state"] == "due"
    config = Config.load(tmp_path / "harvester.toml", {})
    with Store.open(config.store) as store, ExitStack() as held:
        workers.register(store, held, "host", 1, "1", NOON)
        assert "1 worker is heard of" in call("schedule", "run", "jiangsu", "--since", "2026-02-01")[1]
        assert "worker host.1.slot1, heard of 0 s ago: nothing just now" in call("schedule")[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "nowhere"), "There is no job nowhere"),
        (("run", "takedown", "--sweep"), "crawls nothing"),
        (("run", "zhejiang_records"), "The address of zhejiang_records is not known today"),
        (("pause", "anhui"), "reason"),
        (("pause", "anhui", "--reason", " "), "A pause needs a reason"),
        (("pause", "anhui", "--reason", "x", "--until", "2026-03-01"), "would end before it begins"),
        (("next", "--until", "2026-03-01"), "not within a year"),
        (("next", "nowhere"), "There is no job nowhere"),
    ],
)
def test_a_wrong_call_is_refused_in_a_sentence(call: Call, words: tuple[str, ...], said: str) -> None:
    status, _, err = call("schedule", *words)
    assert status == 2
    assert said in err


def test_a_wrong_schedule_in_the_settings_is_told_with_its_place(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "harvester.toml"
    file.write_text(file.read_text() + 'hours = "late"\n')
    for words in (("schedule",), ("worker", "--once")):
        status, _, err = call(*words)
        assert status == 2, err
        assert "harvester.toml, [schedule.anhui]: hours 'late' is no time from one hour to another" in err


def test_a_look_at_watches_is_no_job_done(call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("schedule", "run", "watch")[0] == 0
    assert run(["worker", "--once"]) == 0
    assert "0 due runs were begun; watches were looked at" in capsys.readouterr().out
    assert row(call, "watch")["state"] == "done"
    assert call("schedule", "run", "takedown")[0] == 0
    assert run(["worker", "--once"]) == 0
    assert "1 due run was begun" in capsys.readouterr().out


@pytest.mark.parametrize("words", [("--run", "nosuch"), ("--log", "nosuch"), ("--follow", "nosuch"), ("--run", "x" * 5000)])
def test_a_run_that_there_is_not_is_told_with_those_there_are(call: Call, tmp_path: Path, words: tuple[str, ...]) -> None:
    status, _, err = call("runs", *words)
    assert status == 1
    assert err.endswith(", and none at all yet: begin with `harvester crawl SITE`.\n")
    assert len(err) < 250
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as store:
        begun = [store.begin_run("anhui", [], NOON + timedelta(hours=hour)) for hour in range(4)]
    status, _, err = call("runs", *words)
    assert status == 1
    assert f"; the latest are {', '.join(reversed(begun[1:]))}: list all of them with `harvester runs`." in err


def test_a_worker_names_what_comes_next_chores_as_well_as_sites(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARVESTER_LANG", "en")
    every = [Job("anhui", "crawl", Schedule()), Job("watch", "chore", Schedule()), Job("jiangsu", "crawl", Schedule(cron=""))]
    Lines(Config()).started("here", every, {"anhui": NOON + timedelta(hours=1), "watch": NOON + timedelta(minutes=3)}, 4)
    assert "next: watch 2026-03-02 12:03, anhui 2026-03-02 13:00; now:" in capsys.readouterr().out
