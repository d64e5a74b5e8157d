"""What a reader is told where something went wrong: a page in both languages, or a problem (RFC 9457) for programs.

Nothing of an exception is told but what was written for whoever called wrongly: no path, no statement, no value of a record.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from harvester import addresses
from harvester.errors import HarvesterError, WrongCall
from harvester.web.access.passwords import Crowded
from harvester.web.access.people import Role
from harvester.web.access.rights import Denied
from harvester.web.problems import problem
from storage import errors
from storage.accounts import AccountRefused
from storage.paging import WrongCursor

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of a status: a heading, what happened, the next step (messages of the catalogue), and a kind of the API's problems."""

    title: str
    text: str
    next: str
    kind: str = "wrong-question"


_AGAIN = "Wait a little, then load the page again."
_RELOAD = "Load the page again, or ask an operator."
_BEGIN = "Go to the overview, or look for it in the box above."
STATUSES: Mapping[int, Told] = {
    400: Told("The request cannot be read", "Something in the address or the form is not as it should be.", _BEGIN),
    401: Told("Log in first", "This room wants to know who comes.", "Log in with the account that an operator made for you.", "login"),
    403: Told("This is not open to you", "Your role does not cover this, or the form was out of date.", _RELOAD, "role"),
    404: Told("There is nothing here", "Nothing in this room has that address.", _BEGIN, "no-such-address"),
    405: Told("The address takes another method", "What was sent cannot be done here.", _BEGIN, "wrong-method"),
    408: Told("The request did not arrive", "It took too long to come in.", "Check the connection, then send it again."),
    410: Told("It is not shown any more", "It was taken down, or lies before what is kept.", _BEGIN, "gone"),
    413: Told("The form is too large", "More was sent than the room takes in at once.", "Send less at once."),
    414: Told("The address is too long", "More was asked than fits into an address.", "Ask for less at once."),
    421: Told("This room has another name", "It was asked by a name that is not its own.", "Use the address by which it was opened."),
    422: Told("The question cannot be answered", "A value is not one that can be asked for.", "Change it, then ask again."),
    429: Told("Too much in a short time", "More was asked than one person may in a minute.", _AGAIN, "rate"),
    431: Told("The request is too large", "Its headers are longer than the room takes in.", "Send fewer headers or cookies."),
    500: Told(
        "This was not foreseen", "The page could not be made.", "Tell an operator the address; the log of the room says more.", "unforeseen"
    ),
    503: Told("The room is busy", "Something else holds what this page needs, or it took too long.", _AGAIN, "busy"),
}
AWAY = Told(
    "The store is not there",
    "The store of this room cannot be reached, or another file lies in its place.",
    "Wait a little; after a copy was restored, an operator starts the room again.",
    "store",
)
"""What is said of a store that is away, in the place of what its status says."""
NOT_YOURS = Told(
    "This is not open to you", "Your role does not cover this.", "Ask an operator, or come with another account or key.", "role"
)
"""What is said to somebody who is known and may not: no form was out of date, and to load the page again would not help."""
_OF_ERRORS: tuple[tuple[type[Exception], int], ...] = (
    (WrongCall, 422),
    (Crowded, 503),
    (HarvesterError, 500),
    (WrongCursor, 400),
    (AccountRefused, 422),
    (errors.UnknownRecord, 404),
    (errors.ErasedRecord, 410),
    (errors.StaleCursor, 410),
    (errors.UnknownCursor, 410),
    (errors.ExportError, 422),
    (errors.RefusedQuestion, 422),
    (errors.SlowQuestion, 503),
    (errors.LockedStore, 503),
    (errors.UnreachableStore, 503),
    (errors.MissingStore, 503),
    (errors.OldStore, 503),
    (errors.NewerStore, 503),
    (errors.FullDisk, 503),
    (errors.StoreError, 500),
)
"""Which status an error has: that of the first line that fits."""
_TOLD = (WrongCall, Crowded, AccountRefused, errors.RefusedQuestion)
"""Errors whose sentence was written for whoever asked."""
OF_THE_QUESTION = (
    WrongCall, WrongCursor, errors.ExportError, errors.RefusedQuestion, errors.StaleCursor, errors.UnknownCursor, errors.UnknownRecord,
)  # fmt: skip
"""Errors that a page may show beside the question that caused them. Any other says something of the store: of its place, of its lock."""
_RETRY = {429: "30", 503: "10"}
_DATA = (".json", ".jsonl", ".csv", ".xlsx", ".parquet", ".txt", ".docx", ".bib", ".ics", ".atom")


