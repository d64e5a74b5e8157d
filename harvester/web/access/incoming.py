"""What comes in: no more than a form may hold, and no slower than a line of telephone wire."""

from __future__ import annotations

import asyncio
import time

from fastapi import HTTPException, Request
from starlette.types import Message, Receive

from harvester.web.access.people import Role
from harvester.web.room import RoomSettings

SECONDS = 30.0
"""For a body to arrive whole."""
STRANGERS = 16 * 1024
"""Bytes that somebody may send who is not logged in: a name, a password, a token."""


class Incoming:
    """The body of a request, piece by piece. Raises ``HTTPException`` 413 and 408 where it is too large or too slow."""

    def __init__(self, receive: Receive, request: Request, settings: RoomSettings) -> None:
        self._receive = receive
        known = request.state.person.role > Role.NOBODY
        self._left = settings.limits.body_kilobytes * 1024 if known else STRANGERS
        self._until = time.monotonic() + SECONDS
        self._whole = False
        self._length = request.headers.get("content-length", "")

    async def __call__(self) -> Message:
        """Return the next piece."""
        if self._whole:
            return await self._receive()
        if self._length.isdecimal() and int(self._length[:18]) > self._left:
            raise _too_large()
        message = await self._next()
        if message["type"] == "http.request":
            self._length = ""
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                raise _too_large()
            self._whole = not message.get("more_body", False)
        return message

    async def _next(self) -> Message:
        try:
            return await asyncio.wait_for(self._receive(), max(0.01, self._until - time.monotonic()))
        except TimeoutError:
            raise HTTPException(408, "The form did not arrive in time.", {"Connection": "close"}) from None


def _too_large() -> HTTPException:
    return HTTPException(413, "More was sent than the room takes in at once.", {"Connection": "close"})
