"""Documents that stand at another address of their site now: gone at the old one, with the same text live at a new one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from storage.identity import text_key
from storage.schema import documents, versions, work_ties
from storage.states import document_state, state_row
from storage.works import TEMPLATE_LENGTH

Row = dict[str, Any]


def settle(connection: Connection, document: str, at: datetime, run: str | None = None) -> list[Row]:
    """Put right what moved from or to a document whose state or text has just been written, and return the rows for the feed.

    A document that is gone has moved when the same site shows the same text live under another key, whichever of the two was
    found first; of several the least identifier. A document whose new place is gone, too, is gone again, or moves on. Equal texts below
    ``works.TEMPLATE_LENGTH`` must have one title, too. ``at`` is the moment of both clocks.
    """
    d = documents.c
    here = connection.execute(select(d.id, d.state, d.site, d.kind).where(d.id == document)).one_or_none()
    if here is None:
        return []
    found: list[Row] = []
    concerned = _left_behind(connection, document) if here.state == "live" else _led_to(connection, document)
    for each in sorted(concerned | ({document} if here.state in ("gone", "moved") else set())):
        found += _placed(connection, each, at, run)
    return found


def _placed(connection: Connection, document: str, at: datetime, run: str | None) -> list[Row]:
    """Give a document that is gone the place it moved to, or none."""
    target = min(_same_text(connection, document, ["live"]), default=None)
    state = "moved" if target else "gone"
    before = document_state(connection, document)
    if before is None or (before["state"], before["moved_to"]) == (state, target):
        return []
    values: Row = {"state": state, "moved_to": target} | ({"state_since": at} if before["state"] != state else {})
    connection.execute(update(documents).where(documents.c.id == document).values(values))
    after = document_state(connection, document)
    if after is None:
        return []
    return [state_row(state, before, after, run, at) | {"fields": ["state", "moved_to"]}]


def _left_behind(connection: Connection, document: str) -> set[str]:
    """Return the documents that are gone and said what a live one says, and those that are said to have moved to it."""
    return _same_text(connection, document, ["gone"]) | _led_to(connection, document)


def _led_to(connection: Connection, document: str) -> set[str]:
    here = (documents.c.moved_to == document) & (documents.c.state == "moved")
    return set(connection.execute(select(documents.c.id).where(here)).scalars())


def _same_text(connection: Connection, document: str, states: Collection[str]) -> set[str]:
    """Return the documents of the same site, kind and text, in one of these states.

    Of what is gone the last text counts, of what is live any: it may have been edited since it moved.
    """
    d, v = documents.c, versions.c
    columns = (d.site, d.kind, d.version, d.title.label("listed"), v.number, v.title, v.content_hash, v.folded_length)
    query = select(*columns).join(versions, v.document_id == d.id).where(d.id == document, v.folded_length > 0)
    found: set[str] = set()
    for row in connection.execute(query):
        if states == ["live"] and row.number != row.version:
            continue
        last = [] if states == ["live"] else [v.number == d.version]
        same = select(d.id, v.title, d.title.label("listed")).join(versions, v.document_id == d.id)
        same = same.where(
            v.content_hash == row.content_hash, d.site == row.site, d.kind == row.kind, d.id != document, d.state.in_(states), *last
        )
        for other in connection.execute(same.limit(100)):
            titles = {text_key(row.title or row.listed), text_key(other.title or other.listed)}
            if row.folded_length >= TEMPLATE_LENGTH or (len(titles) == 1 and titles != {""}):
                found.add(other.id)
    return found | _tied(connection, document, states)


def _tied(connection: Connection, document: str, states: Collection[str]) -> set[str]:
    """Return the documents of the same site and kind that a person said to be the same text."""
    d, t = documents.c, work_ties.c
    there = select(t.other_id).where(t.document_id == document, t.reason == "decision")
    back = select(t.document_id).where(t.other_id == document, t.reason == "decision")
    said = set(connection.execute(there.union(back)).scalars())
    if not said:
        return set()
    place = select(d.site, d.kind).where(d.id == document).subquery()
    query = select(d.id).join(place, (place.c.site == d.site) & (place.c.kind == d.kind))
    return set(connection.execute(query.where(d.id.in_(said), d.state.in_(states))).scalars())