def install(app: FastAPI) -> None:
    """Let an application tell what goes wrong in it."""
    for kind in (HTTPException, RequestValidationError, Denied, HarvesterError, errors.StoreError):
        app.add_exception_handler(kind, answer)


def answer(request: Request, error: Exception) -> Response:
    """Return what is told of an error; one that was not foreseen is logged."""
    if isinstance(error, Denied):
        return _denied(request, error)
    if isinstance(error, HTTPException):
        return told(request, error.status_code, detail=str(error.detail), headers=error.headers)
    if isinstance(error, RequestValidationError):
        return told(request, 422, detail=_invalid(error))
    if isinstance(error, errors.UnreachableStore):
        return told(request, 503, said=AWAY)
    status = status_of(error)
    if status == 500:
        log.error("unforeseen at %s", route_of(request), exc_info=error)
    return told(request, status, detail=str(error) if isinstance(error, _TOLD) else "")


def status_of(error: Exception) -> int:
    """Return the status of an error."""
    return next((status for kind, status in _OF_ERRORS if isinstance(error, kind)), 500)


def told(
    request: Request, status: int, *, detail: str = "", headers: Mapping[str, str] | None = None, said: Told | None = None
) -> Response:
    """Return the answer with a status: a page for a browser, a problem for a program. ``said`` stands in the place of what it says."""
    said = said or STATUSES.get(status, STATUSES[400 if status < 500 else 500])
    made = _page(request, status, said, detail) if wants_page(request) else _problem(request, status, said, detail)
    made.headers["Cache-Control"] = "no-store"
    if status in _RETRY:
        made.headers["Retry-After"] = _RETRY[status]
    if status == 401:
        made.headers["WWW-Authenticate"] = "Bearer"
    made.headers.update(headers or {})
    return made


def wants_page(request: Request) -> bool:
    """Tell whether a person is reading: the address is that of a page, and the program takes HTML."""
    path = request.url.path
    return not path.startswith(("/api/", "/static/")) and not path.endswith(_DATA) and "text/html" in request.headers.get("accept", "")


def _page(request: Request, status: int, said: Told, detail: str) -> Response:
    from harvester.web.shown import page  # late: pages know who may what, and so this module

    same = detail in ("", said.text) or _is_phrase(status, detail)
    return page(request, "error.html", status=status, code=status, said=said, detail="" if same else detail)


def _is_phrase(status: int, detail: str) -> bool:
    """Tell whether a detail is no more than the name of the status, as Starlette gives it."""
    return detail == HTTPException(status).detail


def _problem(request: Request, status: int, said: Told, detail: str) -> Response:
    sentence = detail if detail and not _is_phrase(status, detail) else said.text
    return problem(request, status, said.kind, sentence, said.next)


def _denied(request: Request, error: Denied) -> Response:
    if request.state.person.role > Role.NOBODY:
        return told(request, 403, detail=f"This is for the role {error.needed.name.lower()}.", said=NOT_YOURS)
    if request.method == "GET" and wants_page(request):
        there = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(addresses.listing("/login", {"next": "" if there == "/" else there}), status_code=303)
    return told(request, 401)


def _invalid(error: RequestValidationError) -> str:
    """Return which values are wrong, by name, without the values."""
    said = [f"{each['loc'][-1]}: {str(each['msg']).removeprefix('Value error, ').rstrip('.')}." for each in error.errors()[:3]]
    return " ".join(said)


def route_of(request: Request) -> str:
    """Return the pattern of an address, which holds no value of the question."""
    return str(getattr(request.scope.get("route"), "path", "an address without a route"))
