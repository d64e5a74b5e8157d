"""Somebody's own SQL reads the documented views and nothing else, whatever is tried, on both databases."""
# ruff: noqa: S608 -- putting statements together is what is tested here

from __future__ import annotations

import resource
import subprocess
import sys
from datetime import date
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect, text

from storage import audit, frames, plain_sql
from storage.asking_postgres import checked
from storage.dictionary import dictionary
from storage.errors import SlowQuestion, StoreError
from storage.plain_sql import Answer, RefusedQuestion, ask, first_word
from storage.reader_role import NAME as ROLE
from storage.selection import Filters
from storage.store import Store
from storage.views_at import OF_A_DAY
from tests.shared import tries
from tests.storage.conftest import filled_once
from tests.storage.notice_samples import OTHER, PERSON, TODAY, make_entry, make_given, make_notice
from tests.storage.questions_in_sql import ATTACKS, BOTH, FINE
from tests.storage.samples import AGENCIES, AT, LINES, later, make_derived, put

BETWEEN = date(2024, 5, 15)
SECRET = "geheim-e5b1"
"""Stands in the tables that no view shows."""


def fill(store: Store) -> None:
    store.load_agencies(AGENCIES)
    run = store.begin_run("jiangkou", ["notices"], AT, region="310000")
    put(store, run, "1001", make_derived("江口市信用工作安排"))
    put(store, run, "1002", make_derived("海门县宣传计划", LINES[:2], document_number="", regions=("320684",)))
    put(store, run, "1001", make_derived("江口市信用工作安排", LINES[:3]), at=later(10))
    person = make_notice(subject=PERSON, number="", violation="", facts="", basis="", content="")
    records = [make_given("1", make_notice()), make_given("2", make_entry(OTHER)), make_given("3", person)]
    store.ingest_notices(store.begin_run("jiangkou_records", ["p"], AT), records, today=TODAY)
    audit.record(store, AT, SECRET, "export", {}, 1)


filled = filled_once(fill)


# --- what may be asked ---------------------------------------------------------------------------------------------------


def test_what_analysts_ask_is_answered(filled: Store) -> None:
    for database, sql, count in FINE:
        if database in (BOTH, filled.url.get_backend_name()):
            found = ask(filled, sql)
            assert (len(found.rows), found.cut) == (count, ""), sql


def test_an_answer_tells_its_columns_its_views_and_whether_records_were_read(filled: Store) -> None:
    found = ask(filled, "SELECT t.site, d.site, 1 AS site FROM v_tasks t JOIN v_documents d ON d.document = t.document LIMIT 1")
    assert (list(found.columns), found.rows) == (["site", "site_2", "site_3"], [("jiangkou", "jiangkou", 1)])
    assert (found.views, found.of_records) == ({"v_tasks", "v_documents"}, False)
    found = ask(filled, "SELECT count(*) FROM v_notices")
    assert (found.views, found.of_records, found.rows) == ({"v_notices"}, True, [(3,)])
    assert ask(filled, "WITH x AS (SELECT code FROM v_subjects) SELECT 1 FROM x").of_records
    assert len(ask(filled, "SELECT notice FROM v_notices").record_ids()) == 3


def test_every_view_can_be_asked_and_has_the_columns_of_the_dictionary(filled: Store) -> None:
    for name, entry in dictionary().items():
        for day in (None, BETWEEN) if name in OF_A_DAY else (None,):
            found = ask(filled, f"SELECT * FROM {name}", as_of=day)
            assert list(found.columns) == [column.name for column in entry.columns], name


def test_as_of_a_day_the_views_hold_what_frames_of_that_day_hold(filled: Store) -> None:
    for filters in (Filters(as_of=BETWEEN), Filters(known_at=later(1)), Filters(as_of=date(2024, 3, 4)), Filters(as_of=date(2026, 1, 1))):
        for view in ("tasks", "documents", "versions", "feed", "works", "task_agencies"):
            keys = list(dictionary()[f"v_{view}"].columns)[:3]
            names = ", ".join(f'"{key.name}"' for key in keys)
            asked = ask(filled, f"SELECT {names} FROM v_{view}", as_of=filters.as_of, known_at=filters.known_at)
            frame = frames.frame(filled, view, filters)
            held = sorted(str(value) for value in frame[keys[0].name].tolist())
            assert sorted(str(row[0]) for row in asked.rows) == held, (view, filters)
    assert ask(filled, "SELECT count(*) FROM v_tasks").rows == [(5,)]
    assert ask(filled, "SELECT count(*) FROM v_tasks", as_of=BETWEEN).rows == [(6,)]
    assert ask(filled, "WITH x AS (SELECT * FROM v_tasks) SELECT count(*) FROM x JOIN v_documents d ON d.document = x.document",
               as_of=BETWEEN).rows == [(6,)]  # fmt: skip


