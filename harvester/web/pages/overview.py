"""The overview: what somebody wants to know at half past eight. How fresh it is, what changed, what is due, what waits for a decision."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from harvester import addresses, audited
from harvester.messages import _, counted
from harvester.telling.queued import CALLED
from harvester.web import currency
from harvester.web.access import subscriptions
from harvester.web.access.people import Role
from harvester.web.access.rights import reader
from harvester.web.pages import changes as feed
from harvester.web.pages.charts import months_shown, timeline_drawing, timeline_words, within
from harvester.web.pages.review import tabs
from harvester.web.pages.tasks import site_names
from harvester.web.room import Anyone, AnyStore
from harvester.web.shown import page, preference
from harvester.web.task_rows import shown_tasks
from storage import change_queries, corrections, facets, overview_queries, queries
from storage.change_filters import ChangeFilters
from storage.days import LOCAL
from storage.selection import NO_FILTERS, Filters
from storage.store import Store

router = APIRouter(dependencies=[reader()])

Row = dict[str, Any]

SPANS = (30, 90)
"""Days ahead that the overview looks."""
SHOWN, GROUPS, READ = 8, 6, 120
"""Tasks that are due next, documents with changes, and rows of the feed read for them."""
_SHARE = 100
CHANGED = {
    "document added": ("{n} new document", "{n} new documents"),
    "document changed": ("{n} document says otherwise of itself", "{n} documents say otherwise of themselves"),
    "document gone": ("{n} document gone at its source", "{n} documents gone at their source"),
    "document withdrawn": ("{n} document withdrawn", "{n} documents withdrawn"),
    "text changed": ("{n} text reworded", "{n} texts reworded"),
    "task added": ("{n} new task", "{n} new tasks"),
    "task changed": ("{n} task changed", "{n} tasks changed"),
    "task reworded": ("{n} task reworded", "{n} tasks reworded"),
    "task removed": ("{n} task removed", "{n} tasks removed"),
    "notice entered": ("{n} public record entered", "{n} public records entered"),
    "notice left": ("{n} public record left", "{n} public records left"),
}
"""What is counted of the feed, in words for one and for many."""
OF_TEXTS = ("document", "text", "task", "link")


@router.get("/")
def overview(request: Request, store: AnyStore, person: Anyone) -> HTMLResponse:
    """Show the overview; of an empty store what to do next."""
    lang, today = preference(request, "lang"), audited.today()
    figures = overview_queries.figures(store, today)
    if not figures["runs"]:
        return page(request, "overview_empty.html", operator_here=person.role >= Role.OPERATOR)
    waiting = _waiting(request, store) if person.role >= Role.OPERATOR else []
    return page(
        request, "overview.html", figures=figures, today=today, sites=[(each, currency.told(each, lang)) for each in currency.sites(store)],
        called=CALLED, due=_due(store, today, lang), changed=_changed(store, today, lang), days=_feed(store, lang), waiting=waiting,
        reports=corrections.counts(store) if waiting or person.role >= Role.OPERATOR else {},
        calendar=subscriptions.with_key(request, "/calendar/tasks.ics"), **_timeline(request, store, today, lang),
    )  # fmt: skip


def _waiting(request: Request, store: Store) -> list[tuple[str, int]]:
    """Return what waits for a decision, by kind: counted anew when the store changed, but for a hundredth of the time at most."""
    kept, writes, now = request.app.state, store.state().writes, time.monotonic()
    known = getattr(kept, "waiting", None)
    if known and (known[0] == writes or now < known[1]):
        return list(known[2])
    found = [(kind, n) for kind, n in tabs(store) if n]
    kept.waiting = (writes, now + _SHARE * (time.monotonic() - now), found)
    return found


def _due(store: Store, today: date, lang: str) -> Row:
    counts = overview_queries.due(store, today, SPANS)
    coming = Filters(due_from=today, due_to=today + timedelta(days=SPANS[-1]), limit=SHOWN)
    spans = [(days, counts[str(days)], _listing(today, today + timedelta(days=days))) for days in SPANS]
    past = (counts["past"], _listing(today - timedelta(days=30), today - timedelta(days=1)))
    return {"spans": spans, "past": past, "next": shown_tasks(queries.task_page(store, coming, order="due").rows, lang)}


def _listing(first: date, last: date) -> str:
    return addresses.listing("/tasks", {"due_from": first, "due_to": last, "order": "due"})


def _changed(store: Store, today: date, lang: str) -> list[Row]:
    """Return what changed since yesterday and since seven days ago, in numbers with words, each with its address."""
    spans = ((1, _("Since yesterday", lang)), (7, _("In seven days", lang)))
    found = []
    for days, name in spans:
        day = today - timedelta(days=days)
        counts = overview_queries.changed(store, datetime.combine(day, datetime.min.time(), LOCAL).astimezone(UTC))
        found.append({"name": name, "counts": _told(counts, lang), "address": addresses.listing("/changes", {"since": day})})
    return found


def _told(counts: Mapping[str, int], lang: str) -> list[str]:
    return [counted(*forms, counts[name], lang) for name, forms in CHANGED.items() if counts.get(name)]


def _feed(store: Store, lang: str) -> list[Row]:
    """Return the newest changes of documents and tasks in words; public records have their own page."""
    wanted = ChangeFilters(entities=OF_TEXTS, limit=READ)
    rows = change_queries.back(store, wanted, today=audited.today())
    return feed.by_day(rows, wanted, lang, site_names(store, lang), most=GROUPS)


def _timeline(request: Request, store: Store, today: date, lang: str) -> Row:
    months = months_shown(NO_FILTERS, today)
    counts = {row["month"]: row["count"] for row in facets.timeline(store, within(NO_FILTERS, months))}
    words = timeline_words(counts, lang)
    caption = _("Deadlines by month: outlined months are over, filled ones are to come. {words}", lang).format(words=words)
    table = [(month, counts[month], addresses.listing("/tasks", {"view": "timeline"})) for month in months if counts.get(month)]
    return {"drawing": timeline_drawing(request, {}, words, caption), "months": table}
