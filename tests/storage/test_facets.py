"""Facets count what would be found: held against the rows that are found when one asks for each value."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from storage import agency_counts, facets, queries, task_rows
from storage.asking import Question
from storage.schema import ROLES
from storage.selection import Filters
from storage.store import Store
from tests.storage.conftest import filled_once
from tests.storage.histories import BODIES, PLACES, TITLES, Crawler, Line, Page
from tests.storage.samples import AT, BUREAU, DISTRICTS, make_derived, make_task, put

TEXTS = (
    "编制公共信用信息目录，按季度更新并向社会公布",
    "推进企业信用修复一次办结，缩短办理时间，逐件回访",
    "组织信用服务机构备案，公布备案名单",
)


def fill(store: Store) -> None:
    """Fill a store: three documents of two sites, one of them edited, and a copy of another on a second site."""
    crawler = Crawler(store)
    for n, place in enumerate(PLACES):
        crawler.finds(place, Page(f"{TITLES[0]}{n}", tuple(Line(f"{TEXTS[n]}第{m}项", m % 2, 6 + m % 3) for m in range(4 + n))))
    crawler.finds(PLACES[0], Page(f"{TITLES[0]}0", (Line(TEXTS[2], 1, 8), Line(TEXTS[1], 0, 7))))
    for key, site in (("9", "jiangkou"), ("9", "hushi")):
        run = store.begin_run(site, ["notices"], AT, region="310000" if site == "hushi" else "")
        lines = tuple(f"{text}，由第{n}组负责" for n, text in enumerate(TEXTS))
        put(store, run, key, make_derived("同一份安排", lines, regions=("310000", "320500"), published_on=date(2023, 3, 5)), site=site)


spread = filled_once(fill)


ASKED: tuple[dict[str, Any], ...] = (
    {},
    {"site": "hushi"},
    {"region": "320000"},
    {"role": "lead"},
    {"agency": "a0"},
    {"due_from": date(2024, 6, 1), "due_to": date(2024, 7, 31)},
    {"due_from": date(2024, 6, 15), "due_to": date(2024, 8, 28)},
    {"due_to": date(2024, 7, 28)},
    {"deadline_kind": "by-date", "site": "jiangkou"},
    {"year": 2023},
    {"kind": "other", "agency": "a1"},
    {"words": "信用修复"},
    {"words": "信用修复", "agency": "a0"},
    {"words": "信用", "due_from": date(2024, 6, 1)},
    {"all_copies": True},
)


def test_a_facet_tells_how_many_tasks_are_found_by_each_of_its_values(spread: Store) -> None:
    for asked in ASKED:
        filters = Filters(**asked)
        found = facets.task_facets(spread, filters)
        assert set(found) == set(facets.FACETS)
        for name, values in found.items():
            for row in values:
                value: dict[str, Any] = {name: int(row["value"]) if name == "year" else row["value"]}
                assert queries.task_page(spread, replace(filters, **value)).total == row["count"], (asked, name, row)
        told = {name: {row["value"] for row in values} for name, values in found.items()}
        rows = queries.tasks(spread, filters)
        assert queries.task_page(spread, filters).total == len(rows)
        for task in rows:
            assert task["site"] in told["site"]
            assert str(task["published_on"].year) in told["year"]
            assert not task["region"] or {task["region"], task["region"][:2] + "0000"} <= told["region"]
        assert not asked.get("year") or told["year"] == {"2023", "2024"}


def test_the_timeline_counts_the_ends_of_deadlines_by_month(spread: Store) -> None:
    for asked in [*ASKED[::2], {"as_of": date(2024, 5, 9)}, {"as_of": date(2024, 5, 9), "agency": "a1"}]:
        ends = [row["deadline"]["end"] for row in queries.tasks(spread, Filters(**asked))]
        months = Counter(f"{end:%Y-%m}" for end in ends if end)
        assert facets.timeline(spread, Filters(**asked)) == [{"month": month, "count": months[month]} for month in sorted(months)], asked


def test_months_of_bodies_count_each_task_once(spread: Store) -> None:
    for asked in ASKED[::3]:
        truth: Counter[tuple[str, str, str]] = Counter()
        for row in queries.tasks(spread, Filters(**asked)):
            bodies = {(body["id"] or "", body["name"] or body["mention"]) for role in ROLES for body in row[role]}
            truth.update((*body, f"{row['deadline']['end']:%Y-%m}") for body in bodies)
        found = facets.agency_months(spread, Filters(**asked))
        shown = {(row["id"], row["name"], row["month"]): row["count"] for row in found}
        assert shown == {key: n for key, n in truth.items() if "agency" not in asked or key[0] == asked["agency"]}, asked
        assert len({(row["id"], row["name"]) for row in facets.agency_months(spread, Filters(**asked), top=1)}) == 1


def test_months_of_bodies_count_a_task_once_that_names_a_body_in_two_forms(store: Store) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT)
    twice = make_task(TEXTS[0], 0, lead=(BUREAU,), partner=(replace(BUREAU, mention="江口市档案局"),))
    once = make_task(TEXTS[1], 30, lead=(DISTRICTS,), partner=())
    both = replace(once, responsible=(BUREAU,))
    put(store, run, "1", replace(make_derived(), tasks=(twice, twice, both, once, once, once)))
    september = {"id": BUREAU.id, "name": BUREAU.name, "month": "2024-09", "count": 3}
    others = {"id": DISTRICTS.id, "name": DISTRICTS.name, "month": "2024-09", "count": 4}
    for asked in (Filters(), Filters(due_from=date(2024, 1, 1)), Filters(as_of=date(2024, 5, 9)), Filters(words="信用")):
        assert facets.agency_months(store, asked) == [others, september], asked
        assert facets.agency_months(store, asked, top=1) == [others], asked
    assert facets.agency_months(store, Filters(agency=BUREAU.id)) == [september]
    assert facets.agency_months(store, Filters(agency=BUREAU.id, due_from=date(2024, 1, 1))) == [september]
    forms = tuple(replace(BUREAU, mention=f"档案{'局' * n}") for n in range(1, 6))
    put(store, run, "2", replace(make_derived("别的安排", ("召开年度座谈会",)), tasks=(make_task(TEXTS[2], 0, lead=forms, partner=()),)))
    assert facets.agency_months(store, Filters(agency=BUREAU.id), top=1) == [september | {"count": 4}]


def test_the_busiest_bodies_stand_beside_what_asking_for_each_would_find(spread: Store) -> None:
    """A body that stands in a task by two of its names counts once."""
    run = spread.begin_run("jiangkou", ["notices"], AT)
    read = make_derived("一个机构两种称呼的安排", tuple(f"{text}，办好{n}件" for n, text in enumerate(TEXTS)))
    both = {"lead": (BODIES[0],), "partner": (replace(BODIES[0], mention="档案局"), BODIES[1])}
    put(spread, run, "8", replace(read, tasks=tuple(replace(task, **both) for task in read.tasks)))
    of_roles = {"kind": "other", "role": "partner"}, {"role": "partner", "words": "备案"}, {"role": "lead", "as_of": date(2024, 5, 9)}
    for asked in (*ASKED, {"as_of": date(2024, 5, 9)}, *of_roles):
        filters = Filters(**asked | {"agency": ""})
        shown = [row for row in queries.agencies(spread, replace(filters, limit=2)) if row["resolved"] and row["id"]]
        with spread.reading() as connection:
            found = agency_counts.busiest(Question.of(connection, filters), 2)
        assert [(row["id"], row["name"]) for row in found] == [(row["id"], row["name"]) for row in shown], asked
        for row in found:
            assert row["tasks"] == queries.task_page(spread, replace(filters, agency=row["id"])).total, (asked, row)


def test_what_was_gathered_answers_as_what_was_not(spread: Store) -> None:
    for asked in (*ASKED, {"as_of": date(2024, 5, 9), "agency": "a1"}, {"due_from": date(2024, 7, 1), "words": "公布"}):
        with spread.reading() as connection:
            once, anew = (Question.of(connection, Filters(**asked)) for _ in range(2))
            once.gather(1000)
            assert facets.facets_of(once) == facets.facets_of(anew), asked
            assert agency_counts.busiest(once, 9) == agency_counts.busiest(anew, 9)
            for order in ("published", "due"):
                first = task_rows.page(once, order=order)
                assert first == task_rows.page(anew, order=order)
            assert once.total() == anew.total()
            some = Question.of(connection, Filters(**asked, limit=2))
            some.gather(1000)
            following = task_rows.page(some).next
            if following:
                assert task_rows.page(some, following).rows == task_rows.page(anew).rows[2:4]


def test_more_than_is_looked_at_is_not_gathered(spread: Store) -> None:
    with spread.reading() as connection:
        question = Question.of(connection, Filters(words="公布"))
        question.gather(1)
        assert not question._gathered


def test_facets_of_the_past_count_what_was_there(spread: Store) -> None:
    for asked in (Filters(as_of=date(2024, 5, 9)), Filters(as_of=date(2024, 5, 9), role="lead"), Filters(document="d0")):
        found, rows = facets.task_facets(spread, asked), queries.tasks(spread, asked)
        assert sum(row["count"] for row in found["year"]) == len(rows)
        assert {row["value"]: row["count"] for row in found["site"]} == Counter(row["site"] for row in rows)
        if rows:
            assert {row["value"]: row["count"] for row in found["role"]}["lead"] == sum(bool(row["lead"]) for row in rows)


def test_facets_of_a_day_count_places_as_those_of_now_and_roles_as_asking_for_each_would(spread: Store) -> None:
    """A paper that names two places counts for both, and once for the province; a body's tasks name others in other roles."""
    now = {"as_of": date(2026, 11, 1)}
    assert facets.task_facets(spread, Filters(**now))["region"] == facets.task_facets(spread)["region"]
    asks: tuple[dict[str, Any], ...] = ({"agency": "a0"}, {"role": "lead"}, {"agency": "a1", "role": "partner"})
    for day in (now, {"as_of": date(2024, 5, 9)}, {"known_at": AT + timedelta(hours=1)}):
        for asked in asks:
            filters = Filters(**asked, **day)
            counts = {row["value"]: row["count"] for row in facets.task_facets(spread, filters)["role"]}
            found = {role: len(queries.tasks(spread, replace(filters, role=role))) for role in ROLES}
            assert counts == {role: n for role, n in found.items() if n}, (asked, day)
