"""Compose mentions with their answers from two tables of our own (``kinds.csv``, ``places.csv``), and read those typed by hand."""

from __future__ import annotations

import csv
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from normalizers.agencies import Context, resolve

HERE = Path(__file__).parent
SEED = 20260611
COMPOSED = 1_000


@dataclass(frozen=True, slots=True)
class Case:
    """A mention in a document of a home region and date, with its right name; empty: it must stay unresolved."""

    kind: str
    mention: str
    region: str
    on: date
    name: str


@dataclass(frozen=True, slots=True)
class Score:
    """How many mentions of a kind came out right, stayed unresolved though they have a name, or got a wrong name."""

    right: int
    unresolved: int
    wrong: int

    @property
    def total(self) -> int:
        """All mentions."""
        return self.right + self.unresolved + self.wrong


def by_hand() -> list[Case]:
    """Return the mentions whose answers were typed one by one."""
    return [Case(row["kind"], row["mention"], row["region"], date.fromisoformat(row["on"]), row["name"]) for row in _rows("by_hand")]


def composed(count: int = COMPOSED, seed: int = SEED) -> list[Case]:
    """Return mentions composed from kinds, places and days, the same for the same seed."""
    pairs = [(kind, place) for kind in _rows("kinds") for place in _rows("places") if _fits(kind, place)]
    drawn = random.Random(seed)
    return [_case(kind, place, drawn) for kind, place in drawn.choices(pairs, k=count)]


def outcome(case: Case) -> str:
    """Return ``right``, ``unresolved`` or ``wrong``: what the resolver makes of a case."""
    found = resolve(case.mention, Context(case.region, case.on)).name or ""
    if found == case.name:
        return "right"
    return "wrong" if found else "unresolved"


def scores(cases: Iterable[Case]) -> dict[str, Score]:
    """Return the scores by kind of mention."""
    counted: dict[str, Counter[str]] = {}
    for case in cases:
        counted.setdefault(case.kind, Counter())[outcome(case)] += 1
    return {kind: Score(found["right"], found["unresolved"], found["wrong"]) for kind, found in sorted(counted.items())}


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _fits(kind: dict[str, str], place: dict[str, str]) -> bool:
    levels = {"trap-early": ("city",), "trap-level": ("city", "elsewhere", "province"), "trap-word": ("city", "province", "county")}
    wanted = levels.get(kind["kind"], (kind["kind"],))
    if kind["kind"] == "city" and not kind["where"]:
        wanted = ("city", "elsewhere")
    return place["kind"] in wanted and place["code"].startswith(kind["where"])


def _case(kind: dict[str, str], place: dict[str, str], drawn: random.Random) -> Case:
    """Write the mention in one of its forms: behind the level word, or behind the region's name in the province's document."""
    filled = {"c": place["name"], "p": place["province"], "d": place["around"] + place["name"], "w": place["name"][-1]}
    mention, name = kind["mention"].format(**filled), kind["name"].format(**filled)
    region = place["code"]
    if kind["kind"] in ("city", "province") and mention[0] in "省市" and drawn.random() < 0.4:
        mention = drawn.choice((place["name"], place["short"])) + mention[1:] if mention[1] != "委" else place["name"] + mention[1:]
        region = drawn.choice((region, region[:2] + "0000", ""))
    first, last = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (kind["first"], kind["last"]))
    month = drawn.randint(first, last)
    label = kind["kind"] if place["kind"] != "elsewhere" or kind["kind"].startswith("trap") else "elsewhere"
    return Case(label, mention, region, date(month // 12, month % 12 + 1, drawn.randint(1, 28)), name)
