"""The data dictionary describes every view and column as they are, in both languages, and the pages made of it say the same."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import inspect, text

from normalizers.notices.records import Colour, NoticeKind, Severity, SubjectKind
from normalizers.records import AgencyKind, DeadlineKind, DocumentKind, Relation
from storage import change_queries, describing, notice_queries, queries
from storage.change_filters import EVERYTHING
from storage.change_schema import CAUSES, ENTITIES, KINDS, RELATIONS
from storage.dictionary import LANGUAGES, Kind, dictionary, entries
from storage.notice_schema import OUTCOMES, TERM_BASES
from storage.records import TakedownReason, Verdict
from storage.schema import CAPTURE_KINDS, CHANGES, DOCUMENT_KINDS, REASONS, ROLES, STATES
from storage.store import Store
from storage.views import VIEWS
from tests.storage.conftest import ROOT, filled_once
from tests.storage.notice_samples import OTHER, TODAY, make_entry, make_given, make_notice
from tests.storage.samples import AGENCIES, AT, LINES, later, make_derived, put

TYPES = {
    Kind.TEXT: ("TEXT",),
    Kind.WHOLE: ("INTEGER", "BIGINT"),
    Kind.NUMBER: ("DOUBLE",),
    Kind.AMOUNT: ("NUMERIC",),
    Kind.TRUTH: ("BOOLEAN",),
    Kind.DAY: ("DATE",),
    Kind.MOMENT: ("TIMESTAMP",),
}


def fill(store: Store) -> None:
    store.load_agencies(AGENCIES)
    run = store.begin_run("jiangkou", ["notices"], AT, region="310000")
    put(store, run, "1", make_derived())
    put(store, run, "1", make_derived(lines=LINES[:3]), at=later(3))
    put(store, run, "2", make_derived("海门县宣传计划", LINES[:2], document_number=""))
    store.ingest_notices(run, [make_given("1", make_notice()), make_given("2", make_entry(OTHER))], today=TODAY)
    store.end_run(run, "complete", "", {}, later(4))


filled = filled_once(fill)


def test_every_view_and_column_is_described_in_its_place(store: Store) -> None:
    with store.reading() as connection:
        found = {name: [column["name"] for column in inspect(connection).get_columns(name)] for name in VIEWS}
    assert {name: [column.name for column in entry.columns] for name, entry in dictionary().items()} == found


def test_a_column_holds_what_is_said(filled: Store) -> None:
    """On PostgreSQL the types of the views are held against it; on both no column that always has a value is NULL."""
    with filled.reading() as connection:
        for name, entry in dictionary().items():
            if connection.dialect.name == "postgresql":
                types = {column["name"]: str(column["type"]) for column in inspect(connection).get_columns(name)}
                assert {c.name: types[c.name] for c in entry.columns if not types[c.name].startswith(TYPES[c.kind])} == {}, name
            for column in entry.columns:
                unknown = connection.execute(text(f'SELECT count(*) FROM {name} WHERE "{column.name}" IS NULL')).scalar_one()  # noqa: S608
                assert column.nullable or not unknown, (name, column.name)


def test_everything_is_told_in_both_languages() -> None:
    for language in LANGUAGES:
        for entry in entries(language):
            told = [entry["meaning"], *(column["meaning"] for column in entry["columns"])]
            told += [value["meaning"] for column in entry["columns"] for value in column["values"]]
            chinese = [bool(re.search("[\u4e00-\u9fff]", words)) for words in told]
            assert all(told)
            if language == "zh":
                assert all(chinese), entry["name"]
            assert all(column["type"] for column in entry["columns"])
    assert [entry["name"] for entry in entries("zh")] == [entry["name"] for entry in entries("en")] == list(VIEWS)
    with pytest.raises(KeyError):
        entries("fr")


ALLOWED = {
    ("v_documents", "kind"): DOCUMENT_KINDS,
    ("v_documents", "document_kind"): tuple(DocumentKind),
    ("v_documents", "state"): STATES,
    ("v_versions", "change"): CHANGES,
    ("v_feed", "entity"): ENTITIES,
    ("v_feed", "kind"): KINDS,
    ("v_feed", "cause"): CAUSES,
    ("v_tasks", "deadline_kind"): tuple(DeadlineKind),
    ("v_task_agencies", "role"): ROLES,
    ("v_task_agencies", "kind"): tuple(AgencyKind),
    ("v_captures", "kind"): CAPTURE_KINDS,
    ("v_runs", "verdict"): tuple(Verdict),
    ("v_references", "relation"): tuple(Relation),
    ("v_works", "reason"): REASONS,
    ("v_links", "relation"): RELATIONS,
    ("v_notices", "subject_kind"): tuple(SubjectKind),
    ("v_notices", "colour"): ("", *Colour),
    ("v_notices", "term_basis"): TERM_BASES,
    ("v_notices", "severity"): tuple(Severity),
    ("v_notices", "kind"): tuple(kind for kind in NoticeKind if kind not in (NoticeKind.REPAIR, NoticeKind.WITHDRAWAL)),
    ("v_endings", "kind"): (NoticeKind.REPAIR, NoticeKind.WITHDRAWAL),
    ("v_endings", "outcome"): OUTCOMES,
    ("v_tombstones", "reason"): tuple(TakedownReason),
}


@pytest.mark.parametrize(("view", "column"), ALLOWED, ids=lambda each: str(each))
def test_the_values_of_a_column_are_those_that_the_store_takes(view: str, column: str) -> None:
    found = next(each for each in dictionary()[view].columns if each.name == column)
    assert {word for word, _ in found.values} == {str(value) for value in ALLOWED[view, column]}


def test_what_the_command_line_tells_in_json_is_described(filled: Store) -> None:
    """A field of JSON is a column of the view, or described among the fields of the API, which tells the same rows."""
    from harvester.web.api.described import texts

    beside = {name for chapter in texts().values() for name in chapter}
    for view, rows in (
        ("v_tasks", queries.tasks(filled)),
        ("v_documents", queries.documents(filled)),
        ("v_agencies", queries.agencies(filled)),
        ("v_runs", queries.runs(filled)),
        ("v_notices", notice_queries.notices(filled, today=TODAY)),
        ("v_feed", change_queries.changes(filled, EVERYTHING, today=TODAY)),
    ):
        columns = {column.name for column in dictionary()[view].columns}
        renamed = {"id", "document_id", "work_id"}
        assert set(rows[0]) - columns - beside - renamed == set(), view


def test_the_pages_say_what_the_dictionary_says() -> None:
    store = (ROOT / "docs" / "store.md").read_text(encoding="utf-8")
    assert store == describing.put_into(store), "run: python -m storage.describing"
    assert (ROOT / "docs" / "dictionary.md").read_text(encoding="utf-8") == describing.page(), "run: python -m storage.describing"


def test_an_example_is_one_of_the_values_and_of_the_kind() -> None:
    for entry in dictionary().values():
        for column in entry.columns:
            words = [word for word, _ in column.values]
            assert not words or column.example in words, (entry.name, column.name)
            if column.kind is Kind.WHOLE and column.example:
                assert int(column.example) >= 0
            if column.kind is Kind.DAY:
                assert date.fromisoformat(column.example)
