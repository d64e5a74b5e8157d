"""Which tasks an answer has, as places in reading order or by their deadlines, and how many.

A question is made of its documents (``scopes``) and of what it asks of their tasks (``matching``). Every way to go through them stops as
soon as a page is full. Where few tasks can be meant (few of a body, of some days, of some documents) they are gathered and put in order;
else those of bodies are gone through in the reading order of each body, those of deadlines day by day, and others document by document,
those documents left out in which no task can be meant.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from heapq import nlargest
from typing import Any

from sqlalchemy import Connection, Select, and_, func, literal_column, or_, select

from storage import search
from storage.batches import as_one, batches
from storage.kept_statements import kept, values_of
from storage.line_schema import document_lines, task_lines
from storage.matching import Matching, matching_of
from storage.places import END, LAST
from storage.schema import tasks
from storage.scopes import Scope, Told, of_task, scope_of
from storage.searching import holding, read_words
from storage.selection import Filters
from storage.task_statements import NEAR, TaskStatements, bounds_of

FEW = 20_000
"""Places that are gathered and put in order rather than looked for one by one."""
COUNTED = 50_000
"""Places that are looked at while somebody waits, where that is needed."""
_FIRST_DOCUMENTS, _MOST_DOCUMENTS = 8, 2048
_MANY = 8
"""Bodies that are gone through one by one in reading order; of more of them each document has some."""
_FORMER = 40
"""Documents of which another version is asked that are looked at together."""


@dataclass(frozen=True)
class Question:
    """A question made ready: its documents, and what is asked of their tasks."""

    connection: Connection
    scope: Scope
    matching: Matching

    @classmethod
    def of(cls, connection: Connection, filters: Filters) -> Question:
        """Return the question of filters."""
        return cls(connection, scope_of(connection, filters), matching_of(connection, filters))

    # --- in reading order ---

    def places(self, below: int, limit: int) -> list[tuple[int, str]]:
        """Return at most ``limit`` places of tasks behind ``below`` in reading order, with the identifiers of those of former versions."""
        found = [(place, "") for place in self._of_lines(below, limit)]
        if self.scope.former:
            found = nlargest(limit, [*found, *self._of_versions(below, limit)])
        return found

    def _of_lines(self, below: int, limit: int) -> list[int]:
        if self.scope.empty:
            return []
        if self.matching.all:
            return self._by_documents(below, limit)
        size, few = self._fewest
        if few is not None and size <= FEW:
            return self._ordered(few, below, limit)
        dense = len(self.matching.bodies or ()) > _MANY or (self.scope.narrow and self._extent[0] <= COUNTED)
        if self.matching.bodies is not None and not dense:
            return self._by_bodies(below, limit)
        return self._by_documents(below, limit)

    @cached_property
    def _shape(self) -> tuple[Any, ...]:
        """What of the statements rests on which filters there are, and not on their values (``kept_statements``)."""
        return (*self.scope.shape, *self.matching.shape)

    @cached_property
    def _statements(self) -> TaskStatements:
        return TaskStatements(self.scope, self.matching, self._holding)

    def _holding(self) -> Select[Any]:
        return holding(self.connection, self.matching.filters.words, "task")

    @cached_property
    def _values(self) -> dict[str, Any]:
        """Return the values of all parameters in the statements of this question."""
        return self.scope.values | self.matching.values

    def _kept(self, name: str, make: Callable[[], Select[Any]], *more: Any) -> Select[Any]:  # noqa: ANN401 -- parts of a shape
        """Return a statement of this question by its name; one with words is made anew, since words make its shape."""
        return make() if self.matching.filters.words else kept((name, *more, *self._shape), make)

    def _by_bodies(self, below: int, limit: int) -> list[int]:
        query = self._kept("by bodies", self._statements.of_body)
        found: set[int] = set()
        for body in self.matching.bodies or ():
            found |= set(self._places(query, body=body, below=below, limit=limit))
        return nlargest(limit, found)

    def _places(self, query: Select[Any], **more: Any) -> list[int]:  # noqa: ANN401 -- values of parameters
        return list(self.connection.execute(query, self._values | values_of(**more)).scalars())

    def _ordered(self, few: str, below: int, limit: int) -> list[int]:
        """Return those of some places that hold everything else; they are gathered first, so that no planner looks for them one by one."""
        return self._places(self._kept("ordered", partial(self._statements.in_order, few), few), below=below, limit=limit)

    @property
    def _is_narrow(self) -> bool:
        """Tell whether the documents are fewer in which some tasks can be meant."""
        return self.scope.narrow or bool(self.matching.role)

    def _by_documents(self, below: int, limit: int) -> list[int]:
        if self.scope.told:
            return self._document_by_document(below, limit)
        return self._places(self._kept("by documents", self._statements.through_documents), below=below, start=below | LAST, limit=limit)

    def _document_by_document(self, below: int, limit: int) -> list[int]:
        """Return the same where some documents were looked at."""
        t, found = task_lines.c, list[int]()
        start, size = below | LAST, _FIRST_DOCUMENTS
        while len(found) < limit:
            some = self.scope.below(self.connection, start, size, *self.matching.of_document())
            if not some:
                break
            wanted = [t.place < below, *self.matching.of_line(t), *self._statements.worded(t)]
            own = self._statements.of_some([t.place], wanted, limit)
            # By place itself a planner would go through all tasks of the store and look each up among these documents.
            query = own.order_by((own.selected_columns.place + literal_column("0")).desc()).limit(limit - len(found))
            found += self._places(query, documents=as_one(self.scope.dialect, some))
            start, size = some[-1] - 1, min(size * 4, _MOST_DOCUMENTS)
        return found

    # --- what is few ---

    @cached_property
    def _fewest(self) -> tuple[int, str]:
        """Return the least number of tasks that one thing asked for leaves, at most ``COUNTED`` + 1, and its name, empty for none."""
        return min(((self._size(name), name) for name in self._statements.candidates()), default=(COUNTED + 1, ""))

    def _size(self, name: str) -> int:
        def make() -> Select[Any]:
            return select(func.count()).select_from(self._statements.candidates()[name]().limit(COUNTED + 1).subquery())

        return int(self.connection.execute(self._kept("size", make, name), self._values).scalar_one())

    @cached_property
    def _extent(self) -> tuple[int, date | None]:
        """Return how many tasks the documents have in which some can be meant, and the first end of a deadline in them, if it is known."""
        scope, d = self.scope, document_lines.c
        if not scope.lined:
            return scope.looked_at, None

        def make() -> Select[Any]:
            return scope.of_all(func.sum(d.tasks), func.min(d.due_first)).where(*self.matching.of_document())

        tasks_there, first = self.connection.execute(self._kept("extent", make), self._values).one()
        return scope.looked_at + int(tasks_there or 0), None if scope.told else first

    def meant(self, *, anywhere: bool = False) -> Select[Any]:
        """Return the query for all tasks of current versions that are meant (column ``place``), ``anywhere``: whatever their documents."""
        if self._statements.by_body_alone:
            named = self._statements.named().distinct().subquery().c
            return select(named.place).where(*([] if anywhere else [self.scope.holds(of_task(named.place))]))
        t = task_lines.c
        size, few = self._fewest
        wanted = [*self.matching.of_line(t), *self._statements.worded(t), *([] if anywhere else [self.scope.holds(of_task(t.place))])]
        if not few or size > COUNTED:
            return select(t.place).where(*wanted)
        return select(t.place).where(self._statements.gathered(few).c.place == t.place, *wanted)

    # --- by deadline ---

    def due(self, behind: tuple[date, int] | None, limit: int) -> list[tuple[date, int, str]]:
        """Return ends of deadlines, places and identifiers as ``places`` does: due first, of one day in reading order."""
        lined = [] if self.scope.empty else self._due_of_lines(behind, limit)
        found: list[tuple[date, int, str]] = [(day, place, "") for day, place in lined]
        if self.scope.former:
            found += [one for one in self._former_due() if behind is None or (one[0], -one[1]) > (behind[0], -behind[1])]
        return sorted(found, key=lambda one: (one[0], -one[1]))[:limit]

    def _due_of_lines(self, behind: tuple[date, int] | None, limit: int) -> Sequence[Any]:
        size, few = self._fewest
        if few and size <= COUNTED:
            return self._by_day(few, behind, limit)
        if not self._is_narrow or self._extent[0] > COUNTED:
            return self._by_day("days", behind, limit)
        if self._extent[0] > NEAR:
            near = self._by_day("near", behind, limit)
            if len(near) == limit:
                return near
        return self._by_day("documents", behind, limit)

    def _by_day(self, way: str, behind: tuple[date, int] | None, limit: int) -> Sequence[Any]:
        """Return ends of deadlines and places in their order; ``way`` is the name of a candidate, or one of those below."""
        made = self._statements
        ways = {"days": made.through_days, "near": made.near_days, "documents": made.days_of_some}
        make = ways.get(way) or partial(made.days_of_few, way)
        bounded = way in ("days", "near") and self._is_narrow and not (behind or self.matching.filters.due_from)
        first = self._extent[1] if bounded else None
        day, below = behind or (first, END)
        bounds = partial(bounds_of, behind is not None, first is not None)
        query = self._kept("due", partial(make, bounds), way, behind is None, first is None)
        more: dict[str, Any] = {"day": day, "below": below, "limit": limit}
        if way == "documents":
            some = self.scope.below(self.connection, END, COUNTED, *self.matching.of_document())
            more["documents"] = as_one(self.scope.dialect, some)
        return self.connection.execute(query, self._values | values_of(**more)).all()

    def _former_due(self) -> list[tuple[date, int, str]]:
        by_name = {name: place for place, name in self.former()}
        t = tasks.c
        rows: list[tuple[date, int, str]] = []
        for some in batches(by_name):
            query = select(t.id, t.deadline_end).where(t.id.in_(some), t.deadline_end.is_not(None))
            rows += [(row.deadline_end, by_name[row.id], row.id) for row in self.connection.execute(query)]
        return rows

    # --- how many ---

    def total(self, *, dated: bool = False) -> int | None:
        """Return how many tasks there are, None where more of them would have to be looked at than somebody waits for.

        ``dated`` counts those with an end of a deadline alone.
        """
        if self.matching.all and not dated:
            return self.scope.tasks(self.connection)
        if sum(told.tasks for told in self.scope.former) > FEW:
            return None
        lined = self._counted(dated) if not self.scope.empty else 0
        if lined is None or not self.scope.former:
            return lined
        return lined + (len(self._former_due()) if dated else len(self.former()))

    def _counted(self, dated: bool) -> int | None:
        if facet := self.matching.facet(dated):
            return self.scope.counted(self.connection, *facet)
        size, few = self._fewest
        if not few or size > FEW:
            return None
        query = self._kept("count", partial(self._statements.count_of, few, dated=dated), few, dated)
        return int(self.connection.execute(query, self._values).scalar_one())

    # --- former versions ---

    def former(self) -> list[tuple[int, str]]:
        """Return the places and identifiers of all tasks of former versions that are meant."""
        return self._of_versions(END, END)

    def _of_versions(self, below: int, limit: int) -> list[tuple[int, str]]:
        """Return the same of documents of which another version is asked."""
        found: list[tuple[int, str]] = []
        behind = [told for told in self.scope.former if told.place & ~LAST < below]
        for start in range(0, len(behind), _FORMER):
            found += [one for one in self._in_versions(behind[start : start + _FORMER]) if one[0] < below]
            if len(found) >= limit:
                break
        return sorted(found, reverse=True)[:limit]

    def _in_versions(self, some: Sequence[Told]) -> list[tuple[int, str]]:
        t, words = tasks.c, self.matching.filters.words
        places = {told.document: told.place for told in some}
        here = or_(*(and_(t.document_id == told.document, t.version == told.version) for told in some))
        query = select(t.document_id, t.ordinal, t.id, *([t.text] if words else [])).where(here, *self.matching.of_version())
        rows = self.connection.execute(query).all()
        if words:
            wanted = read_words(self.connection, words, exact=True).wanted
            rows = [row for row in rows if wanted and search.holds(search.folded(row.text), wanted)]
        return sorted(((places[row.document_id] & ~LAST | (LAST - row.ordinal), row.id) for row in rows), reverse=True)
