"""The views of another day: the same names, the same columns, the rows that a question of that day finds.

What the sources said on a day (``as_of``) and what the store knew by a moment (``known_at``) is told of documents, their versions,
tasks, bodies, references, works, links and changes. Works and the gazetteer are those of today, and public credit records have no past:
what may not be shown today is shown of no day.

The statements hold no parameter, so that they can stand in a view, before somebody's question, or in a driver of another kind; days and
moments in them are written by ``isoformat`` only.
"""
# ruff: noqa: S608 -- statements are put together from constants of this file and from days

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Dialect, Select, case, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.days import end_of
from storage.schema import documents, versions
from storage.selection import Filters, in_force, is_past, state_of
from storage.views import VIEWS, WHOLE, spoken

_HIDDEN = "('withdrawn', 'repealed')"

_DOCUMENTS = f"""
SELECT r.document, r.version, r.work, r.site, r.section, r.kind, r.parent, r.url, r.title, r.document_number, r.issued_on, r.published_on,
    r.listed_on, r.document_kind, r.printed_on, r.effective_on, r.expires_on, r.index_number, r.region, r.region_basis, r.plan_start,
    r.plan_end, r.state, r.state_since, r.tasks, r.copies,
    (r.state NOT IN {_HIDDEN} AND row_number() OVER (PARTITION BY r.work ORDER BY
        CASE WHEN r.state IN {_HIDDEN} THEN 1 ELSE 0 END, CASE WHEN r.tasks > 0 THEN 0 ELSE 1 END, r.reprint,
        CASE WHEN r.tasks * {WHOLE} >= {WHOLE - 1} * r.fullest THEN 0 ELSE 1 END, r.day, r.kind, r.document) = 1) AS counted,
    r.format, r.suggestions, r.normalizer_version, r.first_seen, r.last_seen, r.last_checked
FROM (
    SELECT d.id AS document, v.number AS version, d.work_id AS work, d.site, d.section, d.kind, d.parent_id AS parent, d.url,
        CASE WHEN v.title <> '' THEN v.title ELSE d.title END AS title, v.document_number, v.issued_on, v.published_on, d.listed_on,
        v.document_kind, v.printed_on, v.effective_on, v.expires_on, v.index_number, coalesce(g.region, '') AS region, v.region_basis,
        v.plan_start, v.plan_end, d.state, d.state_since, v.task_count AS tasks, count(*) OVER (PARTITION BY d.work_id) AS copies,
        CASE WHEN s.region <> '' AND s.region = g.region THEN 0 ELSE 1 END AS reprint,
        max(CASE WHEN d.state NOT IN {_HIDDEN} THEN v.task_count END) OVER (PARTITION BY d.work_id) AS fullest,
        coalesce(v.published_on, d.listed_on, v.in_force_from) AS day,
        v.format, {{json_length}}(v.suggestions) AS suggestions, v.normalizer_version, k.first_seen, k.last_seen, k.last_checked
    FROM documents_then d
    JOIN versions v ON v.document_id = d.id AND v.number = d.version
    LEFT JOIN version_regions g ON g.document_id = v.document_id AND g.version = v.number AND g.position = 0
    LEFT JOIN sites s ON s.id = d.site
    LEFT JOIN clocks k ON k.document_id = d.id
) r
"""

_VERSIONS = VIEWS["v_versions"] + "WHERE {version_then}\n"

_FEED = VIEWS["v_feed"] + "WHERE {change_then}\n"


def _names(role: str) -> str:
    return f"""coalesce((SELECT {{concat}}(n.name, '、') FROM (SELECT coalesce(a.name, a.mention) AS name FROM task_agencies a
        WHERE a.task_id = t.id AND a.role = '{role}' ORDER BY a.position) AS n), '') AS {role}"""


_TASKS = f"""
SELECT t.id AS task, t.document_id AS document, t.version, d.work, d.site, d.region, d.title, d.document_number, d.published_on,
    d.state, d.counted, d.url, t.ordinal, t.number, t.section, t.text,
    {_names("lead")}, {_names("partner")}, {_names("responsible")}, {_names("implied")}, t.open_list,
    t.deadline_text, t.deadline_start, t.deadline_end, t.deadline_kind, t.deadline_basis,
    t.evidence_start, t.evidence_end, t.address, t.rule, t.confidence, t.fingerprint, t.lasting_id
FROM tasks t JOIN v_documents_then d ON d.document = t.document_id AND d.version = t.version
"""

_TASK_AGENCIES = """
SELECT a.task_id AS task, t.document_id AS document, t.version, t.ordinal, a.role, a.position, a.mention, a.name, a.agency_id AS agency,
    a.kind, a.resolved, a.rule
FROM task_agencies a JOIN tasks t ON t.id = a.task_id JOIN documents_then d ON d.id = t.document_id AND d.version = t.version
"""

