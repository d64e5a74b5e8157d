"""Frames hold the rows of the questions in the columns of the views, alike on both databases and by both ways of reading."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from storage import batch_reading, change_queries, frames, notice_queries, queries
from storage.change_filters import EVERYTHING, ChangeFilters
from storage.days import local_day
from storage.dictionary import Kind, kinds_of
from storage.errors import ExportError, StaleCursor, UnknownCursor, UnreachableStore
from storage.identity import document_id
from storage.notice_queries import NoticeFilters
from storage.questions import Agencies, Changes, Documents, Notices, Question, Table, TaskAgencies, Tasks, Versions, View
from storage.selection import Filters
from storage.store import Store
from tests.storage.conftest import filled_once
from tests.storage.feed_samples import body, document_row, task, task_row, told
from tests.storage.notice_samples import FIRM, OTHER, PERSON, TODAY, make_entry, make_given, make_notice
from tests.storage.samples import AGENCIES, AT, LINES, later, make_derived, make_task, put

HOME, REPRINTS = "310000", "320000"
BEFORE, BETWEEN = date(2024, 3, 4), date(2024, 5, 15)
DOCUMENT = document_id("jiangkou", "1001")


def fill(store: Store) -> None:
    """Fill a store: a work in two copies, whose publisher's own changes later, one document withdrawn, records and changes."""
    store.load_agencies(AGENCIES)
    run = store.begin_run("reprints", ["notices"], AT, region=REPRINTS)
    put(store, run, "r1", make_derived("江口市信用工作安排", published_on=date(2024, 3, 1)), site="reprints")
    put(store, run, "r2", make_derived("海门县宣传计划", LINES[:2], document_number="", regions=("320684",)), site="reprints")
    store.end_run(run, "complete", "", {"pages": 2}, later(0.1))
    run = store.begin_run("jiangkou", ["notices"], AT, region=HOME)
    put(store, run, "1001", make_derived("江口市信用工作安排", published_on=date(2024, 3, 5)))
    odd = make_derived("另一份，含'引号'与%和:冒号", LINES[2:], document_number="江信办〔2024〕9号")
    put(store, run, "1002", replace(odd, tasks=(*odd.tasks, make_task("没有期限的一条", 0, deadline=None))))
    put(store, run, "1001", make_derived("江口市信用工作安排", LINES[:3]), at=later(10))
    store.mark_gone("jiangkou", "1002", later(11))


filled = filled_once(fill)


@pytest.fixture
def recorded(filled: Store) -> Store:
    """Add public records to the store, and changes that name bodies."""
    run = filled.begin_run("jiangkou_records", ["penalties"], AT)
    person = make_notice(subject=PERSON, number="", violation="", facts="", basis="", content="")
    rows = [make_given("1", make_notice()), make_given("2", make_entry(OTHER)), make_given("3", person)]
    filled.ingest_notices(run, rows, today=TODAY)
    office = body("市档案局", "江口市档案局", "a0001")
    told(filled, task_row("added", after=task(1, lead=[office])), document_row("gone", "d2"))
    return filled


def by_name(rows: list[dict[str, Any]], name: str) -> list[Any]:
    return [row[name] for row in rows]


EVERY_FILTER = [
    Filters(),
    Filters(all_copies=True),
    Filters(site="reprints"),
    Filters(region="320000"),
    Filters(agency="市档案局"),
    Filters(role="partner"),
    Filters(due_from=date(2024, 1, 1), due_to=date(2024, 9, 30)),
    Filters(document=DOCUMENT),
    Filters(document=f"{DOCUMENT}@1"),
    Filters(document=f"{DOCUMENT}@9"),
    Filters(words="宣传"),
    Filters(as_of=BETWEEN),
    Filters(as_of=BEFORE, all_copies=True),
    Filters(known_at=datetime(2024, 5, 10, tzinfo=UTC)),
    Filters(as_of=BETWEEN, known_at=datetime(2024, 5, 10, tzinfo=UTC), words="信用", all_copies=True),
    Filters(limit=2),
    Filters(words="'; DROP TABLE tasks; --"),
]


def test_frames_of_tasks_and_documents_hold_the_rows_of_the_questions(filled: Store) -> None:
    for filters in EVERY_FILTER:
        holds_the_rows_of_the_questions(filled, filters)


