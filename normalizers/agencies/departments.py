"""Compose the name of a department from a region and a kind of department, where the gazetteer doesn't list it.

``departments.csv`` says how a department of a level is written in short (``stems``), what its full name is, where and when.
What it doesn't know stays unresolved: a wrong body is worse than none.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from normalizers.agencies.gazetteer import agency_id, gazetteer
from normalizers.agencies.periods import Period, period
from normalizers.agencies.regions import Region, regions
from normalizers.agencies.tables import listed, rows, without_and

_PLACE = re.compile(r"\{[rfs]\}")


@dataclass(frozen=True, slots=True)
class Department:
    """One kind of department.

    ``name`` is its full name with ``{r}`` for the region, ``{f}`` for the region with its province, ``{s}`` for its short name;
    ``stems`` are what its short names leave of it without the region, or short names with the region's place in them;
    ``ranks`` are those of ``Region.rank`` that have it.
    """

    name: str
    stems: tuple[str, ...]
    ranks: str
    regions: tuple[str, ...]
    validity: Period
    valid_from: str
    successor: str
    parts: tuple[str, str, str] = field(init=False, repr=False, compare=False)
    """What stands before the region in the full name, the region's place, and what stands behind it."""

    def __post_init__(self) -> None:
        place = _PLACE.search(self.name)
        if place is None:
            raise ValueError(f"the department {self.name} has no place for its region; write {{r}}, {{f}} or {{s}} into its name")
        object.__setattr__(self, "parts", (self.name[: place.start()], place[0], self.name[place.end() :]))

    @property
    def branch(self) -> bool:
        """Whether it carries the region's short name: a branch of a central body (证监局), a development zone (经开区管委会)."""
        return "{s}" in self.name

    def fit(self, region: Region) -> int:
        """Return how closely the kind is bound to the region: digits of its code that agree, 1 for every region, 0 for not at all."""
        if region.rank not in self.ranks:
            return 0
        if not self.regions:
            return 1
        return max((len(code) for code in self.regions if region.code.startswith(code)), default=0)


EARLY = timedelta(days=366)
"""How long before the day that the tables give a new name may be printed: the days of local reforms are known to the year only."""


class Composed(NamedTuple):
    """A composed body: canonical name, id, and whether the name written is out of its time.

    ``name`` is empty for a department that didn't exist yet.
    """

    name: str
    id: str
    anachronistic: bool


UNFOUNDED = Composed("", "", anachronistic=True)


@cache
def _departments() -> dict[str, list[Department]]:
    """Return the kinds of departments by stem, behind ``~`` by stem without 和, and behind ``=`` by full name."""
    found: dict[str, list[Department]] = defaultdict(list)
    for row in rows("departments"):
        validity = period(row["valid_from"], row["valid_to"])
        kind = Department(
            row["name"], listed(row["stems"]), row["levels"], listed(row["regions"]), validity, row["valid_from"], row["successor"]
        )
        for stem in kind.stems:
            if "{" in stem:
                continue
            found[stem].append(kind)
            if (loose := without_and(stem)) != stem and loose not in kind.stems:
                found["~" + loose].append(kind)
        found["=" + kind.name].append(kind)
    return dict(found)


@cache
def departments() -> tuple[Department, ...]:
    """Return every kind of department once."""
    return tuple({id(kind): kind for known in _departments().values() for kind in known}.values())


@cache
def _framed() -> dict[str, dict[str, list[Department]]]:
    """Return the kinds whose name goes on both sides of the region (国家税务总局苏州市税务局), by what stands before and behind it."""
    found: dict[str, dict[str, list[Department]]] = defaultdict(lambda: defaultdict(list))
    for kind in departments():
        for form in (kind.name, *(stem for stem in kind.stems if "{" in stem)):
            before, behind = _PLACE.split(form)
            if before and kind not in found[before][behind]:
                found[before][behind].append(kind)
    return {before: dict(kinds_behind) for before, kinds_behind in found.items()}


