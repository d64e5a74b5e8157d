"""One crawl of the record sites for all tests that hold a store against the truth; readers of documents that begin at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pytest

from harvester.replica.records import RECORD_SITES, RecordTruth
from storage.store import Store
from tests import warm
from tests.crawl.sites import dump, harvest
from tests.end_to_end.records import Harvest, all_truth, fate, replica, stored
from tests.end_to_end.rights import day


@pytest.fixture(scope="session", autouse=True)
def warm_readers() -> Iterator[None]:
    """Spare each derivation of these tests the seconds in which its readers import the program."""
    with warm.readers():
        yield


@pytest.fixture(scope="session")
def harvested(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harvest]:
    folder = tmp_path_factory.mktemp("records")
    with replica() as sites:
        on = day(0).date()
        truth: dict[str, list[RecordTruth]] = defaultdict(list)
        for each in all_truth(sites):
            truth[fate(each, on)].append(each)
        runs = harvest(folder, sites.bases, moment=day(0))
        before, asked = dump(folder), len(sites.requests)
        again = harvest(folder, sites.bases, moment=day(0, hour=12))
        asked_again = [f"{each.site} {each.path}" for each in sites.requests[asked:]]
        stated = {name: sites.stated(name) for name in RECORD_SITES}
    with Store.open(f"sqlite:///{folder}/store.sqlite", archive=folder / "archive") as store:
        yield Harvest(store, on, truth, stated, stored(store), runs, again, (before, dump(folder)), asked_again)
