"""The overview: what the store holds, how fresh it is, what changed, what is due."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from harvester.web.access.rights import reader
from harvester.web.room import AnyStore
from harvester.web.shown import page
from storage import queries

router = APIRouter(dependencies=[reader()])


@router.get("/")
def overview(request: Request, store: AnyStore) -> HTMLResponse:
    """Show the overview."""
    return page(request, "overview.html", counts=queries.counts(store))