def framed(form: str) -> Iterator[tuple[str, dict[str, list[Department]]]]:
    """Yield what stands before the region in a full name, with the kinds by what stands behind it, the longest first."""
    if form.startswith(_frames()):
        yield from ((before, _framed()[before]) for before in _frames() if form.startswith(before))


@cache
def _frames() -> tuple[str, ...]:
    return tuple(sorted(_framed(), key=len, reverse=True))


def is_department(stem: str) -> bool:
    """Tell whether some level of government has a department written so, without its region (发展改革委, 委宣传部).

    Branches of central bodies (证监局) and development zones are none: they follow a region's short name and take no level word.
    """
    return any(not kind.branch for kind in kinds(stem)) or stem in _listed_stems() or without_and(stem) in _listed_stems()


def kinds(stem: str) -> Sequence[Department]:
    """Return the kinds written so, exactly or but for a 和."""
    table, loose = _departments(), without_and(stem)
    return table.get(stem, ()) or table.get(loose, ()) or table.get("~" + loose, ())


@cache
def _listed_stems() -> frozenset[str]:
    """Return what is left of the gazetteer's context names without their level word."""
    names = [name[1:] for entry in gazetteer().entries for name in entry.context_names if name[0] in "省市区县"]
    return frozenset(names) | {without_and(name) for name in names}


def compose(stem: str, region: Region, on: date | None) -> Composed | None:
    """Return the region's department written as ``stem``, ``None`` where the table has none or several that fit.

    A name that came up more than a year after the document is ``UNFOUNDED``: no body bore it.
    """
    return compose_one(kinds(stem), region, on)


def compose_one(found: Sequence[Department], region: Region, on: date | None) -> Composed | None:
    """Return the region's department of these kinds, as ``compose`` does."""
    near = closest(found, region)
    fitting = [kind for kind in near if kind.validity.may_hold(on)]
    if len(fitting) == 1:
        return _composed(fitting[0], region, anachronistic=False)
    if fitting or not near:
        return None
    if on is not None and all(kind.validity.start and on < kind.validity.start - EARLY for kind in near):
        return UNFOUNDED
    return _composed(_successor(near[0], region, on), region, anachronistic=on is not None) if len(near) == 1 else None


def closest(found: Sequence[Department], region: Region) -> list[Department]:
    """Return the kinds that fit the region, and of these only the ones bound to it most closely."""
    if len(found) == 1:  # most names are those of one kind
        return list(found) if found[0].fit(region) else []
    fits = [kind.fit(region) for kind in found]
    best = max(fits, default=0)
    return [kind for kind, fit in zip(found, fits, strict=True) if fit == best] if best else []


def _successor(kind: Department, region: Region, on: date | None) -> Department:
    """Return the kind that followed, as far as the day asks for it; without a day the one in force now."""
    for _ in range(4):
        if kind.validity.end is None or (on is not None and on < kind.validity.end):
            break
        following = closest(_departments().get("=" + kind.successor, ()), region)
        if len(following) != 1:
            break
        kind = following[0]
    return kind


def _composed(kind: Department, region: Region, *, anachronistic: bool) -> Composed:
    before, place, behind = kind.parts
    name = f"{before}{_WRITTEN[place](region)}{behind}"
    for entry in gazetteer().canonical(name):
        if entry.region == region.code:
            return Composed(name, entry.id, anachronistic)
    return Composed(name, agency_id(name, region.code, kind.valid_from), anachronistic)


def display(region: Region) -> str:
    """Return the region's name as departments carry it: districts with their city, for many cities have a 鼓楼区."""
    if region.rank != "q":
        return region.name
    return regions().by_code[region.parent].name + region.name


def formal(region: Region) -> str:
    """Return the name as courts and procuratorates carry it: cities and counties with the province, districts with the city."""
    if region.rank in "qmp":
        return display(region)
    return regions().by_code[region.province].name + region.name


def _short(region: Region) -> str:
    return region.short_names[0] if region.short_names else region.name


_WRITTEN = {"{r}": display, "{f}": formal, "{s}": _short}
"""How a region is written in each of the places that a name may have for it."""
