"""The feed of changes, by numbers that only grow, and a copy of what is known to begin it from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import Response

from harvester import audited
from harvester.feed_answers import Answer
from harvester.filtering import split_kinds
from harvester.lineage import check_body, kin
from harvester.moments import moment_of
from harvester.record_questions import log_records, logged_changes
from harvester.values import to_json
from harvester.web import downloads
from harvester.web.access import trail
from harvester.web.api import routing
from harvester.web.api.answering import answer, download, following, linked
from harvester.web.api.asking import ChangeQuestion, in_order
from harvester.web.api.common import existing, shown_ids
from harvester.web.api.shapes.changes import ChangePage
from harvester.web.room import AnyStore
from storage import snapshots
from storage.change_filters import EVERYTHING, ChangeFilters
from storage.questions import Changes
from storage.store import Store

Row = dict[str, Any]
USUAL = 200
"""Rows of a page, where nothing else is asked."""
router = routing.router("changes")


@router.get("/changes", response_model=ChangePage)
def changes(request: Request, store: AnyStore, asked: Annotated[ChangeQuestion, Query()]) -> Response:
    """Tell what changed, in the order it became known. ``since`` takes the number to go on from: ``seq`` of the page before."""
    in_order(asked.as_of_from, asked.as_of_to)
    wanted = filters_of(asked)
    if asked.format != "json":
        _check(store, asked)
        whole = replace(wanted, limit=asked.limit, kin=kin(store, asked.agency) if asked.agency else ())
        question = Changes(whole, audited.today())
        announce = shown_ids(request, "changes", logged_changes(wanted))
        return download(request, question, asked, "changes", announce=announce, records=True)

    def made() -> Row:
        _check(store, asked)
        found = Answer.of(store, replace(wanted, limit=asked.limit or USUAL))
        log_records(store, trail.actor(request), wanted, found.rows)
        onward = following(request, {"since": str(found.next)}) if found.cut else None
        return {"rows": found.told(both=True), "next": onward, "seq": found.next, "more": found.cut, "looked": found.looked}

    return answer(request, wanted, made, records=True, headers=linked)


def filters_of(asked: ChangeQuestion) -> ChangeFilters:
    """Return the filters of a question. Raises ``WrongCall``."""
    kinds, record_kind = split_kinds(list(dict.fromkeys(asked.kind)))
    same = ("until", "as_of_from", "as_of_to", "agency", "region", "site", "section", "document", "work", "task", "list_name", "copies")
    given: Row = {name: getattr(asked, name) for name in same} | _since(asked.since)
    given |= {"role": asked.role or "", "colour": asked.colour or "", "word": asked.words, "record_kind": record_kind}
    causes = () if "any" in asked.cause else asked.cause or ("source",)
    wanted = ChangeFilters(**given, entities=asked.entity, kinds=kinds, causes=causes)
    if asked.everything:
        wanted = replace(wanted, causes=EVERYTHING.causes, copies=True, restated=True, withdrawn=True)
    return wanted


def _since(text: str) -> Row:
    if text.isdecimal():
        return {"since_seq": int(text)}
    return {"since": moment_of(text, datetime.now(UTC))} if text else {}


def _check(store: Store, asked: ChangeQuestion) -> None:
    existing(store, asked.site, asked.document)
    if asked.agency:
        check_body(store, asked.agency)


@router.get("/snapshot", response_class=Response, responses={200: {"content": {"application/jsonl": {"schema": {"type": "string"}}}}})
def snapshot(request: Request, store: AnyStore) -> Response:
    """Give a copy of documents, tasks and links as JSON lines; the first names ``seq``, from which /changes goes on. No public records."""
    return downloads.streamed(request, "snapshot", lambda: _lines(store), "application/jsonl", coding=True)


PIECE = 64 * 1024
"""Bytes that are sent at once."""


def _lines(store: Store) -> Iterator[bytes]:
    """Yield the head alone, then the lines some at once."""
    rows = snapshots.snapshot(store)
    yield _line(next(rows))
    piece = bytearray()
    for row in rows:
        piece += _line(row)
        if len(piece) >= PIECE:
            yield bytes(piece)
            piece.clear()
    yield bytes(piece)


def _line(row: Row) -> bytes:
    return f"{to_json(row, indent=None)}\n".encode("utf-8", "replace")
