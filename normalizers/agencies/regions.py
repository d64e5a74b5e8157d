"""The administrative divisions since 2010, by code, name, short name and home region.

``regions.csv`` holds the four provinces of the delta, ``regions_elsewhere.csv`` the rest of the country, so that no body there is
taken for one here. Codes follow GB/T 2260; the tables start from the place-name data of the Ministry of Civil Affairs (民政部).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from normalizers.agencies.periods import Period, period
from normalizers.agencies.tables import listed, rows

PROVINCES = ("310000", "320000", "330000", "340000")
NATIONAL = "100000"
"""The code that stands for the whole country: the home of the State Council's documents."""

SHORTEST_BARE = 3
"""Characters from which a county outside the delta is known by its bare name; 东区 and 城区 are ordinary words."""


HEAD = 2
"""Characters of the shortest name of a region, by which the names that a text may begin with are found."""

# Names of several counties that are ordinary words.
_GENERIC = frozenset({"新市区", "新城区", "市中区", "城中区", "城东区", "城西区", "城北区", "城关区", "城区", "郊区", "矿区"})


@dataclass(frozen=True, slots=True)
class Region:
    """One division while it had this name: ``level`` is ``province``, ``city`` or ``county``, ``parent`` the code around it.

    ``rank`` is ``p`` province or autonomous region, ``m`` municipality, ``c`` city, ``q`` district (区), ``k`` county or county-level city.
    """

    code: str
    name: str
    short_names: tuple[str, ...]
    abbreviations: tuple[str, ...]
    parent: str
    level: str
    validity: Period
    successor: str
    rank: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rank", self._ranked())

    @property
    def province(self) -> str:
        """The code of the province-level unit the division lies in."""
        return self.code[:2] + "0000"

    def _ranked(self) -> str:
        if self.level == "province":
            return "m" if self.name.endswith("市") else "p"
        if self.level == "city":
            return "c"
        return "q" if self.name.endswith("区") else "k"

    @property
    def elsewhere(self) -> bool:
        """Whether the division lies outside the delta."""
        return self.province not in PROVINCES


class Regions:
    """The table of regions with its look-ups. Names that several divisions share need a home region to be told apart."""

    def __init__(self, table: Iterable[Region]) -> None:
        self.all = tuple(table)
        self.by_code = {region.code: region for region in self.all}
        self._chains = {code: self._chain(code) for code in self.by_code}
        self._named: dict[str, list[Region]] = defaultdict(list)
        self._before: dict[str, list[Region]] = defaultdict(list)
        for region in self.all:
            self._before[region.successor].append(region)
            for name in self._spellings(region):
                self._named[name].append(region)
        self.longest = max(map(len, self._named))
        lengths: dict[str, set[int]] = defaultdict(set)
        for name in self._named:
            lengths[name[:HEAD]].add(len(name))
        self._lengths = {head: sorted(found, reverse=True) for head, found in lengths.items()}

    def _spellings(self, region: Region) -> set[str]:
        """Return the names a region is written by. Short names of counties are ordinary words too often to be among them."""
        bare = region.level != "county" or not region.elsewhere or (len(region.name) >= SHORTEST_BARE and region.name not in _GENERIC)
        names = {region.name} if bare else set()
        if region.level != "county":
            names.update(region.short_names)
        parents = [self.by_code[code] for code in self.chain(region.code)[1:]]
        path = region.name
        for parent in parents:
            names.add(parent.name + region.name)
            path = parent.name + path
        return names | {path}

    def chain(self, code: str) -> tuple[str, ...]:
        """Return a region's code and those of the regions it lies in, the nearest first; empty for an unknown code."""
        return self._chains.get(code, ())

    def _chain(self, code: str) -> tuple[str, ...]:
        found: list[str] = []
        while code in self.by_code:
            found.append(code)
            code = self.by_code[code].parent
        return tuple(found)

    def path(self, region: Region) -> str:
        """Return the name with those of all regions around it (江苏省南京市鼓楼区)."""
        return "".join(self.by_code[code].name for code in reversed(self.chain(region.code)))

    def named(self, name: str, home: str = "", on: date | None = None, *, certain: bool = False) -> Region | None:
        """Return the region written as ``name`` in a document of home region ``home``, ``None`` when unknown or not to be told apart.

        Counties of two characters (和县) may be other words and need the home region, unless what follows makes them ``certain``.
        """
        found = self._named.get(name, [])
        found = [region for region in found if region.validity.may_hold(on)] or found
        if len(found) > 1 or (found and not certain and len(name) <= 2 and found[0].level == "county"):
            found = self._near(found, home)
        return found[0] if len(found) == 1 else None

    def _near(self, found: list[Region], home: str) -> list[Region]:
        """Keep the regions that share the narrowest region with ``home``; none if they share none."""
        for code in self.chain(home):
            near = [region for region in found if code in self.chain(region.code)]
            if near:
                return near
        return []

    def is_name(self, text: str) -> bool:
        """Tell whether the text is a region's name, shared or not."""
        return text in self._named

    def spelled(self, name: str) -> tuple[Region, ...]:
        """Return every region that is or was written so."""
        return tuple(self._named.get(name, ()))

    def prefixes(self, text: str) -> Sequence[str]:
        """Return the region names that ``text`` begins with, the longest first."""
        lengths = self._lengths.get(text[:HEAD], ())
        return [text[:length] for length in lengths if text[:length] in self._named and length <= len(text)] if lengths else ()

    def prefix(self, text: str) -> str:
        """Return the longest region name that ``text`` begins with, empty for none."""
        for length in self._lengths.get(text[:HEAD], ()):
            if text[:length] in self._named and length <= len(text):
                return text[:length]
        return ""

    def target(self, word: str, home: str) -> Region | None:
        """Return the region that a level word (省, 自治区, 市, 州, 区, 县) means in a document of home region ``home``.

        市 is the municipality in Shanghai, the city in a city's or district's document, the county-level city in its own;
        in a province's document it means none in particular.
        """
        for code in self.chain(home):
            region = self.by_code[code]
            if region.name.endswith(word):
                return region
        return None

    def current(self, region: Region, on: date | None) -> Region:
        """Return the division that stands in the region's place on a day: itself, its successor, or the one it succeeded."""
        if region.validity.may_hold(on):
            return region
        seen = {region.code}
        while not region.validity.may_hold(on):
            later = on is None or (region.validity.end is not None and on >= region.validity.end)
            following = [self.by_code[region.successor]] if later and region.successor in self.by_code else []
            earlier = [] if later else [other for other in self._before.get(region.code, ()) if other.validity.may_hold(on)]
            step = following or earlier
            if len(step) != 1 or step[0].code in seen:
                break
            region = step[0]
            seen.add(region.code)
        return region


@cache
def regions() -> Regions:
    """Return the table of regions, read once."""
    return Regions(
        Region(
            code=row["code"],
            name=row["name"],
            short_names=listed(row["short_names"]),
            abbreviations=listed(row["abbreviations"]),
            parent=row["parent"],
            level=row["level"],
            validity=period(row["valid_from"], row["valid_to"]),
            successor=row["successor"],
        )
        for row in (*rows("regions"), *rows("regions_elsewhere"))
    )
