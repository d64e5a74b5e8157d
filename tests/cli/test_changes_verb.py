"""The verbs of the feed as people and programs call them: in words, as rows, as Atom; cursors, clocks, snapshots, the horizon."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from harvester.cli.main import run
from harvester.lineage import kin
from storage.identity import document_id
from storage.store import Store
from tests.storage.feed_samples import body, task, task_row, told
from tests.storage.histories import PLACES, WHOLE, Crawler, Line, Page
from tests.storage.samples import AT

Ask = Callable[..., Any]
TITLE = "江口市2024年信用建设工作安排"
FIRST = Page(TITLE, (Line(WHOLE, 0, 6), Line("开展诚信主题宣传活动，覆盖全部街道和工业园区", 1, 7)))
SECOND = Page(TITLE, (Line(WHOLE, 0, 8), Line("组织信用服务机构备案，公布备案名单并抽查履约情况", 0, 7)))
DOCUMENT = document_id(*PLACES[0])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a store whose document was found on one day and edited on the next."""
    file = tmp_path_factory.mktemp("made") / "store.sqlite"
    with Store.open(f"sqlite:///{file}", create=True) as store:
        crawler = Crawler(store)
        crawler.finds(PLACES[0], FIRST)
        crawler.finds(PLACES[0], SECOND)
        store.end_run(crawler.runs["jiangkou"], "complete", "", {}, AT + timedelta(days=3))
    return file


@pytest.fixture
def path(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HARVESTER_STORE", f"sqlite:///{tmp_path / 'store.sqlite'}")
    monkeypatch.setenv("HARVESTER_LANG", "en")
    monkeypatch.setenv("HARVESTER_CONTACT", "https://credit.example.org/about")
    shutil.copy(made, tmp_path / "store.sqlite")
    return tmp_path


@pytest.fixture
def ask(path: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    def asked(*words: str, status: int = 0, form: str = "json") -> Any:
        got = run([*words, *(["--format", form] if form else [])])
        out = capsys.readouterr()
        assert got == status, out.err
        return json.loads(out.out) if form == "json" and status == 0 else out.out + out.err

    return asked


def test_a_body_is_told_what_it_gained_and_had_changed(ask: Ask) -> None:
    rows = ask("changes", "--agency", "市档案局", "--since", "2024-05-08")
    assert [(row["kind"], row["effect"]) for row in rows] == [("changed", "changed"), ("added", "gained")]
    assert "8月底前" in rows[0]["told"]["zh"]
    assert rows[0]["told"]["en"] != rows[0]["told"]["zh"]
    lost = ask("changes", "--agency", "市统计局", "--since", "2024-05-08")
    assert [row["effect"] for row in lost] == ["lost"]
    assert [row["seq"] for row in ask("changes", "--agency", "市档案局", "--role", "partner")] == []


def test_the_table_tells_it_by_document_with_the_sums_and_the_way_on(ask: Ask) -> None:
    shown = ask("changes", "--agency", "市档案局", form="table")
    assert TITLE in shown
    assert DOCUMENT in shown
    last = ask("changes")[-1]["seq"]
    assert f"--since {last}" in shown
    assert "gained 2" in shown
    assert "changed 1" in shown
    assert "lost 0" in shown


def test_a_new_document_is_told_without_each_of_its_tasks(ask: Ask) -> None:
    shown = ask("changes", "--until", "2024-05-08", form="table")
    assert "its tasks, 2" in shown
    assert "宣传活动" not in shown
    assert "宣传活动" in ask("changes", "--until", "2024-05-08", "--entity", "task", form="table")


def test_the_table_speaks_chinese(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARVESTER_LANG", "zh")
    shown = ask("changes", "--agency", "市统计局", form="table")
    assert "不再承担 1" in shown
    assert "下次用 --since" in shown
    assert ask("changes", "--kind", "removed", form="csv").count("删去") == 1


def test_a_page_of_the_feed_goes_on_where_the_last_one_ended(ask: Ask) -> None:
    every = [row["seq"] for row in ask("changes", "--all", "--limit", "0")]
    first = [row["seq"] for row in ask("changes", "--all", "--limit", "3")]
    rest = [json.loads(line)["seq"] for line in ask("changes", "--all", "--since", str(first[-1]), form="jsonl").splitlines()]
    assert first + rest == every
    assert f"--since {first[-1]} goes on" in ask("changes", "--all", "--limit", "3", form="table")


def test_nothing_found_says_where_was_looked_and_until_when(ask: Ask) -> None:
    shown = ask("changes", "--kind", "gone", form="table")
    assert "jiangkou: read completely until 2024-05-09 09:02" in shown
    assert "hushi: never read completely" in shown
    assert "hushi" not in ask("changes", "--kind", "gone", "--site", "jiangkou", form="table")
    assert "jiangkou: read completely until" in ask("changes", "--kind", "gone", form="jsonl")


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("--kind", "vanished"), "choose among"),
        (("--kind", "penalty", "--kind", "permit"), "one at a time"),
        (("--cause", "rumour"), "choose among"),
        (("--entity", "person"), "choose among"),
        (("--since", "someday"), "no moment"),
        (("--since", "2024-06-02", "--until", "2024-06-01"), "earlier one first"),
        (("--as-of-from", "2024-06-02", "--as-of-to", "2024-06-01"), "earlier one first"),
        (("--region", "31"), "six digits"),
        (("--site", "nowhere"), "no site"),
    ],
)
def test_a_wrong_call_is_one_clear_sentence(ask: Ask, words: tuple[str, ...], hint: str) -> None:
    assert hint in ask("changes", *words, status=2, form="")


