"""Which documents an answer rests on, as places (``storage.places``).

A question about the present is answered by lines alone. One about the past is answered by lines where nothing has changed since, neither
in the document nor in another copy of its work; those that changed are looked at by their versions and the feed
(``selection.chosen_versions``), and so is a question for one document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from heapq import merge
from itertools import islice
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    column,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
)

from storage.batches import as_one
from storage.choosing import STEMS
from storage.kept_statements import given, kept, some, values_of
from storage.line_schema import document_lines, line_choices, line_counts, line_numbers
from storage.places import LAST, ORDINAL_BITS, first_line, last_line, place_of
from storage.schema import versions
from storage.selection import Filters, chosen_versions, is_past, stem_of

DIGITS = 6
_SIDES = ("first", "second")
_LINE = document_lines.alias("of_choice")


@dataclass(frozen=True, slots=True)
class Told:
    """What was found of a document that was looked at by its versions: its version, ``state``, ``copies`` and number of tasks then."""

    place: int
    document: str
    version: int
    state: str
    copies: int
    tasks: int


@dataclass(frozen=True)
class Scope:
    """The documents an answer rests on.

    ``site`` and ``stem`` name the choices (``line_choices``) that lines rest on, ``lined`` is false where none does. ``told`` are documents
    that were looked at and whose current version is the one asked for, so that lines answer for their tasks; ``former`` are those of which
    another version is. Both are in reading order.
    """

    filters: Filters
    dialect: str
    site: str = ""
    stem: str = ""
    lined: bool = True
    told: Mapping[int, Told] = field(default_factory=dict)
    former: tuple[Told, ...] = ()

    @property
    def empty(self) -> bool:
        """Tell whether lines answer for no task."""
        return not (self.lined or self.told)

    @property
    def narrow(self) -> bool:
        """Tell whether documents are held back."""
        f = self.filters
        return not self.lined or bool(f.site or f.region or f.kind or f.year or is_past(f))

    def holds(self, place: ColumnElement[int]) -> ColumnElement[bool]:
        """Return the condition that the document at a place is one for whose tasks lines answer."""
        lined = some(line_choices.c.place == place, *self.here(), *self.chosen()) if self.lined else false()
        return or_(lined, place.in_(select(values(self.dialect, self.told, "told")))) if self.told else lined

    def here(self) -> list[ColumnElement[bool]]:
        """Return the conditions that a row of ``line_choices`` is of the site and the region."""
        c = line_choices.c
        return [c.site == given("site", self.site), c.stem == given("stem", self.stem)]

    def chosen(self) -> list[ColumnElement[bool]]:
        """Return the conditions on a row of ``line_choices`` of the site and the region, for documents that were not looked at."""
        of_line = self.of_lines(_LINE.c)
        return [*self.of_choices(), some(_LINE.c.place == line_choices.c.place, *of_line)] if of_line else self.of_choices()

    def of_choices(self) -> list[ColumnElement[bool]]:
        """Return those of these conditions that are told by the row itself."""
        f, c = self.filters, line_choices.c
        first, last = span_of(f.year) if f.year else (0, 0)
        bounds = given("year_first", first, c.place.type), given("year_last", last, c.place.type)
        year = [c.place.between(*bounds)] if f.year else []
        return [*([] if f.all_copies else [c.counted]), *year]

    def of_lines(self, d: Any) -> list[ColumnElement[bool]]:  # noqa: ANN401 -- the columns of document_lines
        """Return those that are told by the line of the document."""
        f = self.filters
        kind: list[ColumnElement[bool]] = [d.document_kind == given("kind", f.kind)] if f.kind else []
        return [*kind, *(_by_then(f, d.settled_on, d.settled_at) if is_past(f) else [])]

    @property
    def shape(self) -> tuple[Any, ...]:
        """Return what of the conditions rests on which filters there are, and not on their values (``kept_statements``)."""
        f = self.filters
        asked = (f.all_copies, bool(f.kind), bool(f.year), f.as_of is None, f.known_at is None)
        return (self.dialect, self.lined, bool(self.told), *asked)

    @cached_property
    def values(self) -> dict[str, Any]:
        """Return the values of all parameters in the conditions."""
        f = self.filters
        first, last = span_of(f.year) if f.year else (0, 0)
        told = values_of(told=as_one(self.dialect, self.told)) if self.told else {}
        shared = {"site": self.site, "stem": self.stem, "kind": f.kind, "year_first": first, "year_last": last}
        return values_of(**shared, as_of=f.as_of, known_at=f.known_at) | told

    def below(self, connection: Connection, place: int, limit: int, *more: ColumnElement[bool]) -> list[int]:
        """Return places of documents for whose tasks lines answer, in reading order from ``place`` on; ``more`` are conditions on lines."""
        c, d = line_choices.c, document_lines.c
        lined: list[int] = []
        if self.lined:
            start, most = given("start", 0, BigInteger()), given("limit", 0)

            def make() -> Select[Any]:
                found = select(c.place).where(c.place <= start, *self.here(), *self.chosen())
                return found.where(*([some(d.place == c.place, *more)] if more else [])).order_by(c.place.desc()).limit(most)

            query = make() if more else kept(("below", *self.shape), make)
            asked = self.values | values_of(start=place, limit=limit)
            lined = list(connection.execute(query, asked).scalars())
        looked_at = islice((told for told in self.told if told <= place), limit)
        return list(islice(merge(lined, looked_at, reverse=True), limit))

    @property
    def looked_at(self) -> int:
        """Return how many tasks the documents have that were looked at."""
        return sum(told.tasks for told in (*self.told.values(), *self.former))

    def tasks(self, connection: Connection) -> int:
        """Return how many tasks the documents have."""
        if not self.lined:
            return self.looked_at
        query = kept(("tasks", *self.shape), lambda: self.of_all(func.sum(document_lines.c.tasks)))
        return self.looked_at + int(connection.execute(query, self.values).scalar() or 0)

    def counted(self, connection: Connection, facet: str, value: str) -> int:
        """Return how many tasks have a value of a facet (``line_counts``)."""
        n = line_counts.c
        of_value = (n.facet == given("facet", facet), n.value == given("value", value))

        def make() -> Select[Any]:
            if self.told or not self.lined:
                return select(func.sum(n.tasks)).where(*of_value, self.holds(n.place))
            return self._through(func.sum(n.tasks), line_choices.join(line_counts, n.place == line_choices.c.place)).where(*of_value)

        query = kept(("counted", *self.shape), make)
        return int(connection.execute(query, self.values | values_of(facet=facet, value=value)).scalar() or 0)

    def sums(self, connection: Connection, facet: str, first: str = "", last: str = "") -> Counter[str]:
        """Return how many tasks have each value of a facet (``line_counts``); ``first`` and ``last`` bound the values."""
        n = line_counts.c
        wanted = [*([n.value >= first] if first else []), *([n.value <= last] if last else [])]
        query = select(n.value, func.sum(n.tasks)).where(*wanted).group_by(n.value)
        if self.narrow:
            return Counter({value: int(count) for value, count in connection.execute(query.where(n.facet == facet, self.holds(n.place)))})
        # Few documents are left out: they are taken away from all.
        found = Counter({value: int(count) for value, count in connection.execute(query.where(n.facet == facet))})
        d = document_lines.c
        others = connection.execute(select(d.place).where(d.hidden if self.filters.all_copies else ~d.counted)).scalars()
        less = query.where(n.facet == facet, n.place.in_(select(values(self.dialect, others))))
        found.subtract({value: int(count) for value, count in connection.execute(less)})
        return +found

    def weights(self, connection: Connection) -> dict[int, int]:
        """Return how many tasks each document has, by its place, of those for whose tasks lines answer."""
        told = {place: told.tasks for place, told in self.told.items()}
        if not self.lined:
            return told
        c, d = line_choices.c, document_lines.c
        query = select(d.place, d.tasks).select_from(line_choices).join(document_lines, d.place == c.place)
        found = connection.execute(query.where(*self.here(), *self.chosen()))
        return {row.place: row.tasks for row in found} | told

    def of_all(self, *asked: Any) -> Select[Any]:  # noqa: ANN401 -- functions of columns
        """Return the query for what functions make of the lines of documents that were not looked at."""
        d = document_lines.c
        joined = line_choices.join(document_lines, d.place == line_choices.c.place)
        return select(*asked).select_from(joined).where(*self.here(), *self.of_choices(), *self.of_lines(d))

    def _through(self, asked: Any, joined: FromClause) -> Select[Any]:  # noqa: ANN401 -- a function of columns
        """Return the same of what is joined to the choices; lines are joined, too, where they are asked for anything."""
        d = document_lines.c
        joined = joined.join(document_lines, d.place == line_choices.c.place) if self.of_lines(d) else joined
        return select(asked).select_from(joined).where(*self.here(), *self.of_choices(), *self.of_lines(d))


def span_of(year: int) -> tuple[int, int]:
    """Return the least and the greatest place of a year's documents and tasks."""
    known = min(max(year, 1), 9999)
    first, last = (first_line(date(known, 1, 1)), last_line(date(known, 12, 31))) if known == year else (1, 0)
    return first << ORDINAL_BITS, place_of(last)


