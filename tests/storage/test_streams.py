"""Downloads hold what the question found, run nothing, keep no rows in memory, and are whole or broken, never short."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet
from python_calamine import CalamineWorkbook

from harvester import addresses
from storage import batch_reading, frames, queries, sheets, streams
from storage.cells import json_values, tidy
from storage.errors import ExportError, StoreError
from storage.formulas import UNSEEN, neutral, tidied
from storage.notice_queries import NoticeFilters
from storage.questions import Documents, Notices, Question, Table, Tasks, View
from storage.selection import Filters
from storage.store import Store
from tests.storage.conftest import child, filled_once
from tests.storage.notice_samples import OTHER, TODAY, make_entry, make_given, make_notice
from tests.storage.samples import AGENCIES, AT, LINES, make_derived, make_task, put

EVIL = (
    '=HYPERLINK("http://evil.example","x")',
    "＝cmd|' /C calc'!A0",
    "\u3000@SUM(1)",
    '"=1+1',
    "-2+3",
    "abc\u202edef\x0b\x07",
    "_x0041_ <b>&amp;",
)
STARTS = tuple("=+-@＝＋－＠\t\r\n")
SOAK = bool(os.environ.get("HARVESTER_SOAK"))


def fill(store: Store) -> None:
    store.load_agencies(AGENCIES)
    derived = make_derived()
    more = tuple(make_task(text, 0, deadline=None) for text in EVIL)
    run = store.begin_run("jiangkou", ["notices"], AT, region="310000")
    put(store, run, "1", replace(derived, tasks=(*derived.tasks, *more)))
    put(store, run, "2", make_derived("海门县宣传计划", LINES[:2], document_number=""))
    store.ingest_notices(run, [make_given("1", make_notice()), make_given("2", make_entry(OTHER))], today=TODAY)


filled = filled_once(fill)


def whole(store: Store, question: Question, form: str) -> bytes:
    return b"".join(streams.chunks(store, question, form))


def rows_of(data: bytes, form: str) -> list[dict[str, Any]]:
    """Return the rows of a download as a program of the reader's sees them, plain."""
    if form == "csv":
        return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    if form == "jsonl":
        return [json.loads(line) for line in data.decode().split("\n")[:-1]]
    if form == "parquet":
        found: list[dict[str, Any]] = parquet.read_table(io.BytesIO(data)).to_pylist()
        return found
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


@pytest.mark.parametrize("form", streams.FORMS)
def test_a_download_holds_the_rows_of_the_question_in_their_order(filled: Store, form: str) -> None:
    for question, asked in (
        (Tasks(), queries.tasks(filled)),
        (Tasks(Filters(words="宣传", limit=1)), queries.tasks(filled, Filters(words="宣传", limit=1))),
        (Documents(), queries.documents(filled)),
        (Tasks(Filters(as_of=date(2000, 1, 1))), []),
    ):
        found = rows_of(whole(filled, question, form), form)
        assert [row.get("task", row["document"]) for row in found] == [row["id"] for row in asked]
    found = rows_of(whole(filled, View("captures"), form), form)
    assert {str(row["status"]) for row in found} == {"200"}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_nothing_in_a_table_for_people_is_run_or_steers_a_program(filled: Store, form: str) -> None:
    texts = [row["text"] or "" for row in rows_of(whole(filled, Tasks(), form), form)]
    assert sum(text.startswith("'") for text in texts) == 5
    assert not any(text.lstrip(" \u3000\"'").startswith(STARTS) for text in texts if not text.startswith("'"))
    assert not any(sign in "".join(texts) for sign in "\u202e\x0b\x07")
    assert "abc\ufffddef\ufffd\ufffd" in texts
    assert any("<b>&amp;" in text for text in texts)


def test_programs_get_every_text_as_it_is(filled: Store) -> None:
    for form in ("jsonl", "parquet"):
        assert {row["text"] for row in rows_of(whole(filled, Tasks(), form), form)} >= set(EVIL)


