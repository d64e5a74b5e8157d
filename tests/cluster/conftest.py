"""One server for all tests of this folder, which they may restart; every test has a database of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path

import pytest

from harvester.config import Config
from harvester.scheduling import queue
from spiders.sheets import all_sheets
from storage.store import Store
from tests.cluster.server import Server

_numbers = count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with Server() as found:
        yield found


@pytest.fixture
def url(server: Server) -> str:
    return made(server)


def made(server: Server) -> str:
    """Return the URL of a new store with its queue, copied from one that was made for all."""
    if not server.template:
        with Store.open(server.database("template"), create=True) as store:
            queue.upgrade(store)
        server.template = "template"
    return server.database(f"t{next(_numbers)}", server.template)


def settings(url: str, folder: Path, bases: Mapping[str, str], schedule: Mapping[str, Mapping[str, object]] | None = None) -> Config:
    """Return settings by which only the jobs named have a schedule."""
    every = {sheet.id for sheet in all_sheets()} | {"takedown", "watch", "verify"}
    rest = {name: {"cron": ""} for name in every}
    return Config(store=url, archive=folder / "archive", pace=0, bases=bases, schedule={**rest, **(schedule or {})})
