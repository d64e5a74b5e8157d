"""A table fits the terminal it is shown on, loses no character, and says codes in the user's language."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from harvester.cli import output, tables
from harvester.cli.explaining import agency_text, deadline_text
from harvester.cli.output import Format, emit
from harvester.cli.tables import SOME, WHOLE, fit, show_table
from harvester.telling import place

ROWS: list[dict[str, Any]] = [
    {
        "id": "dtpx2g367zzu.1.t1",
        "text": "归集双公示数据，按月通报迟报漏报情况并纳入年度考核。",
        "url": "https://example.org/a/b/c.html",
        "tasks": 12,
    },
    {"id": "dtpx2g367zzu.1.t2", "text": "开展信用修复培训。", "url": "https://example.org/", "tasks": None},
]


@pytest.mark.parametrize("width", [40, 60, 80, 120, 160])
def test_a_table_fits_its_terminal_and_loses_nothing(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tables, "console", lambda: Console(width=width, highlight=False))
    show_table(ROWS, ("id", "text", "url", "tasks"))
    shown = capsys.readouterr().out
    assert max(cell_len(line) for line in shown.split("\n")) <= width
    for row in ROWS:
        assert [c for c in row["text"] + row["url"] if c not in shown] == []
        assert row["id"] in shown  # identifiers are copied: never broken


@given(
    texts=st.lists(st.fixed_dictionaries({"id": st.text("ab信用", max_size=40), "text": st.text("ab信用", max_size=90)})),
    room=st.integers(1, 200),
)
def test_property_columns_share_the_room_and_short_values_stay_whole(texts: list[dict[str, str]], room: int) -> None:
    widths = fit(texts, ("id", "text"), room)
    if texts and widths:
        assert sum(widths.values()) <= room
        for column, width in widths.items():
            longest = max(cell_len(text[column]) for text in texts)
            assert width >= (longest if longest <= WHOLE else SOME)


def test_values_of_several_lines_are_as_wide_as_their_longest_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tables, "console", lambda: Console(width=60, highlight=False))
    show_table([{"what": "某专班", "examples": "dtpx2g367zzu.1.t1\ndtpx2g367zzu.1.t2"}], ("what", "examples"))
    assert [line.split()[-1] for line in capsys.readouterr().out.splitlines()[2:]] == ["dtpx2g367zzu.1.t1", "dtpx2g367zzu.1.t2"]


def test_a_table_without_rows_has_no_heading(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(tables, "console", lambda: Console(width=20, highlight=False))
    monkeypatch.setenv("HARVESTER_LANG", "en")
    show_table([], ("id", "decided_by", "decision state"))
    assert capsys.readouterr().out == "(nothing found)\n"


def test_records_in_a_cell_of_csv_can_be_read_back(capsys: pytest.CaptureFixture[str]) -> None:
    proposals = [{"name": "合肥市数据资源局", "id": "a1", "score": 61.5}, {"name": "=甲", "id": "a2", "score": 60.0}]
    output.emit([{"what": "某专班", "proposals": proposals, "lead": [{"mention": "甲局"}, {"mention": "乙局"}]}], output.Format.CSV, ())
    row = next(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert json.loads(row["proposals"]) == proposals
    assert row["lead"] == "甲局、乙局"


@pytest.mark.parametrize("heading", ["[/b]", "[red]x[/red]", "json_extract('[1]','$[#-1]')"])
@pytest.mark.parametrize("width", [80, 40])
def test_a_heading_that_somebody_wrote_is_shown_as_it_is(
    heading: str, width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tables, "console", lambda: Console(width=width, highlight=False))
    show_table([{heading: "甲局", "another": "乙局"}], (heading, "another", "a third of some letters"))
    assert heading in "".join(capsys.readouterr().out.split())


def test_values_of_csv_stand_under_their_headings_and_none_is_lost(capsys: pytest.CaptureFixture[str]) -> None:
    output.emit([{"a": 1, "b": 2, "c": 3}, {"a": 4, "c": 6}], output.Format.CSV, ())
    assert capsys.readouterr().out == "a,b,c\n1,2,3\n4,,6\n"
    with pytest.raises(ValueError, match="not in fieldnames"):
        output.emit([{"a": 1}, {"a": 2, "b": 3}], output.Format.CSV, ())


def test_no_line_of_csv_is_a_formula_the_heading_neither(capsys: pytest.CaptureFixture[str]) -> None:
    output.emit([{"=b": "=1+1", "c": 2}], output.Format.CSV, ())
    assert capsys.readouterr().out == "'=b,c\n'=1+1,2\n"


def test_no_cell_of_csv_begins_a_line_or_cell_of_its_own_in_any_program(capsys: pytest.CaptureFixture[str]) -> None:
    for evil in ("a\r=1+1", "a;=1+1", "a\t=1+1", 'a";=1+1'):
        output.emit([{"a": evil, "b": 2}], output.Format.CSV, ())
        assert capsys.readouterr().out == 'a,b\n"{}","2"\n'.format(evil.replace('"', '""'))


def test_csv_steers_no_terminal_and_turns_no_writing(capsys: pytest.CaptureFixture[str]) -> None:
    output.emit([{"a": "\x1b[2J\x9b2J\u202e甲\u2066\ud800"}], output.Format.CSV, ())
    assert capsys.readouterr().out == "a\n\ufffd[2J\ufffd2J\ufffd甲\ufffd\ufffd\n"


def test_a_complaint_never_steers_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    output.complain("坏\n名\x1b[2J.docx is damaged\x9b0m: fetch it again.")
    assert capsys.readouterr().err == "harvester: 坏 名 [2J.docx is damaged 0m: fetch it again.\n"


def test_codes_are_told_in_the_user_s_language(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("HARVESTER_LANG", "zh")
    show_table([{"verdict": "complete", "site": "complete"}], ("verdict", "site"))
    shown = capsys.readouterr().out
    assert "完整" in shown
    assert "complete" in shown


@pytest.mark.parametrize(
    ("address", "words"), [("tab1.r7.c3", "table 1, row 7, column 3"), ("p12", "paragraph 12"), ("p1x", "p1x"), ("", ""), ("page", "page")]
)
def test_an_address_is_told_in_words(address: str, words: str) -> None:
    assert place(address) == words


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        ("2026-01-01", "2026-06-30", "2026-01-01 – 2026-06-30"),
        (None, "2026-06-30", "→ 2026-06-30 ("),
        ("2026-01-01", None, "2026-01-01 – …"),
    ],
)
def test_the_days_of_a_deadline_are_told_without_blanks_for_what_is_not_known(start: str | None, end: str | None, told: str) -> None:
    task = {"deadline_start": start, "deadline_end": end, "deadline_text": "6月底前", "deadline_kind": "by-date", "deadline_basis": "cell"}
    assert told in deadline_text(task | {"deadline_address": ""})
    assert "→" not in deadline_text(task | {"deadline_address": "", "deadline_start": None, "deadline_end": None})


def test_a_deadline_says_in_words_how_it_binds_and_in_which_cell_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    task = {"deadline_start": None, "deadline_end": "2026-06-30", "deadline_text": "6月底前", "deadline_kind": "by-date"}
    task |= {"deadline_basis": "cell", "deadline_address": "tab1.r2.c5"}
    monkeypatch.setenv("HARVESTER_LANG", "en")
    assert deadline_text(task) == "6月底前 → 2026-06-30 (by-date, cell, table 1, row 2, column 5 (tab1.r2.c5))"
    monkeypatch.setenv("HARVESTER_LANG", "zh")
    assert deadline_text(task).startswith("6月底前 → 2026-06-30（截止到日，单元格，")


def test_counts_with_their_causes_and_seconds_stand_to_the_right(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tables, "console", lambda: Console(width=80, highlight=False))
    show_table([{"failures": "0", "seconds": 1.5}, {"failures": "dns 2", "seconds": 12.0}], ("failures", "seconds"))
    line = capsys.readouterr().out.splitlines()[2]
    assert line.split("│")[0].startswith("  ")
    assert line.rstrip().endswith("    1.5")


@pytest.mark.parametrize(("lang", "shown_as"), [("en", "甲局, 乙局"), ("zh", "甲局、乙局")])
def test_a_list_in_a_table_has_the_sign_of_the_language_and_in_csv_always_the_same(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], lang: str, shown_as: str
) -> None:
    monkeypatch.setenv("HARVESTER_LANG", lang)
    rows = [{"lead": [{"mention": "甲局"}, {"mention": "乙局"}]}]
    emit(rows, Format.TABLE, ("lead",))
    assert shown_as in capsys.readouterr().out
    emit(rows, Format.CSV, ("lead",))
    assert capsys.readouterr().out == "lead\n甲局、乙局\n"


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", "市局 → 江口市局 (a1, context-alias, naming pattern)"), ("zh", "市局 → 江口市局（a1，按本地简称，按命名规律）")],
)
def test_why_a_body_was_tied_is_told_in_the_language(monkeypatch: pytest.MonkeyPatch, lang: str, words: str) -> None:
    monkeypatch.setenv("HARVESTER_LANG", lang)
    agency = {"mention": "市局", "name": "江口市局", "agency_id": "a1", "rule": "context-alias", "resolved": True, "flags": []}
    assert agency_text(agency, {"a1": {"valid_from": None, "valid_to": None, "source": "naming pattern"}}) == words
