"""Documents by what people have in hand of them: numbers, titles, addresses of sites, identifiers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, select

from storage.batches import batches
from storage.schema import captures, documents, sites, version_regions, versions

MOST = 60
"""Documents that are looked at of one question."""
STEPS = 5
"""Moves of one document that are followed."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document: ``former`` tells that only an earlier version of it answers; ``title`` is empty for one that was withdrawn.

    ``parent`` is the page that a file hangs on, ``own`` tells that its site is that of the document's home region.
    """

    id: str
    work: str
    kind: str
    parent: str
    state: str
    moved_to: str
    site: str
    url: str
    title: str
    number: str
    published_on: date | None
    tasks: int
    own: bool
    former: bool = False

    @property
    def rank(self) -> tuple[Any, ...]:
        """Orders copies of one text: what stands there now, the page before its file, the publisher's own, the earliest."""
        return (
            self.former,
            self.state != "live",
            self.kind == "attachment",
            not self.own,
            self.tasks == 0,
            self.published_on or date.max,
            self.id,
        )


def by_ids(connection: Connection, ids: Sequence[str]) -> list[Candidate]:
    """Return the documents of some identifiers, in their order."""
    found = {each.id: each for some in batches(list(dict.fromkeys(ids))) for each in _read(connection, documents.c.id.in_(some))}
    return [found[each] for each in dict.fromkeys(ids) if each in found]


def by_numbers(connection: Connection, keys: Sequence[str]) -> list[Candidate]:
    """Return the documents with a version of one of these numbers (``storage.identity.text_key``), withdrawn ones left out."""
    return _by_key(connection, versions.c.number_key, keys)


def by_titles(connection: Connection, keys: Sequence[str]) -> list[Candidate]:
    """Return the documents with a version of one of these titles (``storage.identity.text_key``), withdrawn ones left out."""
    return _by_key(connection, versions.c.title_key, keys)


def _by_key(connection: Connection, column: ColumnElement[str], keys: Sequence[str]) -> list[Candidate]:
    v, d = versions.c, documents.c
    query = select(v.document_id, func.max(case((v.number == d.version, 1), else_=0)).label("now"))
    query = query.join(documents, d.id == v.document_id).where(column.in_([key for key in keys if key]), d.state != "withdrawn")
    rows = connection.execute(query.group_by(v.document_id).order_by(v.document_id).limit(MOST)).all()
    now = {row.document_id: bool(row.now) for row in rows}
    return [replace(each, former=True) if not now[each.id] else each for each in by_ids(connection, list(now))]


def by_urls(connection: Connection, urls: Sequence[str]) -> list[Candidate]:
    """Return the documents that stand at one of these addresses, else those a version of which was fetched from one of them."""
    found: list[Candidate] = []
    for some in batches(list(dict.fromkeys(urls))):
        found += _read(connection, documents.c.url.in_(some))
    if found:
        order = {url: at for at, url in enumerate(urls)}
        first = min(order[each.url] for each in found)
        return [each for each in found if order[each.url] == first]
    c, v = captures.c, versions.c
    for some in batches(list(dict.fromkeys(urls))):
        query = select(v.document_id).join(captures, c.id == v.capture_id).where(c.url.in_(some)).distinct().limit(MOST)
        found += by_ids(connection, list(connection.execute(query).scalars()))
    return found


def settled(connection: Connection, each: Candidate) -> Candidate:
    """Return the document that one has moved to, itself where it has not moved."""
    for _ in range(STEPS):
        place = by_ids(connection, [each.moved_to]) if each.state == "moved" and each.moved_to else []
        if not place:
            return each
        each = place[0]
    return each


def _read(connection: Connection, condition: ColumnElement[bool]) -> Iterator[Candidate]:
    for row in connection.execute(_query().where(condition).order_by(documents.c.id).limit(MOST)).mappings():
        told = dict(row) | {"own": bool(row["own"]), "moved_to": row["moved_to"] or "", "parent": row["parent"] or ""}
        if told["state"] == "withdrawn":
            told |= {"title": "", "number": ""}
        yield Candidate(**told)


def _query() -> Select[Any]:
    d, v, s, r = documents.c, versions.c, sites.c, version_regions.c
    home = select(r.region).where(r.document_id == d.id, r.version == d.version, r.position == 0).scalar_subquery()
    own = case((select(s.region).where(s.id == d.site, s.region != "").scalar_subquery() == home, 1), else_=0).label("own")
    title = case((v.title != "", v.title), else_=d.title).label("title")
    names = (d.id, d.work_id.label("work"), d.kind, d.parent_id.label("parent"), d.state, d.moved_to, d.site, d.url, title)
    query = select(*names, v.document_number.label("number"), v.published_on, v.task_count.label("tasks"), own)
    return query.join(versions, (v.document_id == d.id) & (v.number == d.version))
