"""Questions to the store. Every answer is a list of plain dictionaries, in a lasting order.

Unless said otherwise an answer rests on the current versions of documents that are neither withdrawn nor repealed, and a
work that was published in several places counts once: the publisher's own copy (that on the site of the document's home
region), else of the copies with the whole text the one published first; a copy without a task that could be read hides none.
``as_of`` asks for the versions in force on a day, ``known_at`` for those that the store knew at a moment; both for what it then knew of
the day. Public credit records have no past: what may not be shown today is shown of no day.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import CTE, ColumnElement, Connection, Select, case, exists, func, literal, or_, select

from normalizers.records import DeadlineKind
from storage import paging, past_search, schema
from storage import search as index
from storage.engine import rows
from storage.identity import text_key
from storage.paging import Page
from storage.schema import ROLES
from storage.searching import search as search
from storage.selection import NO_FILTERS, Filters, chosen_versions, is_past, region_of
from storage.store import Store

Row = dict[str, Any]


# --- tasks -------------------------------------------------------------------------------------------------------------


def tasks(store: Store, filters: Filters = NO_FILTERS) -> list[Row]:
    """Return one row a task, by site, document and place in it, with its bodies by role and its deadline."""
    with store.reading() as connection:
        return read_tasks(connection, filters)


def read_tasks(connection: Connection, filters: Filters) -> list[Row]:
    """Return the rows of ``tasks`` from within a transaction."""
    query = _task_query(connection, filters)
    found = rows(connection.execute(query if filters.limit is None else query.limit(filters.limit)))
    bodies = _bodies(connection, [row["id"] for row in found])
    return [_task(row, bodies) for row in found]


def _task_query(connection: Connection, filters: Filters) -> Select[Any]:
    chosen = chosen_versions(filters)
    d, v, t = schema.documents.c, schema.versions.c, schema.tasks.c
    head = (chosen.c.work_id.label("work"), chosen.c.copies, d.site, d.url, chosen.c.state)
    title = case((v.title != "", v.title), else_=d.title).label("title")
    region = select(schema.version_regions.c.region).where(region_of(v)).scalar_subquery().label("region")
    query = (
        select(*schema.tasks.c, *head, title, region, v.document_number, v.published_on)
        .join(chosen, (t.document_id == chosen.c.document_id) & (t.version == chosen.c.version))
        .join(schema.documents, d.id == t.document_id)
        .join(schema.versions, (v.document_id == t.document_id) & (v.number == t.version))
    )
    wanted = [t.deadline_end >= filters.due_from] if filters.due_from else []
    wanted += [t.deadline_end <= filters.due_to] if filters.due_to else []
    wanted += [_named(connection, filters)] if filters.agency or filters.role else []
    wanted += _of_kind(filters)
    if filters.words:
        wanted.append(_holding(connection, chosen, filters, t.id, "task_id"))
    return query.where(*wanted).order_by(d.site, v.published_on, t.document_id, t.version, t.ordinal)


def _of_kind(filters: Filters) -> list[ColumnElement[bool]]:
    """Return the conditions on the kind and the year of a task's document and on the kind of its deadline."""
    v, t = schema.versions.c, schema.tasks.c
    wanted: list[ColumnElement[bool]] = [v.document_kind == filters.document_kind] if filters.document_kind else []
    wanted += [v.published_on.between(date(filters.year, 1, 1), date(filters.year, 12, 31))] if filters.year else []
    if filters.deadline_kind == DeadlineKind.NONE:
        wanted.append(or_(t.deadline_kind.is_(None), t.deadline_kind == DeadlineKind.NONE))
    elif filters.deadline_kind:
        wanted.append(t.deadline_kind == filters.deadline_kind)
    return wanted


def _named(connection: Connection, filters: Filters) -> ColumnElement[bool]:
    a = schema.task_agencies.c
    wanted = [a.task_id == schema.tasks.c.id]
    if filters.role:
        wanted.append(a.role == filters.role)
    if filters.agency:
        ids, names = _agency_names(connection, filters.agency)
        wanted.append(or_(a.agency_id.in_(ids), a.name.in_(names), a.mention_key.in_([text_key(name) for name in names])))
    return exists().where(*wanted)


def _agency_names(connection: Connection, name: str) -> tuple[set[str], set[str]]:
    """Return the identifiers that a name or identifier stands for, and the canonical names to look for."""
    g, n = schema.agencies.c, schema.agency_names.c
    by_name = select(n.agency_id).where(n.name_key == text_key(name))
    found = connection.execute(select(g.id, g.name).where(or_(g.id == name, g.name == name, g.id.in_(by_name)))).all()
    return {row.id for row in found} | {name}, {row.name for row in found} | {name}


