from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from harvester.cli.main import run
from tests.records.samples import FIRM, entry, keep, new_store, penalty, valid_code

CODE = valid_code("20000001")
NOW = datetime.now(UTC) - timedelta(minutes=5)
Ask = Callable[..., Any]


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    monkeypatch.setenv("HARVESTER_STORE", f"sqlite:///{tmp_path / 'store.sqlite'}")
    monkeypatch.setenv("HARVESTER_LANG", "en")
    monkeypatch.setenv("HARVESTER_OPERATOR", "李分析")
    person = {"行政相对人名称": "欧阳青岚", "行政相对人类别": "自然人", "行政相对人代码_1(统一社会信用代码)": ""}
    day = NOW.date() - timedelta(days=60)
    with new_store(tmp_path) as store:
        keep(store, [penalty("1", decided=day), penalty("2", decided=day, **person), entry("1", day=day)], NOW)

    def asked(*words: str, status: int = 0, form: str = "json") -> Any:
        got = run([*words, *(["--format", form] if form else [])])
        out = capsys.readouterr()
        assert got == status, out.err
        return json.loads(out.out) if form == "json" and status == 0 else out.out + out.err

    return asked


def test_notices_are_found_by_a_code_in_any_spelling(ask: Ask) -> None:
    spaced = " ".join(CODE[n : n + 4] for n in range(0, 18, 4)).lower()
    assert [row["subject"] for row in ask("notices", "--code", spaced)] == [FIRM, FIRM]
    assert [row["fine_yuan"] for row in ask("notices", "--code", CODE, "--kind", "penalty")] == [2000]


def test_a_number_of_a_person_is_no_question_and_is_not_repeated(ask: Ask) -> None:
    told = ask("notices", "--code", "11010519491231002X", status=2)
    assert "natural person" in told
    assert "11010519491231002X" not in told


def test_a_dossier_says_where_was_looked_and_that_it_is_no_certificate(ask: Ask) -> None:
    told = ask("dossier", CODE)
    assert (told["check"]["valid"], [name["name"] for name in told["names"]]) == (True, [FIRM])
    assert {kind: len(rows) for kind, rows in told["notices"].items()} == {"penalty": 1, "list-entry": 1}
    words = ask("dossier", CODE, form="table")
    assert "no certificate" in words
    assert FIRM in words
    empty = ask("dossier", valid_code("20000009"), form="table")
    assert "No public record is shown" in empty


def test_every_question_is_in_the_log_before_its_answer_is_shown(ask: Ask) -> None:
    ask("notices", "--name", "青岚")
    ask("dossier", CODE)
    ask("changes", form="table")
    rows = ask("audit")
    assert [(row["action"], row["actor"], row["rows"]) for row in rows] == [
        ("changes", "李分析", 3),
        ("dossier", "李分析", 2),
        ("notices", "李分析", 2),
    ]
    assert "青岚" not in json.dumps(rows, ensure_ascii=False)
    assert [row["action"] for row in ask("audit", "--subject", "青岚")] == ["notices"]


def test_changes_go_on_from_a_sequence_number_or_a_day(ask: Ask) -> None:
    rows = ask("changes")
    assert [row["kind"] for row in rows] == ["entered"] * 3
    assert [row["seq"] for row in ask("changes", "--since", str(rows[1]["seq"]))] == [rows[2]["seq"]]
    assert len(ask("changes", "--since", f"{NOW:%Y-%m-%d}")) == 3
    assert len(ask("changes", "--kind", "penalty", "--kind", "entered")) == 2
    assert "no moment" in ask("changes", "--since", "someday", status=2)


def test_an_objection_goes_its_way_and_the_record_with_it(ask: Ask) -> None:
    (row,) = ask("notices", "--kind", "penalty", "--code", CODE)
    assert "is marked" in ask("objections", "add", row["id"], "--statement", "电话13800138000，金额有误", form="")
    (waiting,) = ask("objections", "--open")
    assert "13800138000" not in waiting["statement"]
    assert "upheld" in ask("objections", "decide", "1", "upheld", form="")
    assert ask("notices", "--kind", "penalty", "--code", CODE) == []
    (done,) = ask("takedown")
    assert (done["left"], done["finished"]) == (0, 1)
    assert "may no longer be shown" in ask("explain", row["id"], status=1)
    assert [event["kind"] for event in ask("changes") if event["entity_id"] == row["id"]] == ["entered", "left"]


def test_a_take_down_of_another_day_is_a_dry_run_only(ask: Ask) -> None:
    assert "--dry-run" in ask("takedown", "--on", "2031-01-01", status=2)
    (row,) = ask("takedown", "--on", "2099-01-01", "--dry-run")
    assert (row["expired"], len(ask("notices"))) == (3, 3)


def test_explain_shows_what_a_record_was_read_from(ask: Ask) -> None:
    (row,) = ask("notices", "--kind", "penalty", "--code", CODE)
    told = ask("explain", row["id"])
    assert {each["label"]: each["value"] for each in told["printed"]}["处罚结果"] == "罚款2000元"
    assert told["archived"]["file"].startswith("records/")


