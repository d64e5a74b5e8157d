"""What goes out: headers that keep a browser from doing what no page of ours asks for, and no content where none was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from http.cookies import SimpleCookie
from typing import Any

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import Message, Send

from harvester.messages import LANGUAGES
from harvester.web.access.forgery import form_cookie
from harvester.web.room import RoomSettings

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
"""Of every answer that does not say otherwise. No other site learns a referrer; our own forms must say where they come from."""
SECURE_HEADERS: Mapping[str, str] = {"Strict-Transport-Security": "max-age=31536000"}
"""Of every answer over TLS (RFC 6797)."""
PERSONAL = (
    "/account", "/audit", "/changes", "/corrections/new", "/find", "/login", "/n/", "/operations", "/records", "/reports",
    "/review", "/s/", "/search", "/sql", "/watches",
)  # fmt: skip
"""Beginnings of addresses that tell of persons, records or what only some may see: kept in no cache."""
YEAR = 365 * 86400
"""Seconds for which a reader's choices are kept."""


class Outgoing:
    """The answer to a request on its way out. ``started`` tells whether any of it has left."""

    def __init__(self, request: Request, settings: RoomSettings, send: Send) -> None:
        self._request, self._settings, self._send = request, settings, send
        self._head = request.method == "HEAD"
        self._sealed = self._done = False
        self.started = False

    def seal(self) -> None:
        """Let nothing more pass from the route; the guard may still answer itself."""
        self._sealed = True

    async def passed(self, message: Message) -> None:
        """Send a piece of the route's answer. Raises ``ClientDisconnect`` where nobody waits for it any more."""
        if self._sealed:
            raise ClientDisconnect
        await self.send(message)

    async def send(self, message: Message) -> None:
        """Send the next piece, with the headers of the room. Raises ``ClientDisconnect`` behind the end of an answer to a HEAD."""
        if message["type"] == "http.response.start":
            self.started = True
            message.setdefault("headers", [])
            self._dress(MutableHeaders(scope=message))
            await self._send(message)
        elif not self._head:
            await self._send(message)
        elif not self._done:
            self._done = True
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})
            if message.get("more_body"):
                raise ClientDisconnect  # who makes the content stops here: a HEAD reads no million rows

    def _dress(self, headers: MutableHeaders) -> None:
        wanted = {**HEADERS, **SECURE_HEADERS} if self._settings.secure else HEADERS
        for name, value in wanted.items():
            headers.setdefault(name, value)
        headers.setdefault("Cache-Control", self._cache())
        if headers.get("content-type", "").startswith("text/html"):
            headers.add_vary_header("Cookie")
        if made := getattr(self._request.state, "form_cookie", ""):
            headers.append("set-cookie", cookie(form_cookie(self._settings), made, self._settings))
        if lang := self._language(headers):
            headers.append("set-cookie", cookie("lang", lang, self._settings, age=YEAR))

    def _language(self, headers: MutableHeaders) -> str:
        """Return the language that an address asks for, where pages are to stay in it: it holds from then on, as the switch's does."""
        asked, path = self._request.query_params.get("lang", ""), self._request.url.path
        if asked not in LANGUAGES or asked == self._request.cookies.get("lang") or path.startswith(("/api", "/preferences")):
            return ""
        return asked if "location" in headers or headers.get("content-type", "").startswith("text/html") else ""

    def _cache(self) -> str:
        return "no-store" if self._request.url.path.startswith(PERSONAL) else "private, no-cache"


def cookie(name: str, value: str, settings: RoomSettings, *, age: int | None = None) -> str:
    """Return a header that sets a cookie for this host alone, out of reach of scripts, and never sent by forms of other sites."""
    made: SimpleCookie = SimpleCookie()
    made[name] = value
    marks: dict[str, Any] = {"path": "/", "httponly": True, "samesite": "Lax", "secure": settings.secure}
    for mark, given in (marks | ({} if age is None else {"max-age": age})).items():
        made[name][mark] = given
    return made.output(header="").strip()
