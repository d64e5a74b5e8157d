"""How the documents of an answer spread over sites, home regions, kinds and years, from the lines of today."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, extract, func, select

from storage.engine import rows
from storage.line_schema import document_lines
from storage.selection import NO_FILTERS, Filters, is_past, stem_of
from storage.store import Store

Row = dict[str, Any]

FACETS = ("site", "region", "kind", "year")
MOST = 60
"""Values of one facet."""


def document_facets(store: Store, filters: Filters = NO_FILTERS) -> dict[str, list[Row]]:
    """Return for each facet its values and counts among the documents that hold the filters, the most frequent first.

    Nothing for a question about the past or for words: the search counts those itself.
    """
    if is_past(filters) or filters.words:
        return {}
    c = document_lines.c
    columns: dict[str, ColumnElement[Any]] = {
        "site": c.site,
        "region": c.region,
        "kind": c.document_kind,
        "year": extract("year", c.day),
    }
    out: dict[str, list[Row]] = {}
    with store.reading() as connection:
        for name, column in columns.items():
            value = column.label("value")
            query = select(value, func.count().label("count")).where(*_held(filters)).group_by(value)
            found = rows(connection.execute(query.order_by(func.count().desc(), value).limit(MOST)))
            out[name] = [{"value": str(row["value"]), "count": row["count"]} for row in found if row["value"]]
    return out


def _held(filters: Filters) -> list[ColumnElement[bool]]:
    c = document_lines.c
    wanted: list[ColumnElement[bool]] = [~c.hidden]
    same = {c.site: filters.site, c.document_kind: filters.kind}
    wanted += [column == value for column, value in same.items() if value]
    wanted += [c.region.startswith(stem_of(filters.region), autoescape=True)] if filters.region else []
    wanted += [c.day.between(date(filters.year, 1, 1), date(filters.year, 12, 31))] if filters.year else []
    return wanted
