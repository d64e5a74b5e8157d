"""What stands before every route: who asks, and the headers that keep a browser from doing what no page of ours asks for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request
from fastapi.responses import Response

from harvester.web.access.people import NOBODY, Person
from harvester.web.room import LOCAL_OPERATOR, room_of

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
"""Of every answer that does not say otherwise."""


def install(app: FastAPI) -> None:
    """Put the guard before the routes of an application."""
    app.middleware("http")(_guarded)


async def _guarded(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
    request.state.person = who(request)
    answer = await go_on(request)
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    return answer


def who(request: Request) -> Person:
    """Return who asks."""
    return LOCAL_OPERATOR if room_of(request).settings.open else NOBODY
