"""Open the store that a verb works on, and know where its archive lies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harvester.config import Config
from storage.engine import file_of, read_url
from storage.store import Store


def settings(store: str | None, archive: Path | None = None) -> Config:
    """Return the settings; an SQLite store named here has its archive beside it, unless the archive is named too."""
    if store and archive is None and (file := file_of(read_url(store))) is not None:
        archive = file.parent / "archive"
    return Config.load(store=store, archive=archive)


@contextmanager
def opened(store: str | None, *, create: bool = False, check: bool = True) -> Iterator[Store]:
    """Give the store that ``--store``, the environment or the settings file names; raises ``StoreError``."""
    config = settings(store)
    with Store.open(config.store, archive=config.archive, create=create, check=check) as found:
        yield found
