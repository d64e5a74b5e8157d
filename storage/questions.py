"""What can be asked for as a whole table: a frame, a file, a stream. Each question comes to one statement on the documented views.

Which rows an answer has, and in which order, is decided by the same statements as in ``queries``, ``notice_queries`` and
``change_queries``; what stands in them by the views. So a question about another day gives the columns of the view of that day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, FromClause, Select, column, literal_column, select, table, text

from storage import change_queries, notice_queries, queries, schema, views_at
from storage.agency_lines import line
from storage.batches import among
from storage.change_filters import ChangeFilters, conditions
from storage.change_schema import changes
from storage.dictionary import Kind, kinds_of, type_of
from storage.errors import ExportError
from storage.line_schema import document_lines, line_choices, line_numbers, task_lines
from storage.matching import matching_of
from storage.notice_queries import NoticeFilters
from storage.notice_schema import notices
from storage.places import LAST, line_of
from storage.scopes import Scope, of_task, scope_of, span_of
from storage.searching import holding
from storage.selection import NO_FILTERS, Filters, chosen_versions
from storage.views import ORDER


@dataclass(frozen=True, slots=True)
class _Filtered:
    """Rows that hold filters."""

    filters: Filters = NO_FILTERS


class Tasks(_Filtered):
    """The tasks that hold the filters: rows of ``v_tasks``, in the order of ``queries.tasks``."""

    view = "tasks"


class TaskAgencies(_Filtered):
    """The bodies of the tasks that hold the filters: rows of ``v_task_agencies``."""

    view = "task_agencies"


class Documents(_Filtered):
    """The documents that hold the filters, every copy of a work: rows of ``v_documents``, in the order of ``queries.documents``."""

    view = "documents"


class Versions(_Filtered):
    """All versions of the documents that hold the filters: rows of ``v_versions``, of a past day those that were there then."""

    view = "versions"


class Agencies(_Filtered):
    """The bodies of the gazetteer that tasks name which hold the filters: rows of ``v_agencies``."""

    view = "agencies"


@dataclass(frozen=True, slots=True)
class Notices:
    """The public records that hold the filters and may be shown on ``today``: rows of ``v_notices``."""

    filters: NoticeFilters
    today: date
    view = "notices"


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes that hold the filters: rows of ``v_feed``."""

    filters: ChangeFilters
    today: date
    view = "feed"


@dataclass(frozen=True, slots=True)
class View:
    """All rows of a view, without its prefix, in the order of ``views.ORDER``; of another day where ``filters`` name one."""

    view: str
    filters: Filters = NO_FILTERS


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that are there already, such as the hits of a search or the answer to somebody's SQL; the kind of a column is found in them."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]] = field(repr=False)
    view = ""


OfView = Tasks | TaskAgencies | Documents | Versions | Agencies | Notices | Changes | View
Question = OfView | Table

OF_RECORDS = frozenset({"notices", "subjects", "notice_events"})
"""Views of public records: who is given their rows is logged."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a question comes to: a statement, and the kinds of its columns."""

    statement: Select[Any]
    kinds: dict[str, Kind]


def reading(connection: Connection, question: OfView) -> Reading:
    """Return the statement of a question. Raises ``ExportError`` for an unknown view, ``StaleCursor`` and ``UnknownCursor``."""
    kinds = kinds_of(f"v_{question.view}")
    if not kinds:
        known = ", ".join(name.removeprefix("v_") for name in ORDER)
        raise ExportError(f"There is no view {question.view!r}: choose one of {known}.")
    match question:
        case Notices():
            made = _notices(connection, question)
        case Changes():
            made = _changes(connection, question)
        case View():
            view = _view(connection, question.view, question.filters)
            made = select(*view.c).order_by(*(view.c[name] for name in ORDER[f"v_{question.view}"]))
        case Tasks() if (scope := _present(connection, question.filters)) is not None:
            made = _of_lines(connection, question.filters, scope)
        case _:
            made = _of_documents(connection, question)
    return Reading(made, kinds)


def _view(connection: Connection, name: str, filters: Filters = NO_FILTERS, today: date | None = None) -> FromClause:
    """Return a view as a table: of the present by its name, of another day or terms of another day by its statement."""
    columns = [column(each, type_of(kind)) for each, kind in kinds_of(f"v_{name}").items()]
    if today is None and not views_at.of_another_time(filters):
        return table(f"v_{name}", *columns)
    statement = views_at.statement(connection.dialect.name, f"v_{name}", filters, today)
    return text(statement.replace(":", "\\:")).columns(*columns).subquery(f"v_{name}")


# --- tasks, documents and what hangs on them -----------------------------------------------------------------------------


