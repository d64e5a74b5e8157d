"""The versions of a document: when each was seen, what it changed, in words."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from harvester import addresses
from harvester.web.access.rights import reader
from harvester.web.reading.asked import asked_of, withdrawn
from harvester.web.reading.card import card_of, version_at
from harvester.web.reading.telling import told_of
from harvester.web.room import AnyStore
from harvester.web.shown import page, preference

router = APIRouter(dependencies=[reader()])


@router.get("/d/{name}/history")
def document_history(request: Request, store: AnyStore, name: str, form: str = "") -> Response:
    """Show the versions of a document and what each changed; ``form=json`` for programs."""
    asked = asked_of(name)
    if gone := withdrawn(request, store, asked.document):
        return gone
    card = card_of(store, asked.document, version_at(store, asked.document, ""))
    told = told_of(card, preference(request, "lang"))
    if form == "json" or asked.form == "json":
        names = ("version", "change", "in_force_from", "first_seen", "last_seen", "content_hash", "tasks", "changes")
        rows = [{name: row[name].isoformat() if hasattr(row[name], "isoformat") else row[name] for name in names} for row in card.versions]
        return JSONResponse({"document": card.id, "address": addresses.document(card.id), "versions": rows})
    return page(request, "document_history.html", card=card, told=told)
