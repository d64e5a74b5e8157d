"""What is read of a store and of logs at the end of a soak, in samples that are right and samples that must be found."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest

from harvester.config import Config
from harvester.scheduling.plan import jobs
from tests.soak.findings import Said, log_troubles, missing, seconds
from tests.soak.judging import DueRow, Span
from tests.soak.sites import Shown
from tests.soak.stage import Stage, schedule_of, wanted

TABLES = """
CREATE TABLE documents (id, site, key, title, state, version, kind);
CREATE TABLE versions (document_id, number, text);
CREATE TABLE absences (document_id, since);
CREATE TABLE runs (id, site, verdict, cause, started_at, ended_at, due_run);
CREATE TABLE due_runs (id, job, kind, due_at, asked_by, state, note);
CREATE TABLE incidents (site, cause, opened_at, closed_at);
CREATE TABLE run_events (run);
"""
FAULT = Span("anhui", "500@all", 1000.0, 1200.0)


def said(folder: Path, *statements: str) -> Said:
    with closing(sqlite3.connect(folder / "store.sqlite")) as connection, connection:
        connection.executescript(TABLES + ";".join(statements))
    return Said(folder / "store.sqlite")


def holding(folder: Path, text: str, state: str = "live", absent: bool = False) -> Said:
    return said(
        folder,
        f"INSERT INTO documents VALUES ('d1', 'anhui', 'k1', '题目', '{state}', 2, 'article')",  # noqa: S608
        f"INSERT INTO versions VALUES ('d1', 1, '编号为7-1111'), ('d1', 2, '{text}')",  # noqa: S608
        "INSERT INTO absences VALUES ('d1', '2026-11-23 03:00:00.000000')" if absent else "SELECT 1",
    )


def told(store: Said, shown: Iterable[str] = ("k1",), taken_back: Iterable[str] = ()) -> str:
    truth = {"anhui": {key: Shown("题目", ("7-2222",)) for key in shown}}
    return " ".join(missing(store, truth, {"anhui": set(taken_back)}))


def test_a_store_that_has_what_is_shown_now_and_misses_what_was_taken_back_lacks_nothing(tmp_path: Path) -> None:
    assert told(holding(tmp_path, "……编号为7-2222。")) == ""


@pytest.mark.parametrize(("state", "absent"), [("live", True), ("gone", False)])
def test_what_was_taken_back_is_absent_or_gone(tmp_path: Path, state: str, absent: bool) -> None:
    assert told(holding(tmp_path, "", state, absent), (), {"k1"}) == ""


def test_what_is_shown_and_not_held_held_otherwise_or_missed_is_found(tmp_path: Path) -> None:
    store = holding(tmp_path, "编号为7-1111")
    assert "7-2222 is missing" in told(store)
    assert "is shown and not in the store" in told(store, ["k2"])
    assert "the store does not miss it" in told(store, (), ["k1"])


def test_what_is_shown_and_missed_by_the_store_is_found(tmp_path: Path) -> None:
    assert "missed since 2026-11-23" in told(holding(tmp_path, "编号为7-2222", absent=True))


def test_due_runs_are_read_with_the_causes_of_their_runs(tmp_path: Path) -> None:
    store = said(
        tmp_path,
        "INSERT INTO due_runs VALUES (5, 'anhui', 'crawl', '1970-01-01 01:40:00.000000', '', 'done', '')",
        "INSERT INTO due_runs VALUES (6, 'anhui', 'crawl', '1970-01-01 01:42:00.000000', 'olga', 'done', '')",
        "INSERT INTO runs VALUES ('r1', 'anhui', 'failed', 'killed', '1970-01-01 01:40:01', '1970-01-01 01:40:02', 5)",
        "INSERT INTO runs VALUES ('r2', 'anhui', 'complete', '', '1970-01-01 01:40:03', '1970-01-01 01:40:09', 5)",
        "INSERT INTO runs VALUES ('r3', 'anhui', NULL, '', '1970-01-01 01:41:03', NULL, NULL)",
        "INSERT INTO incidents VALUES ('anhui', 'dns', '1970-01-01 00:00:10', NULL)",
        "INSERT INTO run_events VALUES ('r2'), ('r2')",
    )
    assert store.due_rows() == [DueRow("anhui", 100, "done", "", ("killed", ""))]
    assert [run.what for run in store.runs()] == ["killed", "", "running"]
    assert store.incidents() == [Span("anhui", "dns", 10.0, 0.0)]
    assert store.logs_kept() == {"anhui": 1}
    assert store.planned() == {"anhui": 6000.0}


def test_the_minutes_of_a_schedule_are_those_that_its_cron_names() -> None:
    begin = seconds("2026-11-23 03:58:30.000000")
    found = {minute % 60 for minute in wanted(7, 3, begin, begin + 1200)}
    assert found == {59, 3, 10, 17}
    assert schedule_of(("anhui", "jiangsu", "shanghai"), 2)["jiangsu"] == (2, 1)


def test_an_error_in_a_log_is_explained_by_a_fault_of_its_site_only() -> None:
    def line(level: str, site: str, at: str = "1970-01-01T00:18:00.000Z") -> str:
        return f'{{"time": "{at}", "level": "{level}", "logger": "x", "event": "it broke", "site": "{site}"}}'

    assert list(log_troubles([line("error", "anhui"), line("warning", "jiangsu"), "the room is open"], [FAULT], 30)) == []
    for wrong in (line("error", "jiangsu"), line("critical", ""), line("error", "anhui", "1970-01-01T01:00:00.000Z")):
        assert "it broke" in " ".join(log_troubles([wrong], [FAULT], 30))
    for wrong in ("Traceback (most recent call last):", "  Traceback (most", "Exception ignored in: <x>", "Fatal Python error: Aborted"):
        assert list(log_troubles([wrong], [FAULT], 30))
    told = "jiangsu: timeout: http://127.0.0.1:1/list.html DownloadTimeoutError: took longer than 4.0 seconds"
    wrapped = ["so nothing is crawled: ConnectionRefusedError:", "ConnectionRefusedError: Connection was refused by other side: 111"]
    assert not list(log_troubles([told, "gId=1 DownloadTimeoutError: Getting", *wrapped], [FAULT], 30))


def test_the_settings_of_a_soak_name_each_job_until_nothing_is_to_become_due_any_more(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"anhui": "http://127.0.0.1:1"}, schedule_of(("anhui",), 2))
    file = tmp_path / "harvester.toml"
    before = {job.name: job.schedule.cron for job in jobs(Config.load(file, {}))}
    assert {name: before[name] for name in ("anhui", "watch")} == {"anhui": "0-59/2 * * * *", "watch": "0-59/1 * * * *"}
    stage.plan_no_more()
    after = {job.name: job.schedule.cron for job in jobs(Config.load(file, {}))}
    assert {after[name] for name in ("anhui", "takedown", "verify", "watch")} == {""}