def values(dialect: str, found: Any, name: str = "") -> ColumnElement[int]:  # noqa: ANN401 -- an iterable of whole numbers
    """Return a column of as many whole numbers as one likes: both databases bound the parameters of a statement.

    ``name`` is that of their parameter (``kept_statements``), which takes ``batches.as_one``.
    """
    numbers, kind = as_one(dialect, found), None if dialect == "sqlite" else ARRAY(BigInteger)
    held = given(name, numbers, kind) if name else literal(numbers, kind)
    if dialect == "sqlite":
        return func.json_each(held).table_valued("value").c.value
    return func.unnest(held).column_valued("value")


def pairs(dialect: str, name: str) -> FromClause:
    """Return a table of as many pairs of whole numbers (``first``, ``second``) as one likes; ``name`` is that of their parameters."""
    if dialect == "sqlite":
        each = func.json_each(given(name, "")).table_valued("value").c.value
        sides = (func.json_extract(each, literal_column(f"'$[{n}]'"), type_=BigInteger()).label(side) for n, side in enumerate(_SIDES))
        return select(*sides).cte(name).prefix_with("MATERIALIZED")  # read once, however often it is asked for
    arrays = (given(f"{name}_{side}", [], ARRAY(BigInteger)) for side in _SIDES)
    return func.unnest(*arrays).table_valued(*(column(side, BigInteger) for side in _SIDES), name=name).render_derived()


