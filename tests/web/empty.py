"""An empty store of one's own for tests that put in what they need: a copy of one that was made once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from storage.store import Store


@pytest.fixture(scope="session")
def empty_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of an empty store. Nobody writes there."""
    folder = tmp_path_factory.mktemp("empty")
    with _opened(folder):
        return folder


@pytest.fixture
def bare_store(empty_folder: Path, tmp_path: Path) -> Iterator[Store]:
    """Give an empty store of one's own."""
    shutil.copytree(empty_folder, tmp_path / "bare")
    with _opened(tmp_path / "bare") as store:
        yield store


@pytest.fixture
def bare_client(bare_store: Store) -> Iterator[TestClient]:
    """Give a client of the open room over it."""
    from tests.web.conftest import client_of  # which gives these fixtures to all tests beside it

    with client_of(bare_store) as client:
        yield client


@contextmanager
def _opened(folder: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{folder / 'room.sqlite'}", archive=folder / "archive", create=True) as store:
        yield store
