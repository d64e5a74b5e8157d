"""Problems as RFC 9457 has them: a kind that stays, a sentence, the next step."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from harvester.values import to_json

MEDIA_TYPE = "application/problem+json"
TITLES: Mapping[str, tuple[str, str]] = tomllib.loads(Path(__file__).with_name("problems.toml").read_text(encoding="utf-8"))
"""Kinds of problems with their titles, 中文 and English; a kind keeps its name and its meaning."""
KINDS: Mapping[str, str] = {kind: en for kind, (_zh, en) in TITLES.items()}
"""Their titles in English."""
STATUSES: Mapping[str, int] = {
    "wrong-question": 422, "wrong-cursor": 400, "wrong-sql": 400, "wrong-queries": 400,
    "unknown": 404, "no-such-address": 404, "wrong-method": 405,
    "cannot": 409, "gone": 410, "stale-cursor": 410, "unknown-cursor": 400, "login": 401, "role": 403, "rate": 429, "slow": 503,
    "busy": 503, "store": 503, "unforeseen": 500,
}  # fmt: skip
RETRY = {"busy": "5", "rate": "30"}
"""Seconds after which to try again."""
ABOUT = "/api#problem-{kind}"
"""Where a kind is described: the ``type`` of its problems."""
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
    "slow": "Narrow the question by another filter, a statement by WHERE; a list can be taken as a download with `format`.",
    "busy": "Try again after the seconds of Retry-After.",
    "store": "Tell the operator of this room.",
    "unforeseen": "Report the address to the operator of this room.",
}


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


def of_kind(request: Request, kind: str, detail: str, **more: Any) -> Response:  # noqa: ANN401
    """Return a problem with the status of its kind."""
    return problem(request, STATUSES[kind], kind, detail, **more)
