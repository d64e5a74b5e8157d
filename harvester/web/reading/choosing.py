"""What a text can be compared with: its other versions, drafts, editions and copies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harvester.web.reading.card import place_of
from storage import version_queries, work_queries
from storage.store import Store

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Choices:
    """A document with its versions, the last one first, and the documents it is tied to: ``why`` is a fixed word."""

    document: str
    title: str
    versions: tuple[Row, ...]
    others: tuple[Row, ...]


def choices_of(store: Store, document: str) -> Choices:
    """Return what a document can be compared with. Raises ``UnknownRecord``."""
    place = place_of(store, document)
    work = work_queries.show(store, document)
    others = [{"id": link["other"], "title": link["title"], "why": link["other_is"]} for link in work["links"]]
    others += [
        {"id": row["document"], "title": row["title"], "why": "copy"}
        for row in work["documents"]
        if row["document"] != document and row["state"] not in ("withdrawn", "repealed")
    ]
    versions = version_queries.versions(store, document)
    return Choices(document, versions[-1]["title"] or place["title"], tuple(versions[::-1]), tuple(others[:50]))