def holds_the_rows_of_the_questions(filled: Store, filters: Filters) -> None:
    found = frames.tasks(filled, filters)
    asked = queries.tasks(filled, filters)
    assert found["task"].tolist() == by_name(asked, "id")
    for name in ("document", "version", "work", "site", "title", "state", "text", "url", "ordinal", "lasting_id", "address"):
        assert found[name].tolist() == by_name(asked, name), name
    names = ["、".join(each["name"] or each["mention"] for each in row["partner"]) for row in asked]
    assert found["partner"].tolist() == names
    ends = [row["deadline"]["end"] if row["deadline"] else None for row in asked]
    assert [None if pd.isna(end) else end.date() for end in found["deadline_end"]] == ends
    documents, listed = frames.documents(filled, filters), queries.documents(filled, filters)
    assert list(zip(documents["document"], documents["version"], documents["state"], strict=True)) == [
        (row["id"], row["version"], row["state"]) for row in listed
    ]


def test_bodies_versions_and_the_gazetteer_follow_the_same_filters(filled: Store) -> None:
    wanted = Filters(site="reprints", words="宣传")
    tasks = frames.tasks(filled, wanted)
    assert set(frames.task_agencies(filled, wanted)["task"]) == set(tasks["task"])
    assert frames.versions(filled, Filters(document=DOCUMENT))["version"].tolist() == [1, 2]
    assert frames.versions(filled, Filters(document=DOCUMENT, as_of=BETWEEN))["version"].tolist() == [1]
    named = {each["id"] for each in queries.agencies(filled, wanted) if each["id"]}
    assert set(frames.agencies(filled, wanted)["agency"]) == named & set(frames.frame(filled, "agencies")["agency"])


def test_a_view_of_the_last_day_is_the_view_of_now(recorded: Store) -> None:
    for view in frames.NAMES:
        now, then = frames.frame(recorded, view), frames.frame(recorded, view, Filters(as_of=local_day(datetime.now(UTC))))
        assert_frame_equal(now, then)


def test_a_view_of_another_day_holds_nothing_of_later(filled: Store) -> None:
    for filters in (Filters(as_of=BETWEEN), Filters(known_at=later(1)), Filters(as_of=BEFORE)):
        tasks = queries.tasks(filled, replace(filters, all_copies=True))
        assert set(frames.frame(filled, "tasks", filters)["task"]) == set(by_name(tasks, "id"))
        assert set(frames.frame(filled, "task_agencies", filters)["task"]) == set(by_name(tasks, "id"))
        versions = {(row["id"], row["version"]) for row in queries.documents(filled, filters)}
        for view in ("documents", "references"):
            found = frames.frame(filled, view, filters)
            assert set(zip(found["document"], found["version"], strict=True)) <= versions
        kept = frames.frame(filled, "versions", filters)
        assert {(row["document"], row["version"]) for _, row in kept.iterrows()} >= versions
        assert (frames.frame(filled, "feed", filters)["known_at"] <= pd.Timestamp(filters.known_at or later(100))).all()
        assert set(frames.frame(filled, "works", filters)["document"].dropna()) <= {document for document, _ in versions}


EVERY_QUESTION: list[Question] = [
    *(View(name) for name in frames.NAMES if name not in ("tasks", "notices")),
    Documents(Filters(words="信用")),
    Versions(Filters(site="jiangkou")),
    Agencies(Filters(region="310000")),
    TaskAgencies(Filters(role="lead")),
    Notices(NoticeFilters(name="青禾"), TODAY),
    Changes(EVERYTHING, TODAY),
    Tasks(Filters(as_of=BETWEEN, known_at=later(3), words="信用", all_copies=True)),
    Tasks(Filters(all_copies=True)),
    Notices(NoticeFilters(words="标价"), TODAY),
]