def test_a_natural_person_is_reduced_in_every_view(filled: Store) -> None:
    rows = ask(filled, "SELECT subject, code, number, facts, content, url FROM v_notices WHERE subject_kind <> 'legal'").rows
    assert rows == [("周某", "", "", "", "", "")]


# --- limits --------------------------------------------------------------------------------------------------------------


def test_rows_size_and_time_are_bounded(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n FROM c"
    found = ask(filled, endless + " LIMIT 5000", limit=10)
    assert (len(found.rows), found.cut) == (10, "rows")
    with pytest.raises(SlowQuestion, match="narrow"):
        ask(filled, endless.replace("SELECT n FROM", "SELECT count(*) FROM"), seconds=0.3)
    found = ask(filled, "SELECT task FROM v_tasks", limit=5)
    assert (len(found.rows), found.cut) == (5, "")
    monkeypatch.setattr(plain_sql, "SIZE", 100)
    monkeypatch.setattr("storage.asking_postgres.SIZE", 100)
    assert ask(filled, endless + " LIMIT 5000", limit=4000).cut == "bytes"
    with pytest.raises(RefusedQuestion, match="shorter"):
        ask(filled, "SELECT " + "1," * 20_000 + "1")


def test_a_statement_ends_by_the_clock_before_the_system_ends_its_process(filled: Store) -> None:
    if filled.url.get_backend_name() != "sqlite":
        pytest.skip("a PostgreSQL server runs it")
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    with pytest.raises(SlowQuestion):
        ask(filled, "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c", seconds=0.3)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 1.5, "its limit of the processor is two seconds"


def test_what_takes_too_much_memory_is_refused(filled: Store) -> None:
    if filled.url.get_backend_name() != "sqlite":
        pytest.skip("a PostgreSQL server bounds its own")
    grow = "WITH RECURSIVE c(x) AS (SELECT 'aaaaaaaaaaaaaaaa' UNION ALL SELECT x || x FROM c) SELECT length(x) FROM c"
    with pytest.raises((RefusedQuestion, SlowQuestion)):
        ask(filled, grow, seconds=5)


# --- attacks -------------------------------------------------------------------------------------------------------------


def everything(store: Store) -> dict[str, int]:
    """Return how many rows each table has."""
    with store.reading() as connection:
        names = inspect(connection).get_table_names()
        return {name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in names}


def test_no_attack_reads_or_changes_anything_else(filled: Store) -> None:
    before = everything(filled)
    for database, sql in ATTACKS:
        if database not in (BOTH, filled.url.get_backend_name()):
            continue
        for day in (None, BETWEEN) if "WITH v_tasks" in sql else (None,):
            try:
                found: Answer | None = ask(filled, sql, seconds=1, as_of=day)
            except RefusedQuestion as error:
                assert SECRET not in str(error)
                found = None
            assert found is None, (sql, found.rows if found else "")
    assert everything(filled) == before


def test_property_nothing_made_of_pieces_of_attacks_shows_a_table(filled: Store) -> None:
    names = st.sampled_from(
        ["audit", "v_tasks", "tasks", '"audit"', "main.audit", "public.audit", "x", "sqlite_master", "pg_class", "keyrings"]
    )
    parts = st.sampled_from(
        ["actor", "*", "count(*)", "1", "text", "a.actor", "(SELECT actor FROM audit)", "max(actor)", "sql", "fingerprint"]
    )
    glue = st.sampled_from(
        ["", " AS v_tasks", " a", " NATURAL JOIN audit", ", audit a", " UNION SELECT actor FROM audit", " -- ", "/*", ";", "'"]
    )
    heads = st.sampled_from(
        ["", "WITH v_tasks AS (SELECT * FROM audit) ", "WITH x AS (SELECT * FROM audit) ", "WITH x(actor) AS (SELECT 1) "]
    )

    @given(heads, parts, names, glue, glue)
    @settings(max_examples=tries(25), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    def check(head: str, part: str, name: str, one: str, other: str) -> None:
        try:
            found = ask(filled, f"{head}SELECT {part} FROM {name}{one}{other}", seconds=1)
        except StoreError:
            return
        assert SECRET not in str(found.rows)
        assert found.views <= set(dictionary())

    check()


@given(st.text(max_size=60))
def test_property_the_check_of_postgres_ends_in_a_sentence(sql: str) -> None:
    for text_ in (sql, f"SELECT {sql} FROM v_tasks", f"SELECT '{sql}' FROM v_tasks WHERE {sql}"):
        try:
            made, views = checked(text_)
        except RefusedQuestion:
            continue
        assert checked(made)[1] == views


@given(st.text(alphabet="-*/\n abSE;'", max_size=30).filter(lambda sql: "*/" not in sql))
def test_property_the_first_word_is_found_behind_comments(sql: str) -> None:
    assert first_word(f"/* {sql} */ -- {sql.splitlines()[0] if sql.splitlines() else ''}\nSELECT 1") == "select"


@pytest.mark.parametrize("asked", ["*", "name", "no_such_column", "count(*)", "a.no_such_column"])
@pytest.mark.parametrize("table", ["accounts", "tasks", "search_task_terms", "nothing_of_the_kind"])
def test_a_refusal_tells_neither_columns_nor_whether_there_is_a_table(filled: Store, table: str, asked: str) -> None:
    with pytest.raises(plain_sql.RefusedQuestion) as refused:
        plain_sql.ask(filled, f"SELECT {asked} FROM {table} AS a")
    assert str(refused.value).startswith(f"This may not be asked (the table {table}): read the views")


@pytest.mark.parametrize("table", ["accounts", "nothing_of_the_kind"])
def test_a_table_of_one_s_own_may_be_called_anything_and_none_is_a_function(filled: Store, table: str) -> None:
    assert ask(filled, f"WITH {table} AS (SELECT 1 AS n) SELECT count(*) AS n FROM {table}").rows == [(1,)]
    with pytest.raises(plain_sql.RefusedQuestion, match=r"This may not be asked \("):
        plain_sql.ask(filled, f"SELECT * FROM {table}(1)")


def test_deep_nesting_is_refused(filled: Store) -> None:
    for sql in ("SELECT " + "(" * 3000 + "1" + ")" * 3000, "SELECT " + "NOT " * 3000 + "1", "SELECT 1" + " + 1" * 6000):
        with pytest.raises(StoreError):
            ask(filled, sql)


def test_the_process_that_asks_needs_the_standard_library_alone() -> None:
    code = "import runpy, sys; runpy.run_path(sys.argv[1])"
    subprocess.run([sys.executable, "-I", "-S", "-c", code, str(plain_sql.APART)], check=True)


def test_the_reader_s_role_has_no_right_beyond_the_views(filled: Store) -> None:
    """Where the operator made the role, a statement runs with its rights, and a table is out of reach even for what passed the parser."""
    if filled.url.get_backend_name() != "postgresql":
        pytest.skip("SQLite has no roles")
    url = filled.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as operator:
        operator.execute(f"CREATE ROLE {ROLE} NOLOGIN".encode())
        try:
            filled.upgrade()
            assert ask(filled, "SELECT count(*) FROM v_tasks").rows == [(5,)]
            operator.execute(f"REVOKE SELECT ON v_tasks FROM {ROLE}".encode())
            with pytest.raises(RefusedQuestion, match="permission"):
                ask(filled, "SELECT count(*) FROM v_tasks")
        finally:
            operator.execute(f"DROP OWNED BY {ROLE}".encode())
            operator.execute(f"DROP ROLE {ROLE}".encode())


def test_a_question_and_its_answer_stand_in_no_representation(filled: Store) -> None:
    found: Any = ask(filled, "SELECT subject FROM v_notices")
    assert "青禾" not in repr(found)


def test_a_value_that_is_no_finite_number_is_empty_and_told(filled: Store) -> None:
    endless = "'Infinity'::float8" if filled.url.get_backend_name() == "postgresql" else "1e308*10"
    answer = ask(filled, f"SELECT {endless} AS a, 1.5 AS b")
    assert (answer.rows[0][0], float(answer.rows[0][1]), answer.endless) == (None, 1.5, 1)