def _bodies(connection: Connection, ids: Sequence[str]) -> dict[str, dict[str, list[Row]]]:
    found: dict[str, dict[str, list[Row]]] = defaultdict(lambda: {role: [] for role in ROLES})
    a = schema.task_agencies.c
    for start in range(0, len(ids), 500):
        query = select(schema.task_agencies).where(a.task_id.in_(ids[start : start + 500])).order_by(a.task_id, a.role, a.position)
        for row in rows(connection.execute(query)):
            found[row["task_id"]][row["role"]].append(_body(row))
    return found


def _body(row: Row) -> Row:
    names = ("mention", "name", "kind", "resolved", "rule", "flags")
    return {"id": row["agency_id"]} | {name: row[name] for name in names}


def _task(row: Row, bodies: dict[str, dict[str, list[Row]]]) -> Row:
    deadline = {name: row[f"deadline_{name}"] for name in ("text", "start", "end", "kind", "basis", "period", "strength", "flags")}
    first = ("id", "document_id", "version", "work", "copies", "site", "region", "title", "document_number", "published_on", "url", "state")
    shown = {name.removesuffix("_id"): row[name] for name in first}
    shown |= {name: row[name] for name in ("ordinal", "number", "section", "text")} | bodies[row["id"]]
    shown |= {"open_list": row["open_list"], "deadline": deadline if row["deadline_kind"] else None, "milestones": row["milestones"]}
    shown["evidence"] = {"start": row["evidence_start"], "end": row["evidence_end"]}
    return shown | {
        name: row[name] for name in ("address", "agency_address", "deadline_address", "rule", "confidence", "fingerprint", "lasting_id")
    }


# --- documents, agencies, runs -------------------------------------------------------------------------------------------


def documents(store: Store, filters: Filters = NO_FILTERS) -> list[Row]:
    """Return one row a document and the version asked for, every copy of a work, the newest first."""
    filters = replace(filters, all_copies=True)
    with store.reading() as connection:
        chosen = chosen_versions(filters)
        d, v, k = schema.documents.c, schema.versions.c, schema.clocks.c
        title = case((v.title != "", v.title), else_=d.title).label("title")
        region = func.coalesce(select(schema.version_regions.c.region).where(region_of(v)).scalar_subquery(), "").label("region")
        query = (
            select(d.id, v.number.label("version"), d.work_id.label("work"), chosen.c.copies, d.site, d.section, d.kind)
            .add_columns(d.parent_id.label("parent"), d.url, title, v.document_number, region, v.issued_on, v.published_on, d.listed_on)
            .add_columns(
                v.document_kind,
                v.plan_start,
                v.plan_end,
                v.task_count.label("tasks"),
                chosen.c.state,
                v.change,
                v.format,
                k.first_seen,
                k.last_checked,
            )
            .join(chosen, chosen.c.document_id == d.id)
            .join(schema.versions, (v.document_id == d.id) & (v.number == chosen.c.version))
            .outerjoin(schema.clocks, k.document_id == d.id)
            .order_by(func.coalesce(v.published_on, d.listed_on).desc(), d.site, d.id)
        )
        if filters.words:
            query = query.where(_holding(connection, chosen, filters, d.id, "document_id"))
        if filters.document_kind:
            query = query.where(v.document_kind == filters.document_kind)
        if filters.year:
            query = query.where(v.published_on.between(date(filters.year, 1, 1), date(filters.year, 12, 31)))
        return rows(connection.execute(query if filters.limit is None else query.limit(filters.limit)))


def agencies(store: Store, filters: Filters = NO_FILTERS) -> list[Row]:
    """Return one row a body named in tasks, with how many tasks it has in each role, the busiest first.

    A mention that could not be resolved stands under its own words, with ``resolved`` false.
    """
    found: dict[tuple[str | None, str], Row] = {}
    with store.reading() as connection:
        for task in read_tasks(connection, replace(filters, limit=None)):
            for role in ROLES:
                for body in task[role]:
                    name = body["name"] or body["mention"]
                    empty = {"id": body["id"], "name": name, "kind": body["kind"], "resolved": body["resolved"], "counts": Counter()}
                    found.setdefault((body["id"], name), empty)["counts"][role] += 1
    shown = [{k: v for k, v in row.items() if k != "counts"} | {role: row["counts"][role] for role in ROLES} for row in found.values()]
    shown.sort(key=lambda row: (-sum(row[role] for role in ROLES), row["name"]))
    return shown[: filters.limit]


