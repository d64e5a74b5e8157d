"""What a plan tells before anything is sent is what the crawl then asks for: exactly where nothing changed, within its bounds else."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from harvester.planning import Plan, plan
from harvester.reach import Lists
from harvester.replica.document import ReplicaDocument
from harvester.replica.server import Replica
from tests.crawl.sites import config, harvest
from tests.warm import run

SITES = ("shanghai", "zhejiang")
FIRST = datetime(2027, 1, 4, 2, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory):
    with Replica(SITES) as replica:
        folder = tmp_path_factory.mktemp("planned")
        yield folder, replica


def planned(folder: Path, replica: Replica, moment: datetime, lists: Lists) -> dict[str, Plan]:
    given = config(folder, replica.bases, pace=2.0)
    return {site: plan(site, given, lists=lists, now=moment) for site in SITES}


def news(site: str, number: int, listed: date) -> ReplicaDocument:
    text = (
        f"<p>第{number}号服务点{listed.month}月{listed.day}日更换指示牌{number + 4}块，另清点座椅{number * 3 + 1}把，登记后归档备查。</p>"
        * 3
    )
    files = ((f"list-{number}.txt", "text/plain", f"第{number}号服务点清单，共{number + 9}项。".encode()),) if number % 2 else ()
    return ReplicaDocument("", f"第{number}号服务点动态", listed, text, attachments=files, site=site)


def test_a_plan_of_what_the_crawl_asks_for_holds_through_three_weeks(world: tuple[Path, Replica]) -> None:
    folder, replica = world
    for site, first in planned(folder, replica, FIRST, Lists.DUE).items():
        assert (first.site, first.most, first.most_seconds) == (site, None, None), "nobody knows how long an unread list is"
        assert first.requests == 1 + len(first.sections)
    harvest(folder, replica.bases, moment=FIRST)
    number, exact = 0, 0
    for ago, lists in ((1, Lists.RECENT), (5, Lists.DUE), (8, Lists.ALL), (20, Lists.RECENT), (21, Lists.DUE)):
        moment = FIRST + ago * DAY
        for site in SITES if ago > 5 else ():
            for _ in range(2):
                number += 1
                replica.add(site, news(site, number, moment.date()))
        told = planned(folder, replica, moment, lists)
        done = harvest(folder, replica.bases, moment=moment, lists=lists)
        for site, foreseen in told.items():
            made = done[site].requests
            assert done[site].verdict == "complete"
            assert foreseen.seconds == (foreseen.requests - 1) * 2.0
            if ago <= 5:
                assert made == foreseen.requests, (site, ago, foreseen)
                exact += 1
            assert foreseen.requests <= made, (site, ago, foreseen)
            if ago > 8:
                assert foreseen.most is not None
                assert made <= foreseen.most, (site, ago, foreseen)
    assert exact == 4


def test_the_plan_of_a_backfill_reads_down_to_its_day_and_no_further(world: tuple[Path, Replica]) -> None:
    folder, replica = world
    given, moment = config(folder, replica.bases, pace=2.0), FIRST + 21 * DAY
    for site in SITES:
        found = plan(site, given, since=date(2026, 12, 1), now=moment)
        whole = plan(site, given, lists=Lists.ALL, now=moment)
        assert sum(section.pages or 0 for section in found.sections) <= sum(section.pages or 0 for section in whole.sections)
        begun = len(replica.requests)
        made = harvest(folder, replica.bases, site, moment=moment, since=date(2026, 12, 1), recheck="none")[site]
        lists = made.captures["list"]
        assert lists <= sum(section.pages or 0 for section in found.sections), site
        assert len(replica.requests) - begun == made.requests
        assert (made.verdict, made.cause) == ("incomplete", "stopped")


def test_a_plan_of_records_counts_their_lists_and_the_pages_that_are_due(tmp_path: Path) -> None:
    with Replica(["anhui_records"]) as replica:
        harvest(tmp_path, replica.bases, moment=FIRST, section="penalties")
        found = plan("anhui_records", config(tmp_path, replica.bases), now=FIRST + 40 * DAY)
        penalties = next(section for section in found.sections if section.section == "penalties")
        made = harvest(tmp_path, replica.bases, moment=FIRST + 40 * DAY, section="penalties")["anhui_records"]
    assert penalties.pages == made.captures["list"]
    assert made.captures["record"] <= penalties.due <= made.captures["record"] + made.captures["record"] // 50 + 2


def test_hours_and_minutes_are_told() -> None:
    assert run(_durations) == ["0 s", "59 s", "1 min", "59 min", "1 h 0 min", "27 h 47 min"]


def _durations() -> list[str]:
    from harvester.cli.crawling import duration

    return [duration(seconds) for seconds in (0, 58.2, 60, 3540, 3541, 100_000)]
