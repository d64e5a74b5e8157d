"""Bodies whose names are near to a mention: proposals for a person who decides what it stands for. Nothing is resolved by them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from rapidfuzz import fuzz, process

from normalizers.agencies.departments import compose
from normalizers.agencies.gazetteer import GazetteerEntry, gazetteer
from normalizers.agencies.groups import level_word
from normalizers.agencies.regions import Region, regions
from normalizers.agencies.tables import listed, rows, tidy

NEAR = 55.0
"""Least share of equal characters, of 100: 市经济信息局 and 市经济和信息化局 have 86, names of other departments 30 to 50."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A body that may be meant: its canonical name at the date, its id, and how near one of its names is, 0 to 100."""

    name: str
    id: str
    score: float


def near(mention: str, region: str, on: date | None, limit: int = 3) -> tuple[Proposal, ...]:
    """Return the bodies of the home region, and of those above it, whose names at a day are nearest, the nearest first.

    Without a home region all bodies of the gazetteer count.
    """
    text = tidy(mention)
    spellings, bodies = _spellings(region, on)
    found: dict[str, Proposal] = {}
    for _, score, at in process.extract(text, spellings, scorer=fuzz.ratio, score_cutoff=NEAR, limit=limit * 8):
        name, identifier = bodies[at]
        if identifier not in found:
            found[identifier] = Proposal(name, identifier, round(score, 1))
    return tuple(sorted(found.values(), key=lambda one: (-one.score, one.name))[:limit])


@lru_cache(maxsize=64)
def _spellings(region: str, on: date | None) -> tuple[Sequence[str], Sequence[tuple[str, str]]]:
    """Return every way to write the bodies of a region and those above it, and beside each the body's name and id."""
    chain = (*regions().chain(region), region, "") if region else ()
    known = dict.fromkeys(pair for entry in gazetteer().entries for pair in _of_entry(entry, chain, on))
    for code in chain:
        place = regions().by_code.get(code)
        if place is not None:
            known |= dict.fromkeys(_composed(place, on))
    return [spelling for spelling, _, _ in known], [(name, identifier) for _, name, identifier in known]


def _of_entry(entry: GazetteerEntry, chain: Sequence[str], on: date | None) -> Iterator[tuple[str, str, str]]:
    if entry.validity.may_hold(on) and (not chain or entry.region in chain):
        for spelling in (entry.name, *entry.names, *entry.context_names):
            yield spelling, entry.name, entry.id


def _composed(region: Region, on: date | None) -> Iterator[tuple[str, str, str]]:
    """Yield the departments that the region has by the table of departments, in full, and in short behind its level word."""
    word = region.name[-1] if level_word(region.name[-1]) else ""
    for row in rows("departments"):
        for stem in listed(row["stems"]):
            body = compose(stem, region, on) if "{" not in stem else None
            if body is not None and body.name:
                yield from ((spelling, body.name, body.id) for spelling in (body.name, word + stem, region.name + stem))
