"""What is asked of an index of the search: words, the entries among which they are looked for, and conditions on where they stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, false, func, or_

from storage.places import LAST
from storage.search import HIDDEN
from storage.search_terms import Word

Zone = tuple[int, int]
"""Numbers of entries from the first to the last, all above zero or all below: in one zone the reading order is that of the numbers."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of an index: words that all must be found, zones, marks that all must be there, and conditions on places.

    ``within`` and ``without`` are selections of places (of records: of entries); those of ``of_documents`` are places of documents.
    """

    words: tuple[Word, ...]
    zones: tuple[Zone, ...]
    marks: str = ""
    within: Select[Any] | None = None
    of_documents: Select[Any] | None = None
    without: Select[Any] | None = None

    @property
    def is_plain(self) -> bool:
        """Tell whether the index alone answers."""
        return self.within is None and self.of_documents is None and self.without is None


@dataclass(frozen=True, slots=True)
class Counted:
    """How many entries hold the words, and whether that is only how many there are at least.

    Where few do, ``entries`` are all of them in reading order, and ``titled`` those in whose title all words stand, if any have titles.
    """

    count: int
    at_least: bool
    entries: list[int] | None = None
    titled: frozenset[int] = frozenset()


def zones(low: int, high: int, *, counted: bool = True, copies: bool = False, hidden: bool = False) -> tuple[Zone, ...]:
    """Return the zones of the entries at places from ``low`` to ``high``."""
    found = [(low, high)] if counted else []
    found += [(-high, -low)] if copies else []
    return (*found, *([(-high - HIDDEN, -low - HIDDEN)] if hidden else []))


def place_of_entry(entry: int) -> int:
    """Return the place of an entry."""
    return entry if entry > 0 else -entry if entry > -HIDDEN else -entry - HIDDEN


def place(entry: ColumnElement[int]) -> ColumnElement[int]:
    """Return the place of an entry, in SQL."""
    return case((entry > 0, entry), (entry > -HIDDEN, -entry), else_=-entry - HIDDEN)


def behind(zone: Zone, below: int | None) -> Zone:
    """Return what is left of a zone behind a place, all of it for ``None``; nothing is left where its first number is above its last."""
    if below is None:
        return zone
    if zone[0] > 0:
        return zone[0], min(zone[1], below - 1)
    first = -below if zone[0] > -HIDDEN else -below - HIDDEN
    return max(zone[0], first + 1), zone[1]


def in_zone(entry: ColumnElement[int], zone: Zone) -> ColumnElement[bool]:
    """Return the condition that an entry is in a zone."""
    return entry.between(*zone)


def in_zones(entry: ColumnElement[int], asked: Asked) -> ColumnElement[bool]:
    """Return the condition that an entry is in one of the zones; a document that is not there has none."""
    return or_(false(), *(in_zone(entry, zone) for zone in asked.zones))


def in_order(entry: ColumnElement[int], zone: Zone) -> ColumnElement[int]:
    """Return what puts the entries of a zone into reading order."""
    return entry.desc() if zone[0] > 0 else entry.asc()


def conditions(asked: Asked, entry: ColumnElement[int]) -> list[ColumnElement[bool]]:
    """Return the conditions on the place of an entry."""
    at = place(entry)
    wanted: list[ColumnElement[bool]] = [at.in_(asked.within)] if asked.within is not None else []
    wanted += [at.op("|")(LAST).in_(asked.of_documents)] if asked.of_documents is not None else []
    return wanted + ([at.not_in(asked.without)] if asked.without is not None else [])


def said(dialect: str, held: ColumnElement[str], words: Iterable[Iterable[Any]]) -> list[ColumnElement[bool]]:
    """Return the conditions that a folded text holds all the words, asked of the text itself."""
    found = func.instr if dialect == "sqlite" else func.strpos
    return [or_(*(found(held, each) > 0 for each in word)) for word in words]
