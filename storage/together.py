"""Several documents in one transaction: what a crawl brings faster than one after the other is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from normalizers.records import Derived
from storage import ingest
from storage.records import CaptureRow, Differ, Effect, Publication
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Incoming:
    """One captured document with all that was derived from it, as ``Store.ingest`` takes it."""

    capture: CaptureRow
    publication: Publication
    derived: Derived
    etag: str | None = None
    last_modified: str | None = None
    differ: Differ | None = None


def ingest_together(store: Store, run: str, documents: Sequence[Incoming]) -> list[Effect]:
    """Store documents as ``Store.ingest`` does, in their order, all or none of them, and return what each did.

    Raises what ``Store.ingest`` does; then none of them is stored.
    """
    with store.writing() as connection:
        return [
            ingest.write_document(
                connection,
                run,
                each.capture,
                each.publication,
                each.derived,
                {"etag": each.etag, "last_modified": each.last_modified},
                differ=each.differ,
            )
            for each in documents
        ]
