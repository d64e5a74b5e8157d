"""How much room the store takes, and how much there is left."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from fastapi import Request

from storage import operations_queries
from storage.disk_use import archive_folder, database_bytes, folder_bytes
from storage.store import Store

GROWTH_DAYS = 30
SCARCE = 0.1
"""The share of a disk below which its free room is told as a warning."""
_KEPT_SECONDS = 300.0
"""For so long the counted size of the archive is kept: to count it is to look at every file."""


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes of the database and the archive, free bytes where the archive lies, and what runs brought in the last days.

    ``archive`` and ``free`` are ``None`` where the room has no archive at hand.
    """

    database: int
    archive: int | None
    free: int | None
    share: float
    brought: int
    days: int = GROWTH_DAYS

    @property
    def scarce(self) -> bool:
        """Tell whether there is little room left."""
        return self.free is not None and self.share < SCARCE

    @property
    def lasts(self) -> int | None:
        """Return for how many days the free room lasts if runs go on to bring as much; ``None`` where nobody can say."""
        if not self.free or not self.brought:
            return None
        return int(self.free / (self.brought / self.days))


def room_of(request: Request, store: Store, now: datetime) -> Room:
    """Return how much room the store takes."""
    folder = archive_folder(store)
    disk = shutil.disk_usage(folder) if folder else None
    brought = operations_queries.brought(store, now - timedelta(days=GROWTH_DAYS))
    return Room(
        database_bytes(store), _counted(request, folder) if folder else None, disk.free if disk else None,
        disk.free / disk.total if disk else 1.0, brought,
    )  # fmt: skip


def _counted(request: Request, folder: Path) -> int:
    kept, now = request.app.state, time.monotonic()
    known: tuple[float, int] | None = getattr(kept, "archive_bytes", None)
    if known and now < known[0]:
        return known[1]
    found = folder_bytes(folder)
    kept.archive_bytes = (now + _KEPT_SECONDS, found)
    return found
