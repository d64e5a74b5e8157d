"""Questions about works: which there are, what one is made of and why, how it stands to others, and what people decided on it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, case, exists, func, or_, select

from storage import works as judging
from storage.batches import batches
from storage.change_schema import document_links, tie_decisions
from storage.engine import rows
from storage.errors import UnknownRecord
from storage.partition import Edge
from storage.schema import documents, version_regions, versions, works
from storage.selection import HIDDEN, stem_of
from storage.store import Store

Row = dict[str, Any]

OTHER_IS = {
    ("draft", True): "draft",
    ("draft", False): "final",
    ("edition", True): "earlier edition",
    ("edition", False): "later edition",
    ("division", True): "plan",
    ("division", False): "division of tasks",
}
"""What the other work of a link is, by the relation and whether the work asked for is its ``document`` side."""


def listed(
    store: Store, *, site: str = "", region: str = "", relation: str = "", min_documents: int = 1, limit: int | None = None
) -> list[Row]:
    """Return one row a work, those of most documents first: ``work``, ``title``, ``reason``, ``documents``, ``sites``, ``links``, days.

    ``site`` and ``region`` (GB/T 2260, with what lies in it) ask for works with a document there, ``relation`` for such as have a link
    of that kind. Withdrawn and repealed documents do not count.
    """
    d, v, w = documents.c, versions.c, works.c
    day = func.coalesce(v.published_on, d.listed_on)
    count = func.count(d.id)
    joined = works.join(documents, d.work_id == w.id).join(versions, (v.document_id == d.id) & (v.number == d.version))
    query = select(w.id.label("work"), w.title, w.reason, count.label("documents"), func.count(d.site.distinct()).label("sites"))
    query = query.add_columns(func.min(day).label("first_published"), func.max(day).label("last_published"))
    query = query.select_from(joined).where(d.state.not_in(HIDDEN)).group_by(w.id, w.title, w.reason)
    query = query.having(count >= min_documents).order_by(count.desc(), func.max(day).desc(), w.id)
    here = documents.alias("here")
    if site:
        query = query.where(exists().where(here.c.work_id == w.id, here.c.site == site))
    if region:
        r = version_regions.c
        within = r.region.startswith(stem_of(region), autoescape=True)
        query = query.where(
            exists().where(here.c.work_id == w.id, r.document_id == here.c.id, r.version == here.c.version, r.position == 0, within)
        )
    if relation:
        e = document_links.c
        query = query.where(
            exists().where(here.c.work_id == w.id, e.relation == relation, or_(e.document_id == here.c.id, e.other_id == here.c.id))
        )
    with store.reading() as connection:
        found = rows(connection.execute(query.limit(limit)))
        links = _link_counts(connection, [row["work"] for row in found])
    return [row | {"links": links[row["work"]]} for row in found]


def _link_counts(connection: Connection, ids: list[str]) -> dict[str, Row]:
    """Return for each work how many other works stand to it in which way."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for some in batches(ids):
        for row in _links(connection, some):
            for work, other, is_document in ((row["work"], row["other_work"], True), (row["other_work"], row["work"], False)):
                found[work][OTHER_IS[row["relation"], is_document]].add(other)
    return defaultdict(dict, {work: {name: len(others) for name, others in sorted(of.items())} for work, of in found.items()})


def _links(connection: Connection, of_works: list[str]) -> list[Row]:
    """Return the links of works with the works and titles of both sides, hidden documents left out."""
    e, one, other = document_links.c, documents.alias("one"), documents.alias("other")
    joined = document_links.join(one, one.c.id == e.document_id).join(other, other.c.id == e.other_id)
    titled = [
        select(works.c.title).where(works.c.id == side.c.work_id).scalar_subquery().label(name)
        for side, name in ((one, "title"), (other, "other_title"))
    ]
    columns = (e.document_id, e.other_id, e.relation, e.reason, e.score, one.c.work_id.label("work"), other.c.work_id.label("other_work"))
    query = select(*columns, *titled).select_from(joined).where(one.c.state.not_in(HIDDEN), other.c.state.not_in(HIDDEN))
    query = query.where(or_(one.c.work_id.in_(of_works), other.c.work_id.in_(of_works)))
    return rows(connection.execute(query.order_by(e.relation, e.score.desc(), e.document_id, e.other_id)))


