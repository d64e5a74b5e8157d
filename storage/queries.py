"""Questions to the store. Every answer is a list of plain dictionaries, in a lasting order.

Unless said otherwise an answer rests on the current versions of documents that are neither withdrawn nor repealed, and a
work that was published in several places counts once: the publisher's own copy (that on the site of the document's home
region), else of the copies with the whole text the one published first; a copy without a task that could be read hides none.
``as_of`` asks for the versions in force on a day, ``known_at`` for those that the store knew at a moment; both for what it then knew of
the day. Public credit records have no past: what may not be shown today is shown of no day.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import CTE, ColumnElement, Connection, Select, case, exists, func, or_, select

from normalizers.records import DeadlineKind
from storage import agency_counts, document_rows, past_search, schema, task_rows
from storage.asking import Question
from storage.batches import among
from storage.engine import rows
from storage.identity import text_key
from storage.line_schema import document_lines, line_agencies, line_numbers, task_line_agencies, task_lines
from storage.matching import names_of
from storage.naming import bodies_named
from storage.paging import Page
from storage.places import line_of
from storage.schema import ROLES
from storage.scopes import of_task, span_of
from storage.searching import holding, read_words
from storage.searching import search as search
from storage.selection import NO_FILTERS, Filters, chosen_versions, is_past, region_of
from storage.store import Store

Row = dict[str, Any]

_OF_THE_WORK = frozenset({"due_run", "reach", "host", "heartbeat_at"})
"""Columns of runs that operators ask for elsewhere (``operations_queries``): how a run came to be says nothing of what it brought."""


# --- tasks -------------------------------------------------------------------------------------------------------------


def tasks(store: Store, filters: Filters = NO_FILTERS) -> list[Row]:
    """Return one row a task, the newest document first and its tasks in their order, with its bodies by role and its deadline."""
    with store.reading() as connection:
        return list(task_rows.read(connection, filters))


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
    n = line_numbers.c
    query = query.join(line_numbers, n.document_id == t.document_id)
    if filters.year:
        first, last = span_of(filters.year)
        wanted.append(n.line.between(line_of(first), line_of(last)))
    return query.where(*wanted).order_by(n.line.desc(), t.ordinal)


def _of_kind(filters: Filters) -> list[ColumnElement[bool]]:
    """Return the conditions on the kind of a task's document and of its deadline."""
    v, t = schema.versions.c, schema.tasks.c
    wanted: list[ColumnElement[bool]] = [v.document_kind == filters.kind] if filters.kind else []
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
        ids, names = names_of(connection, filters.agency)
        wanted.append(or_(a.agency_id.in_(ids), a.name.in_(names), a.mention_key.in_([text_key(name) for name in names])))
    return exists().where(*wanted)


# --- documents, agencies, runs -------------------------------------------------------------------------------------------


def documents(store: Store, filters: Filters = NO_FILTERS) -> list[Row]:
    """Return one row a document and the version asked for, every copy of a work, the newest first."""
    with store.reading() as connection:
        return list(document_rows.read(connection, filters))


def agencies(store: Store, filters: Filters = NO_FILTERS, name: str = "") -> list[Row]:
    """Return one row a body named in tasks, with how many tasks it has in each role, the busiest first.

    A mention that could not be resolved stands under its own words, with ``resolved`` false. ``name``: only bodies of which any name of
    the gazetteer, or the one they are shown by, holds it, or whose identifier it is.
    """
    ids = bodies_named(store, name)
    with store.reading() as connection:
        question = Question.of(connection, filters)
        shown = agency_counts.named(question, name, ids) if name else agency_counts.counted(question)
    shown.sort(key=lambda row: (-sum(row[role] for role in ROLES), row["name"]))
    return shown[: filters.limit]


