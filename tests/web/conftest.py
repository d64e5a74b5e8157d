"""What the tests of the room share: a store as a crawl leaves it, a client of the open room, a room on a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from http.cookiejar import Cookie, DefaultCookiePolicy
from pathlib import Path
from urllib.request import Request

import pytest
from fastapi.testclient import TestClient

from harvester.web.app import create_app
from harvester.web.room import RoomSettings
from storage.store import Store
from tests.web import operations_sample, sample
from tests.web.empty import bare_client, bare_store, empty_folder  # noqa: F401 -- fixtures
from tests.web.operations_sample import Made
from tests.web.serving import served


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of the sample store (``room.sqlite``, its key, ``archive/``). Nobody writes there."""
    return sample.made(tmp_path_factory)


@pytest.fixture
def store(sample_folder: Path, tmp_path: Path) -> Iterator[Store]:
    """Give a copy of the sample store for a test that writes."""
    with sample.copied(sample_folder, tmp_path / "room") as opened:
        yield opened


@pytest.fixture(scope="session")
def shared_store(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Give one copy of the sample store for all tests that only read (what they are shown of records is logged there)."""
    with sample.copied(sample_folder, tmp_path_factory.mktemp("shared") / "room") as opened:
        yield opened


@pytest.fixture(scope="session")
def shared_client(shared_store: Store) -> Iterator[TestClient]:
    """Give a client of the open room over the shared store: for tests that only read."""
    with client_of(shared_store) as client:
        client.cookies.jar.set_policy(_NoChoices())
        yield client


class _NoChoices(DefaultCookiePolicy):
    """Keeps no language from one test to the next."""

    def set_ok(self, cookie: Cookie, request: Request) -> bool:
        return cookie.name != "lang" and super().set_ok(cookie, request)


@pytest.fixture
def client(store: Store) -> Iterator[TestClient]:
    """Give a client of the open room over a store of its own."""
    with client_of(store) as client:
        yield client


@pytest.fixture(scope="session")
def served_room(shared_store: Store) -> Iterator[str]:
    """Give the address (``http://127.0.0.1:PORT``) of the open room over the shared store on a real socket."""
    with served(shared_store) as address:
        yield address


@pytest.fixture(scope="session")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Made, TestClient]]:
    """Give a store as operators find it in the morning, what of it is asked for by name, and a client: for tests that only read."""
    folder = tmp_path_factory.mktemp("morning")
    with Store.open(f"sqlite:///{folder / 'room.sqlite'}", archive=folder / "archive", create=True) as store:
        made = operations_sample.fill(store, datetime.now(UTC))
        with client_of(store) as client:
            client.cookies.jar.set_policy(_NoChoices())
            yield store, made, client


def client_of(store: Store, settings: RoomSettings | None = None, base: str = "http://127.0.0.1") -> TestClient:
    """Return a client of a room; errors that a server would log are raised in the test."""
    return TestClient(create_app(store, settings), base_url=base, follow_redirects=False)