def runs(store: Store, site: str = "", limit: int | None = None) -> list[Row]:
    """Return one row a run, the newest first, with its counts of captures and failures."""
    r, c, f = schema.runs.c, schema.captures.c, schema.failures.c
    captured = select(func.count()).where(c.run == r.id).scalar_subquery().label("captures")
    failed = select(func.count()).where(f.run == r.id).scalar_subquery().label("failures")
    query = select(*r, captured, failed).order_by(r.started_at.desc(), r.id.desc())
    with store.reading() as connection:
        return rows(connection.execute((query.where(r.site == site) if site else query).limit(limit)))


def failures(store: Store, *, run: str = "", site: str = "") -> list[Row]:
    """Return one row a failure, in the order in which they came."""
    f = schema.failures.c
    query = select(*f).order_by(f.id)
    with store.reading() as connection:
        return rows(connection.execute(query.where(*([f.run == run] if run else []), *([f.site == site] if site else []))))


def counts(store: Store) -> list[Row]:
    """Return one row a site: captures, documents, versions, tasks, bodies named and deadlines with a date."""
    d, v, t, a, c = schema.documents.c, schema.versions.c, schema.tasks.c, schema.task_agencies.c, schema.captures.c
    of_site = select(func.count()).select_from(schema.documents)
    with_versions = of_site.join(schema.versions, v.document_id == d.id)
    current = of_site.join(schema.tasks, (t.document_id == d.id) & (t.version == d.version))
    named = select(func.count(func.distinct(func.coalesce(a.agency_id, a.mention)))).select_from(schema.documents)
    named = named.join(schema.tasks, (t.document_id == d.id) & (t.version == d.version)).join(schema.task_agencies, a.task_id == t.id)
    found = []
    with store.reading() as connection:
        for site in connection.execute(select(schema.sites.c.id).order_by(schema.sites.c.id)).scalars():
            asked = {
                "captures": select(func.count()).where(c.site == site),
                "documents": of_site.where(d.site == site),
                "versions": with_versions.where(d.site == site),
                "tasks": current.where(d.site == site),
                "agencies": named.where(d.site == site),
                "deadlines": current.where(d.site == site, or_(t.deadline_start.is_not(None), t.deadline_end.is_not(None))),
            }
            found.append({"site": site} | {name: connection.execute(query).scalar_one() for name, query in asked.items()})
    return found


# --- pages -------------------------------------------------------------------------------------------------------------


def task_page(store: Store, filters: Filters = NO_FILTERS, *, after: str = "", order: str = "published") -> Page:
    """Return a page of tasks: the newest document first (``published``), or those due first (``due``, only those with a deadline's end).

    ``filters.limit`` is the size of the page; ``after`` the cursor of the page before. Raises ``WrongCursor``.
    """
    found = tasks(store, replace(filters, limit=None))
    if order == "due":
        found = sorted((row for row in found if row["deadline"] and row["deadline"]["end"]), key=lambda row: row["deadline"]["end"])
    return _sliced(f"tasks {order}", filters, found, after)


def document_page(store: Store, filters: Filters = NO_FILTERS, *, after: str = "") -> Page:
    """Return a page of documents, the newest first; see ``task_page``."""
    return _sliced("documents", filters, documents(store, replace(filters, limit=None)), after)


def agency_page(store: Store, filters: Filters = NO_FILTERS, *, after: str = "", order: str = "name") -> Page:
    """Return a page of the bodies named in tasks, by ``name`` or ``region``, with how many tasks each has in each role."""
    found = sorted(agencies(store, replace(filters, limit=None)), key=lambda row: (row["name"], row["id"] or ""))
    return _sliced(f"agencies {order}", filters, found, after)


def _sliced(kind: str, filters: Filters, found: list[Row], after: str) -> Page:
    start = (paging.behind(kind, filters, after, (int,)) or [0])[0]
    end = start + paging.size_of(filters.limit)
    return Page(found[start:end], paging.cursor(kind, filters, [end]) if end < len(found) else "", len(found))


# --- search ------------------------------------------------------------------------------------------------------------


def _entries(connection: Connection, words: str) -> Select[Any]:
    wanted = index.words_of(words)
    return select(schema.search_entries).where(index.matches(connection.dialect.name, wanted) if wanted else literal(False))


def _holding(connection: Connection, chosen: CTE, filters: Filters, column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    """Return the condition that what ``column`` identifies holds the words: by the index where it is current, else by its text."""
    e = schema.search_entries.c
    current = select(schema.documents.c.id).join(chosen, chosen.c.document_id == schema.documents.c.id)
    current = current.where(chosen.c.version == schema.documents.c.version)
    indexed = _entries(connection, filters.words).with_only_columns(e[name])
    if not is_past(filters):
        return column.in_(indexed)
    found = {row[name] for row in past_search.matching(connection, chosen, index.words_of(filters.words)) if row[name]}
    return or_(column.in_(indexed.where(e.document_id.in_(current))), past_search.among(connection, column, sorted(found)))
