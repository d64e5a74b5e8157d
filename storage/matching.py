"""Which tasks an answer has, as places in reading order: the documents of a scope (``scopes``) by the filters that tasks themselves hold.

Every way to go through them stops as soon as a page is full. Which one is taken rests on what is asked: bodies and words have an index of
their own in reading order, few days have one by day, and else documents are gone through, those left out in which no task can be meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from heapq import nlargest
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, false, func, literal_column, or_, select

from storage import search
from storage.batches import batches
from storage.identity import text_key
from storage.line_schema import ROLE_BITS, document_lines, line_agencies, task_line_agencies, task_lines
from storage.places import LAST
from storage.schema import agencies, agency_names, search_entries, task_agencies, tasks
from storage.scopes import Scope, Told, of_task, scope_of, values
from storage.selection import Filters

END = (1 << 62) - 1
"""A place behind which every other one is."""
FEW = 20_000
"""Places that are gathered and sorted rather than looked for in reading order."""
COUNTED = 100_000
"""Candidates that are counted while somebody waits."""
_FIRST_DOCUMENTS, _MOST_DOCUMENTS = 8, 2048
_FORMER = 40
"""Documents of which another version is asked that are looked at together."""


@dataclass(frozen=True)
class Matching:
    """What is asked of tasks: the bodies meant (``line_agencies.id``; None: any) with the names they are found by, and the filters."""

    filters: Filters
    bodies: tuple[int, ...] | None
    named: tuple[frozenset[str], frozenset[str]] = field(default=(frozenset(), frozenset()))

    @property
    def all(self) -> bool:
        """Tell whether every task of a document is meant."""
        f = self.filters
        return not (f.agency or f.role or f.due_from or f.due_to or f.deadline_kind or f.words)

    @property
    def of_days(self) -> bool:
        """Tell whether days of deadlines are asked for."""
        return bool(self.filters.due_from or self.filters.due_to)

    @property
    def role(self) -> int:
        """Return the bit of the role asked for, 0 for any."""
        return ROLE_BITS.get(self.filters.role, 0)

    def of_line(self, t: Any, *, named: bool = True) -> list[ColumnElement[bool]]:  # noqa: ANN401 -- the columns of task_lines
        """Return the conditions on a row of ``task_lines``; ``named`` tells whether bodies and roles are among them."""
        f = self.filters
        wanted = [t.deadline_end >= f.due_from] if f.due_from else []
        wanted += [t.deadline_end <= f.due_to] if f.due_to else []
        wanted += [_of_kind(t.deadline_kind, f.deadline_kind)] if f.deadline_kind else []
        if named and self.bodies is not None:
            a = task_line_agencies.c
            wanted.append(exists().where(a.body.in_(self.bodies), a.place == t.place, *self.in_role(a)))
        elif named and f.role:
            wanted.append(t.roles.bitwise_and(self.role) != 0)
        return wanted

    def in_role(self, a: Any) -> list[ColumnElement[bool]]:  # noqa: ANN401 -- the columns of task_line_agencies
        """Return the condition that a body has the role asked for."""
        return [a.roles.bitwise_and(self.role) != 0] if self.filters.role else []

    def of_document(self) -> list[ColumnElement[bool]]:
        """Return conditions on ``document_lines`` without which no task of the document is meant."""
        f, d = self.filters, document_lines.c
        wanted = [d.due_last >= f.due_from] if f.due_from else []
        wanted += [d.due_first <= f.due_to] if f.due_to else []
        return [*wanted, d.roles.bitwise_and(self.role) != 0] if f.role else wanted

    def of_version(self) -> list[ColumnElement[bool]]:
        """Return the conditions on a row of ``tasks``, words aside."""
        f, t, a = self.filters, tasks.c, task_agencies.c
        wanted = [t.deadline_end >= f.due_from] if f.due_from else []
        wanted += [t.deadline_end <= f.due_to] if f.due_to else []
        wanted += [_of_kind(t.deadline_kind, f.deadline_kind)] if f.deadline_kind else []
        if f.agency or f.role:
            of_body = [a.task_id == t.id, *([a.role == f.role] if f.role else [])]
            if f.agency:
                ids, names = self.named
                of_body.append(or_(a.agency_id.in_(ids), a.name.in_(names), a.mention_key.in_([text_key(name) for name in names])))
            wanted.append(exists().where(*of_body))
        return wanted


def _of_kind(kind: Any, asked: str) -> ColumnElement[bool]:  # noqa: ANN401 -- a column
    return or_(kind == asked, kind.is_(None)) if asked == "none" else kind == asked


def matching_of(connection: Connection, filters: Filters) -> Matching:
    """Return what a question asks of tasks."""
    if not filters.agency:
        return Matching(filters, None)
    ids, names = names_of(connection, filters.agency)
    b = line_agencies.c
    keys = [text_key(name) for name in names]
    meant = select(b.id).where(or_(b.agency_id.in_(ids), b.name.in_(names), b.mention_key.in_(keys))).order_by(b.id)
    return Matching(filters, tuple(connection.execute(meant).scalars()), (frozenset(ids), frozenset(names)))


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
        if not (self.scope.lined or self.scope.told):
            return []
        if self.matching.bodies is not None:
            return self._by_bodies(below, limit)
        if self.matching.filters.words:
            return self._ordered(self._holding(), below, limit)
        if self.matching.of_days and (few := self._few_days()) is not None:
            return self._ordered(few, below, limit)
        return self._by_documents(below, limit)

    def _by_bodies(self, below: int, limit: int) -> list[int]:
        a, found = task_line_agencies.c, set()
        for body in self.matching.bodies or ():
            query = select(a.place).where(a.body == body, a.place < below, *self._of_candidate(a))
            found |= set(self.connection.execute(query.order_by(a.place.desc()).limit(limit)).scalars())
        return nlargest(limit, found)

    def _of_candidate(self, a: Any) -> list[ColumnElement[bool]]:  # noqa: ANN401 -- the columns of task_line_agencies
        """Return what a row of a body must hold."""
        t = task_lines.c
        wanted = [*self.matching.in_role(a), self.scope.holds(of_task(a.place))]
        of_line = self.matching.of_line(t, named=False)
        wanted += [exists().where(t.place == a.place, *of_line)] if of_line else []
        return [*wanted, a.place.in_(self._holding())] if self.matching.filters.words else wanted

    def _holding(self) -> Select[Any]:
        return holding(self.connection, self.matching.filters.words, "task")

    def _few_days(self) -> Select[Any] | None:
        """Return the places of the tasks of the days asked for, None where they are many."""
        t, f = task_lines.c, self.matching.filters
        days = [t.deadline_end >= f.due_from] if f.due_from else [t.deadline_end.is_not(None)]
        days += [t.deadline_end <= f.due_to] if f.due_to else []
        first = select(t.place).where(*days).limit(FEW + 1)
        many = self.connection.execute(select(func.count()).select_from(first.subquery())).scalar_one()
        return select(t.place).where(*days) if many <= FEW else None

    def _ordered(self, candidates: Select[Any], below: int, limit: int) -> list[int]:
        """Return those of some places that hold everything else; they are gathered first, so that no planner looks for them one by one."""
        t = task_lines.c
        few = candidates.cte("few").prefix_with("MATERIALIZED")
        query = select(t.place).join(few, few.c.place == t.place).where(t.place < below, self.scope.holds(of_task(t.place)))
        query = query.where(*self.matching.of_line(t)).order_by(t.place.desc()).limit(limit)
        return list(self.connection.execute(query).scalars())

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
        t, document = task_lines.c, values(self.scope.dialect, some)
        here = t.place.between(document - literal_column(str(LAST)), document)
        query = select(t.place).where(here, t.place < below, *self.matching.of_line(t))
        # By place itself a planner would go through all tasks of the store and look each up among these documents.
        return list(self.connection.execute(query.order_by((t.place + literal_column("0")).desc()).limit(limit)).scalars())

    # --- by deadline ---

    def due(self, behind: tuple[date, int] | None, limit: int) -> list[tuple[date, int, str]]:
        """Return ends of deadlines, places and identifiers as ``places`` does: due first, of one day in reading order."""
        t, scope = task_lines.c, self.scope
        wanted = [t.deadline_end.is_not(None), *self.matching.of_line(t)]
        if behind:
            day, place = behind
            wanted += [t.deadline_end >= day, or_(t.deadline_end > day, t.place < place)]
        if self.matching.filters.words:
            wanted.append(t.place.in_(self._holding()))
        query = select(t.deadline_end, t.place).where(*wanted).order_by(t.deadline_end, t.place.desc()).limit(limit)
        few = self._few_places()
        query = query.where(t.place.in_(few)) if few is not None else query.where(scope.holds(of_task(t.place)))
        found = [(day, place, "") for day, place in self.connection.execute(query)] if scope.lined or scope.told else []
        if scope.former:
            found += [one for one in self._former_due() if behind is None or (one[0], -one[1]) > (behind[0], -behind[1])]
        return sorted(found, key=lambda one: (one[0], -one[1]))[:limit]

    def _few_places(self) -> Select[Any] | None:
        """Return the places of tasks that can be meant where they are few: to go by days through all the others would take longer."""
        t, scope = task_lines.c, self.scope
        if self.matching.bodies is not None:
            a = task_line_agencies.c
            return select(a.place).where(a.body.in_(self.matching.bodies), scope.holds(of_task(a.place)))
        if (self.matching.filters.site or self.matching.filters.region) and scope.tasks(self.connection) <= FEW:
            document = values(scope.dialect, scope.below(self.connection, END, FEW))
            return select(t.place).where(t.place.between(document - literal_column(str(LAST)), document))
        return None

    def _former_due(self) -> list[tuple[date, int, str]]:
        found = dict(self.former())
        by_name = {name: place for place, name in found.items()}
        t = tasks.c
        rows: list[tuple[date, int, str]] = []
        for some in batches(by_name):
            query = select(t.id, t.deadline_end).where(t.id.in_(some), t.deadline_end.is_not(None))
            rows += [(row.deadline_end, by_name[row.id], row.id) for row in self.connection.execute(query)]
        return rows

    # --- how many ---

    def total(self) -> int | None:
        """Return how many tasks there are, None where more of them would have to be looked at than somebody waits for."""
        if self.matching.all:
            return self.scope.tasks(self.connection)
        if sum(told.tasks for told in self.scope.former) > FEW:
            return None
        former = len(self.former())
        if not (self.scope.lined or self.scope.told):
            return former
        lined = self._counted()
        return None if lined is None else lined + former

    def due_total(self) -> int | None:
        """Return how many tasks ``due`` finds in all, as ``total`` does."""
        known = replace(self.matching.filters, due_from=self.matching.filters.due_from or date.min)
        return replace(self, matching=replace(self.matching, filters=known)).total()

    def _counted(self) -> int | None:
        t, candidates = task_lines.c, self.candidates()
        some = candidates.limit(COUNTED + 1).subquery()
        if self.connection.execute(select(func.count()).select_from(some)).scalar_one() > COUNTED:
            return None
        few = candidates.cte("few").prefix_with("MATERIALIZED")
        query = select(func.count()).select_from(task_lines).join(few, few.c.place == t.place)
        query = query.where(self.scope.holds(of_task(t.place)), *self.matching.of_line(t, named=self.matching.bodies is None))
        return int(self.connection.execute(query).scalar_one())

    def candidates(self) -> Select[Any]:
        """Return places of tasks (column ``place``) among which are all of current versions that are meant, each once."""
        t, a, f = task_lines.c, task_line_agencies.c, self.matching.filters
        if self.matching.bodies is not None:
            named = select(a.place).where(a.body.in_(self.matching.bodies), *self.matching.in_role(a))
            named = named.where(a.place.in_(self._holding())) if f.words else named
            return named if len(self.matching.bodies) == 1 else named.distinct()
        if f.words:
            return self._holding()
        return select(t.place).where(*self.matching.of_line(t))

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
        t = tasks.c
        places = {told.document: told.place for told in some}
        here = or_(*(and_(t.document_id == told.document, t.version == told.version) for told in some))
        query = select(t.document_id, t.ordinal, t.id, *([t.text] if self.matching.filters.words else [])).where(
            here, *self.matching.of_version()
        )
        rows = self.connection.execute(query).all()
        if words := search.words_of(self.matching.filters.words):
            rows = [row for row in rows if _holds(row.text, words)]
        elif self.matching.filters.words:
            rows = []
        return sorted(((places[row.document_id] & ~LAST | (LAST - row.ordinal), row.id) for row in rows), reverse=True)


def _holds(said: str, words: Sequence[str]) -> bool:
    folded = search.folded(said)
    return all(word in folded for word in words)


def holding(connection: Connection, words: str, kind: str) -> Select[Any]:
    """Return the places of the documents or tasks (``kind``) of current versions that hold the words (column ``place``)."""
    e, wanted = search_entries.c, search.words_of(words)
    query = select(task_lines.c.place).join(search_entries, e.task_id == task_lines.c.task_id)
    if kind == "document":
        query = select(document_lines.c.place).join(search_entries, (e.document_id == document_lines.c.document_id) & e.task_id.is_(None))
    return query.where(search.matches(connection.dialect.name, wanted) if wanted else false())


def names_of(connection: Connection, name: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the identifiers that a name or identifier of a body stands for, and the canonical names to look for."""
    g, n = agencies.c, agency_names.c
    by_name = select(n.agency_id).where(n.name_key == text_key(name))
    found = connection.execute(select(g.id, g.name).where(or_(g.id == name, g.name == name, g.id.in_(by_name)))).all()
    return frozenset({row.id for row in found} | {name}), frozenset({row.name for row in found} | {name})
