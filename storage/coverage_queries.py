"""What the store holds by province, kind and year, and what is known of why it holds no more."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Integer, Text, cast, func, select

from storage.engine import rows
from storage.line_schema import document_lines
from storage.notice_queries import shown
from storage.notice_schema import coverage, notices
from storage.schema import runs, unread
from storage.store import Store

Row = dict[str, Any]


def documents(store: Store) -> list[Row]:
    """Return how many documents there are by ``province`` (two digits, empty where unknown), ``kind`` and ``year``, each work once."""
    d = document_lines.c
    province, year = func.substr(d.region, 1, 2).label("province"), _year(d.day)
    query = select(province, d.document_kind.label("kind"), year, func.count().label("count")).where(d.counted, ~d.hidden)
    with store.reading() as connection:
        return rows(connection.execute(query.group_by(province, "kind", year)))


def records(store: Store, today: date) -> list[Row]:
    """Return the same of public records that may be shown on a day."""
    n = notices.c
    province, year = func.substr(n.region, 1, 2).label("province"), _year(n.day)
    query = select(province, n.kind, year, func.count().label("count")).where(shown(today))
    with store.reading() as connection:
        return rows(connection.execute(query.group_by(province, n.kind, year)))


def unread_counts(store: Store) -> dict[str, int]:
    """Return how many archived documents of each site no reader could read."""
    query = select(unread.c.site, func.count().label("count")).group_by(unread.c.site)
    with store.reading() as connection:
        return {row["site"]: row["count"] for row in rows(connection.execute(query))}


def incomplete_lists(store: Store) -> dict[str, list[str]]:
    """Return the sections whose lists the last run of each site did not read to the end, or only up to a cap, by site."""
    c, r = coverage.c, runs.c
    newest = select(r.site, func.max(r.started_at).label("at")).group_by(r.site).subquery()
    last = select(r.id).join(newest, (newest.c.site == r.site) & (newest.c.at == r.started_at))
    query = select(c.site, c.section).where(c.run.in_(last), ~c.complete | c.capped).distinct().order_by(c.site, c.section)
    found: dict[str, list[str]] = {}
    with store.reading() as connection:
        for row in rows(connection.execute(query)):
            found.setdefault(row["site"], []).append(row["section"])
    return found


def _year(day: Any) -> Any:  # noqa: ANN401 -- a column
    """Return the year of a day: both databases write days as 2026-06-30."""
    return cast(func.substr(cast(day, Text), 1, 4), Integer).label("year")
