"""Somebody's own SQL over the documented views: a form, examples, the answer as a table and as files."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from harvester import audited
from harvester.errors import WrongCall
from harvester.messages import _
from harvester.web.access import trail
from harvester.web.access.rights import reader
from harvester.web.downloads import streamed
from harvester.web.pages.asked_once import check_day
from harvester.web.pages.asked_records import days_of, kept_nowhere
from harvester.web.room import AnyStore
from harvester.web.shown import here, page, preference
from storage.errors import SlowQuestion
from storage.store import Store

router = APIRouter(dependencies=[reader()])
Row = dict[str, Any]
SHOWN = 200
"""Rows of an answer on a page; a file has them all, up to the limit of SQL."""
LONGEST_CELL = 300
FORMS = ("csv", "xlsx", "parquet", "jsonl")
LEADING = """SELECT name, count(*) AS tasks
FROM v_task_agencies
WHERE role = 'lead'
GROUP BY name
ORDER BY tasks DESC"""
DUE = """SELECT deadline_end, text, document
FROM v_tasks
WHERE deadline_end BETWEEN '{first}' AND '{last}'
ORDER BY deadline_end"""
BY_YEAR = """SELECT site, substr(CAST(published_on AS text), 1, 4) AS year, count(*) AS documents
FROM v_documents
GROUP BY 1, 2
ORDER BY 1, 2"""
CHANGES = """SELECT substr(CAST(known_at AS text), 1, 7) AS month, kind, count(*) AS changes
FROM v_changes
GROUP BY 1, 2
ORDER BY 1, 2"""
"""Statements to begin with; both databases take them."""


@router.get("/sql")
def sql(request: Request, store: AnyStore, sql: str = "", as_of: str = "") -> HTMLResponse:
    """Show the form and, where something is asked, its answer; what is not understood is told in a sentence."""
    told: Row = {"answer": None, "problem": "", "status": 200}
    if sql.strip():
        told |= _answered(request, store, sql, as_of)
    status = told.pop("status")
    links = [(name, here(request, sql=text, as_of=None)) for name, text in examples(preference(request, "lang"))]
    shown = page(request, "sql.html", status=status, sql=sql, as_of=as_of, examples=links, forms=FORMS, most=SHOWN, **told)
    return kept_nowhere(shown)


def examples(lang: str) -> list[tuple[str, str]]:
    """Return what can be asked, and the statement that asks it."""
    today = audited.today()
    return [
        (_("Tasks by leading body", lang), LEADING),
        (_("Deadlines of the next 90 days", lang), DUE.format(first=today, last=today + timedelta(days=90))),
        (_("Documents by site and year", lang), BY_YEAR),
        (_("Changes by month", lang), CHANGES),
    ]


def _answered(request: Request, store: Store, sql: str, as_of: str) -> Row:
    from storage import plain_sql  # its parser: this page alone waits for it

    try:
        found = ask(request, store, sql, as_of, SHOWN)
    except (plain_sql.RefusedQuestion, WrongCall) as error:
        return {"problem": str(error), "status": 422}
    except SlowQuestion:
        return {
            "problem": _("This took too long and was stopped; narrow it with WHERE, or count first.", preference(request, "lang")),
            "status": 503,
        }
    return {"answer": found, "cells": [[_cell(value) for value in row] for row in found.rows]}


def ask(request: Request, store: Store, sql: str, as_of: str, limit: int) -> Any:  # noqa: ANN401 -- plain_sql.Answer, imported late
    """Return the answer to a statement, once it is logged who is shown public records in it."""
    from storage import plain_sql

    day, _same = days_of(as_of, "", preference(request, "lang"))
    check_day(day, preference(request, "lang"))
    found = plain_sql.ask(store, sql, limit=limit, as_of=day)
    if found.of_records:
        trail.shown_ids(request, "sql", {"words": sql}, found.record_ids(), len(found.rows))
    return found


def _cell(value: object) -> tuple[str, bool]:
    """Return a value as a page shows it, and whether it is a number."""
    if isinstance(value, datetime | date):
        return value.isoformat(), False
    text = "" if value is None else str(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]}…", is_number


@router.get("/sql/answer.{form}")
def download(request: Request, store: AnyStore, form: str, sql: str = "", as_of: str = "") -> Response:
    """Return the answer to a statement as a file."""
    from storage import plain_sql, streams

    if form not in FORMS:
        raise HTTPException(404)
    try:
        found = ask(request, store, sql, as_of, plain_sql.MOST)
    except plain_sql.RefusedQuestion as error:
        raise HTTPException(422, str(error)) from None
    headers = {"Content-Disposition": f'attachment; filename="answer.{form}"', "Cache-Control": "no-store"}
    return streamed(
        request, sql, lambda: streams.chunks(store, found.table, form), streams.MEDIA_TYPES[form], coding=False, headers=headers
    )
