"""How many tasks the bodies have that tasks name, in each role: the list of bodies and its pages."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial, reduce
from operator import add
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, exists, func, literal_column, or_, select, tuple_

from normalizers.text.fold import fold
from storage import paging
from storage.asking import COUNTED, Question
from storage.batches import as_one, batches
from storage.engine import rows
from storage.errors import StoreError
from storage.kept_statements import given, kept, values_of
from storage.line_schema import ROLE_BITS, line_agencies, task_line_agencies
from storage.matching import matching_each
from storage.paging import Page
from storage.places import END, LAST
from storage.schema import ROLES, agencies, task_agencies
from storage.scopes import of_task, pairs, values, values_of_pairs
from storage.selection import Filters

Row = dict[str, Any]
ORDERS = ("name", "region")
NOWHERE = "~"
"""Stands behind every code of a region: bodies without one come last."""


def counted(question: Question, bodies: Select[Any] | None = None) -> list[Row]:
    """Return one row a body (``id`` None where it was not resolved) with how many tasks name it in each role, of ``bodies`` alone."""
    found: dict[tuple[str, str], Row] = {}
    for row in [*_of_lines(question, bodies), *_of_versions(question)]:
        empty = {"id": row["agency_id"] or None, "name": row["name"], "kind": row["kind"], "resolved": bool(row["resolved"])}
        known = found.setdefault((row["agency_id"] or "", row["name"]), empty | dict.fromkeys(ROLES, 0))
        for role in ROLES:
            known[role] += row.get(role, 0)
    return list(found.values())


def named(question: Question, piece: str, ids: Collection[str]) -> list[Row]:
    """Return the same rows of the bodies that ``piece`` means: one of ``ids``, the identifier itself, or of which the name holds it."""
    folded, b = fold(piece), line_agencies.c

    def is_meant(identifier: str | None, name: str) -> bool:
        return identifier in ids or identifier == piece or bool(folded and folded in fold(name))

    known = question.connection.execute(select(b.id, b.agency_id, b.name))
    meant = select(values(question.scope.dialect, [row.id for row in known if is_meant(row.agency_id, row.name)]))
    return [row for row in counted(question, meant) if is_meant(row["id"], row["name"])]


def busiest(question: Question, most: int) -> list[Row]:
    """Return those with an identifier of the ``most`` bodies that tasks name most, in any role, of a question for no body.

    ``id``, ``name``, ``tasks``: how many tasks would be found if one asked for the body as well; None where that is not counted.
    """
    found = _of_former(question, most) if question.scope.former else _busiest(question, most)
    counts = {row["id"]: row["tasks"] for row in found if row["id"]}
    asked = matching_each(question.connection, question.matching.filters, list(counts))
    if question.scope.former:
        counts = {one: replace(question, matching=matching).total() for one, matching in asked.items()}
    else:
        # A body that goes by one name is counted already; one that goes by several may stand in a task by two of them.
        counts |= _of_names(question, {one: each.bodies for one, each in asked.items() if each.bodies and not each.of_one_body})
    return [{"id": row["id"], "name": row["name"], "tasks": counts[row["id"]]} for row in found if row["id"]]


def page(connection: Connection, filters: Filters, after: str, order: str) -> Page:
    """Return a page of bodies; see ``queries.agency_page``."""
    if order not in ORDERS:
        raise StoreError(f"Bodies have no order {order!r}: choose one of {', '.join(ORDERS)}.")
    size, kind = paging.size_of(filters.limit), f"agencies {order}"
    question = Question.of(connection, filters)
    behind = paging.behind(kind, filters, after, (str,) * (2 + (order == "region")))
    if question.scope.former or question.scope.told:
        found, count = _from_all(question, order, behind), None
    else:
        found, count = _some(question, order, behind, size + 1), total(question)
    shown = found[:size]
    following = paging.cursor(kind, filters, [*shown[-1][0]]) if len(found) > size else ""
    return Page([row for _, row in shown], following, count)


# --- of lines ----------------------------------------------------------------------------------------------------------


def _of_lines(question: Question, bodies: Select[Any] | None) -> list[Row]:
    b, a = line_agencies.c, task_line_agencies.c
    roles = [func.sum(a.roles.bitwise_and(bit)).label(name) for name, bit in ROLE_BITS.items()]
    query = _named(question, select(a.body, *roles)).group_by(a.body)
    counts = (query.where(a.body.in_(bodies)) if bodies is not None else query).subquery()
    named = select(b.agency_id, b.name, b.kind, b.resolved, *(counts.c[role] for role in ROLES)).join(counts, counts.c.body == b.id)
    found = rows(question.connection.execute(named.order_by(b.id)))
    return [row | {role: int(row[role]) // bit for role, bit in ROLE_BITS.items()} for row in found]


def _named(question: Question, query: Select[Any]) -> Select[Any]:
    """Return a query of ``task_line_agencies`` for the tasks that are meant."""
    a, scope = task_line_agencies.c, question.scope
    if not question.matching.all:
        few = question.meant().cte("meant").prefix_with("MATERIALIZED")
        return query.join(few, few.c.place == a.place)
    if documents := _documents(question):
        document = values(scope.dialect, documents, "documents")
        return query.where(a.place.between(document - literal_column(str(LAST)), document))
    return query.where(scope.holds(of_task(a.place)))


def _documents(question: Question) -> list[int]:
    """Return the documents where every task of some is meant and they are few: their tasks are looked up, not those of every body."""
    if not (question.matching.all and question.scope.narrow) or (question.total() or 0) > COUNTED:
        return []
    return question.scope.below(question.connection, END, COUNTED)


def _busiest(question: Question, most: int) -> list[Row]:
    """Return the bodies that tasks name most, with how many tasks name each (in the role asked for); ``id`` is empty where not resolved."""
    dialect, documents = question.scope.dialect, _documents(question)
    found = question.gathered or (values_of(documents=as_one(dialect, documents)) if documents else {})
    make = partial(_busiest_first, question)
    query = kept(("busiest", dialect, bool(question.matching.role), *found), make) if found else make()
    return rows(question.connection.execute(query, found | values_of(role=question.matching.role, limit=most)))


def _busiest_first(question: Question) -> Select[Any]:
    b, a = line_agencies.c, task_line_agencies.c
    roles = reduce(add, (a.roles.bitwise_and(bit) // bit for bit in ROLE_BITS.values()))
    own = func.count(case((and_(*question.matching.in_role(a)), 1))) if question.matching.role else func.count()
    of_body = _named(question, select(a.body, func.sum(roles).label("roles"), own.label("tasks"))).group_by(a.body).subquery()
    resolved = case((func.min(case((b.resolved, 1), else_=0)) == 1, b.agency_id), else_="").label("id")
    query = select(resolved, b.name, func.sum(of_body.c.tasks).label("tasks")).join_from(line_agencies, of_body, of_body.c.body == b.id)
    order = func.sum(of_body.c.roles).desc(), _plain(question, b.name), func.min(b.id)
    return query.group_by(b.agency_id, b.name).order_by(*order).limit(given("limit", 0))


def _of_former(question: Question, most: int) -> list[Row]:
    """Return the same where former versions are asked for."""
    found = sorted(counted(question), key=lambda row: (-sum(row[role] for role in ROLES), row["name"]))
    return [{"id": row["id"] if row["resolved"] else "", "name": row["name"], "tasks": None} for row in found[:most]]


def _of_names(question: Question, bodies: Mapping[str, Sequence[int]]) -> dict[str, int]:
    """Return how many tasks name each of some bodies by any of the names given."""
    if not bodies:
        return {}
    a, ids = task_line_agencies.c, list(bodies)
    each, dialect = pairs(question.scope.dialect, "named"), question.scope.dialect
    query = select(each.c.first, func.count(func.distinct(a.place))).join_from(each, task_line_agencies, a.body == each.c.second)
    query = _named(question, query.where(*question.matching.in_role(a))).group_by(each.c.first)
    asked = values_of_pairs(dialect, "named", [(n, body) for n, one in enumerate(ids) for body in bodies[one]])
    found = question.connection.execute(query, asked)
    return dict.fromkeys(ids, 0) | {ids[n]: int(count) for n, count in found}


def _some(question: Question, order: str, behind: list[Any] | None, limit: int) -> list[tuple[tuple[str, ...], Row]]:
    """Return some bodies behind a key, each with its key."""
    b, g = line_agencies.c, agencies.c
    key = [
        *([_plain(question, func.coalesce(func.nullif(g.region, ""), NOWHERE))] if order == "region" else []),
        _plain(question, b.name),
        _plain(question, b.agency_id),
    ]
    query = select(*key).distinct().select_from(line_agencies.outerjoin(agencies, g.id == b.agency_id)).where(_has_tasks(question))
    query = query.where(tuple_(*key) > tuple_(*behind)) if behind else query
    found = [tuple(row) for row in question.connection.execute(query.order_by(*key).limit(limit))]
    if not found:
        return []
    pairs = [found_key[-2:] for found_key in found]
    meant = select(b.id).where(or_(*((b.name == name) & (b.agency_id == name_of) for name, name_of in pairs)))
    counts = {(row["name"], row["id"] or ""): row for row in counted(question, meant)}
    return [(found_key, counts[found_key[-2:]]) for found_key in found if found_key[-2:] in counts]


def _has_tasks(question: Question) -> ColumnElement[bool]:
    """Return the condition that a body of ``line_agencies`` is named in a task that is meant."""
    a, b = task_line_agencies.c, line_agencies.c
    scope = question.scope
    if question.matching.all and not (scope.filters.site or scope.filters.region):
        return exists().where(a.body == b.id, scope.holds(of_task(a.place)))
    return b.id.in_(_named(question, select(a.body)).distinct())


def total(question: Question) -> int:
    """Return how many bodies the tasks meant name, those shown as printed included: what the list of bodies counts."""
    b = line_agencies.c
    found = select(b.agency_id, b.name).where(_has_tasks(question)).distinct().subquery()
    return int(question.connection.execute(select(func.count()).select_from(found)).scalar_one())


def _plain(question: Question, column: Any) -> Any:  # noqa: ANN401 -- a column
    """Return a text to be ordered by its code points on both databases."""
    return column.collate("C") if question.scope.dialect == "postgresql" else column


# --- of former versions ------------------------------------------------------------------------------------------------


def _of_versions(question: Question) -> list[Row]:
    a, found = task_agencies.c, list[Row]()
    if not question.scope.former:
        return found
    named = (a.agency_id, func.coalesce(a.name, a.mention).label("name"), a.kind, a.resolved, a.role)
    for ids in batches(name for _, name in question.former()):
        query = select(*named, func.count().label("count")).where(a.task_id.in_(ids)).group_by(*named)
        found += [row | {row["role"]: row["count"]} for row in rows(question.connection.execute(query))]
    return found


def _from_all(question: Question, order: str, behind: Sequence[str] | None) -> list[tuple[tuple[str, ...], Row]]:
    """Return all bodies behind a key: where former versions are asked for, they cannot be gone through one by one."""
    places = dict(question.connection.execute(select(agencies.c.id, agencies.c.region)).all()) if order == "region" else {}
    keyed = []
    for row in counted(question):
        of_region = (places.get(row["id"]) or NOWHERE,) if order == "region" else ()
        keyed.append(((*of_region, row["name"], row["id"] or ""), row))
    return sorted(((key, row) for key, row in keyed if behind is None or key > tuple(behind)), key=lambda one: one[0])