def test_a_cursor_of_another_store_and_one_before_the_horizon_are_refused(ask: Ask) -> None:
    last = ask("changes", "--all")[-1]["seq"]
    assert "harvester snapshot" in ask("changes", "--since", str(last + 1), status=1)
    assert "would be dropped" in ask("db", "prune-changes", "--before", "2024-05-08", "--dry-run", form="")
    assert "dropped" in ask("db", "prune-changes", "--before", "2024-05-08", form="")
    assert f"now {last}" in ask("changes", "--since", "0", status=1)
    assert "still to come" in ask("db", "prune-changes", "--before", "2999-01-01", status=2, form="")


def test_a_body_that_nobody_knows_is_no_empty_answer(ask: Ask) -> None:
    assert "No body is called 江口市信用署" in ask("changes", "--agency", "江口市信用署", status=1)
    assert ask("changes", "--agency", "市档案局", "--since", "2999-01-01") == []


@pytest.mark.parametrize("option", ["--as-of-to", "--since"])
def test_the_last_day_of_the_calendar_stands_for_no_end(ask: Ask, option: str) -> None:
    ask("changes", option, "9999-12-31")


@pytest.mark.parametrize("verb", ["tasks", "documents", "agencies"])
def test_what_will_be_said_on_a_day_that_lies_ahead_is_not_answered(ask: Ask, verb: str) -> None:
    assert "lies ahead of today" in ask(verb, "--as-of", "9999-12-31", status=2, form="")


def test_a_task_that_is_gone_is_explained_as_gone(ask: Ask) -> None:
    gone = next(row["entity_id"] for row in ask("changes", "--entity", "task", "--kind", "removed"))
    assert f"changes --task {gone}" in ask("explain", gone, form="")


def test_versions_show_since_when_a_document_said_what(ask: Ask) -> None:
    rows = ask("versions", DOCUMENT)
    assert [(row["version"], row["change"], row["in_force_from"]) for row in rows] == [
        (1, "first", "2024-03-05"),
        (2, "source", "2024-05-08"),
    ]
    assert rows[0]["changes"] == {"document added": 1, "task added": 2}
    assert rows[1]["changes"]["task changed"] == 1
    assert rows[0]["last_seen"] < rows[1]["first_seen"]
    assert ask("versions", f"{DOCUMENT}.2.t1") == rows
    assert "2024-05-08" in ask("versions", DOCUMENT, form="table")
    assert "nothing called" in ask("versions", "dnone", status=1)


