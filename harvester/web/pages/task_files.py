"""The tasks of a question as files: tables for spreadsheets and programs, a page of rows as JSON."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from harvester import addresses
from harvester.values import plain
from harvester.web.access.rights import reader
from harvester.web.downloads import check, table
from harvester.web.pages.asked_once import asks
from harvester.web.pages.asked_tasks import KNOWN, check_shown, filters_of, said
from harvester.web.room import AnyStore, base_of
from harvester.web.shown import preference
from storage import queries
from storage.questions import Tasks

router = APIRouter(dependencies=[reader(), asks(*KNOWN, "after")])

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
    check(request, form, lang)
    question = Tasks(filters_of(request.query_params, lang))
    check_shown(store, question.filters, lang)
    return table(request, question, "tasks", form)
