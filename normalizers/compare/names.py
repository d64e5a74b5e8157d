"""Names of bodies in two documents: where one stands, and which names are the same body, so that the one for the other is no change."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from copy import copy
from functools import cache, lru_cache

from normalizers.agencies.gazetteer import GazetteerEntry, gazetteer
from normalizers.differences import ROLES
from normalizers.records import Agency, Derived
from normalizers.text.fold import compared

MIN_NAME = 3
"""Characters of a body's name that is told apart from the words around it."""
LONGEST_NAME = 30


class Names:
    """The names of bodies that two documents may use, as they stand in their streams."""

    def __init__(self, documents: Sequence[Derived]) -> None:
        self._regions = [derived.metadata.regions[0] if derived.metadata.regions else "" for derived in documents]
        self._mentions = [list(mentions(derived)) for derived in documents]
        self._lengths = _by_head(compared(agency.mention) for some in self._mentions for agency in some)

    def mirrored(self) -> Names:
        """Return the same names with the documents swapped."""
        other = copy(self)
        other._regions = self._regions[::-1]
        return other

    def aliases(self, texts: Sequence[str]) -> dict[str, int]:
        """Return the names in ``texts`` of bodies that go there under more than one, with a number for each body."""
        forms = self._forms()
        present = {body: [name for name in sorted(names) if any(name in text for text in texts)] for body, names in sorted(forms.items())}
        several = [names for names in present.values() if len(names) > 1]
        return {name: number for number, names in enumerate(several) for name in names}

    def _forms(self) -> dict[str, set[str]]:
        """Return the names of every body that a document names; a name that may be two bodies is nobody's."""
        forms: dict[str, set[str]] = defaultdict(set)
        for agency in (one for some in self._mentions for one in some):
            if agency.id and agency.resolved:
                forms[agency.id].add(compared(agency.mention))
        for body in forms:
            forms[body].update(_known_names(body, tuple(self._regions)))
        owners: dict[str, set[str]] = defaultdict(set)
        for body, names in forms.items():
            for name in names:
                owners[name].add(body)
        return {body: {name for name in names if len(name) >= MIN_NAME and len(owners[name]) == 1} for body, names in forms.items()}

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where names of bodies stand in a stretch of a stream: the longest first, from left to right."""
        listed, own, end = _listed(), self._lengths, 0
        for at in range(len(text) - MIN_NAME + 1):
            head = text[at : at + MIN_NAME]
            if at >= end and (head in own or head in listed):
                size = _longest(text, at, own.get(head, {})) or _longest(text, at, listed.get(head, {}))
                if size:
                    end = at + size
                    yield at, end

    def same_body(self, old: str, new: str) -> bool:
        """Tell whether two names are surely one body: each is that of one body only, in its document's region."""
        ours, theirs = _bodies(old, self._regions[0]), _bodies(new, self._regions[-1])
        return len(ours) == 1 and ours == theirs


def _longest(text: str, at: int, names: dict[int, set[str]]) -> int:
    """Return the length of the longest of some names that stands at a place, 0 for none."""
    return next((size for size, some in names.items() if text[at : at + size] in some), 0)


def mentions(derived: Derived) -> Iterator[Agency]:
    """Yield the bodies that a document names as its issuers or in its tasks."""
    yield from derived.metadata.issuers
    for task in derived.tasks:
        for role in (*ROLES, "implied"):
            yield from getattr(task, role)


Lengths = dict[str, dict[int, set[str]]]
"""Names by their first characters and their length, the longest first."""


def _by_head(names: Iterator[str]) -> Lengths:
    out: Lengths = defaultdict(dict)
    for name in sorted(set(names), key=lambda name: (-len(name), name)):
        if MIN_NAME <= len(name) <= LONGEST_NAME:
            out[name[:MIN_NAME]].setdefault(len(name), set()).add(name)
    return dict(out)


@cache
def _listed() -> Lengths:
    return _by_head(name for entry in gazetteer().entries for name in map(compared, (entry.name, *entry.names, *entry.context_names)))


@lru_cache(maxsize=10_000)
def _known_names(body: str, regions: tuple[str, ...]) -> frozenset[str]:
    """Return the names of a body of the gazetteer: those that are safe anywhere, and those used in its own region."""
    entry = gazetteer().by_id.get(body)
    if entry is None:
        return frozenset()
    return frozenset(map(compared, (entry.name, *entry.names, *(entry.context_names if entry.region in regions else ()))))


@cache
def _owners() -> tuple[dict[str, set[str]], dict[tuple[str, str], set[str]]]:
    """Return the bodies by their names anywhere, and by their names in a region."""
    anywhere: dict[str, set[str]] = defaultdict(set)
    at_home: dict[tuple[str, str], set[str]] = defaultdict(set)
    for entry in gazetteer().entries:
        for name in _free(entry):
            anywhere[name].add(entry.id)
        for name in map(compared, entry.context_names):
            at_home[entry.region, name].add(entry.id)
    return anywhere, at_home


def _free(entry: GazetteerEntry) -> Iterator[str]:
    yield from map(compared, (entry.name, *entry.names))


def _bodies(name: str, region: str) -> set[str]:
    anywhere, at_home = _owners()
    return anywhere.get(name) or at_home.get((region, name)) or set()


def pattern_of(names: Sequence[str]) -> re.Pattern[str]:
    """Return an expression that finds the longest of several names at a place."""
    return re.compile("|".join(re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name))))
