"""A small store, and the sender's fixtures of the watches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.store import Store
from tests.storage.conftest import kind, postgres, postgres_template, templates, url
from tests.watching.conftest import store as sqlite_store
from tests.watching.feed import SECRET
from tests.watching.servers import Ledger, Receiver, serving

__all__ = ["kind", "postgres", "postgres_template", "sqlite_store", "templates", "url"]


@pytest.fixture
def store(sqlite_store: Store) -> Store:
    """Give an empty store, at the place where the settings of ``faults.config`` look."""
    return sqlite_store


@pytest.fixture
def ledger() -> Ledger:
    """Give what a webhook's receiver keeps, each identifier once."""
    return Ledger(SECRET)


@pytest.fixture
def receiver(ledger: Ledger) -> Iterator[Receiver]:
    """Give a server that takes webhooks as the page for receivers tells to."""
    with serving(Receiver(answer=ledger.take)) as found:
        yield found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give the folder of the store."""
    return tmp_path
