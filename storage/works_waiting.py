"""Pairs of documents on which somebody should decide: near texts that are kept apart, ties and links that are only likely."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, and_, case, exists, func, literal, or_, select, union_all

from storage.change_schema import document_links, tie_decisions
from storage.engine import rows
from storage.schema import documents, versions, work_ties
from storage.selection import HIDDEN
from storage.store import Store

Row = dict[str, Any]

SURE = 0.9
"""Share of equal signature values from which a tie, and rank of a reason from which a link, asks for nobody's look."""


def listed(store: Store, *, limit: int | None = None) -> list[Row]:
    """Return one row a pair without a decision, the least sure first.

    Columns: ``held`` (``apart``: tied, and kept in two works; ``same``: one work by a tie that is only likely; or a relation),
    ``document`` and ``other`` with ``title``, ``site``, ``published_on`` of each (``other_title``, …), ``reason``, ``score``.
    """
    with store.reading() as connection:
        return [_titled(connection, row) for row in rows(connection.execute(_ordered(limit)))]


def count(store: Store) -> int:
    """Return how many pairs wait."""
    with store.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(_waiting().subquery())).scalar_one())


def _ordered(limit: int | None) -> Select[Any]:
    found = _waiting().subquery().c
    return select(found).order_by(found.score, found.document, found.other).limit(limit)


def _waiting() -> Any:  # noqa: ANN401 -- a union of selects
    w, e = work_ties.c, document_links.c
    one, two = documents.alias("one"), documents.alias("two")
    apart = case((one.c.work_id == two.c.work_id, "same"), else_="apart")
    ties = _shown(select(apart.label("held"), w.document_id.label("document"), w.other_id.label("other"), w.reason, w.score), w, one, two)
    ties = ties.where(or_(one.c.work_id != two.c.work_id, w.score < SURE), w.reason != "decision")
    links = select(e.relation.label("held"), e.document_id.label("document"), e.other_id.label("other"), e.reason, e.score)
    return union_all(ties, _shown(links, e, one, two).where(e.score < SURE, e.reason != literal("decision")))


def _shown(query: Any, pair: Any, one: Any, two: Any) -> Any:  # noqa: ANN401 -- statements and columns
    """Join both documents of a pair, neither of them hidden, nor the pair decided on."""
    t = tie_decisions.c
    ends, back = and_(t.document_id == pair.document_id, t.other_id == pair.other_id), and_(t.document_id == pair.other_id)
    either = or_(ends, and_(back, t.other_id == pair.document_id))
    decided = exists().where(t.ended_at.is_(None), either)
    query = query.join(one, one.c.id == pair.document_id).join(two, two.c.id == pair.other_id)
    return query.where(~decided, one.c.state.not_in(HIDDEN), two.c.state.not_in(HIDDEN))


def _titled(connection: Connection, row: Row) -> Row:
    d, v = documents.c, versions.c
    title = case((v.title != "", v.title), else_=d.title).label("title")
    query = select(d.id, title, d.site, v.published_on).join(versions, and_(v.document_id == d.id, v.number == d.version))
    found = {each["id"]: each for each in rows(connection.execute(query.where(d.id.in_([row["document"], row["other"]]))))}
    names = ("title", "site", "published_on")
    told = {name: found.get(row["document"], {}).get(name) for name in names}
    return row | told | {f"other_{name}": found.get(row["other"], {}).get(name) for name in names}
