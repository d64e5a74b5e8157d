"""Calendars to subscribe to: the deadlines of a body, of a question, of one task."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response

from harvester import addresses, audited
from harvester.asked_names import called
from harvester.calendars import About, ics
from harvester.messages import _
from harvester.reports.pieces import visible
from harvester.web.access.rights import reader
from harvester.web.pages import task_listing as listing
from harvester.web.pages.asked_once import asks
from harvester.web.pages.asked_records import among
from harvester.web.pages.asked_tasks import KNOWN, as_address, filters_of
from harvester.web.room import AnyStore, base_of
from harvester.web.shown import preference
from harvester.web.validators import PRIVATE
from storage import agency_queries
from storage.calendar_queries import Entries, of_question, of_task
from storage.errors import UnknownRecord
from storage.schema import ROLES
from storage.selection import Filters
from storage.store import Store

router = APIRouter(dependencies=[reader()])

MEDIA_TYPE = "text/calendar; charset=utf-8"


@router.get("/calendar/agency/{identifier}.ics")
def of_agency(request: Request, store: AnyStore, identifier: str, role: str = "") -> Response:
    """Give the deadlines of a body, in one role or in all."""
    lang = preference(request, "lang")
    name = agency_queries.name_of(store, identifier)
    if not name:
        raise UnknownRecord(_("There is no body {identifier} here: look it up among the bodies.", lang).format(identifier=identifier))
    role = among(role, ROLES, lang)
    filters = Filters(agency=identifier, role=role, due_from=_since())
    title = _("Deadlines: {name}", lang).format(name=visible(name) + (f" · {_(role, lang)}" if role else ""))
    return _answer(request, of_question(store, filters), title, addresses.agency(identifier))


@router.get("/calendar/tasks.ics", dependencies=[asks(*KNOWN)])
def of_tasks(request: Request, store: AnyStore) -> Response:
    """Give the deadlines of a question, those of the list of tasks with the same filters; a calendar is always of today."""
    lang = preference(request, "lang")
    filters = replace(filters_of(request.query_params, lang), as_of=None, known_at=None)
    asked = as_address(filters)
    named = " · ".join(_said(store, {name: str(value) for name, value in asked.items()}, lang))
    title = _("Deadlines: {name}", lang).format(name=visible(named)) if named else _("Deadlines", lang)
    page = addresses.listing("/tasks", asked)
    return _answer(request, of_question(store, replace(filters, due_from=filters.due_from or _since())), title, page)


@router.get("/calendar/task/{lasting}.ics")
def of_one(request: Request, store: AnyStore, lasting: str) -> Response:
    """Give the days of one task."""
    lang = preference(request, "lang")
    found = of_task(store, lasting)
    if not found.courses:
        raise UnknownRecord(_("There is no task {identifier} here.", lang).format(identifier=lasting))
    name = called(store, {"task": lasting}, lang).get("task", lasting)
    return _answer(request, found, _("Deadlines: {name}", lang).format(name=visible(name)), addresses.task(lasting))


def _said(store: Store, asked: Mapping[str, str], lang: str) -> list[str]:
    """Return the filters of a question in words: names where they hold identifiers, days with what they are."""
    names, labels = called(store, asked, lang), listing.labels(lang)
    told = {name: listing.spoken(name, value, lang) for name, value in asked.items() if name in listing.SPOKEN}
    told |= {name: f"{labels[name]} {asked[name]}" for name in ("due_from", "due_to") if name in asked}
    told |= {name: labels[name] for name in ("all_copies",) if name in asked}
    return [names.get(name) or told.get(name) or value for name, value in asked.items()]


def _since() -> date:
    """Return the first day of calendars that name none: a year back, from its January on, so that answers stay the same for a year."""
    return date((audited.today() - timedelta(days=365)).year, 1, 1)


def _answer(request: Request, found: Entries, title: str, page: str) -> Response:
    base = base_of(request)
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    about = About(title, base + page, base + _without_key(path), base, preference(request, "lang"), found.cut)
    body = ics(found.courses, about)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": PRIVATE, "Vary": "Cookie"}
    if tag in [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    name = request.url.path.rpartition("/")[2]
    headers["Content-Disposition"] = f'inline; filename="{"".join(c for c in name if c.isascii() and (c.isalnum() or c in "._-"))}"'
    return Response(body, media_type=MEDIA_TYPE, headers=headers)


def _without_key(path: str) -> str:
    """Return an address without the key of the person who subscribed: a calendar that is passed on must not pass on the key."""
    where, _mark, query = path.partition("?")
    kept = "&".join(part for part in query.split("&") if part and not part.startswith("key="))
    return f"{where}?{kept}" if kept else where
