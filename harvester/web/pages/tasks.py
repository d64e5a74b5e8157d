"""Tasks: a list with filters."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from harvester.web.access.rights import reader
from harvester.web.room import AnyStore
from harvester.web.shown import page
from storage import queries
from storage.selection import Filters

router = APIRouter(dependencies=[reader()])


@router.get("/tasks")
def tasks(request: Request, store: AnyStore, agency: str = "", site: str = "") -> HTMLResponse:
    """Show tasks."""
    return page(request, "tasks.html", rows=queries.tasks(store, Filters(agency=agency, site=site, limit=50)))
