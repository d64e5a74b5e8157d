"""A site that answers badly takes nothing down: blocked, half, dead, empty or confused is never gone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import select

from harvester.replica.records import list_documents
from harvester.replica.server import Replica
from storage.notice_schema import notices, tombstones
from storage.schema import documents
from tests.end_to_end.rights import Place, day, replicated

RECORDS, PAPERS = "anhui_records", "anhui"
FAULTS = ["challenge@all", "half-page@list", "wrong-charset@list"]
if os.environ.get("HARVESTER_SOAK"):
    FAULTS += ["500@all", "challenge-412@all", "half-body@all", "dup-page@list", "500@list"]


@pytest.fixture(scope="module")
def harvested(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Replica, Place]]:
    papers = [document for document in list_documents() if document.site == PAPERS]
    with replicated(tmp_path_factory.mktemp("faults"), [RECORDS, PAPERS], extra=papers, own_content=False) as (replica, place):
        assert {told["verdict"] for told in place.crawl(at=day(-20)).values()} == {"complete"}
        yield replica, place


def state(place: Place) -> tuple[set[str], set[str], set[str], set[str]]:
    """Return the records that are shown, those that are missing, what is buried, and the documents that are gone."""
    n, d = notices.c, documents.c
    with place.opened() as store, store.reading() as connection:
        shown = set(connection.execute(select(n.id)).scalars())
        missing = set(connection.execute(select(n.id).where(n.missing_since.is_not(None))).scalars())
        buried = set(connection.execute(select(tombstones.c.id).where(tombstones.c.reason == "gone")).scalars())
        return shown, missing, buried, set(connection.execute(select(d.id).where(d.state == "gone")).scalars())


def crawl_and_take_down(place: Place, at: datetime) -> dict[str, str]:
    told = place.crawl(at=at, recheck="none")
    taken = place.ask("takedown", at=at)[0]
    assert taken["gone"] == 0
    return {site: row["verdict"] for site, row in told.items()}


@pytest.mark.slow
def test_no_fault_of_a_site_takes_anything_down_or_marks_it_missing(harvested: tuple[Replica, Place]) -> None:
    replica, place = harvested
    before = state(place)
    assert len(before[0]) > 300
    assert before[1:] == (set(), set(), set())
    for number, fault in enumerate(FAULTS):
        replica.fault = fault
        verdicts = crawl_and_take_down(place, day(-19 + number))
        after = state(place)
        expired = before[0] - after[0]
        assert after[1:] == (set(), set(), set()), fault
        assert not expired or len(expired) < 20, f"{fault}: only what is over goes"
        if "@all" in fault:
            assert "complete" not in verdicts.values(), fault
    replica.fault = ""


@pytest.mark.slow
def test_a_dead_site_and_a_list_that_is_suddenly_empty_take_nothing_down(harvested: tuple[Replica, Place]) -> None:
    replica, place = harvested
    replica.fault = ""
    before = state(place)
    for site in (RECORDS, PAPERS):
        alive = place.bases
        place.bases = {**alive, site: "http://127.0.0.1:9"}
        assert crawl_and_take_down(place, day(-8))[site] != "complete"
        place.bases = alive
    keys = replica.records(RECORDS, "tax_local")
    for key in keys:
        replica.remove_record(RECORDS, key)
    try:
        for offset in (-7, -6):
            crawl_and_take_down(place, day(offset))
    finally:
        for key in keys:
            replica.restore_record(RECORDS, key)
    after = state(place)
    assert keys
    assert after[1:] == (set(), set(), set())
    assert before[0] - after[0] == set() or len(before[0] - after[0]) < 20
