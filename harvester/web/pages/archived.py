"""What is archived of a document: what was fetched, when, its digest and place; its bytes as a download that nothing here runs."""

from __future__ import annotations

import re
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from harvester import addresses
from harvester.web.access.rights import reader
from harvester.web.reading.asked import asked_of, withdrawn
from harvester.web.reading.card import Card, card_of, version_at
from harvester.web.room import AnyStore
from harvester.web.shown import page
from storage.errors import StoreError, UnknownRecord
from storage.explain import archived as archived_of
from storage.sources import capture_row
from storage.store import Store

router = APIRouter(dependencies=[reader()])

SHOWN_HEADERS = frozenset(("content-type", "content-length", "last-modified", "etag", "date", "server", "content-disposition"))
"""Headers of an archived answer that say something of the document; others may hold a session of the crawl."""
EXTENSIONS = {"text/html": "html", "application/pdf": "pdf", "application/msword": "doc", "text/plain": "txt", "application/json": "json"}


@router.get("/d/{name}/archived")
def archived(request: Request, store: AnyStore, name: str) -> Response:
    """Show what is archived of a document's last version."""
    return _shown(request, store, name, "")


@router.get("/d/{name}/v{number:int}/archived")
def archived_version(request: Request, store: AnyStore, name: str, number: int) -> Response:
    """Show what is archived of one version."""
    return _shown(request, store, name, str(number))


@router.get("/d/{name}/v{number:int}/archived/bytes")
def archived_bytes(request: Request, store: AnyStore, name: str, number: int) -> Response:
    """Give the archived bytes of a version as a download."""
    asked = asked_of(name)
    if gone := withdrawn(request, store, asked.document):
        return gone
    card = card_of(store, asked.document, version_at(store, asked.document, str(number)))
    body = _body(store, card)
    file = f"{card.id}-v{card.number}.{_extension(str(card.capture.get('media_type', '')))}"
    headers = {
        "Content-Disposition": f'attachment; filename="{file}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(body, media_type="application/octet-stream", headers=headers)


def _body(store: Store, card: Card) -> bytes:
    try:
        return store.archive.read(capture_row(card.capture).location).body
    except StoreError:
        problem = f"The archive does not hold the bytes of {card.id} version {card.number}: its text is at /d/{card.id}."
        raise UnknownRecord(problem) from None


def _shown(request: Request, store: Store, name: str, number: str) -> Response:
    asked = asked_of(name)
    if gone := withdrawn(request, store, asked.document):
        return gone
    card = card_of(store, asked.document, version_at(store, asked.document, number or asked.at))
    kept: dict[str, Any] = archived_of(store, card.capture)
    headers = [(key, value) for key, value in kept.get("headers", []) if key.lower() in SHOWN_HEADERS]
    return page(request, "archived.html", card=card, kept=kept, headers=headers, bytes_at=addresses.archived(card.id, version=card.number))


def _extension(media_type: str) -> str:
    bare = media_type.partition(";")[0].strip().lower()
    return EXTENSIONS.get(bare, "") or re.sub("[^a-z0-9]", "", bare.rpartition(".")[2].rpartition("/")[2])[:10] or "bin"
