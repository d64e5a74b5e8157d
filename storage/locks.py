"""One crawl of a site at a time: a lock that ends with its process, however the process ends."""

from __future__ import annotations

import fcntl
import hashlib
import time
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from storage.errors import LockedStore

GRACE = 2.0
"""Seconds in which the server notices that a killed process is gone."""


class SiteLocks:
    """The sites this process crawls now. On SQLite a locked file beside the store, on PostgreSQL a session's advisory lock."""

    def __init__(self, engine: Engine, file: Path | None) -> None:
        self._engine = engine
        self._folder = file.with_name(file.name + ".locks") if file is not None else None
        self._held: dict[str, IO[bytes] | Connection] = {}

    def take(self, site: str) -> None:
        """Take the lock of a site, or keep it. Raises ``LockedStore`` when another process has it."""
        if site in self._held:
            return
        held = self._take_row(site) if self._folder is None else self._take_file(self._folder, site)
        if held is None:
            raise LockedStore(f"Another run of {site} is under way: wait for its end or stop it, then try again.")
        self._held[site] = held

    def release(self, site: str) -> None:
        """Give the lock of a site back, if it is held."""
        held = self._held.pop(site, None)
        if isinstance(held, Connection):
            try:
                held.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": _number(site)})
            except DBAPIError:
                # The session is gone, and its locks with it.
                held.invalidate()
        if held is not None:
            held.close()

    def close(self) -> None:
        """Give every lock back."""
        for site in list(self._held):
            self.release(site)

    @staticmethod
    def _take_file(folder: Path, site: str) -> IO[bytes] | None:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / hashlib.sha256(site.encode()).hexdigest()[:16]).open("wb")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
        return file

    def _take_row(self, site: str) -> Connection | None:
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        last = time.monotonic() + GRACE
        while not connection.execute(text("SELECT pg_try_advisory_lock(:number)"), {"number": _number(site)}).scalar_one():
            if time.monotonic() > last:
                connection.close()
                return None
            time.sleep(0.1)
        return connection


def _number(site: str) -> int:
    return int.from_bytes(hashlib.sha256(f"harvester run {site}".encode()).digest()[:8], "big", signed=True)
