"""How every route of the API behaves: parameters it does not know are refused, and what goes wrong is told as a problem."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cached_property
from typing import Any, get_origin

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.types import Receive, Scope, Send

from harvester.errors import WrongCall
from harvester.web.access import rights
from harvester.web.api import failing

PREFIX = "/api/v1"


class Route(APIRoute):
    """A route of the API; ``allowed`` names the methods of its address where it has not all of them itself."""

    allowed = ""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or tell which methods the address takes."""
        if self.allowed and scope["method"] not in (self.methods or ()):
            raise HTTPException(405, headers={"Allow": self.allowed})
        await super().handle(scope, receive, send)

    @cached_property
    def asked(self) -> dict[str, bool]:
        """The names of its parameters in the query; true where one may be given again."""
        found: dict[str, bool] = {}
        for field in _parameters(self.dependant):
            kind: Any = field.field_info.annotation
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                found |= {one.alias or name: get_origin(one.annotation) in (list, tuple) for name, one in kind.model_fields.items()}
            else:
                found[field.alias] = get_origin(kind) in (list, tuple)
        return found

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request; nothing that goes wrong in it passes on."""
        answer = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await answer(request)
            except Exception as error:  # noqa: BLE001 -- the boundary of the process: a client gets a problem, the log the place
                return failing.of(request, error)

        return answered


def _parameters(dependant: Any) -> Iterator[Any]:  # noqa: ANN401 -- FastAPI's tree of dependencies
    yield from dependant.query_params
    for each in dependant.dependencies:
        yield from _parameters(each)


async def known_only(request: Request) -> None:
    """Refuse parameters that the route does not know, and one that is given twice: to ignore either would answer another question."""
    route = request.scope["route"]
    given = [name for name, _ in request.query_params.multi_items()]
    if unknown := [name for name in dict.fromkeys(given) if name not in route.asked]:
        names = ", ".join(route.asked) or "none"
        raise WrongCall(f"There is no parameter {' or '.join(repr(name[:40]) for name in unknown[:3])} here; there are: {names}.")
    if twice := [name for name in route.asked if given.count(name) > 1 and not route.asked[name]]:
        raise WrongCall(f"{twice[0]} is given more than once; give it once.")


def router(tag: str, *, role: Any = None, prefix: str = PREFIX) -> APIRouter:  # noqa: ANN401 -- what FastAPI calls a dependency
    """Return a router for routes of one tag, for readers if nothing else is said. The name of a route is that of its function."""
    return APIRouter(
        prefix=prefix,
        tags=[tag],
        route_class=Route,
        dependencies=[role or rights.reader(), Depends(known_only)],
        generate_unique_id_function=lambda route: route.name,
    )


def ending(answer: Response, *, since: str, until: str, instead: str) -> Response:
    """Return an answer that tells since when its address is deprecated (RFC 9745), when it ends (RFC 8594), and what follows it."""
    begun, over = (datetime.fromisoformat(day).replace(tzinfo=UTC) for day in (since, until))
    answer.headers["Deprecation"] = f"@{int(begun.timestamp())}"
    answer.headers["Sunset"] = format_datetime(over, usegmt=True)
    answer.headers["Link"] = f'<{instead}>; rel="successor-version"'
    return answer


def shared(router: APIRouter) -> None:
    """Let routes of one address name the methods of all of them where another method is refused (RFC 9110 §10.2.1)."""
    routes = [route for route in router.routes if isinstance(route, Route)]
    for route in routes:
        methods = {method for other in routes if other.path == route.path for method in other.methods or ()}
        route.allowed = ", ".join(sorted(methods)) if methods != route.methods else ""
