"""Open the room on a socket: one process, until it is told to stop."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from harvester.errors import HarvesterError
from harvester.web.app import create_app
from harvester.web.room import RoomSettings
from storage.store import Store

STOPPING = 5
"""Seconds that answers under way get when the room closes."""


def run(store: Store, host: str, port: int, announce: Callable[[str], None], settings: RoomSettings | None = None) -> None:
    """Serve the room at an address until the process is told to stop. Raises ``HarvesterError`` where nothing can listen there."""
    given = settings or RoomSettings()
    app = create_app(store, given)
    with listening_at(host, port) as listening:
        bound = listening.getsockname()[1]
        announce(given.base or f"http://{f'[{host}]' if ':' in host else host}:{bound}/")
        uvicorn.Server(config_of(app, given)).run(sockets=[listening])


@contextmanager
def listening_at(host: str, port: int) -> Iterator[socket.socket]:
    """Give a socket bound to an address. Raises ``HarvesterError`` where nothing can listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
        except OSError as error:
            raise HarvesterError(f"nothing can listen at {host} port {port} ({error.strerror}); choose another --port.") from None
        yield listening


def config_of(app: FastAPI, settings: RoomSettings) -> uvicorn.Config:
    """Return how a room is served."""
    return uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=True,
        timeout_graceful_shutdown=STOPPING,
        h11_max_incomplete_event_size=65536,
    )
