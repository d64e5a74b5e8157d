"""People at the door of a room with accounts, and programs with their keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache

import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from httpx import Response

from harvester.web.access import doors, passwords
from harvester.web.access.limits import Limits
from harvester.web.app import create_app
from harvester.web.room import RoomSettings
from storage import accounts, sessions
from storage.store import Store

BASE = "https://room.example"
PASSWORD = "quiet river lantern orchard"
HTML = {"accept": "text/html"}
PEOPLE = {"olga": "operator", "rui": "reader"}


LIGHT = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1)
"""Argon2id as it is, with parameters that take milliseconds: most tests are not about how long it takes."""


@cache
def password_hash(password: str = PASSWORD) -> str:
    """Return the hash of a password."""
    return LIGHT.hash(password)


@pytest.fixture
def light_passwords(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let passwords be hashed in milliseconds."""
    monkeypatch.setattr(passwords, "HASHER", LIGHT)
    passwords._nobodys.cache_clear()
    yield
    passwords._nobodys.cache_clear()


def people(store: Store) -> None:
    """Make an operator and a reader."""
    for name, role in PEOPLE.items():
        accounts.add(store, name, role, password_hash(), "test", datetime.now(UTC))


def closed(**more: object) -> RoomSettings:
    """Return the settings of a room with accounts behind TLS."""
    fields: dict[str, object] = {
        "open": False,
        "base": BASE,
        "secure": True,
        "limits": Limits(pages_per_minute=100_000, heavy_per_minute=100_000),
    }
    return RoomSettings(**(fields | more))  # type: ignore[arg-type]


class House:
    """A room with accounts, and clients of it: each call a new one with cookies of its own."""

    def __init__(self, store: Store, settings: RoomSettings | None = None) -> None:
        self.store = store
        self.settings = settings or closed()
        self.app = create_app(store, self.settings)

    def nobody(self) -> TestClient:
        """Return the client of somebody who is not logged in."""
        return TestClient(self.app, base_url=self.settings.base or "http://127.0.0.1", follow_redirects=False, headers=HTML)

    def person(self, name: str) -> TestClient:
        """Return the client of somebody who is logged in (without the time that a password takes)."""
        client = self.nobody()
        secret = sessions.begin(self.store, name, "a browser", datetime.now(UTC), self.settings.limits.longest)
        carry(client, doors.session_cookie(self.settings), secret)
        return client

    def program(self, name: str, role: str) -> TestClient:
        """Return the client of a program with a key."""
        client = self.nobody()
        key = sessions.make_key(self.store, name, "nightly", role, datetime.now(UTC), None)
        client.headers["authorization"] = f"Bearer {key}"
        return client


def carry(client: TestClient, name: str, value: str) -> None:
    """Put a cookie into a client as an answer of the room would."""
    client.cookies.set(name, value, domain=str(client.base_url.host))


def token_in(answer: Response) -> str:
    """Return the token of a page's forms."""
    found = re.search(r'name="token" value="([0-9a-f]{64})"', answer.text)
    assert found, answer.text[:500]
    return found.group(1)


def log_in(client: TestClient, name: str, password: str = PASSWORD, there: str = "/") -> Response:
    """Log in as a person does: load the form, send it."""
    token = token_in(client.get("/login"))
    return client.post("/login", data={"name": name, "password": password, "next": there, "token": token})
