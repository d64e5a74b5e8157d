"""Which clause of which version an address means: it answers for ever, also where the clause was renumbered or went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harvester.web.reading.card import numbers_of, version_at
from harvester.web.reading.parts import Part, spelled
from harvester.web.reading.tracing import Step, Trail
from harvester.web.reading.versions import Reading, tasks_of
from storage.errors import UnknownRecord
from storage.store import Store

CHILDREN = 200
"""Clauses below one that are shown with it."""
AROUND = 2
"""Clauses before and behind one that are shown for its sense."""


@dataclass(frozen=True, slots=True)
class Place:
    """A clause in a version. ``at`` is its position among the parts, ``end`` that behind its last child.

    ``current`` tells that the version is the last one; ``became`` is where the clause is now, where the version is an earlier one that
    alone has the address; ``other`` is an earlier version in which the address named another clause, with what that one became.
    """

    reading: Reading
    at: int
    end: int
    current: bool
    became: Step | None = None
    other: tuple[int, Step] | None = None
    table: str = ""

    @property
    def part(self) -> Part:
        """The clause."""
        return self.reading.index.parts[self.at]

    @property
    def name(self) -> str:
        """The address of the clause, of a whole table the table's."""
        return self.table or self.part.name

    @property
    def parts(self) -> Sequence[Part]:
        """The clause and those below it."""
        return self.reading.index.parts[self.at : self.end]

    @property
    def above(self) -> Sequence[Part]:
        """The clauses before it."""
        return self.reading.index.parts[max(0, self.at - AROUND) : self.at]

    @property
    def below(self) -> Sequence[Part]:
        """The clauses behind it."""
        return self.reading.index.parts[self.end : self.end + AROUND]


def resolve(store: Store, document: str, name: str, at: str) -> Place:
    """Return the clause that an address means, on a day or in a version (``at``), else now. Raises ``UnknownRecord``.

    Where the last version has no such address, the last one that has is taken, and ``became`` says what it is now.
    """
    number = version_at(store, document, at)
    trail = Trail(store, document, numbers_of(store, document))
    last = number == trail.versions[-1]
    found = find(store, trail.reading(number), name)
    if found is not None:
        place = _place(trail.reading(number), found, name, current=last)
        if place.table or at or len(trail.versions) == 1:
            return place
        other = trail.others_called(place.name, place.part, number)
        return _place(trail.reading(number), found, name, current=last, other=other)
    if at:
        raise UnknownRecord(f"{document} has no {name} in version {number}: see /d/{document}/v{number} for what it has.")
    for earlier in reversed(trail.versions[:-1]):
        found = find(store, trail.reading(earlier), name)
        if found is not None:
            reading = trail.reading(earlier)
            return _place(reading, found, name, current=False, became=trail.became(earlier, reading.index.parts[found]))
    raise UnknownRecord(f"No version of {document} has {name}: see /d/{document} for what it has.")


def find(store: Store, reading: Reading, name: str) -> int | None:
    """Return the position of a clause in a version: by what the store printed of a task there, else by the addresses of its text."""
    wanted = spelled(name)
    if not reading.whole and wanted.startswith(("p", "tab")):
        for row in tasks_of(store, reading.document, reading.version):
            if wanted in (row["address"], row["agency_address"], row["deadline_address"]):
                return reading.index.at(row["evidence_start"])
    return reading.index.find(wanted)


def _place(reading: Reading, at: int, name: str, *, current: bool, **more: Any) -> Place:  # noqa: ANN401 -- fields of Place
    part = reading.index.parts[at]
    table = part.name.partition(".")[0] if part.name.startswith("tab") and "." not in spelled(name) else ""
    return Place(reading, at, _end(reading.index.parts, at, table), current, table=table, **more)


def _end(parts: Sequence[Part], at: int, table: str) -> int:
    """Return the position behind the last clause below one."""
    head = parts[at]
    end = at + 1
    while end < len(parts) and (table or end - at <= CHILDREN):
        part = parts[end]
        below = part.name.startswith(f"{table or head.name}.")
        if not below and not (head.level and not part.level and not table and part.name.startswith("tab")):
            break
        end += 1
    return end


def with_tasks(place: Place, tasks: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the tasks that stand in a clause or below it."""
    first, last = place.parts[0].unit.span.start, place.parts[-1].unit.span.end
    return [row for row in tasks if first <= row["evidence_start"] < last]
