"""A small store, quickly made, and settings that lead to a receiver."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.store import Store
from tests.storage.conftest import kind, postgres, postgres_template, sqlite_template, templates, url

__all__ = ["kind", "postgres", "postgres_template", "templates", "url"]


@pytest.fixture
def store(tmp_path: Path, templates: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """Give an empty store, at the place where the settings of ``feed.config`` look."""
    for name in [name for name in os.environ if name.startswith("HARVESTER_") and name != "HARVESTER_SOAK"]:
        monkeypatch.delenv(name)
    shutil.copy(sqlite_template(templates), tmp_path / "store.sqlite")
    with Store.open(f"sqlite:///{tmp_path / 'store.sqlite'}", archive=tmp_path / "archive") as opened:
        yield opened
