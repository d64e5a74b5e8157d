"""A store of two hundred papers, made once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from storage.store import Store
from tests.finding.papers import Paper, stored
from tests.storage.samples import AGENCIES

Library = tuple[Store, list[Paper]]


@pytest.fixture(scope="package")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """Give the store and its papers; nobody writes there."""
    folder = tmp_path_factory.mktemp("library")
    with Store.open(f"sqlite:///{folder}/store.sqlite", archive=folder / "archive", create=True) as store:
        store.load_agencies(AGENCIES)
        yield store, stored(store)
