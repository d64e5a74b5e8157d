"""A document: its text with the evidence of each task, its versions, what it belongs to; now, on a day, or one version."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from harvester import addresses
from harvester.citations import cited_document
from harvester.citing import citations
from harvester.web.access.rights import reader
from harvester.web.pages.asked_once import check_written_day
from harvester.web.pages.task_listing import spoken
from harvester.web.reading import forms
from harvester.web.reading.asked import Asked, asked_of, task_address, withdrawn
from harvester.web.reading.card import Card, card_of, numbers_of, version_at
from harvester.web.reading.marks import Marks, marks_of, shown
from harvester.web.reading.outline import outline_of
from harvester.web.reading.telling import section_told, told_of
from harvester.web.reading.versions import read, tasks_of
from harvester.web.room import AnyStore, base_of
from harvester.web.shown import page, preference
from storage.days import local_day
from storage.errors import UnknownRecord
from storage.store import Store

router = APIRouter(dependencies=[reader()])

MOST_PARTS = 1500
"""Clauses and rows on one page; a longer text goes on at the next."""

From = Annotated[int, Query(alias="from", ge=0, le=10_000_000)]


@router.get("/d/{name}")
def document(request: Request, store: AnyStore, name: str, marks: bool = True, first: From = 0) -> Response:
    """Show a document now, on a day (``ID@2025-06-30``) or in a version (``ID@2``), or give it in another form (``ID.txt``)."""
    if place := task_address(store, name):
        return RedirectResponse(place, status_code=308)
    asked = asked_of(name)
    check_written_day(asked.at, preference(request, "lang"))
    if gone := withdrawn(request, store, asked.document):
        return gone
    if not asked.at and (wanted := _wanted_day(request)):
        return _then(store, asked, wanted)
    return _answer(request, store, asked, version_at(store, asked.document, asked.at), marks=marks, first=first)


@router.get("/d/{name}/v{number:int}")
def version(request: Request, store: AnyStore, name: str, number: int, marks: bool = True, first: From = 0) -> Response:
    """Show one version of a document."""
    asked = asked_of(name)
    if gone := withdrawn(request, store, asked.document):
        return gone
    return _answer(request, store, asked, version_at(store, asked.document, str(number)), marks=marks, first=first)


@router.get("/d/{name}/timemap")
def timemap(request: Request, store: AnyStore, name: str) -> Response:
    """Give the versions of a document as a TimeMap (RFC 7089)."""
    asked = asked_of(name)
    if gone := withdrawn(request, store, asked.document):
        return gone
    card = card_of(store, asked.document, version_at(store, asked.document, ""))
    return PlainTextResponse(forms.timemap(list(card.versions), card.id, base_of(request)), media_type="application/link-format")


def _wanted_day(request: Request) -> datetime | None:
    """Return the moment that a client of Memento asks for, ``None`` where it asks for none or for nothing that can be read."""
    header = request.headers.get("accept-datetime", "")
    try:
        found = parsedate_to_datetime(header) if header else None
    except ValueError:
        return None
    return found if found is None or found.tzinfo else found.replace(tzinfo=UTC)


def _then(store: Store, asked: Asked, wanted: datetime) -> Response:
    """Lead to the version of a moment: the first one for all that was before it (RFC 7089 §4.5.3)."""
    try:
        number = version_at(store, asked.document, local_day(wanted).isoformat())
    except UnknownRecord:
        number = numbers_of(store, asked.document)[0]
    place = addresses.document(asked.document, version=number)
    return RedirectResponse(place, status_code=302, headers={"Vary": "accept-datetime"})


def _answer(request: Request, store: Store, asked: Asked, number: int, *, marks: bool, first: int) -> Response:
    card = card_of(store, asked.document, number)
    headers = {"Link": forms.links(card), "Vary": "accept-datetime, Cookie"}
    if asked.at or not card.latest:
        headers["Memento-Datetime"] = forms.http_date(card.capture["fetched_at"])
    answer = _form(request, store, card, asked.form) if asked.form else _page(request, store, card, marks=marks, first=first, at=asked.at)
    answer.headers.update(headers)
    return answer


def _form(request: Request, store: Store, card: Card, form: str) -> Response:
    base = base_of(request)
    if form == "bib":
        cited = cited_document(store, f"{card.id}@{card.number}", base)
        return Response(citations(cited, local_day(datetime.now(UTC))).bibtex, media_type=forms.TYPES[form])
    if form == "jsonld":
        return JSONResponse(forms.as_linked_data(card, base), media_type=forms.TYPES[form])
    reading = read(store, card.id, card.number)
    if form == "txt":
        return Response(forms.as_text(card, reading, base), media_type=forms.TYPES[form])
    return JSONResponse(forms.as_json(card, reading, list(tasks_of(store, card.id, card.number)), base))


def _page(request: Request, store: Store, card: Card, *, marks: bool, first: int, at: str) -> Response:
    lang = preference(request, "lang")
    reading = read(store, card.id, card.number)
    tasks = tasks_of(store, card.id, card.number)
    parts = reading.index.parts
    window = parts[first : first + MOST_PARTS]
    cited = cited_document(store, f"{card.id}@{card.number}", base_of(request))
    context: dict[str, Any] = {
        "card": card,
        "told": told_of(card, lang),
        "shown": list(shown(reading, window, marks_of(tasks) if marks else Marks())),
        "outline": outline_of(parts, first, MOST_PARTS),
        "tasks": tasks,
        "marks": marks,
        "whole": reading.whole,
        "first": first,
        "further": first + MOST_PARTS if len(parts) > first + MOST_PARTS else 0,
        "before": max(0, first - MOST_PARTS),
        "count": len(parts),
        "cited": citations(cited, local_day(datetime.now(UTC))),
        "here": addresses.document(card.id, version=None if card.latest else card.number),
        "at": at,
        "section_told": section_told(store, card.place["site"], card.place["section"], lang),
        "kind_told": spoken("document_kind", card.said["document_kind"], lang),
    }
    return page(request, "document.html", **context)
