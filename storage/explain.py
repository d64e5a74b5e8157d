"""The way back from a task or a document to the bytes it was read from."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, and_, or_, select, text

from storage import schema
from storage.engine import rows
from storage.errors import ArchiveError, StoreError, UnknownRecord
from storage.selection import current_version
from storage.sources import capture_row
from storage.store import Store

Row = dict[str, Any]

MARGIN = 40
"""Characters of the text shown before and after a task's evidence."""


def explain(store: Store, identifier: str) -> Row:
    """Return everything known of a task (``ID.VERSION.tN``, or its lasting ``ID.kN``), a document (``ID``) or a version (``ID@VERSION``).

    Keys: ``task`` (``None`` for a document; ``stands`` tells whether the current version still has it),
    ``evidence`` (the text as normalised, as it was before repair, and around it),
    ``document``, ``version``, ``issuers``, ``regions``, ``capture``, ``archived`` (what the archive gives back now), ``repairs``,
    ``clock``, ``work`` with the other copies and why they are tied, ``gazetteer`` (the entries the bodies were resolved to),
    ``decisions`` (those of review on its bodies), ``references`` to other documents and ``referenced_by`` from others,
    ``failures`` of its address. Raises ``UnknownRecord``.
    """
    f = schema.failures
    with store.reading() as connection:
        document, number = current_version(connection, identifier)
        found = _version(connection, document, number)
        place = found["document"]
        found["work"] = _work(connection, place)
        found["failures"] = rows(connection.execute(select(f).where(f.c.url == place["url"]).order_by(f.c.id)))
        found["task"] = _task(connection, identifier, number) if "." in identifier else None
        found["evidence"] = _evidence(found)
        found["gazetteer"] = _gazetteer(connection, found)
        found["decisions"] = _decisions(connection, found)
    found["archived"] = archived(store, found["capture"])
    return _without_text(found)


def version(store: Store, document: str, number: int) -> Row:
    """Return what ``explain`` tells of one version alone: without its work, failures, decisions, gazetteer and archive.

    Raises ``UnknownRecord``.
    """
    with store.reading() as connection:
        return _without_text(_version(connection, document, number))


def _without_text(found: Row) -> Row:
    for name in ("text", "raw_text", "signature"):
        del found["version"][name]
    return found


def _one(connection: Connection, table: Any, *where: Any) -> Row | None:  # noqa: ANN401 -- a table and conditions
    found = rows(connection.execute(select(table).where(*where)))
    return found[0] if found else None


def _version(connection: Connection, document: str, number: int) -> Row:
    d, v, i, r = schema.documents.c, schema.versions.c, schema.version_issuers, schema.version_regions
    version = _one(connection, schema.versions, v.document_id == document, v.number == number)
    if version is None:
        raise UnknownRecord(f"There is no version {number} of {document} any more: ask for the document again.")
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
        "references": _references(connection, document, number),
        "referenced_by": _referenced_by(connection, version),
    }


def _work(connection: Connection, place: Row) -> Row:
    d, w = schema.documents.c, schema.work_ties.c
    work = _one(connection, schema.works, schema.works.c.id == place["work_id"]) or {}
    copies = select(d.id, d.site, d.key, d.url, d.title, d.state, d.version).where(d.work_id == place["work_id"], d.id != place["id"])
    ties = select(schema.work_ties).where(or_(w.document_id == place["id"], w.other_id == place["id"])).order_by(w.document_id, w.other_id)
    return work | {"copies": rows(connection.execute(copies.order_by(d.site, d.key))), "ties": rows(connection.execute(ties))}


def _task(connection: Connection, identifier: str, version: int) -> Row:
    t = schema.tasks.c
    task = _one(connection, schema.tasks, or_(t.id == identifier, and_(t.lasting_id == identifier, t.version == version)))
    if task is None:
        raise UnknownRecord(f"There is no task {identifier} in the store: list what there is with `harvester tasks`.")
    a = schema.task_agencies.c
    order = select(schema.task_agencies).where(a.task_id == task["id"]).order_by(a.role, a.position)
    d = schema.documents.c
    stands = select(t.id).join(schema.documents, and_(d.id == t.document_id, d.version == t.version))
    now = connection.execute(stands.where(t.lasting_id == task["lasting_id"], t.document_id == task["document_id"])).first()
    return task | {"agencies": rows(connection.execute(order)), "stands": now is not None}


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


def _decisions(connection: Connection, found: Row) -> list[Row]:
    """Return the log of decisions on the bodies that were resolved by one, those in force and the latest first."""
    named = [*found["issuers"], *(found["task"]["agencies"] if found["task"] else [])]
    mentions = sorted({row["mention"] for row in named if row["rule"] == "decision"})
    d = schema.decisions.c
    here = ["", *found["regions"][:1]]
    query = select(schema.decisions).where(d.mention.in_(mentions), d.region.in_(here))
    return rows(connection.execute(query.order_by(d.ended_at.is_(None).desc(), d.region.desc(), d.id.desc())))


def _references(connection: Connection, document: str, number: int) -> list[Row]:
    """Return the documents that a version names; ``target`` is the document of the store that is meant, for a current version."""
    r = schema.version_references.c
    meant = text("SELECT position, target FROM v_references WHERE document = :document AND version = :version")
    targets = {row.position: row.target for row in connection.execute(meant, {"document": document, "version": number})}
    columns = (r.position, r.relation, r.title, r.number, r.span_start, r.span_end)
    query = select(*columns).where(r.document_id == document, r.version == number).order_by(r.position)
    return [row | {"target": targets.get(row["position"])} for row in rows(connection.execute(query))]


def _referenced_by(connection: Connection, version: Row) -> list[Row]:
    """Return the current documents that name this one, by its number, or by its title where they give no number."""
    r, d, v = schema.version_references.c, schema.documents.c, schema.versions.c
    by_number = (r.number_key == version["number_key"]) & (r.number_key != "")
    by_title = (r.number_key == "") & (r.title_key == version["title_key"]) & (r.title_key != "")
    query = select(d.id, d.site, v.title, r.relation).select_from(schema.version_references)
    query = query.join(schema.documents, (d.id == r.document_id) & (d.version == r.version))
    query = query.join(schema.versions, (v.document_id == d.id) & (v.number == d.version))
    return rows(connection.execute(query.where(by_number | by_title, d.id != version["document_id"]).distinct().order_by(d.site, d.id)))


def archived(store: Store, capture: Row) -> Row:
    """Return what the archive holds of a capture: status, headers, length of the payload; or what is wrong with it."""
    location = capture_row(capture).location
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
