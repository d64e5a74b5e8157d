"""The one box: opens what can be nothing else, shows what can be several things, says what was tried."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from harvester import addresses
from harvester.finding import PERSONAL, Answer, look_up
from harvester.messages import _
from harvester.web.access.rights import reader
from harvester.web.room import AnyStore
from harvester.web.shown import page, preference

router = APIRouter(dependencies=[reader()])

LONGEST = 2000
"""Characters that are read of what was typed; pasted addresses are long."""


@router.get("/find")
def find(request: Request, store: AnyStore, q: str = "", form: str = "") -> Response:
    """Open what a text leads to, or show what it may lead to; ``form=json`` shows it to programs and opens nothing."""
    typed = q[:LONGEST].strip()
    answer = look_up(store, typed) if typed else Answer((), ())
    personal = PERSONAL in answer.tried
    if form == "json":
        hits = [{name: getattr(hit, name) for name in ("kind", "id", "title", "why", "sure", "address")} for hit in answer.hits]
        return JSONResponse({"hits": hits, "tried": list(answer.tried)})
    if answer.only is not None:
        return RedirectResponse(answer.only.address, status_code=303)
    lang = preference(request, "lang")
    shown = "" if personal else typed
    return page(
        request,
        "find.html",
        **({"here": "/find"} if personal else {}),  # type: ignore[arg-type]  # links that hold the question would repeat the number
        boxed=shown,
        answer=answer,
        personal=personal,
        tried=[_(name, lang) for name in answer.tried],
        search=addresses.listing("/search", {"words": shown[:200]}),
    )
