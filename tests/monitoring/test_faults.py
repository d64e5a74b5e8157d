"""Each fault of the replica has the right verdict, the right cause and exactly one incident, and its recovery closes that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from harvester.crawl import RunSummary
from spiders.failure_classes import failure_class
from storage.days import LOCAL
from storage.incidents import Incident, findings_of, incidents_of
from storage.store import Store
from tests.crawl.sites import harvest
from tests.monitoring.small import SIZES, bases, small_sites

FIRST = datetime(2026, 9, 27, 9, tzinfo=LOCAL)
LATER = FIRST + timedelta(days=3)
AFTER_THE_HOLIDAYS = datetime(2026, 10, 8, 9, tzinfo=LOCAL)


@dataclass(frozen=True)
class Fault:
    """A fault, and what is to be told of the run that met it."""

    name: str
    verdict: str
    cause: str
    kind: str
    run_cause: str | None = None


FAULTS = {
    FIRST: {
        "shanghai": Fault("challenge", "blocked", "challenge", "challenge"),
        "jiangsu": Fault("half-body", "incomplete", "truncated", "truncated"),
        "zhejiang": Fault("half-page", "incomplete", "truncated", "truncated"),
        "anhui": Fault("500", "incomplete", "http-error", "status"),
        "national": Fault("reset", "incomplete", "connection", "connection"),
        "suzhou_sip": Fault("dup-page", "incomplete", "duplicate-page", "truncated"),
    },
    LATER: {
        "shanghai": Fault("wrong-charset", "complete", "charset", "promise", run_cause=""),
        "jiangsu": Fault("gone@article", "complete", "not-found", "status", run_cause=""),
        "zhejiang": Fault("redesign@all", "failed", "no-list-container", "template"),
        "anhui": Fault("challenge-412", "blocked", "challenge", "challenge"),
        "national": Fault("redesign-2@article", "incomplete", "no-body-container", "template"),
        "suzhou_sip": Fault("slow:suzhou_sip/bdfg@list", "incomplete", "timeout", "timeout"),
    },
}
CASES = [(moment, site) for moment, faults in FAULTS.items() for site in faults]


@dataclass
class Told:
    """What was told of a site by a run with a fault, and by the run after it."""

    faulty: RunSummary
    healthy: RunSummary
    opened: list[Incident]
    left: list[Incident]


@dataclass
class World:
    """What the crawls of all days told, by day and site; and the last crawl, of unchanged sites."""

    told: dict[tuple[datetime, str], Told]
    last: dict[str, RunSummary]
    store: Store


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("faults")
    told: dict[tuple[datetime, str], Told] = {}
    with small_sites() as sites:
        for moment, faults in FAULTS.items():
            for site, fault in faults.items():
                sites[site].fault = fault.name
            runs = [harvest(folder, bases(sites), recheck="all", moment=moment, settings={"timeout": 2.0})]
            alive = open_incidents(folder)
            for site in faults:
                sites[site].fault = ""
            runs.append(harvest(folder, bases(sites), recheck="all", moment=moment + timedelta(hours=3)))
            left = open_incidents(folder)
            for site in faults:
                told[moment, site] = Told(runs[0][site], runs[1][site], alive.get(site, []), left.get(site, []))
        last = harvest(folder, bases(sites), moment=AFTER_THE_HOLIDAYS)
    with Store.open(f"sqlite:///{folder}/store.sqlite", archive=folder / "archive") as store:
        yield World(told, last, store)


def open_incidents(folder: Path) -> dict[str, list[Incident]]:
    with Store.open(f"sqlite:///{folder}/store.sqlite") as store:
        return {site: incidents_of(store, site) for site in SIZES}


@pytest.mark.parametrize(("moment", "site"), CASES, ids=lambda value: value if isinstance(value, str) else f"{value:%m-%d}")
def test_a_fault_has_its_verdict_its_cause_and_exactly_one_incident(world: World, moment: datetime, site: str):
    fault, told = FAULTS[moment][site], world.told[moment, site]
    wanted = fault.cause if fault.run_cause is None else fault.run_cause
    assert (told.faulty.verdict, told.faulty.cause) == (fault.verdict, wanted)
    assert [(each.cause, str(failure_class(each.cause))) for each in told.opened] == [(fault.cause, fault.kind)]
    assert {each.cause for each in told.faulty.findings} == {fault.cause}
    assert tuple(findings_of(world.store, told.faulty.run)) == told.faulty.findings


@pytest.mark.parametrize(("moment", "site"), CASES, ids=lambda value: value if isinstance(value, str) else f"{value:%m-%d}")
def test_the_run_after_a_fault_finds_nothing_wrong_and_closes_its_incident(world: World, moment: datetime, site: str):
    told = world.told[moment, site]
    assert (told.healthy.verdict, told.healthy.findings, told.left) == ("complete", (), [])
    (opened,) = told.opened
    closed = [each for each in incidents_of(world.store, site, closed=True) if each.id == opened.id]
    assert [(each.first_run, each.closing_run) for each in closed] == [(told.faulty.run, told.healthy.run)]


def test_a_failed_or_blocked_run_has_one_finding_and_it_is_of_the_whole_site(world: World):
    ended = [told.faulty for told in world.told.values() if told.faulty.verdict in ("failed", "blocked")]
    assert len(ended) == 3
    assert all([(each.cause, each.section) for each in run.findings] == [(run.cause, "")] for run in ended)


def test_a_redesign_is_told_of_the_section_concerned(world: World):
    (finding,) = world.told[LATER, "national"].faulty.findings
    assert (finding.section, finding.level) == ("tz", "alarm")
    assert {each.section for each in world.told[LATER, "suzhou_sip"].faulty.findings} == {"bdfg"}


def test_after_the_golden_week_nothing_is_wrong_with_sites_that_rested(world: World):
    assert {site: (run.verdict, run.findings) for site, run in world.last.items()} == dict.fromkeys(SIZES, ("complete", ()))
    assert incidents_of(world.store) == []
