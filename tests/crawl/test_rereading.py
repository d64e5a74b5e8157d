"""What is read better is never told as a change of the source, also where the page changed meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from harvester.rederive import rederive
from storage import decisions, queries
from storage.records import DecisionRow
from storage.schema import versions
from storage.selection import Filters
from storage.store import Store
from tests.crawl.sites import Reply, article_page, harvest, served, small_site

PAGE = "/xxgk/zcfb/tz/202603/t20260301_1000001.html"
MENTION = "诚信数据联席专班办"
HEAD = "<tr><th>序号</th><th>工作任务</th><th>牵头单位</th><th>完成时限</th></tr>"
TASK = f"<tr><td>1</td><td>按月归集行业诚信数据并反馈问题。</td><td>{MENTION}</td><td>2026年6月底前</td></tr>"
TABLE = f"<table border='1'>{HEAD}{TASK}</table>"
SAME = "<!-- visits: 812 -->"
MORE = "<p>补充说明：联系电话有变动。</p>"


@pytest.fixture
def site():
    """Give a site whose one article holds what stands in the list, and its address."""
    body = [TABLE]
    with served(lambda path: small_site({PAGE: Reply(article_page("诚信数据归集任务表", body[0]))})(path)) as (base, _):
        yield body, {"national": base}


def stored(folder: Path) -> Store:
    return Store.open(f"sqlite:///{folder / 'store.sqlite'}")


def changes(folder: Path) -> list[tuple[int, str]]:
    with stored(folder) as store, store.reading() as connection:
        return [tuple(row) for row in connection.execute(select(versions.c.number, versions.c.change).order_by(versions.c.number))]


def lead(folder: Path, version: int) -> tuple[str, str | None]:
    with stored(folder) as store:
        document = queries.documents(store, Filters())[0]["id"]
        body = queries.tasks(store, Filters(document=f"{document}@{version}"))[0]["lead"][0]
    return body["mention"], body["name"]


def read_by_an_older_one(folder: Path) -> None:
    """Leave the first version as a reader left it that knew less."""
    with stored(folder) as store, store.writing() as connection:
        connection.execute(update(versions).values(content_hash="0" * 64, records_hash="0" * 64, normalizer_version="0"))


def decide(folder: Path) -> None:
    row = DecisionRow(MENTION, "", "agency", "国家发展和改革委员会")
    with stored(folder) as store:
        decisions.decide(store, [row], "甲", datetime(2026, 3, 5, tzinfo=UTC))


@pytest.mark.parametrize(
    ("after", "told", "effects"),
    [
        (TABLE + SAME, ["first", "reading"], {"reread": 1}),
        (TABLE + MORE, ["first", "reading", "source"], {"changed": 1}),
    ],
    ids=["only bytes changed", "words changed"],
)
def test_a_page_that_changed_is_compared_with_what_a_newer_reader_makes_of_the_old_one(
    site, tmp_path: Path, after: str, told: list[str], effects: dict[str, int]
):
    body, bases = site
    harvest(tmp_path, bases)
    read_by_an_older_one(tmp_path)
    body[0] = after
    summary = harvest(tmp_path, bases, recheck="all")["national"]
    assert summary.effects == effects
    assert changes(tmp_path) == list(enumerate(told, 1))
    assert harvest(tmp_path, bases, recheck="all")["national"].versions == 0


def test_what_a_decision_settled_is_not_told_with_the_change_of_the_page(site, tmp_path: Path):
    body, bases = site
    harvest(tmp_path, bases)
    decide(tmp_path)
    body[0] = TABLE + MORE
    assert harvest(tmp_path, bases, recheck="all")["national"].effects == {"changed": 1}
    assert changes(tmp_path) == [(1, "first"), (2, "reading"), (3, "source")]
    assert [lead(tmp_path, number) for number in (1, 2, 3)] == [
        (MENTION, None),
        (MENTION, "国家发展和改革委员会"),
        (MENTION, "国家发展和改革委员会"),
    ]


def test_a_change_of_the_source_alone_is_one_version(site, tmp_path: Path):
    body, bases = site
    harvest(tmp_path, bases)
    body[0] = TABLE + MORE
    assert harvest(tmp_path, bases, recheck="all")["national"].effects == {"changed": 1}
    assert changes(tmp_path) == [(1, "first"), (2, "source")]


def lose_the_archive(folder: Path) -> None:
    for file in (folder / "archive").glob("*/*.warc.gz"):
        file.unlink()


def test_an_old_payload_that_the_archive_lost_stops_no_crawl(site, tmp_path: Path):
    body, bases = site
    harvest(tmp_path, bases)
    lose_the_archive(tmp_path)
    body[0] = TABLE + MORE
    summary = harvest(tmp_path, bases, recheck="all")["national"]
    assert (summary.verdict, summary.effects) == ("complete", {"changed": 1})
    assert changes(tmp_path) == [(1, "first"), (2, "source")]


def test_a_crawl_brings_back_what_the_archive_lost(site, tmp_path: Path):
    _, bases = site
    harvest(tmp_path, bases)
    lose_the_archive(tmp_path)
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite", archive=tmp_path / "archive") as store:
        assert store.verify().problems
        assert rederive(store).sites["national"].missing == 1
    summary = harvest(tmp_path, bases, recheck="all")["national"]
    assert (summary.verdict, summary.effects) == ("complete", {"unchanged": 1})
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite", archive=tmp_path / "archive") as store:
        assert not store.verify().problems
        assert rederive(store).sites["national"].unchanged == 1
