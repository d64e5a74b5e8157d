"""The dossier of a legal subject: what public sources say of it today, and which of them were looked at when. No certificate."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from harvester import addresses, audited
from harvester.errors import WrongCall
from harvester.web.access.rights import reader
from harvester.web.pages.asked_records import SHOWN_KINDS, code_of, kept_nowhere, log_rows
from harvester.web.room import Anyone, AnyStore
from harvester.web.shown import page, preference
from normalizers.codes import identify
from storage import notice_queries
from storage.notice_queries import NoticeFilters

router = APIRouter(dependencies=[reader()])


@router.get("/s/{code}")
def dossier(request: Request, store: AnyStore, person: Anyone, code: str) -> Response:
    """Show the dossier of a code; a code in another spelling leads to its own address."""
    lang = preference(request, "lang")
    try:
        normal = code_of(code, lang)
    except WrongCall as error:
        return kept_nowhere(page(request, "dossier_refused.html", status=400, problem=str(error)))
    if normal != code:
        return RedirectResponse(addresses.dossier(normal), status_code=308)
    told = notice_queries.dossier(store, normal, today=audited.today())
    if told["code"] != normal:  # what was asked for is a part of the unified code, or a number of before
        return RedirectResponse(addresses.dossier(told["code"]), status_code=303)
    rows = [row for some in told["notices"].values() for row in some]
    log_rows(store, person, "dossier", NoticeFilters(code=normal), rows)
    found = identify(normal)
    ordered = {kind: told["notices"].get(kind, []) for kind in SHOWN_KINDS}
    return kept_nowhere(page(request, "dossier.html", told=told, notices=ordered, valid=found.valid, total=len(rows)))


@router.get("/subject")
def find(request: Request, code: str = "") -> Response:
    """Lead from a code as somebody typed it to its dossier."""
    try:
        normal = code_of(code.strip(), preference(request, "lang"))
    except WrongCall as error:
        return page(request, "dossier_refused.html", status=400, problem=str(error))
    return RedirectResponse(addresses.dossier(normal) if normal else "/records", status_code=303)
