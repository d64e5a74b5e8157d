"""What every route works on: the store, who may come in, and how a request reaches both."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Query, Request

from harvester.web.access.limits import Limits
from harvester.web.access.people import Person, Role
from storage.store import Store


@dataclass(frozen=True, slots=True)
class RoomSettings:
    """How the room is opened.

    ``open`` is true on loopback only: whoever comes is the operator, without an account. ``base`` is the address by which readers
    know the room (``https://credit.example.cn``), empty where it is that of the request; ``secret`` signs tokens against forged
    requests and cursors; ``secure`` marks cookies for TLS only. ``proxies`` are the addresses of which ``X-Forwarded-For`` is believed;
    ``certificate`` and ``certificate_key`` the files with which the room speaks TLS itself.
    """

    open: bool = True
    base: str = ""
    secret: bytes = field(default=b"", repr=False)
    secure: bool = False
    downloads: Path | None = None
    proxies: tuple[str, ...] = ()
    certificate: Path | None = None
    certificate_key: Path | None = None
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Room:
    """One reading room."""

    store: Store
    settings: RoomSettings


LOCAL_OPERATOR = Person(name="", role=Role.OPERATOR)
"""Who comes to a room on loopback: no name, and all rights."""


def room_of(request: Request) -> Room:
    """Return the room that a request came to."""
    room: Room = request.app.state.room
    return room


def store_of(request: Request) -> Store:
    """Return the store that a request asks."""
    return room_of(request).store


def person_of(request: Request) -> Person:
    """Return who asks; a person without rights where nobody logged in."""
    person: Person = request.state.person
    return person


def base_of(request: Request) -> str:
    """Return the address by which readers know the room, without a stroke at its end."""
    return (room_of(request).settings.base or str(request.base_url)).rstrip("/")


async def _store(request: Request) -> Store:
    """Give a route its store; a coroutine, for FastAPI sends what is none to a thread, which costs more than the look."""
    return store_of(request)


async def _person(request: Request) -> Person:
    return person_of(request)


AnyStore = Annotated[Store, Depends(_store)]
Number = Annotated[int, Query(ge=0, le=(1 << 63) - 1)]
"""A number of an address, as far as both databases know numbers."""
Anyone = Annotated[Person, Depends(_person)]