def test_search_finds_legal_subjects_and_no_person(ask: Ask) -> None:
    assert {hit["kind"] for hit in ask("search", "青岚仪表")} == {"notice"}
    assert ask("search", "欧阳") == []


def test_an_export_of_records_is_logged_and_has_no_person_s_name(ask: Ask, tmp_path: Path) -> None:
    ask("export", "notices", "--to", str(tmp_path / "n.csv"), form="")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "n.csv").read_text("utf-8-sig"))))
    assert sorted(row["subject"] for row in rows) == sorted([FIRM, FIRM, "欧阳某"])
    assert ask("audit")[0]["action"] == "export"


def test_a_graph_needs_an_ending_that_tells_its_form(ask: Ask, tmp_path: Path) -> None:
    assert "nodes" in ask("graph", "--to", str(tmp_path / "g.graphml"), form="")
    assert ".graphml" in ask("graph", "--to", str(tmp_path / "g.png"), status=2, form="")


def test_quality_is_grouped_by_known_columns_only(ask: Ask) -> None:
    assert [row["records"] for row in ask("quality", "--by", "site")] == [3, 3]
    assert "choose among" in ask("quality", "--by", "weather", status=2)
    assert {row["indicator"] for row in ask("indicators")} >= {"index", "codes-valid"}
    assert "Experimental" in ask("indicators", form="table")


def test_a_dossier_names_other_codes_of_the_same_name(ask: Ask, tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        keep(store, [penalty("9", code=valid_code("20000007"), decided=NOW.date() - timedelta(days=9))], NOW)
    assert [other["code"] for other in ask("dossier", CODE)["other_codes"]] == [valid_code("20000007")]


def test_an_export_is_logged_before_it_is_written_with_the_records_it_gives_away(ask: Ask, tmp_path: Path) -> None:
    (row,) = ask("notices", "--kind", "penalty", "--code", CODE)
    ask("export", "notices", "--to", str(tmp_path / "n.csv"), form="")
    ask("export", "subjects", "--to", str(tmp_path / "s.csv"), form="")
    told = {(each["action"], each["rows"], each["certain"]) for each in ask("audit", "--notice", row["id"]) if each["action"] == "export"}
    assert told == {("export", 3, True), ("export", 1, False)}


def test_an_export_carries_whole_addresses_where_the_settings_name_the_room_and_paths_where_not(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (row,) = ask("notices", "--kind", "penalty", "--code", CODE)
    file = tmp_path / "n.jsonl"
    for settings, base in (("{}", ""), ('{"base": "https://credit.example.cn/"}', "https://credit.example.cn")):
        monkeypatch.setenv("HARVESTER_ROOM", settings)
        ask("export", "notices", "--to", str(file), form="")
        assert f"{base}/n/{row['id']}" in [json.loads(line)["link"] for line in file.read_text("utf-8").splitlines()]


def test_an_answer_whose_records_are_not_all_kept_counts_as_one_that_may_have_held_any(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.audit.MOST_IDS", 1)
    ids = {row["id"] for row in ask("notices")}
    assert {each["certain"] for name in ids for each in ask("audit", "--notice", name)} == {True, False}


def test_a_code_of_an_individual_business_is_no_question_and_is_not_repeated(ask: Ask) -> None:
    code = valid_code("20000001", kind="92")
    told = ask("dossier", code, status=2)
    assert "individual business" in told
    assert code not in told


def test_a_code_that_is_not_sound_is_said_to_be_so(ask: Ask) -> None:
    wrong = CODE[:-1] + ("1" if CODE[-1] != "1" else "2")
    assert "is not sound" in ask("notices", "--code", wrong, form="table")


def test_a_record_without_a_day_stands_without_one_in_a_table(ask: Ask, tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        undated = entry("9", firm="杭州无日信息有限公司")
        keep(store, [replace(undated, fields=tuple(each for each in undated.fields if each.label != "列入日期"))], NOW)
    (line,) = [line for line in ask("notices", "--name", "无日", form="table").splitlines() if "无日" in line]
    assert f"{NOW:%Y-%m-%d}" not in line.partition("无日")[0]


def test_a_graph_that_cannot_be_written_is_told_with_the_next_step(ask: Ask, tmp_path: Path) -> None:
    told = ask("graph", "--to", str(tmp_path / "missing" / "g.graphml"), status=1, form="")
    assert "choose a folder" in told


def test_a_dry_run_is_done_even_when_something_is_left_to_erase(ask: Ask) -> None:
    (row,) = ask("notices", "--kind", "penalty", "--code", CODE)
    ask("objections", "add", row["id"], "--statement", "金额有误", form="")
    ask("objections", "decide", "1", "upheld", form="")
    (told,) = ask("takedown", "--dry-run")
    assert told["left"] == 1


@pytest.mark.parametrize("words", [("changes", "--since", "9" * 30), ("objections", "add", "n0", "--statement", " ")])
def test_a_wrong_call_is_one_clear_sentence(ask: Ask, words: tuple[str, ...]) -> None:
    told = ask(*words, status=2, form="")
    assert "not foreseen" not in told
