"""Workers on two hosts: a link is cut for longer than a session lives, the database restarts, a worker is killed, all in mid-crawl."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

from harvester.scheduling import queue
from storage import due_runs, operations_schema
from storage.schema import captures, runs
from storage.store import Store
from tests.cluster import members
from tests.cluster.conftest import settings
from tests.cluster.hosts import HUB, NETWORK, Hosts, missing
from tests.cluster.server import Server
from tests.cluster.world import SITES, SOAK, ask, content, doubles, ended, hurry, runs_of, whole_runs

CUT = 35.0
"""Seconds: longer than the server keeps a session of a host that is gone, and its locks."""
REASON = "two minutes: make soak" if not SOAK else missing()


@pytest.mark.postgres
@pytest.mark.skipif(bool(REASON), reason=REASON)
def test_hosts_that_lose_their_link_their_database_or_a_worker_leave_the_store_of_one_process(tmp_path: Path) -> None:
    with Hosts(2) as hosts, Server(HUB, NETWORK, ("ip", "netns", "exec", hosts.hub)) as server:
        far, near = server.database("store"), server.near_url("store")
        bases = hosts.sites()
        config = settings(near, tmp_path, bases)
        with Store.open(near, create=True) as store:
            queue.upgrade(store)
        every = {"HARVESTER_BASES": json.dumps(bases), "HARVESTER_SCHEDULE": json.dumps(dict(config.schedule))}
        alone = every | {"HARVESTER_STORE": f"sqlite:///{tmp_path}/alone/store.sqlite"}
        hosts.call(0, ["crawl", *SITES, "--pace", "0"], alone)
        wanted = content(settings(alone["HARVESTER_STORE"], tmp_path / "alone", bases))
        given = every | {
            "HARVESTER_STORE": far,
            "HARVESTER_ARCHIVE": str(config.archive),
            "HARVESTER_PACE": "0.4",
            "HARVESTER_PATIENCE": "5",
        }

        def start(host: int) -> subprocess.Popen[str]:
            return hosts.start(host, ["worker", "--side-by-side", "1"], given, tmp_path / "log")

        workers = [start(0), start(1)]
        with Store.open(near, archive=config.archive) as store:
            assert members.wait_for(lambda: members.there(config) == 2)

            def cut(host: int) -> None:
                hosts.cut(host)
                time.sleep(CUT)
                hosts.cut(host, whole=True)

            def kill(host: int) -> None:
                # The launcher hands its process over to the worker, so this is the worker.
                workers[host].kill()
                workers[host].wait()
                workers[host] = start(host)

            asked = in_the_middle(store, cut, kept=True)
            assert begun_again(store, asked), "the cut came too early or too late: nothing was shown"
            asked += in_the_middle(store, lambda _: server.restart(2.0))
            asked += in_the_middle(store, kill)
            assert begun_again(store, asked[-len(SITES) :]), "the worker was killed too early or too late: nothing was shown"
        with Store.open(near, archive=config.archive) as store:
            assert {row.state for row in due_runs.listed(store)} == {"done"}
            assert {str(row.worker).partition(".")[0] for row in due_runs.listed(store)} == {"host1", "host2"}
            assert whole_runs(store) == dict.fromkeys(asked, 1)
            assert never_side_by_side(store)
            assert doubles(store) == []
            assert content(config) == wanted
        for worker in workers:
            worker.send_signal(signal.SIGTERM)
        assert [worker.wait(60) for worker in workers] == [0, 0]


def in_the_middle(store: Store, disturb: Callable[[int], None], *, kept: bool = False) -> list[int]:
    """Ask for a crawl of every site, disturb a host that is at one, and wait until each is done; return their rows.

    ``kept``: when the crawl has kept something.
    """
    asked, there = ask(store), list[int]()
    last = time.monotonic() + 120
    while not there and time.monotonic() < last:
        there = at_work(store, asked, kept=kept)
    disturb(there[0])
    with Store.open(store.url.render_as_string(hide_password=False)) as anew:
        wanted = {row.id for row in due_runs.listed(anew)}
        assert members.wait_for(lambda: hurry(anew) or ended(anew) == len(wanted), 300)
    return asked


def at_work(store: Store, rows: list[int], *, kept: bool) -> list[int]:
    """Return the hosts with a run of one of these rows that has not ended."""
    d = operations_schema.due_runs.c
    query = select(d.worker).join(runs, runs.c.due_run == d.id).where(runs.c.verdict.is_(None), d.id.in_(rows), d.state == "running")
    if kept:
        query = query.where(runs.c.id.in_(select(captures.c.run)))
    with store.reading() as connection:
        return [int(str(worker).partition(".")[0].removeprefix("host")) - 1 for worker in connection.execute(query).scalars()]


def begun_again(store: Store, rows: list[int]) -> bool:
    """Tell whether a due run had more than one run: the one that was disturbed, and another one."""
    return any(len(found) > 1 for row, found in runs_of(store).items() if row in rows)


def never_side_by_side(store: Store) -> bool:
    """Tell whether every run of a site that came to its end began after the end of the one before it."""
    with store.reading() as connection:
        for site in SITES:
            found = connection.execute(select(runs).where(runs.c.site == site).order_by(runs.c.started_at)).all()
            if any(later.started_at < earlier.ended_at for earlier, later in pairwise(found)):
                return False
    return True
