"""Documents that stand at another address of their site now: gone at the old one, with the same text live at a new one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, CompoundSelect, Connection, Select, TextClause, bindparam, select, text, update

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
    state = connection.execute(_STATE, {"document": document}).scalar_one_or_none()
    if state is None:
        return []
    found: list[Row] = []
    concerned = _left_behind(connection, document) if state == "live" else _led_to(connection, document)
    for each in sorted(concerned | ({document} if state in ("gone", "moved") else set())):
        found += _placed(connection, each, at, run)
    return found


def _placed(connection: Connection, document: str, at: datetime, run: str | None) -> list[Row]:
    """Give a document that is gone the place it moved to, or none."""
    target = min(_same_text(connection, document, "live"), default=None)
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
    return _same_text(connection, document, "gone") | _led_to(connection, document)


def led_to(connection: Connection, some: Sequence[str]) -> set[str]:
    """Return those of the documents that others are said to have moved to."""
    return set(connection.execute(_led_to_some(connection.dialect.name), {"some": list(some)}).scalars())


def _led_to(connection: Connection, document: str) -> set[str]:
    return set(connection.execute(_led(connection.dialect.name), {"document": document}).scalars())


def _same_text(connection: Connection, document: str, state: str) -> set[str]:
    """Return the documents of the same site, kind and text, in this state: ``gone`` or ``live``.

    Of what is gone the last text counts, of what is live any: it may have been edited since it moved.
    """
    found: set[str] = set()
    for row in connection.execute(_TEXTS, {"document": document}):
        if state == "live" and row.number != row.version:
            continue
        wanted = {"document": document, "content": row.content_hash, "site": row.site, "kind": row.kind, "state": state}
        for other in connection.execute(_SAME if state == "live" else _SAME_AT_LAST, wanted):
            titles = {text_key(row.title or row.listed), text_key(other.title or other.listed)}
            if row.folded_length >= TEMPLATE_LENGTH or (len(titles) == 1 and titles != {""}):
                found.add(other.id)
    return found | _tied(connection, document, state)


def _tied(connection: Connection, document: str, state: str) -> set[str]:
    """Return the documents of the same site and kind that a person said to be the same text."""
    d = documents.c
    said = set(connection.execute(_SAID, {"document": document}).scalars())
    if not said:
        return set()
    place = select(d.site, d.kind).where(d.id == document).subquery()
    query = select(d.id).join(place, (place.c.site == d.site) & (place.c.kind == d.kind))
    return set(connection.execute(query.where(d.id.in_(said), d.state == state)).scalars())


# --- the questions, asked of every document that is written ------------------------------------------------------------


def _by_place(dialect: str) -> str:
    # Next to no document has moved: by its statistics (after a copy) SQLite would take that index for useless and read all documents.
    return "INDEXED BY ix_documents_moved_to" if dialect == "sqlite" else ""


@cache
def _led(dialect: str) -> TextClause:
    return text(f"SELECT id FROM documents {_by_place(dialect)} WHERE moved_to = :document AND state = 'moved'")  # noqa: S608 -- a constant


@cache
def _led_to_some(dialect: str) -> TextClause:
    query = f"SELECT moved_to FROM documents {_by_place(dialect)} WHERE moved_to IN :some AND state = 'moved'"  # noqa: S608 -- a constant
    return text(query).bindparams(bindparam("some", expanding=True))


def _texts() -> Select[Any]:
    d, v = documents.c, versions.c
    columns = (d.site, d.kind, d.version, d.title.label("listed"), v.number, v.title, v.content_hash, v.folded_length)
    return select(*columns).join(versions, v.document_id == d.id).where(d.id == _GIVEN, v.folded_length > 0)


def _same(*last: ColumnElement[bool]) -> Select[Any]:
    d, v = documents.c, versions.c
    query = select(d.id, v.title, d.title.label("listed")).join(versions, v.document_id == d.id)
    there = (d.site == bindparam("site"), d.kind == bindparam("kind"), d.id != _GIVEN, d.state == bindparam("state"))
    return query.where(v.content_hash == bindparam("content"), *there, *last).limit(100)


def _said() -> CompoundSelect[Any]:
    t = work_ties.c
    there = select(t.other_id).where(t.document_id == _GIVEN, t.reason == "decision")
    return there.union(select(t.document_id).where(t.other_id == _GIVEN, t.reason == "decision"))


_GIVEN: BindParameter[str] = bindparam("document")
_STATE = select(documents.c.state).where(documents.c.id == _GIVEN)
_TEXTS, _SAID = _texts(), _said()
_SAME, _SAME_AT_LAST = _same(), _same(versions.c.number == documents.c.version)
