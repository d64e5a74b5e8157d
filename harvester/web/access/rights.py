"""The least role that a route needs. Every route names one; a room with a route that names none does not open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.routing import APIRoute
from starlette.routing import Mount, Route

from harvester.errors import HarvesterError
from harvester.web.access.people import Role


class Denied(HarvesterError):  # noqa: N818 -- what happened
    """Whoever asks may not; ``needed`` is the least role that may."""

    def __init__(self, needed: Role) -> None:
        self.needed = needed
        super().__init__(f"This needs the role {needed.name.lower()}.")


class Needs:
    """A dependency of a route: raises ``Denied`` for whoever has less than the role."""

    def __init__(self, role: Role) -> None:
        self.role = role

    def __call__(self, request: Request) -> None:
        """Raise ``Denied`` where the person of the request has too little."""
        if request.state.person.role < self.role:
            raise Denied(self.role)


EVERYBODY = Needs(Role.NOBODY)
"""For what must be seen before one can log in: the login page itself, style, script, health."""

READER = Needs(Role.READER)
OPERATOR = Needs(Role.OPERATOR)


def needed(route: APIRoute) -> Role | None:
    """Return the least role that a route needs, the greatest it names; ``None`` where it names none."""
    named = [call.role for call in _calls(route.dependant) if isinstance(call, Needs)]
    return max(named) if named else None


def _calls(dependant: Any) -> Iterator[Any]:  # noqa: ANN401 -- FastAPI's tree of dependencies
    for each in dependant.dependencies:
        yield each.call
        yield from _calls(each)


def check_routes(app: FastAPI) -> None:
    """Raise ``HarvesterError`` where a route names no role: nobody should have to guess who may come there."""
    for route in app.routes:
        if isinstance(route, Mount) or (isinstance(route, APIRoute) and needed(route) is not None):
            continue
        if isinstance(route, Route):
            raise HarvesterError(f"The route {route.path} names no role: give it READER, OPERATOR or EVERYBODY.")


def everybody() -> Any:  # noqa: ANN401 -- what FastAPI calls a dependency
    """Return the dependency of a route that everybody may reach."""
    return Depends(EVERYBODY)


def reader() -> Any:  # noqa: ANN401
    """Return the dependency of a route for readers."""
    return Depends(READER)


def operator() -> Any:  # noqa: ANN401
    """Return the dependency of a route for operators."""
    return Depends(OPERATOR)
