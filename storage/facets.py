"""How the tasks of an answer spread: over sites, regions, kinds, years, roles and kinds of deadlines, months, and bodies by month.

A facet counts what would be found if one asked for each of its values in the place of the one that is asked for now. Of a question about
the past, or about one document, it counts what is found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import CTE, ColumnElement, Connection, Text, case, cast, extract, func, select

from storage.asking import Question
from storage.batches import batches
from storage.line_schema import ROLE_BITS, document_lines, line_agencies, line_choices, line_counts, task_line_agencies, task_lines
from storage.places import document_place
from storage.schema import task_agencies, tasks
from storage.scopes import of_task
from storage.selection import NO_FILTERS, Filters
from storage.store import Store

Row = dict[str, Any]
FACETS = ("site", "region", "document_kind", "year", "role", "deadline_kind")
_OF_DOCUMENT = FACETS[:4]
_SPARE = 2
"""So many times the bodies asked for are looked at: one body may be named in several forms."""


def task_facets(store: Store, filters: Filters = NO_FILTERS) -> dict[str, list[Row]]:
    """Return ``{facet: [{"value", "count"}]}`` for each of ``FACETS``, the most frequent value first.

    Regions are those that documents name and what these lie in, as codes of GB/T 2260.
    """
    filters = replace(filters, limit=None)
    with store.reading() as connection:
        question = Question.of(connection, filters)
        if question.scope.told or question.scope.former or not question.scope.lined:
            found: Mapping[str, Counter[str]] = _looked_at(question)
        else:
            found = {name: _of_documents(question, name) for name in _OF_DOCUMENT} | {
                "role": _roles(Question.of(connection, replace(filters, role=""))),
                "deadline_kind": _kinds(Question.of(connection, replace(filters, deadline_kind=""))),
            }
    return {name: _shown(found[name]) for name in FACETS}


def timeline(store: Store, filters: Filters = NO_FILTERS) -> list[Row]:
    """Return ``{"month": "2026-06", "count"}`` of the ends of deadlines, in their order; months without any are left out."""
    with store.reading() as connection:
        found = _months(Question.of(connection, replace(filters, limit=None)))
    return [{"month": month, "count": found[month]} for month in sorted(found)]


def agency_months(store: Store, filters: Filters = NO_FILTERS, top: int = 20) -> list[Row]:
    """Return ``{"id", "name", "month", "count"}``: the ends of deadlines by month of the ``top`` bodies named in most tasks, by name.

    Of a question about the past it counts tasks whose versions are current.
    """
    t, a, b = task_lines.c, task_line_agencies.c, line_agencies.c
    with store.reading() as connection:
        question = Question.of(connection, replace(filters, limit=None))
        of_bodies = _bodies(question, top * _SPARE)
        kept = select(b.id, b.agency_id, b.name).where(b.id.in_(of_bodies))
        names = {row.id: (row.agency_id, row.name) for row in connection.execute(kept)}
        month = _month(t.deadline_end).label("month")
        query = select(a.body, month, func.count()).select_from(task_line_agencies).join(task_lines, t.place == a.place)
        query = _meant(question, query, a.place).where(a.body.in_(of_bodies), t.deadline_end.is_not(None)).group_by(a.body, month)
        counts = Counter({(*names[body], at): n for body, at, n in connection.execute(query)} if names else {})
    busiest = Counter[tuple[str, str]]()
    for body, n in of_bodies.items():
        busiest[names[body]] += n
    shown = {body for body, _ in busiest.most_common(top)}
    rows = [{"id": one, "name": name, "month": at, "count": n} for (one, name, at), n in counts.items() if (one, name) in shown]
    return sorted(rows, key=lambda row: (row["name"], row["id"], row["month"]))


def _shown(found: Mapping[str, int]) -> list[Row]:
    return [{"value": value, "count": n} for value, n in sorted(found.items(), key=lambda one: (-one[1], one[0])) if value and n]


# --- by document -------------------------------------------------------------------------------------------------------


def _of_documents(question: Question, facet: str) -> Counter[str]:
    """Return how many tasks would be found for each value of a facet that documents have."""
    c, d, scope = line_choices.c, document_lines.c, question.scope
    free: dict[str, Any] = {facet: None if facet == "year" else ""}
    freed = replace(scope, filters=replace(scope.filters, **free))
    value = {"site": c.site, "region": c.stem, "document_kind": d.document_kind, "year": extract("year", d.day)}[facet]
    weights = _weights(question)
    counted = func.sum(d.tasks if weights is None else weights.c.tasks)
    query = select(value, counted).select_from(line_choices).join(document_lines, d.place == c.place)
    query = query if weights is None else query.join(weights, weights.c.place == c.place)
    here = [c.site != "" if facet == "site" else c.site == scope.site, c.stem != "" if facet == "region" else c.stem == scope.stem]
    rows = question.connection.execute(query.where(*here, *freed.chosen()).group_by(value))
    return Counter({f"{key:0<6}" if facet == "region" else str(key): int(n) for key, n in rows})


def _weights(question: Question) -> CTE | None:
    """Return how many tasks of each document (``place``, ``tasks``) hold what is asked of tasks; None where all are meant."""
    n, matching = line_counts.c, question.matching
    if matching.all:
        return None
    if facet := matching.facet(False):
        return select(n.place, n.tasks).where(n.facet == facet[0], n.value == facet[1]).cte("weights")
    f = matching.filters
    if matching.of_days and not (f.agency or f.role or f.deadline_kind or f.words):
        return _of_days(f.due_from or date.min, f.due_to or date.max)
    place = of_task(task_lines.c.place).label("place")
    free = replace(question, scope=replace(question.scope, filters=NO_FILTERS))
    return select(place, func.count().label("tasks")).where(*free.asked()).group_by(place).cte("weights")


def _of_days(first: date, last: date) -> CTE:
    """Return the same of days: whole months are counted already, only what stands out of them is not."""
    t, n = task_lines.c, line_counts.c
    whole = _next_month(first)
    until = last.replace(day=1)
    place = of_task(t.place).label("place")
    if whole >= until:
        return select(place, func.count().label("tasks")).where(t.deadline_end.between(first, last)).group_by(place).cte("weights")
    edges = (t.deadline_end >= first) & (t.deadline_end < whole) | (t.deadline_end >= until) & (t.deadline_end <= last)
    months = select(n.place, n.tasks).where(n.facet == "month", n.value >= whole.isoformat()[:7], n.value < until.isoformat()[:7])
    both = months.union_all(select(place, func.count()).where(edges).group_by(place)).subquery()
    return select(both.c.place, func.sum(both.c.tasks).label("tasks")).group_by(both.c.place).cte("weights")


def _next_month(day: date) -> date:
    """Return the first day of the first month that has not begun before a day."""
    if day.day == 1 or (day.year, day.month) == (date.max.year, date.max.month):
        return day
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


# --- by task -----------------------------------------------------------------------------------------------------------


def _meant(question: Question, query: Any, place: ColumnElement[int]) -> Any:  # noqa: ANN401 -- a Select of any columns
    """Return a query of places of tasks for those that are meant."""
    if question.matching.all:
        return query.where(question.scope.holds(of_task(place)))
    meant = question.meant().cte("meant").prefix_with("MATERIALIZED")
    return query.join(meant, meant.c.place == place)


def _roles(question: Question) -> Counter[str]:
    t, a, n = task_lines.c, task_line_agencies.c, line_counts.c
    if question.matching.all:
        query = select(n.value, func.sum(n.tasks)).where(n.facet == "role", question.scope.holds(n.place)).group_by(n.value)
        return Counter({str(role): int(count) for role, count in question.connection.execute(query)})
    if question.matching.bodies is not None:
        # The roles of the bodies asked for, not those of others beside them.
        found: list[Any] = [func.count(func.distinct(case((a.roles.bitwise_and(bit) != 0, a.place)))) for bit in ROLE_BITS.values()]
        asked = _meant(question, select(*found).select_from(task_line_agencies), a.place).where(a.body.in_(question.matching.bodies))
    else:
        found = [func.sum(case((t.roles.bitwise_and(bit) != 0, 1), else_=0)) for bit in ROLE_BITS.values()]
        asked = _meant(question, select(*found).select_from(task_lines), t.place)
    row = question.connection.execute(asked).one()
    return Counter({role: int(count or 0) for role, count in zip(ROLE_BITS, row, strict=True)})


def _kinds(question: Question) -> Counter[str]:
    t, n = task_lines.c, line_counts.c
    if question.matching.all:
        query: Any = select(n.value, func.sum(n.tasks)).where(n.facet == "deadline_kind", question.scope.holds(n.place)).group_by(n.value)
    else:
        kind = func.coalesce(t.deadline_kind, "none").label("kind")
        query = _meant(question, select(kind, func.count()).select_from(task_lines), t.place).group_by(kind)
    return Counter({str(kind): int(count) for kind, count in question.connection.execute(query)})


def _month(day: ColumnElement[Any]) -> ColumnElement[str]:
    return func.substr(cast(day, Text), 1, 7)


def _months(question: Question) -> Counter[str]:
    t, n, former = task_lines.c, line_counts.c, tasks.c
    if question.matching.all:
        query: Any = select(n.value, func.sum(n.tasks)).where(n.facet == "month", question.scope.holds(n.place)).group_by(n.value)
    else:
        month = _month(t.deadline_end).label("month")
        query = _meant(question, select(month, func.count()).select_from(task_lines), t.place)
        query = query.where(t.deadline_end.is_not(None)).group_by(month)
    found = Counter({str(month): int(count) for month, count in question.connection.execute(query)} if not question.scope.empty else {})
    for ids in batches(name for _, name in question.former()):
        days = question.connection.execute(select(former.deadline_end).where(former.id.in_(ids), former.deadline_end.is_not(None)))
        found.update(f"{day:%Y-%m}" for day in days.scalars())
    return found


def _bodies(question: Question, top: int) -> dict[int, int]:
    """Return the bodies that most tasks name, and how many."""
    a = task_line_agencies.c
    query = select(a.body, func.count().label("tasks")).select_from(task_line_agencies)
    if not (question.matching.all and not question.scope.narrow):
        query = _meant(question, query, a.place)
    if question.matching.bodies is not None:
        query = query.where(a.body.in_(question.matching.bodies))
    rows = question.connection.execute(query.group_by(a.body).order_by(func.count().desc(), a.body).limit(top))
    return {row.body: row.tasks for row in rows}


# --- what was looked at ------------------------------------------------------------------------------------------------


def _looked_at(question: Question) -> dict[str, Counter[str]]:
    """Return the facets of a question that lines alone do not answer."""
    found = {name: Counter[str]() for name in FACETS}
    t = task_lines.c
    if not question.scope.empty:
        place = of_task(t.place).label("place")
        kind = func.coalesce(t.deadline_kind, "none").label("kind")
        asked = _meant(question, select(place, t.roles, kind, func.count()).select_from(task_lines), t.place)
        rows = question.connection.execute(asked.group_by(place, t.roles, kind)).all()
        _add_documents(question.connection, found, Counter({}), ((at, n) for at, _, _, n in rows))
        for _, roles, of_kind, n in rows:
            found["deadline_kind"][of_kind] += n
            found["role"].update({role: n for role, bit in ROLE_BITS.items() if roles & bit})
    former = question.former()
    _add_documents(question.connection, found, Counter(document_place(place) for place, _ in former), ())
    _add_tasks(question.connection, found, [name for _, name in former])
    return found


def _add_tasks(connection: Connection, found: dict[str, Counter[str]], ids: list[str]) -> None:
    """Add the roles and kinds of deadlines of tasks of former versions."""
    t, a = tasks.c, task_agencies.c
    kind = func.coalesce(t.deadline_kind, "none").label("kind")
    for some in batches(ids):
        kinds = select(kind, func.count()).where(t.id.in_(some)).group_by(kind)
        roles = select(a.role, func.count(func.distinct(a.task_id))).where(a.task_id.in_(some)).group_by(a.role)
        found["deadline_kind"].update({row[0]: row[1] for row in connection.execute(kinds)})
        found["role"].update({row[0]: row[1] for row in connection.execute(roles)})


def _add_documents(connection: Connection, found: dict[str, Counter[str]], more: Counter[int], counts: Iterable[tuple[int, int]]) -> None:
    weights = Counter(more)
    for place, n in counts:
        weights[place] += n
    d = document_lines.c
    for places in batches(weights):
        for row in connection.execute(select(d.place, d.site, d.region, d.document_kind, d.day).where(d.place.in_(places))):
            n = weights[row.place]
            told = {"site": row.site, "region": row.region, "document_kind": row.document_kind, "year": str(row.day.year)}
            for name, value in told.items():
                found[name][value] += n
