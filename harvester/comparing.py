"""Compare two documents that are named on the command line: files, stored documents, their versions, days and editions."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from harvester.decisions import reader_of
from harvester.errors import HarvesterError
from harvester.hints import hints_from_json
from harvester.naming import identifier_of
from harvester.plainly import from_plain, to_plain
from harvester.reading import derive_payload, load
from harvester.session import opened
from normalizers.agencies import Decisions
from normalizers.agencies.resolve import NO_DECISIONS
from normalizers.compare import compare
from normalizers.derive import derive
from normalizers.differences import Comparison, Unit
from normalizers.documents import UnreadableError
from normalizers.records import Derived, Hints
from storage import comparisons
from storage.days import LOCAL
from storage.errors import LockedStore
from storage.records import StoredSource
from storage.sources import source
from storage.store import Store
from storage.types import to_json

SHAPE = "2"
"""Raised when what is kept of a comparison gets another shape."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two documents: what a reader has to know of it, and its text.

    ``name`` is what it was called by, ``source`` its address or file; ``version`` is 0 for a file; ``fetched_on`` the day of a capture
    in Shanghai; ``sha256`` that of the bytes.
    """

    name: str
    title: str
    document_number: str
    issued_on: date | None
    published_on: date | None
    source: str
    version: int
    fetched_on: date | None
    sha256: str
    text: str


@dataclass(frozen=True, slots=True)
class Compared:
    """Two documents and what changed from the one to the other; ``kept`` tells that it was not made anew."""

    old: Side
    new: Side
    comparison: Comparison
    kept: bool = False


@dataclass(frozen=True, slots=True)
class _Payload:
    """Bytes to compare; ``stored`` is the version they are of, ``None`` for a file."""

    name: str
    body: bytes
    hints: Hints
    stored: StoredSource | None = None

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()

    @property
    def key(self) -> str:
        """The hash of the bytes and of all that was known of them when they are read."""
        known = to_json([SHAPE, self.sha256, self.stored.document, self.stored.version, repr(self.hints)] if self.stored else [])
        return hashlib.sha256(known.encode()).hexdigest()


def compare_named(old: str, new: str, store: str | None, decisions: Decisions = NO_DECISIONS) -> Compared:
    """Return what changed between two documents: each a file, or ``ID``, ``ID@VERSION``, ``ID@YYYY-MM-DD``, ``ID@YYYY`` of a store.

    The comparison of two stored versions is kept in the store by the hashes of their bytes and of the reader. The bytes are read from the
    archive each time, so nothing is told of what was taken out of it. Raises ``WrongCall`` where there is no such file or name,
    ``HarvesterError`` for an unreadable file, ``StoreError`` for an unknown or lost version.
    """
    with ExitStack() as open_stores:
        found: Store | None = None
        payloads = []
        for name in (old, new):
            if not Path(name).exists() and found is None:
                identifier_of(name)
                found = open_stores.enter_context(opened(store))
            payloads.append(_payload(name, found))
        one, other = payloads
        if found is None or one.stored is None or other.stored is None:
            return _made(one, other, decisions)
        return _kept_or_made(found, one, other, decisions)


def compare_stored(store: Store, old: str, new: str, decisions: Decisions = NO_DECISIONS) -> Compared:
    """Return what changed between two documents of a store, named as ``compare_named`` has them; a name is never that of a file.

    Raises ``WrongCall`` for what is no name, ``StoreError`` for an unknown or lost version.
    """
    return _kept_or_made(store, _stored_payload(old, store), _stored_payload(new, store), decisions)


def _payload(name: str, store: Store | None) -> _Payload:
    path = Path(name)
    if store is None or path.exists():
        return _Payload(name, load(path), Hints(file_name=path.name))
    return _stored_payload(name, store)


def _stored_payload(name: str, store: Store) -> _Payload:
    stored = source(store, identifier_of(name, store))
    return _Payload(name, store.archive.read(stored.capture.location).body, hints_from_json(stored.publication.hints), stored)


def _made(old: _Payload, new: _Payload, decisions: Decisions) -> Compared:
    sides = [_derive(each, decisions) for each in (old, new)]
    comparison = compare(*sides)
    return Compared(_side(old, sides[0]), _side(new, sides[1]), comparison)


def _derive(payload: _Payload, decisions: Decisions) -> Derived:
    if payload.stored is None:
        return derive_payload(payload.body, payload.hints, decisions)
    try:  # what is stored was read within bounds when it came
        return derive(payload.body, payload.hints, decisions)
    except UnreadableError as error:
        raise HarvesterError(str(error)) from error


def _side(payload: _Payload, derived: Derived) -> Side:
    said, stored = derived.metadata, payload.stored
    return Side(
        name=payload.name,
        title=said.title or (stored.publication.title if stored else ""),
        document_number=said.document_number,
        issued_on=said.issued_on,
        published_on=said.published_on,
        source=stored.capture.url if stored else Path(payload.name).name,
        version=stored.version if stored else 0,
        fetched_on=stored.capture.fetched_at.astimezone(LOCAL).date() if stored else None,
        sha256=payload.sha256,
        text=derived.document.text,
    )


# --- the cache -------------------------------------------------------------------------------------------------------------


def _kept_or_made(store: Store, old: _Payload, new: _Payload, decisions: Decisions) -> Compared:
    """Return the comparison that the store keeps of two of its versions, else a new one, which it keeps then."""
    now = datetime.now(UTC)
    key = (old.key, new.key, reader_of(decisions))
    if any(payload.stored and comparisons.withdrawn(store, payload.stored.document) for payload in (old, new)):
        comparisons.forget(store, key[:2])
        return _made(old, new, decisions)
    known = _read(comparisons.kept(store, key, now))
    if known is not None:
        return replace(known, old=replace(known.old, name=old.name), new=replace(known.new, name=new.name), kept=True)
    made = _made(old, new, decisions)
    try:
        comparisons.keep(store, key, to_plain(_lean(made)), now)
    except LockedStore:
        return made  # a crawl is writing: the reader has the answer, and the next one makes it again
    return made


def _read(result: object) -> Compared | None:
    """Return a comparison as the store kept it, ``None`` for none or for one that another program wrote."""
    if result is None:
        return None
    try:
        return _full(from_plain(Compared, result))
    except (ValueError, KeyError):
        return None


def _lean(compared: Compared) -> Compared:
    """Return a comparison without the texts of units, which stand in the texts of the documents."""
    return _with_units(compared, full=False)


def _full(compared: Compared) -> Compared:
    return _with_units(compared, full=True)


def _with_units(compared: Compared, *, full: bool) -> Compared:
    def unit(one: Unit | None, text: str) -> Unit | None:
        return one and (_filled(one, text) if full else _emptied(one, text))

    old, new = compared.old.text, compared.new.text
    pairs = tuple(replace(pair, old=unit(pair.old, old), new=unit(pair.new, new)) for pair in compared.comparison.units)
    return replace(compared, comparison=replace(compared.comparison, units=pairs))


def _filled(unit: Unit, text: str) -> Unit:
    return unit if unit.text else replace(unit, text=text[unit.span.start : unit.span.end])


def _emptied(unit: Unit, text: str) -> Unit:
    return replace(unit, text="") if unit.text == text[unit.span.start : unit.span.end] else unit
