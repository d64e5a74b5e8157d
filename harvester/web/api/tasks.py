"""Tasks: who does what by when."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query, Request
from fastapi.responses import Response

from harvester import addresses
from harvester.web import problems
from harvester.web.api import routing
from harvester.web.api.answering import answer, download, linked, paged
from harvester.web.api.asking import AsOf, TaskQuestion, in_order
from harvester.web.api.common import as_typed, existing, filters_of, not_withdrawn
from harvester.web.api.shapes.tasks import TaskCourse, TaskPage, TaskWhole
from harvester.web.room import AnyStore
from storage import queries, task_versions
from storage.errors import UnknownRecord
from storage.paging import Page
from storage.questions import Tasks
from storage.selection import Filters, current_version
from storage.store import Store

router = routing.router("tasks")
TaskId = Annotated[str, Path(max_length=64, pattern=r"^[a-z0-9]{4,32}\.(k[0-9]{1,6}|[0-9]{1,6}\.t[0-9]{1,6})$")]


@router.get("/tasks", response_model=TaskPage)
def tasks(request: Request, store: AnyStore, asked: Annotated[TaskQuestion, Query()]) -> Response:
    """List tasks: who does what by when. A text that was published in several places counts once."""
    in_order(asked.due_from, asked.due_to)
    if asked.format != "json":
        if asked.order != "published":
            return problems.of_kind(request, "cannot", "A file is in the reading order: leave `order` out, and sort it by its deadlines.")
        existing(store, asked.site, asked.document)
        return download(request, Tasks(filters_of(asked, limit=asked.limit)), asked, "tasks")

    def made() -> dict[str, Any]:
        existing(store, asked.site, asked.document)
        page, read_as = as_typed(asked, ("words", "agency"), lambda one: _page(store, one))
        return paged(request, page, read_as)

    return answer(request, filters_of(asked), made, headers=linked)


def _page(store: Store, asked: TaskQuestion) -> Page:
    return queries.task_page(store, filters_of(asked, limit=asked.size()), after=asked.after, order=asked.order)


@router.get("/tasks/{identifier}", response_model=TaskWhole)
def task(request: Request, store: AnyStore, identifier: TaskId, asked: Annotated[AsOf, Query()]) -> Response:
    """Show one task, by its lasting identifier (ID.kN) or that of one version (ID.VERSION.tN); of a day as its source had it then."""
    return answer(request, asked, lambda: one_task(store, identifier, asked))


def one_task(store: Store, identifier: str, asked: AsOf) -> dict[str, Any]:
    """Return a task, with whether it stands today. Raises ``UnknownRecord``."""
    with store.reading() as connection:
        document, number = current_version(connection, identifier)
    not_withdrawn(store, document)
    there = document if asked.as_of or asked.known_at else f"{document}@{number}"
    wanted = Filters(document=there, as_of=asked.as_of, known_at=asked.known_at, all_copies=True)
    lasting = identifier if ".k" in identifier else task_versions.lasting_of(store, identifier)
    found = next((row for row in queries.tasks(store, wanted) if identifier == row["id"] or row["lasting_id"] == lasting), None)
    if found is None:
        raise UnknownRecord(f"There was no task {identifier} at that time: leave as_of and known_at out, or look at its history.")
    course = task_versions.course(store, found["lasting_id"])
    ended = course.ended if course else ""
    return found | {"stands": not ended, "ended": ended, "place": addresses.task(found["lasting_id"], at=asked.as_of)}


@router.get("/tasks/{identifier}/history", response_model=TaskCourse)
def history(request: Request, store: AnyStore, identifier: TaskId) -> Response:
    """Follow one task through the versions of its document: what each said of it, and how it ended."""

    def made() -> dict[str, Any]:
        lasting = identifier if ".k" in identifier else task_versions.lasting_of(store, identifier)
        course = task_versions.course(store, lasting or "")
        if course is None:
            raise UnknownRecord(f"There is no task {identifier} in the store: list what there is with /api/v1/tasks.")
        not_withdrawn(store, course.document["id"])
        return {name: getattr(course, name) for name in ("lasting", "ended", "ended_at", "ended_on", "ended_in", "ended_by")} | {
            "document": course.document["id"],
            "title": course.document["title"],
            "rows": [_said(row) for row in course.said],
            "place": addresses.history(addresses.task(course.lasting)),
        }

    return answer(request, identifier, made)


def _said(row: dict[str, Any]) -> dict[str, Any]:
    names = ("id", "version", "change", "known_at", "in_force_from", "number", "section", "text", "open_list", "address", "deadline")
    return {name: row[name] for name in (*names, "lead", "partner", "responsible", "implied")}
