"""The audit log, for operators: who was shown which records, who changed what, who came."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from harvester import addresses
from harvester.errors import WrongCall
from harvester.messages import _
from harvester.moments import within_reach
from harvester.web.access import trail
from harvester.web.access.rights import operator
from harvester.web.room import AnyStore, Number
from harvester.web.shown import page, preference, word
from storage import audit
from storage.days import LOCAL

router = APIRouter(dependencies=[operator()])
ROWS = 100
WORDS = frozenset({"role", "action", "kind", "colour", "record_kind", "cause"})
"""What in the log is one of our own words, and told in the reader's language."""
ACTIONS = (
    "notices", "notice", "dossier", "changes", "search", "find", "explain", "export", "graph", "sql", "review", "ending", "form", "login",
    "login failed", "logout", "password changed", "password refused", "password reset", "session ended", "key made", "key removed",
    "addresses renewed", "account added", "role changed", "account removed", "audit",
    "snoozed", "woken", "paused", "resumed", "run asked for", "proposal accepted", "proposal refused",
)  # fmt: skip
"""What can be chosen; any other word of the log can be asked for in the address."""


@router.get("/audit")
def log(
    request: Request,
    store: AnyStore,
    actor: str = "",
    action: str = "",
    since: str = "",
    subject: str = "",
    notice: str = "",
    before: Number = 0,
) -> Response:
    """Show the log, the newest first; that it was looked at stands in it, too. ``since`` is a day, ``before`` a row's number."""
    given = {"actor": actor, "action": action, "since": since, "subject": subject, "notice": notice}
    first = _day(since)
    trail.noted(request, "audit", {"actor": actor, "action": action, "since": since, "subject": subject, "notice": notice})
    found = audit.entries(store, since=first, actor=actor, action=action, subject=subject, notice_id=notice, limit=ROWS + 1, before=before)
    lang = preference(request, "lang")
    rows = [row | {"told": _told(row, lang)} for row in found[:ROWS]]
    older = addresses.listing("/audit", given, before=rows[-1]["id"]) if len(found) > ROWS else ""
    problem = _("{day} is no day: write it as 2026-06-30.", lang).format(day=since) if since and first is None else ""
    return page(request, "audit.html", rows=rows, given=given, actions=ACTIONS, older=older, problem=problem)


def _day(text: str) -> datetime | None:
    try:
        return datetime.combine(within_reach(date.fromisoformat(text)), time.min, LOCAL) if text else None
    except (ValueError, WrongCall):
        return None


def _told(row: dict[str, Any], lang: str) -> list[tuple[str, str, bool]]:
    """Return what of a question the log holds: name, value, and whether the value is a tag that stands for one."""
    return [(_(name, lang), _value(name, value, lang), name in audit.TAGGED) for name, value in sorted(row["what"].items())]


def _value(name: str, value: Any, lang: str) -> str:  # noqa: ANN401 -- what the log holds: a value of JSON
    if value is True:
        return _("yes", lang)
    return word(str(value), lang) if name in WORDS and value else str(value)
