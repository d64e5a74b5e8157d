"""这里不对: the form beside every fact, and the public log of what became of reports."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from harvester import correcting, reportable
from harvester.correcting import MOST_SHORT, MOST_WRONG
from harvester.errors import WrongCall
from harvester.messages import _
from harvester.web.access import forgery
from harvester.web.access.rights import reader
from harvester.web.pages.record_words import reported_field
from harvester.web.pages.records import found_record
from harvester.web.reading.names import names_of
from harvester.web.reading.resolving import resolve
from harvester.web.room import Anyone, AnyStore, Number
from harvester.web.shown import here, page, preference
from storage import corrections
from storage.corrections import TooManyReports
from storage.errors import UnknownRecord
from storage.store import Store

router = APIRouter(dependencies=[reader()])
SIZE = 50
Words = Annotated[str, Form(max_length=4 * MOST_WRONG)]


@router.get("/corrections")
def log(request: Request, store: AnyStore, after: str = "", sent: Number = 0) -> HTMLResponse:
    """Show the public log of corrections, the newest report first."""
    found = corrections.log(store, limit=SIZE, after=after)
    lang = preference(request, "lang")
    more: dict[str, Any] = {
        "next_page": here(request, after=found.next) if found.more else "",
        "counts": corrections.counts(store),
        "sent": sent,
        "fields": {row["id"]: reported_field(row["about"], row["field"], lang) for row in found.rows},
        "names": names_of(store, (row["address"] for row in found.rows if row["address"]), lang),
    }
    return page(request, "corrections.html", found=found, after=after, **more)


@router.get("/corrections/new")
def new(request: Request, store: AnyStore, about: str = "", field: str = "") -> HTMLResponse:
    """Show the form for a report on an address of this room."""
    return _form(request, store, about, field)


def _form(request: Request, store: Store, about: str, field: str, *, status: int = 200, problem: str = "", **said: str) -> HTMLResponse:
    lang = preference(request, "lang")
    try:
        kind, kept = _place_of(store, about)
        if kind == "record" and found_record(store, kept.split("/")[2]) is None:
            kind, kept, status = "", "", 404
    except UnknownRecord:
        kind, kept, status = "", "", 404
    except WrongCall:
        kind, kept, status = "", "", max(status, 400)
    if not kept:
        problem = _("This is no address that can be reported; take the link beside what is wrong.", lang)
    told: dict[str, Any] = {name: said.get(name, "") for name in ("wrong", "should_be", "contact")}
    told["called"] = _("a public record", lang) if kind == "record" else names_of(store, [kept], lang)[kept] if kept else ""
    told["field_told"] = reported_field(kind, field, lang) if kind else ""
    if kept and field and not told["field_told"]:
        field, status = "", 422  # what was written stays, about the address as a whole
        problem = _("This is no fact that can be reported; take the link beside what is wrong.", lang)
    told |= {"days": correcting.DUE_DAYS, "most": MOST_WRONG, "most_short": MOST_SHORT, "problem": problem}
    return page(request, "correction_new.html", status=status, about=kept, kind=kind, field=field, **told)


def _place_of(store: Store, about: str) -> tuple[str, str]:
    """Return what an address is about, and the address as it is kept. Raises ``WrongCall``, ``UnknownRecord`` for what is not there."""
    kind, kept = correcting.about_of(about)
    reportable.check_address(store, kept)
    if (clause := reportable.clause_of(kept)) is not None:
        resolve(store, *clause)
    return kind, kept


@router.post("/corrections", dependencies=[forgery.form()])
def send(
    request: Request, store: AnyStore, person: Anyone, about: Words = "", wrong: Words = "", field: Words = "", should_be: Words = "",
    contact: Words = "",
) -> Response:  # fmt: skip
    """Take in a report and lead to the log."""
    lang = preference(request, "lang")
    try:
        _place_of(store, about)
        number = correcting.report(store, about, wrong, field=field, should_be=should_be, contact=contact, by=person.name)
    except TooManyReports:
        told, status = _("Too many reports in a short time: send this one later.", lang), 429
    except UnknownRecord:
        told, status = _("There is no public record at this address, or none that may be shown.", lang), 404
    except WrongCall:
        told, status = _("Say in a sentence what is wrong, in at most {most} characters.", lang).format(most=MOST_WRONG), 422
    else:
        return RedirectResponse(f"/corrections?sent={number}", status_code=303)
    return _form(request, store, about, field, status=status, problem=told, wrong=wrong, should_be=should_be, contact=contact)
