"""What readers reported to be wrong, for operators: what waits, when it is due, and the answer."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from harvester import audited, correcting
from harvester.errors import WrongCall
from harvester.messages import _
from harvester.web.access import forgery
from harvester.web.access.rights import operator
from harvester.web.pages.asked_records import among, days_of, kept_nowhere, reader_of
from harvester.web.pages.record_words import reported_field
from harvester.web.reading.names import names_of
from harvester.web.room import Anyone, AnyStore, Number
from harvester.web.shown import page, preference
from storage import corrections
from storage.corrections import CONFIRMED, DECLINED, MENDED, NEW, Answer
from storage.corrections_schema import STATES
from storage.errors import StoreError, UnknownRecord
from storage.store import Store

router = APIRouter(dependencies=[operator()])
SIZE = 200
Text = Annotated[str, Form(max_length=4000)]


@router.get("/reports")
def reports(request: Request, store: AnyStore, state: str = NEW, answered: Number = 0) -> HTMLResponse:
    """Show the reports of a state, those that are due first."""
    return _page(request, store, state if state in ("", *STATES) else NEW, answered=answered)


def _page(
    request: Request, store: Store, state: str, *, status: int = 200, answered: int = 0, problem: str = "", number: int = 0
) -> HTMLResponse:
    rows = corrections.listed(store, state=state, limit=SIZE)
    lang = preference(request, "lang")
    called = names_of(store, (row["address"] for row in rows if row["address"] and row["about"] != "record"), lang)
    for row in rows:
        row["called"] = called.get(row["address"]) or _("a public record", lang)
        row["field_told"] = reported_field(row["about"], row["field"], lang)
    more: dict[str, Any] = {"counts": corrections.counts(store), "states": STATES, "answers": (MENDED, CONFIRMED, DECLINED)}
    more |= {"today": audited.today(), "answered": answered, "problem": problem, "number": number}
    # A report may repeat a public record; no cache keeps it.
    return kept_nowhere(page(request, "reports.html", status=status, rows=rows, state=state, **more))


@router.post("/reports", dependencies=[forgery.form()])
def answer(
    request: Request, store: AnyStore, person: Anyone, number: Annotated[int, Form()], state: Text, told: Text = "", reason: Text = "",
    wrong_from: Text = "", mended_on: Text = "",
) -> Response:  # fmt: skip
    """Answer a report; the answer stands in the public log."""
    lang = preference(request, "lang")
    try:
        among(state, (MENDED, CONFIRMED, DECLINED), lang)
        first, last = days_of(wrong_from, mended_on, lang)
        given = Answer(state, told, reason, first, _mended(state, last))
        correcting.answer(store, number, given, reader_of(person))
    except UnknownRecord:
        raise
    except WrongCall as error:
        return _page(request, store, NEW, status=422, problem=str(error), number=number)
    except StoreError:
        problem = _("An answer needs a public sentence on what was wrong; one that declines, also the reason.", lang)
        return _page(request, store, NEW, status=422, problem=problem, number=number)
    return RedirectResponse(f"/reports?answered={number}", status_code=303)


def _mended(state: str, day: date | None) -> date | None:
    return (day or audited.today()) if state == MENDED else None
