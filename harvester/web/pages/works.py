"""One matter: all copies of a text, its drafts, editions, division tables, explanations; why each belongs to it."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy import select

from harvester import addresses
from harvester.web.access.rights import reader
from harvester.web.room import AnyStore
from harvester.web.shown import page
from storage import work_queries
from storage.errors import UnknownRecord
from storage.schema import documents
from storage.store import Store

router = APIRouter(dependencies=[reader()])


@router.get("/w/{name}")
def work(request: Request, store: AnyStore, name: str) -> Response:
    """Show a work; one that became part of another leads to that one."""
    name, json = name.removesuffix(".json"), name.endswith(".json")
    try:
        found = work_queries.show(store, name)
    except UnknownRecord:
        if place := _merged_into(store, name):
            return RedirectResponse(addresses.work(place), status_code=308)
        raise
    if found["work"] != name:
        return RedirectResponse(addresses.work(found["work"]), status_code=308)
    shown = [row for row in found["documents"] if row["state"] != "withdrawn"]
    if not shown:
        return page(request, "document_withdrawn.html", status=410, identifier=name, since=None)
    if len(shown) < len(found["documents"]):
        found = found | {"title": shown[0]["title"]}  # the work may be called after what was withdrawn
    if json:
        return JSONResponse(_plain(found | {"documents": shown}))
    return page(request, "work.html", work=found, documents=shown, withdrawn=len(found["documents"]) - len(shown))


def _merged_into(store: Store, name: str) -> str:
    """Return the work that holds the document which a work of another day was called after, empty for none."""
    if not re.fullmatch(r"w[a-z2-7]{11}", name):
        return ""
    d = documents.c
    with store.reading() as connection:
        return connection.execute(select(d.work_id).where(d.id == "d" + name[1:])).scalar() or ""


def _plain(found: dict[str, object]) -> dict[str, object]:
    """Return a work for programs, its people's decisions left out: they are the operators'."""
    rows = [{key: str(value) if value is not None else None for key, value in row.items()} for row in found["documents"]]  # type: ignore[attr-defined]
    return {"work": found["work"], "title": found["title"], "reason": found["reason"], "documents": rows, "links": found["links"]}
