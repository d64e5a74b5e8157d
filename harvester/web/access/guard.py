"""What stands before every route: whether the request is one at all, who asks, how much they may, and what every answer carries.

It is plain ASGI, so that downloads pass through it piece by piece, and the only place where an error that nobody foresaw is caught.
"""

from __future__ import annotations

import asyncio
import logging
import math

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from harvester.web.access import doors, errors, outgoing, requests
from harvester.web.access.doors import Entry
from harvester.web.access.errors import route_of
from harvester.web.access.incoming import Incoming
from harvester.web.access.outgoing import Outgoing
from harvester.web.access.pace import Pace, Turns
from harvester.web.access.people import Role
from harvester.web.room import Room
from storage.errors import StoreError

HEADERS = outgoing.HEADERS
FIRST = frozenset({"/account", "/account/password", "/logout", "/preferences"})
"""What whoever must choose a password of their own may reach before that."""

log = logging.getLogger(__name__)


def install(app: FastAPI, room: Room) -> None:
    """Put the guard before the routes of an application."""
    errors.install(app)
    app.add_middleware(Guard, room=room, owner=app)


class GivenUp(HTTPException):
    """An answer that is not waited for: what its reader is told, and why, for the log."""

    def __init__(self, told: str, why: str) -> None:
        super().__init__(503, told)
        self.why = why


class Guard:
    """The application as the world may meet it."""

    def __init__(self, app: ASGIApp, room: Room, owner: FastAPI) -> None:
        self._app, self._room, self._owner = app, room, owner
        self._pace, self._turns = Pace(room.settings), Turns()
        self._under_way: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {})
        scope["app"] = self._owner
        request = Request(scope)
        out = Outgoing(request, self._room.settings, send)
        if scope["method"] == "HEAD":  # RFC 9110 §9.3.2: what GET would answer, without its content
            scope["method"] = "GET"
        self._admit(request, doors.INSIDE if self._room.settings.open else doors.OUTSIDE)
        try:
            early = await self._before(request)
            if early is not None:
                await early(scope, receive, out.send)
            else:
                await self._route(request, Incoming(receive, request, self._room.settings), out)
        except ClientDisconnect:
            return
        except (GivenUp, asyncio.CancelledError) as error:  # it is the server that cancels, when the room is closed under an answer
            closed = GivenUp("The room is being closed: ask again in a minute.", "the room is closed")
            known = error if isinstance(error, GivenUp) else closed
            log.warning("given up at %s: %s", route_of(request), known.why)
            if not out.started:  # else the server breaks the connection off, as below
                await self._fail(request, known)(scope, receive, out.send)
        except Exception as error:  # the boundary of the process towards the reader
            if out.started:
                raise  # the server breaks the connection off, and every client sees that the answer is not whole
            await self._fail(request, error)(scope, receive, out.send)

    async def _before(self, request: Request) -> Response | None:
        """Return the answer to a request that goes no further, ``None`` for one that may. Raises ``HTTPException``."""
        requests.check(request, self._room.settings)
        path = request.url.path
        if path.startswith("/static/"):
            return None
        if not self._room.settings.open:
            self._admit(request, await run_in_threadpool(doors.entry, self._room, request))
        if wait := self._pace.wait(request):
            raise HTTPException(429, "More was asked than one person may in a minute.", {"Retry-After": str(math.ceil(wait))})
        if path != "/" and path.endswith("/") and request.method == "GET":
            return RedirectResponse(_without_slash(request), status_code=308)
        if request.state.entry.provisional and path not in FIRST:
            return _to_password(request)
        return None

    async def _route(self, request: Request, receive: Receive, out: Outgoing) -> None:
        leave = await self._pace.enter(request)
        task = asyncio.create_task(self._ask(request.scope, receive, out.passed))
        task.add_done_callback(lambda _: leave())
        try:
            await self._wait(task, out)
        except (GivenUp, asyncio.CancelledError):
            out.seal()
            task.cancel()
            task.add_done_callback(_forget)
            raise
        self._note(request.state.entry)

    async def _ask(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "GET" or scope["path"].startswith("/static/"):  # a form that comes in slowly keeps nobody's turn
            await self._app(scope, receive, send)
            return
        async with self._turns.turn():
            await self._app(scope, receive, send)

    async def _wait(self, task: asyncio.Task[None], out: Outgoing) -> None:
        """Wait for the answer as long as it may take. Raises ``GivenUp`` beyond; what a thread still does is not waited for."""
        limits = self._room.settings.limits
        seconds = limits.page_seconds
        await asyncio.wait({task}, timeout=seconds)
        if not task.done() and out.started:
            await asyncio.wait({task}, timeout=limits.download_seconds - seconds)
            seconds = limits.download_seconds
        if not task.done():
            raise GivenUp("The answer took too long: narrow the question.", f"the answer took more than {seconds} s")
        task.result()

    def _admit(self, request: Request, entry: Entry) -> None:
        request.state.entry, request.state.person, request.state.form_cookie = entry, entry.person, ""

    def _fail(self, request: Request, error: Exception) -> Response:
        try:
            return errors.answer(request, error)
        except Exception as second:  # a page of an error that cannot be made either
            log.exception("no page for an error", exc_info=second)
            return Response("500", 500, {"Cache-Control": "no-store"}, "text/plain")

    def _note(self, entry: Entry) -> None:
        """Note, behind the answer and one at a time, that somebody was here: a store that is locked makes nobody wait for that."""
        if entry.due and not self._under_way:
            task = asyncio.create_task(self._noted(entry))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _noted(self, entry: Entry) -> None:
        try:
            await run_in_threadpool(doors.note, self._room, entry)
        except StoreError:
            log.warning("a visit could not be noted; it will be at the next one")


def _forget(task: asyncio.Task[None]) -> None:
    error = None if task.cancelled() else task.exception()
    if error is not None and not isinstance(error, ClientDisconnect):
        log.warning("what was given up ended in %s", type(error).__name__)


def _without_slash(request: Request) -> str:
    path = (request.scope.get("raw_path") or request.url.path.encode()).decode("latin-1").rstrip("/")
    return path + (f"?{request.url.query}" if request.url.query else "")


def _to_password(request: Request) -> Response:
    if request.method == "GET" and errors.wants_page(request) and request.state.person.role > Role.NOBODY:
        return RedirectResponse("/account", status_code=303)
    return errors.told(request, 403, detail="Choose a password of your own first, at /account.")
