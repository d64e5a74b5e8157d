"""What is wrong, as an operator reads it in a terminal in his language, and what he may do about it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from harvester.cli.alerting import brief
from harvester.cli.main import run
from harvester.web.shown import word
from spiders.factsheet import load_sheet
from storage import incidents
from storage.incidents import Finding
from storage.store import Store

CAUSE = "no-list-container"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HARVESTER_STORE", f"sqlite:///{tmp_path}/store.sqlite")
    monkeypatch.setenv("HARVESTER_LANG", "zh")
    Store.open(f"sqlite:///{tmp_path}/store.sqlite", archive=tmp_path / "archive", create=True).close()
    return tmp_path


def break_site(place: Path, *found: Finding, site: str = "anhui") -> None:
    with Store.open(f"sqlite:///{place}/store.sqlite", archive=place / "archive") as store:
        incidents.settle(store, site, list(found), {each.cause: [each.section] for each in found}, at=datetime.now(UTC))


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = run(list(words))
    out, err = capsys.readouterr()
    return status, out, err


def test_the_table_shows_a_cause_in_words_and_the_id_that_snooze_is_called_with(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    break_site(place, Finding(CAUSE, "alarm", "tzgg"))
    _status, out, _err = told(capsys, "incidents")
    assert "未找到列表" in out
    assert CAUSE in out


@pytest.mark.parametrize("cause", [CAUSE, "未找到列表"])
def test_a_cause_is_snoozed_and_woken_by_its_id_or_by_its_words(place: Path, capsys: pytest.CaptureFixture[str], cause: str) -> None:
    break_site(place, Finding(CAUSE, "alarm", "tzgg"))
    assert told(capsys, "incidents", "snooze", "anhui", cause, "--reason", "已知", "--until", "2099-01-01")[0] == 2
    day = f"{datetime.now(UTC).year + 1}-01-01"
    assert told(capsys, "incidents", "snooze", "anhui", cause, "--reason", "已知", "--until", day)[0] == 0
    with Store.open(f"sqlite:///{place}/store.sqlite", archive=place / "archive") as store:
        assert [each.cause for each in incidents.snoozed(store, datetime.now(UTC))] == [CAUSE]
    assert told(capsys, "incidents", "wake", "anhui", cause)[0] == 0
    status, _out, err = told(capsys, "incidents", "wake", "anhui", cause)
    assert (status, "没有暂缓提醒的事件" in err) == (1, True)


def test_a_snooze_of_what_is_not_wrong_yet_is_said_and_stays_in_view_until_it_is_woken(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARVESTER_LANG", "en")
    monkeypatch.setenv("HARVESTER_OPERATOR", "office")
    day = f"{datetime.now(UTC).year + 1}-01-01"
    out = " ".join(told(capsys, "incidents", "snooze", "anhui", "--reason", "they move", "--until", day)[1].split())
    assert "Nothing of it is open now: what comes until then is silent, too" in out
    for words in (("incidents",), ("incidents", "--site", "anhui")):
        out = " ".join(told(capsys, *words)[1].split())
        assert "anhui: nobody is told of every cause until" in out
        assert "they move (office); wake it with `harvester incidents wake anhui`" in out
    assert "nobody is told" not in told(capsys, "incidents", "--site", "jiangsu")[1]
    break_site(place, Finding(CAUSE, "alarm", "tzgg"))
    assert "wake it with" not in told(capsys, "incidents")[1], "its incident shows it now"
    told(capsys, "incidents", "wake", "anhui")
    break_site(place, site="anhui")
    assert "nobody is told" not in told(capsys, "incidents")[1]


def test_a_word_that_is_no_cause_is_answered_with_the_ids_that_are_open(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = ("incidents", "snooze", "anhui", "找不到", "--reason", "已知", "--until", "2099-01-01")
    assert "目前也没有未结的事件" in told(capsys, *call)[2]
    break_site(place, Finding(CAUSE, "alarm", "tzgg"), Finding("fill", "warning", "tzgg"))
    status, _out, err = told(capsys, *call)
    assert status == 2
    assert "没有原因 '找不到'" in err
    assert f"{CAUSE}、fill" in err or f"fill、{CAUSE}" in err


def test_the_end_of_an_incident_is_told_as_recovered(monkeypatch: pytest.MonkeyPatch) -> None:
    """``derive`` calls recovered what it could not read before: that is another word in Chinese."""
    row = {"kind": "recovered", "message": "recovered", "cause": "dns", "state of message": "sent", "error": None}
    moments = dict.fromkeys(("formed_at", "sent_at"), datetime.now(UTC))
    monkeypatch.setenv("HARVESTER_LANG", "zh")
    assert brief(row | moments)["message"] == word("message recovered", "zh") == "已恢复"
    monkeypatch.setenv("HARVESTER_LANG", "en")
    assert brief(row | moments)["message"] == word("message recovered", "en") == "well again"


def test_alerts_say_why_nobody_is_told(place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARVESTER_LANG", "en")
    assert "the settings name no channels for alerts" in " ".join(told(capsys, "alerts")[1].split())
    (place / "harvester.toml").write_text(
        '[alerts]\nchannels = ["duty"]\n[channels.duty]\nkind = "webhook"\nurl = "https://ledger.example/hook"\n'
    )
    out = " ".join(told(capsys, "alerts")[1].split())
    assert "Nothing is sent to duty, and no worker begins with such settings: The channel duty has no secret" in out
    assert told(capsys, "alerts", "--format", "json")[1].strip() == "[]"


def test_nothing_wrong_and_nobody_told_are_said_with_the_next_step(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "没有未结的事件" in told(capsys, "incidents")[1]
    assert "harvester incidents" in told(capsys, "alerts")[1]
    assert told(capsys, "incidents", "--format", "json")[1].strip() == "[]"


def test_a_site_and_its_sections_are_called_by_their_names(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    break_site(place, Finding(CAUSE, "alarm", "tzgg"))
    out = told(capsys, "incidents")[1]
    section = next(each.name_zh for each in load_sheet("anhui").sections if each.id == "tzgg")
    assert f"{load_sheet('anhui').name_zh}的列表页" in "".join(out.split())
    assert section in "".join(out.split())
    assert "anhui的列表页" not in out
