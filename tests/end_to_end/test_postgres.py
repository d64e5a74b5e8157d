"""The same crawl into SQLite and into PostgreSQL gives stores that say the same, by changing one URL."""

from __future__ import annotations

from pathlib import Path

import pytest

from harvester.config import Config
from harvester.replica.server import Replica
from storage import queries
from storage.dump import dump
from storage.selection import Filters
from storage.store import Store
from tests import warm
from tests.storage.conftest import database, drop, postgres

__all__ = ["postgres"]
SITE = "zhejiang"


@pytest.fixture(scope="module")
def stores(postgres: str, tmp_path_factory):
    folder = tmp_path_factory.mktemp("both")
    url = database(postgres)
    urls = {"sqlite": f"sqlite:///{folder}/store.sqlite", "postgres": url}
    opened = {}
    with Replica([SITE]) as replica:
        for name, address in urls.items():
            config = Config(store=address, archive=Path(folder) / name, pace=0, bases=replica.bases)
            assert [summary.verdict for summary in warm.crawl([SITE], config)] == ["complete"]
            again = warm.crawl([SITE], config)[0]
            assert (again.verdict, again.versions) == ("complete", 0)
            opened[name] = Store.open(address, archive=config.archive)
    yield opened
    for store in opened.values():
        store.close()
    drop(postgres, url)


@pytest.mark.postgres
def test_both_stores_give_the_same_dump(stores) -> None:
    one, other = (list(dump(stores[name])) for name in ("sqlite", "postgres"))
    assert len(one) > 500
    assert one == other


@pytest.mark.postgres
@pytest.mark.parametrize(
    "filters",
    [Filters(), Filters(agency="省发展改革委", region="330000"), Filters(words="信用修复"), Filters(role="lead", limit=5)],
    ids=str,
)
def test_both_stores_answer_a_question_alike(stores, filters: Filters) -> None:
    one, other = (queries.tasks(stores[name], filters) for name in ("sqlite", "postgres"))
    assert one
    assert one == other


@pytest.mark.postgres
@pytest.mark.parametrize("words", ["信", "信用", "信用修复", "浙江 修复"])
def test_both_stores_find_the_same(stores, words: str) -> None:
    one, other = (queries.search(stores[name], words, Filters(limit=20)) for name in ("sqlite", "postgres"))
    assert one["counts"]["document"] > 0
    assert one == other
