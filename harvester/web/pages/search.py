"""Full text: documents, tasks and what may be shown of records, with counts, the words in their place, and filters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from harvester import audited
from harvester.messages import _
from harvester.web import addresses
from harvester.web.access import trail
from harvester.web.access.rights import reader
from harvester.web.pages import task_listing as listing
from harvester.web.pages.asked_tasks import filters_of, said
from harvester.web.pages.tasks import site_names
from harvester.web.room import AnyStore
from harvester.web.shown import page, preference
from storage import queries

router = APIRouter(dependencies=[reader()])

PATH = "/search"
SIZE = 30
KINDS = (("", "everything"), ("document", "Documents"), ("task", "Tasks"), ("notice", "Public records"))
NAMES = ("words", "site", "region", "document_kind", "year", "as_of", "known_at")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a snippet; ``hit`` tells that the words stand there."""

    text: str
    hit: bool = False


@router.get(PATH)
def search(request: Request, store: AnyStore, kind: str = "", after: str = "") -> Response:
    """Show where words stand."""
    lang = preference(request, "lang")
    asked = {name: value for name, value in said(request.query_params).items() if name in NAMES}
    kind = kind if kind in dict(KINDS) else ""
    words = asked.get("words", "")
    found = _found(request, store, asked, kind, after, lang) if words else _NOTHING
    shape = asked | ({"kind": kind} if kind else {})
    names = site_names(store)
    return page(
        request, "search.html", boxed=words, words=words, asked=asked, kind=kind, sites=names, labels=listing.labels(lang),
        counts=found["counts"], hits=[_shown(hit) for hit in found["hits"]], also=found.get("also", ()),
        exact=addresses.listing(PATH, {**shape, "exact": "1"}),
        kinds=[_kind(code, told, asked, found["counts"], kind, lang) for code, told in KINDS],
        chosen=[each for each in listing.chosen_filters(PATH, shape, names, lang) if each["name"] != "words"],
        further=addresses.listing(PATH, {**shape, "after": found["next"]}) if found.get("next") else "", after=after,
        first=addresses.listing(PATH, shape),
    )  # fmt: skip


_NOTHING: dict[str, Any] = {"words": [], "counts": {"document": 0, "task": 0, "notice": 0}, "hits": []}


def _found(request: Request, store: Any, asked: dict[str, str], kind: str, after: str, lang: str) -> dict[str, Any]:  # noqa: ANN401
    filters = filters_of({name: value for name, value in asked.items() if name != "words"}, lang, SIZE)
    found: dict[str, Any] = queries.search(store, asked["words"], filters, kind=kind, today=audited.today())
    records = [hit for hit in found["hits"] if hit["kind"] == "notice"]
    if records:
        trail.shown(request, "search", asked, records)
    return found


def _shown(hit: dict[str, Any]) -> dict[str, Any]:
    address = {
        "document": lambda: addresses.document(hit["id"]),
        "task": lambda: addresses.task(hit["id"]),
        "notice": lambda: addresses.record(hit["id"]),
    }[hit["kind"]]()
    return hit | {"address": address, "pieces": pieces(hit["snippet"], hit["spans"])}


def pieces(text: str, spans: Sequence[Sequence[int]]) -> list[Stretch]:
    """Return a snippet in pieces, the places of the words apart."""
    out, at = [], 0
    for start, end in spans:
        out += [Stretch(text[at:start]), Stretch(text[start:end], hit=True)]
        at = end
    return [piece for piece in (*out, Stretch(text[at:])) if piece.text]


def _kind(code: str, told: str, asked: dict[str, str], counts: dict[str, int], chosen: str, lang: str) -> dict[str, Any]:
    count = sum(counts.values()) if not code else counts.get(code, 0)
    return {"told": _(told, lang), "count": count, "address": addresses.listing(PATH, {**asked, "kind": code}), "chosen": code == chosen}
