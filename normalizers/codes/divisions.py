"""Divisions as codes carry them: those of today, those that were, zones, and what stands in their place.

Today's divisions and those ended since about 2009 are the region table of ``normalizers.agencies``; ``divisions_former.csv`` adds
those of the delta that ended or changed their name between 1998 and 2011, ``zones.csv`` codes given to development zones there.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache

from normalizers.agencies.regions import NATIONAL, Region, regions
from normalizers.codes.records import Division, DivisionStatus, Place
from normalizers.codes.resident import PROVINCES, has_digits
from normalizers.codes.tables import rows

LENGTH = 6
COUNTRY = "全国"
OF_MUNICIPALITY = {"0100": "市辖区", "0200": "县"}
PROPER = "01"
"""The last two digits of 市辖区, the districts of a city as a whole."""


@lru_cache(maxsize=16384)
def division_of(code: str) -> Division | None:
    """Return the division of six digits; ``None`` where they do not begin with a province's and are not 100000.

    A county that no table has is returned with the status ``unknown``: zones and divisions of long ago have such codes.
    """
    if code == NATIONAL:
        return Division(NATIONAL, COUNTRY, DivisionStatus.CURRENT, NATIONAL, today=(Place(NATIONAL, COUNTRY),))
    if len(code) != LENGTH or not has_digits(code) or code[:2] not in PROVINCES:
        return None
    region = regions().by_code.get(code)
    if region is not None:
        return _of_region(region)
    if former := _former_rows(code):
        return _of_former(former[-1])
    return _zone(code) or _city_proper(code) or _unknown(code)


@cache
def cities() -> frozenset[str]:
    """Return the first four digits of every division that a table has: those that a city, a prefecture or a municipality has or had."""
    return frozenset(code[:4] for code in (*regions().by_code, *_former()))


def _of_region(region: Region) -> Division:
    start, end = region.validity.start, region.validity.end
    return Division(
        region.code,
        regions().path(region),
        DivisionStatus.FORMER if end else DivisionStatus.CURRENT,
        region.province,
        valid_from=f"{start:%Y}" if start else "",
        valid_to=f"{end:%Y}" if end else "",
        today=_places(today_of(region.code)),
        former_names=tuple(row["name"] for row in _former_rows(region.code) if row["name"] != region.name),
    )


def _of_former(row: dict[str, str]) -> Division:
    code = row["code"]
    return Division(
        code,
        _around(code) + row["name"],
        DivisionStatus.FORMER,
        code[:2] + "0000",
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        today=_places(today_of(code)),
        certainty=row["certainty"],
    )


def _zone(code: str) -> Division | None:
    row = _zones().get(code)
    if row is None:
        return None
    within = _places((row["within"],))
    return Division(code, row["name"], DivisionStatus.ZONE, code[:2] + "0000", today=within, certainty=row["certainty"])


def _city_proper(code: str) -> Division | None:
    """Return xxxx01, the districts of a city as a whole, or xx0100 and xx0200, the districts and the counties of a municipality."""
    province = regions().by_code.get(code[:2] + "0000")
    if province is not None and province.rank == "m" and code[2:] in OF_MUNICIPALITY:
        name = province.name + OF_MUNICIPALITY[code[2:]]
        return Division(code, name, DivisionStatus.CITY_PROPER, province.code, today=_places((province.code,)))
    city = regions().by_code.get(code[:4] + "00")
    if city is None or not code.endswith(PROPER):
        return None
    name = regions().path(city)
    return Division(code, f"{name}市辖区", DivisionStatus.CITY_PROPER, city.province, today=_places((city.code,)))


def _unknown(code: str) -> Division:
    province = code[:2] + "0000"
    name = regions().path(regions().by_code[province]) if province in regions().by_code else ""
    return Division(code, name, DivisionStatus.UNKNOWN, province, certainty="likely")


def today_of(code: str) -> tuple[str, ...]:
    """Return the codes of what stands in a division's place today, itself where it still exists; empty where that is not known."""
    found: dict[str, None] = {}
    pending, seen = [code], set[str]()
    while pending:
        each = pending.pop(0)
        if each in seen:
            continue
        seen.add(each)
        region = regions().by_code.get(each)
        if region is not None and region.validity.end is None:
            found[each] = None
        elif region is not None and region.successor:
            pending.append(region.successor)
        else:
            pending += [successor for row in _former_rows(each)[-1:] for successor in row["successors"].split("|")]
    return tuple(found)


def _around(code: str) -> str:
    """Return the names around a former division: its city, a former prefecture (地区), or only its province."""
    city = code[:4] + "00"
    if city in regions().by_code and city != code:
        return regions().path(regions().by_code[city])
    province = regions().by_code[code[:2] + "0000"].name
    prefecture = next((row["name"] for row in _former_rows(city)[:1]), "") if city != code else ""
    return province + prefecture


def _places(codes: Iterable[str]) -> tuple[Place, ...]:
    return tuple(Place(code, regions().path(regions().by_code[code])) for code in codes)


def _former_rows(code: str) -> list[dict[str, str]]:
    """Return what ``divisions_former.csv`` has of a code, the latest last."""
    return _former().get(code, [])


@cache
def _former() -> dict[str, list[dict[str, str]]]:
    table: dict[str, list[dict[str, str]]] = {}
    for row in rows("divisions_former"):
        table.setdefault(row["code"], []).append(row)
    return table


@cache
def _zones() -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in rows("zones")}
