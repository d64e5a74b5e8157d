"""A snapshot and the rows behind it give the next snapshot, field by field, whatever happened between."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from storage import tie_decisions
from storage.change_queries import every_change, latest
from storage.change_schema import TIES
from storage.identity import document_id
from storage.snapshots import ReplayError, replay, snapshot
from storage.store import Store
from tests.storage.conftest import database, drop, postgres_template, sqlite_template
from tests.storage.feed_samples import document_row, task, task_row, told
from tests.storage.histories import PAGES, PLACES, WHOLE, Crawler, Line, Page
from tests.storage.samples import AT

SOAK = 20 if os.environ.get("HARVESTER_SOAK") else 1
Opener = Callable[[], AbstractContextManager[Store]]
PAGE = Page("江口市2024年信用建设工作安排", (Line(WHOLE, 0, 6), Line("开展诚信主题宣传活动，覆盖全部街道", 1, 7)))


def behind(store: Store, seq: int) -> list[dict[str, Any]]:
    with store.reading() as connection:
        return list(every_change(connection, seq))


class History(RuleBasedStateMachine):
    """Documents come, change, go and come back; a copy follows by the feed alone."""

    opener: Opener

    def __init__(self) -> None:
        super().__init__()
        self.opened = type(self).opener()
        self.store = self.opened.__enter__()
        self.crawler = Crawler(self.store)
        self.copy = list(snapshot(self.store))

    @rule(place=st.sampled_from(PLACES), page=PAGES)
    def found(self, place: tuple[str, str], page: Page) -> None:
        self.crawler.finds(place, page)

    @precondition(lambda self: self.crawler.found)
    @rule(data=st.data(), page=PAGES, keep=st.integers(0, 4))
    def edited(self, data: st.DataObject, page: Page, keep: int) -> None:
        place = data.draw(st.sampled_from(sorted(self.crawler.found)))
        before = self.crawler.found[place]
        self.crawler.finds(place, Page(before.title, before.lines[:keep] + page.lines))

    @precondition(lambda self: self.crawler.found)
    @rule(data=st.data(), skipped=st.integers(0, 4))
    def read_otherwise(self, data: st.DataObject, skipped: int) -> None:
        self.crawler.rereads(data.draw(st.sampled_from(sorted(self.crawler.found))), skipped)

    @rule(place=st.sampled_from(PLACES))
    def gone(self, place: tuple[str, str]) -> None:
        self.crawler.misses(place)

    @precondition(lambda self: self.crawler.found)
    @rule(data=st.data())
    def back(self, data: st.DataObject) -> None:
        place = data.draw(st.sampled_from(sorted(self.crawler.found)))
        self.crawler.finds(place, self.crawler.found[place])

    @precondition(lambda self: self.crawler.found)
    @rule(data=st.data(), skipped=st.integers(0, 4))
    def derived_again(self, data: st.DataObject, skipped: int) -> None:
        self.crawler.derives(data.draw(st.sampled_from(sorted(self.crawler.found))), skipped)

    @rule(place=st.sampled_from(PLACES), n=st.integers(1, 3))
    def relocated(self, place: tuple[str, str], n: int) -> None:
        self.crawler.day += 1
        moment = AT + timedelta(days=self.crawler.day)
        self.store.relocate(*place, f"https://jiangkou.example.cn/new/{n}.html", f"section{n}", moment)

    @rule(pair=st.permutations(PLACES), tie=st.sampled_from(TIES))
    def decided(self, pair: list[tuple[str, str]], tie: str) -> None:
        one, other = (document_id(*place) for place in pair[:2])
        tie_decisions.decide(self.store, one, other, tie, "李分析", AT + timedelta(days=self.crawler.day))

    @precondition(lambda self: tie_decisions.listed(self.store))
    @rule()
    def undecided(self) -> None:
        last = tie_decisions.listed(self.store)[-1]["id"]
        tie_decisions.undo(self.store, last, "李分析", AT + timedelta(days=self.crawler.day))

    @invariant()
    def the_copy_is_the_store(self) -> None:
        now = list(snapshot(self.store))
        assert list(replay(self.copy, behind(self.store, self.copy[0]["seq"]))) == now
        self.copy = now

    def teardown(self) -> None:
        self.opened.__exit__(None, None, None)


@contextmanager
def of_sqlite(templates: dict[str, str]) -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "harvester.sqlite"
        shutil.copy(sqlite_template(templates), path)
        with Store.open(f"sqlite:///{path}") as store:
            yield store


@contextmanager
def of_postgres(templates: dict[str, str], server: str) -> Iterator[Store]:
    made = database(server, postgres_template(templates, server))
    try:
        with Store.open(made) as store:
            yield store
    finally:
        drop(server, made)


def play(opener: Opener, examples: int, steps: int) -> None:
    machine = type("History", (History,), {"opener": staticmethod(opener)})
    quick = settings(max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(machine, settings=quick)


def test_property_snapshot_and_replay_give_the_next_snapshot(templates: dict[str, str]) -> None:
    play(lambda: of_sqlite(templates), SOAK * 5, 8)


@pytest.mark.postgres
def test_property_snapshot_and_replay_give_the_next_snapshot_on_postgresql(templates: dict[str, str], postgres: str) -> None:
    play(lambda: of_postgres(templates, postgres), SOAK * 2, 8)


def test_a_copy_that_was_away_for_long_catches_up_through_json(store: Store) -> None:
    crawler = Crawler(store)
    crawler.finds(PLACES[0], PAGE)
    first = [json.loads(json.dumps(line, default=str)) for line in snapshot(store)]
    crawler.finds(PLACES[1], Page(PAGE.title, (Line(WHOLE.split("；")[0], 0, 6), Line(WHOLE.split("；")[1], 0, 6))))
    crawler.finds(PLACES[0], Page(PAGE.title, PAGE.lines[1:]))
    crawler.misses(PLACES[1])
    now = list(snapshot(store))
    caught_up = list(replay(first, behind(store, first[0]["seq"])))
    assert caught_up == now
    assert now[0]["counts"] == {"document": 2, "task": 3, "link": 0}


def test_the_head_names_the_number_to_go_on_from(store: Store) -> None:
    assert [line["seq"] for line in snapshot(store)] == [0]
    Crawler(store).finds(PLACES[0], PAGE)
    head, *lines = snapshot(store)
    assert head["seq"] == latest(store) > 0
    assert [line["entity"] for line in lines] == ["document", "task", "task"]
    assert behind(store, head["seq"]) == []


def test_a_snapshot_is_of_one_moment_though_a_crawl_goes_on(store: Store) -> None:
    crawler = Crawler(store)
    crawler.finds(PLACES[0], PAGE)
    reading = snapshot(store)
    head = next(reading)
    crawler.finds(PLACES[1], PAGE)
    assert list(replay([head, *reading], behind(store, head["seq"]))) == list(snapshot(store))


def test_rows_that_do_not_follow_are_refused(store: Store) -> None:
    told(store, task_row("changed", task(1), task(1, "别的事")))
    head: dict[str, Any] = {"seq": 0, "known_at": None, "counts": {}}
    rows = behind(store, 0)
    with pytest.raises(ReplayError, match="does not hold"):
        list(replay([head], rows))
    with pytest.raises(ReplayError, match="does not follow"):
        list(replay([head | {"seq": rows[-1]["seq"]}], rows))
    with pytest.raises(ReplayError, match="head"):
        list(replay([], rows))


def test_a_tie_gives_a_document_its_work_and_leaves_the_rest(store: Store) -> None:
    Crawler(store).finds(PLACES[0], PAGE)
    before = list(snapshot(store))
    document = before[1]["id"]
    told(store, document_row("tied", document, before={"work": "w1"}, after={"work": "w2", "reason": "title"}))
    after = list(replay(before, behind(store, before[0]["seq"])))
    assert after[1]["state"] == before[1]["state"] | {"work": "w2"}
    assert after[2:] == before[2:]