def test_types_are_those_of_the_form(filled: Store) -> None:
    told = {form: rows_of(whole(filled, Tasks(), form), form)[-6:][0] for form in streams.FORMS}
    first = {form: next(row for row in rows_of(whole(filled, Tasks(), form), form) if row["deadline_end"]) for form in streams.FORMS}
    assert (first["csv"]["deadline_end"], first["csv"]["counted"], first["csv"]["confidence"]) == ("2024-09-30", "true", "0.95")
    assert (first["jsonl"]["deadline_end"], first["jsonl"]["counted"], first["jsonl"]["confidence"]) == ("2024-09-30", True, 0.95)
    assert (first["parquet"]["deadline_end"], first["parquet"]["ordinal"]) == (date(2024, 9, 30), 1)
    assert (first["xlsx"]["deadline_end"], first["xlsx"]["counted"], first["xlsx"]["ordinal"]) == (datetime(2024, 9, 30), True, 1)
    assert set(told) == set(streams.FORMS)
    moment = {form: rows_of(whole(filled, View("captures"), form), form)[0]["fetched_at"] for form in streams.FORMS}
    assert moment == dict.fromkeys(("csv", "jsonl", "xlsx"), "2024-05-06T01:02:03.456789+00:00") | {"parquet": AT}


def test_a_row_carries_the_address_that_lasts(filled: Store) -> None:
    day = date(2024, 6, 1)
    for row in rows_of(whole(filled, Tasks(Filters(as_of=day)), "jsonl"), "jsonl"):
        assert row["link"] == addresses.task(row["lasting_id"], at=day)
    for row in rows_of(whole(filled, Documents(), "csv"), "csv"):
        assert row["link"] == addresses.document(row["document"], version=int(row["version"]))
    for row in rows_of(whole(filled, Notices(NoticeFilters(), TODAY), "jsonl"), "jsonl"):
        assert row["link"] == addresses.record(row["notice"])
    assert list(row)[-1] == streams.LINK
    assert "link" not in frames.notices(filled, today=TODAY)


def test_records_are_announced_before_the_first_byte(filled: Store) -> None:
    told: list[Any] = []
    question = Notices(NoticeFilters(), TODAY)
    pieces = streams.chunks(filled, question, "csv", lambda ids, count: told.append((sorted(ids), count)))
    assert told == []
    next(pieces)
    assert told == [(sorted(frames.notices(filled, today=TODAY)["notice"]), 2)]
    pieces.close()

    def refuse(ids: Any, count: int) -> None:
        raise PermissionError

    with pytest.raises(PermissionError):
        next(streams.chunks(filled, question, "csv", refuse))
    list(streams.chunks(filled, Tasks(), "csv", refuse))


def test_what_cannot_be_asked_is_refused_before_the_first_byte(filled: Store) -> None:
    for question, form in ((Tasks(), "doc"), (View("secrets"), "csv")):
        with pytest.raises(ExportError, match="choose one"):
            next(streams.chunks(filled, question, form))


@pytest.mark.parametrize("form", streams.FORMS)
def test_a_download_that_breaks_raises_and_never_just_ends(filled: Store, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    with batch_reading.answered(filled, Tasks(), fast=False) as answer:
        first = next(answer.batches)

    def broken(*_: object) -> Iterator[pa.RecordBatch]:
        yield first
        raise StoreError("gone")

    monkeypatch.setattr(batch_reading, "_by_sqlalchemy", broken)
    monkeypatch.setattr(batch_reading, "_by_adbc", broken)
    with pytest.raises(StoreError, match="gone"):
        list(streams.chunks(filled, Tasks(), form))


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "ROWS", 10)
    data = b"".join(streams.of_table(Table(("n", "text"), [(n, "x") for n in range(25)]), "xlsx"))
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert [(sheet.title, sheet.max_row) for sheet in book] == [("data", 11), ("data2", 11), ("data3", 6)]
    assert [row[0] for sheet in book for row in sheet.iter_rows(min_row=2, values_only=True)] == list(range(25))


