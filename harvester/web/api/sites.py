"""Sites with how fresh they are, the ledger of what was had of them, and runs (operators)."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import Response
from sqlalchemy import func, select

from harvester.web.access import rights
from harvester.web.api import routing
from harvester.web.api.answering import answer, paged
from harvester.web.api.asking import CoverageQuestion, RunQuestion
from harvester.web.api.common import existing
from harvester.web.api.shapes.sites import CoveragePage, RunPage, SitePage
from harvester.web.room import AnyStore
from spiders.record_sheet import RecordSheet
from spiders.sheets import sheets_by_id
from storage import change_queries, notice_queries, queries
from storage.paging import Page
from storage.schema import documents
from storage.store import Store

Row = dict[str, Any]
router = routing.router("sites")
operators = routing.router("operators", role=rights.operator())


@router.get("/sites", response_model=SitePage)
def sites(request: Request, store: AnyStore) -> Response:
    """List the sites: what is known of each, how much of it is stored, and until when it was looked at."""

    def made() -> Row:
        rows = _sites(store)
        return paged(request, Page(rows, "", len(rows)))

    return answer(request, None, made)


def _sites(store: Store) -> list[Row]:
    d = documents.c
    with store.reading() as connection:
        counts = {row[0]: row[1] for row in connection.execute(select(d.site, func.count()).group_by(d.site))}
    held = Counter[str]()
    for source in notice_queries.sources_looked_at(store):
        held[source["site"]] += source["held"]
    looked = {row["site"]: row for row in change_queries.looked_at(store)}
    blank = {"looked_at": None, "complete_at": None, "verdict": None}
    rows = []
    for sheet in sheets_by_id().values():
        families = [section.family for section in sheet.sections] if isinstance(sheet, RecordSheet) else [sheet.family]
        said: Row = {"site": sheet.id, "name": sheet.name_zh, "kind": sheet.kind.value, "region": sheet.region}
        said |= {"family": ", ".join(dict.fromkeys(families)), "sections": len(sheet.sections), "address": sheet.base or "unknown"}
        seen = looked.get(sheet.id, blank)
        rows.append(said | {"documents": counts.get(sheet.id, 0), "records": held[sheet.id]} | {name: seen[name] for name in blank})
    return rows


@router.get("/coverage", response_model=CoveragePage)
def coverage(request: Request, store: AnyStore, asked: Annotated[CoverageQuestion, Query()]) -> Response:
    """Hold what each site says it has against what was harvested, by section and part: caps and gaps are named."""

    def made() -> Row:
        existing(store, asked.site)
        rows = notice_queries.coverage(store, run=asked.run, site=asked.site)
        last = {row["site"]: row["run"] for row in reversed(rows)}
        kept = rows if asked.run else [row for row in rows if row["run"] == last[row["site"]]]
        return paged(request, Page(kept, "", len(kept)))

    return answer(request, None, made)


@operators.get("/runs", response_model=RunPage)
def runs(request: Request, store: AnyStore, asked: Annotated[RunQuestion, Query()]) -> Response:
    """List the runs of the crawler, the newest first, with their verdict and its cause."""

    def made() -> Row:
        existing(store, asked.site)
        rows = queries.runs(store, asked.site, asked.limit)
        return paged(request, Page(rows, ""))

    return answer(request, None, made)
