"""Pages follow one another without a gap or a row twice, whatever is written meanwhile; a cursor belongs to its question."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import asking, notice_queries, paging, queries, search_plans, search_sqlite
from storage.errors import StoreError
from storage.paging import Page, WrongCursor, behind, cursor
from storage.selection import Filters
from storage.store import Store
from tests.storage.conftest import filled_once
from tests.storage.histories import PLACES, TITLES, Crawler, Line
from tests.storage.histories import Page as Found
from tests.storage.samples import AGENCIES, AT, make_derived, put

PIECES = ("编制公共信用信息目录并公布", "推进企业信用修复一次办结", "组织信用服务机构备案")


def fill(store: Store) -> None:
    """Fill a store: three documents, one of them edited, and five of another site on other days."""
    store.load_agencies(AGENCIES)
    crawler = Crawler(store)
    for n, place in enumerate(PLACES):
        crawler.finds(place, Found(f"{TITLES[0]}{n}", tuple(Line(f"{PIECES[n]}第{m}项", m % 2, 6 + m % 3) for m in range(4 + n))))
    crawler.finds(PLACES[0], Found(f"{TITLES[0]}0", (Line(PIECES[2], 1, 8), Line(PIECES[1], 0, 7))))
    run = store.begin_run("others", ["notices"], AT)
    for n in range(1, 6):
        put(store, run, str(n), alone(n), site="others")


filled = filled_once(fill)


def alone(n: int) -> Any:
    """Return what a document is read as that is no copy of any other."""
    lines = (f"第{n}件事由某组负责", f"第{n}件事的检查")
    return make_derived(f"第{n}号安排", lines, document_number=f"江办〔2024〕{n}号", signature=(), published_on=date(2024, 2, 20 + n % 3))


def walk(ask: Callable[..., Page], meanwhile: Callable[[], object] = lambda: None) -> tuple[list[dict[str, Any]], set[int | None]]:
    """Return the rows of all pages and the totals that they told."""
    rows: list[dict[str, Any]] = []
    totals, after = set[int | None](), ""
    while True:
        page = ask(after=after)
        rows += [dict(row) for row in page.rows]
        totals.add(page.total)
        assert page.more == bool(page.next)
        if not page.next:
            return rows, totals
        after = page.next
        meanwhile()


ASKED: tuple[dict[str, Any], ...] = (
    {},
    {"all_copies": True, "site": "others"},
    {"agency": "a0", "role": "lead"},
    {"due_from": date(2024, 6, 1), "due_to": date(2024, 8, 1)},
    {"deadline_kind": "by-date"},
    {"words": "信用"},
    {"words": "公共信用信息目录 编制"},
    {"words": "负责"},
    {"words": "企业信用修复", "all_copies": True},
    {"words": "企业信用修复", "agency": "a0"},
    {"words": "第1项", "due_from": date(2024, 6, 1), "due_to": date(2024, 8, 1)},
    {"as_of": date(2024, 5, 8)},
    {"as_of": date(2024, 5, 8), "agency": "a1"},
    {"as_of": date(2024, 5, 8), "words": "信用"},
    {"as_of": date(2025, 1, 1), "words": "信用"},
)


def test_pages_of_tasks_are_the_answer_in_pieces_and_tell_how_many_there_are(filled: Store) -> None:
    for asked in ASKED:
        whole = queries.tasks(filled, Filters(**asked))
        rows, totals = walk(partial(queries.task_page, filled, Filters(**asked, limit=3)))
        assert rows == whole, asked
        assert totals == {len(whole)}, asked
        due, totals = walk(partial(queries.task_page, filled, Filters(**asked, limit=3), order="due"))
        dated = [row for row in whole if row["deadline"] and row["deadline"]["end"]]
        assert due == sorted(dated, key=lambda row: row["deadline"]["end"]), asked
        assert totals == {len(dated)}, asked


def test_few_tasks_and_many_are_found_by_the_index_of_words_or_by_their_texts_alike(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    worded = [asked for asked in ASKED if "words" in asked]
    by_texts = [queries.tasks(filled, Filters(**asked)) for asked in worded]
    monkeypatch.setattr(asking, "READ", 0)
    assert [queries.tasks(filled, Filters(**asked)) for asked in worded] == by_texts


def test_a_word_to_which_the_index_leads_more_often_than_is_counted_has_pages_and_no_total(
    filled: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_sqlite, "RARE", 0)  # what is rare is told with all its places
    whole = queries.tasks(filled, Filters(words="企业信用修复"))
    monkeypatch.setattr(asking, "FEW", len(whole))
    assert walk(partial(queries.task_page, filled, Filters(words="企业信用修复", limit=3))) == (whole, {len(whole)})
    monkeypatch.setattr(asking, "FEW", len(whole) - 1)
    assert walk(partial(queries.task_page, filled, Filters(words="企业信用修复", limit=3))) == (whole, {None})
    monkeypatch.setattr(asking, "FEW", len(whole))
    monkeypatch.setattr(search_plans, "about", lambda *_: 4 * len(whole))  # where a sample says so, PostgreSQL's index is not asked
    told = len(whole) if filled.engine.dialect.name == "sqlite" else None
    assert walk(partial(queries.task_page, filled, Filters(words="企业信用修复", limit=3))) == (whole, {told})


def test_pages_of_documents_and_bodies_are_the_answer_in_pieces(filled: Store) -> None:
    for asked in ({}, {"site": "others"}, {"words": "信用"}, {"as_of": date(2024, 5, 8)}, {"kind": "other", "region": "310000"}):
        whole = queries.documents(filled, Filters(**asked))
        rows, totals = walk(partial(queries.document_page, filled, Filters(**asked, limit=2)))
        assert (rows, totals) == (whole, {len(whole)}), asked
    for asked in ({}, {"site": "jiangkou"}, {"agency": "a1"}, {"due_to": date(2024, 7, 1)}, {"as_of": date(2024, 5, 8)}):
        bodies = queries.agencies(filled, Filters(**asked))
        for order in ("name", "region"):
            ask = Filters(**asked, limit=2)
            rows, _ = walk(partial(queries.agency_page, filled, ask, order=order))
            assert sorted(rows, key=_body) == sorted(bodies, key=_body), (asked, order)
            assert order == "region" or [row["name"] for row in rows] == sorted(row["name"] for row in rows)
    with pytest.raises(StoreError, match="choose one of name, region"):
        queries.agency_page(filled, order="tasks")


def _body(row: dict[str, Any]) -> tuple[str, str]:
    return row["name"], row["id"] or ""


def test_rows_that_arrive_meanwhile_neither_repeat_nor_hide_others(filled: Store) -> None:
    before = [row["id"] for row in queries.tasks(filled)]
    run, numbers = filled.begin_run("others", ["notices"], AT), iter(range(6, 40))

    def write() -> None:
        n = next(numbers)
        put(filled, run, str(n), alone(n), site="others")

    rows, _ = walk(partial(queries.task_page, filled, Filters(limit=2)), write)
    found = [row["id"] for row in rows]
    assert len(found) == len(set(found))
    assert [one for one in found if one in set(before)] == before


def test_a_cursor_of_another_question_is_refused(filled: Store) -> None:
    first = queries.task_page(filled, Filters(limit=2))
    assert queries.task_page(filled, Filters(limit=5), after=first.next).rows
    for other in (Filters(site="others"), Filters(as_of=date(2024, 5, 8)), Filters(known_at=datetime(2024, 5, 8, tzinfo=UTC))):
        with pytest.raises(WrongCursor, match="another question"):
            queries.task_page(filled, other, after=first.next)
    for ask in (queries.document_page, queries.agency_page):
        with pytest.raises(WrongCursor, match="another question"):
            ask(filled, Filters(limit=2), after=first.next)
    with pytest.raises(WrongCursor, match="another question"):
        queries.task_page(filled, Filters(limit=2), after=first.next, order="due")
    with pytest.raises(StoreError, match="ask for 1 to"):
        queries.task_page(filled, replace(Filters(), limit=0))


@given(text=st.one_of(st.text(max_size=60), st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode())))
def test_property_what_no_page_gave_is_no_cursor(text: str) -> None:
    if text:
        with pytest.raises(WrongCursor):
            behind("tasks", Filters(), text, (int,))


@given(value=st.recursive(st.one_of(st.none(), st.integers(), st.text()), st.lists, max_leaves=5))
def test_property_a_cursor_with_a_key_of_another_shape_is_refused(value: Any) -> None:
    made = cursor("tasks", Filters(), [])
    digest = base64.urlsafe_b64decode(made + "=" * (-len(made) % 4))[:9]
    forged = base64.urlsafe_b64encode(digest + json.dumps(value).encode()).decode().rstrip("=")
    if isinstance(value, list) and len(value) == 1 and type(value[0]) is int:
        return
    with pytest.raises(WrongCursor):
        behind("tasks", Filters(), forged, (int,))


@pytest.mark.parametrize("key", [[1 << 63], [-(1 << 70)], ["a\0"], ["\ud800"]])
def test_a_key_that_a_database_cannot_be_asked_for_is_refused(key: list[Any]) -> None:
    made = cursor("tasks", Filters(), [])
    digest = base64.urlsafe_b64decode(made + "=" * (-len(made) % 4))[:9]
    forged = base64.urlsafe_b64encode(digest + json.dumps(key).encode()).decode().rstrip("=")
    with pytest.raises(WrongCursor, match="given by no page"):
        behind("tasks", Filters(), forged, (type(key[0]),))


def test_a_cursor_of_records_with_a_day_that_is_none_is_refused(filled: Store) -> None:
    with pytest.raises(WrongCursor, match="given by no page"):
        notice_queries.page(filled, today=AT.date(), after=cursor("notices", notice_queries.NO_FILTERS, ("gestern", "a", "b")))


@given(key=st.tuples(st.integers(0, 1 << 60), st.text()))
def test_property_a_cursor_gives_its_key_back(key: tuple[int, str]) -> None:
    made = cursor("agencies", Filters(site="某"), key)
    assert made.isascii()
    if "\0" not in key[1] and len(made) <= paging._LONGEST:
        assert behind("agencies", Filters(site="某"), made, (int, str)) == list(key)
