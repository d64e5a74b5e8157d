"""Records that stood in documents: which of them a later reading of their document still names.

A document is read whole or not at all, so what a reading does not name any more is missing from it; the take-down confirms that by
another reading on another day. A document that is gone, which is confirmed by another day as well, takes its records with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from storage import notice_clocks
from storage.days import local_day
from storage.identity import document_id
from storage.notice_rows import notice_id
from storage.notice_schema import notices
from storage.records import TakedownReason
from storage.schema import documents, sightings
from storage.store import Store
from storage.tombstones import bury, graves_of


def read(store: Store, run: str, site: str, section: str, key: str, tags: Iterable[str], at: datetime) -> None:
    """Note which records, by their keyed tags, a document names now; those that it named before and does not now are missing."""
    named = list(tags)
    ids = {notice_id(tag) for tag in named}
    n = notices.c
    if not named and not _holds_any(store, document_id(site, key)):
        return  # most documents: no transaction is spent on them
    with store.writing() as connection:
        notice_clocks.seen(connection, run, site, section, key, named, at)
        here = select(n.id).where(n.document_id == document_id(site, key), n.last_seen < at)
        missing = [each for each in connection.execute(here).scalars() if each not in ids]
        _miss(connection, missing, at)


def unchanged(store: Store, site: str, key: str, at: datetime) -> None:
    """Note that a document's site answered that nothing changed: it names what it named, and misses what it missed."""
    n = notices.c
    here = n.document_id == document_id(site, key)
    if not _holds_any(store, document_id(site, key)):
        return
    with store.writing() as connection:
        connection.execute(update(notices).where(here, n.missing_since.is_(None), n.last_seen < at).values(last_seen=at))
        connection.execute(update(notices).where(here, n.missing_since.is_not(None)).values(missing_last=at))


def bury_gone(store: Store, site: str, at: datetime) -> int:
    """Take down the records of documents that are gone, and of files whose page is; after a complete run only.

    Gone is confirmed by another day already (``storage.absences``). Returns how many records were shown until now.
    """
    n, d, page = notices.c, documents.c, documents.alias("page")
    here = (page.c.id == d.id) | (page.c.id == d.parent_id)
    gone = select(n.id).join(documents, d.id == n.document_id).join(page, here)
    gone = gone.where(page.c.site == site, page.c.state == "gone")
    with store.writing() as connection:
        ids = list(connection.execute(gone).scalars())
        return bury(connection, graves_of(connection, ids, TakedownReason.GONE, at, due_on=local_day(at))) if ids else 0


def listing(store: Store, site: str) -> frozenset[str]:
    """Return the keys of the articles of a site that list records which may be shown, or have a file that does."""
    d = documents.c
    query = select(d.key, d.parent_key).join(notices, notices.c.document_id == d.id).where(d.site == site).distinct()
    with store.reading() as connection:
        return frozenset(row.parent_key or row.key for row in connection.execute(query))


_ANY = select(notices.c.id).where(notices.c.document_id == bindparam("document")).limit(1)


def _holds_any(store: Store, document: str) -> bool:
    with store.reading() as connection:
        return connection.execute(_ANY, {"document": document}).first() is not None


def _miss(connection: Connection, ids: list[str], at: datetime) -> None:
    n = notices.c
    since: Any = func.coalesce(n.missing_since, at)
    for start in range(0, len(ids), 500):
        connection.execute(update(notices).where(n.id.in_(ids[start : start + 500])).values(missing_since=since, missing_last=at))


def retitle(store: Store, site: str, key: str, title: str) -> None:
    """Put the title that may be kept of a document in the place of the one that its list printed: it may name a firm."""
    with store.writing() as connection:
        s = sightings.c
        connection.execute(update(sightings).where(s.site == site, s.key == key, s.title != title).values(title=title))
