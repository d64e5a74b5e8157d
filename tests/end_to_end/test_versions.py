"""Sites edited under a running schedule of crawls: versions, works, links, states and the feed are exactly what was written down by hand.

``history`` holds the edits of eleven days with their truth. Between them lie days of faults and a crawl that is killed and run again.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from harvester.replica.server import Replica
from storage.change_queries import every_change, latest
from storage.change_schema import version_clocks
from storage.schema import clocks, documents, versions
from storage.snapshots import replay, snapshot
from storage.store import Store
from tests import warm
from tests.end_to_end.history import DAYS, PLAN_CLOCKS, SITES, TAGS, Told, World
from tests.end_to_end.rights import LOCAL
from tests.storage.conftest import database, drop, postgres

__all__ = ["postgres"]
SOAK = bool(os.environ.get("HARVESTER_SOAK"))
FIRST = datetime(2026, 11, 2, 9, tzinfo=LOCAL)
PATIENCE = 120
UNTOLD = ("restated", "tied")
"""Kinds of rows that no reader is told of as a change: ``restated`` ones are for copies, and which of two equal texts bears the row of
their tie depends on nothing but their identifiers; both are held against the snapshots."""
Row = dict[str, Any]


@dataclass
class Chronicle:
    """A store that is fed by a crawl a day, and what it held after each: the feed's new rows, versions, states and snapshot."""

    url: str
    folder: Path
    replica: Replica
    rows: list[list[Row]] = field(default_factory=list)
    numbers: list[dict[str, int]] = field(default_factory=list)
    states: list[dict[str, str]] = field(default_factory=list)
    copies: list[list[Row]] = field(default_factory=list)
    verdicts: list[dict[str, str]] = field(default_factory=list)

    def opened(self) -> Store:
        return Store.open(self.url, archive=self.folder / "archive")

    def words(self, recheck: str) -> list[str]:
        based = [word for site in SITES for word in ("--base", f"{site}={self.replica.bases[site]}")]
        return ["crawl", *SITES, *based, "--pace", "0", "--recheck", recheck, "--format", "json"]

    def environment(self) -> dict[str, str]:
        given = {"HARVESTER_STORE": self.url, "HARVESTER_ARCHIVE": str(self.folder / "archive"), "HARVESTER_LANG": "en"}
        return os.environ | given

    def crawl(self, moment: datetime, recheck: str) -> None:
        done = warm.program(*self.words(recheck), environment=self.environment(), moment=moment)
        assert done.stdout, done.stderr[-2000:]

    def kill(self, moment: datetime, recheck: str, answers: int) -> None:
        """Begin a crawl and kill it when the sites have given so many answers."""
        goal = len(self.replica.requests) + answers
        process = warm.start(*self.words(recheck), environment=self.environment(), moment=moment)
        until = time.monotonic() + PATIENCE
        while len(self.replica.requests) < goal and process.is_alive() and time.monotonic() < until:
            time.sleep(0.005)
        process.kill()
        process.join(30)
        assert process.exitcode == -9, "the crawl had ended before it was to be killed"

    def note(self, world: World) -> None:
        """Write down what the store holds now that the day is over."""
        names = {place: name for name, place in world.at.items()}
        with self.opened() as store:
            since = self.rows[-1][-1]["seq"] if self.rows and self.rows[-1] else self.copies[-1][0]["seq"] if self.copies else 0
            with store.reading() as connection:
                self.rows.append(list(every_change(connection, since)))
                d = documents.c
                held = connection.execute(select(d.site, d.key, d.version, d.state)).all()
            self.copies.append(list(snapshot(store)))
        self.numbers.append({names.get((row.site, row.key), row.key): row.version for row in held})
        self.states.append({names.get((row.site, row.key), row.key): row.state for row in held})


def live_through(url: str, folder: Path, *, kills: tuple[int, ...] = (9, 15)) -> tuple[Chronicle, World]:
    """Go through the days: edit, crawl, look."""
    with Replica(SITES, own_content=False) as replica:
        world, chronicle = World(replica), Chronicle(url, folder, replica)
        for number, day in enumerate(DAYS):
            moment = FIRST + timedelta(days=number)
            day.edits(world)
            replica.fault = day.fault
            for answers in kills if day.killed else ():
                chronicle.kill(moment, day.recheck, answers)
            chronicle.crawl(moment + timedelta(minutes=30), day.recheck)
            chronicle.note(world)
    return chronicle, world


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Chronicle, World]:
    folder = tmp_path_factory.mktemp("history")
    return live_through(f"sqlite:///{folder}/store.sqlite", folder)


# --- a row of the feed as the truth writes it --------------------------------------------------------------------------------


def told(row: Mapping[str, Any], names: Mapping[str, str]) -> Told:
    """Return a row of the feed in the words of the history; ``names`` are those of documents by identifier."""
    entity, what = row["entity"], ""
    if entity == "task":
        what = tag(row["before"] if row["kind"] in ("removed", "split") else row["after"])
    if entity == "link":
        state = row["after"] or row["before"]
        what = f"{state['relation']} {names[state['other']]}"
    fields = tuple(row["fields"]) if row["kind"] in ("changed", "moved") else ()
    return Told(names[row["document_id"]], entity, row["kind"], what, fields, row["cause"], bool(row["copy"]))


def tag(state: Any) -> str:
    return next(tag for tag in TAGS if tag in state["text"])


def by_identifier(chronicle: Chronicle, world: World) -> dict[str, str]:
    places = {place: name for name, place in world.at.items()}
    with chronicle.opened() as store, store.reading() as connection:
        d = documents.c
        return {row.id: places[row.site, row.key] for row in connection.execute(select(d.id, d.site, d.key))}


