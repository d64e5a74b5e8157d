"""Write what a crawl brings, each capture in one transaction with all that was derived from it.

New documents that share nothing with any other are written together (``lone_documents``); all others one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, bindparam, delete, insert, select, update

from normalizers.records import Derived
from storage import lone_documents, moves, works
from storage.capture_writing import write_capture
from storage.changes import tell
from storage.errors import StoreError
from storage.identity import document_id, text_key
from storage.lone_documents import document_row, first_clock, new_columns
from storage.record_hash import records_hash
from storage.records import AgencyRow, CaptureRow, Differ, Effect, FailureRow, Incoming, Publication, Sighting, StoredSource
from storage.row_writing import insert_rows, upsert
from storage.schema import agencies, agency_members, agency_names, captures, clocks, documents, failures, sightings, unread, versions
from storage.states import document_state, state_row
from storage.version_ingest import VersionPlace, add_version, step_to
from storage.versions import Row

AWAY = ("gone", "moved")
"""States of documents that do not answer at their address."""


def write_failure(connection: Connection, run: str, failure: FailureRow) -> None:
    """Write a fetch that gave nothing to keep."""
    names = ("site", "section", "kind", "url", "key", "cause", "detail", "at")
    connection.execute(insert(failures), [{"run": run} | {name: getattr(failure, name) for name in names}])


def write_list(connection: Connection, run: str, capture: CaptureRow, found: Iterable[Sighting]) -> None:
    """Write a list page and what it listed; documents known by then were seen again."""
    write_capture(connection, run, capture)
    lines = {line.key: line for line in found}
    at = capture.fetched_at
    upsert(
        connection,
        sightings,
        [
            {
                "site": capture.site,
                "section": capture.section,
                "key": line.key,
                "url": line.url,
                "title": line.title,
                "listed_on": line.listed_on,
                "first_seen": at,
                "last_seen": at,
            }
            for line in lines.values()
        ],
        keep=["first_seen"],
    )
    seen = [document_id(capture.site, key) for key in lines]
    for start in range(0, len(seen), 500):
        known = clocks.c.document_id.in_(seen[start : start + 500])
        connection.execute(update(clocks).where(known, clocks.c.last_seen < at).values(last_seen=at))


# --- documents ---------------------------------------------------------------------------------------------------------


def write_documents(
    connection: Connection, run: str, some: Sequence[Incoming], *, again: bool = False, late: datetime | None = None
) -> list[Effect]:
    """Write documents as captured, in their order: the version of each if its content is new, and its clock in any case; tell the feed.

    ``late`` is now, for a payload that was captured long ago and could not be read then: the source says nothing new.
    """
    effects: list[Effect] = []
    lone = lone_documents.find(connection, some)
    for is_lone, places in groupby(range(len(some)), key=lambda n: n in lone):
        if is_lone:
            written = [lone[n] for n in places]
            lone_documents.write(connection, run, written, late)
            effects += [Effect.NEW] * len(written)
        else:
            effects += [_write_document(connection, run, some[n], again=again, late=late) for n in places]
    return effects


def _write_document(connection: Connection, run: str, incoming: Incoming, *, again: bool, late: datetime | None) -> Effect:
    capture, publication, derived = incoming.capture, incoming.publication, incoming.derived
    capture_id = write_capture(connection, run, capture)
    document = document_id(publication.site, publication.key)
    known = _known(connection, document, publication)
    effect = _effect(known, capture, derived, again=again)
    if known is not None and known["state"] in AWAY:
        write_back(connection, document, run, capture.fetched_at)
    step = step_to(connection, document, known, derived, incoming.differ) if effect is not Effect.UNCHANGED else None
    if step is None or (effect is Effect.CHANGED and incoming.differ and step.comparison.silent):
        # Other letters that say the same: layout, numbering, a short name for the full one.
        effect = Effect.UNCHANGED
    else:
        number = known["version"] + 1 if known else 1
        source = effect is not Effect.REREAD and late is None
        known_at = capture.fetched_at if source else late or datetime.now(UTC)
        place = VersionPlace(document, number, effect, capture, publication, capture_id, known, run, known_at, source=source)
        before = document_state(connection, document) if known else None
        _write_place(connection, incoming, document, number, known)
        add_version(connection, place, derived, before, step)
        tell(connection, moves.settle(connection, document, capture.fetched_at, run))
    _write_clock(connection, document, incoming, new=known is None)
    connection.execute(_READ, {"document": document})
    return effect


def write_reading(
    connection: Connection, found: StoredSource, derived: Derived, differ: Differ | None = None, *, at: datetime | None = None
) -> Effect:
    """Write a better reading of the payload that a current version came from: nothing was said anew, so state and clock stay."""
    known = _known(connection, found.document, found.publication)
    if known is None or known["version"] != found.version:
        # A crawl brought a newer one meanwhile.
        return Effect.UNCHANGED
    if (known["content_hash"], known["records_hash"]) == (derived.content_hash, records_hash(derived)):
        return Effect.UNCHANGED
    number = found.version + 1
    step, before = step_to(connection, found.document, known, derived, differ), document_state(connection, found.document)
    connection.execute(update(documents).where(documents.c.id == found.document).values(version=number))
    now, capture_id = at or datetime.now(UTC), known["capture_id"]
    place = VersionPlace(
        found.document, number, Effect.REREAD, found.capture, found.publication, capture_id, known, None, now, source=False
    )
    add_version(connection, place, derived, before, step)
    return Effect.REREAD


def write_unread(connection: Connection, run: str, capture: CaptureRow, publication: Publication, detail: str, normalizer: str) -> None:
    """Keep what is needed to read a payload by a better reader: its place in the archive, and what was known of it from outside."""
    names = ("site", "section", "key", "kind", "parent_key", "url", "title", "listed_on")
    row = {
        "document_id": document_id(publication.site, publication.key),
        **{name: getattr(publication, name) for name in names},
        "hints": dict(publication.hints),
        "capture_id": write_capture(connection, run, capture),
        "detail": detail,
        "normalizer_version": normalizer,
    }
    upsert(connection, unread, [row])


_READ = delete(unread).where(unread.c.document_id == bindparam("document"))


def _document() -> Select[Any]:
    d, v, c = documents.c, versions.c, captures.c
    joined = documents.join(versions, (v.document_id == d.id) & (v.number == d.version)).join(captures, c.id == v.capture_id)
    columns = (d.site, d.key, d.state, d.version, v.content_hash, v.records_hash, v.normalizer_version, v.in_force_from, v.capture_id)
    return select(*columns, c.sha256, c.fetched_at).select_from(joined).where(d.id == bindparam("document"))


_DOCUMENT = _document()


def _known(connection: Connection, document: str, publication: Publication) -> Row | None:
    """Return the document as it stands, with its current version and that one's capture; ``None`` when it is new."""
    row = connection.execute(_DOCUMENT, {"document": document}).mappings().one_or_none()
    if row is None:
        return None
    if (row["site"], row["key"]) != (publication.site, publication.key):
        other = f"{row['site']} {row['key']}"
        raise StoreError(
            f"{publication.site} {publication.key} would get the identifier {document} of {other}: report this to the project."
        )
    return dict(row)


