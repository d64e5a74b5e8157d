"""Lines of bodies: one body under the names and entries that reforms gave it, so that who asks for the heir finds what the parent had."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, or_, select

from storage.batches import batches
from storage.identity import text_key
from storage.schema import agencies, agency_names

LEVELS = "省市区县"
"""What stands before a department's short name in a document of a province, a city, a district or a county."""
LONGEST = 8
"""Steps of a line. No body was renamed more often; a longer one is a circle."""


@dataclass(frozen=True, slots=True)
class Line:
    """The identifiers and canonical names that one name stands for: the bodies so called, those before and those after them."""

    ids: frozenset[str]
    names: frozenset[str]

    def names_a_row(self, table: Table) -> ColumnElement[bool]:
        """Return the condition that a row, with ``agency_id``, ``name`` and ``mention_key``, names a body of the line."""
        keys = {key for name in self.names if (key := text_key(name))}
        c = table.c
        return or_(c.agency_id.in_(self.ids), c.name.in_(self.names), c.mention_key.in_(keys))


def line(connection: Connection, name: str, kin: Collection[str] = ()) -> Line:
    """Return the line of the bodies that ``name``, any name or identifier, stands for; ``kin`` adds identifiers known to the caller.

    A body that merged with others belongs to its heir's line, but not to the lines of those it merged with.
    """
    a = agencies.c
    called = {name}
    if not (direct := _called(connection, called)):
        # 市场监管局 is written by nobody's side alone: of a city it is 市市场监管局, of a province 省市场监管局.
        called = {name, *(level + name for level in LEVELS)}
        direct = _called(connection, called)
    found = direct | _closure(connection, direct, _heirs) | _closure(connection, direct, _parents)
    names: set[str] = set()
    for some in batches(sorted(found)):
        names |= set(connection.execute(select(a.name).where(a.id.in_(some))).scalars())
    return Line(frozenset(found | set(kin) | {name}), frozenset(names | called))


def _called(connection: Connection, called: Collection[str]) -> set[str]:
    """Return the bodies that bear one of the names or identifiers."""
    a, n = agencies.c, agency_names.c
    by_name = select(n.agency_id).where(n.name_key.in_([text_key(name) for name in called]))
    return set(connection.execute(select(a.id).where(or_(a.id.in_(called), a.name.in_(called), a.id.in_(by_name)))).scalars())


def _closure(connection: Connection, start: set[str], step: Callable[[list[str]], Select[Any]]) -> set[str]:
    """Return all that is reached from ``start`` by steps of one direction."""
    found, fresh = set(start), set(start)
    for _ in range(LONGEST):
        near: set[str] = set()
        for some in batches(sorted(fresh)):
            near |= set(connection.execute(step(some)).scalars())
        fresh = near - found
        if not fresh:
            break
        found |= fresh
    return found


def _heirs(ids: list[str]) -> Select[Any]:
    heirs = agencies.alias("heirs")
    return select(heirs.c.id).join(agencies, heirs.c.id == agencies.c.successor).where(agencies.c.id.in_(ids))


def _parents(ids: list[str]) -> Select[Any]:
    return select(agencies.c.id).where(agencies.c.successor.in_(ids))