# --- the truth -------------------------------------------------------------------------------------------------------------


def test_the_feed_of_every_day_is_the_truth_none_missing_none_extra(lived: tuple[Chronicle, World]) -> None:
    chronicle, world = lived
    names = by_identifier(chronicle, world)
    wrong = []
    for number, day in enumerate(DAYS):
        found = Counter(told(row, names) for row in chronicle.rows[number] if row["kind"] not in UNTOLD)
        wanted = Counter(day.told)
        wrong += [(number, "missing", each) for each in sorted((wanted - found).elements())]
        wrong += [(number, "extra", each) for each in sorted((found - wanted).elements())]
    assert not wrong, "\n".join(map(str, wrong))
    assert sum(len(day.told) for day in DAYS) > 50


def test_versions_and_states_of_every_day_are_the_truth(lived: tuple[Chronicle, World]) -> None:
    chronicle, _ = lived
    numbers: dict[str, int] = {}
    states: dict[str, str] = {}
    for number, day in enumerate(DAYS):
        numbers |= day.versions
        states |= day.states
        assert chronicle.numbers[number] == numbers, f"day {number}"
        assert chronicle.states[number] == states, f"day {number}"


def test_a_snapshot_and_the_rows_behind_it_give_the_next_snapshot_field_by_field(lived: tuple[Chronicle, World]) -> None:
    chronicle, _ = lived
    for number in range(1, len(DAYS)):
        assert list(replay(chronicle.copies[number - 1], chronicle.rows[number])) == chronicle.copies[number], f"day {number}"
    every = [row for day in chronicle.rows for row in day]
    assert list(replay(chronicle.copies[0], [row for row in every if row["seq"] > chronicle.copies[0][0]["seq"]])) == chronicle.copies[-1]


def test_the_numbers_of_the_feed_grow_and_none_is_told_twice(lived: tuple[Chronicle, World]) -> None:
    chronicle, _ = lived
    every = [row for day in chronicle.rows for row in day]
    numbers = [row["seq"] for row in every]
    assert numbers == sorted(set(numbers))
    with chronicle.opened() as store:
        assert latest(store) == numbers[-1]


def test_versions_stand_in_the_order_of_their_clocks(lived: tuple[Chronicle, World]) -> None:
    chronicle, _ = lived
    with chronicle.opened() as store, store.reading() as connection:
        v = versions.c
        rows = connection.execute(select(v.document_id, v.number, v.known_at, v.in_force_from).order_by(v.document_id, v.number)).all()
    for before, after in pairwise(rows):
        if before.document_id == after.document_id:
            assert after.number == before.number + 1
            assert before.known_at < after.known_at
            assert before.in_force_from < after.in_force_from


def test_the_clocks_of_versions_are_the_truth_and_stand_still_once_another_one_came(lived: tuple[Chronicle, World]) -> None:
    chronicle, world = lived
    names = by_identifier(chronicle, world)
    plan = next(id_ for id_, name in names.items() if name == "plan")
    with chronicle.opened() as store, store.reading() as connection:
        c = version_clocks.c
        rows = connection.execute(select(version_clocks).where(c.document_id == plan).order_by(c.version)).all()
        now = connection.execute(select(clocks).where(clocks.c.document_id == plan)).one()
    assert [(day_of(row.first_seen), day_of(row.last_checked)) for row in rows] == PLAN_CLOCKS
    assert (day_of(now.first_seen), day_of(now.last_seen), day_of(now.last_checked)) == (0, 10, 10)
    for before, after in pairwise(rows):
        assert before.first_seen <= before.last_checked <= before.last_seen <= after.first_seen


def day_of(moment: datetime) -> int:
    return (moment.astimezone(LOCAL).date() - FIRST.date()).days


def test_works_are_the_truth_on_every_day_and_a_document_whose_work_changed_is_told_once(lived: tuple[Chronicle, World]) -> None:
    chronicle, world = lived
    names = by_identifier(chronicle, world)
    wanted: set[frozenset[str]] = set()
    work_of: dict[str, str] = {}
    for number, day in enumerate(DAYS):
        wanted |= {frozenset(day.work)} if day.work else set()
        now = {line["id"]: line["state"]["work"] for line in chronicle.copies[number] if line.get("entity") == "document"}
        groups = {frozenset(names[id_] for id_, work in now.items() if work == one) for one in now.values()}
        assert {group for group in groups if len(group) > 1} == wanted, f"day {number}"
        changed = sorted(id_ for id_, work in work_of.items() if now[id_] != work)
        assert sorted(row["entity_id"] for row in chronicle.rows[number] if row["kind"] in ("tied", "untied")) == changed, f"day {number}"
        work_of = now


# --- PostgreSQL, and more kills --------------------------------------------------------------------------------------------


@pytest.mark.postgres
@pytest.mark.skipif(not SOAK, reason="make soak")
def test_postgresql_tells_the_same_history_killed_or_not(lived: tuple[Chronicle, World], postgres: str, tmp_path: Path) -> None:
    url = database(postgres)
    chronicle, world = lived
    other, elsewhere = live_through(url, tmp_path, kills=tuple(range(2, 20)))
    one, two = by_identifier(chronicle, world), by_identifier(other, elsewhere)
    for number in range(len(DAYS)):
        assert Counter(told(row, one) for row in chronicle.rows[number]) == Counter(told(row, two) for row in other.rows[number]), number
        assert list(replay(other.copies[max(0, number - 1)], other.rows[number] if number else [])) == other.copies[number]
    drop(postgres, url)
