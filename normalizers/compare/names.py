"""Names of bodies in two documents: where one stands, and which names are the same body, so that the one for the other is no change."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from copy import copy
from functools import cache, lru_cache

from normalizers.agencies.departments import is_department, kinds
from normalizers.agencies.gazetteer import gazetteer
from normalizers.agencies.resolve import Context, resolve
from normalizers.differences import ROLES
from normalizers.records import Agency, Derived
from normalizers.text.fold import compared

MIN_NAME = 3
"""Characters of a body's name that is told apart from the words around it."""
LONGEST_NAME = 30
LEVEL_WORDS = frozenset("省市县区")
LONGEST_DEPARTMENT = 14


class Names:
    """The names of bodies that two documents may use, as they stand in their streams."""

    def __init__(self, documents: Sequence[Derived]) -> None:
        self._regions = [derived.metadata.regions[0] if derived.metadata.regions else "" for derived in documents]
        self._contexts = [
            Context.of_document(region, derived.metadata.issued_on or derived.metadata.published_on)
            for region, derived in zip(self._regions, documents, strict=True)
        ]
        self._mentions = [list(mentions(derived)) for derived in documents]
        self._lengths = _by_head(compared(agency.mention) for some in self._mentions for agency in some)

    def mirrored(self) -> Names:
        """Return the same names with the documents swapped."""
        other = copy(self)
        other._regions, other._contexts = self._regions[::-1], self._contexts[::-1]
        return other

    def aliases(self, texts: Sequence[str]) -> dict[str, int]:
        """Return the names in ``texts`` of bodies that go there under more than one, with a number for each body."""
        forms = self._forms()
        present = {body: [name for name in sorted(names) if any(name in text for text in texts)] for body, names in sorted(forms.items())}
        several = [names for names in present.values() if len(names) > 1]
        return {name: number for number, names in enumerate(several) for name in names}

    def canonical(self, text: str) -> str:
        """Return a stream with every name of a body that the documents name replaced by the body's identifier."""
        owners = {name: body for body, names in self._forms().items() for name in names if name in text}
        return pattern_of(list(owners)).sub(lambda found: f"\0{owners[found[0]]}\0", text) if owners else text

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
            if at >= end and (head in own or head in listed or head[0] in LEVEL_WORDS):
                size = _longest(text, at, own.get(head, {})) or _longest(text, at, listed.get(head, {})) or _department(text, at)
                if size:
                    end = at + size
                    yield at, end

    def same_body(self, old: str, new: str) -> bool:
        """Tell whether two names are surely one body: by the gazetteer, or of one kind of department where the region is not known."""
        ours, theirs = resolve(old, self._contexts[0]), resolve(new, self._contexts[-1])
        if ours.id or theirs.id:
            return ours.id == theirs.id
        return old[0] == new[0] and old[0] in LEVEL_WORDS and bool(kinds(old[1:])) and list(kinds(old[1:])) == list(kinds(new[1:]))


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


def _department(text: str, at: int) -> int:
    """Return the length of a department's name with a word for its level before it (市数据局), 0 for none."""
    if text[at] not in LEVEL_WORDS:
        return 0
    sizes = range(min(LONGEST_DEPARTMENT, len(text) - at - 1), 1, -1)
    return next((size + 1 for size in sizes if is_department(text[at + 1 : at + 1 + size])), 0)


def pattern_of(names: Sequence[str]) -> re.Pattern[str]:
    """Return an expression that finds the longest of several names at a place."""
    return re.compile("|".join(re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name))))
