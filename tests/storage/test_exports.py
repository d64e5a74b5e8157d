"""What is exported is what is in the store, in files that others open and that start no formula."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import ExportError
from storage.exports import export, write
from storage.formulas import neutral
from storage.frames import NAMES, frame
from storage.store import Store
from tests.storage.conftest import filled_once, sqlite_template
from tests.storage.samples import AGENCIES, AT, LINES, make_derived, make_task, put

STARTS = tuple("=+-@＝＋－＠\t\r\n")
"""What starts a formula in one spreadsheet program or another."""
EVIL = '=HYPERLINK("http://evil.example","x")'


def fill(store: Store) -> None:
    store.load_agencies(AGENCIES)
    derived = make_derived()
    more = (make_task(EVIL, 0, deadline=None), make_task("第二行\n\x0b有控制字符", 0))
    put(store, store.begin_run("jiangkou", ["notices"], AT, region="310000"), "1", replace(derived, tasks=(*derived.tasks, *more)))


filled = filled_once(fill)


def test_a_frame_has_the_types_of_what_it_holds(filled: Store) -> None:
    found = frame(filled, "tasks")
    assert len(found) == 6
    types = {name: str(kind) for name, kind in found.dtypes.items()}
    assert types["text"] == "string"
    assert types["ordinal"] == "Int64"
    assert types["open_list"] == "boolean"
    assert types["deadline_end"] == types["published_on"] == "datetime64[s]"
    assert types["confidence"] == "Float64"
    assert str(frame(filled, "captures").dtypes["fetched_at"]) == "datetime64[us, UTC]"
    assert frame(filled, "captures")["fetched_at"][0] == pd.Timestamp(AT)
    assert found["deadline_end"].isna().sum() == 1
    assert found["partner"][0] == "各区人民政府、某某中心"
    assert found["ordinal"].tolist() == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("view", NAMES)
def test_every_view_has_the_same_types_with_and_without_rows(filled: Store, templates: dict[str, str], view: str) -> None:
    with Store.open(f"sqlite:///{sqlite_template(templates)}") as empty:
        none = frame(empty, view)
    assert none.empty
    assert list(none.dtypes.items()) == list(frame(filled, view).dtypes.items())


@pytest.mark.parametrize("number", ["一", "(二)", "1.2", "01", "①", ""])
def test_a_task_s_number_is_text_in_every_form(store: Store, tmp_path: Path, number: str) -> None:
    derived = make_derived()
    numbered = tuple(replace(task, number=number) for task in derived.tasks)
    put(store, store.begin_run("jiangkou", ["notices"], AT, region="310000"), "1", replace(derived, tasks=numbered))
    readers = {
        ".csv": partial(pd.read_csv, dtype="string", keep_default_na=False),
        ".xlsx": partial(pd.read_excel, dtype="string", keep_default_na=False),
        ".parquet": pd.read_parquet,
        ".jsonl": partial(pd.read_json, lines=True, dtype=False),
    }
    for ending, read in readers.items():
        export(store, "tasks", tmp_path / f"t{ending}")
        assert set(read(tmp_path / f"t{ending}")["number"]) == {number}, ending


def test_csv_is_read_by_others_and_starts_no_formula(filled: Store, tmp_path: Path) -> None:
    assert export(filled, "tasks", tmp_path / "t.csv") == 6
    assert (tmp_path / "t.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    assert found[0]["text"] == LINES[0]
    assert found[0]["deadline_end"] == "2024-09-30"
    assert found[4]["text"] == "'" + EVIL
    assert found[4]["deadline_end"] == ""


def test_a_sheet_keeps_text_as_text_and_days_as_days(filled: Store, tmp_path: Path) -> None:
    export(filled, "tasks", tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
    assert sheet is not None
    found = list(sheet.iter_rows(values_only=True))
    columns = {name: n for n, name in enumerate(found[0])}
    assert found[1][columns["text"]] == LINES[0]
    assert found[5][columns["text"]] == "'" + EVIL
    assert str(found[1][columns["deadline_end"]])[:10] == "2024-09-30"
    assert found[1][columns["ordinal"]] == 1


def test_parquet_keeps_the_types(filled: Store, tmp_path: Path) -> None:
    export(filled, "tasks", tmp_path / "t.parquet")
    found = pd.read_parquet(tmp_path / "t.parquet")
    assert found["text"].tolist() == frame(filled, "tasks")["text"].tolist()
    assert found["deadline_end"][0] == date(2024, 9, 30)
    assert found["text"][4] == EVIL


def test_json_lines_hold_real_characters_and_nothing_changed(filled: Store, tmp_path: Path) -> None:
    export(filled, "tasks", tmp_path / "t.jsonl")
    text = (tmp_path / "t.jsonl").read_text(encoding="utf-8")
    found = [json.loads(line) for line in text.splitlines()]
    assert LINES[0] in text
    assert (found[0]["deadline_end"], found[4]["deadline_end"], found[4]["text"], found[0]["open_list"]) == ("2024-09-30", None, EVIL, True)


def test_a_failed_export_leaves_the_file_that_was_there(filled: Store, tmp_path: Path) -> None:
    there = tmp_path / "t.csv"
    there.write_text("before")
    with pytest.raises(OverflowError):
        write(pd.DataFrame({"a": pd.Series([1, 2**70], dtype="object")}), there)
    assert there.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("view", "name", "sentence"),
    [
        ("tasks", "t.doc", "use one of .csv"),
        ("tasks", "t", "use one of .csv"),
        ("secrets", "t.csv", "choose one of"),
        ("tasks", "none/t.csv", "choose a folder"),
    ],
)
def test_what_cannot_be_exported_is_told(filled: Store, tmp_path: Path, view: str, name: str, sentence: str) -> None:
    with pytest.raises(ExportError, match=sentence):
        export(filled, view, tmp_path / name)


@given(st.text(max_size=20))
def test_property_no_cell_starts_a_formula_and_others_stay(value: str) -> None:
    assert not neutral(value).startswith(STARTS)
    assert neutral(value) in (value, f"'{value}")


@pytest.mark.parametrize(
    "evil",
    ["=1", "+1", "-1", "@x", "＝1", "＋1", "－1", "＠x", "\t=1", "\r=1", "\n=1", " =1", '"=1', "\u3000＝1", "\ufeff=1", "'=1", "“=1"],
)
def test_what_a_program_could_take_for_a_formula_gets_an_apostrophe(evil: str) -> None:
    assert neutral(evil) == f"'{evil}"


@pytest.mark.parametrize("plain", ["一、重点工作", "a=b", "1-2", "（-5）", "", "'quoted'", "“引号”"])
def test_what_is_none_stays_what_it_is(plain: str) -> None:
    assert neutral(plain) == plain


def test_a_lone_surrogate_and_a_nul_are_harmless(tmp_path: Path) -> None:
    write(pd.DataFrame({"a": pd.Series(["fine", "\ud800\0"], dtype="object")}), tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text(encoding="utf-8-sig").splitlines()[2] == '"\ufffd\ufffd"'


def test_numbers_and_days_are_no_formulas() -> None:
    assert [neutral(-1), neutral(None), neutral(date(2024, 1, 1))] == [-1, None, date(2024, 1, 1)]
