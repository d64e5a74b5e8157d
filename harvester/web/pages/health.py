"""What programs ask before anybody logs in: whether the room answers, and what of it is for search engines (nothing)."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse

from harvester.web.access.rights import everybody
from harvester.web.room import AnyStore

router = APIRouter(dependencies=[everybody()])
_UNSEEN = {"Cache-Control": "no-store"}


@router.get("/health")
def health(store: AnyStore) -> PlainTextResponse:
    """Say that the room can read its store. Raises ``StoreError``, which is told as 503, where it cannot."""
    store.state()
    return PlainTextResponse("ok\n", headers=_UNSEEN)


@router.get("/robots.txt")
def robots() -> PlainTextResponse:
    """Ask every search engine to stay away: what is shown today of a record may be gone tomorrow, and an index would go on showing it."""
    return PlainTextResponse("User-agent: *\nDisallow: /\n", headers={"Cache-Control": "public, max-age=86400"})
