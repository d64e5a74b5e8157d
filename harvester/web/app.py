"""The application put together: routes, who may come, what every answer carries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, Response

from harvester.web import api, pages
from harvester.web.access import guard, rights
from harvester.web.access.doorkeeper import Doorkeeper
from harvester.web.room import Room, RoomSettings
from storage.store import Store

_STATIC = Path(__file__).parent / "static"
STATIC = {"style.css": "text/css", "room.js": "text/javascript", "icon.svg": "image/svg+xml"}
"""The files that pages load, all from this room."""


def create_app(store: Store, settings: RoomSettings | None = None) -> FastAPI:
    """Return the reading room over a store. Raises ``HarvesterError`` for a route that names no role.

    Tokens and cursors are signed with a key made of the store's own, so that they outlive a restart and hold in every room of a store.
    """
    given = settings or RoomSettings()
    room = Room(store, given if given.secret else replace(given, secret=store.keyring.tag("room").encode()))
    app = FastAPI(title="credit-harvester", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    app.state.room, app.state.doorkeeper = room, Doorkeeper()
    guard.install(app, room)
    api.install(app)
    pages.install(app)
    for name, kind in STATIC.items():
        app.get(f"/static/{name}", dependencies=[rights.everybody()], include_in_schema=False)(_static(name, kind))
    rights.check_routes(app)
    return app


def _static(name: str, kind: str) -> Callable[[], Awaitable[Response]]:
    async def served() -> Response:
        return FileResponse(_STATIC / name, media_type=kind, headers={"Cache-Control": "public, max-age=3600"})

    return served
