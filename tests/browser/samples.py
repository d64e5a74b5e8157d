"""Every page of the room with addresses to open it at: a page route that is not named here fails a test.

One line a page: its path as it is declared, and addresses with the names of ``places``. What is no page for people (files, feeds,
calendars, the API, redirects) is named in ``NO_PAGES``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harvester import audited
from storage import change_queries, notice_queries, queries, specimens, task_versions, version_queries
from storage.notice_queries import NoticeFilters
from storage.operations_queries import RunFilters, run_page
from storage.selection import Filters
from storage.store import Store

PAGES: dict[str, tuple[str, ...]] = {
    "/": ("/",),
    "/tasks": ("/tasks", "/tasks?agency={agency}&year=2026", "/tasks?words=nothing-holds-this"),
    "/agencies": ("/agencies",),
    "/a/{name}": ("/a/{agency}",),
    "/documents": ("/documents",),
    "/find": ("/find?q=%E4%BF%A1%E7%94%A8", "/find?q=nothing-is-called-so"),
    "/search": ("/search?words=%E4%BF%A1%E7%94%A8",),
    "/compare": ("/compare?old={document}%401&new={document}%402", "/compare"),
    "/align": ("/align", "/align?documents={document}&documents={other}"),
    "/w/{name}": ("/w/{work}",),
    "/d/{name}": ("/d/{document}", "/d/{hostile}", "/d/{document}%40{day}"),
    "/d/{name}/v{number:int}": ("/d/{document}/v1",),
    "/d/{name}/history": ("/d/{document}/history",),
    "/d/{name}/archived": ("/d/{document}/archived",),
    "/d/{name}/v{number:int}/archived": ("/d/{document}/v1/archived",),
    "/d/{name}/{part}": ("/d/{document}/{part}",),
    "/d/{name}/v{number:int}/{part}": ("/d/{document}/v1/{part}",),
    "/d/{name}/{part}/history": ("/d/{document}/{part}/history",),
    "/t/{name}": ("/t/{task}", "/t/{task}%40{day}"),
    "/t/{name}/history": ("/t/{task}/history",),
    "/login": ("/login",),
    "/account": ("/account",),
    "/accounts": ("/accounts",),
    "/audit": ("/audit",),
    "/records": ("/records", "/records?kind=penalty&region=310000", "/records?words=nothing-holds-this"),
    "/n/{identifier}": ("/n/{record}", "/n/{person}"),
    "/s/{code}": ("/s/{code}",),
    "/changes": ("/changes", "/changes?cause=any&entity=task&entity=document", "/changes?words=nothing-holds-this"),
    "/watches": ("/watches",),
    "/watches/new": ("/watches/new?agency={agency}",),
    "/watches/deliveries": ("/watches/deliveries",),
    "/reports": ("/reports", "/reports?state=mended"),
    "/review": ("/review", "/review?kind=tie", "/review?kind=ending", "/review?kind=suggestion"),
    "/review/decisions": ("/review/decisions",),
    "/coverage": ("/coverage",),
    "/help": ("/help",),
    "/sql": ("/sql", "/sql?sql=SELECT+site%2C+count%28%2A%29+FROM+v_documents+GROUP+BY+site"),
    "/dictionary": ("/dictionary",),
    "/corrections": ("/corrections",),
    "/corrections/new": ("/corrections/new?about=%2Fd%2F{document}&field=title",),
    "/api": ("/api",),
    "/operations": ("/operations",),
    "/operations/runs": (
        "/operations/runs",
        "/operations/runs?site=jiangsu&verdict=incomplete",
        "/operations/runs?verdict=blocked&reach=all",
    ),
    "/operations/runs/{run}": ("/operations/runs/{broken}", "/operations/runs/{complete}", "/operations/runs/{running}"),
    "/operations/sites/{site}": ("/operations/sites/jiangsu", "/operations/sites/suzhou_sip", "/operations/sites/anhui_records"),
    "/operations/specimens/{number:int}": ("/operations/specimens/{good}", "/operations/specimens/{bad}"),
    "/operations/schedule": ("/operations/schedule",),
}
REFUSED: dict[str, int] = {
    "/n/n0000000000000000": 404,
    "/d/dzzzzzzzzzzz": 404,
    "/nowhere": 404,
    "/s/123": 400,
    "/records?code=110101199003074514": 400,
    "/changes?since=whenever": 400,
    "/corrections/new?about=https%3A%2F%2Fevil.example%2F": 400,
    "/sql?sql=DELETE+FROM+v_tasks": 422,
    "/operations/runs/nowhere": 404,
    "/operations/sites/nowhere": 404,
    "/operations/specimens/0": 404,
    "/operations/runs?verdict=perfect": 422,
}
"""Pages that say that something cannot be shown, and their status."""
NO_PAGES = (
    "/api/", "/static/", "/charts/", "/calendar/", "/preferences", "/changes.", "/subject", "/sql/answer.", "/tasks.",
    "/documents.", "/agencies.", "/records.", "/a/{name}.", "/d/{name}.", "/d/{name}/timemap", "/d/{name}/v{number:int}/archived/bytes",
    "/t/{name}.", "/w/{name}.", "/compare.", "/align.", "/find.", "/search.", "/robots.txt", "/health", "/metrics", "/n/{identifier}.",
    "/coverage.",
    "/operations/runs/{run}/events", "/operations/sites/{site}/runs.", "/operations/sites/{site}/drift.",
    "/operations/specimens/{number:int}/bytes",
)  # fmt: skip
"""Beginnings of routes that are no pages."""


def is_page(path: str) -> bool:
    """Tell whether a route is a page for people."""
    return not path.startswith(NO_PAGES)


@dataclass(frozen=True, slots=True)
class Address:
    """One address of a page, and the status it answers with."""

    route: str
    path: str
    status: int = 200


def addresses(store: Store) -> list[Address]:
    """Return the addresses of every page, with identifiers of the store."""
    known = places(store)
    found = [Address(route, path.format(**known)) for route, paths in PAGES.items() for path in paths]
    return found + [Address("", path, status) for path, status in REFUSED.items()]


def places(store: Store) -> dict[str, Any]:
    """Return identifiers of everything that pages are about: of documents one with two versions and tasks."""
    today = audited.today()
    documents = queries.documents(store)
    changed = next(row for row in documents if row["version"] > 1)["id"]
    tasks = queries.tasks(store, Filters(document=changed))
    records = notice_queries.notices(store, NoticeFilters(), today=today)
    legal = [row for row in records if row["subject_kind"] == "legal"]
    person = next(row for row in records if row["subject_kind"] == "person")
    versions = version_queries.versions(store, changed)
    assert change_queries.latest(store)
    assert task_versions.course(store, tasks[0]["lasting_id"])
    return {
        "document": changed, "other": next(row["id"] for row in documents if row["tasks"] and row["id"] != changed),
        "hostile": next((row["id"] for row in documents if "<script>" in row["title"]), changed),
        "work": next(row["work"] for row in documents if row["id"] == changed),
        "task": tasks[0]["lasting_id"], "part": "tab1.r2", "day": versions[0]["first_seen"].date(),
        "agency": next(body["id"] for row in tasks for body in [*row["lead"], *row["responsible"]] if body["id"]),
        "record": legal[0]["id"], "code": legal[0]["code"], "person": person["id"], **of_operations(store),
    }  # fmt: skip


def of_operations(store: Store) -> dict[str, Any]:
    """Return the runs and specimens that pages for operators are about."""

    def last(verdict: str) -> str:
        return str(run_page(store, RunFilters(verdict=verdict)).rows[0]["id"])

    kept = specimens.of_site(store, "jiangsu")
    good, bad = (next(each.id for each in kept if each.good is wanted) for wanted in (True, False))
    return {"broken": last("incomplete"), "complete": last("complete"), "running": last("running"), "good": good, "bad": bad}
