"""One crawl of a site at a time: a lock that ends with its process, however the process ends."""

from __future__ import annotations

import fcntl
import hashlib
import threading
import time
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.exc import DBAPIError

from storage.errors import LockedStore
from storage.schema import runs

GRACE = 2.0
"""Seconds in which the server notices that a killed process is gone."""

GLANCE = 0.3
"""Seconds in which whoever only looked whether a file's lock is free (``workers.is_free``) has let go of it."""


class SiteLocks:
    """The sites this process crawls now. On SQLite a locked file beside the store, on PostgreSQL a session's advisory lock."""

    def __init__(self, engine: Engine, file: Path | None) -> None:
        self._engine = engine
        self._folder = file.with_name(file.name + ".locks") if file is not None else None
        self._held: dict[str, IO[bytes] | Connection] = {}
        self._one = threading.Lock()
        self._lost = ""
        self.runs: dict[str, str] = {}
        """The runs that are under the locks, by site."""

    def take(self, site: str, grace: float = GRACE) -> None:
        """Take the lock of a site, or keep it. Raises ``LockedStore`` when another process has it, after ``grace`` seconds."""
        if site in self._held:
            return
        held = self._take_row(site, grace) if self._folder is None else self._take_file(self._folder, site, min(grace, GLANCE))
        if held is None:
            raise LockedStore(f"Another run of {site} is under way: wait for its end or stop it, then try again.")
        self._held[site] = held

    def release(self, site: str) -> None:
        """Give the lock of a site back, if it is held."""
        held = self._held.pop(site, None)
        self.runs.pop(site, None)
        if isinstance(held, Connection):
            try:
                held.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": _number(site)})
            except DBAPIError:
                # The session is gone, and its locks with it.
                held.invalidate()
        if held is not None:
            held.close()

    def keep(self, connection: Connection) -> None:
        """Look, before a write, whether every lock still stands, and take again those whose session of PostgreSQL is gone.

        A restart of the server or a cut takes a session's locks along: whoever went on without them would crawl beside another.
        Raises ``LockedStore`` when another process has taken one meanwhile, or had it and ended the run that was under it.
        """
        with self._one:
            regained = [site for site, held in list(self._held.items()) if isinstance(held, Connection) and self._regained(site, held)]
            if regained:
                self._still_ours(connection, [self.runs[site] for site in regained if site in self.runs])
            if self._lost:
                raise LockedStore(self._lost)

    def _still_ours(self, connection: Connection, begun: list[str]) -> None:
        ended = select(runs.c.id).where(runs.c.id.in_(begun), runs.c.verdict.is_not(None))
        if gone := connection.execute(ended).scalars().first():
            self._lost = f"The run {gone} was taken for killed while the database was out of reach: what it lacks the next run brings."

    def _regained(self, site: str, held: Connection) -> bool:
        try:
            held.exec_driver_sql("SELECT 1")
        except DBAPIError:
            held.invalidate()
            held.close()
            del self._held[site]
        else:
            return False
        taken = self._take_row(site)
        if taken is None:
            self._lost = f"Another run of {site} began while the database was out of reach: this one ends, that one goes on."
            return False
        self._held[site] = taken
        return True

    def close(self) -> None:
        """Give every lock back."""
        for site in list(self._held):
            self.release(site)

    @staticmethod
    def _take_file(folder: Path, site: str, grace: float) -> IO[bytes] | None:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / hashlib.sha256(site.encode()).hexdigest()[:16]).open("wb")
        last = time.monotonic() + grace
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > last:
                    file.close()
                    return None
                time.sleep(0.02)
            else:
                return file

    def _take_row(self, site: str, grace: float = GRACE) -> Connection | None:
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        last = time.monotonic() + grace
        while not connection.execute(text("SELECT pg_try_advisory_lock(:number)"), {"number": _number(site)}).scalar_one():
            if time.monotonic() > last:
                connection.close()
                return None
            time.sleep(0.1)
        return connection


def _number(site: str) -> int:
    return int.from_bytes(hashlib.sha256(f"harvester run {site}".encode()).digest()[:8], "big", signed=True)
