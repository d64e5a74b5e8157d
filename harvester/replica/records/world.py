"""The invented firms, shops and people that the records are about, and the real bodies that made them. Always the same."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from harvester.replica.records import numbers
from harvester.replica.records.draw import Draw

PROVINCES = ("310000", "320000", "330000", "340000")
"""The four provinces by code, in the order of the sites."""

FIRMS = 150
"""How many firms, shops and people each province has."""

_WANDERERS = 12
_RENAMED_EVERY, _BORROWS_EVERY = 15, 29


@dataclass(frozen=True, slots=True)
class Party:
    """Whom a record may be about: a firm (``legal``), a shop (``individual-business``) or a natural person (``person``).

    ``former`` and ``renamed_on`` are a firm's earlier name and the day it got its present one. ``printed_code`` is the code that its
    records bear: its own, or by somebody's mistake that of another firm. ``owner`` is the firm's legal representative, the shop's
    owner, or the person.
    """

    kind: str
    name: str
    owner: str
    owner_id: str
    phone: str
    address: str
    division: str
    code: str = ""
    printed_code: str = ""
    organization_code: str = ""
    registration_number: str = ""
    former: str = ""
    renamed_on: date | None = None

    def name_on(self, day: date | None) -> str:
        """Return the name the party bore on a day."""
        return self.former if self.former and self.renamed_on and day and day < self.renamed_on else self.name


@dataclass(frozen=True, slots=True)
class Body:
    """An authority: its canonical name, its field, the mark of its numbers, its own code and division, and how sites spell it."""

    name: str
    field: str
    mark: str
    code: str
    division: str
    spellings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Province:
    """What one province has: firms by trade's field, shops, people, bodies by field."""

    code: str
    letter: str
    firms: Mapping[str, Sequence[Party]]
    shops: Sequence[Party]
    people: Sequence[Party]
    bodies: Mapping[str, Sequence[Body]]
    wanderers: Sequence[Party] = field(default=())


@cache
def words(name: str) -> Any:  # noqa: ANN401 (tables of several shapes)
    """Return the tables of ``data/<name>.toml``."""
    return tomllib.loads((files("harvester.replica.records") / "data" / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def provinces() -> dict[str, Province]:
    """Return the four provinces by code. The first firms of each field work in all four of them."""
    found = {code: _province(code) for code in PROVINCES}
    wandering = tuple(firm for each in found.values() for firms in each.firms.values() for firm in firms[:3])
    return {code: replace(each, wanderers=wandering) for code, each in found.items()}


def _province(code: str) -> Province:
    table = words("firms")
    firms = {trade: tuple(_firm(code, trade, number) for number in range(FIRMS // len(table["trades"]))) for trade in table["trades"]}
    shops = tuple(_shop(code, number) for number in range(FIRMS // 5))
    people = tuple(_person(code, number) for number in range(FIRMS // 5))
    bodies: dict[str, list[Body]] = {}
    for entry in words("authorities")[code]:
        bodies.setdefault(entry["field"], []).append(_body(entry))
    return Province(code, table["provinces"][code]["letter"], firms, shops, people, bodies)


def _body(entry: dict[str, Any]) -> Body:
    organization = numbers.organization_code(Draw(f"body|{entry['name']}"))
    code = numbers.credit_code("11", entry["division"], organization)
    return Body(entry["name"], entry["field"], entry["mark"], code, entry["division"], (entry["name"], *entry["spellings"]))


def _firm(province: str, trade: str, number: int) -> Party:
    table = words("firms")
    draw = Draw(f"firm|{province}|{trade}|{number}")
    place, division = draw.one(table["provinces"][province]["places"])
    # The pair of characters follows from place, trade and number, so that no two firms of the world share a name.
    base = (PROVINCES.index(province) * len(table["trades"]) + list(table["trades"]).index(trade)) * 23 + number
    first, second = table["first"][base % 20], table["second"][base // 20 % 18]
    ending = draw.one(table["trades"][trade]) + draw.one(table["forms"])
    organization = numbers.organization_code(draw, letters=number % 3 == 0)
    party = _party("legal", f"{place}{first}{second}{ending}", draw, division)
    party = replace(
        party,
        code=numbers.credit_code("91", division, organization),
        organization_code=organization,
        registration_number=numbers.registration_number(draw, division),
    )
    party = replace(party, printed_code=party.code)
    if number % _RENAMED_EVERY == 4:
        former = f"{place}{second}{first}{ending}"
        return replace(party, former=former, renamed_on=date(2023, 3 + number % 9, 16))
    if number % _BORROWS_EVERY == 11:
        return replace(party, printed_code=_firm(province, trade, number - 1).code)
    return party


def _shop(province: str, number: int) -> Party:
    table = words("firms")
    draw = Draw(f"shop|{province}|{number}")
    place, division = table["provinces"][province]["places"][number % 4]
    organization = numbers.organization_code(draw, letters=True)
    party = _party("individual-business", "", draw, division)
    code = numbers.credit_code("92", division, organization)
    name = f"{place}市{party.owner}{draw.one(table['people']['shops'])}"
    number_ = numbers.registration_number(draw, division, individual=True)
    return replace(party, name=name, code=code, printed_code=code, organization_code=organization, registration_number=number_)


def _person(province: str, number: int) -> Party:
    draw = Draw(f"person|{province}|{number}")
    division = words("firms")["provinces"][province]["places"][number % 4][1]
    party = _party("person", "", draw, division)
    return replace(party, name=party.owner)


def _party(kind: str, name: str, draw: Draw, division: str) -> Party:
    people = words("firms")["people"]
    owner = draw.one(people["surnames"]) + "".join(draw.two(people["officers" if kind == "legal" else "given"]))
    phone = f"192{draw.below(10**8):08d}"
    place = next(p[0] for p in words("firms")["provinces"][division[:2] + "0000"]["places"])
    address = f"{place}市{draw.one(people['streets'])}{draw.between(2, 299)}弄{draw.between(2, 29)}号{draw.between(101, 1199)}室"
    return Party(kind, name, owner, numbers.resident_number(draw, division), phone, address, division)