def _effect(known: Row | None, capture: CaptureRow, derived: Derived, *, again: bool) -> Effect:
    if known is None:
        return Effect.NEW
    if capture.fetched_at < known["fetched_at"]:
        # A capture older than what is known says nothing new of the source.
        return Effect.UNCHANGED
    if known["content_hash"] != derived.content_hash:
        return Effect.REREAD if known["sha256"] == capture.location.sha256 else Effect.CHANGED
    otherwise = again or known["normalizer_version"] != derived.normalizer_version
    return Effect.REREAD if otherwise and known["records_hash"] != records_hash(derived) else Effect.UNCHANGED


def _write_place(connection: Connection, incoming: Incoming, document: str, number: int, known: Row | None) -> None:
    row = document_row(incoming.publication) | {"version": number}
    if known is None:
        works.write_work(connection, document)
        insert_rows(connection, documents, [row | new_columns(document)])
        return
    if known["state"] != "live":
        row["state_since"] = incoming.capture.fetched_at
    connection.execute(update(documents).where(documents.c.id == document).values(row))


_CLOCK = select(clocks.c.first_seen, clocks.c.last_seen, clocks.c.last_checked).where(clocks.c.document_id == bindparam("document"))


def _write_clock(connection: Connection, document: str, incoming: Incoming, *, new: bool) -> None:
    row = first_clock(document, incoming)
    known = None if new else connection.execute(_CLOCK, {"document": document}).one_or_none()
    if known is not None:
        if row["last_checked"] < known.last_checked:
            return
        row |= {"first_seen": known.first_seen, "last_seen": max(row["last_seen"], known.last_seen)}
    upsert(connection, clocks, [row])