def _of_documents(connection: Connection, question: Tasks | TaskAgencies | Documents | Versions | Agencies) -> Select[Any]:
    filters = question.filters
    pinned = filters.document if "@" in filters.document and not isinstance(question, Versions) else ""
    view = _view(connection, question.view, Filters(as_of=filters.as_of, known_at=filters.known_at, document=pinned))
    v, n, a = view.c, line_numbers.c, schema.task_agencies.c
    match question:
        case Documents():
            query = _documents(connection, filters, view)
        case Versions():
            chosen = chosen_versions(replace(filters, all_copies=True))
            query = select(*v).where(v.document.in_(select(chosen.c.document_id))).order_by(v.document, v.version)
        case Agencies():
            asked = queries._task_query(connection, filters).order_by(None).subquery("asked")
            named = select(a.agency_id).join(asked, asked.c.id == a.task_id)
            query = select(*v).where(v.agency.in_(named)).order_by(v.agency)
        case _:
            asked = queries._task_query(connection, filters).order_by(None).subquery("asked")
            found = view.join(asked, asked.c.id == v.task).join(line_numbers, n.document_id == v.document)
            order = (v.role, v.position) if isinstance(question, TaskAgencies) else ()
            query = select(*v).select_from(found).order_by(n.line.desc(), v.ordinal, *order)
    return query.limit(filters.limit)


def _present(connection: Connection, filters: Filters) -> Scope | None:
    """Return the documents of a question about the present that lines answer alone, None for another question."""
    if views_at.of_another_time(filters) or filters.document:
        return None
    scope = scope_of(connection, filters)
    return scope if scope.lined else None


def _of_lines(connection: Connection, filters: Filters, scope: Scope) -> Select[Any]:
    """Return the tasks of a question about the present, as ``v_tasks`` has them: document by document, so that nothing has to be sorted."""
    matching = matching_of(connection, filters)
    c, line, s, t = line_choices.c, document_lines.c, task_lines.c, schema.tasks.c
    named = {"task": t.id, "document": t.document_id, "work": line.work_id}
    named |= {name: s[name] for name in schema.ROLES}
    named |= {name: line[name] for name in ("site", "region", "title", "document_number", "published_on", "state", "counted", "url")}
    columns = [(named[name] if name in named else t[name]).label(name) for name in kinds_of("v_tasks")]
    chosen = line_choices.join(document_lines, line.place == c.place)
    # SQLite goes from each document to its stretch of tasks; PostgreSQL cannot know how short a stretch is, and matches all by equality.
    stretch = s.place.between(c.place - literal_column(str(LAST)), c.place)
    own = stretch if connection.dialect.name == "sqlite" else of_task(s.place) == c.place
    tasks = chosen.join(task_lines, own).join(schema.tasks, t.id == s.task_id)
    query = select(*columns).select_from(tasks).where(c.site == scope.site, c.stem == scope.stem, *scope.chosen(), *matching.of_line(s))
    if filters.words:
        query = query.where(s.place.in_(holding(connection, filters.words, "task")))
    query = query.order_by(c.place.desc(), s.place.desc())
    return query.limit(filters.limit)


def _documents(connection: Connection, filters: Filters, view: FromClause) -> Select[Any]:
    d, v, n = view.c, schema.versions.c, line_numbers.c
    chosen = chosen_versions(replace(filters, all_copies=True))
    there = view.join(chosen, chosen.c.document_id == d.document).join(line_numbers, n.document_id == d.document)
    there = there.join(schema.versions, (v.document_id == d.document) & (v.number == chosen.c.version))
    query = select(*d).select_from(there)
    if filters.words:
        query = query.where(queries._holding(connection, chosen, filters, d.document, "document_id"))
    if filters.kind:
        query = query.where(v.document_kind == filters.kind)
    if filters.year:
        first, last = span_of(filters.year)
        query = query.where(n.line.between(line_of(first), line_of(last)))
    return query.order_by(n.line.desc())


# --- public records and the feed -----------------------------------------------------------------------------------------


def _notices(connection: Connection, question: Notices) -> Select[Any]:
    view, n, f = _view(connection, "notices", today=question.today), notices.c, question.filters
    query = select(*view.c).join(notices, n.id == view.c.notice).where(*notice_queries._conditions(connection, f))
    return query.order_by(n.day.desc(), n.site, n.id).limit(f.limit)


def _changes(connection: Connection, question: Changes) -> Select[Any]:
    f, c = question.filters, changes.c
    view = _view(connection, "feed")
    query = select(*view.c).join(changes, c.seq == view.c.seq).outerjoin(schema.documents, schema.documents.c.id == c.document_id)
    query = query.outerjoin(notices, (c.entity == "notice") & (notices.c.id == c.entity_id) & notice_queries.shown(question.today))
    query = query.order_by(c.seq)
    if f.since_seq is not None:
        change_queries.check_cursor(connection, f.since_seq)
        query = query.where(c.seq > f.since_seq)
    if f.word:  # folding is Python's: the rows are known by their numbers
        kept = [row["seq"] for row in change_queries.read(connection, f, question.today)]
        return query.where(among(connection, c.seq, kept))
    body = line(connection, f.agency, f.kin) if f.agency else None
    return query.where(*conditions(connection, f, body)).limit(f.limit)
