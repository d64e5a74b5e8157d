"""A crawl that is killed at any moment and run again leaves what an undisturbed crawl leaves: nothing lost, nothing double."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from pathlib import Path

import pytest

from harvester.replica.server import Replica
from storage.dump import dump
from storage.schema import captures
from storage.store import Store
from tests import warm

SITE = "zhejiang"
KILLS = 20 if os.environ.get("HARVESTER_SOAK") else 3
SEED = int(os.environ.get("HARVESTER_SEED", "20261121"))


def words(folder: Path, base: str) -> list[str]:
    return ["crawl", SITE, "--base", base, "--pace", "0", "--store", f"sqlite:///{folder}/store.sqlite", "--format", "json"]


def content(folder: Path) -> list[str]:
    with Store.open(f"sqlite:///{folder}/store.sqlite", archive=folder / "archive") as store:
        return list(dump(store))


def doubles(folder: Path) -> list[object]:
    """Return the places of the archive, and the payloads of an address, that its index names twice."""
    with Store.open(f"sqlite:///{folder}/store.sqlite", archive=folder / "archive") as store:
        assert not store.archive.verify().problems
        with store.reading() as connection:
            rows = connection.execute(captures.select()).all()
    places = Counter((row.file, row.file_offset) for row in rows)
    payloads = Counter((row.url, row.sha256) for row in rows if not row.revisit)
    return [place for place, count in [*places.items(), *payloads.items()] if count > 1]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    with Replica([SITE]) as replica:
        folder = tmp_path_factory.mktemp("undisturbed")
        begun = time.monotonic()
        assert warm.program(*words(folder, replica.bases[SITE])).returncode == 0
        yield replica.bases[SITE], content(folder), time.monotonic() - begun


@pytest.mark.slow
@pytest.mark.parametrize("kill", range(KILLS))
def test_a_crawl_killed_at_a_random_moment_and_run_again_equals_an_undisturbed_one(undisturbed, tmp_path: Path, kill: int) -> None:
    base, wanted, seconds = undisturbed
    moment = random.Random(SEED + kill).uniform(0.1, 1.0) * seconds
    process = warm.start(*words(tmp_path, base))
    time.sleep(moment)
    process.kill()
    process.join(30)
    assert warm.program(*words(tmp_path, base)).returncode == 0
    assert content(tmp_path) == wanted, f"killed after {moment:.2f} of {seconds:.2f} s"
    assert doubles(tmp_path) == []
