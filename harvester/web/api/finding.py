"""Search in texts, and the one box for whatever people have in hand."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import Response

from harvester import audited
from harvester.finding import find as find_in
from harvester.web.api import routing
from harvester.web.api.answering import answer, linked, paged
from harvester.web.api.asking import FindQuestion, SearchQuestion
from harvester.web.api.common import existing, filters_of, shown, simplified
from harvester.web.api.shapes.finding import FoundPage, SearchPage
from harvester.web.room import AnyStore
from storage import searching
from storage.paging import Page
from storage.store import Store

Row = dict[str, Any]
router = routing.router("search")


@router.get("/search", response_model=SearchPage)
def search(request: Request, store: AnyStore, asked: Annotated[SearchQuestion, Query()]) -> Response:
    """Search the texts of documents and tasks, and the public records of legal subjects; all words must be found, of any length."""

    def made() -> Row:
        existing(store, asked.site)
        found, read_as = _found(store, asked, asked.words), {}
        other = simplified(asked.words)
        if not found["hits"] and other != asked.words and (again := _found(store, asked, other))["hits"]:
            found, read_as = again, {"words": other}
        records = [hit for hit in found["hits"] if hit["kind"] == "notice"]
        if records:
            shown(request, "search", {"words": asked.words, "site": asked.site, "region": asked.region}, records)
        page = Page(found["hits"], "", sum(found["counts"].values()))
        return paged(request, page, read_as, words=found["words"], counts=found["counts"])

    return answer(request, filters_of(asked), made, records=True, headers=linked)


def _found(store: Store, asked: SearchQuestion, words: str) -> Row:
    wanted = filters_of(asked, words="", document_kind="", limit=asked.limit)
    return searching.search(store, words, wanted, kind="" if asked.kind == "any" else asked.kind, today=audited.today())


@router.get("/find", response_model=FoundPage)
def find(request: Request, store: AnyStore, asked: Annotated[FindQuestion, Query()]) -> Response:
    """Find by a number in any spelling, a piece of a title, a code, a body, an identifier, or an address of a site, the surest first."""

    def made() -> Row:
        hits = [asdict(hit) for hit in find_in(store, asked.q)]
        if records := [hit for hit in hits if hit["kind"] in ("record", "subject")]:
            shown(request, "find", {"words": asked.q}, records)
        return paged(request, Page(hits, "", len(hits)))

    return answer(request, None, made, records=True)
