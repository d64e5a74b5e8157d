"""The statements by which tasks are found: each goes one way through the lines of what a question asks (``asking`` chooses the way).

They hold the values of the question as parameters with names, so that the next question of the same shape uses them, too
(``kept_statements``). Their own parameters are ``below``, the place behind which a page begins, ``day`` of the deadline there, ``until``,
the last day that is looked at, ``limit``, ``start``, the place of the first document, ``documents``, the places of those that are gone
through, and ``body``, whose tasks are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import CTE, BigInteger, Column, ColumnElement, Select, and_, func, literal_column, or_, select, true

from storage.kept_statements import given, some
from storage.line_schema import document_lines, line_choices, task_line_agencies, task_lines
from storage.matching import Matching, end_of_line
from storage.places import END, LAST
from storage.scopes import Scope, of_task, values

NEAR = 10_000
"""Tasks that are looked at in the order of their deadlines before those of some documents are all gathered."""
_BELOW, _LIMIT = given("below", END, BigInteger()), given("limit", 0)

Bounds = Callable[[ColumnElement[Any], ColumnElement[int]], list[ColumnElement[bool]]]
"""Makes conditions on the end of a deadline and the place of a task."""


@dataclass(frozen=True)
class TaskStatements:
    """The statements of a question; ``holding`` gives the places that hold its words, ``worded`` asks whether the task at one does."""

    scope: Scope
    matching: Matching
    holding: Callable[[], Select[Any]]
    worded: Callable[[ColumnElement[int]], list[ColumnElement[bool]]]

    # --- in reading order ---

    def of_body(self) -> Select[Any]:
        """Return the query that goes through the tasks of a body (the parameter ``body``) in reading order."""
        t, a = task_lines.c, task_line_agencies.c
        wanted = [*self.matching.in_role(a), self.scope.holds(of_task(a.place))]
        of_line = self.matching.of_line(t, named=False)
        wanted += [some(t.place == a.place, *of_line)] if of_line else []
        query = select(a.place).where(a.body == given("body", 0), a.place < _BELOW, *wanted, *self.worded(a.place))
        return query.order_by(a.place.desc()).limit(_LIMIT)

    def in_order(self, few: str) -> Select[Any]:
        """Return the query of those of a few places that hold everything else, each with how many there are on all pages."""
        held = self._held(few).cte("held").prefix_with("MATERIALIZED")
        count = select(func.count()).select_from(held.alias("every")).scalar_subquery()
        return select(held.c.place, count).where(held.c.place < _BELOW).order_by(held.c.place.desc()).limit(_LIMIT)

    def all_of(self, few: str) -> Select[Any]:
        """Return the query of all those places, in reading order."""
        held = self._held(few).cte("held").prefix_with("MATERIALIZED")
        return select(held.c.place).order_by(held.c.place.desc())

    def _held(self, few: str) -> Select[Any]:
        """Return the places among a few at which everything else is held; no planner shall look for these few one by one."""
        if not self.by_body_alone:
            return self.among(few, select(task_lines.c.place))
        if self.matching.of_one_body:
            return self.named().where(self.scope.holds(of_task(task_line_agencies.c.place)))
        place = self.gathered(few).c.place
        return select(place).where(self.scope.holds(of_task(place)))

    def gathered(self, few: str) -> CTE:
        """Return the places of a candidate, each once."""
        return self.candidates()[few]().distinct().cte("few").prefix_with("MATERIALIZED")

    @property
    def by_body_alone(self) -> bool:
        """Tell whether nothing is asked of tasks but a body and its role, so that the places of that body's tasks are the answer."""
        f = self.matching.filters
        return bool(f.agency) and not (self.matching.of_days or f.deadline_kind or f.words)

    def among(self, few: str, query: Select[Any], *, anywhere: bool = False) -> Select[Any]:
        """Return a query of ``task_lines`` for those of some places that hold everything that is asked, ``anywhere``: of all documents."""
        t = task_lines.c
        wanted = [*self.matching.of_line(t, named=few != "bodies"), *(self.worded(t.place) if few != "words" else [])]
        wanted += [] if anywhere else [self.scope.holds(of_task(t.place))]
        if few in ("days", "kind"):
            return query.where(*(self.matching.on_days(t) if few == "days" else self.matching.of_kind(t)), *wanted)
        return query.where(self.gathered(few).c.place == t.place, *wanted)

    def through_documents(self) -> Select[Any]:
        """Return the query that goes from document to document in reading order, and ends when the page is full."""
        c, d, t = line_choices.c, document_lines.c, task_lines.c
        wanted = [*self.scope.here(), *self.scope.of_choices(), c.place <= given("start", 0, BigInteger())]
        of_document = [*self.scope.of_lines(d), *self.matching.of_document()]
        wanted += [some(d.place == c.place, *of_document)] if of_document else []
        own = and_(under(c.place), t.place < _BELOW, *self.matching.of_line(t), *self.worded(t.place))
        if self.scope.dialect == "sqlite":
            found = select(t.place).select_from(line_choices.join(task_lines, own)).where(*wanted)
            return found.order_by(c.place.desc(), t.place.desc()).limit(_LIMIT)
        # PostgreSQL cannot know how few tasks lie between two places and would go through all; so it must look document by document.
        first = select(t.place).where(own).order_by(t.place.desc()).limit(_LIMIT).lateral("own")
        found = select(first.c.place).select_from(line_choices.join(first, true())).where(*wanted)
        return found.order_by(c.place.desc(), first.c.place.desc()).limit(_LIMIT)

    def of_some(self, columns: Sequence[Column[Any]], wanted: Sequence[ColumnElement[bool]], most: int | None = None) -> Select[Any]:
        """Return the query of the tasks of some documents (the parameter ``documents``), at least the first so many of each."""
        document: Any = values(self.scope.dialect, (), "documents")
        own = select(*columns).where(under(document), *wanted)
        if self.scope.dialect == "sqlite":
            return own
        first = own.order_by(task_lines.c.place.desc()).limit(most).lateral("own")
        return select(*first.c).select_from(document.scalar_alias.join(first, true()))

    # --- what is few ---

    def candidates(self) -> dict[str, Callable[[], Select[Any]]]:
        """Return by names queries of places, of which each has an index and holds every task that is meant, some more than once."""
        f = self.matching.filters
        found: dict[str, Callable[[], Select[Any]]] = {"days": self.on_days} if self.matching.of_days else {}
        found |= {"bodies": self.named} if self.matching.bodies is not None else {}
        found |= {"kind": self.of_kind} if f.deadline_kind else {}
        return found | ({"words": self.holding} if f.words else {})

    def named(self) -> Select[Any]:
        """Return the places of the tasks that name the bodies meant."""
        a = task_line_agencies.c
        return select(a.place).where(a.body.in_(given("bodies", self.matching.bodies or ())), *self.matching.in_role(a))

    def on_days(self) -> Select[Any]:
        """Return the places of the tasks with a deadline on the days asked for."""
        return select(task_lines.c.place).where(*self.matching.on_days(task_lines.c))

    def of_kind(self) -> Select[Any]:
        """Return the places of the tasks with a deadline of the kind asked for."""
        return select(task_lines.c.place).where(*self.matching.of_kind(task_lines.c))

    # --- by deadline ---

    def days_of_few(self, few: str, bounds: Bounds) -> Select[Any]:
        """Return the query of ends of deadlines and places for a few places, each with how many there are on all pages."""
        t = task_lines.c
        held = self.among(few, select(t.deadline_end, t.place)).where(end_of_line(t).is_not(None)).cte("held").prefix_with("MATERIALIZED")
        count = select(func.count()).select_from(held.alias("every")).scalar_subquery()
        return _due_first(select(held.c.deadline_end, held.c.place, count).where(*bounds(held.c.deadline_end, held.c.place)), held.c)

    def days_of_some(self, bounds: Bounds) -> Select[Any]:
        """Return the same for the tasks of some documents."""
        t = task_lines.c
        wanted = [*bounds(end_of_line(t), t.place), *self.matching.of_line(t), *self.worded(t.place)]
        found = self.of_some([t.deadline_end, t.place], wanted)
        return _due_first(found, found.selected_columns)

    def through_days(self, bounds: Bounds) -> Select[Any]:
        """Return the same for what is gone through by days."""
        t = task_lines.c
        wanted = [self.scope.holds(of_task(t.place)), *self.matching.of_line(t), *self.worded(t.place)]
        wanted += [*self.matching.on_days(t), *self.matching.of_kind(t), *bounds(t.deadline_end, t.place)]
        return _due_first(select(t.deadline_end, t.place).where(*wanted), t)

    def horizon(self, bounds: Bounds) -> Select[Any]:
        """Return the query of the day up to which ``NEAR`` tasks have deadlines, whatever else is asked of them."""
        t = task_lines.c
        wanted = [*self.matching.on_days(t), *self.matching.of_kind(t), *bounds(t.deadline_end, t.place)]
        return select(t.deadline_end).where(*wanted).order_by(t.deadline_end).offset(NEAR).limit(1)

    # --- how many ---

    def count_of(self, few: str, *, dated: bool) -> Select[Any]:
        """Return the query that counts those of a few places that hold everything else."""
        if dated:
            query = self.among(few, select(func.count()).select_from(task_lines))
            return query.where(end_of_line(task_lines.c).is_not(None))
        return select(func.count()).select_from(self._held(few).subquery())


def under(document: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that a task stands under the document at a place."""
    return task_lines.c.place.between(document - literal_column(str(LAST)), document)


def bounds_of(begun: bool, bounded: bool, ended: bool, end: ColumnElement[Any], place: ColumnElement[int]) -> list[ColumnElement[bool]]:
    """Return the conditions that a deadline has an end, and lies behind a page that is told or not before a day."""
    day = given("day", date.min)
    wanted: list[ColumnElement[bool]] = [end >= day] if begun or bounded else [end.is_not(None)]
    wanted += [end <= given("until", date.max)] if ended else []
    return [*wanted, or_(end > day, place < _BELOW)] if begun else wanted


def _due_first(query: Select[Any], columns: Any) -> Select[Any]:  # noqa: ANN401 -- a collection of columns
    return query.order_by(columns.deadline_end, columns.place.desc()).limit(_LIMIT)
