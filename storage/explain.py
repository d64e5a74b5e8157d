"""The way back from a task or a document to the bytes it was read from."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, or_, select

from storage import schema
from storage.engine import rows
from storage.errors import ArchiveError, StoreError, UnknownRecord
from storage.records import CaptureRow, Location, Publication, StoredSource
from storage.selection import current_version
from storage.store import Store

Row = dict[str, Any]

MARGIN = 40
"""Characters of the text shown before and after a task's evidence."""


def explain(store: Store, identifier: str) -> Row:
    """Return everything known of a task (``ID.VERSION.tN``), a document (``ID``) or a version (``ID@VERSION``).

    Keys: ``task`` (``None`` for a document), ``evidence`` (the text as normalised, as it was before repair, and around it),
    ``document``, ``version``, ``issuers``, ``regions``, ``capture``, ``archived`` (what the archive gives back now), ``repairs``,
    ``clock``, ``work`` with the other copies and why they are tied, ``gazetteer`` (the entries the bodies were resolved to),
    ``failures`` of its address. Raises ``UnknownRecord``.
    """
    with store.reading() as connection:
        document, number = current_version(connection, identifier)
        found = _version(connection, document, number)
        found["task"] = _task(connection, identifier) if "." in identifier else None
        found["evidence"] = _evidence(found)
        found["gazetteer"] = _gazetteer(connection, found)
    found["archived"] = _archived(store, found["capture"])
    for name in ("text", "raw_text", "signature"):
        del found["version"][name]
    return found


def source(store: Store, identifier: str) -> StoredSource:
    """Return what is needed to derive a version again: its publication, with the hints, and its capture. Raises ``UnknownRecord``."""
    with store.reading() as connection:
        return _source(connection, *current_version(connection, identifier))


def sources(store: Store, *, site: str = "", run: str = "") -> list[StoredSource]:
    """Return the sources of all current versions, of one site, or of those captured in one run, in a lasting order."""
    d, v, c = schema.documents.c, schema.versions.c, schema.captures.c
    query = select(d.id, d.version).join(schema.versions, (v.document_id == d.id) & (v.number == d.version))
    query = query.join(schema.captures, c.id == v.capture_id).order_by(d.site, d.key)
    query = query.where(*([d.site == site] if site else []), *([c.run == run] if run else []))
    with store.reading() as connection:
        return [_source(connection, document, number) for document, number in connection.execute(query).all()]


def _one(connection: Connection, table: Any, *where: Any) -> Row | None:  # noqa: ANN401 -- a table and conditions
    found = rows(connection.execute(select(table).where(*where)))
    return found[0] if found else None


def _version(connection: Connection, document: str, number: int) -> Row:
    d, v, i, r = schema.documents.c, schema.versions.c, schema.version_issuers, schema.version_regions
    version = _one(connection, schema.versions, v.document_id == document, v.number == number) or {}
    place = _one(connection, schema.documents, d.id == document) or {}
    capture = _one(connection, schema.captures, schema.captures.c.id == version["capture_id"]) or {}
    here, issued = (r.c.document_id == document, r.c.version == number), (i.c.document_id == document, i.c.version == number)
    return {
        "document": place,
        "version": version,
        "repairs": version["repairs"],
        "issuers": rows(connection.execute(select(i).where(*issued).order_by(i.c.position))),
        "regions": list(connection.execute(select(r.c.region).where(*here).order_by(r.c.position)).scalars()),
        "capture": capture,
        "clock": _one(connection, schema.clocks, schema.clocks.c.document_id == document),
        "work": _work(connection, place),
        "failures": rows(
            connection.execute(select(schema.failures).where(schema.failures.c.url == place["url"]).order_by(schema.failures.c.id))
        ),
    }


