"""Runs: a list of them, and each with its verdict, its ledger, its failures and its log, which follows a run under way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse

from harvester import addresses
from harvester.observing.wording import line
from harvester.reach import Lists
from harvester.reports.pieces import visible
from harvester.web.access.rights import operator
from harvester.web.pages import operations_words as words
from harvester.web.pages.asked_once import asks
from harvester.web.pages.asked_records import among, days_of
from harvester.web.pages.operations import operators_page
from harvester.web.pages.operations_measures import compared, ledger
from harvester.web.room import AnyStore
from harvester.web.shown import moment, preference, site_name, word
from spiders.failure_classes import failure_class
from storage import operations_queries, operations_work
from storage.operations_queries import RunFilters
from storage.store import Store

router = APIRouter(dependencies=[operator()])
Row = dict[str, Any]
NAMES = ("site", "verdict", "cause", "reach", "since", "until")
REACHES = (Lists.ALL.value, Lists.RECENT.value)
LONGEST = 1000
"""Characters of a line of a log."""
SILENT = timedelta(minutes=10)
"""A run that did not say for so long that it lives is told as silent."""
Word = Annotated[str, Query(max_length=80)]


@router.get("/operations/runs", dependencies=[asks(*NAMES)])
def listing(
    request: Request, store: AnyStore, site: Word = "", verdict: Word = "", cause: Word = "", reach: Word = "", since: Word = "",
    until: Word = "", after: Annotated[str, Query(max_length=2000)] = "",
) -> HTMLResponse:  # fmt: skip
    """Show runs, the newest first. ``since`` and ``until`` are days on which they began."""
    lang = preference(request, "lang")
    first, last = days_of(since, until, lang)
    filters = RunFilters(site, among(verdict, words.VERDICTS, lang), cause, among(reach, REACHES, lang), first, last)
    found = operations_queries.run_page(store, filters, after)
    given = {"site": site, "verdict": verdict, "cause": cause, "reach": reach, "since": since, "until": until}
    pages = {
        "newer": "", "first": addresses.listing("/operations/runs", given) if after else "",
        "older": addresses.listing("/operations/runs", given, after=found.next) if found.next else "",
    }  # fmt: skip
    return operators_page(
        request, "operations_runs.html", datetime.now(UTC), rows=found.rows, given=given, pages=pages, reaches=REACHES,
        sites=[(row["id"], site_name(row["id"], lang, row["name"])) for row in operations_queries.known_sites(store)],
        causes=operations_queries.causes(store), verdicts=words.VERDICTS, lists=[word(f"lists {each}", lang) for each in REACHES],
    )  # fmt: skip


@router.get("/operations/runs/{run}")
def one(request: Request, store: AnyStore, run: str) -> HTMLResponse:
    """Show a run. Raises ``UnknownRecord``."""
    now, lang = datetime.now(UTC), preference(request, "lang")
    row = operations_queries.run(store, run)
    sections = operations_queries.sections_of(store, run)
    before, behind = operations_queries.neighbours(store, row)
    lines = [told(event, lang) for event in operations_queries.events(store, run)]
    return operators_page(
        request, "operations_run.html", now, run=row, before=before, behind=behind, ledger=ledger(row, sections),
        slices=operations_queries.slices_of(store, run), measures=[compared(store, row, each, lang) for each in sections],
        findings=operations_queries.findings_of(store, run), failures=operations_queries.failures_of(store, run),
        kind=failure_class(row["cause"]).value if row["cause"] else "", lines=lines, silent=silent(row, now), due=due_of(store, row),
        notes=row["counted"]["notes"],
    )  # fmt: skip


@router.get("/operations/runs/{run}/events.json")
def log(request: Request, store: AnyStore, run: str, after: Annotated[int, Query(ge=-1, le=(1 << 31) - 1)] = -1) -> JSONResponse:
    """Give the lines of a run's log behind a number, and whether the run ended: for the page that follows it. Raises ``UnknownRecord``."""
    lang, row = preference(request, "lang"), operations_queries.run(store, run)
    lines = [told(event, lang) for event in operations_queries.events(store, run, after)]
    ended = row["verdict"] is not None and len(lines) < operations_queries.EVENTS
    return JSONResponse({"lines": lines, "ended": ended}, headers={"Cache-Control": "no-store"})


def told(event: Mapping[str, Any], lang: str) -> Row:
    """Return a line of a log in words; what sites wrote of it is made visible."""
    detail = event["detail"] if isinstance(event["detail"], dict) else {}
    said = {"number": event["number"], "at": moment(event["at"])[-5:] + f":{event['at']:%S}"}
    said |= {"level": word(f"level {event['level']}", lang), "grave": event["level"] in ("warning", "error")}
    return said | {"text": visible(line(event["event"], detail, lang))[:LONGEST]}


def silent(row: Row, now: datetime) -> bool:
    """Tell whether a run under way was not heard of for so long that its process may be gone."""
    return row["verdict"] is None and now - (row["heartbeat_at"] or row["started_at"]) > SILENT


def due_of(store: Store, row: Row) -> Row | None:
    """Return the due run that a run was for."""
    return operations_work.due_run(store, row["due_run"]) if row["due_run"] else None
