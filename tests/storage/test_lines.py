"""Lines say what versions, works and the feed say, whatever was written; and every question is answered as the slow way answers it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import count, product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, select, update

from storage import line_schema, lines, queries, task_rows
from storage.changes import tell
from storage.days import local_day
from storage.errors import OldStore
from storage.identity import document_id
from storage.places import LAST, document_place, first_line, last_line, line_of, ordinal_of, place_of
from storage.schema import documents, sites, tasks, version_regions, versions
from storage.selection import Filters
from storage.store import Store
from tests.storage import slow_truth
from tests.storage.histories import PAGES, PIECES, PLACES, WHOLE, Crawler, Line, Page
from tests.storage.samples import AGENCIES, AT, make_derived, put

LATER = count(100, 20)
TABLES = (
    line_schema.document_lines,
    line_schema.line_choices,
    line_schema.task_lines,
    line_schema.line_counts,
)


def held(connection: Connection) -> dict[str, Any]:
    """Return everything that lines hold; bodies by what they are, since their numbers tell nothing."""
    found = {table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr) for table in TABLES}
    a, b = line_schema.task_line_agencies.c, line_schema.line_agencies.c
    named = select(b.agency_id, b.name, b.mention_key, b.kind, b.resolved, a.place, a.roles).join(line_schema.line_agencies, b.id == a.body)
    return found | {"bodies": sorted((tuple(row) for row in connection.execute(named)), key=repr)}


def check_lines(store: Store) -> None:
    """Hold the lines that were kept against those made again, and the views that rest on them against the slow ones."""
    with store.writing() as connection:
        kept = held(connection)
        assert connection.execute(select(line_schema.touched_documents)).all() == []
        lines.rebuild(connection)
        assert held(connection) == kept
        for name, rows in slow_truth.views(connection).items():
            shown = [dict(row) for row in connection.exec_driver_sql(f"SELECT * FROM {name}").mappings()]  # noqa: S608
            assert in_order(shown) == in_order(rows), name


def in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (row.get("task") or row["document"], row.get("role", ""), row.get("position", 0)))


QUESTIONS: dict[str, dict[str, Any]] = {
    "all": {},
    "every copy": {"all_copies": True},
    "a site": {"site": "hushi"},
    "a site and a region": {"site": "jiangkou", "region": "310000"},
    "a region": {"region": "310000"},
    "another region": {"region": "320500"},
    "no region of the calendar": {"region": "3100"},
    "a body": {"agency": "江口市统计局"},
    "a body by its id and a role": {"agency": "a0", "role": "lead"},
    "a mention": {"agency": "市档案局"},
    "a role": {"role": "lead"},
    "a role that nobody has": {"role": "implied"},
    "days": {"due_from": date(2024, 6, 28), "due_to": date(2024, 7, 31)},
    "from a day": {"due_from": date(2024, 7, 1)},
    "a kind of deadline": {"deadline_kind": "by-date"},
    "no deadline": {"deadline_kind": "none"},
    "a kind of document": {"kind": "other"},
    "a year": {"year": 2024},
    "another year": {"year": 2023},
    "words": {"words": "信用监测"},
    "words and a body": {"words": "信用", "agency": "a0"},
    "a document": {"document": document_id(*PLACES[0])},
    "a version": {"document": f"{document_id(*PLACES[0])}@1"},
}


def times(last: int) -> list[dict[str, Any]]:
    """Return moments and days at which a question can be asked."""
    day, moment = local_day(AT + timedelta(days=last - 1)), AT + timedelta(days=last - 2)
    return [{}, {"as_of": day}, {"known_at": moment}, {"as_of": day, "known_at": moment}, {"as_of": date(2024, 3, 5)}]


def check_questions(store: Store, last: int, names: list[str]) -> None:
    """Hold the answers to questions against the slow ones, of today and of other times."""
    for name in names:
        for then in times(last):
            filters = Filters(**QUESTIONS[name], **then)
            with store.reading() as connection:
                truth = slow_truth.task_rows(connection, filters)
            told = [(row["id"], row["state"], row["copies"]) for row in queries.tasks(store, filters)]
            assert told == [(row["id"], row["state"], row["copies"]) for row in truth], (name, then)


def withdraw(crawler: Crawler, place: tuple[str, str]) -> None:
    crawler.day += 1
    with crawler.store.writing() as connection:
        here = documents.c.id == document_id(*place)
        connection.execute(update(documents).where(here).values(state="withdrawn", state_since=AT + timedelta(days=crawler.day)))


def settle(crawler: Crawler, place: tuple[str, str]) -> None:
    """Learn that a site is that of a province: its own copies count."""
    with crawler.store.writing() as connection:
        connection.execute(update(sites).where(sites.c.id == place[0]).values(region="310000"))


STEPS: tuple[Callable[[Crawler, tuple[str, str]], object], ...] = (Crawler.misses, withdraw, settle)
EVENTS = st.tuples(st.sampled_from(PLACES), st.one_of(PAGES, PAGES, st.sampled_from(STEPS)))


@settings(max_examples=60 if os.environ.get("HARVESTER_SOAK") else 3, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    events=st.lists(EVENTS, min_size=3, max_size=6),
    asked=st.lists(st.sampled_from(sorted(QUESTIONS)), min_size=7, max_size=7, unique=True),
)
def test_property_whatever_was_written_lines_say_it_and_questions_are_answered_by_them(
    store: Store, events: list[Any], asked: list[str]
) -> None:
    crawler = Crawler(store)
    crawler.day = next(LATER)  # than what an example before stored
    for place, event in events:
        if callable(event):
            event(crawler, place)
        else:
            crawler.finds(place, event)
    check_lines(store)
    check_questions(store, crawler.day, asked)


STORY = ("all", "every copy", "a region", "a site", "a body", "words")


def test_every_day_and_moment_of_a_work_whose_copies_come_go_and_are_told_late_is_answered_as_it_was(store: Store) -> None:
    """A second copy joins, is edited in disorder and leaves; a state is told after its day, and again of a document nobody wrote."""
    first, second, other = PLACES[2], PLACES[0], PLACES[1]
    crawler, page = Crawler(store), Page("江口市2024年信用建设工作安排", (Line(WHOLE, 0, 6), Line(PIECES[3], 1, 7)))
    crawler.finds(first, page)
    crawler.finds(second, page)
    assert {row["copies"] for row in queries.tasks(store)} == {2}
    settle(crawler, first)
    crawler.finds(other, Page("别的安排", (Line(PIECES[5], 1, 8),)))
    crawler.misses(second)
    crawler.finds(second, page)
    check_grid(store, crawler.day)
    crawler.finds(second, Page("别的安排", (Line(PIECES[5], 1, 8),)))
    withdraw(crawler, first)
    tell_late(store, first, day=2, moment=crawler.day + 1)
    with store.writing() as connection:
        here = (versions.c.document_id == document_id(*second)) & (versions.c.number == 2)
        connection.execute(update(versions).where(here).values(in_force_from=local_day(later(1))))
    check_lines(store)
    check_grid(store, crawler.day + 2)
    tell_late(store, other, day=3, moment=crawler.day + 2)
    check_lines(store)
    check_grid(store, crawler.day + 3)


def tell_late(store: Store, place: tuple[str, str], *, day: int, moment: int) -> None:
    """Tell the feed alone of another state of a document."""
    states = {"before": {"state": "live"}, "after": {"state": "gone"}}
    row: dict[str, Any] = {
        "entity": "document",
        "entity_id": document_id(*place),
        "document_id": document_id(*place),
        "kind": "gone",
        "cause": "source",
    }
    row |= {"as_of": local_day(later(day)), "known_at": later(moment), "site": place[0], "section": "notices"} | states
    with store.writing() as connection:
        tell(connection, [row | {"region": "", "version": 1, "fields": [], "run": None, "copy": False}])


def check_grid(store: Store, last: int) -> None:
    """Hold the answers to some questions against the slow ones, of all days and moments up to the last."""
    days = [None, date(2024, 3, 5), *(local_day(later(n)) for n in range(last))]
    moments = [None, *(later(n) for n in range(last))]
    with store.reading() as connection:
        for n, (day, moment) in enumerate(product(days, moments)):
            filters = Filters(**QUESTIONS[STORY[n % len(STORY)]], as_of=day, known_at=moment)
            truth = slow_truth.task_rows(connection, filters)
            told = [(row["id"], row["state"], row["copies"]) for row in task_rows.read(connection, filters)]
            assert told == [(row["id"], row["state"], row["copies"]) for row in truth], (filters, day, moment)


def test_a_store_with_lines_of_another_shape_is_told_apart_and_mended_by_an_upgrade(store: Store) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT)
    put(store, run, "1", make_derived())
    shown = queries.tasks(store)
    with store.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE document_lines DROP COLUMN settled_on")
    with pytest.raises(OldStore, match="harvester db upgrade"):
        Store.open(store.url.render_as_string(hide_password=False))
    store.upgrade()
    assert queries.tasks(store) == shown
    check_lines(store)


def test_a_place_orders_the_newest_document_first_and_its_tasks_in_their_order() -> None:
    older, newer = first_line(date(2024, 3, 4)), first_line(date(2024, 3, 5))
    places = [place_of(newer + 1), place_of(newer), place_of(newer, 1), place_of(newer, 2), place_of(older), place_of(older, 1)]
    assert sorted(places, reverse=True) == places
    assert [line_of(place) for place in places] == [newer + 1, newer, newer, newer, older, older]
    assert [ordinal_of(place) for place in places] == [0, 0, 1, 2, 0, 1]
    assert document_place(places[3]) == places[1] == places[1] | LAST
    assert max(place_of(last_line(date.max), n) for n in (0, LAST)) < 1 << 63
    with pytest.raises(ValueError, match="no ordinal"):
        place_of(newer, LAST + 1)


@given(days=st.lists(st.dates(), min_size=2, max_size=2), ordinals=st.lists(st.integers(0, LAST), min_size=2, max_size=2))
def test_property_places_of_two_days_never_mix(days: list[date], ordinals: list[int]) -> None:
    one, other = (place_of(first_line(day), ordinal) for day, ordinal in zip(days, ordinals, strict=True))
    if days[0] != days[1]:
        assert (one < other) == (days[0] < days[1])
    assert ordinal_of(one) == ordinals[0]
    assert line_of(one) == first_line(days[0])


def test_a_document_keeps_its_line_until_its_day_is_another(store: Store) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT)
    for key in ("1", "2"):
        put(store, run, key, make_derived(f"安排{key}", document_number="", signature=()))
    with store.writing() as connection:
        n = line_schema.line_numbers.c
        query = select(n.document_id, n.line).order_by(n.line)
        before = connection.execute(query).all()
        lines.rebuild(connection)
        assert connection.execute(query).all() == before
        assert [lines.number(connection, row.document_id) for row in before] == [row.line for row in before]
    put(
        store,
        run,
        "1",
        make_derived("安排1", ("别的事项，年底前完成",), document_number="", signature=(), published_on=date(2024, 2, 1)),
        at=later(9),
    )
    with store.reading() as connection:
        after = connection.execute(query).all()
    assert [row.document_id for row in after] == [document_id("jiangkou", "1"), document_id("jiangkou", "2")]
    assert first_line(date(2024, 2, 1)) <= after[0].line <= last_line(date(2024, 2, 1))
    assert after[1].line == dict(tuple(row) for row in before)[document_id("jiangkou", "2")]


def test_a_writer_that_knows_nothing_of_lines_keeps_them_right(store: Store) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT)
    put(store, run, "1", make_derived())
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE documents SET state = 'repealed'")
        connection.exec_driver_sql("UPDATE tasks SET deadline_end = '2025-01-31' WHERE ordinal = 1")
    check_lines(store)
    assert queries.tasks(store) == []
    found = queries.tasks(store, Filters(document=document_id("jiangkou", "1")))
    assert [row["deadline"]["end"] for row in found][:2] == [date(2025, 1, 31), date(2024, 9, 30)]


def test_what_is_rolled_back_leaves_the_lines_as_they_were(store: Store) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT)
    put(store, run, "1", make_derived())
    with store.reading() as connection:
        before = held(connection)
    with pytest.raises(RuntimeError), store.writing() as connection:
        connection.execute(update(documents).values(state="gone"))
        raise RuntimeError("power cut")
    with store.reading() as connection:
        assert held(connection) == before


def test_a_store_without_lines_gets_them_by_an_upgrade(store: Store) -> None:
    store.load_agencies(AGENCIES)
    run = store.begin_run("jiangkou", ["notices"], AT)
    put(store, run, "1", make_derived())
    shown = queries.tasks(store)
    with store.writing() as connection:
        for table in (*TABLES, line_schema.task_line_agencies, line_schema.line_agencies, line_schema.line_numbers):
            connection.execute(delete(table))
    store.upgrade()
    assert queries.tasks(store) == shown
    check_lines(store)


def later(days: float) -> datetime:
    return AT + timedelta(days=days)


def test_a_region_is_found_by_the_codes_that_name_it_and_not_by_pieces_of_them(store: Store) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT)
    put(store, run, "1", make_derived(regions=("320506", "330000")))
    with store.reading() as connection:
        c = line_schema.line_choices.c
        assert set(connection.execute(select(c.stem)).scalars()) == {"", "32", "3205", "320506", "33"}
        assert set(connection.execute(select(version_regions.c.region)).scalars()) == {"320506", "330000"}
        everything = connection.execute(select(tasks.c.id)).scalars().all()
    for region, found in (("320000", 4), ("320500", 4), ("320506", 4), ("330000", 4), ("330100", 0), ("320507", 0), ("310000", 0)):
        assert len(queries.tasks(store, Filters(region=region))) == found, region
    assert len(everything) == 4
