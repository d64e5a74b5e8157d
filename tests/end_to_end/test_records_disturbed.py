"""Crawls of record sites that are killed, or whose site fails: nothing is lost or doubled, and no fault ends a record."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from harvester.replica.server import Replica
from storage import takedown
from storage.dump import dump
from storage.notice_schema import notices, record_sightings, tombstones
from storage.record_archive import RecordArchive
from storage.store import Store
from tests import warm
from tests.crawl.sites import harvest
from tests.end_to_end.records import fate, identity, today

SITE, SECTION = "anhui_records", "tax_local"
SOAK = bool(os.environ.get("HARVESTER_SOAK"))
KILLS = 10 if SOAK else 1
SEED = int(os.environ.get("HARVESTER_SEED", "20261122"))
FAULTS = {
    "challenge": ("blocked", "challenge"),
    "500": ("incomplete", "http-error"),
    "half-body": ("incomplete", "truncated"),
    "half-page": ("incomplete", "truncated"),
    "dup-page": ("incomplete", "duplicate-page"),
}


def words(folder: Path, base: str) -> list[str]:
    return [
        "crawl",
        SITE,
        "--section",
        "permits",
        "--base",
        base,
        "--pace",
        "0",
        "--store",
        f"sqlite:///{folder}/store.sqlite",
        "--format",
        "json",
    ]


def opened(folder: Path) -> Store:
    return Store.open(f"sqlite:///{folder}/store.sqlite", archive=folder / "archive")


def said(folder: Path) -> list[str]:
    with opened(folder) as store:
        return list(dump(store))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[str], float]]:
    with Replica([SITE]) as replica:
        folder = tmp_path_factory.mktemp("undisturbed")
        begun = time.monotonic()
        assert warm.program(*words(folder, replica.bases[SITE])).returncode == 0
        yield replica.bases[SITE], said(folder), time.monotonic() - begun


@pytest.mark.slow
@pytest.mark.parametrize("kill", range(KILLS))
def test_a_crawl_of_records_killed_and_run_again_equals_an_undisturbed_one(
    undisturbed: tuple[str, list[str], float], tmp_path: Path, kill: int
) -> None:
    base, wanted, seconds = undisturbed
    moment = random.Random(SEED + kill).uniform(0.2, 1.0) * seconds
    process = warm.start(*words(tmp_path, base))
    time.sleep(moment)
    process.kill()
    process.join(30)
    assert warm.program(*words(tmp_path, base)).returncode == 0
    assert said(tmp_path) == wanted
    with opened(tmp_path) as store:
        takedown.run(store, today())
        archive = RecordArchive(store.archive.folder)
        report = archive.verify()
        with store.reading() as connection:
            held = connection.execute(select(notices.c.id)).all()
        assert (report.problems, report.records) == ((), len(held))


@pytest.mark.parametrize("fault", FAULTS if SOAK else ["half-page"])
def test_a_failing_site_is_told_by_name_and_ends_nothing(tmp_path: Path, fault: str) -> None:
    with Replica([SITE], delay=1) as replica:
        truth = [each for each in replica.record_truth(SITE) if each.section == SECTION]
        replica.fault = fault
        first = harvest(tmp_path, replica.bases, SITE, section=SECTION)[SITE]
        assert (first.verdict, first.cause) == FAULTS[fault]
        replica.fault = ""
        assert harvest(tmp_path, replica.bases, SITE, section=SECTION)[SITE].verdict == "complete"
        replica.fault = f"{fault}@all"
        harvest(tmp_path, replica.bases, SITE, section=SECTION, recheck="all")
    with opened(tmp_path) as store:
        shown = {identity(store, each) for each in truth if fate(each, today()) == "shown"}
        takedown.run(store, today())
        with store.reading() as connection:
            rows = connection.execute(select(notices.c.id, notices.c.missing_since)).all()
            graves = connection.execute(select(tombstones.c.reason)).scalars().all()
            sightings = connection.execute(select(record_sightings.c.notice_id)).scalars().all()
    assert {row.id for row in rows} == shown
    assert not [row.id for row in rows if row.missing_since]
    assert set(graves) <= {"repaired", "withdrawn"}
    assert len(set(sightings)) <= len(truth)