def test_both_ways_of_reading_give_the_same_frame(recorded: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for question in EVERY_QUESTION[-4:] if recorded.url.get_backend_name() == "sqlite" else EVERY_QUESTION:
        slow = frames.read(recorded, question, fast=False)
        with monkeypatch.context() as patched:
            patched.setattr(batch_reading, "MANY", 1)  # of SQLite a process each
            assert_frame_equal(frames.read(recorded, question), slow)


RECORDS = [
    NoticeFilters(),
    NoticeFilters(name="青禾"),
    NoticeFilters(kind="list-entry"),
    NoticeFilters(code=FIRM.code),
    NoticeFilters(limit=1),
]


def test_a_frame_of_records_holds_what_may_be_shown_on_the_day(recorded: Store) -> None:
    for day, filters in product((TODAY, date(2028, 9, 1), date(2028, 9, 2)), RECORDS):
        asked = notice_queries.notices(recorded, filters, today=day)
        found = frames.notices(recorded, filters, today=day)
        assert found["notice"].tolist() == by_name(asked, "id")
        assert found["subject"].tolist() == by_name(asked, "subject")
        assert [None if pd.isna(fine) else fine for fine in found["fine_yuan"]] == [
            None if row["fine_yuan"] is None else float(row["fine_yuan"]) for row in asked
        ]


def test_records_are_announced_before_they_are_given_away(recorded: Store) -> None:
    announced: list[tuple[Any, int]] = []
    found = frames.notices(recorded, today=TODAY, announce=lambda ids, count: announced.append((ids, count)))
    assert announced == [(found["notice"].tolist(), 3)]

    def refuse(ids: Any, count: int) -> None:
        raise PermissionError

    with pytest.raises(PermissionError):
        frames.notices(recorded, today=TODAY, announce=refuse)


CHANGES = [
    ChangeFilters(),
    EVERYTHING,
    ChangeFilters(agency="a0001"),
    ChangeFilters(word="目录"),
    ChangeFilters(entities=("task",), limit=1),
]


def test_a_frame_of_changes_holds_the_rows_of_the_feed(recorded: Store) -> None:
    for filters in CHANGES:
        holds_the_rows_of_the_feed(recorded, filters)


def holds_the_rows_of_the_feed(recorded: Store, filters: ChangeFilters) -> None:
    asked = change_queries.changes(recorded, filters, today=TODAY)
    assert frames.changes(recorded, filters, today=TODAY)["seq"].tolist() == by_name(asked, "seq")
    with pytest.raises((StaleCursor, UnknownCursor)):
        frames.changes(recorded, replace(filters, since_seq=10**9), today=TODAY)


def test_every_column_has_the_type_that_the_dictionary_says(recorded: Store) -> None:
    types = {
        Kind.TEXT: "string",
        Kind.WHOLE: "Int64",
        Kind.NUMBER: "Float64",
        Kind.AMOUNT: "Float64",
        Kind.TRUTH: "boolean",
        Kind.DAY: "datetime64[s]",
        Kind.MOMENT: "datetime64[us, UTC]",
    }
    for view in frames.NAMES:
        found = {name: str(kind) for name, kind in frames.frame(recorded, view).dtypes.items()}
        assert found == {name: types[kind] for name, kind in kinds_of(f"v_{view}").items()}, view


def test_what_is_no_view_is_told(store: Store) -> None:
    with pytest.raises(ExportError, match="choose one of"):
        frames.frame(store, "sqlite_master")


@pytest.mark.parametrize("ending", [lambda child: child.kill(), lambda child: child.stdout.close()], ids=["killed", "cut"])
def test_a_reading_that_breaks_off_is_no_frame(filled: Store, monkeypatch: pytest.MonkeyPatch, ending: Callable[[Any], None]) -> None:
    """Killed before its first batch, or its stream closed: either is told, and neither is a short answer."""
    if filled.url.get_backend_name() != "sqlite":
        pytest.skip("PostgreSQL is read in this process")
    monkeypatch.setattr(batch_reading, "MANY", 1)
    started = batch_reading._from_child

    def broken(store: Store, child: Any, schema: Any) -> Any:
        ending(child)
        return started(store, child, schema)

    monkeypatch.setattr(batch_reading, "_from_child", broken)
    with pytest.raises((UnreachableStore, ValueError)):
        frames.tasks(filled)


def test_property_rows_that_are_there_keep_their_values() -> None:
    """But for the NUL, which no store can hold (``types.storable``)."""
    texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5)
    values = st.one_of(st.none(), st.integers(-(2**62), 2**62), texts)

    @given(st.lists(st.tuples(values, values), max_size=6))
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    def check(rows: list[tuple[Any, Any]]) -> None:
        with batch_reading.answered(None, Table(("a", "b"), rows)) as answer:  # type: ignore[arg-type]
            found = answer.table().to_pylist()
        for kept, row in zip(found, rows, strict=True):
            assert [None if v is None else str(v) for v in kept.values()] == [None if v is None else str(v) for v in row]

    check()