def values_of_pairs(dialect: str, name: str, found: Sequence[tuple[int, int]]) -> dict[str, Any]:
    """Return the values of the parameters of ``pairs``."""
    if dialect == "sqlite":
        return values_of(**{name: as_one(dialect, found)})
    return values_of(**{f"{name}_{side}": [pair[n] for pair in found] for n, side in enumerate(_SIDES)})


def of_task(place: ColumnElement[int]) -> ColumnElement[int]:
    """Return the place of the document of the task at a place."""
    return place.bitwise_or(literal_column(str(LAST)))


def scope_of(connection: Connection, filters: Filters) -> Scope:
    """Return the documents that a question rests on."""
    stem, dialect = stem_of(filters.region), connection.dialect.name
    if filters.document or len(stem) not in (0, *STEMS) or len(filters.region) > DIGITS:
        found = _looked_at(connection, filters, None)
        return Scope(filters, dialect, lined=False, **found)
    if is_past(filters):
        d = document_lines.c
        there, as_now = and_(*_by_then(filters, d.began_on, d.began_at)), and_(*_by_then(filters, d.settled_on, d.settled_at))
        return Scope(filters, dialect, filters.site, stem, **_looked_at(connection, filters, select(d.document_id).where(there, ~as_now)))
    return Scope(filters, dialect, filters.site, stem)


def _by_then(filters: Filters, day: ColumnElement[date], moment: ColumnElement[datetime]) -> list[ColumnElement[bool]]:
    """Return the conditions that a day and a moment were over at the time asked for."""
    wanted = [day <= given("as_of", filters.as_of, day.type)] if filters.as_of else []
    return [*wanted, moment <= given("known_at", filters.known_at, moment.type)] if filters.known_at else wanted


def _looked_at(connection: Connection, filters: Filters, among: Select[Any] | None) -> dict[str, Any]:
    """Return the documents found by their versions, those of which the current one is asked for aside from the others."""
    chosen, n, v, d = chosen_versions(filters, among), line_numbers.c, versions.c, document_lines.c
    query = (
        select(n.line, chosen.c.document_id, chosen.c.version, chosen.c.state, chosen.c.copies, v.task_count, d.version.label("current"))
        .join(line_numbers, n.document_id == chosen.c.document_id)
        .join(document_lines, d.document_id == chosen.c.document_id)
        .join(versions, and_(v.document_id == chosen.c.document_id, v.number == chosen.c.version))
        .where(v.document_kind == filters.kind if filters.kind else true())
        .where(d.place.between(*span_of(filters.year)) if filters.year else true())
        .order_by(n.line.desc())
    )
    told, former = {}, []
    for row in connection.execute(query):
        one = Told(place_of(row.line), row.document_id, row.version, row.state, row.copies, row.task_count)
        if row.version == row.current:
            told[one.place] = one
        else:
            former.append(one)
    return {"told": told, "former": tuple(former)}
