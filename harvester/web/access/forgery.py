"""Tokens against forged requests: a form that changes anything carries one that only this room, for this session, can make."""

from __future__ import annotations

import hashlib
import hmac

from fastapi import HTTPException, Request

from harvester.web.room import room_of

FIELD = "token"
_SESSION = "session"


def token(request: Request) -> str:
    """Return the token of the session that a request belongs to."""
    key = room_of(request).settings.secret
    return hmac.new(key, b"form:" + request.cookies.get(_SESSION, "").encode(), hashlib.sha256).hexdigest()


async def checked(request: Request) -> None:
    """Refuse a form without the token, or one sent from another site (``Sec-Fetch-Site``, ``Origin``)."""
    form = await request.form()
    given = str(form.get(FIELD, "")) or request.headers.get("x-token", "")
    if not hmac.compare_digest(given.encode(), token(request).encode()):
        raise HTTPException(403, "The form is out of date: load the page again and send it once more.")
