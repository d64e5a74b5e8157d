"""Which problem an error inside a route of the API is. Values that were sent are not repeated."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from harvester.errors import HarvesterError, WrongCall
from harvester.web.access.errors import AWAY
from harvester.web.access.people import Role
from harvester.web.access.rights import Denied
from harvester.web.problems import KINDS, of_kind, problem
from storage import errors
from storage.paging import WrongCursor

_OF_ERRORS: tuple[tuple[type[Exception], str], ...] = (
    (WrongCursor, "wrong-cursor"),
    (errors.StaleCursor, "stale-cursor"),
    (errors.UnknownCursor, "unknown-cursor"),
    (errors.UnknownRecord, "unknown"),
    (errors.ErasedRecord, "gone"),
    (errors.SlowQuestion, "slow"),
    (errors.LockedStore, "busy"),
    (errors.RefusedQuestion, "wrong-sql"),
    (errors.ExportError, "cannot"),
    (errors.StoreError, "store"),
    (WrongCall, "wrong-question"),
    (HarvesterError, "cannot"),
)
"""Which kind an error is of: the first that fits."""
_UNION = "none_required"

log = logging.getLogger(__name__)


def of(request: Request, error: Exception) -> Response:
    """Return the problem that an error inside a route is; what was not foreseen is logged without the values in it."""
    if isinstance(error, RequestValidationError):
        return _invalid(request, error)
    if isinstance(error, Denied):
        kind = "role" if request.state.person.role > Role.NOBODY else "login"
        return of_kind(request, kind, str(error))
    if isinstance(error, HTTPException):
        return _of_http(request, error)
    kind = next((kind for known, kind in _OF_ERRORS if isinstance(error, known)), "unforeseen")
    if kind == "unforeseen":
        log.error("unforeseen %s at %s\n%s", type(error).__name__, _route(request), "".join(traceback.format_tb(error.__traceback__)))
        return of_kind(request, kind, "The answer could not be made; the log of this room tells where it broke off.")
    more: dict[str, Any] = {}
    if isinstance(error, errors.StaleCursor):
        more = {"horizon": error.horizon, "latest": error.latest}
    elif isinstance(error, errors.UnknownCursor):
        more = {"latest": error.latest}
    if isinstance(error, errors.UnreachableStore):
        return problem(request, 503, kind, AWAY.text, AWAY.next)
    # What is said of a store that cannot be used names its place, which is the operator's business.
    return of_kind(request, kind, f"{KINDS[kind]}." if kind in ("busy", "store") else str(error), **more)


def _route(request: Request) -> str:
    """Return the pattern of the address, which holds no value of the question."""
    return str(getattr(request.scope.get("route"), "path", "?"))


def _of_http(request: Request, error: HTTPException) -> Response:
    kinds = {401: "login", 403: "role", 404: "no-such-address", 405: "wrong-method", 409: "cannot", 429: "rate"}
    answer = problem(request, error.status_code, kinds.get(error.status_code, "wrong-question"), str(error.detail))
    answer.headers.update(error.headers or {})
    return answer


def _invalid(request: Request, error: RequestValidationError) -> Response:
    told = [_told(each) for each in error.errors() if each["type"] != _UNION]
    detail = " ".join(f"{each['name']}: {each['message']}." for each in told[:3])
    return of_kind(request, "wrong-question", detail or "The question cannot be read.", errors=told)


def _told(one: Mapping[str, Any]) -> dict[str, str]:
    where, *names = (str(part) for part in one["loc"])
    message = str(one["msg"]).removeprefix("Value error, ").rstrip(".")
    if one["type"] == "extra_forbidden":
        message = "there is no such parameter"
    return {"in": where, "name": names[0] if names else where, "message": message}
