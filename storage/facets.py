"""How the tasks of an answer spread: over sites, regions, kinds, years, roles and kinds of deadlines, months, and bodies by month.

A facet counts what would be found if one asked for each of its values in the place of the one that is asked for now. Of a question about
the past, or about one document, it counts what is found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Text, case, cast, extract, func, literal_column, select, union_all

from storage.asking import Question
from storage.batches import among, batches
from storage.choosing import STEMS
from storage.kept_statements import kept
from storage.line_schema import ROLE_BITS, document_lines, line_agencies, line_choices, line_counts, task_line_agencies, task_lines
from storage.places import document_place
from storage.schema import ROLES, task_agencies, tasks
from storage.scopes import Scope, of_task, pairs, values_of_pairs
from storage.selection import NO_FILTERS, Filters, is_past
from storage.store import Store

Row = dict[str, Any]
FACETS = ("site", "region", "kind", "year", "role", "deadline_kind")
_OF_DOCUMENT, _OF_TASKS = FACETS[:4], FACETS[4:]
_SPARE = 2
"""So many times the bodies asked for are looked at: one body may be named in several forms."""


def task_facets(store: Store, filters: Filters = NO_FILTERS) -> dict[str, list[Row]]:
    """Return ``{facet: [{"value", "count"}]}`` for each of ``FACETS``, the most frequent value first.

    Regions are those that documents name and what these lie in, as codes of GB/T 2260.
    """
    with store.reading() as connection:
        return facets_of(Question.of(connection, filters))


def facets_of(question: Question) -> dict[str, list[Row]]:
    """Return the same of a question that is asked for more than its facets."""
    filters = question.matching.filters
    past = is_past(filters) or not question.scope.lined
    found = _found(question) if past else _free(question)
    if past and (filters.agency or filters.role):  # a body of a task may have another role in it than the one found
        asked = {role: Question.of(question.connection, replace(filters, role=role)).total() for role in ROLES}
        found = {**found, "role": Counter({role: n for role, n in asked.items() if n is not None})}
    return {name: _shown(found[name]) for name in FACETS}


def _free(question: Question) -> Mapping[str, Counter[str]]:
    """Return each facet as if one asked for any of its values."""
    found, f = _of_documents(question), question.matching.filters
    if question.matching.all and question.scope.narrow:
        return found
    if not (f.role or f.deadline_kind or question.matching.all or question.matching.bodies is not None):
        roles, kinds = _of_tasks(question)
        return found | {"role": roles, "deadline_kind": kinds}
    return found | {
        "role": _roles(_asking(question, replace(f, role=""))),
        "deadline_kind": _kinds(_asking(question, replace(f, deadline_kind=""))),
    }


def timeline(store: Store, filters: Filters = NO_FILTERS) -> list[Row]:
    """Return ``{"month": "2026-06", "count"}`` of the ends of deadlines, in their order; months without any are left out."""
    with store.reading() as connection:
        found = _months(Question.of(connection, replace(filters, limit=None)))
    return [{"month": month, "count": found[month]} for month in sorted(found)]


def agency_months(store: Store, filters: Filters = NO_FILTERS, top: int = 20) -> list[Row]:
    """Return ``{"id", "name", "month", "count"}``: the ends of deadlines by month of the ``top`` bodies named in most tasks, by name.

    Of a question about the past it counts tasks whose versions are current.
    """
    with store.reading() as connection:
        counts = _months_of_bodies(Question.of(connection, replace(filters, limit=None)), top)
    busiest = Counter[tuple[str, str]]()
    for (one, name, _), n in counts.items():
        busiest[one, name] += n
    shown = set(sorted(busiest, key=lambda body: (-busiest[body], body))[:top])
    found = [{"id": one, "name": name, "month": at, "count": n} for (one, name, at), n in counts.items() if at and (one, name) in shown]
    return sorted(found, key=lambda row: (row["name"], row["id"], row["month"]))


def _asking(question: Question, filters: Filters) -> Question:
    """Return a question that asks something else of the tasks of the same documents."""
    return replace(question, matching=replace(question.matching, filters=filters))


def _shown(found: Mapping[str, int]) -> list[Row]:
    return [{"value": value, "count": n} for value, n in sorted(found.items(), key=lambda one: (-one[1], one[0])) if value and n]


# --- by document -------------------------------------------------------------------------------------------------------


def _of_documents(question: Question) -> dict[str, Counter[str]]:
    """Return how many tasks would be found for each value of the facets that documents have.

    Where every task of some documents is meant, the other facets, too.
    """
    scope, weights = question.scope, _weights(question)
    counted = question.matching.all and scope.narrow
    query = kept(("facets", weights is None, counted, *scope.shape), partial(_counts, scope, weights is None, counted))
    asked = scope.values if weights is None else scope.values | values_of_pairs(scope.dialect, "weights", weights)
    found: dict[str, Counter[str]] = {name: Counter() for name in (FACETS if counted else _OF_DOCUMENT)}
    for name, value, n in question.connection.execute(query, asked):
        found[name][f"{value:0<6}" if name == "region" else value] = int(n or 0)
    return found


def _counts(scope: Scope, whole: bool, counted: bool) -> CompoundSelect[Any]:
    """Return the query of facets, values and numbers of tasks; ``whole``: all tasks of documents, else as many as ``weights`` tell.

    ``counted`` asks for what ``line_counts`` counts as well.
    """
    c, d, n = line_choices.c, document_lines.c, line_counts.c
    weights = None if whole else pairs(scope.dialect, "weights")
    tasks_there = func.sum(d.tasks if weights is None else weights.c.second)
    joined = line_choices.join(document_lines, d.place == c.place)
    joined = joined if weights is None else joined.join(weights, weights.c.first == c.place)
    value = {"site": c.site, "region": c.stem, "kind": d.document_kind, "year": cast(extract("year", d.day), Text)}
    asked: list[Any] = []
    for name in _OF_DOCUMENT:
        free: dict[str, Any] = {name: None if name == "year" else ""}
        freed = replace(scope, filters=replace(scope.filters, **free))
        here = [c.site != "", scope.here()[1]] if name == "site" else [scope.here()[0], c.stem != ""] if name == "region" else scope.here()
        query = select(literal_column(f"'{name}'"), value[name], tasks_there).select_from(joined)
        asked.append(query.where(*here, *freed.chosen()).group_by(value[name]))
    if counted:
        query = select(n.facet, n.value, func.sum(n.tasks)).where(n.facet.in_(_OF_TASKS), scope.holds(n.place))
        asked.append(query.group_by(n.facet, n.value))
    return union_all(*asked)


def _weights(question: Question) -> list[tuple[int, int]] | None:
    """Return the places of documents and how many tasks of each hold what is asked of tasks; None where all are meant."""
    n, matching = line_counts.c, question.matching
    if matching.all:
        return None
    if facet := matching.facet(False):
        query: Any = select(n.place, n.tasks).where(n.facet == facet[0], n.value == facet[1])
    elif matching.days_alone:
        query = _of_days(matching.filters.due_from or date.min, matching.filters.due_to or date.max)
    else:
        meant = question.meant(anywhere=True).subquery().c
        place = of_task(meant.place).label("place")
        query = select(place, func.count()).group_by(place)
    return [(place, int(count)) for place, count in question.connection.execute(query)]


def _of_days(first: date, last: date) -> Any:  # noqa: ANN401 -- a Select of two columns
    """Return the same of days: whole months are counted already, only what stands out of them is not."""
    t, n = task_lines.c, line_counts.c
    found: Any
    whole, until = _next_month(first), last.replace(day=1)
    place = of_task(t.place).label("place")
    if whole >= until:
        found = select(place, func.count().label("tasks")).where(t.deadline_end.between(first, last)).group_by(place)
        return found
    edges = (t.deadline_end >= first) & (t.deadline_end < whole) | (t.deadline_end >= until) & (t.deadline_end <= last)
    months = select(n.place, n.tasks).where(n.facet == "month", n.value >= whole.isoformat()[:7], n.value < until.isoformat()[:7])
    both = months.union_all(select(place, func.count()).where(edges).group_by(place)).subquery()
    found = select(both.c.place, func.sum(both.c.tasks).label("tasks")).group_by(both.c.place)
    return found


def _next_month(day: date) -> date:
    """Return the first day of the first month that has not begun before a day."""
    if day.day == 1 or (day.year, day.month) == (date.max.year, date.max.month):
        return day
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _whole_months(first: date, last: date) -> tuple[str, str, list[tuple[date, date]]] | None:
    """Return the first and the last month that lie whole between two days, and the spans of days beside them; None where none does."""
    whole, rest, is_end = _next_month(first), last.replace(day=1), last == date.max or (last + timedelta(1)).day == 1
    if whole > rest or (whole == rest and not is_end):
        return None
    before = [(first, whole - timedelta(1))] if whole > first else []
    if is_end:
        return whole.isoformat()[:7], last.isoformat()[:7], before
    return whole.isoformat()[:7], (rest - timedelta(1)).isoformat()[:7], [*before, (rest, last)]


# --- by task -----------------------------------------------------------------------------------------------------------


def _meant(question: Question, query: Any, place: ColumnElement[int]) -> Any:  # noqa: ANN401 -- a Select of any columns
    """Return a query of places of tasks for those that are meant."""
    if question.matching.all:
        return query.where(question.scope.holds(of_task(place)))
    meant = question.meant().cte("meant").prefix_with("MATERIALIZED")
    return query.join(meant, meant.c.place == place)


def _roles(question: Question) -> Counter[str]:
    a, matching = task_line_agencies.c, question.matching
    if matching.all:
        return question.scope.sums(question.connection, "role")
    if matching.bodies is None:
        return _of_tasks(question)[0]
    # The roles of the bodies asked for, not those of others beside them.
    found: list[Any] = [func.count(func.distinct(case((a.roles.bitwise_and(bit) != 0, a.place)))) for bit in ROLE_BITS.values()]
    asked = _meant(question, select(*found).select_from(task_line_agencies), a.place).where(a.body.in_(matching.bodies))
    row = question.connection.execute(asked).one()
    return Counter({role: int(count or 0) for role, count in zip(ROLE_BITS, row, strict=True)})


def _kinds(question: Question) -> Counter[str]:
    return question.scope.sums(question.connection, "deadline_kind") if question.matching.all else _of_tasks(question)[1]


def _of_tasks(question: Question) -> tuple[Counter[str], Counter[str]]:
    """Return how many tasks that are meant have each role, of any body, and each kind of deadline."""
    t, roles, kinds = task_lines.c, Counter[str](), Counter[str]()
    kind = func.coalesce(t.deadline_kind, "none").label("kind")
    counted = select(t.roles, kind, func.count()).select_from(task_lines).group_by(t.roles, kind)
    query = partial(_meant, question, counted, t.place)
    found = kept(("roles and kinds", question.scope.dialect), query) if question.gathered else query()
    for bits, of_kind, n in question.connection.execute(found, question.gathered):
        kinds[of_kind] += n
        roles.update({role: n for role, bit in ROLE_BITS.items() if bits & bit})
    return roles, kinds


def _month(day: ColumnElement[Any]) -> ColumnElement[str]:
    return func.substr(cast(day, Text), 1, 7)


def _months(question: Question) -> Counter[str]:
    former = tasks.c
    found = _months_of_lines(question) if not question.scope.empty else Counter[str]()
    for ids in batches(name for _, name in question.former()):
        days = question.connection.execute(select(former.deadline_end).where(former.id.in_(ids), former.deadline_end.is_not(None)))
        found.update(f"{day:%Y-%m}" for day in days.scalars())
    return found


def _months_of_lines(question: Question) -> Counter[str]:
    t, matching = task_lines.c, question.matching
    if matching.all:
        return question.scope.sums(question.connection, "month")
    f = matching.filters
    if matching.days_alone and (whole := _whole_months(f.due_from or date.min, f.due_to or date.max)):
        first, last, edges = whole
        found = question.scope.sums(question.connection, "month", first, last)
        for start, end in edges:
            found += _months_of_lines(_asking(question, replace(f, due_from=start, due_to=end)))
        return found
    month = _month(t.deadline_end).label("month")
    query = _meant(question, select(month, func.count()).select_from(task_lines), t.place)
    rows = question.connection.execute(query.where(t.deadline_end.is_not(None)).group_by(month))
    return Counter({str(month): int(count) for month, count in rows})


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


def _months_of_bodies(question: Question, top: int) -> dict[tuple[str, str, str | None], int]:
    """Return how many tasks name each of the busiest bodies, by identifier, name and month of the end, None for no end."""
    t, a, b = task_lines.c, task_line_agencies.c, line_agencies.c
    month = _month(t.deadline_end).label("month")
    # A task may name a body in two forms, as one that leads and in a list of all: it counts once.
    query = select(b.agency_id, b.name, month, func.count(func.distinct(a.place))).select_from(task_line_agencies)
    query = query.join(task_lines, t.place == a.place).join(line_agencies, b.id == a.body)
    bodies = question.matching.bodies if question.matching.of_days else _forms(question, top)
    if bodies is not None:
        query = query.where(among(question.connection, a.body, bodies))
    rows = question.connection.execute(_meant(question, query, a.place).group_by(b.agency_id, b.name, month))
    return {(one, name, at): n for one, name, at, n in rows}


def _forms(question: Question, top: int) -> list[int]:
    """Return all forms in which the bodies are named that most tasks name, of the bodies asked for."""
    b, asked = line_agencies.c, question.matching.bodies
    named = list(_bodies(question, top * _SPARE))
    busiest = select(b.agency_id, b.name).where(among(question.connection, b.id, named)).distinct().subquery()
    query = select(b.id).join(busiest, (b.agency_id == busiest.c.agency_id) & (b.name == busiest.c.name)).order_by(b.id)
    found = question.connection.execute(query).scalars().all()
    return list(found if asked is None else set(asked).intersection(found))


# --- what was looked at ------------------------------------------------------------------------------------------------


def _found(question: Question) -> dict[str, Counter[str]]:
    """Return the facets of what a question about the past, or about one document, finds."""
    found, scope, connection = {name: Counter[str]() for name in FACETS}, question.scope, question.connection
    if question.matching.all:
        weights = Counter(scope.weights(connection))
        roles, kinds = scope.sums(connection, "role"), scope.sums(connection, "deadline_kind")
    else:
        t = task_lines.c
        place = of_task(t.place).label("place")
        query = _meant(question, select(place, func.count().label("tasks")).select_from(task_lines), t.place).group_by(place)
        weights = Counter({row.place: row.tasks for row in connection.execute(query)})
        roles, kinds = _of_tasks(question)
    found["role"] += roles
    found["deadline_kind"] += kinds
    former = question.former()
    weights.update(document_place(place) for place, _ in former)
    _add_documents(connection, found, weights)
    _add_tasks(connection, found, [name for _, name in former])
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


def _add_documents(connection: Connection, found: dict[str, Counter[str]], weights: Mapping[int, int]) -> None:
    """Add what is told of documents by their places, each as often as it has tasks."""
    c, d, places = line_choices.c, document_lines.c, list(weights)
    told = {"site": d.site, "kind": d.document_kind, "year": extract("year", d.day)}
    for row in connection.execute(select(d.place, d.hidden, d.region, *told.values()).where(among(connection, d.place, places))):
        for name, value in zip(told, row[3:], strict=True):
            found[name][str(value)] += weights[row.place]
        # A document that was repealed since has no choices; it counts for its own place.
        for each in {f"{row.region[:digits]:0<6}" for digits in STEMS} if row.hidden and row.region else ():
            found["region"][each] += weights[row.place]
    named = select(c.place, c.stem).where(c.site == "", c.stem != "", among(connection, c.place, places))
    for place, stem in connection.execute(named):  # a document counts once for each place it names, and for what these lie in
        found["region"][f"{stem:0<6}"] += weights[place]
