"""What lines, pages and facets must say, the slow way: from versions, works and the feed alone, each question on its own."""
# ruff: noqa: S608 -- statements are put together from constants of this file only

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import CTE, Connection, case, exists, func, select, text
from sqlalchemy.sql import ColumnElement

from storage import search
from storage.change_schema import changes
from storage.days import end_of
from storage.identity import text_key
from storage.line_schema import line_numbers
from storage.matching import names_of
from storage.places import SEQUENCE_BITS
from storage.schema import documents, sites, task_agencies, tasks, version_regions, versions
from storage.selection import Filters, in_force, is_past, stem_of
from storage.views import WHOLE

HIDDEN = ("withdrawn", "repealed")
Row = dict[str, Any]


def chosen(filters: Filters) -> CTE:
    """Return the versions an answer rests on, all documents looked at."""
    d, v = documents.c, versions.c
    current = v.number == in_force(filters) if is_past(filters) else v.number == d.version
    identifier, _, number = filters.document.partition("@")
    current = v.number == (int(number) if number.isdecimal() else 0) if number else current
    fullest = func.max(v.task_count).over(partition_by=d.work_id)
    inner = (
        select(
            d.id.label("document_id"),
            v.number.label("version"),
            d.work_id,
            state(filters).label("state"),
            case((v.task_count > 0, 0), else_=1).label("unread"),
            case((_own(), 0), else_=1).label("reprint"),
            case((v.task_count * WHOLE >= fullest * (WHOLE - 1), 0), else_=1).label("part"),
            func.coalesce(v.published_on, d.listed_on, v.in_force_from).label("day"),
            d.kind,
        )
        .join(versions, v.document_id == d.id)
        .where(current, *_asked(filters, identifier))
        .subquery()
    )
    i = inner.c
    order = (i.unread, i.reprint, i.part, i.day, i.kind, i.document_id)
    copy = func.row_number().over(partition_by=i.work_id, order_by=order).label("copy")
    copies = func.count().over(partition_by=i.work_id).label("copies")
    ranked = select(i.document_id, i.version, i.state, i.work_id, copy, copies).subquery()
    return select(ranked).where(*([] if filters.all_copies else [ranked.c.copy == 1])).cte("truth")


def _asked(filters: Filters, identifier: str) -> list[ColumnElement[bool]]:
    d, r = documents.c, version_regions.c
    wanted: list[ColumnElement[bool]] = [d.id == identifier] if identifier else [state(filters).not_in(HIDDEN)]
    wanted += [d.site == filters.site] if filters.site else []
    if filters.region:
        here = r.region.startswith(stem_of(filters.region), autoescape=True)
        wanted.append(exists().where(r.document_id == d.id, r.version == versions.c.number, here))
    return wanted


def _own() -> ColumnElement[bool]:
    s, r = sites.c, version_regions.c
    own = exists().where(s.id == documents.c.site, s.region != "", r.document_id == documents.c.id, r.version == versions.c.number)
    return own.where(r.position == 0, r.region == s.region)


def state(filters: Filters) -> ColumnElement[str]:
    """Return the state of a document then: what it was before the first change of it that came later."""
    d, c = documents.c, changes.c
    if not is_past(filters):
        return d.state
    later = [c.as_of > filters.as_of] if filters.as_of else []
    later += [c.known_at > filters.known_at] if filters.known_at else []
    before = c.before["state"].as_string()
    query = select(before).where(c.entity == "document", c.document_id == d.id, before.is_not(None), _any(later))
    first = query.order_by(c.seq).limit(1).correlate(documents).scalar_subquery()
    ends = [end_of(filters.as_of)] if filters.as_of else []
    ends += [filters.known_at] if filters.known_at else []
    return func.coalesce(first, case((d.state_since > min(ends), "live"), else_=d.state))


def _any(conditions: Iterable[ColumnElement[bool]]) -> ColumnElement[bool]:
    found = list(conditions)
    return found[0] if len(found) == 1 else found[0] | found[1]


def tasks_of(connection: Connection, filters: Filters) -> list[str]:
    """Return the identifiers of the tasks of a question in reading order, with state and copies of their documents."""
    return [row["id"] for row in task_rows(connection, filters)]


def task_rows(connection: Connection, filters: Filters) -> list[Row]:
    """Return identifier, state, copies, kind of deadline, its end, and roles of each task of a question, in reading order."""
    query, n, t = chosen(filters), line_numbers.c, tasks.c
    asked = (
        select(t.id, t.text, t.ordinal, t.deadline_kind, t.deadline_end, n.line, query.c.state, query.c.copies, versions.c.document_kind)
        .join(query, (t.document_id == query.c.document_id) & (t.version == query.c.version))
        .join(line_numbers, n.document_id == t.document_id)
        .join(versions, (versions.c.document_id == t.document_id) & (versions.c.number == t.version))
        .order_by(n.line.desc(), t.ordinal)
    )
    found = [dict(row) for row in connection.execute(asked).mappings()]
    named: dict[str, list[Row]] = {}
    for body in connection.execute(select(task_agencies)).mappings():
        named.setdefault(body["task_id"], []).append(dict(body))
    return [row for row in found if _holds(connection, row, named.get(row["id"], []), filters)]


