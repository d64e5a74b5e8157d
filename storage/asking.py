"""Which tasks an answer has, as places in reading order or by their deadlines, and how many.

A question is made of its documents (``scopes``) and of what it asks of their tasks (``matching``). Every way to go through them stops as
soon as a page is full. Where few tasks can be meant (few of a body, of some days, of some documents) they are gathered and put in order;
else those of bodies are gone through in the reading order of each body, those of deadlines day by day, and others document by document,
those documents left out in which no task can be meant.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, partial
from heapq import nlargest
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, literal_column, or_, select

from storage import search
from storage.batches import as_one, batches
from storage.kept_statements import given, kept, values_of
from storage.line_schema import document_lines, task_lines
from storage.matching import Matching, matching_of
from storage.places import END, LAST
from storage.schema import tasks
from storage.scopes import Scope, Told, of_task, scope_of, values
from storage.searching import about_tasks, count_tasks, holding, holds_words, rare_tasks, read_words, tasks_holding
from storage.selection import Filters, is_past
from storage.task_statements import TaskStatements, bounds_of

FEW = 20_000
"""Places that are gathered and put in order rather than looked for one by one."""
READ = 2_000
"""Tasks whose texts are read sooner than the index is asked how many others hold the words."""
COUNTED = 50_000
"""Places that are looked at while somebody waits, where that is needed."""
_FIRST_DOCUMENTS, _MOST_DOCUMENTS = 8, 2048
_MANY = 8
"""Bodies that are gone through one by one in reading order; of more of them each document has some."""
GATHERED = "gathered"
"""The parameter that holds what was gathered, in statements that ask for what is meant."""
_FORMER = 40
"""Documents of which another version is asked that are looked at together."""


@dataclass(frozen=True)
class Question:
    """A question made ready: its documents, and what is asked of their tasks."""

    connection: Connection
    scope: Scope
    matching: Matching
    _counts: dict[bool, int] = field(default_factory=dict, init=False, compare=False)
    """How many tasks there are in all, where reading a page has told: with the end of a deadline (true), or all (false)."""
    _gathered: list[Sequence[int]] = field(default_factory=list, init=False, compare=False)
    """The places of all tasks of current versions that are meant, in reading order, once they were gathered; else nothing."""

    @classmethod
    def of(cls, connection: Connection, filters: Filters) -> Question:
        """Return the question of filters."""
        return cls(connection, scope_of(connection, filters), matching_of(connection, filters))

    def gather(self, most: int) -> None:
        """Look up all that is meant once, where it is known to be at most so many tasks: what is asked next looks for none of them again.

        For an answer of many questions about the same tasks. Nothing is gathered where every task of a document is meant.
        """
        if self._gathered or self.matching.all or self.scope.empty:
            return
        if self._counts.get(False, self._fewest_of_all[1]) <= most and self._few:
            query = self._kept("gathered", partial(self._statements.all_of, self._few), self._few)
            self._gathered.append(self._places(query))

    @property
    def gathered(self) -> dict[str, Any]:
        """Return what was gathered as values of parameters (``kept_statements``), nothing where nothing was."""
        return values_of(**{GATHERED: as_one(self.scope.dialect, self._gathered[0])}) if self._gathered else {}

    # --- in reading order ---

    def places(self, below: int, limit: int) -> list[tuple[int, str]]:
        """Return at most ``limit`` places of tasks behind ``below`` in reading order, with the identifiers of those of former versions."""
        lined = self._of_lines(below, limit)
        if below == END and len(lined) < limit:
            self._counts[False] = len(lined)
        found = [(place, "") for place in lined]
        if self.scope.former:
            found = nlargest(limit, [*found, *self._of_versions(below, limit)])
        return found

    def _of_lines(self, below: int, limit: int) -> list[int]:
        if self.scope.empty:
            return []
        if self.matching.all:
            return self._by_documents(below, limit)
        if self._gathered:
            return list(islice((place for place in self._gathered[0] if place < below), limit))
        if self._is_of_words:
            if self._rare is None:
                return tasks_holding(self.connection, self.matching.filters, below, limit)
            self._gathered.append(self._rare)
            return self._of_lines(below, limit)
        if self._statements.by_body_alone and self.matching.of_one_body:
            return self._by_bodies(below, limit)
        if few := self._few:
            found = self._rows(self._kept("ordered", partial(self._statements.in_order, few), few), below=below, limit=limit)
            self._count(found, dated=False)
            return [place for place, _ in found]
        if self.matching.bodies is not None and not self._are_everywhere:
            return self._by_bodies(below, limit)
        return self._by_documents(below, limit)

    @cached_property
    def _shape(self) -> tuple[Any, ...]:
        """What of the statements rests on which filters there are, and not on their values (``kept_statements``)."""
        return (*self.scope.shape, *self.matching.shape)

    @cached_property
    def _statements(self) -> TaskStatements:
        return TaskStatements(self.scope, self.matching, self._holding, self._worded)

    @property
    def _is_of_words(self) -> bool:
        """Tell whether the index of words answers alone: by what it says of each task's document, its counts and order hold."""
        return self.matching.words_alone and self.scope.lined and not is_past(self.scope.filters)

    @cached_property
    def _of_words(self) -> int | None:
        """How many tasks hold the words where nothing else is asked of them, None where more than ``FEW`` would have to be looked at."""
        return count_tasks(self.connection, self.matching.filters, FEW) if self._rare is None else len(self._rare)

    @cached_property
    def _rare(self) -> Sequence[int] | None:
        """The places of all tasks that hold the words, where nothing else is asked and the words are rare; else None."""
        return rare_tasks(self.connection, self.matching.filters)

    def _holding(self) -> Select[Any]:
        return holding(self.connection, self.matching.filters.words, "task")

    @cached_property
    def _values(self) -> dict[str, Any]:
        """Return the values of all parameters in the statements of this question."""
        return self.scope.values | self.matching.values

    def _kept(self, name: str, make: Callable[[], Select[Any]], *more: Any) -> Select[Any]:  # noqa: ANN401 -- parts of a shape
        """Return a statement of this question by its name; one with words is made anew, since words make its shape."""
        return make() if self.matching.filters.words else kept((name, *more, *self._shape), make)

    def _worded(self, place: ColumnElement[int], *, anywhere: bool = False) -> list[ColumnElement[bool]]:
        filters = self.matching.filters
        return [holds_words(self.connection, filters, place, anywhere=anywhere)] if filters.words else []

    @property
    def _are_everywhere(self) -> bool:
        """Tell whether so many bodies are meant, or so few documents, that each document has some of their tasks."""
        return len(self.matching.bodies or ()) > _MANY or (self.scope.narrow and self._extent[0] <= COUNTED)

    def _by_bodies(self, below: int, limit: int) -> list[int]:
        query = self._kept("by bodies", self._statements.of_body)
        found: set[int] = set()
        for body in self.matching.bodies or ():
            found |= set(self._places(query, body=body, below=below, limit=limit))
        return nlargest(limit, found)

    def _places(self, query: Select[Any], **more: Any) -> list[int]:  # noqa: ANN401 -- values of parameters
        return [row[0] for row in self._rows(query, **more)]

    def _rows(self, query: Select[Any], **more: Any) -> Sequence[Any]:  # noqa: ANN401 -- values of parameters
        return self.connection.execute(query, self._values | values_of(**more)).all()

    def _count(self, found: Sequence[Any], *, dated: bool) -> None:
        if found:
            self._counts[dated] = int(found[0][-1])

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
            wanted = [t.place < below, *self.matching.of_line(t), *self._worded(t.place)]
            own = self._statements.of_some([t.place], wanted, limit)
            # By place itself a planner would go through all tasks of the store and look each up among these documents.
            query = own.order_by((own.selected_columns.place + literal_column("0")).desc()).limit(limit - len(found))
            found += self._places(query, documents=as_one(self.scope.dialect, some))
            start, size = some[-1] - 1, min(size * 4, _MOST_DOCUMENTS)
        return found

    # --- what is few ---

    @cached_property
    def _few(self) -> str:
        """The name of what leaves the fewest tasks of all that is asked for, at most ``FEW``; empty where nothing does."""
        return self._fewest_of_all[0]

    @cached_property
    def _fewest_of_all(self) -> tuple[str, int]:
        """The same, and how many tasks it leaves."""
        return self._fewest(FEW)

    def _fewest(self, most: int) -> tuple[str, int]:
        size, few = most + 1, ""
        for name in self._statements.candidates():
            if name == "words" and (size <= READ or about_tasks(self.connection, self.matching.filters.words) > size):
                break  # the last one
            found = self._size(name, size)
            size, few = (found, name) if found < size else (size, few)
        return few, size

    def _size(self, name: str, most: int) -> int:
        def make() -> Select[Any]:
            # How many a few words lead to is told without a look at their texts.
            words = partial(holding, self.connection, self.matching.filters.words, "task", checked=False)
            places = words() if name == "words" else self._statements.candidates()[name]()
            return select(func.count()).select_from(places.limit(given("limit", 0)).subquery())

        return int(self._rows(self._kept("size", make, name), limit=most)[0][0])

    @cached_property
    def _extent(self) -> tuple[int, date | None]:
        """Return how many tasks the documents have in which some can be meant, and the first end of a deadline in them, if it is known."""
        scope, d = self.scope, document_lines.c
        if not scope.lined:
            return scope.looked_at, None

        def make() -> Select[Any]:
            return scope.of_all(func.sum(d.tasks), func.min(d.due_first)).where(*self.matching.of_document())

        tasks_there, first = self._rows(self._kept("extent", make))[0]
        return scope.looked_at + int(tasks_there or 0), None if scope.told else first

    def meant(self, *, anywhere: bool = False) -> Select[Any]:
        """Return the query for all tasks of current versions that are meant (column ``place``), ``anywhere``: whatever their documents."""
        if self._gathered and not anywhere:
            return select(values(self.scope.dialect, self._gathered[0], GATHERED).label("place"))
        if self._statements.by_body_alone:
            named = self._statements.named().distinct().subquery().c
            return select(named.place).where(*([] if anywhere else [self.scope.holds(of_task(named.place))]))
        t = task_lines.c
        few = self._few or self._fewest(COUNTED)[0]
        if few:
            statements = replace(self._statements, worded=partial(self._worded, anywhere=anywhere))
            return statements.among(few, select(t.place), anywhere=anywhere)
        wanted = [*self.matching.of_line(t), *self._worded(t.place, anywhere=anywhere)]
        return select(t.place).where(*wanted, *([] if anywhere else [self.scope.holds(of_task(t.place))]))

    # --- by deadline ---

    def due(self, behind: tuple[date, int] | None, limit: int) -> list[tuple[date, int, str]]:
        """Return ends of deadlines, places and identifiers as ``places`` does: due first, of one day in reading order."""
        lined = [] if self.scope.empty else self._due_of_lines(behind, limit)
        if behind is None and len(lined) < limit:
            self._counts[True] = len(lined)
        found: list[tuple[date, int, str]] = [(day, place, "") for day, place in lined]
        if self.scope.former:
            found += [one for one in self._former_due() if behind is None or (one[0], -one[1]) > (behind[0], -behind[1])]
        return sorted(found, key=lambda one: (one[0], -one[1]))[:limit]

    def _due_of_lines(self, behind: tuple[date, int] | None, limit: int) -> Sequence[Any]:
        if self.matching.filters.deadline_kind and not self.matching.of_days and self.matching.bodies is None:
            return self._by_day("days", behind, limit)  # in the order of an index
        if few := self._few:
            found = self._by_day(few, behind, limit)
            if few != "days":
                self._count(found, dated=True)
            return [row[:2] for row in found]
        if self._is_narrow and not self.scope.filters.year:
            # Often the page is full before many others have been passed by.
            last = self._horizon(behind)
            near = self._by_day("days", behind, limit, last=last)
            if last is None or len(near) == limit:
                return near
        gathers = self._is_narrow and self._extent[0] <= COUNTED
        return self._by_day("documents" if gathers else "days", behind, limit, first=self._extent[1] if self._is_narrow else None)

    def _horizon(self, behind: tuple[date, int] | None) -> date | None:
        query = self._kept(
            "horizon", lambda: self._statements.horizon(partial(bounds_of, behind is not None, False, False)), behind is None
        )
        day, below = behind or (None, END)
        found = self._rows(query, day=day, below=below)
        return found[0][0] if found else None

    def _by_day(
        self, way: str, behind: tuple[date, int] | None, limit: int, *, first: date | None = None, last: date | None = None
    ) -> Sequence[Any]:
        """Return ends of deadlines and places in their order, between two days; ``way`` is a candidate or one of those below."""
        made = self._statements
        ways = {"days": made.through_days, "documents": made.days_of_some}
        make = ways.get(way) or partial(made.days_of_few, way)
        bounds = (behind is not None, first is not None, last is not None)
        query = self._kept("due", lambda: make(partial(bounds_of, *bounds)), way, *bounds)
        day, below = behind or (first, END)
        more: dict[str, Any] = {"day": day, "below": below, "limit": limit, "until": last}
        if way == "documents":
            some = self.scope.below(self.connection, END, COUNTED, *self.matching.of_document())
            more["documents"] = as_one(self.scope.dialect, some)
        return self._rows(query, **more)

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
            return self._of_all
        if sum(told.tasks for told in self.scope.former) > FEW:
            return None
        lined = self._counted(dated) if not self.scope.empty else 0
        if lined is None or not self.scope.former:
            return lined
        return lined + (len(self._former_due()) if dated else len(self.former()))

    @cached_property
    def _of_all(self) -> int:
        """How many tasks the documents have."""
        return self.scope.tasks(self.connection)

    def _counted(self, dated: bool) -> int | None:
        if (known := self._counts.get(dated)) is not None:
            return known
        if self._gathered and not dated:
            return len(self._gathered[0])
        if facet := self.matching.facet(dated):
            return self.scope.counted(self.connection, *facet)
        if self._is_of_words and not dated:
            return self._of_words
        if not (few := self._few):
            return None
        query = self._kept("count", partial(self._statements.count_of, few, dated=dated), few, dated)
        return int(self._rows(query)[0][0])

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