def test_a_workbook_is_read_by_others_and_keeps_long_and_odd_texts() -> None:
    long, astral = "长" * 40_000, "\U0001f600" * 40_000
    rows = [("  spaces  ", "a\r\nb", long, astral, None, 1.5, float("inf"), date(1850, 1, 1), datetime(2024, 1, 1, tzinfo=UTC))]
    data = b"".join(streams.of_table(Table(list("abcdefghi"), rows), "xlsx"))
    found = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name("data").to_python()[1]
    assert found[0] == "  spaces  "
    assert (len(found[2]), len(found[3]), found[4], found[5], found[6], found[7]) == (32_767, 16_383, "", 1.5, "", "1850-01-01")
    opened = openpyxl.load_workbook(io.BytesIO(data)).active
    assert opened is not None
    assert opened["B2"].value in ("a\r\nb", "a\nb")
    assert opened.freeze_panes == "A2"


PLAIN = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(st.lists(st.one_of(st.none(), PLAIN, st.sampled_from(EVIL)), max_size=8))
def test_property_columns_are_made_harmless_as_single_cells_are(values: list[str | None]) -> None:
    found = tidy(pa.array(values, pa.string())).to_pylist()
    for value, cell in zip(values, found, strict=True):
        assert (cell is None) == (value is None)
        if cell is not None and value is not None:
            assert cell == tidied(value)
            assert neutral(cell.removeprefix("'")) in (cell, cell.removeprefix("'"))
            assert not cell.startswith(STARTS)
            assert len(cell.removeprefix("'")) >= len(value) - value.startswith("'")
    assert not any(pa.compute.match_substring_regex(pa.array(found, pa.string()), UNSEEN).to_pylist())


@given(st.lists(st.one_of(st.none(), PLAIN, st.text(st.characters(max_codepoint=0x7F), max_size=10)), max_size=8))
def test_property_values_are_told_in_json_as_python_tells_them(values: list[str | None]) -> None:
    assert [json.loads(told) for told in json_values(pa.array(values, pa.string())).to_pylist()] == values


@given(st.lists(st.tuples(PLAIN, st.one_of(st.none(), st.integers(-(2**62), 2**62))), max_size=6))
def test_property_a_csv_has_as_many_rows_and_cells_as_the_table(rows: list[tuple[str, int | None]]) -> None:
    data = b"".join(streams.of_table(Table(("=a", "b"), rows), "csv"))
    found = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert found[0] == ["'=a", "b"]
    assert [cells[1] for cells in found[1:]] == ["" if number is None else str(number) for _, number in rows]


# --- memory --------------------------------------------------------------------------------------------------------------

MEASURED = """
import resource, sys
from datetime import date
from storage import streams
from storage.store import Store
from storage.questions import View
with Store.open(sys.argv[1]) as store:
    warm = sum(len(piece) for piece in streams.chunks(store, View("runs"), sys.argv[2]))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    size = sum(len(piece) for piece in streams.chunks(store, View("failures"), sys.argv[2]))
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(before, after, size)
"""


MANY = 1_000_000 if SOAK else 100_000


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give the URL of a store with many rows of some 200 bytes each."""
    url = f"sqlite:///{tmp_path_factory.mktemp('many')}/many.sqlite"
    with Store.open(url, create=True) as store:
        run = store.begin_run("jiangkou", ["notices"], AT)
        numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {MANY})"  # noqa: S608
        with store.writing() as connection:
            connection.exec_driver_sql(
                "INSERT INTO failures (run, site, section, kind, url, key, cause, detail, at) "  # noqa: S608
                f"{numbers} SELECT '{run}', 'jiangkou', 'notices', 'article', 'https://x.example.cn/' || i, i, 'timeout', "
                f"'第' || i || '条没有答复，已等待三十秒，稍后再试，详情见记录', '2024-05-06 01:02:03.000000' FROM n"
            )
    return url


@pytest.mark.parametrize("form", streams.FORMS)
def test_a_hundred_thousand_rows_are_sent_in_flat_memory(many: str, form: str) -> None:
    """With HARVESTER_SOAK=1 a million."""
    process = child(MEASURED, many, form)
    out, _ = process.communicate(timeout=600)
    before, after, size = map(int, out.split())
    assert size > MANY * (4 if form in ("parquet", "xlsx") else 150)
    assert (after - before) * 1024 < 60_000_000 + (80_000_000 if form == "parquet" else 0), f"{(after - before) // 1024} MB"
