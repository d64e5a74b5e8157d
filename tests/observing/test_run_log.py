"""The log of a run says what its crawl did, is bounded and pruned, and never stands in the crawl's way."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from harvester.cli import run_log
from harvester.cli.output import Format
from harvester.crawl import RunSummary
from harvester.observing import events
from harvester.observing.events import cleaned, note
from harvester.observing.wording import EVENTS, line
from harvester.replica.document import ReplicaDocument
from harvester.replica.server import Replica
from storage import run_events
from storage.run_events import Event
from storage.store import Store
from tests import warm
from tests.crawl.sites import Reply, config, harvest, served
from tests.storage.conftest import kind, postgres, postgres_template, sqlite_template, templates, url

__all__ = ["kind", "postgres", "postgres_template", "templates", "url"]
ROOT = Path(__file__).resolve().parents[2]
Rows = list[dict[str, Any]]
BEGUN = datetime(2026, 11, 2, 0, 30, tzinfo=UTC)


def log_of(folder: Path, run: str) -> Rows:
    with Store.open(f"sqlite:///{folder / 'store.sqlite'}") as store:
        return run_events.read(store, run)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, RunSummary], dict[str, RunSummary]]]:
    """Give a store with two runs of a site of documents and one of a site of records; the first was half broken."""
    folder = tmp_path_factory.mktemp("crawled")
    pages = [
        ReplicaDocument("", f"诚信建设通知之{n}", date(2026, 2, n), f"<p>第{n}号：推进诚信宣传。</p>", site="anhui") for n in (1, 2, 3)
    ]
    with Replica(["anhui", "zhejiang_records"], fault="500:anhui@article", extra=pages, own_content=False) as replica:
        broken = harvest(folder, replica.bases, "anhui", "zhejiang_records")
        replica.fault = ""
        yield folder, broken, harvest(folder, replica.bases, "anhui")


def test_a_log_begins_tells_lists_documents_failures_and_retries_and_ends_with_the_verdict(
    crawled: tuple[Path, dict[str, RunSummary], dict[str, RunSummary]],
) -> None:
    folder, broken, mended = crawled
    first, second = log_of(folder, broken["anhui"].run), log_of(folder, mended["anhui"].run)
    for rows, summary in ((first, broken["anhui"]), (second, mended["anhui"])):
        assert [row["number"] for row in rows] == list(range(1, len(rows) + 1))
        assert (rows[0]["event"], rows[-1]["event"]) == ("began", "verdict")
        assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
        assert rows[-1]["detail"]["verdict"] == summary.verdict
        assert rows[-1]["detail"]["requests"] == summary.requests
        told = Counter(row["event"] for row in rows)
        assert told["list"] == summary.captures["list"]
        assert told["failure"] == sum(summary.failures.values())
    failures = [row["detail"] for row in first if row["event"] == "failure"]
    assert {failure["cause"] for failure in failures} == {"http-error"}
    retries = [row["detail"]["times"] for row in first if row["event"] == "retry"]
    assert Counter(retries) == {1: len(failures), 2: len(failures)}
    documents = [row["detail"] for row in second if row["event"] == "document"]
    assert sum(document.get("files", 1) for document in documents) == mended["anhui"].documents


def test_of_a_site_of_records_the_log_counts_records_and_shows_none(
    crawled: tuple[Path, dict[str, RunSummary], dict[str, RunSummary]],
) -> None:
    folder, broken, _ = crawled
    summary = broken["zhejiang_records"]
    rows = log_of(folder, summary.run)
    counted = sum(row["detail"]["records"] for row in rows if row["event"] == "records")
    assert counted == sum(summary.captures.get(name, 0) for name in ("row", "record")) > 10
    assert {row["event"] for row in rows} <= {"began", "list", "records", "failure", "retry", "note", "verdict"}
    with sqlite3.connect(folder / "store.sqlite") as connection:
        names = [name for (name,) in connection.execute("SELECT DISTINCT subject_name FROM notices WHERE subject_name <> ''")]
    written = json.dumps([row["detail"] for row in rows], ensure_ascii=False)
    assert len(names) > 10
    assert [name for name in names if name in written] == []


def test_the_verb_prints_a_log_and_follows_one_to_its_end(
    crawled: tuple[Path, dict[str, RunSummary], dict[str, RunSummary]], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, broken, _ = crawled
    run = broken["anhui"].run
    place = ("--store", f"sqlite:///{folder / 'store.sqlite'}")
    printed = warm.program("runs", "--log", run, *place, environment={"HARVESTER_LANG": "zh"}).stdout.splitlines()
    assert len(printed) == len(log_of(folder, run))
    assert "运行开始" in printed[0]
    assert "运行结束" in printed[-1]
    with Store.open(f"sqlite:///{folder / 'store.sqlite'}") as store:
        run_log.follow(store, run, Format.JSONL)
    followed = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    assert [row["number"] for row in followed] == list(range(1, len(printed) + 1))
    missing = warm.program("runs", "--follow", "19700101T000000-abcdef", *place)
    assert missing.returncode == 1
    assert "harvester runs" in missing.stderr


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[Store]:
    """Give an empty store, SQLite and PostgreSQL in turn."""
    with Store.open(url, archive=tmp_path / "archive") as opened:
        yield opened


def begun(store: Store, at: datetime = BEGUN, site: str = "shanghai") -> str:
    return store.begin_run(site, ["zc"], at, name="上海")


def test_whoever_follows_a_run_is_given_events_as_they_come_and_the_end(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_log, "LOOK_EVERY", 0.02)
    run = begun(store)
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.extend(row["event"] for row in run_log.coming(store, run)))
    reader.start()
    for event in ("began", "list", "note"):
        note(store, run, "info", event, section="zc", text="x")
    store.end_run(run, "complete", "", {}, BEGUN + timedelta(minutes=1))
    note(store, run, "info", "verdict", verdict="complete")
    reader.join(10)
    assert got[:3] == ["began", "list", "note"]
    assert not reader.is_alive()


def test_events_of_two_writers_are_numbered_one_after_the_other(store: Store) -> None:
    run = begun(store)
    writers = [threading.Thread(target=lambda: [note(store, run, "info", "note", text="x") for _ in range(10)]) for _ in range(2)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    assert [row["number"] for row in run_events.read(store, run)] == list(range(1, 21))
    assert [row["number"] for row in run_events.read(store, run, after=17)] == [18, 19, 20]


def test_logs_of_old_runs_of_a_site_are_dropped_and_those_of_others_stay(store: Store) -> None:
    runs = [begun(store, BEGUN + timedelta(days=day)) for day in range(5)]
    other = begun(store, BEGUN - timedelta(days=9), site="anhui")
    for run in (*runs, other):
        note(store, run, "info", "note", text="x")
    assert run_events.prune(store, "shanghai", keep=2) == 3
    assert [run for run in (*runs, other) if run_events.read(store, run)] == [*runs[3:], other]
    assert run_events.prune(store, "shanghai", keep=2) == 0


def test_an_event_says_nothing_of_persons_and_no_secret(store: Store) -> None:
    run = begun(store)
    note(store, run, "warning", "note", text="联系电话13812345678，token=abcdefgh12", section="", page=3)
    (row,) = run_events.read(store, run)
    assert "13812345678" not in row["detail"]["text"]
    assert "abcdefgh12" not in row["detail"]["text"]
    assert row["detail"].keys() == {"text", "page"}


def test_the_state_that_answers_are_told_apart_by_does_not_move_with_a_log(store: Store) -> None:
    run = begun(store)
    before = store.state()
    note(store, run, "info", "note", text="x")
    assert store.state() == before


def test_a_log_is_bounded_and_its_end_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "MOST", 8)
    held = RunLogAlone()
    for number in range(30):
        held.tell("info", "list", section="zc", page=number, items=1)
    held.tell("info", "verdict", verdict="complete")
    held.flush(last=True)
    assert [event.event for event in held.held] == [*["list"] * 8, "verdict", "counted"]
    assert held.held[-1].detail == {"events": 22}


class RunLogAlone(events.RunLog):
    """A log without a crawl and without a store."""

    def __init__(self) -> None:
        self.held, self.written, self.dropped, self.store = [], 0, 0, None
        self._records = Counter()


def test_a_store_that_takes_no_events_stops_no_crawl_and_they_come_later(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    run, held = begun(store), RunLogAlone()
    held.store, held.run = store, run
    with monkeypatch.context() as patched:
        patched.setattr(run_events, "append", refuse)
        held.tell("info", "note", text="first")
        held.flush(wait=True)
        assert run_events.read(store, run) == []
    held.flush(wait=True)
    assert [row["detail"]["text"] for row in run_events.read(store, run)] == ["first"]


def refuse(*_: Any) -> int:
    from storage.errors import LockedStore

    raise LockedStore("locked")


def test_a_pace_that_robots_txt_asks_for_and_a_challenge_are_told(tmp_path: Path) -> None:
    def answer(path: str) -> Reply:
        if path == "/robots.txt":
            return Reply(b"User-agent: *\nCrawl-delay: 0.2\n", headers={"content-type": "text/plain"})
        return Reply("<html>请输入验证码</html>".encode(), 403, {"content-type": "text/html; charset=utf-8"})

    with served(answer) as (base, _):
        summary = harvest(tmp_path, {"suzhou_sip": base})["suzhou_sip"]
    rows = log_of(tmp_path, summary.run)
    told = {row["event"]: row["detail"] for row in rows}
    assert told["pace"]["seconds"] == 0.2
    assert told["failure"]["cause"] == "challenge"
    assert told["stopped"]["reason"] == "challenge"
    assert (told["verdict"]["verdict"], rows[-1]["level"]) == ("blocked", "error")


def test_a_dry_run_writes_no_log(tmp_path: Path, templates: dict[str, str]) -> None:
    shutil.copy(sqlite_template(templates), tmp_path / "store.sqlite")
    with Replica(["anhui"], own_content=False) as replica:
        warm.crawl(["anhui"], config(tmp_path, replica.bases), dry_run=True)
    with sqlite3.connect(tmp_path / "store.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM run_events").fetchone() == (0,)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_event_is_told_in_words_and_an_unknown_one_by_its_values(lang: str) -> None:
    samples: dict[str, dict[str, Any]] = {
        "began": {"sections": ["zc"]}, "list": {"section": "zc", "page": 1, "pages": 4, "items": 15},
        "document": {"effect": "new", "url": "http://x/"}, "records": {"section": "xk", "records": 3}, "gone": {"documents": 2},
        "failure": {"cause": "timeout", "url": "http://x/", "detail": ""}, "retry": {"times": 1, "url": "http://x/"},
        "pace": {"host": "x", "seconds": 5, "before": 3}, "stopped": {"reason": "shutdown"}, "note": {"text": "x"},
        "verdict": {"verdict": "complete", "requests": 3, "least": 3, "bytes": 9}, "counted": {"events": 4},
        "finding": {"cause": "timeout", "section": "zc", "observed": "3", "expected": "5"},
    }  # fmt: skip
    assert samples.keys() == EVENTS
    told = {name: line(name, detail, lang) for name, detail in samples.items()}
    assert not [name for name, text in told.items() if "{" in text or not text]
    assert line("later", {"b": 1, "a": 2}, lang) == "later a=2 b=1"
    assert line("list", {"odd": 1}, lang) == "list odd=1"


def test_every_event_is_documented() -> None:
    page = (ROOT / "docs" / "observing.md").read_text("utf-8")
    assert [name for name in EVENTS if f"| `{name}` |" not in page] == []


def test_texts_of_an_event_are_cleaned_and_what_is_empty_is_left_out() -> None:
    assert cleaned({"a": "", "b": None, "c": 0, "d": "https://u:geheim@host/"}) == {"c": 0, "d": "https://***@host/"}
    assert Event(BEGUN, "info", "note").detail == {}
