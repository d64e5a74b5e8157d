"""The tasks of a question as files: tables for spreadsheets and programs, a page of rows as JSON."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from harvester import addresses
from harvester.errors import WrongCall
from harvester.messages import _
from harvester.values import plain
from harvester.web.access.rights import reader
from harvester.web.downloads import table
from harvester.web.pages.asked_tasks import check_shown, filters_of, said
from harvester.web.reading.asked import base_of
from harvester.web.room import AnyStore
from harvester.web.shown import preference
from storage import queries
from storage.errors import UnknownRecord
from storage.questions import Tasks
from storage.store import Store

router = APIRouter(dependencies=[reader()])

FORMS = ("csv", "xlsx", "parquet", "jsonl")
PAGE = 100


@router.get("/tasks.json")
def page_of_rows(request: Request, store: AnyStore, order: str = "published", after: str = "") -> Response:
    """Give a page of tasks as JSON, with the address of the next one."""
    asked = said(request.query_params, preference(request, "lang"))
    filters = filters_of(asked, preference(request, "lang"), PAGE)
    check_shown(store, filters, preference(request, "lang"))
    found = queries.task_page(store, filters, after=after, order=order)
    shape: dict[str, Any] = asked | ({"order": order} if order != "published" else {})
    following = base_of(request) + addresses.listing("/tasks.json", {**shape, "after": found.next}) if found.next else None
    rows = [{**row, "link": base_of(request) + addresses.task(row["lasting_id"])} for row in found.rows]
    return JSONResponse(plain({"total": found.total, "next": following, "tasks": rows}))


@router.get("/tasks.{form}")
def file(request: Request, store: AnyStore, form: str) -> Response:
    """Give all tasks of a question as a file."""
    lang = preference(request, "lang")
    if form not in FORMS:
        raise UnknownRecord(_("Tasks are given as {forms}.", lang).format(forms=", ".join((*FORMS, "json"))))
    if "after" in request.query_params:
        raise WrongCall(_("A download begins at the first row: leave `after` out.", lang))
    return _file(request, store, form, lang)


def _file(request: Request, store: Store, form: str, lang: str) -> Response:
    question = Tasks(filters_of(request.query_params, lang))
    check_shown(store, question.filters, lang)
    return table(request, question, "tasks", form)
