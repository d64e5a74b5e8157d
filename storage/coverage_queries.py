"""What the store holds by province, kind and year, and what is known of why it holds no more."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Integer, Select, Text, cast, func, select

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
    said = select(_province(d.region), d.document_kind.label("kind"), _year(d.day)).where(d.counted, ~d.hidden)
    return _counted(store, said)


def records(store: Store, today: date) -> list[Row]:
    """Return the same of public records that may be shown on a day."""
    n = notices.c
    return _counted(store, select(_province(n.region), n.kind, _year(n.day)).where(shown(today)))


def _counted(store: Store, said: Select[Any]) -> list[Row]:
    by = said.subquery()
    query = select(by, func.count().label("count")).group_by(*by.c)
    with store.reading() as connection:
        return rows(connection.execute(query))


def _province(region: Any) -> Any:  # noqa: ANN401 -- a column
    return func.substr(region, 1, 2).label("province")


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
