"""Tasks: lists with facets and filters, as a list, a table, a timeline, and bodies by months."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import select

from harvester import addresses
from harvester.asked_names import region_name
from harvester.messages import _
from harvester.web.access.rights import reader
from harvester.web.downloads import offered
from harvester.web.pages import task_listing as listing
from harvester.web.pages import task_months as months
from harvester.web.pages.asked_once import asks
from harvester.web.pages.asked_tasks import KNOWN, check_shown, filters_of, said
from harvester.web.room import AnyStore, base_of
from harvester.web.shown import page, preference, site_name, word
from harvester.web.task_rows import shown_tasks
from normalizers.records import DeadlineKind
from storage import agency_counts, agency_queries, facets, task_rows
from storage.asking import Question
from storage.calendar_queries import FIRST_DAY
from storage.schema import ROLES, documents, sites
from storage.selection import Filters
from storage.store import Store

router = APIRouter(dependencies=[reader(), asks(*KNOWN)])

PATH = "/tasks"
VIEWS = (("list", "As a list"), ("table", "Table"), ("timeline", "Timeline"), ("months", "Bodies by month"))
ORDERS = (("published", "newest document first"), ("due", "due first, those with a day"))
PAGE = 30
BODIES = 12
MOST_LOOKED_THROUGH = 5000
"""Tasks of an answer whose bodies are counted while somebody waits."""


@router.get(PATH)
def tasks(request: Request, store: AnyStore, view: str = "list", order: str = "published", after: str = "", back: str = "") -> HTMLResponse:
    """Show the tasks of a question."""
    lang = preference(request, "lang")
    asked = said(request.query_params, lang)
    filters = filters_of(asked, lang, PAGE)
    view, order = _known(view, VIEWS), _known(order, ORDERS)
    shape = asked | ({"view": view} if view != "list" else {}) | ({"order": order} if order != "published" else {})
    dated = order == "due" or view == "timeline"
    counted = replace(filters, due_from=filters.due_from or FIRST_DAY) if dated else filters
    with store.moment() as connection:
        check_shown(store, filters, lang)
        question = Question.of(connection, counted)
        question.gather(MOST_LOOKED_THROUGH)
        found = _VIEWS[view](request, store, filters, asked, lang) if view in _VIEWS else _rows(question, order, after, lang)
        question.gather(MOST_LOOKED_THROUGH)  # the page may have told that there are no more
        counts = facets.facets_of(question) | {"agency": _bodies(question, found.get("total"))}
        names, called = site_names(store, lang), _called(store, filters)
    return page(
        request, "tasks.html", asked=asked, view=view, order=order, sites=names, labels=listing.labels(lang),
        views=_switch(VIEWS, "view", shape, lang), orders=_switch(ORDERS, "order", shape, lang), **_choices(counts, lang),
        facets=listing.facet_links(PATH, shape, counts, names, lang),
        chosen=listing.chosen_filters(PATH, shape, names, lang, called),
        pages=listing.pages_around(PATH, shape, after, back, found["next"]) if "rows" in found else listing.Pages(),
        forms=offered(PATH, {"due_from": FIRST_DAY.isoformat()} | asked if order == "due" else asked),
        subscribe=listing.subscriptions_of(request, asked, lang),
        quick=listing.quick_days(PATH, shape, lang), freeze=listing.frozen_at(PATH, shape, filters),
        printed=base_of(request) + addresses.listing(PATH, shape), frozen=listing.frozen_bar(request, PATH, shape, filters),
        **(_NOTHING | found),
    )  # fmt: skip


def _rows(question: Question, order: str, after: str, lang: str) -> dict[str, Any]:
    found = task_rows.page(question, after, order)
    shown = shown_tasks(found.rows, lang, question.matching.filters.as_of)
    rows = [row | {"region_name": region_name(row["region"] or "", lang)} for row in shown]
    return {"rows": rows, "total": found.total, "next": found.next}


def _bodies(question: Question, total: int | None) -> list[dict[str, Any]]:
    """Return the bodies that most tasks of an answer name, to narrow it down by; of an answer too long to look through none."""
    if total is None or not 0 < total <= MOST_LOOKED_THROUGH or question.matching.filters.agency:
        return []
    return [{"value": row["id"], "told": row["name"], "count": row["tasks"]} for row in agency_counts.busiest(question, BODIES)]


def _called(store: Store, filters: Filters) -> dict[str, str]:
    """Return the names of the body and the document that stand in filters by their identifiers."""
    found = {filters.agency: agency_queries.name_of(store, filters.agency)} if filters.agency else {}
    if identifier := filters.document.partition("@")[0]:
        with store.reading() as connection:
            title = connection.execute(select(documents.c.title).where(documents.c.id == identifier)).scalar()
        found[filters.document] = str(title or "")
    return {identifier: name for identifier, name in found.items() if name}


def _known(value: str, known: tuple[tuple[str, str], ...]) -> str:
    return value if value in dict(known) else known[0][0]


def _switch(known: tuple[tuple[str, str], ...], name: str, shape: Mapping[str, str], lang: str) -> list[dict[str, str]]:
    """Return the ways to look at an answer, with the address of each."""
    default = known[0][0]
    return [
        {"code": code, "told": _(told, lang), "address": addresses.listing(PATH, {**shape, name: "" if code == default else code})}
        for code, told in known
    ]


def _choices(counts: Mapping[str, list[dict[str, Any]]], lang: str) -> dict[str, Any]:
    """Return what the fields of the form offer: of kinds of documents and years those that there are."""
    there = {name: [str(row["value"]) for row in counts.get(name, [])] for name in ("kind", "year")}
    return {
        "roles_told": [(role, word(role, lang)) for role in ROLES],
        "kinds_told": [(kind, listing.spoken("kind", kind, lang)) for kind in there["kind"]],
        "years_told": [(year, year) for year in sorted(there["year"], reverse=True)],
        "deadline_kinds_told": [(kind.value, word(kind.value, lang)) for kind in DeadlineKind],
    }


def site_names(store: Store, lang: str) -> dict[str, str]:
    """Return the names of the sites of the store by their identifiers."""
    with store.reading() as connection:
        return {site: site_name(site, lang, name) for site, name in connection.execute(_SITES)}


_SITES = select(sites.c.id, sites.c.name).order_by(sites.c.id)
_NOTHING: dict[str, Any] = {"rows": [], "total": None, "table": [], "heat": [], "drawing": None}
_VIEWS = {"timeline": months.timeline, "months": months.by_body}
"""The views that are no rows of tasks; ``_NOTHING`` is what the others leave empty."""
