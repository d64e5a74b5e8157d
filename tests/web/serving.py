"""A room on a real socket, served by a thread of the test's process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from harvester.web.app import create_app
from harvester.web.room import RoomSettings
from harvester.web.serving import config_of, listening_at
from storage.store import Store


@contextmanager
def served(store: Store, settings: RoomSettings | None = None) -> Iterator[str]:
    """Give the address (``http://127.0.0.1:PORT``) of a room that is served while the block runs, as ``harvester serve`` does it."""
    with listening_at("127.0.0.1", 0) as listening:
        server = uvicorn.Server(config_of(create_app(store, settings), settings or RoomSettings()))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(15)