def test_a_snapshot_is_brought_up_to_date_by_the_feed_alone(ask: Ask, path: Path) -> None:
    ask("snapshot", "--to", str(path / "a.jsonl"), form="")
    with Store.open(f"sqlite:///{path / 'store.sqlite'}") as store:
        crawler = Crawler(store)
        crawler.day = 5
        crawler.finds(PLACES[0], FIRST)
    ask("snapshot", "--update", str(path / "a.jsonl"), "--to", str(path / "b.jsonl"), form="")
    assert (path / "b.jsonl").read_text("utf-8") == ask("snapshot", form="")
    assert (path / "a.jsonl").read_text("utf-8") != (path / "b.jsonl").read_text("utf-8")
    assert sorted(file.name for file in path.glob("*.jsonl*")) == ["a.jsonl", "b.jsonl"]
    ask("snapshot", "--update", str(path / "a.jsonl"), form="")
    assert (path / "a.jsonl").read_text("utf-8") == (path / "b.jsonl").read_text("utf-8")


@pytest.mark.parametrize("text", ["", "no json", '{"seq": 1, "known_at": null, "counts": {}}\n', "[]\n", '{"a": 1}\n'])
def test_a_file_that_is_no_snapshot_of_this_feed_is_refused(ask: Ask, path: Path, text: str) -> None:
    (path / "a.jsonl").write_text(text, "utf-8")
    assert "harvester snapshot" in ask("snapshot", "--update", str(path / "a.jsonl"), status=1, form="")


def test_every_question_knows_both_clocks(ask: Ask) -> None:
    early = ("--as-of", "2024-05-07")
    assert [row["text"][:2] for row in ask("tasks", *early)] == ["编制", "开展"]
    assert [row["version"] for row in ask("documents", *early)] == [1]
    assert {row["name"] for row in ask("agencies", *early)} > {"江口市统计局"}
    assert ask("search", "宣传活动", *early)
    assert ask("search", "宣传活动") == []
    for verb in (("tasks",), ("documents",), ("agencies",), ("search", "编制")):
        assert ask(*verb, "--known-at", "2024-05-06") == []
        assert ask(*verb, "--known-at", "2024-05-07")
    assert ask("tasks", "--known-at", "someday", status=2)


def test_hits_of_all_kinds_stand_under_the_same_headings_of_csv(ask: Ask) -> None:
    hits = ask("search", "编制")
    assert len({tuple(hit) for hit in hits}) > 1, "a task has a field that a document lacks"
    rows = list(csv.DictReader(io.StringIO(ask("search", "编制", form="csv"))))
    assert [(row["kind"], row["id"], row["site"]) for row in rows] == [(hit["kind"], hit["id"], hit["site"]) for hit in hits]


def test_atom_comes_out_with_the_operator_s_name_in_its_identifiers(ask: Ask) -> None:
    shown = ask("changes", "--limit", "2", form="atom")
    assert "tag:credit.example.org,2026:change:1<" in shown
    assert 'rel="next" href="?since=2"' in shown


def test_a_city_s_body_is_found_under_the_name_it_had_before_a_reform(path: Path, ask: Ask) -> None:
    former = body("市工商局", "苏州市工商行政管理局", "acba3d5eee1")
    with Store.open(f"sqlite:///{path / 'store.sqlite'}") as store:
        seq = told(store, task_row("added", after=task(1, lead=[former], document="d9"), region="320500"))[-1]
        assert kin(store, "苏州市市场监督管理局")
    for name in ("苏州市市场监督管理局", "苏州市工商行政管理局", "acba3d5eee1", "市工商局"):
        assert [row["seq"] for row in ask("changes", "--agency", name)] == [seq], name
    assert ask("changes", "--agency", "无锡市市场监督管理局") == []
