"""What a store takes on disk: its database, and its archive."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from sqlalchemy import func, select

from storage.engine import file_of
from storage.errors import StoreError
from storage.store import Store


def database_bytes(store: Store) -> int:
    """Return how many bytes the database has on disk, its journal included."""
    file = file_of(store.url)
    if file is None:
        with store.reading() as connection:
            return int(connection.execute(select(func.pg_database_size(func.current_database()))).scalar_one())
    beside = (file, file.with_name(file.name + "-wal"))
    return sum(path.stat().st_size for path in beside if path.exists())


def archive_folder(store: Store) -> Path | None:
    """Return the folder of the archive, ``None`` where the store was opened without one or nothing was archived yet."""
    try:
        folder = store.archive.folder
    except StoreError:
        return None
    return folder if folder.is_dir() else None


def folder_bytes(folder: Path) -> int:
    """Return how many bytes the files of a folder have together; what goes while they are counted counts for nothing."""
    return sum(_sizes(folder))


def _sizes(folder: Path) -> Iterator[int]:
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):
                if entry.is_dir(follow_symlinks=False):
                    yield from _sizes(Path(entry.path))
                elif entry.is_file(follow_symlinks=False):
                    yield entry.stat(follow_symlinks=False).st_size
