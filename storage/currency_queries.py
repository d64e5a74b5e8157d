"""How current the store is: when sites were read completely, and on which days their sections had something new."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select

from storage import change_queries
from storage.line_schema import document_lines
from storage.notice_queries import shown
from storage.notice_schema import notices
from storage.store import Store

Row = dict[str, Any]


def sites(store: Store) -> list[Row]:
    """Return one row a site: ``site``, ``name``, ``looked_at``, ``verdict`` (of the last run), ``complete_at`` (of the last whole one)."""
    return change_queries.looked_at(store)


def days(store: Store, since: date, *, site: str = "") -> dict[tuple[str, str], list[date]]:
    """Return for each site and section the days from which it has documents, the first one first."""
    with store.reading() as connection:
        return _days(connection, since, site)


def records(store: Store, today: date) -> dict[str, tuple[int, date]]:
    """Return for each site how many of its public records may be shown on a day, and the day of the newest of them."""
    n = notices.c
    query = select(n.site, func.count(), func.max(n.day)).where(shown(today)).group_by(n.site)
    with store.reading() as connection:
        return {row[0]: (row[1], row[2]) for row in connection.execute(query)}


def _days(connection: Connection, since: date, site: str) -> dict[tuple[str, str], list[date]]:
    d = document_lines.c
    query = select(d.site, d.section, d.day).where(d.day >= since, d.kind == "article").distinct()
    query = query.where(d.site == site) if site else query
    found: dict[tuple[str, str], list[date]] = defaultdict(list)
    for row in connection.execute(query.order_by(d.site, d.section, d.day)):
        found[row.site, row.section].append(row.day)
    return dict(found)
