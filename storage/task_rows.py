"""The rows of tasks as lists, pages and the API show them: plain dictionaries with their bodies by role and their deadline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import Connection, Select, and_, case, select

from storage import paging
from storage.asking import Question
from storage.batches import among, as_one, batches
from storage.engine import rows
from storage.kept_statements import kept, values_of
from storage.line_schema import document_lines, line_choices, task_lines
from storage.paging import Page
from storage.places import END, document_place
from storage.schema import ROLES, documents, task_agencies, tasks, version_regions, versions
from storage.scopes import Scope, of_task, values
from storage.selection import Filters, region_of

Row = dict[str, Any]
_LOT = 500
"""Rows that are read at once where all are asked for."""
_BODY = ("id", "mention", "name", "kind", "resolved", "rule", "flags")


def read(connection: Connection, filters: Filters) -> Iterator[Row]:
    """Yield the rows of a question in reading order, at most ``filters.limit``."""
    question = Question.of(connection, replace(filters, limit=None))
    below, left = END, filters.limit
    while left is None or left > 0:
        found = question.places(below, _LOT if left is None else min(left, _LOT))
        if not found:
            return
        yield from rows_at(question, found)
        below, left = found[-1][0], None if left is None else left - len(found)


def page(question: Question, after: str = "", order: str = "published") -> Page:
    """Return a page of tasks; see ``queries.task_page``."""
    filters = question.matching.filters
    size, by_day = paging.size_of(filters.limit), order == "due"
    if by_day:
        behind = paging.behind("tasks due", filters, after, (str, int))
        return _due_page(question, size, behind)
    behind = paging.behind("tasks", filters, after, (int,))
    found = question.places(behind[0] if behind else END, size + 1)
    shown = found[:size]
    following = paging.cursor("tasks", filters, [shown[-1][0]]) if len(found) > size else ""
    return Page(rows_at(question, shown), following, question.total())


def _due_page(question: Question, size: int, behind: list[Any] | None) -> Page:
    found = question.due((paging.day_of(behind[0]), behind[1]) if behind else None, size + 1)
    shown = found[:size]
    following = paging.cursor("tasks due", question.matching.filters, [shown[-1][0].isoformat(), shown[-1][1]]) if len(found) > size else ""
    return Page(rows_at(question, [one[1:] for one in shown]), following, question.total(dated=True))


def rows_at(question: Question, found: Sequence[tuple[int, str]]) -> list[Row]:
    """Return the rows of tasks at places, in their order; of a former version the task's identifier stands beside its place."""
    there: dict[int, Row] = {}
    connection, scope = question.connection, question.scope
    lined = [place for place, former in found if not former]
    if lined:
        query = kept(("rows of tasks", scope.dialect), partial(_of_lines, scope))
        asked = scope.values | values_of(places=as_one(scope.dialect, lined))
        there |= {row["place"]: row for row in rows(connection.execute(query, asked))}
    names = {name: place for place, name in found if name}
    for ids in batches(names):
        there |= {names[row["id"]]: row for row in rows(connection.execute(_of_versions().where(tasks.c.id.in_(ids))))}
    told = {one.place: one for one in (*scope.told.values(), *scope.former)}
    for place, row in there.items() if told else ():
        if one := told.get(document_place(place)):
            row |= {"state": one.state, "copies": one.copies}
    bodies = bodies_of(connection, [row["id"] for row in there.values()])
    return [shown(there[place], bodies) for place, _ in found if place in there]


def _of_lines(scope: Scope) -> Select[Any]:
    """Return the query of tasks at their lines; ``copies`` are those among the copies asked for."""
    s, t, d, c = task_lines.c, tasks.c, document_lines.c, line_choices.c
    head = (d.work_id.label("work"), c.copies, d.site, d.url, d.state, d.title, d.region, d.document_number, d.published_on)
    return (
        select(*tasks.c, s.place, *head)
        .select_from(task_lines)
        .join(tasks, t.id == s.task_id)
        .join(document_lines, d.place == of_task(s.place))
        .outerjoin(line_choices, and_(*scope.here(), c.place == d.place))
        .where(s.place.in_(select(values(scope.dialect, (), "places"))))
    )


def _of_versions() -> Select[Any]:
    t, d, v = tasks.c, documents.c, versions.c
    title = case((v.title != "", v.title), else_=d.title).label("title")
    region = select(version_regions.c.region).where(region_of(v)).scalar_subquery().label("region")
    return (
        select(*tasks.c, d.work_id.label("work"), d.site, d.url, title, region, v.document_number, v.published_on)
        .join(documents, d.id == t.document_id)
        .join(versions, (v.document_id == t.document_id) & (v.number == t.version))
    )


def bodies_of(connection: Connection, ids: Sequence[str]) -> dict[str, dict[str, list[Row]]]:
    """Return the bodies of tasks by role."""
    found: dict[str, dict[str, list[Row]]] = {each: {role: [] for role in ROLES} for each in ids}
    query = kept(("bodies of tasks", connection.dialect.name), partial(_bodies, connection))
    for task, role, *body in connection.execute(query, values_of(tasks=as_one(connection.dialect.name, ids))).all() if ids else ():
        found[task][role].append(dict(zip(_BODY, body, strict=True)))
    return found


def _bodies(connection: Connection) -> Select[Any]:
    a = task_agencies.c
    named = (a.task_id, a.role, a.agency_id, *(a[name] for name in _BODY[1:]))
    return select(*named).where(among(connection, a.task_id, (), "tasks")).order_by(a.task_id, a.role, a.position)


def shown(row: Row, bodies: dict[str, dict[str, list[Row]]]) -> Row:
    """Return a task as answers show it."""
    return {
        "id": row["id"], "document": row["document_id"], "version": row["version"], "work": row["work"], "copies": row["copies"],
        "site": row["site"], "region": row["region"] or None, "title": row["title"], "document_number": row["document_number"],
        "published_on": row["published_on"], "url": row["url"], "state": row["state"],
        "ordinal": row["ordinal"], "number": row["number"], "section": row["section"], "text": row["text"], **bodies[row["id"]],
        "open_list": row["open_list"], "deadline": _deadline(row) if row["deadline_kind"] else None, "milestones": row["milestones"],
        "evidence": {"start": row["evidence_start"], "end": row["evidence_end"]},
        "address": row["address"], "agency_address": row["agency_address"], "deadline_address": row["deadline_address"],
        "rule": row["rule"], "confidence": row["confidence"], "fingerprint": row["fingerprint"], "lasting_id": row["lasting_id"],
    }  # fmt: skip


def _deadline(row: Row) -> Row:
    return {
        "text": row["deadline_text"], "start": row["deadline_start"], "end": row["deadline_end"], "kind": row["deadline_kind"],
        "basis": row["deadline_basis"], "period": row["deadline_period"], "strength": row["deadline_strength"],
        "flags": row["deadline_flags"],
    }  # fmt: skip