def runs(store: Store, site: str = "", limit: int | None = None) -> list[Row]:
    """Return one row a run, the newest first, with its counts of captures and failures."""
    r, c, f = schema.runs.c, schema.captures.c, schema.failures.c
    captured = select(func.count()).where(c.run == r.id).scalar_subquery().label("captures")
    failed = select(func.count()).where(f.run == r.id).scalar_subquery().label("failures")
    told = [column for column in r if column.name not in _OF_THE_WORK]
    query = select(*told, captured, failed).order_by(r.started_at.desc(), r.id.desc())
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
    l, t, a, b, c = document_lines.c, task_lines.c, task_line_agencies.c, line_agencies.c, schema.captures.c  # noqa: E741 -- lines
    dated = or_(t.deadline_start.is_not(None), t.deadline_end.is_not(None))
    of_site = select(l.site, func.count()).group_by(l.site)
    asked: dict[str, Select[Any]] = {
        "captures": select(c.site, func.count()).group_by(c.site),
        "documents": of_site,
        "versions": select(l.site, func.sum(l.versions)).group_by(l.site),
        "tasks": select(l.site, func.sum(l.tasks)).group_by(l.site),
        "agencies": select(l.site, func.count(func.distinct(func.coalesce(func.nullif(b.agency_id, ""), b.name))))
        .join_from(task_line_agencies, line_agencies, b.id == a.body)
        .join(document_lines, l.place == of_task(a.place))
        .group_by(l.site),
        "deadlines": of_site.join_from(task_lines, document_lines, l.place == of_task(t.place)).where(dated),
    }
    with store.reading() as connection:
        sites = list(connection.execute(select(schema.sites.c.id).order_by(schema.sites.c.id)).scalars())
        found = {name: {row[0]: row[1] for row in connection.execute(query)} for name, query in asked.items()}
    return [{"site": site} | {name: int(numbers.get(site, 0)) for name, numbers in found.items()} for site in sites]


# --- pages -------------------------------------------------------------------------------------------------------------


def task_page(store: Store, filters: Filters = NO_FILTERS, *, after: str = "", order: str = "published") -> Page:
    """Return a page of tasks: the newest document first (``published``), or those due first (``due``, only those with a deadline's end).

    ``filters.limit`` is the size of the page; ``after`` the cursor of the page before. Raises ``WrongCursor``.
    """
    with store.reading() as connection:
        return task_rows.page(Question.of(connection, filters), after, order)


def document_page(store: Store, filters: Filters = NO_FILTERS, *, after: str = "") -> Page:
    """Return a page of documents, every copy of a work, the newest first; see ``task_page``."""
    with store.reading() as connection:
        return document_rows.page(connection, filters, after)


def agency_page(store: Store, filters: Filters = NO_FILTERS, *, after: str = "", order: str = "name") -> Page:
    """Return a page of the bodies named in tasks, by ``name`` or ``region``, with how many tasks each has in each role."""
    with store.reading() as connection:
        return agency_counts.page(connection, filters, after, order)


# --- search ------------------------------------------------------------------------------------------------------------


def _holding(connection: Connection, chosen: CTE, filters: Filters, column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    """Return the condition that what ``column`` identifies holds the words: by the index where it is current, else by its text."""
    d = schema.documents.c
    table, key = (task_lines, task_lines.c.task_id) if name == "task_id" else (document_lines, document_lines.c.document_id)
    indexed = select(key).where(table.c.place.in_(holding(connection, filters.words, name.removesuffix("_id"))))
    if not is_past(filters):
        return column.in_(indexed)
    wanted = read_words(connection, filters.words, exact=True).wanted
    found = {row[name] for row in past_search.matching(connection, chosen, wanted) if row[name]}
    current = select(chosen.c.document_id).join(schema.documents, (d.id == chosen.c.document_id) & (d.version == chosen.c.version))
    of_document = document_lines.c.document_id if name == "document_id" else None
    if of_document is None:
        indexed = indexed.select_from(task_lines.join(document_lines, document_lines.c.place == of_task(task_lines.c.place)))
    indexed = indexed.where(document_lines.c.document_id.in_(current))
    return or_(column.in_(indexed), among(connection, column, sorted(found)))
