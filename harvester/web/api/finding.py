"""Search in texts, and the one box for whatever people have in hand."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import Response

from harvester import audited
from harvester.finding import look_up
from harvester.web.access.trail import shown
from harvester.web.api import routing
from harvester.web.api.answering import answer, linked, paged
from harvester.web.api.asking import FindQuestion, SearchQuestion, in_order
from harvester.web.api.common import existing, filters_of
from harvester.web.api.shapes.finding import FoundPage, SearchPage
from harvester.web.room import AnyStore
from storage import searching
from storage.paging import Page

Row = dict[str, Any]
router = routing.router("search")


@router.get("/search", response_model=SearchPage)
def search(request: Request, store: AnyStore, asked: Annotated[SearchQuestion, Query()]) -> Response:
    """Search the texts of documents and tasks, and the public records of legal subjects; all words must be found, of any length."""
    in_order(asked.since, asked.until)

    def made() -> Row:
        existing(store, asked.site)
        wanted = filters_of(asked, words="", kind=asked.document_kind or "", limit=asked.limit)
        more: Row = {"exact": asked.exact, "since": asked.since, "until": asked.until, "after": asked.after}
        of = "" if asked.kind == "any" else asked.kind
        found = searching.search(store, asked.words, wanted, kind=of, today=audited.today(), **more)
        if records := [hit for hit in found["hits"] if hit["kind"] == "notice"]:
            shown(request, "search", {"words": asked.words, "site": asked.site, "region": asked.region}, records)
        page = Page(found["hits"], found["next"], None if any(found["at_least"].values()) else sum(found["counts"].values()))
        return paged(request, page, **{name: found[name] for name in ("words", "expanded", "counts", "at_least")})

    return answer(request, filters_of(asked), made, records=True, headers=linked)


@router.get("/find", response_model=FoundPage)
def find(request: Request, store: AnyStore, asked: Annotated[FindQuestion, Query()]) -> Response:
    """Find by a number in any spelling, a piece of a title, a code, a body, an identifier, or an address of a site, the surest first."""

    def made() -> Row:
        found = look_up(store, asked.q)
        hits = [asdict(hit) for hit in found.hits]
        # A subject's identifier is its code, which stands in the log as a tag only.
        if of_records := [hit for hit in hits if hit["kind"] in ("record", "subject")]:
            shown(request, "find", {"words": asked.q}, [{"id": hit["id"]} if hit["kind"] == "record" else {} for hit in of_records])
        return paged(request, Page(hits, "", None if found.cut else len(hits)))

    return answer(request, None, made, records=True)
