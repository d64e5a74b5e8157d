"""The gazetteer: bodies, groups, roles and classes with the names they had and when.

Three sources feed it: bodies listed one by one (``agencies.csv``), branches of central bodies that every city has
(``verticals.csv``), and the dated members of groups (``group_members.csv``).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from normalizers.agencies.periods import Period, period
from normalizers.agencies.regions import regions
from normalizers.agencies.tables import listed, rows, without_and
from normalizers.records import AgencyKind


@dataclass(frozen=True, slots=True)
class GazetteerEntry:
    """One body under one name. ``valid_from`` up to, not including, ``valid_to``; ``None`` is open.

    ``names`` are safe anywhere, ``context_names`` only in documents whose home region is (in) ``region``.
    ``successor`` is the id of the entry that followed, ``region`` a GB/T 2260 code, empty for bodies of several provinces.
    """

    id: str
    name: str
    kind: AgencyKind
    region: str
    level: str
    names: tuple[str, ...]
    context_names: tuple[str, ...]
    valid_from: date | None
    valid_to: date | None
    successor: str
    source: str
    validity: Period = field(default_factory=Period, repr=False)


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a group, by canonical name, while it was one."""

    group: str
    name: str
    validity: Period


def agency_id(name: str, region: str, valid_from: str) -> str:
    """Return the opaque id of a body: ``a`` and ten hex digits over its canonical name, region and first day, half characters included.

    Entries of the table keep the id that is written there, so that a corrected name or date doesn't change it.
    """
    return "a" + hashlib.sha256(f"{name}|{region}|{valid_from}".encode("utf-8", "surrogatepass")).hexdigest()[:10]


class Gazetteer:
    """All entries with their look-ups."""

    def __init__(self, entries: Iterable[GazetteerEntry], members: Iterable[Member]) -> None:
        self.entries = tuple(entries)
        self.by_id = {entry.id: entry for entry in self.entries}
        self._free: dict[str, list[GazetteerEntry]] = defaultdict(list)
        self._context: dict[str, dict[str, list[GazetteerEntry]]] = defaultdict(dict)
        self._loose: dict[str, list[GazetteerEntry]] = defaultdict(list)
        self._loose_context: dict[str, dict[str, list[GazetteerEntry]]] = defaultdict(dict)
        self._canonical: dict[str, list[GazetteerEntry]] = defaultdict(list)
        self._before: dict[str, list[GazetteerEntry]] = defaultdict(list)
        self._members: dict[str, list[Member]] = defaultdict(list)
        for entry in self.entries:
            self._index(entry)
        self._spelled = frozenset((*self._context, *map(without_and, self._context)))
        for member in members:
            self._members[member.group].append(member)

    def _index(self, entry: GazetteerEntry) -> None:
        self._canonical[entry.name].append(entry)
        self._before[entry.successor].append(entry)
        for name in (entry.name, *entry.names):
            self._free[name].append(entry)
            if (loose := without_and(name)) != name:
                self._loose[loose].append(entry)
        for name in entry.context_names:
            self._context[name].setdefault(entry.region, []).append(entry)
            if (loose := without_and(name)) != name:
                self._loose_context[loose].setdefault(entry.region, []).append(entry)

    def free(self, name: str) -> Sequence[GazetteerEntry]:
        """Return the entries that ``name`` means in any document."""
        loose = without_and(name)
        return self._free.get(name, ()) or self._free.get(loose, ()) or self._loose.get(loose, ())

    def in_context(self, region: str, name: str) -> Sequence[GazetteerEntry]:
        """Return the entries that ``name`` means in a document of this region."""
        for found in self.by_region(name):
            if region in found:
                return found[region]
        return ()

    def by_region(self, name: str) -> Sequence[dict[str, list[GazetteerEntry]]]:
        """Return the tables, by home region, of what ``name`` means there, the closest spelling first; none for most names."""
        loose = without_and(name)
        if loose not in self._spelled:
            return ()
        tables = (self._context.get(name), self._context.get(loose) if loose != name else None, self._loose_context.get(loose))
        return [found for found in tables if found]

    def canonical(self, name: str) -> Sequence[GazetteerEntry]:
        """Return the entries whose canonical name this is."""
        return self._canonical.get(name, ())

    def dated(self, found: Sequence[GazetteerEntry], on: date | None) -> tuple[GazetteerEntry | None, bool]:
        """Return the entry whose name fits the date, and whether it is another than the one named (an anachronism).

        A name out of its time gives the entry of the same lineage that was valid then; where several bodies were merged
        into the one named, or the date lies before all of them, the named one itself.
        """
        if not found:
            return None, False
        fitting = [e for e in found if e.validity.holds(on)] or [e for e in found if e.validity.may_hold(on)]
        if fitting:
            return (fitting[0] if len({e.id for e in fitting}) == 1 else None), False
        if on is None:
            return max(found, key=lambda e: e.valid_to or date.max), False
        return self._kin(found[0], on), True

    def _kin(self, entry: GazetteerEntry, on: date) -> GazetteerEntry:
        """Return the one entry of the same lineage that was valid on a day, ``entry`` itself where there is no single one."""
        later = entry.valid_to is not None and on >= entry.valid_to
        wave, seen = [entry], {entry.id}
        while wave:
            step = (
                [self.by_id[e.successor] for e in wave if e.successor] if later else [b for e in wave for b in self._before.get(e.id, ())]
            )
            wave = [e for e in step if e.id not in seen]
            seen.update(e.id for e in wave)
            valid = {e.id: e for e in wave if e.validity.may_hold(on)}
            if valid:
                return next(iter(valid.values())) if len(valid) == 1 else entry
        return entry

    def group_members(self, group_name: str, on: date | None = None) -> tuple[str, ...]:
        """Return the canonical names of a group's members on a day (``None``: now); empty where no members are known."""
        return tuple(member.name for member in self._members.get(group_name, ()) if member.validity.holds(on))

    def members(self) -> Iterator[Member]:
        """Yield every member of every group with its dates."""
        for found in self._members.values():
            yield from found


