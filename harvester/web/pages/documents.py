"""Documents: a list with the filters of ``harvester documents``, facets, and files to take along."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from harvester import addresses
from harvester.asked_names import region_name
from harvester.values import plain
from harvester.web.access.rights import reader
from harvester.web.downloads import check, offered, table
from harvester.web.pages import task_listing as listing
from harvester.web.pages.asked_once import asks
from harvester.web.pages.asked_tasks import FORMER, check_shown, filters_of, said
from harvester.web.pages.tasks import site_names
from harvester.web.room import AnyStore, base_of
from harvester.web.shown import page, preference
from normalizers.records import DocumentKind
from storage import queries
from storage.document_facets import FACETS, document_facets
from storage.questions import Documents

NAMES = ("words", "site", "region", "kind", "year", "as_of", "known_at")
router = APIRouter(dependencies=[reader(), asks(*NAMES, *FORMER, "after")])

PATH = "/documents"
SIZE = 40


@router.get(PATH)
def documents(request: Request, store: AnyStore, after: str = "", back: str = "") -> Response:
    """Show documents that hold the filters of the address, the newest first."""
    lang = preference(request, "lang")
    asked = asked_of(request)
    filters = filters_of(asked, lang, SIZE)
    with store.moment():
        check_shown(store, filters, lang)
        found = queries.document_page(store, filters, after=after)
        names, counts = site_names(store, lang), document_facets(store, filters)
    facets = [each for each in listing.facet_links(PATH, asked, _whole(counts), names, lang) if each["values"]]
    return page(
        request, "documents.html", rows=[_row(row, lang) for row in found.rows],
        total=found.total, asked=asked, sites=names, labels=listing.labels(lang), facets=facets,
        kinds=[(kind.value, listing.spoken("kind", kind.value, lang)) for kind in DocumentKind],
        chosen=listing.chosen_filters(PATH, asked, names, lang),
        pages=listing.pages_around(PATH, asked, after, back, found.next),
        forms=offered(PATH, asked),
        freeze=listing.frozen_at(PATH, asked, filters), frozen=listing.frozen_bar(request, PATH, asked, filters),
    )  # fmt: skip


def _row(row: Mapping[str, Any], lang: str) -> dict[str, Any]:
    told = {"region_name": region_name(row["region"] or "", lang), "kind_told": listing.spoken("kind", row["document_kind"], lang)}
    return {**row, **told}


def _whole(counts: Mapping[str, list[dict[str, object]]]) -> dict[str, list[dict[str, object]]]:
    return {name: counts.get(name, []) for name in FACETS}


def asked_of(request: Request) -> dict[str, str]:
    """Return the filters of an address that documents know."""
    return {name: value for name, value in said(request.query_params, preference(request, "lang")).items() if name in NAMES}


@router.get(f"{PATH}.json")
def documents_json(request: Request, store: AnyStore, after: str = "") -> Response:
    """Give a page of documents as JSON, with the address of the next one."""
    lang, asked, base = preference(request, "lang"), asked_of(request), base_of(request)
    filters = filters_of(asked, lang, SIZE)
    check_shown(store, filters, lang)
    found = queries.document_page(store, filters, after=after)
    rows = [{**row, "link": base + addresses.document(row["id"], version=row["version"])} for row in found.rows]
    onward = base + addresses.listing(f"{PATH}.json", {**asked, "after": found.next}) if found.next else None
    return JSONResponse(plain({"total": found.total, "next": onward, "documents": rows}))


@router.get(f"{PATH}.{{form}}")
def documents_file(request: Request, store: AnyStore, form: str) -> Response:
    """Give the documents of a question as a file."""
    lang = preference(request, "lang")
    check(request, form, lang)
    return table(request, Documents(filters_of(asked_of(request), lang)), "documents", form)
