"""A canonical text of what a store holds: equal for two stores that know the same, however they came to know it.

JSON lines, sorted by natural keys. Clocks, runs, failures, offsets and the identifiers of runs are left out, and so is
everything that rests on the moment of a fetch; a work is told by its documents. A crawl that was killed and repeated gives
the dump of one that was not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from storage import schema
from storage.change_schema import changes, document_links
from storage.days import local_day
from storage.engine import rows
from storage.notice_queries import shown
from storage.notice_schema import notices
from storage.store import Store
from storage.types import to_json

Row = dict[str, Any]

_SOURCES = ("article", "attachment")
_LOCAL = {"id", "capture_id", "in_force_from", "signature", "work_id", "state_since", "document_id", "parent_id", "task_id", "known_at"}
"""Columns that name rows of this store or hold a moment of a crawl."""
_OF_THIS_STORE = {"id", "file", "file_offset", "file_length", "sha256", "first_seen", "last_seen", "last_checked", "missing_since",
    "missing_last", "objection_marked_at", "same_tag", "number_tag", "day"}  # fmt: skip
"""The same of notices: their identifiers and tags are made with this store's key."""


def dump(store: Store) -> Iterator[str]:
    """Yield the lines of the dump, without line ends; every line is a JSON object with its ``table``."""
    with store.reading() as connection:
        places = _places(connection)
        for table, found in (
            ("capture", _captures(connection)),
            ("document", _documents(connection, places)),
            ("version", _of_documents(connection, "versions", places)),
            ("version_issuer", _of_documents(connection, "version_issuers", places)),
            ("version_region", _of_documents(connection, "version_regions", places)),
            ("version_reference", _of_documents(connection, "version_references", places)),
            ("task", _of_documents(connection, "tasks", places)),
            ("task_agency", _task_agencies(connection, places)),
            ("work", _works(connection, places)),
            ("tie", _ties(connection, places)),
            ("unread", _unread(connection)),
            ("decision", _plain(connection, "decisions")),
            ("agency", _plain(connection, "agencies")),
            ("agency_name", _plain(connection, "agency_names")),
            ("agency_member", _plain(connection, "agency_members")),
            ("link", _links(connection, places)),
            ("tie_decision", _told(connection, "tie_decisions", "document_id", "other_id", "tie", "note", "decided_by", "ended_by")),
            ("change", _changes(connection)),
            ("notice", _notices(connection)),
            ("tombstone", _told(connection, "tombstones", "site", "section", "kind", "reason")),
            ("ending", _told(connection, "endings", "site", "section", "kind", "list_name", "ended_on", "outcome", "matched")),
        ):
            yield from sorted(to_json({"table": table} | _days(row)) for row in found)


def _places(connection: Connection) -> dict[str, Row]:
    d = schema.documents.c
    return {row.id: {"site": row.site, "key": row.key} for row in connection.execute(select(d.id, d.site, d.key))}


def _captures(connection: Connection) -> Iterator[Row]:
    c = schema.captures.c
    query = select(c.site, c.kind, c.url, c.sha256).where(c.kind.in_(_SOURCES)).distinct()
    yield from rows(connection.execute(query))


def _documents(connection: Connection, places: dict[str, Row]) -> Iterator[Row]:
    listed: dict[tuple[str, str], set[str]] = defaultdict(set)
    s = schema.sightings.c
    for site, key, section in connection.execute(select(s.site, s.key, s.section)):
        listed[site, key].add(section)
    for row in rows(connection.execute(select(schema.documents))):
        # Under which of its sections a document was met first depends on the order of a crawl.
        sections = listed.get((row["site"], row["key"])) or {row["section"]}
        yield _bare(row) | {"section": sorted(sections)} | places[row["id"]]


def _of_documents(connection: Connection, name: str, places: dict[str, Row]) -> Iterator[Row]:
    table = schema.metadata.tables[name]
    payloads = {row.id: row.sha256 for row in connection.execute(select(schema.captures.c.id, schema.captures.c.sha256))}
    for row in rows(connection.execute(select(table))):
        payload = {"payload": payloads[row["capture_id"]]} if "capture_id" in row else {}
        yield _bare(row) | payload | {"document": places[row["document_id"]]}


def _task_agencies(connection: Connection, places: dict[str, Row]) -> Iterator[Row]:
    a, t = schema.task_agencies.c, schema.tasks.c
    query = select(schema.task_agencies, t.document_id, t.version, t.ordinal).join(schema.tasks, t.id == a.task_id)
    for row in rows(connection.execute(query)):
        yield _bare(row) | {"document": places[row["document_id"]]}


def _works(connection: Connection, places: dict[str, Row]) -> Iterator[Row]:
    d, w = schema.documents.c, schema.works.c
    members: dict[str, list[str]] = defaultdict(list)
    for work, document in connection.execute(select(d.work_id, d.id)):
        members[work].append(to_json(places[document]))
    for row in rows(connection.execute(select(w.id, w.title, w.reason))):
        yield {"title": row["title"], "reason": row["reason"], "documents": sorted(members[row["id"]])}


def _ties(connection: Connection, places: dict[str, Row]) -> Iterator[Row]:
    for row in rows(connection.execute(select(schema.work_ties))):
        pair = sorted(to_json(places[row[name]]) for name in ("document_id", "other_id"))
        yield {"reason": row["reason"], "score": row["score"], "documents": pair}


def _links(connection: Connection, places: dict[str, Row]) -> Iterator[Row]:
    for row in rows(connection.execute(select(document_links))):
        ends = {"document": places[row["document_id"]], "other": places[row["other_id"]]}
        yield ends | {name: row[name] for name in ("relation", "reason", "score")}


def _changes(connection: Connection) -> Iterator[Row]:
    """Yield what the feed told; not which copy of a work came first, on which the works of a moment and its copies depend."""
    c = changes.c
    columns = (c.entity, c.entity_id, c.kind, c.cause, c.site, c.region, c.document_id, c.version, c.fields, c.before, c.after)
    told = select(*columns).where(c.entity.in_(("document", "text", "task")), c.kind.not_in(("tied", "untied")))
    for row in rows(connection.execute(told)):
        sides = {side: _without_work(row[side]) for side in ("before", "after")}
        yield row | sides


def _without_work(state: Any) -> Any:  # noqa: ANN401 -- a state, several, or none
    return {name: value for name, value in state.items() if name not in ("work", "section")} if isinstance(state, dict) else state


def _unread(connection: Connection) -> Iterator[Row]:
    c = schema.captures.c
    for row in rows(connection.execute(select(schema.unread, c.sha256).join(schema.captures, c.id == schema.unread.c.capture_id))):
        yield _bare(row) | {"payload": row["sha256"]}


def _plain(connection: Connection, name: str) -> Iterator[Row]:
    yield from rows(connection.execute(select(schema.metadata.tables[name])))


def _notices(connection: Connection) -> Iterator[Row]:
    for row in rows(connection.execute(select(notices).where(shown(local_day(datetime.now(UTC)))))):
        yield {name: value for name, value in row.items() if name not in _OF_THIS_STORE}


def _told(connection: Connection, name: str, *columns: str) -> Iterator[Row]:
    table = schema.metadata.tables[name]
    yield from rows(connection.execute(select(*(table.c[column] for column in columns))))


def _bare(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in _LOCAL}


def _days(row: Row) -> Row:
    return {name: value.isoformat() if isinstance(value, date) else _number(value) for name, value in row.items()}


def _number(value: Any) -> Any:  # noqa: ANN401 -- a value of any column
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value
