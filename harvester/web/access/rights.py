"""The least role that a route needs. Every route names one; a room with a route that names none does not open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.routing import RouteContext, iter_route_contexts

from harvester.errors import HarvesterError
from harvester.web.access import forgery
from harvester.web.access.people import Role


class Denied(HarvesterError):  # noqa: N818 -- what happened
    """Whoever asks may not; ``needed`` is the least role that may."""

    def __init__(self, needed: Role) -> None:
        self.needed = needed
        super().__init__(f"This needs the role {needed.name.lower()}.")


class Needs:
    """A dependency of a route: raises ``Denied`` for whoever has less than the role. A coroutine: FastAPI sends functions to a thread."""

    def __init__(self, role: Role) -> None:
        self.role = role

    async def __call__(self, request: Request) -> None:
        """Raise ``Denied`` where the person of the request has too little."""
        if request.state.person.role < self.role:
            raise Denied(self.role)


EVERYBODY = Needs(Role.NOBODY)
"""For what must be seen before one can log in: the login page itself, style, script, health."""

READER = Needs(Role.READER)
OPERATOR = Needs(Role.OPERATOR)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110 §9.2.1)."""


@dataclass(frozen=True, slots=True)
class Way:
    """One route as it was put together: its address, methods, the least role it needs, and whether it looks for a token."""

    path: str
    methods: frozenset[str]
    role: Role | None
    guarded: bool


def ways(app: FastAPI) -> list[Way]:
    """Return every route of an application, those of included routers with what was said of them there."""
    return [_way(route) for route in iter_route_contexts(app.routes)]


def _way(route: RouteContext) -> Way:
    calls = list(_calls(getattr(route, "dependant", None)))
    roles = [call.role for call in calls if isinstance(call, Needs)]
    guarded = any(call in (forgery.checked, forgery.unchanging) for call in calls)
    return Way(route.path or "", frozenset(route.methods or ()), max(roles, default=None), guarded)


def _calls(dependant: Any) -> Iterator[Any]:  # noqa: ANN401 -- FastAPI's tree of dependencies, none for what is no route of its own
    for each in dependant.dependencies if dependant is not None else ():
        yield each.call
        yield from _calls(each)


def check_routes(app: FastAPI) -> None:
    """Raise ``HarvesterError`` where a route names no role, or changes something and asks for no token: nobody should have to guess."""
    for way in ways(app):
        if way.role is None:
            raise HarvesterError(f"The route {way.path} names no role: give it READER, OPERATOR or EVERYBODY.")
        if not (way.methods and way.methods <= SAFE) and not way.guarded:
            raise HarvesterError(f"The route {way.path} takes a form without a token: give it forgery.form().")


def everybody() -> Any:  # noqa: ANN401 -- what FastAPI calls a dependency
    """Return the dependency of a route that everybody may reach."""
    return Depends(EVERYBODY)


def reader() -> Any:  # noqa: ANN401
    """Return the dependency of a route for readers."""
    return Depends(READER)


def operator() -> Any:  # noqa: ANN401
    """Return the dependency of a route for operators."""
    return Depends(OPERATOR)