def _work(connection: Connection, place: Row) -> Row:
    d, w = schema.documents.c, schema.work_ties.c
    work = _one(connection, schema.works, schema.works.c.id == place["work_id"]) or {}
    copies = select(d.id, d.site, d.key, d.url, d.title, d.state, d.version).where(d.work_id == place["work_id"], d.id != place["id"])
    ties = select(schema.work_ties).where(or_(w.document_id == place["id"], w.other_id == place["id"])).order_by(w.document_id, w.other_id)
    return work | {"copies": rows(connection.execute(copies.order_by(d.site, d.key))), "ties": rows(connection.execute(ties))}


def _task(connection: Connection, identifier: str) -> Row:
    task = _one(connection, schema.tasks, schema.tasks.c.id == identifier)
    if task is None:
        raise UnknownRecord(f"There is no task {identifier} in the store: list what there is with `harvester tasks`.")
    a = schema.task_agencies.c
    order = select(schema.task_agencies).where(a.task_id == identifier).order_by(a.role, a.position)
    return task | {"agencies": rows(connection.execute(order))}


def _evidence(found: Row) -> Row | None:
    """Return the passage a task was read from, and the lines of the text before repair that it stands in."""
    task, text = found["task"], found["version"]["text"]
    if task is None:
        return None
    start, end = task["evidence_start"], task["evidence_end"]
    first, last = text.count("\n", 0, start), text.count("\n", 0, end)
    raw = found["version"]["raw_text"] or text
    return {
        "text": text[start:end],
        "before": text[max(0, start - MARGIN) : start],
        "after": text[end : end + MARGIN],
        "raw": "\n".join(raw.split("\n")[first : last + 1]),
        "lines": [first + 1, last + 1],
    }


def _gazetteer(connection: Connection, found: Row) -> list[Row]:
    named = [*found["issuers"], *(found["task"]["agencies"] if found["task"] else [])]
    ids = sorted({row["agency_id"] for row in named if row["agency_id"]})
    entries = rows(connection.execute(select(schema.agencies).where(schema.agencies.c.id.in_(ids)).order_by(schema.agencies.c.id)))
    for entry in entries:
        for name, table in (("names", schema.agency_names), ("members", schema.agency_members)):
            query = select(table).where(table.c.agency_id == entry["id"]).order_by(table.c.position)
            entry[name] = [
                {key: value for key, value in row.items() if key not in ("agency_id", "position", "name_key")}
                for row in rows(connection.execute(query))
            ]
    return entries


def _archived(store: Store, capture: Row) -> Row:
    """Return what the archive holds of a capture: status, headers, length of the payload; or what is wrong with it."""
    location = _capture(capture).location
    try:
        response = store.archive.read(location)
    except ArchiveError as error:
        return asdict(location) | {"readable": False, "problem": str(error)}
    except StoreError as error:
        return asdict(location) | {"readable": None, "problem": str(error)}
    return asdict(location) | {
        "readable": True,
        "problem": "",
        "status": response.status,
        "headers": [list(header) for header in response.headers],
        "bytes": len(response.body),
        "fetched_at": response.fetched_at,
    }


def _capture(row: Row) -> CaptureRow:
    location = Location(row["file"], row["file_offset"], row["file_length"], row["sha256"])
    names = ("site", "section", "kind", "url", "status", "media_type", "fetched_at", "revisit")
    return CaptureRow(location=location, **{name: row[name] for name in names})


def _source(connection: Connection, document: str, number: int) -> StoredSource:
    d, v, c = schema.documents.c, schema.versions.c, schema.captures.c
    place = _one(connection, schema.documents, d.id == document) or {}
    version = rows(connection.execute(select(v.hints, v.capture_id).where(v.document_id == document, v.number == number)))[0]
    capture = _one(connection, schema.captures, c.id == version["capture_id"]) or {}
    names = ("site", "section", "key", "kind", "url", "title", "listed_on", "parent_key")
    publication = Publication(hints=version["hints"], **{name: place[name] for name in names})
    return StoredSource(document, number, publication, _capture(capture))
