"""Documents that are missing at their source and not gone yet: the second look, on another day (Asia/Shanghai), makes them so.

A document is absent from the day on which nothing named it any more and its address answered 404 or 410. A run on another day asks the
address again: missing once more, it is gone; any answer, or a list that names it, ends the absence.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, insert, select

from storage import ingest
from storage.days import local_day
from storage.identity import document_id
from storage.operations_schema import absences
from storage.schema import documents
from storage.store import Store


def absent(store: Store, site: str) -> dict[str, datetime]:
    """Return since when each absent document of a site is missing, by key."""
    a, d = absences.c, documents.c
    query = select(d.key, a.since).join(documents, d.id == a.document_id).where(d.site == site)
    with store.reading() as connection:
        return {row.key: row.since for row in connection.execute(query)}


def missing(store: Store, site: str, key: str, at: datetime, run: str) -> bool:
    """Note that a document is missing at ``at``, and return whether it is gone by that: it was missing on an earlier day, too.

    A document that is not stored, or gone already, is left as it is.
    """
    document = document_id(site, key)
    with store.writing() as connection:
        live = select(documents.c.id).where(documents.c.id == document, documents.c.state == "live")
        if connection.execute(live).one_or_none() is None:
            return False
        here = absences.c.document_id == document
        since = connection.execute(select(absences.c.since).where(here)).scalar_one_or_none()
        if since is None:
            connection.execute(insert(absences), [{"document_id": document, "since": at, "run": run}])
        elif is_confirmed(since, at):
            ingest.mark_gone(connection, document, at, run)
            connection.execute(delete(absences).where(here))
            return True
    return False


def is_confirmed(since: datetime, at: datetime) -> bool:
    """Tell whether a second look at ``at`` is one on another day than the first."""
    return local_day(since) < local_day(at)


def end(store: Store, site: str, keys: Iterable[str]) -> None:
    """End the absence of documents: their site named them or answered."""
    ids = [document_id(site, key) for key in keys]
    if not ids:
        return
    with store.writing() as connection:
        connection.execute(delete(absences).where(absences.c.document_id.in_(ids)))