def show(store: Store, identifier: str) -> Row:
    """Return all that is known of a work, by its identifier or that of one of its documents.

    ``documents`` with the tie that holds each best (``tied_to``, ``reason``, ``score``), ``links`` one a relation and other work with
    the surest pair, ``apart`` the ties to documents that are kept apart from it, ``decisions`` in force on its documents. Raises
    ``UnknownRecord``.
    """
    with store.reading() as connection:
        work = _work(connection, identifier)
        found = _documents(connection, work["work"])
        ids = {row["document"] for row in found}
        edges = judging.tied_to(connection, min(ids))[1]
        inside = [edge for edge in edges if edge.one in ids and edge.other in ids]
        apart = [edge for edge in edges if (edge.one in ids) != (edge.other in ids)]
        best = {name: _best(name, inside) for name in ids}
        return work | {
            "documents": [row | best[row["document"]] for row in found],
            "links": _links_of(connection, work["work"]),
            "apart": [_side(edge.one, edge.other, ids) | {"reason": edge.reason, "score": edge.score} for edge in apart],
            "decisions": _decisions(connection, sorted(ids)),
        }


def _work(connection: Connection, identifier: str) -> Row:
    w = works.c
    of_document = select(documents.c.work_id).where(documents.c.id == identifier).scalar_subquery()
    found = rows(connection.execute(select(w.id.label("work"), w.title, w.reason).where(or_(w.id == identifier, w.id == of_document))))
    if not found:
        raise UnknownRecord(f"There is no work or document {identifier} in the store: list what there is with `harvester works`.")
    return found[0]


def _documents(connection: Connection, work: str) -> list[Row]:
    d, v = documents.c, versions.c
    title = case((v.title != "", v.title), else_=d.title).label("title")
    names = (d.id.label("document"), d.version, d.site, d.kind, d.url, title, v.document_number, v.published_on, d.state, d.moved_to)
    query = select(*names).join(versions, (v.document_id == d.id) & (v.number == d.version)).where(d.work_id == work)
    return rows(connection.execute(query.order_by(func.coalesce(v.published_on, d.listed_on), d.site, d.id)))


def _best(document: str, edges: list[Edge]) -> Row:
    """Return the surest tie of a document; of equally sure ones that to the least other."""
    mine = [
        _side(edge.one, edge.other, {document}) | {"reason": edge.reason, "score": edge.score}
        for edge in edges
        if document in (edge.one, edge.other)
    ]
    if not mine:
        return {"tied_to": None, "reason": "single", "score": None}
    first = min(mine, key=lambda tie: (tie["reason"] != "decision", -tie["score"], tie["other"]))
    return {"tied_to": first["other"], "reason": first["reason"], "score": first["score"]}


def _side(one: str, other: str, ids: set[str]) -> Row:
    return {"document": one, "other": other} if one in ids else {"document": other, "other": one}


def _links_of(connection: Connection, work: str) -> list[Row]:
    found: dict[tuple[str, str], Row] = {}
    for row in _links(connection, [work]):
        mine = row["work"] == work
        other = {"other_is": OTHER_IS[row["relation"], mine], "work": row["other_work" if mine else "work"]}
        key = (other["other_is"], other["work"])
        if key in found:
            found[key]["pairs"] += 1
            continue
        ends = {"document": row["document_id" if mine else "other_id"], "other": row["other_id" if mine else "document_id"]}
        said = {"title": row["other_title" if mine else "title"], "reason": row["reason"], "score": row["score"], "pairs": 1}
        found[key] = {"relation": row["relation"]} | other | ends | said
    return sorted(found.values(), key=lambda link: (link["relation"], link["other_is"], link["title"], link["work"]))


def _decisions(connection: Connection, ids: list[str]) -> list[Row]:
    t = tie_decisions.c
    found: dict[int, Row] = {}
    for some in batches(ids):
        query = select(tie_decisions).where(t.ended_at.is_(None), or_(t.document_id.in_(some), t.other_id.in_(some)))
        found |= {row["id"]: row for row in rows(connection.execute(query))}
    return [found[number] for number in sorted(found)]
