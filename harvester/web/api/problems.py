"""What goes wrong, told as RFC 9457 has it: a kind that stays, a sentence, the next step. Values that were sent are not repeated."""

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
from harvester.values import to_json
from harvester.web.access.people import Role
from harvester.web.access.rights import Denied
from harvester.web.api.described import texts
from storage import errors
from storage.paging import WrongCursor

MEDIA_TYPE = "application/problem+json"
KINDS: Mapping[str, str] = {kind: str(said[1]) for kind, said in texts()["problems"].items()}
"""Kinds of problems with their titles; a kind keeps its name and its meaning."""
STATUSES: Mapping[str, int] = {
    "wrong-question": 422, "wrong-cursor": 400, "wrong-sql": 400, "wrong-queries": 400,
    "unknown": 404, "no-such-address": 404, "wrong-method": 405,
    "cannot": 409, "gone": 410, "stale-cursor": 410, "unknown-cursor": 400, "login": 401, "role": 403, "rate": 429, "slow": 503,
    "busy": 503, "store": 503, "unforeseen": 500,
}  # fmt: skip
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
RETRY = {"busy": "5", "rate": "30"}
"""Seconds after which to try again."""
ABOUT = "/api#problem-{kind}"
"""Where a kind is described: the ``type`` of its problems."""
_UNION = "none_required"

log = logging.getLogger(__name__)


def problem(request: Request, status: int, kind: str, detail: str, next: str = "", **more: Any) -> Response:  # noqa: ANN401
    """Return a problem of a kind of ``KINDS``; ``more`` are further members (RFC 9457 §3.2)."""
    said = {
        "type": ABOUT.format(kind=kind),
        "title": KINDS[kind],
        "status": status,
        "detail": detail,
        "instance": request.url.path,
        "id": kind,
        "next": next or NEXT[kind],
    }
    headers = {"Cache-Control": "no-store"} | ({"Retry-After": RETRY[kind]} if kind in RETRY else {})
    return Response(to_json(said | more, indent=None).encode("utf-8", "replace"), status, headers, MEDIA_TYPE)


NEXT: Mapping[str, str] = {
    "wrong-question": "Ask as the description of the address says: /api",
    "wrong-cursor": "Leave `after` out to begin with the first page.",
    "wrong-queries": "Write them as the W3C Reconciliation Service API 0.2 has it.",
    "wrong-sql": "Look up views and columns at /api/v1/dictionary.",
    "unknown": "List what there is, for example with /api/v1/documents.",
    "no-such-address": "See /api for the addresses there are.",
    "wrong-method": "Use one of the methods in the header Allow.",
    "cannot": "Choose others.",
    "gone": "Nothing can be done: what was taken down is shown nowhere.",
    "stale-cursor": "Take a copy of /api/v1/snapshot and go on from the number it names.",
    "unknown-cursor": "Take a copy of /api/v1/snapshot and go on from the number it names.",
    "login": "Log in at /login, or send `Authorization: Bearer TOKEN`.",
    "role": "Ask an operator of this room.",
    "rate": "Wait for the seconds of Retry-After, then go on.",
    "slow": "Narrow the question by another filter, or take a download with `format`.",
    "busy": "Try again after the seconds of Retry-After.",
    "store": "Tell the operator of this room.",
    "unforeseen": "Report the address to the operator of this room.",
}


def of_kind(request: Request, kind: str, detail: str, **more: Any) -> Response:  # noqa: ANN401
    """Return a problem with the status of its kind."""
    return problem(request, STATUSES[kind], kind, detail, **more)


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
