"""What a page tells of a document beside its text: what it says of itself, where it stands, what it belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import case, select

from harvester.naming import identifier_of
from storage import explain, version_queries, work_queries
from storage.editions import in_force
from storage.engine import rows
from storage.errors import UnknownRecord
from storage.schema import documents, versions
from storage.store import Store

Row = dict[str, Any]

DIGITS = 9
"""Digits of the greatest number that a version can have; no database takes more of them as a number than it has room for."""
MOST = 200
"""Copies, files, references of one kind that are read."""


@dataclass(frozen=True, slots=True)
class Card:
    """A document in one of its versions.

    ``place`` is its row of ``documents``, ``said`` the version's own (without its text), ``versions`` all of them with
    ``changes``, ``copies`` other places of the same text, ``links`` drafts, editions and divisions, ``references`` and ``cited_by`` both
    ways, ``parent`` and ``files`` of a page, ``latest`` whether the version is the last one.
    """

    place: Mapping[str, Any]
    said: Mapping[str, Any]
    versions: tuple[Row, ...] = ()
    issuers: tuple[Row, ...] = ()
    regions: tuple[str, ...] = ()
    clock: Mapping[str, Any] = field(default_factory=dict)
    copies: tuple[Row, ...] = ()
    links: tuple[Row, ...] = ()
    references: tuple[Row, ...] = ()
    cited_by: tuple[Row, ...] = ()
    parent: Mapping[str, Any] | None = None
    files: tuple[Row, ...] = ()
    moved_to: Mapping[str, Any] | None = None
    capture: Row = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The document's identifier."""
        return str(self.place["id"])

    @property
    def number(self) -> int:
        """The version's number."""
        return int(self.said["number"])

    @property
    def latest(self) -> bool:
        """Tell whether this is the last version."""
        return self.number == int(self.place["version"])

    @property
    def title(self) -> str:
        """The title of the version, else as its list has it."""
        return str(self.said["title"] or self.place["title"])


def place_of(store: Store, document: str) -> Row:
    """Return the row of a document. Raises ``UnknownRecord``."""
    with store.reading() as connection:
        found = rows(connection.execute(select(documents).where(documents.c.id == document)))
    if not found:
        raise UnknownRecord(f"There is no document {document} in the store: try the box above, or /documents.")
    return found[0]


def version_at(store: Store, document: str, at: str) -> int:
    """Return the number of the version that ``at`` names: a number, a day or nothing for the last. Raises ``UnknownRecord``."""
    if "-" in at:
        try:
            return in_force(store, document, date.fromisoformat(at))
        except ValueError:
            raise UnknownRecord(f"{at} is no day of the calendar: write /d/{document}@2025-06-30.") from None
    if not at:
        return int(place_of(store, document)["version"])
    if len(at) > DIGITS:
        raise _no_version(document, at)
    name = identifier_of(f"{document}@{at}", store)
    at = name.partition("@")[2] or at
    number = int(at)
    with store.reading() as connection:
        v = versions.c
        known = connection.execute(select(v.number).where(v.document_id == document, v.number == number)).first()
    if known is None:
        raise _no_version(document, at)
    return number


def _no_version(document: str, at: str) -> UnknownRecord:
    return UnknownRecord(f"There is no version {at[:DIGITS]} of {document}: its versions are at /d/{document}/history.")


def numbers_of(store: Store, document: str) -> list[int]:
    """Return the numbers of a document's versions, in order."""
    v = versions.c
    with store.reading() as connection:
        return list(connection.execute(select(v.number).where(v.document_id == document).order_by(v.number)).scalars())


def card_of(store: Store, document: str, number: int) -> Card:
    """Return all that a page tells of a version. Raises ``UnknownRecord``."""
    told = explain.version(store, document, number)
    place = told["document"]
    work = work_queries.show(store, document)
    copies = [row for row in work["documents"] if row["document"] != document and row["state"] != "withdrawn"]
    files = _files_of(store, document)
    titles = titles_of(store, [*(row["target"] for row in told["references"][:MOST]), *files, place["parent_id"], place["moved_to"]])
    return Card(
        place=place,
        said=told["version"],
        versions=tuple(version_queries.versions(store, document)),
        issuers=tuple(told["issuers"]),
        regions=tuple(told["regions"]),
        clock=told["clock"] or {},
        copies=tuple(copies[:MOST]),
        links=tuple(work["links"]),
        references=tuple(_with_titles(told["references"][:MOST], titles)),
        cited_by=tuple(told["referenced_by"][:MOST]),
        parent=titles.get(place["parent_id"]),
        files=tuple(titles[each] for each in files if each in titles),
        moved_to=titles.get(place["moved_to"]),
        capture=told["capture"],
    )


def _with_titles(references: list[Row], titles: Mapping[str | None, Row]) -> list[Row]:
    """Return references, each document once a relation, those that are here first; with the title of what is here."""
    known: dict[tuple[str, str, str], Row] = {}
    for row in references:
        known.setdefault((row["relation"], row["number"], row["title"]), row)
    found = [row | {"target_title": titles[row["target"]]["title"] if row["target"] in titles else ""} for row in known.values()]
    return sorted(found, key=lambda row: (row["target"] is None, row["position"]))


def titles_of(store: Store, ids: Iterable[str | None]) -> dict[str | None, Row]:
    """Return documents that are not withdrawn by their identifiers."""
    d, v = documents.c, versions.c
    wanted = {each for each in ids if each}
    if not wanted:
        return {}
    title = case((v.title != "", v.title), else_=d.title).label("title")
    query = select(d.id, d.kind, d.state, d.url, d.version, title, v.document_number, v.task_count.label("tasks"), v.format)
    query = query.join(versions, (v.document_id == d.id) & (v.number == d.version)).where(d.id.in_(wanted), d.state != "withdrawn")
    with store.reading() as connection:
        return {row["id"]: row for row in rows(connection.execute(query))}


def _files_of(store: Store, document: str) -> list[str]:
    d = documents.c
    with store.reading() as connection:
        return list(connection.execute(select(d.id).where(d.parent_id == document).order_by(d.id).limit(MOST)).scalars())
