"""A worker that is told to end does so, whatever its database does."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cluster import members
from tests.cluster.conftest import settings
from tests.cluster.server import Server

TIMES = replace(members.QUICK, last=2.0)


def processes(server: Server) -> list[int]:
    """Return the server's processes, the one that takes connections first."""
    first = (server.folder / "data" / "postmaster.pid").read_text().split()[0]
    others = subprocess.run(["pgrep", "-P", first], capture_output=True, text=True, check=True).stdout.split()
    return [int(pid) for pid in (first, *others)]


def signalled(processes: list[int], sign: signal.Signals) -> None:
    """Signal processes; one that was at its end when they were listed may be gone, as a session that closes."""
    for pid in processes:
        with suppress(ProcessLookupError):
            os.kill(pid, sign)


@pytest.mark.postgres
@pytest.mark.skipif(os.geteuid() != 0, reason="the server's processes can be held by root only")
def test_a_worker_whose_database_keeps_its_connections_and_says_nothing_ends_all_the_same(server: Server, url: str, tmp_path: Path) -> None:
    config = settings(url, tmp_path, {})
    worker = members.start(config, times=TIMES)
    held: list[int] = []
    try:
        assert members.wait_for(lambda: members.there(config) == 1)
        held = processes(server)
        signalled(held, signal.SIGSTOP)
        begun = time.monotonic()
        assert members.stop(worker) in (0, 1), "by itself, not killed by the test"
        assert time.monotonic() - begun < 2 * TIMES.last + 5
    finally:
        signalled(held, signal.SIGCONT)
        worker.kill()
