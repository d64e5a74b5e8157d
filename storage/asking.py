"""Which tasks an answer has, as places in reading order or by their deadlines, and how many.

A question is made of its documents (``scopes``) and of what it asks of their tasks (``matching``). Every way to go through them stops as
soon as a page is full. Where few tasks can be meant (few of a body, of some days, of some documents) they are gathered and put in order;
else those of bodies are gone through in the reading order of each body, those of deadlines day by day, and others document by document,
those documents left out in which no task can be meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from heapq import nlargest
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, exists, func, literal_column, or_, select, true

from storage import search
from storage.batches import batches
from storage.line_schema import task_line_agencies, task_lines
from storage.matching import Matching, end_of_line, matching_of
from storage.places import LAST
from storage.schema import tasks
from storage.scopes import Scope, Told, of_task, scope_of, values
from storage.searching import holding, read_words
from storage.selection import Filters

END = (1 << 62) - 1
"""A place behind which every other one is."""
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
        dense = len(self.matching.bodies or ()) > _MANY or (self.scope.narrow and self._of_documents <= COUNTED)
        if self.matching.bodies is not None and not dense:
            return self._by_bodies(below, limit)
        return self._by_documents(below, limit)

    def _by_bodies(self, below: int, limit: int) -> list[int]:
        t, a = task_lines.c, task_line_agencies.c
        wanted = [*self.matching.in_role(a), self.scope.holds(of_task(a.place))]
        of_line = self.matching.of_line(t, named=False)
        wanted += [exists().where(t.place == a.place, *of_line)] if of_line else []
        wanted += [a.place.in_(self._holding())] if self.matching.filters.words else []
        query = select(a.place).where(a.body == bindparam("body"), a.place < below, *wanted).order_by(a.place.desc()).limit(limit)
        found: set[int] = set()
        for body in self.matching.bodies or ():
            found |= set(self.connection.execute(query, {"body": body}).scalars())
        return nlargest(limit, found)

    def _ordered(self, candidates: Select[Any], below: int, limit: int) -> list[int]:
        """Return those of some places that hold everything else; they are gathered first, so that no planner looks for them one by one."""
        t = task_lines.c
        if self._by_body_alone:
            few = candidates.cte("few").prefix_with("MATERIALIZED").c
            of_body = select(few.place).where(few.place < below, self.scope.holds(of_task(few.place)))
            return list(self.connection.execute(of_body.order_by(few.place.desc()).limit(limit)).scalars())
        query = self._among(candidates, select(t.place)).where(t.place < below)
        return list(self.connection.execute(query.order_by(t.place.desc()).limit(limit)).scalars())

    @property
    def _by_body_alone(self) -> bool:
        """Tell whether nothing is asked of tasks but a body and its role, so that the places of that body's tasks are the answer."""
        f = self.matching.filters
        return bool(f.agency) and not (self.matching.of_days or f.deadline_kind or f.words)

    def _among(self, candidates: Select[Any], query: Select[Any]) -> Select[Any]:
        """Return a query of ``task_lines`` for those of some places that hold everything that is asked."""
        t = task_lines.c
        few = candidates.cte("few").prefix_with("MATERIALIZED")
        return query.join(few, few.c.place == t.place).where(
            self.scope.holds(of_task(t.place)), *self.matching.of_line(t), *self._worded(t)
        )

    def _worded(self, t: Any) -> list[ColumnElement[bool]]:  # noqa: ANN401 -- the columns of task_lines
        return [t.place.in_(self._holding())] if self.matching.filters.words else []

    def _by_documents(self, below: int, limit: int) -> list[int]:
        found: list[int] = []
        start, size = below | LAST, _FIRST_DOCUMENTS
        while len(found) < limit:
            some = self.scope.below(self.connection, start, size, *self.matching.of_document())
            if not some:
                break
            found += self._in_documents(some, below, limit - len(found))
            start, size = some[-1] - 1, min(size * 4, _MOST_DOCUMENTS)
        return found

    def _in_documents(self, some: Sequence[int], below: int, limit: int) -> list[int]:
        t = task_lines.c
        query = self._under(some, limit, t.place < below, *self.matching.of_line(t), *self._worded(t))
        # By place itself a planner would go through all tasks of the store and look each up among these documents.
        first = (query.selected_columns.place + literal_column("0")).desc()
        return list(self.connection.execute(query.order_by(first).limit(limit)).scalars())

    def _under(self, some: Sequence[int], limit: int, *wanted: ColumnElement[bool]) -> Select[Any]:
        """Return the query of the places of tasks of some documents, at least the first so many of each."""
        t = task_lines.c
        document: Any = values(self.scope.dialect, some)
        own = select(t.place).where(t.place.between(document - literal_column(str(LAST)), document), *wanted)
        if self.scope.dialect == "sqlite":
            return own
        # PostgreSQL cannot know how few tasks lie between two places and would go through all; so it must look document by document.
        first = own.order_by(t.place.desc()).limit(limit).lateral("own")
        return select(first.c.place).select_from(document.scalar_alias.join(first, true()))

    # --- what is few ---

    @cached_property
    def _fewest(self) -> tuple[int, Select[Any] | None]:
        """Return the least number of tasks that one thing asked for leaves, at most ``COUNTED`` + 1, and their places."""
        counts = [(self._size(places), places) for places in self.candidates()]
        size, few = min(counts, key=lambda one: one[0], default=(COUNTED + 1, None))
        return size, few.distinct() if few is not None else None

    def _size(self, places: Select[Any]) -> int:
        some = places.limit(COUNTED + 1).subquery()
        return int(self.connection.execute(select(func.count()).select_from(some)).scalar_one())

    def candidates(self) -> list[Select[Any]]:
        """Return queries of places, of which each has an index and holds every task that is meant, some more than once."""
        t, a, f = task_lines.c, task_line_agencies.c, self.matching.filters
        found = []
        if self.matching.bodies is not None:
            named = select(a.place).where(a.body.in_(self.matching.bodies), *self.matching.in_role(a))
            found.append(named)
        if self.matching.of_days:
            found.append(self._on_days())
        if f.deadline_kind:
            found.append(select(t.place).where(*self.matching.of_kind(t)))
        return [*found, self._holding()] if f.words else found

    def _on_days(self) -> Select[Any]:
        t = task_lines.c
        return select(t.place).where(*self.matching.on_days(t))

    @cached_property
    def _of_documents(self) -> int:
        """Return how many tasks the documents have in which some can be meant."""
        return self.scope.tasks(self.connection, *self.matching.of_document())

    def _holding(self) -> Select[Any]:
        return holding(self.connection, self.matching.filters.words, "task")

    def meant(self, *, anywhere: bool = False) -> Select[Any]:
        """Return the query for all tasks of current versions that are meant (column ``place``), ``anywhere``: whatever their documents."""
        if self._by_body_alone:
            named = self.candidates()[0].distinct().subquery().c
            return select(named.place).where(*([] if anywhere else [self.scope.holds(of_task(named.place))]))
        t = task_lines.c
        size, few = self._fewest
        wanted = [*self.matching.of_line(t), *self._worded(t), *([] if anywhere else [self.scope.holds(of_task(t.place))])]
        if few is None or size > COUNTED:
            return select(t.place).where(*wanted)
        some = few.cte("few").prefix_with("MATERIALIZED")
        return select(t.place).join(some, some.c.place == t.place).where(*wanted)

    # --- by deadline ---

    def due(self, behind: tuple[date, int] | None, limit: int) -> list[tuple[date, int, str]]:
        """Return ends of deadlines, places and identifiers as ``places`` does: due first, of one day in reading order."""
        t = task_lines.c
        few = self._few_by_day()
        end: ColumnElement[Any] = t.deadline_end if few is None else end_of_line(t)
        wanted: list[ColumnElement[bool]] = [end.is_not(None)]
        if behind:
            day, place = behind
            wanted += [end >= day, or_(end > day, t.place < place)]
        query: Select[Any] = select(t.deadline_end, t.place)
        query = self._through_days(query) if few is None else self._among(few, query)
        query = query.where(*wanted).order_by(t.deadline_end, t.place.desc()).limit(limit)
        rows: Iterable[Any] = self.connection.execute(query) if not self.scope.empty else ()
        found: list[tuple[date, int, str]] = [(day, place, "") for day, place in rows]
        if self.scope.former:
            found += [one for one in self._former_due() if behind is None or (one[0], -one[1]) > (behind[0], -behind[1])]
        return sorted(found, key=lambda one: (one[0], -one[1]))[:limit]

    def _few_by_day(self) -> Select[Any] | None:
        """Return the places to look at where they are few enough to be gathered and put in order; None where days are gone through."""
        size, few = self._fewest
        days = self._size(self._on_days()) if self.matching.of_days else COUNTED + 1
        if days <= min(size, COUNTED):
            return None  # the days that are asked for are few: gone through in their order, the first page ends early
        if few is not None and size <= COUNTED:
            return few
        if (self.scope.narrow or self.matching.role) and self._of_documents <= COUNTED:
            return self._under(self.scope.below(self.connection, END, COUNTED, *self.matching.of_document()), LAST)
        return None

    def _through_days(self, query: Select[Any]) -> Select[Any]:
        """Return a query of ``task_lines`` for what is meant, such that it can be gone through by days."""
        t = task_lines.c
        query = query.where(self.scope.holds(of_task(t.place)), *self.matching.of_line(t), *self._worded(t))
        query = query.where(*self.matching.on_days(t), *self.matching.of_kind(t))
        first = self.scope.first_due(self.connection, *self.matching.of_document())
        return query.where(t.deadline_end >= first) if first else query

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
        t = task_lines.c
        if facet := self.matching.facet(dated):
            return self.scope.counted(self.connection, *facet)
        size, few = self._fewest
        if few is None or size > FEW:
            return None
        if self._by_body_alone and not dated:
            places = few.subquery()
            of_body = select(func.count()).select_from(places).where(self.scope.holds(of_task(places.c.place)))
            return int(self.connection.execute(of_body).scalar_one())
        query = self._among(few, select(func.count()).select_from(task_lines))
        return int(self.connection.execute(query.where(end_of_line(t).is_not(None)) if dated else query).scalar_one())

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
