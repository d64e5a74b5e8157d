"""Watches: how readers subscribe, and for operators the saved questions that are told to channels."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import QueryParams

from harvester import addresses
from harvester.errors import HarvesterError, WrongCall
from harvester.messages import LANGUAGES, _
from harvester.session import settings
from harvester.watching.channels import channel as channel_named
from harvester.watching.digest import asked
from harvester.watching.forecast import expected
from harvester.watching.periods import Period, next_due
from harvester.watching.rows import MOST_NAME, delivery_row, row_of, short
from harvester.watching.sending import send_test
from harvester.web.access import forgery
from harvester.web.access.errors import OF_THE_QUESTION
from harvester.web.access.people import Role
from harvester.web.access.rights import operator, reader
from harvester.web.pages.asked_changes import NAMES, filters_of, said
from harvester.web.pages.asked_records import reader_of
from harvester.web.room import Anyone, AnyStore, person_of
from harvester.web.shown import page, preference
from storage import deliveries, watches
from storage.change_filters import ChangeFilters
from storage.store import Store
from storage.watches import Watch

router = APIRouter()
Row = dict[str, Any]
MOST_DELIVERIES = 100
NOT_WATCHED = ("since", "until", "as_of_from", "as_of_to", "all", "copies")
"""Filters that a watch does not have: it tells what comes from now on."""
Name = Annotated[str, Form(max_length=200)]
DONE = {
    "made": "The watch is set up.",
    "paused": "Paused; what comes meanwhile is told when it goes on.",
    "resumed": "It goes on from where it stood.",
    "removed": "Removed, with the log of its deliveries.",
    "tested": "The channel took the test message.",
    "retried": "It is sent again at the next run.",
}


@router.get("/watches", dependencies=[reader()])
def listing(request: Request, store: AnyStore, done: str = "") -> HTMLResponse:
    """Show how to subscribe and, to operators, the watches."""
    return _page(request, store, done=DONE.get(done, ""))


def _page(request: Request, store: Store, *, status: int = 200, problem: str = "", done: str = "") -> HTMLResponse:
    lang = preference(request, "lang")
    rows = [told(store, watch, lang) for watch in watches.listed(store)] if person_of(request).role >= Role.OPERATOR else []
    return page(request, "watches.html", status=status, rows=rows, done=_(done, lang) if done else "", problem=problem)


def told(store: Store, watch: Watch, lang: str) -> Row:
    """Return a watch as a row of a page: its question in words, how much it is to bring, where its question is asked."""
    waits = len(deliveries.listed(store, watch=watch.name, state=deliveries.WAITING))
    return row_of(watch, waits) | {
        "asked": asked(watch.filters, lang),
        "expected": expected(store, watch.filters, watch.period, lang),
        "address": addresses.listing("/changes", as_query(ChangeFilters.from_json(watch.filters))),
    }


def as_query(filters: ChangeFilters) -> Row:
    """Return filters as the query of the page of changes asks for them."""
    named = {"words": filters.word, "list": filters.list_name, "entity": filters.entities}
    named["kind"] = (*filters.kinds, *([filters.record_kind] if filters.record_kind else []))
    named["cause"] = () if filters.causes == ("source",) else filters.causes or ("any",)
    return {name: named[name] if name in named else getattr(filters, name, "") for name in NAMES if name not in NOT_WATCHED}


@router.get("/watches/new", dependencies=[operator()])
def new(request: Request, store: AnyStore) -> HTMLResponse:
    """Show the form that makes a watch of the question of the address, and how much each period would bring."""
    return _form(request, store, request.query_params)


def _form(request: Request, store: Store, query: QueryParams, *, status: int = 200, problem: str = "", name: str = "") -> HTMLResponse:
    lang = preference(request, "lang")
    given = {key: value for key, value in said(query).items() if key not in NOT_WATCHED}
    try:
        wanted = _watched(store, query, lang)
    except OF_THE_QUESTION as error:
        problem, status, wanted = problem or str(error), 400, ChangeFilters()
    periods = [(period.value, expected(store, wanted.as_json(), period.value, lang)) for period in Period]
    more: Row = {"question": asked(wanted.as_json(), lang), "periods": periods, "channels": sorted(settings(None).channels)}
    return page(request, "watch_new.html", status=status, given=given, problem=problem, name=name, most=MOST_NAME, **more)


def _watched(store: Store, query: QueryParams, lang: str) -> ChangeFilters:
    """Return the filters of a watch: those of the question that do not tie it to a time, without what is worked out anew each time."""
    timeless: Row = dict.fromkeys(("since", "since_seq", "until", "as_of_from", "as_of_to", "limit"))
    return replace(filters_of(store, query, lang, 1), **timeless, kin=())


@router.post("/watches", dependencies=[operator(), forgery.form()])
def make(
    request: Request, store: AnyStore, person: Anyone, name: Name, question: Annotated[str, Form(max_length=4000)] = "",
    channel: Name = "", period: Name = Period.DAILY.value, language: Name = LANGUAGES[1],
) -> Response:  # fmt: skip
    """Make a watch. ``question`` is the query of a page of changes."""
    query, now = QueryParams(question), datetime.now(UTC)
    try:
        short(name, "NAME", MOST_NAME)
        if period not in tuple(Period) or language not in LANGUAGES:
            raise WrongCall(_("Choose a period and a language.", preference(request, "lang")))
        wanted = _watched(store, query, preference(request, "lang"))
        to = channel_named(channel, settings(None).channels)
        watches.add(store, name.strip(), wanted.as_json(), channel, period, language, reader_of(person), now, next_due(period, to.at, now))
    except (HarvesterError, watches.WatchExists) as error:
        return _form(request, store, query, status=422, problem=str(error), name=name)
    return RedirectResponse("/watches?done=made", status_code=303)


@router.post("/watches/pause", dependencies=[operator(), forgery.form()])
def pause(request: Request, store: AnyStore, name: Name) -> Response:
    """Let a watch rest."""
    watches.pause(store, name)
    return RedirectResponse("/watches?done=paused", status_code=303)


@router.post("/watches/resume", dependencies=[operator(), forgery.form()])
def resume(request: Request, store: AnyStore, name: Name, skip: Annotated[bool, Form()] = False) -> Response:
    """Let a watch go on, with ``skip`` from now."""
    watches.resume(store, name, skip=skip)
    return RedirectResponse("/watches?done=resumed", status_code=303)


@router.post("/watches/remove", dependencies=[operator(), forgery.form()])
def remove(request: Request, store: AnyStore, name: Name) -> Response:
    """Remove a watch and the log of its deliveries."""
    watches.remove(store, name)
    return RedirectResponse("/watches?done=removed", status_code=303)


@router.post("/watches/test", dependencies=[operator(), forgery.form()])
def test(request: Request, store: AnyStore, name: Name) -> Response:
    """Send a message that says it is a test."""
    try:
        note = send_test(watches.named(store, name), settings(None))
    except HarvesterError as error:
        return _page(request, store, status=502, problem=str(error))
    return _page(request, store, problem=note) if note else RedirectResponse("/watches?done=tested", status_code=303)


@router.get("/watches/deliveries", dependencies=[operator()])
def sent(request: Request, store: AnyStore, watch: str = "", done: str = "") -> HTMLResponse:
    """Show deliveries, the newest first."""
    rows = [delivery_row(each) for each in deliveries.listed(store, watch=watch, limit=MOST_DELIVERIES)]
    told_done = _(DONE[done], preference(request, "lang")) if done in DONE else ""
    return page(request, "deliveries.html", rows=rows, watch=watch, done=told_done, most=MOST_DELIVERIES)


@router.post("/watches/retry", dependencies=[operator(), forgery.form()])
def retry(request: Request, store: AnyStore, id: Name) -> Response:
    """Let a delivery be sent again at the next run."""
    deliveries.retry(store, id)
    return RedirectResponse("/watches/deliveries?done=retried", status_code=303)
