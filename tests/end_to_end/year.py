"""A year in the life of four sites: what was published, edited, moved and withdrawn on which day, under daily scheduled crawls.

The events are drawn from a seed; what a reader must be told of each, by which day, and the least number of requests that could have kept
these promises are worked out here from the events alone. Nothing here asks the program what is due or how far it reads.

``python -m tests.end_to_end.year [DAYS [SITE...]]`` lives through it and prints what it measured.
"""

from __future__ import annotations

import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from harvester.config import Config
from harvester.crawl import RunSummary
from harvester.reach import Lists
from harvester.replica.document import ReplicaDocument
from harvester.replica.server import Replica
from storage.change_queries import every_change
from storage.schema import documents
from storage.store import Store
from tests import warm
from tests.end_to_end.oracle import Fact, Oracle, Shape
from tests.end_to_end.rights import LOCAL

PROVINCES = ("anhui", "jiangsu", "shanghai", "zhejiang")
FIRST = date(2027, 1, 4)
SECTIONS = {"shanghai": "tzgg"}
"""The section that is published in; the others' first."""
FAULTS = ("challenge@all", "half-page@list", "500@all", "half-body@list", "500@article", "challenge-412@all")
UNTOLD = ("restated", "tied", "untied")
SHAPES = {
    "anhui": Shape(lines=15),
    "jiangsu": Shape(lines=30),
    "shanghai": Shape(lines=10, others=2),
    "zhejiang": Shape(lines=15, calls=1),
}
"""How each site lays its list out: lines a page, calls that lead to it, pages of its other sections (which stay empty)."""

Row = tuple[str, str, str]


# --- what is published -----------------------------------------------------------------------------------------------------

WHO = (
    "镇信用服务站",
    "县粮食收储站",
    "区图书馆分馆",
    "农贸市场管理处",
    "社区养老驿站",
    "乡镇水利所",
    "港口调度中心",
    "林场管护队",
    "公交站务段",
    "文化馆",
)
DID = ("核对了", "更换了", "公示了", "清点了", "登记了", "检修了", "编印了", "移交了", "验收了", "归档了")
WHAT = ("窗口指示牌", "便民雨伞", "阅览座椅", "值班表格", "消防器材", "健身设施", "灌溉闸门", "路灯线路", "宣传栏目", "档案柜")
WHY = ("以方便群众办事", "以应对汛期", "以迎接检查", "以改进服务", "以节约开支", "以保障安全", "以完善台账", "以美化环境")


def text(draw: random.Random, number: int) -> str:
    """Return a text that shares no sentence with any other."""
    told = (
        f"第{number}号{draw.choice(WHO)}于{draw.randint(1, 28)}日上午{draw.choice(DID)}{draw.randint(2, 900)}件{draw.choice(WHAT)}，"
        f"{draw.choice(WHY)}，共有{draw.randint(2, 90)}人参加，编号为{number}-{draw.randint(1000, 9999)}。"
        for _ in range(6)
    )
    return "".join(f"<p>{each}</p>" for each in told)


def page(draw: random.Random, site: str, number: int, listed_on: date, files: int = 0) -> ReplicaDocument:
    title = f"第{number}号{draw.choice(WHO)}{draw.choice(WHAT)}动态"
    attached = tuple(sheet(draw, number, n) for n in range(files))
    return ReplicaDocument(SECTIONS.get(site, ""), title, listed_on, text(draw, number), attachments=attached, site=site)


def sheet(draw: random.Random, number: int, n: int) -> tuple[str, str, bytes]:
    said = f"附表{number}之{n}：{draw.choice(WHO)}{draw.choice(WHAT)}{draw.randint(2, 9000)}件，经手{draw.randint(2, 900)}人次。"
    return f"table-{n}.txt", "text/plain", said.encode()


# --- the days --------------------------------------------------------------------------------------------------------------