def _holds(connection: Connection, row: Row, bodies: list[Row], f: Filters) -> bool:
    end, kind = row["deadline_end"], row["deadline_kind"] or "none"
    if (f.due_from and (end is None or end < f.due_from)) or (f.due_to and (end is None or end > f.due_to)):
        return False
    if (f.deadline_kind and kind != f.deadline_kind) or (f.document_kind and row["document_kind"] != f.document_kind):
        return False
    if f.year and (row["line"] >> SEQUENCE_BITS) not in _ordinals(f.year):
        return False
    if f.words and not all(word in search.folded(row["text"]) for word in search.words_of(f.words)):
        return False
    if not (f.agency or f.role):
        return True
    ids, names = names_of(connection, f.agency) if f.agency else (frozenset[str](), frozenset[str]())
    keys = {text_key(name) for name in names}
    return any(
        (not f.role or body["role"] == f.role)
        and (not f.agency or body["agency_id"] in ids or body["name"] in names or body["mention_key"] in keys)
        for body in bodies
    )


def _ordinals(year: int) -> range:
    return range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)


_OWN_REGION = """(SELECT r.region FROM version_regions r
    WHERE r.document_id = d.id AND r.version = d.version AND r.position = 0)"""

# The same order as in ``selection.chosen_versions``: a test holds the two against each other.
_COUNTED = f"""(d.state NOT IN ('withdrawn', 'repealed') AND row_number() OVER (
    PARTITION BY d.work_id ORDER BY
        CASE WHEN d.state IN ('withdrawn', 'repealed') THEN 1 ELSE 0 END,
        CASE WHEN v.task_count > 0 THEN 0 ELSE 1 END,
        CASE WHEN EXISTS (SELECT 1 FROM sites s WHERE s.id = d.site AND s.region <> '' AND s.region = {_OWN_REGION}) THEN 0 ELSE 1 END,
        CASE WHEN v.task_count * {WHOLE} >= {WHOLE - 1} * (SELECT max(w.task_count) FROM documents o
            JOIN versions w ON w.document_id = o.id AND w.number = o.version
            WHERE o.work_id = d.work_id AND o.state NOT IN ('withdrawn', 'repealed')) THEN 0 ELSE 1 END,
        coalesce(v.published_on, d.listed_on, v.in_force_from), d.kind, d.id) = 1)"""

_DOCUMENTS = f"""
SELECT d.id AS document, d.version, d.work_id AS work, d.site, d.section, d.kind, d.parent_id AS parent, d.url,
    CASE WHEN v.title <> '' THEN v.title ELSE d.title END AS title, v.document_number, v.issued_on, v.published_on, d.listed_on,
    v.document_kind, v.printed_on, v.effective_on, v.expires_on, v.index_number,
    coalesce({_OWN_REGION}, '') AS region, v.region_basis, v.plan_start, v.plan_end, d.state, d.state_since, v.task_count AS tasks,
    (SELECT count(*) FROM documents o WHERE o.work_id = d.work_id) AS copies, {_COUNTED} AS counted,
    v.format, {{json_length}}(v.suggestions) AS suggestions, v.normalizer_version, k.first_seen, k.last_seen, k.last_checked
FROM documents d
JOIN versions v ON v.document_id = d.id AND v.number = d.version
LEFT JOIN clocks k ON k.document_id = d.id
"""


def _names(role: str) -> str:
    return f"""coalesce((SELECT {{concat}}(n.name, '、') FROM (SELECT coalesce(a.name, a.mention) AS name FROM task_agencies a
        WHERE a.task_id = t.id AND a.role = '{role}' ORDER BY a.position) AS n), '') AS {role}"""


_TASKS = f"""
SELECT t.id AS task, t.document_id AS document, t.version, d.work, d.site, d.region, d.title, d.document_number, d.published_on,
    d.state, d.counted, d.url, t.ordinal, t.number, t.section, t.text,
    {_names("lead")}, {_names("partner")}, {_names("responsible")}, {_names("implied")}, t.open_list,
    t.deadline_text, t.deadline_start, t.deadline_end, t.deadline_kind, t.deadline_basis,
    t.evidence_start, t.evidence_end, t.address, t.rule, t.confidence, t.fingerprint, t.lasting_id
FROM tasks t JOIN v_documents d ON d.document = t.document_id AND d.version = t.version
"""

_TASK_AGENCIES = """
SELECT a.task_id AS task, t.document_id AS document, t.version, t.ordinal, a.role, a.position, a.mention, a.name, a.agency_id AS agency,
    a.kind, a.resolved, a.rule
FROM task_agencies a JOIN tasks t ON t.id = a.task_id
JOIN documents d ON d.id = t.document_id AND d.version = t.version
"""

VIEWS = {"v_documents": _DOCUMENTS, "v_tasks": _TASKS, "v_task_agencies": _TASK_AGENCIES}
"""The statements of the views, from documents and versions."""
_CALLED = {
    "sqlite": {"concat": "group_concat", "json_length": "json_array_length"},
    "postgresql": {"concat": "string_agg", "json_length": "jsonb_array_length"},
}


def view(connection: Connection, name: str) -> list[tuple[Any, ...]]:
    """Return the rows of a view as it must be, in no order."""
    statements = dict(VIEWS)
    for other in statements:
        for function, called in _CALLED[connection.dialect.name].items():
            statements[other] = statements[other].replace(f"{{{function}}}", called)
    statement = statements[name].replace("JOIN v_documents d ON", f"JOIN ({statements['v_documents']}) d ON")
    return sorted((tuple(row) for row in connection.execute(text(statement))), key=repr)
