"""How an answer of the API leaves: JSON with real characters, validators, pages with a link to the next one, compressed where asked."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import asdict, is_dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import Response
from pydantic import BaseModel

from harvester.values import to_json
from harvester.web import downloads, validators
from harvester.web.api.asking import Question
from harvester.web.room import store_of
from harvester.web.validators import NOWHERE, PRIVATE, takes_gzip
from storage import limits
from storage.paging import Page, WrongCursor

SECONDS = 10.0
"""How long the database may work on one answer."""
SMALL = 1000
"""Bytes up to which an answer is not compressed."""
MEDIA_TYPE = "application/json"


def answer(
    request: Request,
    question: Any,  # noqa: ANN401 -- a dataclass or a value of JSON
    made: Callable[[], Any],
    *,
    records: bool = False,
    headers: Callable[[Any], Mapping[str, str]] | None = None,
) -> Response:
    """Return the answer to a question, or 304 where who asks holds it already; ``made`` is called only where it is needed.

    ``records`` tells that public records may stand in it: who was shown them is written down before the answer leaves. Any other answer
    is read in one moment of the store, validators and all. ``headers`` are made of the answer. Raises what ``made`` raises, and
    ``SlowQuestion`` when it takes too long.
    """
    with limits.within(SECONDS), nullcontext() if records else store_of(request).moment():
        known = validators.of(request, _said(question))
        common = {
            "ETag": f'"{known.tag}"',
            "Vary": "Accept-Encoding, Authorization, Cookie",
            "Cache-Control": NOWHERE if records else PRIVATE,
        }
        common |= {"Last-Modified": known.modified} if known.modified and not records else {}
        if held := known.held(request):
            return Response(status_code=304, headers=common | {"ETag": held})
        value = made()
    return _sent(request, value, common | dict(headers(value) if headers else {}))


def _sent(request: Request, value: Any, headers: dict[str, str]) -> Response:  # noqa: ANN401
    body = to_json(value, indent=None, separators=(",", ":")).encode("utf-8", "replace")
    if len(body) > SMALL and takes_gzip(request):
        body = gzip.compress(body, 5, mtime=0)
        headers |= {"Content-Encoding": "gzip", "ETag": headers["ETag"][:-1] + f'{validators.CODINGS[0]}"'}
    return Response(body, headers=headers, media_type=MEDIA_TYPE)


def _said(question: Any) -> Any:  # noqa: ANN401
    if is_dataclass(question) and not isinstance(question, type):
        return [type(question).__name__, asdict(question)]
    if isinstance(question, BaseModel):
        return [type(question).__name__, question.model_dump(mode="json")]
    return [_said(each) for each in question] if isinstance(question, list | tuple) else question


def download(
    request: Request,
    question: Any,  # noqa: ANN401 -- a question of storage.questions
    asked: Question,
    name: str,
    *,
    announce: downloads.Announce | None = None,
    records: bool = False,
) -> Response:
    """Return the rows of a question as a file in the form asked for, or 304. Raises ``WrongCursor`` for a page of it."""
    if getattr(asked, "after", ""):
        raise WrongCursor("A download begins at the first row: leave `after` out.")
    return downloads.table(request, question, name, str(getattr(asked, "format", "csv")), announce=announce, records=records)


# --- pages -------------------------------------------------------------------------------------------------------------


def paged(request: Request, page: Page, read_as: Mapping[str, str] | None = None, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return a page as it is answered; ``read_as`` is what was asked instead of what was typed, ``next`` the address of the next page."""
    changed = read_as or {}
    onward = following(request, {**changed, "after": page.next}) if page.next else None
    return {"rows": page.rows, "next": onward, "total": page.total, "read_as": " ".join(changed.values()) or None} | more


def following(request: Request, changed: Mapping[str, str]) -> str:
    """Return this address with other values in its query."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in changed]
    return f"{request.url.path}?{urlencode([*kept, *changed.items()])}"


def linked(value: Mapping[str, Any]) -> dict[str, str]:
    """Return the header that leads to the next page (RFC 8288)."""
    return {"Link": f'<{value["next"]}>; rel="next"'} if value.get("next") else {}
