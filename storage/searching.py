"""Search: ask the index for documents, tasks and public records, and show where the words stand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import CTE, Connection, and_, case, func, select

from storage import notice_queries, past_search, schema
from storage import search as index
from storage.days import local_day
from storage.engine import rows
from storage.selection import NO_FILTERS, Filters, chosen_versions, is_past
from storage.store import Store

Row = dict[str, Any]


def search(store: Store, words: str, filters: Filters = NO_FILTERS, *, kind: str = "", today: date | None = None) -> Row:
    """Return ``{"words", "counts": {"document", "task", "notice"}, "hits"}``; all words must be found, a word may have any length.

    A hit tells ``kind`` (``document``, ``task`` or ``notice``), ``id``, ``document``, ``title``, ``site``, ``url``, ``published_on``,
    ``count`` (how often the words stand there), a ``snippet`` and the spans of the hits in it. Hits in titles come first. Of public
    credit records only those of legal subjects that may be shown on ``today`` (the day in Shanghai) are found.
    """
    wanted, counts = index.words_of(words), {"document": 0, "task": 0, "notice": 0}
    if not wanted:
        return {"words": [], "counts": counts, "hits": []}
    with store.reading() as connection:
        chosen = chosen_versions(filters)
        query = _hit_query(connection, wanted, chosen)
        of = case((query.c.task_id.is_(None), "document"), else_="task")
        counts |= {row[0]: row[1] for row in connection.execute(select(of, func.count()).group_by(of))}
        order = (query.c.titled.desc(), query.c.count.desc(), query.c.published_on.desc(), query.c.document_id, query.c.entry)
        page = select(query).where(of == kind) if kind else select(query)
        found = rows(connection.execute(page.order_by(*order).limit(filters.limit)))
        if is_past(filters):
            records: list[Row] = []
            found += _past_hits(connection, chosen, wanted, kind, counts)
        else:
            counts["notice"], records = notice_queries.hits(connection, wanted, filters, today or local_day(datetime.now(UTC)))
        best = [_hit(connection, wanted, row) for row in found]
    best += records if kind in ("", "notice") else []
    best.sort(key=lambda hit: (hit.pop("titled"), hit["count"], hit["published_on"] or date.min), reverse=True)
    return {"words": wanted, "counts": counts, "hits": best[: filters.limit]}


def _past_hits(connection: Connection, chosen: CTE, words: Sequence[str], kind: str, counts: dict[str, int]) -> list[Row]:
    """Return the hits in versions that are not current, and add them to the counts."""
    hits = []
    for row in past_search.matching(connection, chosen, words):
        of = "task" if row["task_id"] else "document"
        counts[of] += 1
        hits += [row] if kind in ("", of) else []
    return hits


def _hit_query(connection: Connection, words: Sequence[str], chosen: CTE) -> CTE:
    e, d, v = schema.search_entries.c, schema.documents.c, schema.versions.c
    # The matching entries first, once: a planner that starts from the documents asks the index again for each of them.
    last = index.last_at(connection.dialect.name, e.folded, words).label("last")
    columns = (e.id, e.task_id, e.document_id, last, index.count_of(e.folded, words).label("count"))
    matched = select(*columns).where(index.matches(connection.dialect.name, words))
    m = matched.cte("matched").prefix_with("MATERIALIZED").c
    title = case((v.title != "", v.title), else_=d.title).label("title")
    titled = case((and_(m.task_id.is_(None), m.last <= func.length(v.title)), 1), else_=0).label("titled")
    query = (
        select(m.id.label("entry"), m.task_id, m.document_id, m.count, d.version, title, titled, d.site, d.url, v.published_on)
        .join(schema.documents, d.id == m.document_id)
        .join(schema.versions, (v.document_id == d.id) & (v.number == d.version))
        .join(chosen, (chosen.c.document_id == d.id) & (chosen.c.version == d.version))
    )
    return query.cte("hit")


def _hit(connection: Connection, words: Sequence[str], row: Row) -> Row:
    t, v = schema.tasks.c, schema.versions.c
    text = select(v.text).where(v.document_id == row["document_id"], v.number == row["version"])
    if row["task_id"]:
        text = select(t.text).where(t.id == row["task_id"])
    shown, spans = index.snippet(words, connection.execute(text).scalar_one())
    if not spans:
        shown, spans = index.snippet(words, row["title"])
    kept = {name: row[name] for name in ("title", "site", "url", "published_on", "count", "titled")}
    identity = {
        "kind": "task" if row["task_id"] else "document",
        "id": row["task_id"] or row["document_id"],
        "document": row["document_id"],
    }
    return identity | kept | {"snippet": shown, "spans": spans}
