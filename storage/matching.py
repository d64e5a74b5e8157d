"""What a question asks of tasks themselves: bodies and their roles, days and kinds of deadlines, words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Select, exists, func, literal_column, null, or_, select

from normalizers.records import DeadlineKind
from storage.identity import text_key
from storage.kept_statements import given, kept, some, values_of
from storage.line_schema import ROLE_BITS, document_lines, line_agencies, task_line_agencies
from storage.schema import agencies, agency_names, task_agencies, tasks
from storage.selection import Filters

Names = tuple[frozenset[str], frozenset[str]]
"""The identifiers that a name of a body stands for, and the canonical names to look for."""


@dataclass(frozen=True)
class Matching:
    """What is asked of tasks: the bodies meant (``line_agencies.id``; None: any) with the names they are found by, and the filters."""

    filters: Filters
    bodies: tuple[int, ...] | None
    named: Names = field(default=(frozenset(), frozenset()))

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
    def days_alone(self) -> bool:
        """Tell whether nothing but days of deadlines is asked for."""
        f = self.filters
        return self.of_days and not (f.agency or f.role or f.deadline_kind or f.words)

    @property
    def words_alone(self) -> bool:
        """Tell whether nothing but words is asked for."""
        f = self.filters
        return bool(f.words) and not (self.of_days or f.agency or f.role or f.deadline_kind)

    @property
    def of_one_body(self) -> bool:
        """Tell whether one body is meant: its tasks stand in reading order, and none of them twice."""
        return self.bodies is not None and len(self.bodies) == 1

    @property
    def role(self) -> int:
        """Return the bit of the role asked for, 0 for any."""
        return ROLE_BITS.get(self.filters.role, 0)

    def of_line(self, t: Any, *, named: bool = True) -> list[ColumnElement[bool]]:  # noqa: ANN401 -- the columns of task_lines
        """Return the conditions on a row of ``task_lines``; ``named`` tells whether bodies and roles are among them.

        They stand there for rows that are found by their places: no planner shall look for them by an index of days instead.
        """
        f = self.filters
        end = end_of_line(t)
        wanted: list[ColumnElement[bool]] = [end >= given("due_from", f.due_from)] if f.due_from else []
        wanted += [end <= given("due_to", f.due_to)] if f.due_to else []
        wanted += self.of_kind(t, func.coalesce(t.deadline_kind, "none"))
        if named and self.bodies is not None:
            a = task_line_agencies.c
            # A sum, so that the few bodies of a task are looked at, not each body that is meant looked up.
            meant = (a.body + literal_column("0")).in_(given("bodies", self.bodies))
            wanted.append(some(meant, a.place == t.place, *self.in_role(a)))
        elif named and f.role:
            wanted.append(t.roles.bitwise_and(given("role", self.role)) != 0)
        return wanted

    @property
    def shape(self) -> tuple[Any, ...]:
        """Return what of the conditions on lines rests on which filters there are, and not on their values (``kept_statements``)."""
        f = self.filters
        asked = (self.bodies is None, self.of_one_body, f.role == "", f.due_from is None, f.due_to is None, f.deadline_kind == "")
        return (*asked, f.deadline_kind == DeadlineKind.NONE)

    @property
    def values(self) -> dict[str, Any]:
        """Return the values of all parameters in the conditions on lines."""
        f = self.filters
        bodies = values_of(bodies=self.bodies) if self.bodies is not None else {}
        return values_of(due_from=f.due_from, due_to=f.due_to, deadline_kind=f.deadline_kind, role=self.role) | bodies

    def in_role(self, a: Any) -> list[ColumnElement[bool]]:  # noqa: ANN401 -- the columns of task_line_agencies
        """Return the condition that a body has the role asked for."""
        return [a.roles.bitwise_and(given("role", self.role)) != 0] if self.filters.role else []

    def of_document(self) -> list[ColumnElement[bool]]:
        """Return conditions on ``document_lines`` without which no task of the document is meant."""
        f, d = self.filters, document_lines.c
        wanted = [d.due_last >= given("due_from", f.due_from)] if f.due_from else []
        wanted += [d.due_first <= given("due_to", f.due_to)] if f.due_to else []
        return [*wanted, d.roles.bitwise_and(given("role", self.role)) != 0] if f.role else wanted

    def on_days(self, t: Any) -> list[ColumnElement[bool]]:  # noqa: ANN401 -- columns of tasks or of task_lines
        """Return the conditions on days of deadlines as an index of days takes them; without any, that there is one."""
        f = self.filters
        days = [t.deadline_end >= given("due_from", f.due_from)] if f.due_from else [t.deadline_end.is_not(None)]
        return [*days, *([t.deadline_end <= given("due_to", f.due_to)] if f.due_to else [])]

    def of_kind(self, t: Any, kind: ColumnElement[str] | None = None) -> list[ColumnElement[bool]]:  # noqa: ANN401 -- columns of tasks
        """Return the condition that a deadline is of the kind asked for; ``kind`` stands for the column, ``none`` where there is none."""
        asked = self.filters.deadline_kind
        meant = given("deadline_kind", str(asked))
        if kind is not None:
            return [kind == meant] if asked else []
        if asked == DeadlineKind.NONE:
            return [or_(t.deadline_kind == meant, t.deadline_kind.is_(None))]
        return [t.deadline_kind == meant] if asked else []

    def facet(self, dated: bool) -> tuple[str, str] | None:
        """Return the facet and value of ``line_counts`` that count what is asked for, None where none does."""
        f = self.filters
        if f.agency or f.words or f.due_from or f.due_to or (dated and (f.role or f.deadline_kind)) or (f.role and f.deadline_kind):
            return None
        return ("dated", "1") if dated else ("role", f.role) if f.role else ("deadline_kind", f.deadline_kind)

    def of_version(self) -> list[ColumnElement[bool]]:
        """Return the conditions on a row of ``tasks``, words aside."""
        f, t, a = self.filters, tasks.c, task_agencies.c
        wanted = [t.deadline_end >= f.due_from] if f.due_from else []
        wanted += [t.deadline_end <= f.due_to] if f.due_to else []
        wanted += self.of_kind(t)
        if f.agency or f.role:
            of_body = [a.task_id == t.id, *([a.role == f.role] if f.role else [])]
            if f.agency:
                ids, names = self.named
                of_body.append(or_(a.agency_id.in_(ids), a.name.in_(names), a.mention_key.in_([text_key(name) for name in names])))
            wanted.append(exists().where(*of_body))
        return wanted


def end_of_line(t: Any) -> ColumnElement[Any]:  # noqa: ANN401 -- the columns of task_lines
    """Return the end of a deadline of a row that is found by its place: no planner shall look for it by an index of days instead."""
    return func.coalesce(t.deadline_end, literal_column("NULL"))


def matching_of(connection: Connection, filters: Filters) -> Matching:
    """Return what a question asks of tasks."""
    return matching_each(connection, filters, [filters.agency])[filters.agency] if filters.agency else Matching(filters, None)


def matching_each(connection: Connection, filters: Filters, bodies: Sequence[str]) -> dict[str, Matching]:
    """Return what is asked of tasks if one asks for each of some bodies, by names or identifiers, beside what the filters ask for."""
    named = _names_of_each(connection, bodies)
    ids, names = (frozenset(name for each in named.values() for name in each[n]) for n in (0, 1))
    asked = values_of(ids=tuple(sorted(ids)), names=tuple(sorted(names)), keys=tuple(sorted({text_key(name) for name in names})))
    found = connection.execute(kept("bodies of names", _bodies), asked).all()
    return {one: Matching(replace(filters, agency=one), _those_of(found, *each), each) for one, each in named.items()}


def _those_of(found: Sequence[Any], ids: Collection[str], names: Collection[str]) -> tuple[int, ...]:
    keys = {text_key(name) for name in names}
    return tuple(row.id for row in found if row.agency_id in ids or row.name in names or row.mention_key in keys)


def _bodies() -> Select[Any]:
    b = line_agencies.c
    named = (b.agency_id.in_(given("ids", ())), b.name.in_(given("names", ())), b.mention_key.in_(given("keys", ())))
    return select(b.id, b.agency_id, b.name, b.mention_key).where(or_(*named)).order_by(b.id)


def names_of(connection: Connection, name: str) -> Names:
    """Return the identifiers that a name or identifier of a body stands for, and the canonical names to look for."""
    return _names_of_each(connection, [name])[name]


def _names_of_each(connection: Connection, bodies: Sequence[str]) -> dict[str, Names]:
    keys = {one: text_key(one) for one in bodies}
    asked = values_of(names=tuple(keys), keys=tuple(dict.fromkeys(keys.values())))
    found = connection.execute(kept("names of bodies", _called), asked).all()
    named: dict[str, Names] = {}
    for one, key in keys.items():
        own = [row for row in found if row.key == key or (row.key is None and one in (row.id, row.name))]
        named[one] = frozenset({row.id for row in own} | {one}), frozenset({row.name for row in own} | {one})
    return named


def _called() -> CompoundSelect[Any]:
    """Return the query of what is called by some names or identifiers (``key`` is none), or by other names with some keys."""
    g, n = agencies.c, agency_names.c
    own = select(g.id, g.name, null().label("key")).where(or_(g.id.in_(given("names", ())), g.name.in_(given("names", ()))))
    other = select(g.id, g.name, n.name_key.label("key")).join(agency_names, n.agency_id == g.id).where(n.name_key.in_(given("keys", ())))
    return own.union_all(other)
