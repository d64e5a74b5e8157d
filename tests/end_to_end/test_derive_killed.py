"""A derivation that is killed at any moment and run again leaves what an undisturbed one leaves: nothing lost, nothing double."""

from __future__ import annotations

import shutil
import time
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from sqlalchemy import select

from harvester.config import Config
from harvester.replica.server import Replica
from storage import decisions, review
from storage.dump import dump
from storage.records import DecisionRow
from storage.schema import derivations, versions
from storage.store import Store
from tests import warm

SITE = "zhejiang"
KILLS = 3


def derive(folder: Path) -> BaseProcess:
    return warm.start("derive", "--format", "json", "--store", f"sqlite:///{folder}/store.sqlite")


def ended(process: BaseProcess) -> int | None:
    """Return the exit status of a derivation that is left to its end."""
    process.join(300)
    return process.exitcode


def content(folder: Path) -> list[str]:
    with Store.open(f"sqlite:///{folder}/store.sqlite", archive=folder / "archive") as store:
        return list(dump(store))


@pytest.fixture(scope="module")
def decided(tmp_path_factory) -> Path:
    """Give the folder of a crawled store in which every mention that waits is decided, and nothing is derived yet."""
    folder = tmp_path_factory.mktemp("decided")
    config = Config(store=f"sqlite:///{folder}/store.sqlite", archive=folder / "archive", pace=0)
    with Replica([SITE]) as replica:
        warm.crawl([SITE], config.with_bases(replica.bases))
    with Store.open(config.store) as store:
        made = [DecisionRow(row["what"], row["region"], "class") for row in review.unresolved(store)]
        assert decisions.decide(store, made, "甲", datetime.now(UTC))
    return folder


@pytest.mark.slow
def test_a_killed_derivation_goes_on_and_ends_where_an_undisturbed_one_does(decided: Path, tmp_path: Path) -> None:
    calm, torn = tmp_path / "calm", tmp_path / "torn"
    for folder in (calm, torn):
        shutil.copytree(decided, folder)
    begun = time.monotonic()
    assert ended(derive(calm)) == 0
    seconds = time.monotonic() - begun
    for kill in range(KILLS):
        process = derive(torn)
        time.sleep(seconds * (0.4 + 0.15 * kill))
        process.kill()
        process.join(30)
    assert ended(derive(torn)) == 0
    assert content(torn) == content(calm) != content(decided)
    with Store.open(f"sqlite:///{torn}/store.sqlite") as store, store.reading() as connection:
        changes = list(connection.execute(select(versions.c.document_id, versions.c.change)))
        assert len(changes) == len(set(changes)), "no reading is there twice"
        assert connection.execute(select(derivations.c.ended_at)).scalars().all().count(None) == 0
