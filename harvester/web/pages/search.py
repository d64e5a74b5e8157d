"""Full text: documents, tasks and what may be shown of records, with counts, the words in their place, and filters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from harvester import addresses, audited
from harvester.messages import _
from harvester.web.access import trail
from harvester.web.access.rights import reader
from harvester.web.pages import task_listing as listing
from harvester.web.pages.asked_once import asks, check_once, check_site
from harvester.web.pages.asked_records import days_of
from harvester.web.pages.asked_tasks import filters_of
from harvester.web.pages.tasks import site_names
from harvester.web.room import AnyStore
from harvester.web.shown import page, preference
from storage import searching
from storage.store import Store

NAMES = ("words", "agency", "site", "region", "document_kind", "year", "since", "until", "as_of", "known_at")
"""The filters as the command line and the API name them: ``kind`` is what is found, ``document_kind`` that of its document."""
router = APIRouter(dependencies=[reader(), asks(*NAMES)])

PATH = "/search"
SIZE = 30
KINDS = (("", "everything"), ("document", "Documents"), ("task", "Tasks"), ("notice", "Public records"))


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a snippet; ``hit`` tells that the words stand there."""

    text: str
    hit: bool = False


@router.get(PATH)
def search(request: Request, store: AnyStore, kind: str = "", after: str = "", exact: bool = False, q: str = "") -> Response:
    """Show where words stand; ``q`` is what other rooms call ``words``."""
    lang = preference(request, "lang")
    check_once(request.query_params, NAMES, lang)
    asked = {name: value for name in NAMES if (value := request.query_params.get(name, "").strip())}
    if q.strip() and "words" not in asked:
        asked = {"words": q.strip()} | asked
    check_site(store, asked.get("site", ""), lang)
    kind = kind if kind in dict(KINDS) else ""
    words = asked.get("words", "")
    found = _found(request, store, asked, Wanted(kind, after, exact), lang) if words else _NOTHING
    shape = asked | ({"kind": kind} if kind else {}) | ({"exact": "1"} if exact else {})
    names = site_names(store, lang)
    return page(
        request, "search.html", boxed=words, words=words, asked=asked, kind=kind, sites=names, labels=listing.labels(lang),
        counts=found["counts"], hits=[_shown(hit) for hit in found["hits"]],
        also=sorted({name for names in found["expanded"].values() for name in names}),
        exact=addresses.listing(PATH, {**shape, "exact": "1"}),
        kinds=[_kind(code, told, shape, found, kind, lang) for code, told in KINDS],
        chosen=[each for each in listing.chosen_filters(PATH, shape, names, lang) if each["name"] != "words"],
        further=addresses.listing(PATH, {**shape, "after": found["next"]}) if found.get("next") else "", after=after,
        first=addresses.listing(PATH, shape),
    )  # fmt: skip


_NOTHING: dict[str, Any] = {"words": [], "expanded": {}, "counts": {}, "at_least": {}, "hits": [], "next": ""}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an address asks for beside the filters: a kind of hits, the place to begin behind, no other names of bodies."""

    kind: str = ""
    after: str = ""
    exact: bool = False


def _found(request: Request, store: Store, asked: dict[str, str], wanted: Wanted, lang: str) -> dict[str, Any]:
    filters = filters_of({name: value for name, value in asked.items() if name not in ("words", "since", "until")}, lang, SIZE)
    since, until = days_of(asked.get("since", ""), asked.get("until", ""), lang)
    said: dict[str, Any] = {"kind": wanted.kind, "after": wanted.after, "exact": wanted.exact, "since": since, "until": until}
    found: dict[str, Any] = searching.search(store, asked["words"], filters, **said, today=audited.today())
    records = [hit for hit in found["hits"] if hit["kind"] == "notice"]
    if records:
        trail.shown(request, "search", asked, records)
    return found


def _shown(hit: dict[str, Any]) -> dict[str, Any]:
    """Return a hit for the page: where it leads, and its title and snippet in pieces."""
    address = {
        "document": lambda: addresses.document(hit["id"]),
        "task": lambda: addresses.task(hit["lasting_id"] or hit["id"]),
        "notice": lambda: addresses.record(hit["id"]),
    }[hit["kind"]]()
    return hit | {"address": address, "pieces": pieces(hit["snippet"], hit["spans"]), "titled": pieces(hit["title"], hit["title_spans"])}


def pieces(text: str, spans: Sequence[Sequence[int]]) -> list[Stretch]:
    """Return a snippet in pieces, the places of the words apart."""
    out, at = [], 0
    for start, end in spans:
        out += [Stretch(text[at:start]), Stretch(text[start:end], hit=True)]
        at = end
    return [piece for piece in (*out, Stretch(text[at:])) if piece.text]


def _kind(code: str, told: str, shape: dict[str, str], found: dict[str, Any], chosen: str, lang: str) -> dict[str, Any]:
    counts, least = found["counts"], found["at_least"]
    count = sum(counts.values()) if not code else counts.get(code, 0)
    open_end = any(least.values()) if not code else least.get(code, False)
    address = addresses.listing(PATH, {**shape, "kind": code})
    return {"told": _(told, lang), "count": count, "more": open_end, "address": address, "chosen": code == chosen}
