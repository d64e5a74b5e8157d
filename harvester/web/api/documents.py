"""Documents, and one of them with everything that is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from fastapi import Path, Query, Request
from fastapi.responses import Response
from pydantic import Field
from pydantic.json_schema import SkipJsonSchema
from sqlalchemy import func, select

from harvester import addresses
from harvester.web.api import routing
from harvester.web.api.answering import answer, download, linked, paged
from harvester.web.api.asking import DocumentQuestion, Timed
from harvester.web.api.common import as_typed, existing, filters_of
from harvester.web.api.shapes.documents import DocumentPage, DocumentWhole, VersionPage
from harvester.web.reading import card as cards
from harvester.web.reading import versions as readings
from harvester.web.room import AnyStore
from normalizers.records import Block
from storage import change_queries, queries, version_queries
from storage.errors import UnknownRecord
from storage.paging import Page
from storage.questions import Documents
from storage.schema import documents as table
from storage.schema import versions as version_table
from storage.selection import Filters
from storage.store import Store

Row = dict[str, Any]
Part = Literal["text", "blocks", "tasks", "versions", "copies", "links", "references", "currency"]
_SAID = ("index_number", "printed_on", "effective_on", "expires_on", "in_force_from", "known_at", "normalizer_version")

router = routing.router("documents")
DocumentId = Annotated[str, Path(pattern="^[a-z0-9]{4,32}$")]


class OneDocument(Timed):
    """What one document can be asked."""

    chapter: ClassVar[str] = "asked"
    version: Annotated[int, Field(ge=1, le=10_000)] | SkipJsonSchema[None] = None
    parts: tuple[Part, ...] = ()

    def wants(self, part: Part) -> bool:
        """Tell whether a part is asked for; blocks only by name: the archived file is laid out again for them."""
        return part in self.parts or (not self.parts and part != "blocks")


@router.get("/documents", response_model=DocumentPage)
def documents(request: Request, store: AnyStore, asked: Annotated[DocumentQuestion, Query()]) -> Response:
    """List documents, every copy, the newest first."""
    if asked.format != "json":
        existing(store, asked.site)
        return download(request, Documents(filters_of(asked, limit=asked.limit)), asked, "documents")

    def made() -> Row:
        existing(store, asked.site)
        page, read_as = as_typed(asked, ("words",), lambda one: _page(store, one))
        return paged(request, page, read_as)

    return answer(request, filters_of(asked), made, headers=linked)


def _page(store: Store, asked: DocumentQuestion) -> Page:
    return queries.document_page(store, filters_of(asked, limit=asked.size()), after=asked.after)


@router.get("/documents/{identifier}", response_model=DocumentWhole)
def document(request: Request, store: AnyStore, identifier: DocumentId, asked: Annotated[OneDocument, Query()]) -> Response:
    """Show one document, now, in one version, or as it was said on a day and known by a moment; what was withdrawn is not repeated."""
    return answer(request, asked, lambda: whole(store, identifier, asked))


@router.get("/documents/{identifier}/versions", response_model=VersionPage)
def versions(request: Request, store: AnyStore, identifier: DocumentId) -> Response:
    """List the versions of a document, the first one first: since when it said what, and how many changes each brought."""

    def made() -> Row:
        found = version_queries.versions(store, identifier)
        return paged(request, Page(found, "", len(found)))

    return answer(request, identifier, made)


def whole(store: Store, identifier: str, asked: OneDocument) -> Row:
    """Return a document with the parts that are asked for. Raises ``UnknownRecord``."""
    name = f"{identifier}@{asked.version}" if asked.version else identifier
    clocks: Row = {} if asked.version else {"as_of": asked.as_of, "known_at": asked.known_at}
    found = queries.documents(store, Filters(document=name, **clocks))
    if not found:
        when = "in that version" if asked.version else "at that time" if any(clocks.values()) else "in the store"
        raise UnknownRecord(f"There is no document {identifier} {when}: list what there is with /api/v1/documents.")
    head = found[0]
    card = cards.card_of(store, identifier, head["version"])
    hidden = card.place["state"] == "withdrawn"
    said: Row = {name: card.said[name] for name in _SAID}
    said |= {"issuers": [_issuer(row) for row in card.issuers], "regions": list(card.regions)}
    place = addresses.document(identifier, at=asked.as_of, version=asked.version)
    return (
        head | said | _text(store, head, asked, hidden=hidden) | _around(card, asked) | _currency(store, card, asked) | {"address": place}
    )


def _issuer(row: Mapping[str, Any]) -> Row:
    return {"id": row["agency_id"]} | {name: row[name] for name in ("mention", "name", "kind", "resolved", "rule", "flags")}


def _text(store: Store, head: Row, asked: OneDocument, *, hidden: bool) -> Row:
    """Return text, blocks and tasks of a version; nothing of one that its publisher withdrew."""
    out: Row = {"text": None, "blocks": None, "blocks_problem": "", "task_rows": None}
    if hidden:
        return out | {"blocks_problem": "withdrawn by its publisher"}
    if asked.wants("text"):
        v = version_table.c
        with store.reading() as connection:
            out["text"] = connection.execute(select(v.text).where(v.document_id == head["id"], v.number == head["version"])).scalar_one()
    if asked.wants("blocks"):
        reading = readings.read(store, head["id"], head["version"])
        out["blocks"] = [_block(block) for block in reading.blocks]
        out["blocks_problem"] = "" if reading.whole else "the archived file cannot be laid out; its lines stand here"
    if asked.wants("tasks"):
        out["task_rows"] = queries.tasks(store, Filters(document=f"{head['id']}@{head['version']}", all_copies=True))
    return out


def _block(block: Block) -> Row:
    table = block.table
    cells = [
        {name: getattr(cell, name) for name in ("row", "column", "rowspan", "colspan", "text")} | {"span": _span(cell.span)}
        for cell in (table.cells if table else ())
    ]
    shape = {"rows": table.rows, "columns": table.columns, "merged": table.merged, "cells": cells} if table else None
    said = {"kind": block.kind.value, "text": block.text, "span": _span(block.span), "address": block.address}
    return said | {"level": block.level, "table": shape}


def _span(span: Any) -> Row:  # noqa: ANN401 -- a Span
    return {"start": span.start, "end": span.end}


def _around(card: cards.Card, asked: OneDocument) -> Row:
    """Return what stands around a document: versions, copies, links, references both ways."""
    out: Row = dict.fromkeys(("versions", "copy_rows", "links", "names", "named_by"))
    out |= {"versions": list(card.versions)} if asked.wants("versions") else {}
    out |= {"copy_rows": [_copy(row) for row in card.copies]} if asked.wants("copies") else {}
    out |= {"links": list(card.links)} if asked.wants("links") else {}
    if asked.wants("references"):
        names = ("relation", "title", "number", "target", "span_start", "span_end")
        out["names"] = [{name: row[name] for name in names} for row in card.references]
        out["named_by"] = list(card.cited_by)
    return out


def _copy(row: Mapping[str, Any]) -> Row:
    return {"id": row["document"]} | {name: row[name] for name in ("site", "url", "title", "published_on", "state", "reason", "score")}


def _currency(store: Store, card: cards.Card, asked: OneDocument) -> Row:
    if not asked.wants("currency"):
        return {"currency": None}
    d, v = table.c, version_table.c
    day = func.max(func.coalesce(v.published_on, d.listed_on))
    query = select(day).select_from(table).join(version_table, (v.document_id == d.id) & (v.number == d.version))
    with store.reading() as connection:
        newest = connection.execute(query.where(d.site == card.place["site"], d.section == card.place["section"])).scalar()
    looked = next(iter(change_queries.looked_at(store, card.place["site"])), {"complete_at": None, "verdict": None})
    clock = {name: card.clock.get(name) for name in ("first_seen", "last_seen", "last_checked")}
    return {"currency": clock | {"complete_at": looked["complete_at"], "verdict": looked["verdict"], "newest": newest}}