def mark_checked(connection: Connection, document: str, at: datetime, run: str | None = None) -> None:
    """Move the clock of a document whose site answered that nothing changed (304): it is there."""
    write_back(connection, document, run, at)
    connection.execute(update(clocks).where(clocks.c.document_id == document).values(last_seen=at, last_checked=at))


def mark_asked(connection: Connection, document: str, at: datetime) -> None:
    """Move the clock of a document that was asked for while nothing named it: its site said nothing of it."""
    here = (clocks.c.document_id == document) & (clocks.c.last_checked < at)
    connection.execute(update(clocks).where(here).values(last_checked=at))


def relocate(connection: Connection, document: str, place: Row, at: datetime, run: str | None = None) -> None:
    """Note where a live document stands now (``place``: ``url`` and ``section``); its key, and so its identity, is the same."""
    before = document_state(connection, document)
    if before is None or before["state"] != "live" or before["url"] == place["url"]:
        return
    connection.execute(update(documents).where(documents.c.id == document).values(place))
    after = document_state(connection, document) or {}
    fields = [name for name in place if before[name] != after[name]]
    tell(connection, [state_row("moved", before, after, run, at) | {"fields": fields}])


def mark_gone(connection: Connection, document: str, at: datetime, run: str | None = None) -> None:
    """Note that a document is gone at source, moved where the site shows the same text elsewhere. Its versions and tasks stay."""
    here = documents.c.state == "live"
    rows = _write_state(connection, document, here, {"state": "gone", "state_since": at}, "gone", run, at)
    settled = moves.settle(connection, document, at, run) if rows else []
    # What moved was never gone for a reader: one row tells it.
    moved = [row | {"before": rows[0]["before"]} for row in settled if row["entity_id"] == document]
    tell(connection, [*(moved or rows), *(row for row in settled if row["entity_id"] != document)])


def write_back(connection: Connection, document: str, run: str | None, at: datetime) -> None:
    """Note that a document that was gone, or had moved, answers again."""
    here = documents.c.state.in_(AWAY)
    rows = _write_state(connection, document, here, {"state": "live", "state_since": at, "moved_to": None}, "back", run, at)
    tell(connection, [*rows, *(moves.settle(connection, document, at, run) if rows else [])])


def _write_state(
    connection: Connection, document: str, here: ColumnElement[bool], values: Row, kind: str, run: str | None, at: datetime
) -> list[Row]:
    """Give a document another state where ``here`` holds, and return the row of the feed for it."""
    if connection.execute(select(documents.c.id).where(documents.c.id == document, here)).one_or_none() is None:
        return []
    before = document_state(connection, document)
    connection.execute(update(documents).where(documents.c.id == document).values(values))
    after = document_state(connection, document)
    return [state_row(kind, before, after, run, at)] if before and after else []


# --- gazetteer ---------------------------------------------------------------------------------------------------------


def write_agencies(connection: Connection, found: Sequence[AgencyRow]) -> bool:
    """Put the gazetteer's entries in the place of those that were there; return whether anything differed."""
    if has_agencies(connection, found):
        return False
    wanted = _agency_rows(found)
    for table in reversed(wanted):
        connection.execute(delete(table))
    for table, rows in wanted.items():
        for start in range(0, len(rows), 1000):
            connection.execute(insert(table), rows[start : start + 1000])
    return True


def has_agencies(connection: Connection, found: Sequence[AgencyRow]) -> bool:
    """Tell whether the store has these entries of the gazetteer, and no others."""
    return all(_same_rows(connection, table, rows) for table, rows in _agency_rows(found).items())


def _agency_rows(found: Sequence[AgencyRow]) -> dict[Table, list[Row]]:
    """Return the rows of the gazetteer's entries by table, those first that others refer to."""
    columns = ("id", "name", "kind", "region", "level", "valid_from", "valid_to", "successor", "source")
    names = [
        {"agency_id": row.id, "position": n, "name_key": text_key(name.name)}
        | {column: getattr(name, column) for column in ("name", "kind", "valid_from", "valid_to")}
        for row in found
        for n, name in enumerate(row.names)
    ]
    members = [
        {"agency_id": row.id, "position": n} | {column: getattr(member, column) for column in ("name", "valid_from", "valid_to")}
        for row in found
        for n, member in enumerate(row.members)
    ]
    return {
        agencies: [{column: getattr(row, column) for column in columns} for row in found],
        agency_names: names,
        agency_members: members,
    }


def _same_rows(connection: Connection, table: Table, wanted: Sequence[Row]) -> bool:
    values = itemgetter(*table.columns.keys())
    return set(map(tuple, connection.execute(select(table)))) == set(map(values, wanted))