@dataclass
class Year:
    """The sites as they are edited, the oracle that is told of every edit, and what is drawn."""

    replica: Replica
    sites: Sequence[str]
    seed: int
    draw: random.Random = field(init=False)
    oracles: dict[str, Oracle] = field(init=False)
    numbers: int = 0
    untouched: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    away: list[tuple[int, str, str]] = field(default_factory=list)
    faults: dict[int, tuple[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.draw = random.Random(self.seed)
        self.oracles = {site: Oracle(SHAPES[site]) for site in self.sites}
        self.untouched = {site: [] for site in self.sites}

    def publish(self, site: str, day: int, ago: int, files: int) -> str:
        self.numbers += 1
        listed = FIRST + timedelta(days=day - ago)
        key = self.replica.add(site, page(self.draw, site, self.numbers, listed, files))
        # A file is named as its address ends: in its path, or in the last parameter.
        names = [f"{key}/{re.split('[/=]', url)[-1]}" for url in self.replica.file_urls(site, key)]
        self.oracles[site].added(key, day, ago, names)
        self.untouched[site].append((key, files))
        return key

    def begin(self, pages: int) -> None:
        """Fill the lists with what was published before the first day."""
        for site in self.sites:
            for n in range(pages):
                self.publish(site, 0, 1 + n * 4, 1 if n % 5 == 0 else 0)

    def plan_faults(self, days: int) -> None:
        """Draw days of faults, outages of several days, and one redesign that is taken back after five days."""
        day = 12
        while day < days - 12:
            site = self.draw.choice([*self.sites, ""])
            long = 1 if self.draw.random() < 0.75 else self.draw.randint(2, 6)
            for each in range(day, day + long):
                fault = self.draw.choice(FAULTS) if long == 1 else "500@all"
                self.faults[each] = (fault, site)
            day += long + self.draw.randint(4, 16)
        start = days // 2
        for each in range(start, min(start + 5, days)):
            self.faults[each] = ("redesign@all", self.sites[-1])

    def fault_of(self, day: int) -> str:
        fault, site = self.faults.get(day, ("", ""))
        name, at, reach = fault.partition("@")
        return f"{name}:{site}{at}{reach}" if site else fault

    def is_well(self, site: str, day: int) -> bool:
        return self.faults.get(day, ("", "none"))[1] not in (site, "")

    # --- events ------------------------------------------------------------------------------------------------------------

    def live(self, day: int, *, busy: float = 1.0) -> None:
        """Make the edits of a day."""
        for back, site, key in [each for each in self.away if each[0] == day]:
            self.replica.restore(site, key)
            self.oracles[site].back(key, day)
            self.away.remove((back, site, key))
        for site in self.sites:
            for event, share in EVENTS.items():
                if self.draw.random() < share * busy:
                    event(self, site, day)

    def taken(self, site: str, day: int, *, with_file: bool = False, dated: bool = False) -> str:
        """Return a document that a reader knows and that nothing happened to yet, of any age; each has one event in its life.

        ``dated``: one of which the oracle knows when it was found, since the age that a check promises counts from then.
        """
        oracle = self.oracles[site]
        found = [each for each in self.untouched[site] if bool(each[1]) == with_file and oracle.is_settled(each[0], day)]
        found = [each for each in found if not dated or oracle.was_found_at_once(each[0])]
        if not found:
            return ""
        chosen = self.draw.choice(found)
        self.untouched[site].remove(chosen)
        return chosen[0]


def publish(year: Year, site: str, day: int) -> None:
    year.publish(site, day, 0, 1 if year.draw.random() < 0.2 else 0)


def back_date(year: Year, site: str, day: int) -> None:
    year.publish(site, day, year.draw.randint(1, 13), 0)


def back_date_deeply(year: Year, site: str, day: int) -> None:
    year.publish(site, day, year.draw.randint(25, 120), 0)


def edit(year: Year, site: str, day: int) -> None:
    if key := year.taken(site, day, dated=True):
        year.numbers += 1
        year.replica.edit(site, key, body_html=text(year.draw, year.numbers))
        year.oracles[site].edited(key, day)


def replace_file(year: Year, site: str, day: int) -> None:
    if key := year.taken(site, day, with_file=True, dated=True):
        year.numbers += 1
        year.replica.edit(site, key, attachments=(sheet(year.draw, year.numbers, 0),))
        year.oracles[site].file_replaced(key, day)


def move(year: Year, site: str, day: int) -> None:
    if key := year.taken(site, day):
        forward = year.draw.random() < 0.5
        new = year.replica.move(site, key, forward=forward)
        year.oracles[site].moved(key, new, day, forward=forward)


def withdraw(year: Year, site: str, day: int) -> None:
    with_file = year.draw.random() < 0.3
    if key := year.taken(site, day, with_file=with_file):
        year.replica.remove(site, key)
        year.oracles[site].removed(key, day)
        if year.draw.random() < 0.5:
            year.away.append((day + year.draw.randint(25, 60), site, key))


EVENTS = {
    publish: 0.35,
    back_date: 0.06,
    back_date_deeply: 0.02,
    edit: 0.06,
    replace_file: 0.015,
    move: 0.02,
    withdraw: 0.03,
}
"""What happens on a site, and on what share of the days."""


# --- living through it -----------------------------------------------------------------------------------------------------


@dataclass
class Lived:
    """What was measured: by site requests on days without a fault beside the least, rows told too late or never, rows of no event."""

    requests: Counter[str] = field(default_factory=Counter)
    least: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    told: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    latest: dict[str, int] = field(default_factory=dict)
    received: dict[str, list[int]] = field(default_factory=dict)


def live_through(
    folder: Path,
    days: int,
    sites: Sequence[str] = PROVINCES,
    *,
    seed: int = 7,
    pages: int = 60,
    busy: float = 1.0,
    progress: Callable[[int, Lived], None] | None = None,
) -> Lived:
    """Edit, crawl, look, day by day."""
    lived = Lived()
    with Replica(sites, own_content=False) as replica:
        year = Year(replica, sites, seed)
        year.begin(pages)
        year.plan_faults(days)
        config = Config(store=f"sqlite:///{folder}/store.sqlite", archive=folder / "archive", bases=replica.bases, pace=0.0, timeout=10.0)
        seen = 0
        for day in range(days):
            if day:
                year.live(day, busy=busy)
            replica.fault = year.fault_of(day)
            for summary in warm.crawl(sites, config, moment=_moment(day), lists=Lists.DUE):
                _count(lived, year, day, summary)
            seen = _note(lived, year, config, day, seen)
            if progress and day % 30 == 29:
                progress(day, lived)
        for site in sites:
            lived.wrong += [f"never told: {site} {fact}" for fact in year.oracles[site].overdue(days - 1)]
    return lived


def _moment(day: int) -> datetime:
    """Return when the crawl of a day begins: at half past two and some minutes, as the schedule has it."""
    noon = datetime(FIRST.year, FIRST.month, FIRST.day, 2, 30, tzinfo=LOCAL)
    return noon + timedelta(days=day, minutes=day * 17 % 30)


def _count(lived: Lived, year: Year, day: int, summary: RunSummary) -> None:
    site, well = summary.site, year.is_well(summary.site, day)
    lived.verdicts[f"{'well' if well else 'fault'} {summary.verdict}"] += 1
    if (summary.verdict == "complete") is not well:
        lived.wrong.append(
            f"day {day}: {site} is {summary.verdict} {summary.cause} {summary.notes} though {year.fault_of(day) or 'no fault'}"
        )
    if well:
        least = year.oracles[site].crawl(day)
        lived.requests[site] += summary.requests
        lived.least[site] += least
        lived.received.setdefault(site, []).append(summary.received)


def _note(lived: Lived, year: Year, config: Config, day: int, seen: int) -> int:
    with Store.open(config.store, archive=config.archive) as store, store.reading() as connection:
        rows = [row for row in every_change(connection, seen) if row["kind"] not in UNTOLD]
        d = documents.c
        places = {row.id: (row.site, row.key) for row in connection.execute(select(d.id, d.site, d.key))}
        latest = max((row["seq"] for row in every_change(connection, seen)), default=seen)
    for row in rows:
        site, key = places[row["document_id"]]
        fact = Fact(key, row["entity"], row["kind"])
        late = year.oracles[site].told(fact, day)
        if late is None:
            lived.wrong.append(f"day {day}: invented: {site} {fact}")
            continue
        lived.told[f"{fact.entity} {fact.kind}"] += 1
        lived.latest[f"{fact.entity} {fact.kind}"] = max(late, lived.latest.get(f"{fact.entity} {fact.kind}", -999))
    for site in year.sites:
        if year.is_well(site, day):
            lived.wrong += [f"day {day}: not told in time: {site} {fact}" for fact in year.oracles[site].overdue(day)]
    return int(latest)


def report(lived: Lived) -> Iterator[str]:
    """Yield what was measured in lines."""
    for site, least in lived.least.items():
        yield f"{site}: {lived.requests[site]} requests on days without a fault, at least {least}: {lived.requests[site] / least:.4f}"
    total, least = sum(lived.requests.values()), sum(lived.least.values())
    yield f"all sites: {total} / {least} = {total / least:.4f}"
    for site, received in lived.received.items():
        usual = sum(received[1:]) / max(1, len(received[1:]))
        yield f"{site}: {received[0]} bytes the first time, {min(received)} the least, {usual:.0f} on average"
    yield f"told: {dict(lived.told)}"
    yield f"days from the promise, at most (0 or less is in time): {lived.latest}"
    yield f"runs: {dict(lived.verdicts)}"
    yield f"wrong: {len(lived.wrong)}"
    yield from lived.wrong[:40]


def _say(day: int, lived: Lived) -> None:
    sys.stderr.write(f"day {day}: {sum(lived.requests.values())} / {sum(lived.least.values())}, wrong {len(lived.wrong)}\n")


def main(arguments: Sequence[str]) -> int:
    days = int(arguments[0]) if arguments else 365
    sites: Any = arguments[1:] or PROVINCES
    with tempfile.TemporaryDirectory() as folder:
        lived = live_through(Path(folder), days, sites, progress=_say)
    sys.stdout.write("\n".join(report(lived)) + "\n")
    return 1 if lived.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
