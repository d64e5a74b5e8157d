"""One, two and four workers of one machine leave what one process leaves, share the work, and are at a site one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text

from harvester.replica.server import Replica
from harvester.scheduling.pieces import derive_over_workers
from storage import due_runs
from storage.registers import derivations
from storage.store import Store
from tests.cluster import members
from tests.cluster.conftest import made, settings
from tests.cluster.server import Server
from tests.cluster.world import SOAK, ask, by_one_process, content, doubles, ended, queued, runs_of, sites

NUMBERS = (1, 2, 4) if SOAK else (2,)
World = tuple[Replica, list[str]]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Give the sites, and the dump of a store that one process filled from them."""
    with sites(whole=SOAK) as replica:
        yield replica, by_one_process(tmp_path_factory.mktemp("alone"), replica.bases)


@pytest.mark.postgres
@pytest.mark.parametrize("number", NUMBERS)
def test_workers_leave_the_store_of_one_process_and_share_the_work(world: World, server: Server, tmp_path: Path, number: int) -> None:
    replica, wanted = world
    config = settings(made(server), tmp_path, replica.bases)
    workers = [members.start(config) for _ in range(number)]
    try:
        with Store.open(config.store, archive=config.archive) as store:
            members.wait_for(lambda: members.there(config) == number)
            asked = ask(store, tuple(replica.bases))
            assert members.wait_for(lambda: ended(store) == len(asked), 240)
            done = due_runs.listed(store)
            assert {row.state for row in done} == {"done"}
            assert len({row.worker for row in done}) == min(number, len(replica.bases))
            assert content(config) == wanted
            assert doubles(store) == []
            told = {row: [(run.verdict, run.cause) for run in found] for row, found in runs_of(store).items()}
            assert told == {row: [("complete", "")] for row in asked}, [(row.id, row.attempts, row.note) for row in done]
            if number > 1:
                derived_again(store, number)
                assert content(config) == wanted
            assert [members.stop(worker) for worker in workers] == [0] * number
            assert queued(store) == (0, 0)
    finally:
        for worker in workers:
            worker.kill()


def derived_again(store: Store, number: int) -> None:
    """Derive the archive over the workers, and hold that every document was read once, by parts, and nothing was altered."""
    report = derive_over_workers(store)
    with store.reading() as connection:
        parts = connection.execute(select(derivations).where(derivations.c.parent.not_in(("", "workers")))).all()
        documents = connection.execute(text("SELECT count(*) FROM documents WHERE version > 0")).scalar_one()
    assert report.complete
    assert report.read == documents
    assert sum(site.altered for site in report.sites.values()) == 0
    assert len(parts) > number
    assert all(part.ended_at for part in parts)
