"""Questions about another time: what the sources said on a day, as far as the store knew by a moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from storage import queries
from storage.change_schema import change_agencies, changes
from storage.days import local_day
from storage.identity import document_id
from storage.schema import documents
from storage.selection import Filters
from storage.store import Store
from tests.storage.conftest import filled_once
from tests.storage.histories import PAGES, PLACES, WHOLE, Crawler, Line, Page
from tests.storage.samples import AT

TITLE = "江口市2024年信用建设工作安排"
FIRST = Page(TITLE, (Line(WHOLE, 0, 6), Line("开展诚信主题宣传活动，覆盖全部街道和工业园区", 0, 7)))
SECOND = Page(TITLE, (Line(WHOLE, 1, 6), Line("组织信用服务机构备案，公布备案名单并抽查履约情况", 0, 7)))
PUBLISHED = date(2024, 3, 5)
DOCUMENT = document_id(*PLACES[0])


LATER = count(100, 10)


def day(n: int) -> date:
    return local_day(AT + timedelta(days=n))


def moment(n: int) -> datetime:
    return AT + timedelta(days=n)


def fill(store: Store) -> None:
    """Give a store whose document was found on day 1, edited on day 2, gone on day 3 and back on day 4."""
    crawler = Crawler(store)
    crawler.finds(PLACES[0], FIRST)
    crawler.finds(PLACES[0], SECOND)
    crawler.misses(PLACES[0])
    crawler.finds(PLACES[0], SECOND)


told = filled_once(fill)


def texts(store: Store, **filters: Any) -> list[str]:
    return [row["text"][:4] for row in queries.tasks(store, Filters(**filters))]


def test_a_day_before_the_edit_has_the_old_tasks_in_every_question(told: Store) -> None:
    then, now = Filters(as_of=day(1)), Filters()
    assert texts(told, as_of=day(1)) == ["编制公共", "开展诚信"]
    assert texts(told) == ["编制公共", "组织信用"]
    assert [row["version"] for row in queries.documents(told, then)] == [1]
    assert {row["name"]: row["lead"] for row in queries.agencies(told, then)}["江口市档案局"] == 2
    assert {row["name"]: row["lead"] for row in queries.agencies(told, now)}["江口市档案局"] == 1
    assert texts(told, as_of=day(1), words="诚信主题") == ["开展诚信"]
    assert texts(told, words="诚信主题") == []
    assert [row["version"] for row in queries.documents(told, Filters(as_of=day(1), words="诚信主题"))] == [1]
    assert texts(told, as_of=PUBLISHED) == ["编制公共", "开展诚信"]
    assert texts(told, as_of=PUBLISHED - timedelta(days=1)) == []


def test_a_search_as_of_a_day_finds_what_stood_there_then(told: Store) -> None:
    found = queries.search(told, "诚信主题", Filters(as_of=day(1)))
    assert found["counts"] == {"document": 1, "task": 1, "notice": 0}
    assert {hit["id"] for hit in found["hits"]} == {DOCUMENT, f"{DOCUMENT}.1.t2"}
    assert all("诚信主题" in hit["snippet"] for hit in found["hits"])
    assert queries.search(told, "诚信主题", Filters(as_of=day(1)), kind="task")["hits"][0]["kind"] == "task"
    assert queries.search(told, "诚信主题")["counts"] == {"document": 0, "task": 0, "notice": 0}
    assert queries.search(told, "备案名单", Filters(as_of=day(1)))["counts"]["task"] == 0
    assert queries.search(told, "备案名单", Filters(as_of=day(9)))["counts"]["task"] == 1
    assert queries.search(told, "信用建设工作", Filters(as_of=day(1)))["hits"][0]["snippet"].startswith(TITLE)


def test_a_search_of_a_body_as_of_a_day_finds_its_tasks_of_then(told: Store) -> None:
    for role, by in (("lead", "江口市档案局"), ("lead", ""), ("partner", "江口市档案局"), ("", "无此机构")):
        then = Filters(as_of=day(1), role=role, agency=by)
        found, meant = queries.search(told, "诚信主题", then), texts(told, as_of=day(1), role=role, agency=by, words="诚信主题")
        assert found["counts"] == {"document": 0, "task": len(meant), "notice": 0}, then
        assert [hit["snippet"][:4] for hit in found["hits"]] == meant
    assert queries.search(told, "诚信主题", Filters(as_of=day(1), role="lead"))["counts"]["task"] == 1


def test_what_the_store_did_not_know_yet_is_in_no_answer(told: Store) -> None:
    assert texts(told, known_at=moment(0)) == []
    assert texts(told, known_at=moment(1)) == ["编制公共", "开展诚信"]
    assert texts(told, known_at=moment(2)) == ["编制公共", "组织信用"]
    assert texts(told, as_of=day(9), known_at=moment(1)) == ["编制公共", "开展诚信"]
    assert texts(told, as_of=PUBLISHED, known_at=moment(0)) == []
    assert texts(told, as_of=PUBLISHED, known_at=moment(9)) == ["编制公共", "开展诚信"]
    assert queries.search(told, "备案名单", Filters(known_at=moment(1)))["counts"]["task"] == 0


def test_a_better_reading_changes_what_was_said_but_not_what_was_known(told: Store) -> None:
    crawler = Crawler(told)
    crawler.day, crawler.found[PLACES[0]] = 4, SECOND
    crawler.rereads(PLACES[0], skipped=0)
    assert texts(told, as_of=day(2)) == ["组织信用"]
    assert texts(told, as_of=day(2), known_at=moment(3)) == ["编制公共", "组织信用"]
    assert texts(told, known_at=datetime.now(UTC)) == ["组织信用"]


def test_the_state_of_a_document_is_that_of_the_day(told: Store) -> None:
    for n, state in [(1, "live"), (2, "live"), (3, "gone"), (4, "live"), (9, "live")]:
        assert [row["state"] for row in queries.documents(told, Filters(as_of=day(n)))] == [state], n
        assert [row["state"] for row in queries.documents(told, Filters(known_at=moment(n)))] == [state], n
        assert {row["state"] for row in queries.tasks(told, Filters(as_of=day(n)))} == {state}, n


def test_what_was_withdrawn_later_stood_there_before(told: Store) -> None:
    with told.writing() as connection:
        connection.execute(update(documents).values(state="withdrawn", state_since=moment(6)))
    assert texts(told) == texts(told, as_of=day(6)) == texts(told, known_at=moment(6)) == []
    assert texts(told, as_of=day(5)) == texts(told, known_at=moment(5)) == ["编制公共", "组织信用"]


def test_without_the_feed_a_state_found_later_is_not_found_yet(told: Store) -> None:
    with told.writing() as connection:
        connection.execute(delete(change_agencies))
        connection.execute(delete(changes))
        connection.execute(update(documents).values(state="gone", state_since=moment(3)))
    assert [row["state"] for row in queries.documents(told, Filters(as_of=day(2)))] == ["live"]
    assert [row["state"] for row in queries.documents(told, Filters(as_of=day(3)))] == ["gone"]


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(pages=st.lists(PAGES, min_size=2, max_size=4))
def test_property_each_day_is_answered_as_it_was_answered_on_the_day(store: Store, pages: list[Page]) -> None:
    crawler = Crawler(store)
    crawler.day = next(LATER)  # than what an example before stored
    answers = {}
    for page in pages:
        crawler.finds(PLACES[2], page)
        asked = Filters(document=document_id(*PLACES[2]))
        told_now = queries.tasks(store, asked), queries.search(store, "信用", Filters(site="hushi"))["hits"]
        answers[crawler.day] = told_now
    for number, (tasks, hits) in answers.items():
        for filters in ({"as_of": day(number)}, {"known_at": moment(number)}):
            assert queries.tasks(store, Filters(document=document_id(*PLACES[2]), **filters)) == tasks
            again = queries.search(store, "信用", Filters(site="hushi", **filters))["hits"]
            assert sorted(again, key=lambda hit: hit["id"]) == sorted(hits, key=lambda hit: hit["id"])