@cache
def gazetteer() -> Gazetteer:
    """Return the gazetteer, read once from the package's data files."""
    listed_rows = list(rows("agencies"))
    known = {row["name"] for row in listed_rows}
    table = listed_rows + [row for row in _branch_rows() if row["name"] not in known]
    # A later namesake (the new 崇川区) stands for its name.
    ids = {row["name"]: row["id"] for row in sorted(table, key=lambda row: row["valid_from"])}
    members = (Member(row["group"], row["member"], period(row["valid_from"], row["valid_to"])) for row in rows("group_members"))
    return Gazetteer((_entry(row, ids) for row in table), members)


def _entry(row: dict[str, str], ids: dict[str, str]) -> GazetteerEntry:
    validity = period(row["valid_from"], row["valid_to"])
    return GazetteerEntry(
        id=row["id"],
        name=row["name"],
        kind=AgencyKind(row["kind"]),
        region=row["region"],
        level=row["level"],
        names=listed(row["names"]),
        context_names=listed(row["context_names"]),
        valid_from=validity.start,
        valid_to=validity.end,
        successor=ids.get(row["successor"], ""),
        source=row["source"],
        validity=validity,
    )


def _branch_rows() -> Iterator[dict[str, str]]:
    """Yield the branches of central bodies, one for each city that has its own (verticals.csv)."""
    cities = [region for region in regions().all if region.level == "city" and not region.elsewhere and region.validity.end is None]
    for row in rows("verticals"):
        for city in cities:
            if city.code.startswith(listed(row["except"]) or ("-",)):
                continue
            filled = {key: value.format(r=city.name, s=city.short_names[0]) for key, value in row.items()}
            filled |= {"region": city.code, "level": "city", "kind": "agency", "source": "pattern of the branches"}
            yield filled | {"id": agency_id(filled["name"], city.code, row["valid_from"])}
