"""Several documents in one transaction: what a crawl brings faster than one after the other is written."""

from __future__ import annotations

from collections.abc import Sequence

from storage import ingest
from storage.records import Effect, Incoming
from storage.store import Store


def ingest_together(store: Store, run: str, documents: Sequence[Incoming]) -> list[Effect]:
    """Store documents as ``Store.ingest`` does, in their order, all or none of them, and return what each did.

    Raises what ``Store.ingest`` does; then none of them is stored.
    """
    with store.writing() as connection:
        return ingest.write_documents(connection, run, documents)
