"""How to: the first five minutes, how to cite, both clocks, feeds and calendars, the keyboard, accessibility."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from harvester.web.access.rights import reader
from harvester.web.shown import page

router = APIRouter(dependencies=[reader()])


@router.get("/help")
def show_help(request: Request) -> HTMLResponse:
    """Show how the room is used."""
    return page(request, "help.html")
