"""Public credit records: a list with filters. Natural persons are not searched; what may no longer be shown is nowhere."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from harvester import addresses, audited
from harvester.messages import _
from harvester.record_questions import logged
from harvester.values import plain
from harvester.web.access.errors import OF_THE_QUESTION
from harvester.web.access.people import Person
from harvester.web.access.rights import reader
from harvester.web.api.common import shown_ids
from harvester.web.downloads import check, offered, table
from harvester.web.pages.asked_once import asks, check_site
from harvester.web.pages.asked_records import NAMES, SHOWN_KINDS, filters_of, kept_nowhere, log_rows
from harvester.web.room import Anyone, AnyStore, base_of
from harvester.web.shown import here, page, preference, site_name, word
from normalizers.notices.records import Colour
from storage import notice_queries
from storage.errors import UnknownRecord
from storage.notice_queries import NoticeFilters
from storage.paging import Page
from storage.questions import Notices
from storage.store import Store

router = APIRouter(dependencies=[reader(), asks(*NAMES, "as_of", "known_at", "after")])
SIZE = 50
COLOUR_WORDS = {Colour.RED: "list of the trusted", Colour.BLACK: "list of the untrusted", Colour.WATCH: "watch list"}


@router.get("/records")
def records(request: Request, store: AnyStore, person: Anyone, after: str = "") -> HTMLResponse:
    """Show public records that hold the filters of the address, the newest first."""
    lang, problem, status = preference(request, "lang"), "", 200
    try:
        check_site(store, request.query_params.get("site", "").strip(), lang)
        found, counts = _answer(store, person, filters_of(request.query_params, lang, SIZE), after)
    except OF_THE_QUESTION as error:
        problem, status, found, counts = str(error), 400, Page(()), {}
    said = {name: request.query_params.get(name, "") for name in NAMES}
    options = {
        "kind_options": [(kind.value, word(kind, lang)) for kind in SHOWN_KINDS],
        "colour_options": [(colour.value, _(COLOUR_WORDS[colour], lang)) for colour in Colour],
        "sites": site_names(store, lang),
    }
    moves = {"next_page": here(request, after=found.next) if found.more else "", "first_page": here(request, after=None), "after": after}
    more = {
        "found": found,
        "counts": counts,
        "asked": said,
        "problem": problem,
        "kinds": SHOWN_KINDS,
        "forms": offered("/records", said) if found.rows else [],
        "chosen": _chosen(said, lang, site_names(store, lang)),
    }
    return kept_nowhere(page(request, "records.html", status=status, **options, **moves, **more))


@router.get("/records.json")
def records_json(request: Request, store: AnyStore, person: Anyone, after: str = "") -> Response:
    """Give a page of public records as JSON, with the address of the next one; logged as a page of them is."""
    lang, base = preference(request, "lang"), base_of(request)
    check_site(store, request.query_params.get("site", "").strip(), lang)
    wanted = filters_of(request.query_params, lang, SIZE)
    found = notice_queries.page(store, wanted, today=audited.today(), after=after)
    log_rows(store, person, "notices", wanted, found.rows)
    rows = [{**row, "link": base + addresses.record(row["id"])} for row in found.rows]
    said = {name: request.query_params.get(name, "") for name in NAMES}
    onward = base + addresses.listing("/records.json", {**said, "after": found.next}) if found.next else None
    return kept_nowhere(JSONResponse(plain({"total": found.total, "next": onward, "records": rows})))


@router.get("/records.{form}")
def records_file(request: Request, store: AnyStore, form: str) -> Response:
    """Give all public records of a question as a file, once it is logged which ones."""
    lang = preference(request, "lang")
    check(request, form, lang)
    check_site(store, request.query_params.get("site", "").strip(), lang)
    wanted = filters_of(request.query_params, lang, None)
    announce = shown_ids(request, "export", logged(wanted))
    return table(request, Notices(wanted, audited.today()), "records", form, announce=announce, records=True)


def _answer(store: Store, person: Person, wanted: NoticeFilters, after: str) -> tuple[Page, dict[str, int]]:
    found = notice_queries.page(store, wanted, today=audited.today(), after=after)
    counts = notice_queries.kinds(store, wanted, today=audited.today())
    log_rows(store, person, "notices", wanted, found.rows)
    return found, counts


def _chosen(said: dict[str, str], lang: str, sites: dict[str, str]) -> list[dict[str, str]]:
    """Return the filters that are set, each with the address of the same list without it."""
    given = {name: value for name, value in said.items() if value}
    told = {("kind", kind.value): word(kind, lang) for kind in SHOWN_KINDS} | {("site", site): name for site, name in sites.items()}
    told |= {("colour", colour.value): _(word, lang) for colour, word in COLOUR_WORDS.items()}
    return [
        {
            "name": name,
            "value": told.get((name, value), value),
            "without": addresses.listing("/records", {other: v for other, v in given.items() if other != name}),
        }
        for name, value in given.items()
    ]


def site_names(store: Store, lang: str) -> dict[str, str]:
    """Return the names of the sites that the store knows, by their identifiers."""
    return {row["site"]: site_name(row["site"], lang, row["name"]) for row in notice_queries.sources_looked_at(store)}


def found_record(store: Store, identifier: str) -> dict[str, Any] | None:
    """Return a record that may be shown today, ``None`` for one that may not or never was: which of the two is nobody's business."""
    try:
        return notice_queries.notice(store, identifier, today=audited.today())
    except UnknownRecord:
        return None
