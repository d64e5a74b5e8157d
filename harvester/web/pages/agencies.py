"""Bodies: those that tasks name, by region and name, and a search by any name that a body has or had. Nothing here ranks them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from harvester import addresses
from harvester.asked_names import region_name
from harvester.errors import WrongCall
from harvester.messages import _
from harvester.values import plain
from harvester.web.access.rights import reader
from harvester.web.downloads import check, offered, table
from harvester.web.pages import task_listing as listing
from harvester.web.pages.asked_once import asks
from harvester.web.pages.asked_records import region_of
from harvester.web.pages.tasks import site_names
from harvester.web.room import AnyStore
from harvester.web.shown import page, preference
from normalizers.agencies.regions import PROVINCES
from storage import agency_queries, queries
from storage.naming import bodies_named
from storage.questions import Agencies
from storage.schema import ROLES
from storage.selection import Filters, stem_of
from storage.store import Store

router = APIRouter(dependencies=[reader(), asks("after")])

Row = dict[str, Any]

PATH = "/agencies"
PAGE = 100
MOST = 200
"""Bodies shown of one name."""
LONGEST = 100


@router.get(PATH)
def agencies(
    request: Request, store: AnyStore, name: str = "", region: str = "", site: str = "", after: str = "", back: str = ""
) -> Response:
    """Show the bodies that tasks name, or those of a name."""
    lang = preference(request, "lang")
    asked = {key: value.strip() for key, value in (("name", name), ("region", region), ("site", site)) if value.strip()}
    found = _named(store, asked, lang) if "name" in asked else _page(store, asked, after, lang)
    pages = listing.pages_around(PATH, asked, after, back, found["next"])
    return _shown(request, store, asked, found, pages, lang)


@router.get(f"{PATH}.json")
def agencies_json(request: Request, store: AnyStore, name: str = "", region: str = "", site: str = "", after: str = "") -> Response:
    """Give the same as JSON."""
    lang = preference(request, "lang")
    asked = {"name": name.strip(), "region": region.strip(), "site": site.strip()}
    found = _named(store, asked, lang) if asked["name"] else _page(store, asked, after, lang)
    return JSONResponse(plain({"total": found["total"], "next": found["next"] or None, "agencies": found["rows"]}))


@router.get(f"{PATH}.{{form}}")
def agencies_file(request: Request, store: AnyStore, form: str, region: str = "", site: str = "") -> Response:
    """Give the bodies that tasks name, with how many tasks each has in each role, as a file."""
    lang = preference(request, "lang")
    check(request, form, lang)
    question = Agencies(Filters(region=region_of(region.strip(), lang), site=site.strip()))
    return table(request, question, "agencies", form)


def _shown(request: Request, store: Store, asked: Mapping[str, str], found: Row, pages: listing.Pages, lang: str) -> HTMLResponse:
    names = site_names(store, lang)
    chosen = [
        {"name": key, "value": told, "without": addresses.listing(PATH, {**asked, key: ""})}
        for key, told in (
            ("name", asked.get("name", "")),
            ("region", region_name(asked.get("region", ""), lang)),
            ("site", names.get(asked.get("site", ""), asked.get("site", ""))),
        )
        if told
    ]
    return page(
        request, "agencies.html", asked=asked, sites=names, chosen=chosen, pages=pages, total=found["total"],
        groups=_grouped(found["rows"], lang), roles=ROLES, cut=found["cut"], regions=_regions(asked, lang),
        forms=[] if "name" in asked else offered(PATH, asked),
    )  # fmt: skip


def _named(store: Store, asked: Mapping[str, str], lang: str) -> Row:
    """Return the bodies of which a name holds a piece, in a region where one is asked for; present ones and former ones alike."""
    name, region = asked["name"], region_of(asked.get("region", ""), lang)
    if len(name) > LONGEST:
        raise WrongCall(_("A filter has at most {most} characters; write it shorter.", lang).format(most=LONGEST))
    ids = bodies_named(store, name)
    if region:
        ids = {one for one, code in agency_queries.regions_of(store, ids).items() if code.startswith(stem_of(region))}
    return {"rows": agency_queries.called(store, ids, MOST), "total": len(ids), "next": "", "cut": len(ids) > MOST}


def _page(store: Store, asked: Mapping[str, str], after: str, lang: str) -> Row:
    filters = Filters(region=region_of(asked.get("region", ""), lang), site=asked.get("site", ""), limit=PAGE)
    found = queries.agency_page(store, filters, after=after, order="region")
    regions = agency_queries.regions_of(store, [row["id"] for row in found.rows if row["id"]])
    rows = [{**row, "region": regions.get(row["id"] or "", ""), "valid_from": None, "valid_to": None} for row in found.rows]
    return {"rows": rows, "total": found.total, "next": found.next, "cut": False}


def _regions(asked: Mapping[str, str], lang: str) -> list[tuple[str, str, bool]]:
    """Return the provinces and the whole country to choose from: name, address, whether it is chosen."""
    codes = ("100000", *sorted(PROVINCES))
    return [(region_name(code, lang), addresses.listing(PATH, {**asked, "region": code}), asked.get("region") == code) for code in codes]


def _grouped(rows: Iterable[Row], lang: str) -> list[Row]:
    """Return rows under their regions, in their order."""
    found = []
    for code, some in groupby(rows, key=lambda row: str(row["region"])):
        found.append({"code": code, "told": region_name(code, lang) if code else _("without a region", lang), "rows": list(some)})
    return found
