"""What pages of tasks, bodies and the overview ask, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from harvester.differing import difference
from storage import agency_queries, calendar_queries, currency_queries, overview_queries, task_versions
from storage.identity import document_id
from storage.selection import Filters
from storage.store import Store
from tests.storage.conftest import filled_once
from tests.storage.samples import AGENCIES, AT, LINES, later, make_derived, put

DOC = document_id("jiangkou", "1")


def fill(store: Store) -> None:
    store.load_agencies(list(AGENCIES))
    run = store.begin_run("jiangkou", ["notices"], AT, region="310000")
    put(store, run, "1", make_derived(), differ=difference)
    put(store, run, "1", make_derived(lines=LINES[1:]), differ=difference, at=later(1))
    store.end_run(run, "complete", "", {}, later(1))


filled = filled_once(fill)


def test_calendars_hold_tasks_of_a_body_and_those_that_ended(filled: Store) -> None:
    asked = Filters(agency="a0001", role="lead", region="310000", site="jiangkou")
    found = {each.lasting: each.ended for each in calendar_queries.of_question(filled, asked).courses}
    assert found == {f"{DOC}.k1": "removed", **{f"{DOC}.k{n}": "" for n in range(2, len(LINES) + 1)}}
    narrowed = calendar_queries.of_question(filled, Filters(words="信用", due_from=date(2024, 1, 1)))
    assert {each.lasting for each in narrowed.courses if not each.ended} <= set(found)


def test_a_body_is_told_with_its_roles_and_partners(filled: Store) -> None:
    assert agency_queries.roles(filled, "a0001") == {"lead": len(LINES) - 1, "partner": 0, "responsible": 0, "implied": 0}
    assert {row["name"]: row["tasks"] for row in agency_queries.partners(filled, "a0001")["bodies"]} == {
        "各区人民政府": len(LINES) - 1,
        "某某中心": len(LINES) - 1,
    }
    assert [row["id"] for row in agency_queries.near(filled, "市档案局")] == ["a0001"]
    assert [row["lead"] for row in agency_queries.called(filled, {"a0001"})] == [len(LINES) - 1]
    assert agency_queries.body(filled, "nobody") is None


def test_a_task_is_followed_and_found_elsewhere(filled: Store) -> None:
    run = filled.begin_run("linshui", ["notices"], AT, region="320000")
    put(filled, run, "9", make_derived("临水市2025年信用建设工作安排", LINES[1:2], document_number="临信〔2025〕1号"), site="linshui")
    assert task_versions.lasting_of(filled, f"{DOC}.1.t2") == f"{DOC}.k2"
    found = task_versions.course(filled, f"{DOC}.k2")
    assert found is not None
    assert [row["version"] for row in found.said] == [1, 2]
    assert [row["document"] for row in task_versions.alike(filled, f"{DOC}.k2")] == [document_id("linshui", "9")]


def test_the_overview_counts_what_counts(filled: Store) -> None:
    figures = overview_queries.figures(filled, date(2024, 6, 1))
    assert (figures["documents"], figures["tasks"], figures["runs"]) == (1, len(LINES) - 1, 1)
    assert overview_queries.due(filled, date(2024, 9, 1), (30, 90)) == {"30": len(LINES) - 1, "90": len(LINES) - 1, "past": 0}
    assert overview_queries.due(filled, date(2024, 10, 1), (30,))["past"] == len(LINES) - 1
    assert overview_queries.changed(filled, AT + timedelta(hours=1))["task removed"] == 1
    assert overview_queries.changed(filled, datetime.now(UTC)) == {}
    assert [row["verdict"] for row in currency_queries.sites(filled)] == ["complete"]
    assert list(currency_queries.days(filled, date(2024, 1, 1)).values()) == [[date(2024, 3, 5)]]
