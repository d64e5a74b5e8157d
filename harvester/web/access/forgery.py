"""Against forged requests: what changes anything carries a token that only this room, for this session, can make.

The token is an HMAC of the session (OWASP Cross-Site Request Forgery Prevention Cheat Sheet, signed double submit). Before a login there
is no session; a cookie of its own takes its place. That a request comes from another site at all is seen by the guard before.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any

from fastapi import Depends, HTTPException, Request
from starlette.concurrency import run_in_threadpool

from harvester.web.access import trail
from harvester.web.room import RoomSettings, room_of

FIELD = "token"
HEADER = "x-token"
_OPEN = "open"


def form_cookie(settings: RoomSettings) -> str:
    """Return the name of the cookie that binds forms before a login."""
    return "__Host-form" if settings.secure else "harvester-form"


def token(request: Request) -> str:
    """Return the token for the forms of a page; before a login the answer sets the cookie that it is bound to."""
    found, settings = request.state.entry, room_of(request).settings
    if found.way == "session":
        return _made(settings, f"session:{found.secret}")
    if settings.open:
        return _made(settings, _OPEN)
    known = request.cookies.get(form_cookie(settings), "") or request.state.form_cookie or secrets.token_urlsafe(16)
    request.state.form_cookie = known
    return _made(settings, f"form:{known}")


async def checked(request: Request) -> None:
    """Refuse a request that changes something without the token of its session; log one that has it.

    Programs that show a key need none, nor JSON sent to an open room: a page of another site can send neither without being asked first
    (a CORS preflight), which nothing here answers.
    """
    settings = room_of(request).settings
    if request.state.entry.way != "key" and not (settings.open and _is_json(request)):
        given = request.headers.get(HEADER, "")
        if not given and not _is_json(request):
            given = str((await request.form()).get(FIELD, ""))
        if not hmac.compare_digest(given.encode("utf-8", "replace"), _expected(request, settings).encode()):
            raise HTTPException(403, "The form is out of date: load the page again and send it once more.")
    await run_in_threadpool(trail.form_sent, request)


async def unchanging() -> None:
    """Say of a POST that it changes nothing and needs no token."""


def form() -> Any:  # noqa: ANN401 -- what FastAPI calls a dependency
    """Return the dependency of every route that changes something."""
    return Depends(checked)


def harmless() -> Any:  # noqa: ANN401
    """Return the dependency of a POST that changes nothing: a question too long for an address."""
    return Depends(unchanging)


def _expected(request: Request, settings: RoomSettings) -> str:
    if request.state.entry.way == "session" or settings.open:
        return token(request)
    known = request.cookies.get(form_cookie(settings), "")
    return _made(settings, f"form:{known}") if known else secrets.token_hex(16)


def _made(settings: RoomSettings, about: str) -> str:
    return hmac.new(settings.secret, b"token:" + about.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def _is_json(request: Request) -> bool:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"
