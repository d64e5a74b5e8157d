"""One body: its names through time, what was before and after it, its tasks by role, whom it works with, what it gained and lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from harvester import addresses, audited
from harvester.asked_names import region_name
from harvester.lineage import kin
from harvester.messages import _
from harvester.telling import tell_change
from harvester.values import plain
from harvester.web import task_course
from harvester.web.access import subscriptions
from harvester.web.access.people import Role
from harvester.web.access.rights import reader
from harvester.web.pages.charts import partners_drawing
from harvester.web.room import AnyStore, person_of
from harvester.web.shown import page, preference
from harvester.web.task_rows import shown_tasks
from storage import agency_queries, calendar_queries, change_queries, queries
from storage.change_filters import ChangeFilters
from storage.naming import bodies_named
from storage.schema import ROLES
from storage.selection import Filters
from storage.store import Store

router = APIRouter(dependencies=[reader()])

Row = dict[str, Any]

LOOK_BACK = 90
"""Days of what was gained and lost, where nobody names others."""
SPANS = (30, 90, 365)
SHOWN, TOLD = 8, 40
EFFECTS = ("gained", "lost", "moved", "changed")


@router.get("/a/{name}.json")
def agency_json(store: AnyStore, name: str) -> Response:
    """Give what is known of a body as JSON: names, line, members, tasks by role, partners."""
    body = agency_queries.body(store, name)
    if body is None:
        return JSONResponse({"detail": f"There is no body {name[:60]} here."}, 404)
    told = body | {"tasks": agency_queries.roles(store, name), "partners": agency_queries.partners(store, name)["bodies"]}
    return JSONResponse(plain(told))


@router.get("/a/{name}")
def agency(request: Request, store: AnyStore, name: str, days: int = LOOK_BACK) -> Response:
    """Show a body; of an unknown one, those whose names are near."""
    lang = preference(request, "lang")
    body = agency_queries.body(store, name)
    if body is None:
        return _unknown(request, store, name)
    partners = agency_queries.partners(store, name)
    words = _("Bodies that stand with {name} in tasks", lang).format(name=body["name"])
    caption = _("The wider the line, the more tasks both stand in; the table beside says how many.", lang)
    roles = [(role, n) for role, n in agency_queries.roles(store, name).items() if n]
    today = audited.today()
    days = days if days in SPANS else LOOK_BACK
    return page(
        request, "agency.html", body=body, region=region_name(body["region"], lang) if body["region"] else "", line=line_of(body, today),
        roles=roles, partners=partners["bodies"],
        drawing=partners_drawing(request, name, words, caption) if partners["bodies"] else None, due=_due(store, name, today, lang),
        changes=_changes(store, name, today - timedelta(days=days), lang), days=days, spans=SPANS, effects=EFFECTS,
        subscribe=_subscribe(request, name, lang, leads=any(role == ROLES[0] for role, _n in roles)), names=_names(body),
    )  # fmt: skip


def _unknown(request: Request, store: Store, name: str) -> Response:
    near = agency_queries.near(store, name) or [
        {"id": row["id"], "name": row["name"]} for row in agency_queries.called(store, bodies_named(store, name[:40]), 5)
    ]
    return page(request, "agency_unknown.html", status=404, name=name[:100], near=near)


def _names(body: Row) -> dict[str, list[Row]]:
    """Return the names of a body by their kind: the canonical one, others, and those that only a place makes clear."""
    found: dict[str, list[Row]] = {"alias": [], "context-alias": []}
    for row in body["names"]:
        if row["kind"] in found:
            found[row["kind"]].append(row)
    return found


def line_of(body: Row, today: date) -> list[Row]:
    """Return a body with those before and after it in the order of time, each with its days and whether it is there today."""
    here = {name: body[name] for name in ("id", "name", "valid_from", "valid_to")} | {"here": True}
    steps = [*body["before"], here, *body["after"]]
    return [row | {"here": row.get("here", False), "now": row["valid_to"] is None or row["valid_to"] >= today} for row in steps]


def _due(store: Store, identifier: str, today: date, lang: str) -> list[Row]:
    """Return the next days of a body as its calendar has them: deadlines, and days within tasks with their words (``note``)."""
    coming = Filters(agency=identifier, due_from=today, limit=SHOWN)
    found = [row | {"note": ""} for row in shown_tasks(queries.task_page(store, coming, order="due").rows, lang)]
    for course in calendar_queries.within_texts(store, replace(coming, limit=None)):
        row = task_course.shown(course, course.last, lang, None)
        found += [row | {"due": each["due"], "note": each["text"]} for each in row["dates"] if each["due"].day and each["due"].day >= today]
    return sorted(found, key=lambda row: row["due"].day)[:SHOWN]


def _changes(store: Store, identifier: str, since: date, lang: str) -> dict[str, list[Row]]:
    """Return what the sources gave to or took from a body and its line since a day, by effect, the newest first."""
    asked = ChangeFilters(agency=identifier, entities=("task",), as_of_from=since, limit=TOLD, kin=kin(store, identifier))
    found: dict[str, list[Row]] = {effect: [] for effect in EFFECTS}
    for row in change_queries.back(store, asked, today=audited.today()):
        if row["effect"] in found:
            found[row["effect"]].append(_told(row, lang))
    return found


def _told(row: Mapping[str, Any], lang: str) -> Row:
    return {
        "told": tell_change(row, lang), "day": row["as_of"], "title": row["title"], "link": addresses.task(row["entity_id"]),
        "document": addresses.document(row["document_id"]),
    }  # fmt: skip


def _subscribe(request: Request, identifier: str, lang: str, *, leads: bool) -> list[tuple[str, str]]:
    """Return the feed, the calendars and the watch of a body; a calendar of what it leads only where it leads something."""
    feed = {"agency": identifier, "entity": "task"}
    calendar = f"/calendar/agency/{identifier}.ics"
    lead = addresses.listing(calendar, {"role": ROLES[0]})
    leading = [(_("Deadlines in the lead (calendar)", lang), subscriptions.with_key(request, lead))]
    watch = [(_("Watch this body", lang), addresses.listing("/watches/new", {"agency": identifier}))]
    return [
        (_("Changes (Atom)", lang), subscriptions.with_key(request, addresses.listing("/changes.atom", feed))),
        (_("Deadlines (calendar)", lang), subscriptions.with_key(request, calendar)),
        *(leading if leads else ()),
        *(watch if person_of(request).role >= Role.OPERATOR else ()),
    ]
