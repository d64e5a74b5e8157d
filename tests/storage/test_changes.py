"""The feed as readers ask for it: filters, what a change is for a body, cursors, and what may be shown of records."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from time import sleep
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from storage.change_queries import EVERYTHING, ChangeFilters, changes, effect, horizon, latest, looked_at
from storage.change_schema import feed_state
from storage.changes import tell
from storage.errors import StaleCursor, UnknownCursor
from storage.identity import document_id
from storage.records import AgencyName, AgencyRow
from storage.schema import documents
from storage.store import Store
from tests.storage.feed_samples import body, document_row, task, task_row, told
from tests.storage.histories import PLACES, WHOLE, Crawler, Line, Page
from tests.storage.samples import AT

TODAY = date(2024, 6, 1)
TRADE, QUALITY, MARKET = (
    AgencyRow(
        "a1", "江口市工商局", "agency", "310000", valid_to=date(2018, 11, 1), successor="a3", names=(AgencyName("市工商局", "alias"),)
    ),
    AgencyRow(
        "a2", "江口市质监局", "agency", "310000", valid_to=date(2018, 11, 1), successor="a3", names=(AgencyName("市质监局", "alias"),)
    ),
    AgencyRow("a3", "江口市市场监管局", "agency", "310000", names=(AgencyName("市市场监管局", "alias"),)),
)
ARCHIVES = body("市档案局", "江口市档案局", "a9")


def asked(store: Store, **filters: Any) -> list[dict[str, Any]]:
    return changes(store, ChangeFilters(**filters), today=TODAY)


def numbers(store: Store, **filters: Any) -> list[int]:
    return [row["seq"] for row in asked(store, **filters)]


def test_rows_come_in_the_order_of_the_feed_and_go_on_from_a_cursor(store: Store) -> None:
    all_of_it = told(store, *(task_row("added", after=task(n)) for n in range(1, 8)))
    assert numbers(store) == all_of_it
    page = numbers(store, limit=3)
    assert page + numbers(store, since_seq=page[-1]) == all_of_it
    assert numbers(store, since_seq=latest(store)) == []


def test_readers_get_what_the_source_changed_and_nothing_twice(store: Store) -> None:
    seq = told(
        store,
        task_row("added", after=task(1)),
        task_row("changed", task(1), task(1), cause="reading"),
        task_row("added", after=task(1, document="d2"), copy=True),
        task_row("restated", task(1), task(1)),
        document_row("tied", cause="decision", before={"work": "w1"}, after={"work": "w2"}),
    )
    assert numbers(store) == seq[:1]
    assert numbers(store, causes=("reading", "decision")) == [seq[1], seq[4]]
    assert numbers(store, copies=True) == [seq[0], seq[2]]
    assert numbers(store, kinds=("restated",)) == [seq[3]]
    assert [row["seq"] for row in changes(store, EVERYTHING, today=TODAY)] == seq


def test_a_body_sees_what_it_gained_lost_kept_and_had_moved(store: Store) -> None:
    mine: dict[str, Any] = {"lead": [ARCHIVES]}
    other: dict[str, Any] = {"lead": [body("市档案馆", "江口市档案馆", "a8")]}
    told(
        store,
        task_row("added", after=task(1, **mine)),
        task_row("changed", task(2, **mine), task(2, **other), fields=["lead"]),
        task_row("changed", task(3, **other), task(3, **mine), fields=["lead"]),
        task_row("changed", task(4, **mine), task(4, **mine), fields=["deadline"]),
        task_row("moved", task(5, **mine), task(5, section="二、其他", **mine)),
        task_row("removed", task(6, **mine)),
        task_row("added", after=task(7, **other)),
        task_row("split", task(8, **mine), [task(9, **mine), task(10, **other)]),
        task_row("merged", [task(11, **mine), task(12, **other)], task(13, **other)),
    )
    wanted = ["gained", "lost", "gained", "changed", "moved", "lost", "changed", "lost"]
    for name in ("市档案局", "江口市档案局", "a9"):
        assert [row["effect"] for row in asked(store, agency=name)] == wanted
    assert {row["effect"] for row in asked(store)} == {""}


def test_a_role_tells_who_leads_from_who_helps(store: Store) -> None:
    told(store, task_row("changed", task(1, lead=[ARCHIVES]), task(1, partner=[ARCHIVES]), fields=["lead", "partner"]))
    (row,) = asked(store, agency="a9")
    assert (row["effect"], row["roles"]) == ("changed", {"before": ["lead"], "after": ["partner"]})
    assert [row["effect"] for row in asked(store, agency="a9", role="lead")] == ["lost"]
    assert [row["effect"] for row in asked(store, agency="a9", role="partner")] == ["gained"]
    assert asked(store, agency="a9", role="responsible") == []


def test_a_body_is_found_under_the_names_that_a_reform_gave_it(store: Store) -> None:
    store.load_agencies([TRADE, QUALITY, MARKET])
    before, beside, after = (body(row.name, row.name, row.id) for row in (TRADE, QUALITY, MARKET))
    seq = told(
        store,
        task_row("added", after=task(1, lead=[before])),
        task_row("added", after=task(2, lead=[beside])),
        task_row("added", after=task(3, lead=[after])),
        task_row("changed", task(4, lead=[before]), task(4, lead=[after]), fields=["lead"]),
    )
    assert numbers(store, agency="市市场监管局") == numbers(store, agency="市场监管局") == seq
    assert numbers(store, agency="江口市工商局") == [seq[0], seq[2], seq[3]]
    assert numbers(store, agency="市质监局") == [seq[1], seq[2], seq[3]]
    assert [row["effect"] for row in asked(store, agency="a3")][-1] == "changed"
    assert numbers(store, agency="不在册的局", kin=("a2",)) == [seq[1]]


def test_a_mention_that_could_not_be_resolved_is_found_by_its_words(store: Store) -> None:
    seq = told(store, task_row("added", after=task(1, lead=[body("某某 中心")])))
    assert numbers(store, agency="某某中心") == seq
    assert numbers(store, agency="某某") == []


def test_the_line_of_a_body_ends_where_entries_name_each_other_in_a_circle(store: Store) -> None:
    store.load_agencies([replace(TRADE, successor="a2"), replace(QUALITY, successor="a1")])
    seq = told(store, task_row("added", after=task(1, lead=[body("市质监局", QUALITY.name, "a2")])))
    assert numbers(store, agency="市工商局") == seq


def test_places_documents_works_and_tasks_narrow_the_feed(store: Store) -> None:
    seq = told(
        store,
        task_row("added", after=task(1)),
        task_row("added", after=task(1, document="d2"), region="320500", site="hushi", section="news", work_id="w2"),
        {"entity": "link", "entity_id": "d3>d2:draft", "kind": "added", "site": "hushi", "after": {"document": "d3", "other": "d2"}},
        task_row("split", task(2), [task(3), task(31)]),
        document_row("gone"),
    )
    assert numbers(store, region="310000") == [seq[0], seq[3], seq[4]]
    assert numbers(store, region="320000") == [seq[1]]
    assert numbers(store, site="hushi") == [seq[1], seq[2]]
    assert numbers(store, site="hushi", section="news") == [seq[1]]
    assert numbers(store, document="d2") == [seq[1], seq[2]]
    assert numbers(store, document="d3") == [seq[2]]
    assert numbers(store, work="w2") == [seq[1]]
    assert numbers(store, task="d1.k1") == [seq[0]]
    assert numbers(store, task="d1.k3") == [seq[3]]
    assert numbers(store, entities=("document", "link")) == [seq[2], seq[4]]
    assert numbers(store, kinds=("gone", "split")) == seq[3:]


def test_what_a_document_said_is_not_told_once_its_publisher_withdrew_it(store: Store) -> None:
    Crawler(store).finds(PLACES[0], Page("江口市2024年信用建设工作安排", (Line(WHOLE, 0, 6),)))
    before = numbers(store)
    with store.writing() as connection:
        connection.execute(update(documents).values(state="withdrawn", state_since=AT))
    document = document_id(*PLACES[0])
    seq = told(store, document_row("withdrawn", document))
    assert numbers(store) == seq[-1:]
    assert numbers(store, withdrawn=True) == [*before, seq[-1]]
    assert [row["seq"] for row in changes(store, EVERYTHING, today=TODAY)] == seq


def test_two_clocks_narrow_the_feed(store: Store) -> None:
    days = [date(2024, 5, day) for day in (1, 2, 3)]
    seq = told(store, *(task_row("added", after=task(n), as_of=day, known_at=AT + timedelta(days=n)) for n, day in enumerate(days)))
    assert numbers(store, since=AT + timedelta(days=1)) == seq[1:]
    assert numbers(store, until=AT + timedelta(days=1)) == seq[:1]
    assert numbers(store, as_of_from=days[1], as_of_to=days[1]) == [seq[1]]


@pytest.mark.parametrize("word", ["信用修复", "信用 修复", "市档案局", "２０２５年", "第3项", "金山"])
def test_a_word_stands_in_what_was_or_is(store: Store, word: str) -> None:
    was = task(1, "推进信用修复，第3项，⾦\uf90a山区", lead=[ARCHIVES], deadline={"text": "2025年6月"})
    seq = told(store, task_row("changed", was, task(1, "别的事")), task_row("added", after=task(2, "别的事")))
    assert numbers(store, word=word) == seq[:1]
    assert numbers(store, word=word, limit=1) == seq[:1]


def test_an_empty_word_of_marks_only_finds_nothing_rather_than_all(store: Store) -> None:
    told(store, task_row("added", after=task(1)))
    assert numbers(store, word="，") == []


def test_a_rare_word_is_found_behind_many_pages(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.change_queries.PAGE", 3)
    seq = told(store, *(task_row("added", after=task(n, "罕见之事" if n == 20 else "平常之事")) for n in range(1, 22)))
    assert numbers(store, word="罕见", limit=1) == [seq[19]]
    assert numbers(store) == seq


def test_a_cursor_before_the_horizon_names_the_place_to_begin_again(store: Store) -> None:
    seq = told(store, *(task_row("added", after=task(n)) for n in range(1, 4)))
    with store.writing() as connection:
        connection.execute(update(feed_state).values(horizon=seq[1]))
    with pytest.raises(StaleCursor, match=f"snapshot.*{seq[2]}") as stale:
        asked(store, since_seq=seq[0])
    assert (stale.value.cursor, stale.value.horizon, stale.value.latest) == (seq[0], seq[1], seq[2])
    assert horizon(store) == seq[1]
    assert numbers(store, since_seq=seq[1]) == seq[2:]


def test_a_cursor_of_another_store_is_refused(store: Store) -> None:
    seq = told(store, task_row("added", after=task(1)))
    with pytest.raises(UnknownCursor, match="another store's"):
        asked(store, since_seq=seq[0] + 1)
    assert latest(store) == seq[0]


def test_what_was_looked_at_is_told_of_every_site(store: Store) -> None:
    assert looked_at(store) == []
    first = store.begin_run("jiangkou", ["notices"], AT, name="江口信用网")
    store.end_run(first, "complete", "", {}, AT + timedelta(hours=1))
    second = store.begin_run("jiangkou", ["notices"], AT + timedelta(days=1))
    store.end_run(second, "blocked", "challenge", {}, AT + timedelta(days=1, hours=1))
    (row,) = looked_at(store, "jiangkou")
    assert (row["complete_at"], row["looked_at"], row["verdict"]) == (AT + timedelta(hours=1), AT + timedelta(days=1), "blocked")
    assert looked_at(store, "hushi") == []


MOMENTS = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))
FILTERS = st.builds(
    ChangeFilters,
    since_seq=st.none() | st.integers(0, 10**9),
    since=st.none() | MOMENTS,
    as_of_from=st.none() | st.dates(),
    kinds=st.lists(st.sampled_from(["added", "removed", "gone"]), unique=True).map(tuple),
    causes=st.sampled_from([(), ("source",), ("source", "reading")]),
    agency=st.text(max_size=4),
    copies=st.booleans(),
    limit=st.none() | st.integers(1, 9),
)


@given(FILTERS)
def test_property_filters_come_back_from_json_as_they_were(filters: ChangeFilters) -> None:
    assert ChangeFilters.from_json(filters.as_json()) == filters


ROLES = st.lists(st.sampled_from(["lead", "partner"]), max_size=2, unique=True)


@given(st.sampled_from(["added", "changed", "moved", "removed"]), ROLES, ROLES)
def test_property_what_one_side_gains_the_mirrored_side_loses(kind: str, before: list[str], after: list[str]) -> None:
    mirror = {"gained": "lost", "lost": "gained"}
    found = effect(kind, before, after)
    assert effect(kind, after, before) == mirror.get(found, found)


def write_rows(url: str, name: str, rounds: int) -> None:
    """Write rows as a crawl of its own would: in transactions that take their time after the feed was told."""
    with Store.open(url) as store:
        for n in range(rounds):
            with store.writing() as connection:
                tell(connection, [task_row("added", after=task(n, document=name)), document_row("changed", name)])
                sleep((n * 7 + len(name)) % 5 / 1000)


def test_a_reader_that_polls_sees_every_row_of_two_writers_once_and_in_order(store: Store, url: str) -> None:
    seen: list[int] = []
    with ThreadPoolExecutor(2) as pool:
        writers = [pool.submit(write_rows, url, name, 40) for name in ("d1", "d22")]
        done = False
        while not done:
            done = all(writer.done() for writer in writers)
            seen += numbers(store, since_seq=seen[-1] if seen else 0)
        for writer in writers:
            writer.result()
    assert seen == [row["seq"] for row in changes(store, EVERYTHING, today=TODAY)]
    assert len(seen) == 160
