"""How the documents of an answer spread over sites, home regions, kinds and years, from the lines of today."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Text, cast, extract, func, literal_column, select, union_all

from storage.kept_statements import given, kept, values_of
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
    f, found = filters, dict[str, list[tuple[int, str]]]()
    query = kept(("facets of documents", bool(f.site), bool(f.kind), bool(f.region), bool(f.year)), partial(_counts, f))
    first, last = (date(f.year, month, day) if f.year else None for month, day in ((1, 1), (12, 31)))
    asked = values_of(site=f.site, kind=f.kind, region=stem_of(f.region), first=first, last=last)
    with store.reading() as connection:
        for name, value, count in connection.execute(query, asked):
            found.setdefault(name, []).append((-count, value))
    return {name: [{"value": value, "count": -less} for less, value in sorted(found.get(name, []))[:MOST] if value] for name in FACETS}


def _counts(filters: Filters) -> CompoundSelect[Any]:
    """Return the query of facets, values and numbers of documents."""
    c = document_lines.c
    columns: dict[str, ColumnElement[str]] = {
        "site": c.site,
        "region": c.region,
        "kind": c.document_kind,
        "year": cast(extract("year", c.day), Text),
    }
    held = _held(filters)
    named: list[Any] = [(literal_column(f"'{name}'"), value) for name, value in columns.items()]
    return union_all(*(select(name, value, func.count()).where(*held).group_by(value) for name, value in named))


def _held(filters: Filters) -> list[ColumnElement[bool]]:
    c = document_lines.c
    wanted: list[ColumnElement[bool]] = [~c.hidden]
    wanted += [c.site == given("site", filters.site)] if filters.site else []
    wanted += [c.document_kind == given("kind", filters.kind)] if filters.kind else []
    stem = given("region", "")
    wanted += [func.substr(c.region, 1, func.length(stem)) == stem] if filters.region else []
    return [*wanted, *([c.day.between(given("first", None, c.day.type), given("last", None, c.day.type))] if filters.year else [])]
