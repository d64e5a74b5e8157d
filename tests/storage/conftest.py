"""A store of every kind for every test: SQLite in a file, PostgreSQL in a server started for the tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from storage.store import Store
from tests import temporary
from tests.postgres import embedded

ROOT = Path(__file__).resolve().parents[2]
_numbers = count(1)
_STRATEGY = "FILE_COPY" if temporary.in_memory() else "WAL_LOG"
"""How a database is made of another one, whichever is faster where the server's folder lies."""


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Start an embedded PostgreSQL server and give the URL of its first database."""
    # The server itself is never killed here, and to flush a hundred databases at its end would take minutes.
    # Of databases that live for a second nothing need be vacuumed.
    with embedded("fsync", "synchronous_commit", "full_page_writes", "wal_recycle", "autovacuum") as url:
        yield url


def database(server: str, template: str = "template1") -> str:
    """Make a database and return its URL."""
    name = f"t{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY {_STRATEGY}'.encode())
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
def kind(request: pytest.FixtureRequest) -> str:
    """Give the name of the database that the test is about."""
    if request.param == "postgres":
        request.getfixturevalue("postgres")
    return str(request.param)


@pytest.fixture
def empty_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of a database without a schema."""
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path}/data/harvester.sqlite"
        return
    server = request.getfixturevalue("postgres")
    made = database(server)
    yield made
    drop(server, made)


@pytest.fixture
def url(kind: str, request: pytest.FixtureRequest, tmp_path: Path, templates: dict[str, str]) -> Iterator[str]:
    """Give the URL of a store that is there and empty."""
    if kind == "sqlite":
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


def filled_once(fill: Callable[[Store], object]) -> Callable[..., Iterator[Store]]:
    """Return a fixture: an open store, with an archive, that holds what ``fill`` put into the first of them; the others are copies."""

    @pytest.fixture
    def filled(kind: str, request: pytest.FixtureRequest, tmp_path: Path, templates: dict[str, str]) -> Iterator[Store]:
        name = f"{fill.__module__}.{fill.__name__}-{kind}"
        folder = Path(templates["folder"]) / name
        server = request.getfixturevalue("postgres") if kind == "postgres" else ""
        if name not in templates:
            folder.mkdir()
            templates[name] = _filled(fill, server, folder, templates)
        shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
        made = database(server, name_of(templates[name])) if server else f"sqlite:///{tmp_path}/harvester.sqlite"
        with Store.open(made, archive=tmp_path / "archive") as opened:
            yield opened
        if server:
            drop(server, made)

    return filled


def _filled(fill: Callable[[Store], object], server: str, folder: Path, templates: dict[str, str]) -> str:
    """Make a store, fill it and return its URL; what it has beside a server lies in ``folder``."""
    made = database(server, postgres_template(templates, server)) if server else f"sqlite:///{folder}/harvester.sqlite"
    if not server:
        shutil.copy(sqlite_template(templates), folder / "harvester.sqlite")
    with Store.open(made, archive=folder / "archive") as opened:
        fill(opened)
    return made


def child(code: str, *arguments: str) -> subprocess.Popen[str]:
    """Start Python on a piece of code, from the project's folder; the caller ends it."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment)
