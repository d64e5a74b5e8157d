"""The five real documents, published on the replica sites as they appear in life, harvested end to end."""

from __future__ import annotations

from pathlib import Path

import pytest

from harvester.config import Config
from harvester.replica.server import Replica
from storage import queries
from storage.selection import Filters
from storage.store import Store
from tests import warm
from tests.end_to_end.published_seeds import publications
from tests.shared import needs_shared

pytestmark = needs_shared
PLAN = "深化推进国家社会信用体系建设区域合作示范区建设行动方案"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("seeds")
    config = Config(store=f"sqlite:///{folder}/store.sqlite", archive=Path(folder) / "archive", pace=0)
    documents = publications()
    with Replica(extra=documents, own_content=False) as replica:
        sites = sorted({document.site for document in documents})
        summaries = warm.crawl(sites, config.with_bases(replica.bases))
    assert [(s.site, s.verdict, s.error) for s in summaries] == [(site, "complete", "") for site in sites]
    with Store.open(config.store, archive=config.archive) as opened:
        yield opened


def tasks_of(store: Store, **filters) -> dict[str, int]:
    found: dict[str, int] = {}
    for task in queries.tasks(store, Filters(**filters)):
        place = f"{task['site']} {task['title'].strip('《》')[:30]}"
        found[place] = found.get(place, 0) + 1
    return found


def test_the_store_holds_25_and_18_and_60_and_85_tasks_each_text_once(store) -> None:
    assert sorted(tasks_of(store).values()) == [18, 25, 60, 85]


def test_every_copy_has_its_tasks_the_pdf_and_the_text_of_004_and_the_reprint_002_of_001(store) -> None:
    assert sum(tasks_of(store, all_copies=True).values()) == 25 + 2 * 18 + 60 + 2 * 85


def test_the_damaged_reprint_002_is_tied_to_001_as_the_same_text(store) -> None:
    copies = [row for row in queries.documents(store) if PLAN in row["title"] and row["tasks"] == 18]
    assert {row["site"] for row in copies} == {"anhui", "suzhou_sip"}
    assert len({row["work"] for row in copies}) == 1


def test_004_as_pdf_and_as_text_is_one_work(store) -> None:
    copies = [row for row in queries.documents(store) if row["tasks"] == 85]
    assert {row["format"] for row in copies} == {"pdf", "text"}
    assert len({row["work"] for row in copies}) == 1
