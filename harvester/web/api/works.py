"""Works: documents that are one text, and how works stand to each other."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query, Request
from fastapi.responses import Response

from harvester import addresses
from harvester.web.access.people import Role
from harvester.web.api import routing
from harvester.web.api.answering import answer, linked, paged
from harvester.web.api.asking import WorkQuestion
from harvester.web.api.common import existing
from harvester.web.api.shapes.works import WorkPage, WorkWhole
from harvester.web.room import AnyStore, person_of
from storage import work_queries
from storage.paging import Page, behind, cursor, size_of
from storage.store import Store

Row = dict[str, Any]
router = routing.router("works")
WorkId = Annotated[str, Path(pattern="^[a-z0-9]{4,32}$")]


@router.get("/works", response_model=WorkPage)
def works(request: Request, store: AnyStore, asked: Annotated[WorkQuestion, Query()]) -> Response:
    """List the works, those of most documents first."""

    def made() -> Row:
        existing(store, asked.site)
        return paged(request, _page(store, asked))

    return answer(request, None, made, headers=linked)


def _page(store: Store, asked: WorkQuestion) -> Page:
    """Return a page: ordered by how many documents there are, a work may move between two pages and is then seen twice or not at all."""
    said: Row = {"site": asked.site, "region": asked.region, "relation": asked.relation or "", "min_documents": asked.min_documents}
    start = (behind("works", said, asked.after, (int,)) or [0])[0]
    size = size_of(asked.limit)
    found = work_queries.listed(store, **said, limit=start + size + 1)[start:]
    return Page(found[:size], cursor("works", said, [start + size]) if len(found) > size else "")


@router.get("/works/{identifier}", response_model=WorkWhole)
def work(request: Request, store: AnyStore, identifier: WorkId) -> Response:
    """Show what a work is made of and why, its links both ways, and what is kept apart from it."""

    def made() -> Row:
        found = work_queries.show(store, identifier)
        if person_of(request).role < Role.OPERATOR:  # who decided is the operators' business
            found["decisions"] = [row | {"decided_by": "", "ended_by": None, "note": ""} for row in found["decisions"]]
        return found | {"address": addresses.work(found["work"])}

    return answer(request, identifier, made)
