"""New documents that share nothing with any other, as nearly all that a first crawl brings: their rows are written together.

Such a document is the single one of its work and linked to none; nothing moved to its place. So no other row decides what is written
of it, whatever else comes in the same transaction, and of as many as come one after the other each table is written by one statement.
Which are such is found out for all documents of a transaction by a few questions. In doubt one is none: all others are held against
what is stored, one after the other (``ingest``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from normalizers.text.fold import fold
from storage import moves, pairing
from storage.capture_writing import write_captures
from storage.change_schema import document_keys
from storage.changes import tell
from storage.identity import document_id, text_key, work_id
from storage.keys_of_texts import Band, Key, bands_of, keys_of
from storage.records import Effect, Incoming, Publication
from storage.row_writing import insert_rows, upsert
from storage.schema import clocks, documents, signature_bands, tasks, unread, version_issuers, version_regions, versions
from storage.schema import works as work_rows
from storage.states import state_of_rows, states_of_rows
from storage.types import storable
from storage.version_changes import Origin, first_step, version_rows
from storage.version_ingest import VersionPlace, first_day, outside
from storage.versions import Rows, insert_versions, rows_of_version

Row = dict[str, Any]
_THERE = select(documents.c.id).where(documents.c.id.in_(bindparam("some", expanding=True)))
_READ = delete(unread).where(unread.c.document_id.in_(bindparam("some", expanding=True)))


@dataclass(frozen=True, slots=True)
class Lone:
    """A new document that shares nothing with any other, with the keys that others are to find it by."""

    id: str
    incoming: Incoming
    keys: set[Key]
    bands: set[Band]


# --- which -------------------------------------------------------------------------------------------------------------


def find(connection: Connection, some: Sequence[Incoming]) -> dict[int, Lone]:
    """Return those of the documents that are new and share nothing with any that is stored or stands before them, by their place."""
    ids = [document_id(each.publication.site, each.publication.key) for each in some]
    known = set(connection.execute(_THERE, {"some": ids}).scalars())
    if known.issuperset(ids):
        return {}
    asked = [_asked(document, each) for document, each in zip(ids, some, strict=True)]
    return _lone(asked, known, _met(connection, [each for each in asked if each.id not in known]))


@dataclass(slots=True)
class _Met:
    """What a document may not share: keys and bands that others stand under, and families that others are of; and those to be judged."""

    keys: set[Key]
    bands: set[Band]
    families: set[str]
    judged: set[str]

    def holds(self, each: Lone) -> bool:
        """Tell whether a document shares any of it."""
        return (
            each.id in self.judged
            or _family(each) in self.families
            or not self.bands.isdisjoint(each.bands)
            or not self.keys.isdisjoint(_told(each))
        )

    def add(self, each: Lone) -> None:
        """Let those behind a document share nothing with it, either."""
        self.keys |= _told(each)
        self.bands |= each.bands
        self.families.add(_family(each))
        self.judged.add(each.id)


def _lone(asked: Sequence[Lone], known: set[str], met: _Met) -> dict[int, Lone]:
    found = {}
    for n, each in enumerate(asked):
        if each.id not in known and not met.holds(each):
            found[n] = each
        # Also what a document is that is not new: its version may be.
        met.add(each)
    return found


def _asked(document: str, incoming: Incoming) -> Lone:
    """Return a document with its keys, as they are read from its rows (``pairing.index``)."""
    derived, publication = incoming.derived, incoming.publication
    meta = derived.metadata
    row = {
        "folded_length": any(map(fold, derived.document.text.split("\n"))),
        "content_hash": derived.content_hash,
        "title": storable(meta.title),
        "listed": storable(publication.title),
        "number_key": text_key(meta.document_number),
        "region": next(iter(meta.regions), ""),
        "site": publication.site,
        "text": storable(derived.document.text)[: pairing.MOST_READ],
    }
    cited = ((storable(one.title), text_key(one.number)) for one in meta.references if one.relation not in pairing.AGAINST)
    return Lone(document, incoming, keys_of(row, cited), bands_of(derived.signature))


def _told(each: Lone) -> set[Key]:
    """Return the keys that documents are found by."""
    return {key for key in each.keys if key[0] != "subject"}


def _family(each: Lone) -> str:
    return _parent(each.incoming.publication) or each.id


def _met(connection: Connection, new: Sequence[Lone]) -> _Met:
    """Return what is stored of all that new documents may share."""
    ids = [each.id for each in new]
    keys, bands = pairing.told_of(connection, {key for each in new for key in _told(each)}, {band for each in new for band in each.bands})
    judged = {name for pair in pairing.decided(connection, ids) for name in pair} | moves.led_to(connection, ids)
    return _Met(keys, bands, pairing.families(connection, {_family(each) for each in new}), judged)


# --- write -------------------------------------------------------------------------------------------------------------


def write(connection: Connection, run: str, some: Sequence[Lone], late: datetime | None = None) -> None:
    """Write documents that are alone with all that was derived from them, and tell the feed; ``late`` as for ``write_documents``."""
    numbers = write_captures(connection, run, [each.incoming.capture for each in some])
    made = [_made(each, number, run, late) for each, number in zip(some, numbers, strict=True)]
    upsert(connection, work_rows, [_work(rows) for rows, _ in made])
    insert_rows(connection, documents, [rows[documents][0] for rows, _ in made])
    insert_versions(connection, [{table: found for table, found in rows.items() if table is not documents} for rows, _ in made])
    insert_rows(connection, document_keys, _under(some, "keys", "kind"))
    insert_rows(connection, signature_bands, _under(some, "bands", "band"))
    tell(connection, [row for _, told in made for row in told])
    upsert(connection, clocks, [first_clock(each.id, each.incoming) for each in some])
    connection.execute(_READ, {"some": [each.id for each in some]})


def _made(each: Lone, capture: int, run: str, late: datetime | None) -> tuple[Rows, list[Row]]:
    """Return the rows of a document and of its version, and what the feed is told of them."""
    incoming, derived = each.incoming, each.incoming.derived
    fetched = incoming.capture.fetched_at
    place = VersionPlace(
        each.id, 1, Effect.NEW, incoming.capture, incoming.publication, capture, None, run, late or fetched, source=late is None
    )
    as_of, step = first_day(incoming.capture, incoming.publication, derived), first_step(each.id, derived)
    row = document_row(incoming.publication) | {"version": 1} | new_columns(each.id)
    rows = rows_of_version(each.id, 1, derived, step.lasting, outside(place, derived, as_of))
    state = state_of_rows(row, rows[versions][0], rows[version_issuers], rows[version_regions])
    origin = Origin(place.cause(derived), place.known_at, as_of, run, capture)
    told = version_rows(step, derived, (None, state), states_of_rows(rows[tasks], derived.tasks), origin)
    return rows | {documents: [row]}, told


def document_row(publication: Publication) -> Row:
    """Return the columns of a live document that its publication tells."""
    names = ("site", "section", "key", "kind", "parent_key", "url", "title", "listed_on")
    return {name: getattr(publication, name) for name in names} | {"parent_id": _parent(publication), "state": "live"}


def new_columns(document: str) -> Row:
    """Return the columns of a document that is new."""
    return {"id": document, "work_id": work_id(document), "state_since": None, "moved_to": None}


def first_clock(document: str, incoming: Incoming) -> Row:
    """Return the clock of a document that was not seen before."""
    at = incoming.capture.fetched_at
    seen = dict.fromkeys(("first_seen", "last_seen", "last_checked"), at)
    told = {"sha256": incoming.capture.location.sha256, "etag": incoming.etag, "last_modified": incoming.last_modified}
    return {"document_id": document} | seen | told


def _parent(publication: Publication) -> str | None:
    return document_id(publication.site, publication.parent_key) if publication.parent_key else None


def _work(rows: Rows) -> Row:
    """Return the row of the work that a document is the single one of."""
    document, version = rows[documents][0], rows[versions][0]
    return {"id": document["work_id"], "title": version["title"] or document["title"], "reason": "single"}


def _under(some: Sequence[Lone], which: str, kind: str) -> list[Row]:
    """Return the rows of all keys or bands, in their order in the table: neighbours lie on one page."""
    found = sorted((*key, each.id) for each in some for key in getattr(each, which))
    return [{kind: one, "value": value, "document_id": document} for one, value, document in found]
