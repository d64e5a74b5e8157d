"""Verbs of operators that are called wrongly, or meet a place where nothing can be done: one sentence, its next step, the exit status."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harvester.cli.main import run
from storage.store import Store

TRUNCATED = "x" * 3000


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filled")
    Store.open(f"sqlite:///{folder}/store.sqlite", archive=folder / "archive", create=True).close()
    return folder


@pytest.fixture
def place(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HARVESTER_STORE", f"sqlite:///{tmp_path}/store.sqlite")
    monkeypatch.setenv("HARVESTER_LANG", "en")
    return tmp_path


@pytest.mark.parametrize(
    ("call", "status", "said"),
    [
        ("schedule bogus", 2, "schedule --help."),
        ("schedule next --until soon", 2, "write a day"),
        ("schedule next --until 2020-01-01", 2, "is not within a year"),
        ("schedule next --until 9999-12-31", 2, "is not within a year"),
        ("schedule pause anhui --reason x --until 10000-01-01", 2, "write a day"),
        ("schedule run anhui --since 2026-13-01", 2, "write it as YYYY-MM-DD"),
        ("schedule run anhui --since 2999-01-01", 2, "is still to come; write a day"),
        ("schedule resume nosuch", 2, "jobs are takedown"),
        ("schedule --format xml", 2, "is not one of"),
        ("incidents --site nosuch", 2, "see `harvester sites`"),
        ("incidents snooze nosuch --reason x --until 2026-12-01", 2, "see `harvester sites`"),
        ("incidents snooze anhui nosuch --reason x --until 2026-12-01", 2, "There is no cause"),
        ("incidents snooze anhui --reason _ --until 2999-12-01", 2, "longer than a year"),
        ("incidents snooze anhui --reason x --until 2020-01-01", 2, "would end before it begins (2020-01-02 00:00); write a later day"),
        ("incidents wake anhui timeout", 1, "see `harvester incidents`"),
        ("drift nosuch", 2, "there is no site nosuch; the sites are"),
        ("drift propose nosuch", 2, "see `harvester sites`"),
        ("drift propose anhui_records", 1, "Look at its pages"),
        ("drift accept shanghai", 2, "or --all"),
        ("drift accept shanghai 99999", 2, "see `harvester drift shanghai`"),
        ("drift accept shanghai 99999999999999999999999", 2, "is no proposal's id; write"),
        ("drift sheet nosuch", 2, "see `harvester sites`"),
        ("alerts --channel nosuch", 2, "There is no channel nosuch (there is: none yet); mend its name."),
        ("alerts --limit -3", 2, "alerts --help."),
        ("alerts test nosuch", 2, "write [channels.nosuch]"),
        ("alerts send", 2, "write channels into [alerts]"),
        ("alerts heartbeat", 2, "write [heartbeat]"),
        ("metrics --output /proc/x", 1, "choose a folder"),
        ("metrics --output .", 1, "choose a folder"),
        ("runs nosuch", 2, "the sites are"),
        ("runs --run a --log b", 2, "take one of --run, --log and --follow"),
        (f"runs --log {TRUNCATED}", 1, "begin with `harvester crawl SITE`"),
        ("db copy --to ./x.sqlite", 1, "write sqlite:///FILE"),
        ("db copy --to sqlite:///store.sqlite", 1, "name another place"),
        (
            "db copy --to sqlite:////proc/x.sqlite",
            1,
            "/proc/x.sqlite cannot be written (No such file or directory): choose another place with --to.",
        ),
        ("db copy --to sqlite:////proc/deep/x.sqlite", 1, "cannot be written"),
        ("db copy --from sqlite:///nosuch.sqlite --to sqlite:///y.sqlite", 1, "make one with `harvester db upgrade`"),
        ("db backup --to /proc/b", 1, "choose another folder"),
        ("db backup --to store.sqlite", 1, "choose another folder"),
        ("db backup --to bk --keep -1", 2, "db backup --help."),
        ("db backup --to bk --keep 99999999999", 2, "db backup --help."),
        ("db restore nosuch --to sqlite:///r/s.sqlite", 1, "make one with `harvester db backup --to nosuch`"),
        ("db restore nosuch --to mysql://x/y", 1, "use sqlite:///FILE"),
        ("db verify --backup nosuch", 1, "make one with"),
        ("db prune-changes --before 2999-01-01", 2, "is still to come"),
    ],
    ids=lambda value: value[:50] if isinstance(value, str) else "",
)
def test_a_wrong_call_ends_in_the_next_step(place: Path, capsys: pytest.CaptureFixture[str], call: str, status: int, said: str):
    before = sorted(each.name for each in place.iterdir())
    assert run(call.split()) == status
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert said in err and "not foreseen" not in err
    assert len(err) < 600
    assert sorted(each.name for each in place.iterdir()) == before


def test_nothing_to_propose_is_said(place: Path, capsys: pytest.CaptureFixture[str]):
    assert run(["drift", "propose", "shanghai"]) == 1
    assert capsys.readouterr().out == "No page of shanghai waits for a selector: see `harvester drift shanghai`.\n"


def test_a_snooze_without_a_reason_is_a_wrong_call(place: Path, capsys: pytest.CaptureFixture[str]):
    assert run(["incidents", "snooze", "anhui", "--reason", " ", "--until", "3d"]) == 2
    assert "A snooze needs a reason; say" in capsys.readouterr().err
