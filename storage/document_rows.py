"""The rows of documents as lists, pages and the API show them, every copy of a work, in reading order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from heapq import nlargest
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select

from storage import paging, past_search
from storage.batches import as_one, batches
from storage.engine import rows
from storage.kept_statements import kept, values_of
from storage.line_schema import document_lines, line_choices
from storage.paging import Page
from storage.places import END
from storage.schema import clocks, documents, version_regions, versions
from storage.scopes import Scope, scope_of, values
from storage.searching import holding, read_words
from storage.selection import Filters, chosen_versions, region_of

Row = dict[str, Any]
_LOT = 500
COLUMNS = (
    "id", "version", "work", "copies", "site", "section", "kind", "parent", "url", "title", "document_number", "region", "issued_on",
    "published_on", "listed_on", "document_kind", "plan_start", "plan_end", "tasks", "state", "change", "format", "first_seen",
    "last_checked",
)  # fmt: skip


def read(connection: Connection, filters: Filters) -> Iterator[Row]:
    """Yield the rows of a question in reading order, at most ``filters.limit``."""
    asked = replace(filters, all_copies=True)
    scope, below, left = scope_of(connection, asked), END, filters.limit
    former = _former_holding(connection, scope)
    while left is None or left > 0:
        found = _places(connection, scope, former, below, _LOT if left is None else min(left, _LOT))
        if not found:
            return
        yield from _rows_at(connection, scope, found)
        below, left = found[-1] - 1, None if left is None else left - len(found)


def page(connection: Connection, filters: Filters, after: str) -> Page:
    """Return a page of documents; see ``queries.document_page``."""
    size, asked = paging.size_of(filters.limit), replace(filters, all_copies=True)
    behind = paging.behind("documents", filters, after, (int,))
    scope = scope_of(connection, asked)
    former = _former_holding(connection, scope)
    found = _places(connection, scope, former, behind[0] - 1 if behind else END, size + 1)
    shown = found[:size]
    following = paging.cursor("documents", filters, [shown[-1]]) if len(found) > size else ""
    return Page(_rows_at(connection, scope, shown), following, _total(connection, scope, former))


def _with_words(connection: Connection, scope: Scope) -> list[ColumnElement[bool]]:
    words = scope.filters.words
    return [document_lines.c.place.in_(holding(connection, words, "document"))] if words else []


def _former_holding(connection: Connection, scope: Scope) -> set[str] | None:
    """Return the documents of which a former version that is asked holds the words; None where no words are asked for."""
    if not scope.filters.words:
        return None
    if not scope.former:
        return set()
    chosen = chosen_versions(scope.filters)
    found = past_search.matching(connection, chosen, read_words(connection, scope.filters.words, exact=True).wanted)
    return {row["document_id"] for row in found if not row["task_id"]}


def _places(connection: Connection, scope: Scope, former: set[str] | None, start: int, limit: int) -> list[int]:
    words = _with_words(connection, scope)
    lined: list[int] = []
    if words and scope.told:
        # Lines and documents that were looked at are held against the words together.
        d = document_lines.c
        query = select(d.place).where(d.place <= start, scope.holds(d.place), *words).order_by(d.place.desc()).limit(limit)
        lined = list(connection.execute(query).scalars())
    else:
        lined = scope.below(connection, start, limit, *words)
    others = (told.place for told in scope.former if told.place <= start and (former is None or told.document in former))
    return nlargest(limit, [*lined, *others])


def _total(connection: Connection, scope: Scope, former: set[str] | None) -> int:
    others = sum(former is None or told.document in former for told in scope.former)
    if scope.lined and not scope.told and not scope.filters.words:
        count = select(func.count()).select_from(line_choices)
        query = kept(("how many documents", *scope.shape), lambda: count.where(*scope.here(), *scope.chosen()))
    else:
        query = select(func.count()).select_from(document_lines)
        query = query.where(scope.holds(document_lines.c.place), *_with_words(connection, scope))
    return int(connection.execute(query, scope.values).scalar_one()) + others


def _rows_at(connection: Connection, scope: Scope, found: Sequence[int]) -> list[Row]:
    former = {told.place: told for told in scope.former}
    there: dict[int, Row] = {}
    for places in batches(place for place in found if place not in former):
        query = kept(("rows of documents", scope.dialect), partial(_of_lines, scope))
        asked = scope.values | values_of(places=as_one(scope.dialect, places))
        there |= {row["place"]: row for row in rows(connection.execute(query, asked))}
    for some in batches((told for place, told in former.items() if place in set(found)), 200):
        d, v = documents.c, versions.c
        here = or_(*(and_(d.id == told.document, v.number == told.version) for told in some))
        by_name = {told.document: told.place for told in some}
        there |= {by_name[row["id"]]: row for row in rows(connection.execute(_of_versions().where(here)))}
    for place, told in (dict(scope.told) | former).items():
        if place in there:
            there[place] |= {"state": told.state, "copies": told.copies}
    return [{name: there[place][name] for name in COLUMNS} for place in found if place in there]


def _of_lines(scope: Scope) -> Select[Any]:
    d, c, k = document_lines.c, line_choices.c, clocks.c
    named = (d.document_id.label("id"), d.work_id.label("work"), d.parent_id.label("parent"), c.copies, k.first_seen, k.last_checked)
    as_is = [d[name] for name in COLUMNS if name in d and name != "copies"]
    choice = and_(*scope.here(), c.place == d.place)
    joined = document_lines.outerjoin(line_choices, choice).outerjoin(clocks, k.document_id == d.document_id)
    return select(d.place, *named, *as_is).select_from(joined).where(d.place.in_(select(values(scope.dialect, (), "places"))))


def _of_versions() -> Select[Any]:
    d, v, k = documents.c, versions.c, clocks.c
    title = case((v.title != "", v.title), else_=d.title).label("title")
    region = func.coalesce(select(version_regions.c.region).where(region_of(v)).scalar_subquery(), "").label("region")
    return (
        select(d.id, v.number.label("version"), d.work_id.label("work"), d.site, d.section, d.kind, d.parent_id.label("parent"), d.url)
        .add_columns(title, v.document_number, region, v.issued_on, v.published_on, d.listed_on, v.document_kind, v.plan_start)
        .add_columns(v.plan_end, v.task_count.label("tasks"), v.change, v.format, k.first_seen, k.last_checked)
        .join(versions, v.document_id == d.id)
        .outerjoin(clocks, k.document_id == d.id)
    )