_PAST = {
    "v_documents": "SELECT * FROM v_documents_then",
    "v_versions": _VERSIONS,
    "v_feed": _FEED,
    "v_changes": f"SELECT f.* FROM ({_FEED}) f {VIEWS['v_changes'].partition('v_feed f')[2]}",
    "v_tasks": _TASKS,
    "v_task_agencies": _TASK_AGENCIES,
    "v_references": VIEWS["v_references"].replace("documents ", "documents_then "),
    "v_works": VIEWS["v_works"].replace("v_documents", "v_documents_then"),
    "v_links": VIEWS["v_links"].replace("JOIN documents ", "JOIN documents_then "),
}

OF_A_DAY = frozenset(_PAST)
"""The views that have other rows of another day."""


def statement(dialect: str, view: str, filters: Filters, today: date | None = None) -> str:
    """Return the statement of a view, as of the day and the moment of the filters, or of one version where ``document`` names it.

    The other fields of the filters count for nothing.

    ``dialect`` is ``sqlite`` or ``postgresql``. ``today`` is the day against which terms of display are held; by default the database's
    own clock tells it.
    """
    if view not in OF_A_DAY or not of_another_time(filters):
        return _spoken(VIEWS[view], dialect, today)
    body = _spoken(_PAST[view], dialect, today)
    body = body.replace("{version_then}", _until(filters, "v.in_force_from", "v.known_at", dialect))
    body = body.replace("{change_then}", _until(filters, "f.as_of", "f.known_at", dialect))
    parts = [f"documents_then AS ({_documents_then(dialect, filters)})"] if "documents_then" in body else []
    if "v_documents_then" in body:
        parts.append(f"v_documents_then AS ({_spoken(_DOCUMENTS, dialect, today)})")
    return f"WITH {', '.join(parts)} {body}" if parts else body


def of_another_time(filters: Filters) -> bool:
    """Tell whether a question is about another day, or about a version that need not be the current one."""
    return is_past(filters) or "@" in filters.document


def _spoken(body: str, dialect: str, today: date | None) -> str:
    if today is not None:
        body = body.replace("{today}", f"'{today.isoformat()}'" if dialect == "sqlite" else f"DATE '{today.isoformat()}'")
    return spoken(body, dialect)


def _until(filters: Filters, day: str, moment: str, dialect: str) -> str:
    """Return the condition that something was said by the day and known by the moment asked for."""
    told = [f"({day} IS NULL OR {day} <= '{filters.as_of.isoformat()}')"] if filters.as_of else []
    told += [f"{moment} <= {_moment(filters.known_at, dialect)}"] if filters.known_at else []
    return " AND ".join(told) or "1 = 1"


def _moment(at: datetime, dialect: str) -> str:
    return f"'{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}{'+00' if dialect == 'postgresql' else ''}'"


def _documents_then(dialect: str, filters: Filters) -> str:
    """Return the rows of ``documents`` that were there, each with its version and state of then."""
    d = documents.c
    identifier, _, version = filters.document.partition("@")
    number = _numbered(version) if version else in_force(filters)
    ends = [end_of(filters.as_of)] if filters.as_of else []
    ends += [filters.known_at] if filters.known_at else []
    since = case((d.state_since <= min(ends), d.state_since)) if ends else d.state_since  # one that was found later has no day yet
    then: dict[str, ColumnElement[Any]] = {
        "version": number.label("version"),
        "state": state_of(filters).label("state"),
        "state_since": since.label("state_since"),
    }
    columns: list[ColumnElement[Any]] = [then.get(column.name, column).label(column.name) for column in d]
    query = select(*columns).where(number.is_not(None), *([d.id == identifier] if version else []))
    return literal_sql(query, dialect)


def _numbered(version: str) -> ColumnElement[int]:
    """Return the number of a version that is named, NULL where the document has no such version."""
    v, number = versions.c, int(version) if version.isdecimal() and len(version) < 9 else 0
    return select(v.number).where(v.document_id == documents.c.id, v.number == number).correlate(documents).scalar_subquery()


def literal_sql(query: Select[Any], dialect: str) -> str:
    """Return a statement with its values written in it: for what takes no parameters. NULs of the values become U+FFFD.

    On PostgreSQL it rests on ``standard_conforming_strings``, which is on by default; whoever runs it sets it.
    """
    make: Callable[..., Dialect] = sqlite.dialect if dialect == "sqlite" else postgresql.dialect
    made = make(paramstyle="named")  # in other styles a % would be doubled
    return str(query.compile(dialect=made, compile_kwargs={"literal_binds": True})).replace("\0", "\ufffd")
