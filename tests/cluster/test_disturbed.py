"""The database restarts, a worker is killed or told to end, in the middle of a crawl: nothing is lost, nothing is double."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from harvester.config import Config
from harvester.replica.server import Replica
from storage import due_runs
from storage.store import Store
from tests.cluster import members
from tests.cluster.conftest import made, settings
from tests.cluster.server import Server
from tests.cluster.world import SOAK, ask, by_one_process, captured, content, doubles, ended, hurry, queued, sites, whole_runs

World = tuple[Replica, list[str]]
PACE = 0.1
WAYS = ("restart", "kill", "stop") if SOAK else ("restart", "kill")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with sites() as replica:
        yield replica, by_one_process(tmp_path_factory.mktemp("alone"), replica.bases)


@pytest.mark.postgres
@pytest.mark.parametrize("way", WAYS)
def test_a_crawl_disturbed_in_its_middle_is_done_again_and_leaves_the_same_store(
    world: World, server: Server, tmp_path: Path, way: str
) -> None:
    there, wanted = world
    config = replace(settings(made(server), tmp_path, there.bases), pace=PACE, patience=5.0)
    workers = [members.start(config), members.start(config)]
    try:
        with Store.open(config.store, archive=config.archive) as store:
            members.wait_for(lambda: members.there(config) == 2)
            asked = ask(store)
            assert members.wait_for(lambda: captured(store) > 4, 120)
        assert disturbed(way, server, config, workers) == "in the middle"
        with Store.open(config.store, archive=config.archive) as store:
            assert members.wait_for(lambda: hurry(store) or ended(store) == len(asked), 240)
            assert {row.state for row in due_runs.listed(store)} == {"done"}
            assert whole_runs(store) == dict.fromkeys(asked, 1)
            assert doubles(store) == []
            assert content(config) == wanted
            assert all(members.stop(worker) == 0 for worker in workers)
            assert members.wait_for(lambda: queued(store)[0] == 0)
    finally:
        for worker in workers:
            worker.kill()


def disturbed(way: str, server: Server, config: Config, workers: list[BaseProcess]) -> str:
    """Disturb the work; return whether some of it was still to be done then."""
    with Store.open(config.store) as store:
        doing = [row for row in due_runs.running(store) if row.worker]
        place = "in the middle" if doing else "too late"
        victim = next(n for n, worker in enumerate(workers) if f".{worker.pid}." in str(doing[0].worker)) if doing else 0
    if way == "restart":
        server.restart(1.0)
    elif way == "kill":
        workers[victim].kill()
        workers[victim] = members.start(config)
    else:
        assert members.stop(workers[victim]) == 0
        workers[victim] = members.start(config)
    return place
