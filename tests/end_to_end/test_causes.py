"""What is read better, or was decided, is no change of the source: each row of the feed bears its cause, also when they come at once."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import time_machine

from harvester.config import Config
from harvester.crawl import crawl
from harvester.looking import DERIVER
from harvester.replica.document import ReplicaDocument
from harvester.replica.server import Replica
from harvester.telling import tell_change
from normalizers import derive
from normalizers.records import Derived, Task
from storage.change_queries import every_change
from storage.snapshots import replay, snapshot
from storage.store import Store
from tests import warm
from tests.end_to_end.history import INTRO, PLAN, plan
from tests.end_to_end.rights import Place, day

SITE, MENTION = "anhui", "市诚信数据专班办"
ROWS = [(*row[:3], MENTION, row[4]) if "合同" in row[1] else row for row in PLAN[:3]]
PAGE = ReplicaDocument("", "合肥市2026年信用体系建设任务", date(2026, 2, 10), plan(ROWS), site=SITE)
EDITED = plan(ROWS, INTRO.replace("年底前完成总结评估", "年底前完成第三方评估"))
Told = Counter[tuple[str, str, str, tuple[str, ...]]]


def crawl_by_an_older_reader(config: Config, moment: datetime) -> None:
    """Crawl with a normalizer of before, which did not know deadlines."""
    DERIVER.close()  # a process that reads beside this one has begun with the reader of today
    todays = derive.extract_tasks

    def without_deadlines(*given: Any) -> tuple[Task, ...]:
        return tuple(replace(task, deadline=None) for task in todays(*given))

    older = patch.multiple(derive, extract_tasks=without_deadlines, Derived=partial(Derived, normalizer_version="0.1"))
    with older, time_machine.travel(moment, tick=True):
        assert crawl([SITE], config)[0].verdict == "complete"


@pytest.fixture(scope="module")
def harvested(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Replica, Path]]:
    folder = tmp_path_factory.mktemp("older")
    with Replica([SITE], extra=[PAGE], own_content=False) as replica:
        config = Config(store=f"sqlite:///{folder}/store.sqlite", archive=folder / "archive", bases=replica.bases, pace=0.0)
        warm.run(crawl_by_an_older_reader, config, day(-3))
        yield replica, folder


@pytest.fixture
def place(harvested: tuple[Replica, Path], tmp_path: Path) -> Place:
    """Give a copy of the store as the older reader left it."""
    replica, folder = harvested
    shutil.copytree(folder, tmp_path / "place")
    return Place(tmp_path / "place", replica.bases)


def copied(store: Store) -> list[dict[str, Any]]:
    return list(snapshot(store))


def told_since(place: Place, before: list[dict[str, Any]]) -> Told:
    """Return the rows behind a snapshot by cause, entity, kind and fields; they must make it the next one."""
    with place.opened() as store:
        with store.reading() as connection:
            rows = list(every_change(connection, before[0]["seq"]))
        assert list(replay(before, rows)) == copied(store)
    return Counter((row["cause"], row["entity"], row["kind"], tuple(row["fields"])) for row in rows)


def standing(place: Place) -> list[dict[str, Any]]:
    with place.opened() as store:
        return copied(store)


def decide(place: Place) -> None:
    name = "合肥市数据资源局"
    place.say("review", "decide", MENTION, "--region", "340100", "--name", name, "--by", "王审核", at=day(-1))


LEARNT = ("reading", "task", "changed", ("deadline",))


def version(cause: str) -> tuple[str, str, str, tuple[str, ...]]:
    """Return the row, for copies of the store alone, of a version that changes nothing of what its document says of itself."""
    return (cause, "document", "restated", ())


def test_a_better_reader_makes_rows_of_reading_and_none_of_the_source(place: Place) -> None:
    before = standing(place)
    place.say("derive", at=day(-1))
    assert told_since(place, before) == {LEARNT: 3, version("reading"): 1}
    after = standing(place)
    place.say("derive", at=day(-1))
    assert place.crawl(at=day(0), recheck="all")[SITE]["verdict"] == "complete"
    assert told_since(place, after) == {}


def test_a_decision_makes_rows_of_decision_and_none_of_the_source(place: Place) -> None:
    place.say("derive", at=day(-1))
    before = standing(place)
    decide(place)
    place.say("derive", at=day(-1))
    assert told_since(place, before) == {("decision", "task", "changed", ("partner",)): 1, version("decision"): 1}
    since = ("--since", day(-2).date().isoformat())
    assert place.ask("changes", "--cause", "source", *since, at=day(0)) == []
    (row,) = place.ask("changes", "--cause", "decision", "--agency", "合肥市数据资源局", *since, at=day(0))
    assert (row["effect"], tell_change(row, "zh")) == (
        "gained",
        f"第2项“开展合同履约情况监测试点…”：配合单位 {MENTION} 现认定为 合肥市数据资源局",
    )


def test_of_a_page_that_changed_meanwhile_only_what_changed_is_told_of_the_source(harvested: tuple[Replica, Path], place: Place) -> None:
    replica, _ = harvested
    (key,) = replica.documents(SITE)
    before = standing(place)
    replica.edit(SITE, key, body_html=EDITED)
    try:
        place.crawl(at=day(0), recheck="all")
    finally:
        replica.edit(SITE, key, body_html=PAGE.body_html)
    wording = ("source", "text", "changed", ("text",))
    assert told_since(place, before) == {LEARNT: 3, version("reading"): 1, wording: 1, version("source"): 1}
