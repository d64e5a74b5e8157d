"""A record is missing when a whole list no longer names it; a half, blocked, dead or empty one says nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from spiders.items import CoverageLine
from storage.notice_rows import notice_id
from storage.store import Store
from tests.storage.notice_samples import (
    AT,
    SITE,
    ingest,
    make_given,
    stored,
    tag_of,
)


def line(section: str = "penalties", part: str = "", **more: Any) -> Any:
    return CoverageLine(section, part, **({"listed": 1, "complete": True} | more))


def crawl(store: Store, day: int, seen: list[str], *lines: Any, verdict: str = "complete", part: str = "", early: bool = False) -> None:
    at = AT + timedelta(days=day)
    run = store.begin_run(SITE, ["penalties"], at)
    store.notices_seen(run, SITE, "penalties", part, [tag_of(key) for key in seen], at)
    if early:
        store.record_coverage(run, lines)
    store.end_run(run, verdict, "" if verdict == "complete" else "no-list-container", {}, at + timedelta(minutes=5))
    if not early:
        store.record_coverage(run, lines)


def missing(store: Store) -> set[str]:
    return {row["id"] for row in stored(store).values() if row["missing_since"]}


@pytest.mark.parametrize("early", [False, True])
def test_a_record_that_a_whole_list_no_longer_names_is_missing_until_it_is_seen_again(store: Store, early: bool) -> None:
    ingest(store, make_given("1"), make_given("2"))
    crawl(store, 0, ["1", "2"], line(), early=early)
    assert missing(store) == set()
    crawl(store, 1, ["2"], line(), early=early)
    crawl(store, 2, ["2"], line(), early=early)
    row = stored(store)[notice_id(tag_of("1"))]
    assert missing(store) == {row["id"]}
    assert (row["missing_since"], row["missing_last"]) == (AT + timedelta(days=1, minutes=5), AT + timedelta(days=2, minutes=5))
    crawl(store, 3, ["1", "2"], line(), early=early)
    assert missing(store) == set()


@pytest.mark.parametrize(
    ("verdict", "lines"),
    [
        ("incomplete", [line()]),
        ("blocked", [line()]),
        ("failed", [line()]),
        ("complete", [line(complete=False)]),
        ("complete", [line(capped=True)]),
        ("complete", [line("permits")]),
        ("complete", [line(part="甲局"), line(complete=False)]),
        ("complete", []),
    ],
)
def test_a_half_capped_blocked_or_dead_site_makes_nothing_missing(store: Store, verdict: str, lines: list[Any]) -> None:
    ingest(store, make_given("1"), make_given("2"))
    crawl(store, 0, ["1", "2"], line())
    crawl(store, 1, ["2"], *lines, verdict=verdict)
    assert missing(store) == set()


def test_a_list_that_names_nothing_at_all_makes_nothing_missing(store: Store) -> None:
    ingest(store, make_given("1"))
    crawl(store, 0, ["1"], line())
    crawl(store, 1, [], line(listed=0, stated=0))
    assert missing(store) == set()


def test_a_record_that_moved_to_another_slice_is_not_missing(store: Store) -> None:
    ingest(store, make_given("1"), make_given("2"))
    crawl(store, 0, ["1", "2"], line(), line(part="甲局"), part="甲局")
    crawl(store, 1, ["1"], line(), line(part="乙局"), part="乙局")
    assert missing(store) == {notice_id(tag_of("2"))}


def test_of_documents_each_one_speaks_for_its_own_rows(store: Store) -> None:
    ingest(store, make_given("1"), make_given("2"), make_given("3"))
    crawl(store, 0, ["1", "2"], line(part="doc1"), part="doc1")
    crawl(store, 0, ["3"], line(part="doc2"), part="doc2")
    crawl(store, 1, ["1"], line(part="doc1"), part="doc1")
    assert missing(store) == {notice_id(tag_of("2"))}
