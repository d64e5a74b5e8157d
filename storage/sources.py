"""Where versions came from: what is needed to derive them again from the archive."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select

from storage import schema
from storage.engine import rows
from storage.records import CaptureRow, Location, Publication, StoredSource
from storage.run_names import unknown_run
from storage.selection import current_version
from storage.store import Store

Row = dict[str, Any]

_PLACE = ("site", "section", "key", "kind", "url", "title", "listed_on", "parent_key")
_CAPTURE = ("site", "section", "kind", "url", "status", "media_type", "fetched_at", "revisit")
_LOCATION = ("file", "file_offset", "file_length", "sha256")


def source(store: Store, identifier: str) -> StoredSource:
    """Return what is needed to derive a version again: its publication, with the hints, and its capture. Raises ``UnknownRecord``."""
    with store.reading() as connection:
        document, number = current_version(connection, identifier)
        query = _of_versions().where(schema.documents.c.id == document, schema.versions.c.number == number)
        return _source(rows(connection.execute(query))[0])


def current_source(store: Store, document: str) -> StoredSource | None:
    """Return what is needed to derive the current version of a document again, ``None`` where the store has no such document."""
    with store.reading() as connection:
        found = rows(connection.execute(_CURRENT, {"document": document}))
    return _source(found[0]) if found else None


def sources(
    store: Store, *, site: str = "", since: str = "", after: str = "", upto: str = "", limit: int | None = None
) -> list[StoredSource]:
    """Return the sources of current versions, by document, from behind the document ``after`` on, up to ``upto`` if it is given.

    ``since`` takes those captured in that run or one begun later. Raises ``UnknownRecord`` for a run that is not in the store.
    """
    d, v = schema.documents.c, schema.versions.c
    query = _of_versions().where(v.number == d.version, *_wanted(store, d.id, d.site, site, since, after, upto))
    with store.reading() as connection:
        return [_source(row) for row in rows(connection.execute(query.order_by(d.id).limit(limit)))]


def unread_sources(
    store: Store, *, site: str = "", since: str = "", after: str = "", upto: str = "", limit: int | None = None
) -> list[StoredSource]:
    """Return the sources of documents whose last payload could not be read; as ``sources``."""
    u, c = schema.unread.c, schema.captures
    query = select(*_of(u, _PLACE, "of_"), u.document_id, u.hints, *_captured()).join(c, c.c.id == u.capture_id)
    query = query.where(*_wanted(store, u.document_id, u.site, site, since, after, upto)).order_by(u.document_id).limit(limit)
    with store.reading() as connection:
        return [_source(row) for row in rows(connection.execute(query))]


def count_sources(store: Store, *, site: str = "", since: str = "", after: str = "", upto: str = "") -> int:
    """Return how many documents a derivation has to read."""
    u, d, v, c = schema.unread.c, schema.documents.c, schema.versions.c, schema.captures
    formerly = select(func.count()).select_from(schema.unread).join(c, c.c.id == u.capture_id)
    known = select(func.count()).select_from(schema.documents).join(schema.versions, (v.document_id == d.id) & (v.number == d.version))
    known = known.join(c, c.c.id == v.capture_id)
    queries = (
        formerly.where(*_wanted(store, u.document_id, u.site, site, since, after, upto)),
        known.where(*_wanted(store, d.id, d.site, site, since, after, upto)),
    )
    with store.reading() as connection:
        return sum(connection.execute(query).scalar_one() for query in queries)


def document_ranges(store: Store, count: int) -> list[tuple[str, str]]:
    """Return at most so many ranges of documents, each a document behind which and one up to which it goes, empty for the ends.

    Together they hold every current version and every unread payload, each about as many of the former.
    """
    d = schema.documents.c
    known = select(d.id, func.ntile(max(count, 1)).over(order_by=d.id).label("part"))
    known = known.join(schema.versions, (schema.versions.c.document_id == d.id) & (schema.versions.c.number == d.version))
    parts = known.join(schema.captures, schema.captures.c.id == schema.versions.c.capture_id).subquery()
    ends = select(func.max(parts.c.id)).group_by(parts.c.part).order_by(parts.c.part)
    with store.reading() as connection:
        found = list(connection.execute(ends).scalars())
    return list(zip(["", *found[:-1]], [*found[:-1], ""], strict=True)) if found else [("", "")]


def _wanted(store: Store, document: Any, of_site: Any, site: str, since: str, after: str, upto: str) -> list[ColumnElement[bool]]:  # noqa: ANN401 -- columns
    wanted: list[ColumnElement[bool]] = [document > after] if after else []
    if upto:
        wanted.append(document <= upto)
    if site:
        wanted.append(of_site == site)
    if since:
        r = schema.runs.c
        with store.reading() as connection:
            begun = connection.execute(select(r.started_at).where(r.id == since)).scalar_one_or_none()
            if begun is None:
                raise unknown_run(connection, since)
        wanted.append(schema.captures.c.run.in_(select(r.id).where(r.started_at >= begun)))
    return wanted


def _of_versions() -> Select[Any]:
    d, v, c = schema.documents.c, schema.versions.c, schema.captures
    version = (v.number, v.hints, v.content_hash, v.records_hash)
    query = select(*_of(d, _PLACE, "of_"), d.id.label("document_id"), *version, *_captured())
    return query.join(schema.versions, v.document_id == d.id).join(c, c.c.id == v.capture_id)


def _current() -> Select[Any]:
    d, v = schema.documents.c, schema.versions.c
    return _of_versions().where(d.id == bindparam("document"), v.number == d.version)


def _of(columns: Any, names: tuple[str, ...], prefix: str) -> list[ColumnElement[Any]]:  # noqa: ANN401 -- a collection of columns
    return [columns[name].label(prefix + name) for name in names]


def _captured() -> list[ColumnElement[Any]]:
    return _of(schema.captures.c, ("run", *_CAPTURE, *_LOCATION), "")


_CURRENT = _current()


def capture_row(row: Row) -> CaptureRow:
    """Return the capture that a row of ``captures`` holds."""
    return CaptureRow(location=Location(*(row[name] for name in _LOCATION)), **{name: row[name] for name in _CAPTURE})


def _source(row: Row) -> StoredSource:
    publication = Publication(hints=row["hints"], **{name: row["of_" + name] for name in _PLACE})
    hashes = (row.get("content_hash", ""), row.get("records_hash", ""))
    return StoredSource(row["document_id"], row.get("number", 0), publication, capture_row(row), row["run"], *hashes)
