"""What happens to whom and when, drawn from a seed: faults of sites, the workers' deaths, edits. And which causes a fault explains."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

REFUSED, ROBOTS_GONE, ROBOTS_BROKEN = "refused", "robots-gone", "robots-broken"

EXPLAINS: dict[str, frozenset[str]] = {
    "500@all": frozenset({"http-error"}),
    "500@article": frozenset({"http-error"}),
    "reset@all": frozenset({"connection"}),
    "reset@list": frozenset({"connection"}),
    "slow@list": frozenset({"timeout"}),
    "half-body@list": frozenset({"truncated"}),
    "half-body@article": frozenset({"truncated"}),
    "half-page@list": frozenset({"truncated", "duplicate-page", "count-mismatch", "no-list-container", "parse"}),
    "challenge@all": frozenset({"challenge"}),
    "challenge-412@all": frozenset({"challenge"}),
    "redesign@all": frozenset({"no-list-container", "no-body-container", "count-mismatch", "parse"}),
    REFUSED: frozenset({"refused", "connection"}),
    ROBOTS_GONE: frozenset(),
    ROBOTS_BROKEN: frozenset({"robots-unreadable"}),
}
"""The faults, and the causes that a run under each may have. A robots.txt that is gone allows everything: it explains nothing."""


@dataclass(frozen=True, slots=True)
class Window:
    """A fault of a site, in seconds from the beginning of the soak."""

    site: str
    fault: str
    begin: float
    end: float


@dataclass(frozen=True, slots=True)
class Blow:
    """A worker's death: killed, or told to end (``gently``). It is started again ``pause`` seconds later."""

    at: float
    pause: float
    gently: bool


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of a site: ``publish``, ``edit`` or ``withdraw``."""

    site: str
    at: float
    kind: str


@dataclass(frozen=True, slots=True)
class Plan:
    """All that was drawn. Faults end at ``calm``; what follows is time for every incident to be over."""

    seconds: float
    calm: float
    faults: tuple[Window, ...]
    blows: tuple[Blow, ...]
    edits: tuple[Edit, ...]


FIRST_FILL, FAULT, BETWEEN, SETTLING = 90.0, (150.0, 200.0), (30.0, 90.0), 300.0
"""Seconds before the first fault; a fault lasts so long and meets a scheduled run at least; between two; to settle at the end."""
LANES = 2
"""So many sites have a fault at a time, at most."""


def draw(seconds: float, sites: Sequence[str], seed: int) -> Plan:
    """Return the plan of a soak. Every kind of fault comes before one comes again."""
    chance = random.Random(seed)
    calm = max(FIRST_FILL, seconds - SETTLING)
    return Plan(
        seconds,
        calm,
        tuple(sorted(_faults(chance, sites, calm), key=lambda window: window.begin)),
        tuple(_blows(chance, calm)),
        tuple(sorted(_edits(chance, sites, calm), key=lambda edit: edit.at)),
    )


def _faults(chance: random.Random, sites: Sequence[str], calm: float) -> Iterator[Window]:
    kinds: list[str] = []
    for lane in range(LANES):
        at, mine = FIRST_FILL + chance.uniform(*BETWEEN), sites[lane::LANES]
        while at + FAULT[0] <= calm:
            if not kinds:
                kinds = list(EXPLAINS)
                chance.shuffle(kinds)
            end = min(calm, at + chance.uniform(*FAULT))
            yield Window(chance.choice(mine), kinds.pop(), at, end)
            at = end + chance.uniform(*BETWEEN)


def _blows(chance: random.Random, calm: float) -> Iterator[Blow]:
    at = FIRST_FILL + chance.uniform(20, 90)
    while at < calm:
        yield Blow(at, chance.uniform(3, 15), gently=chance.random() < 0.3)
        at += chance.uniform(120, 360)


def _edits(chance: random.Random, sites: Sequence[str], calm: float) -> Iterator[Edit]:
    for site in sites:
        for kind, every in (("publish", 60.0), ("edit", 75.0), ("withdraw", 400.0)):
            at = FIRST_FILL + chance.expovariate(1 / every)
            while at < calm:
                yield Edit(site, at, kind)
                at += chance.expovariate(1 / every)
