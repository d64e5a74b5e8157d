"""What a crawl has to remember of earlier ones: the last payload of an address, files still owed, documents no list names any more."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from normalizers.records import Derived
from spiders.items import Cause, ListItem
from storage.errors import ArchiveError, UnknownRecord
from storage.identity import document_id
from storage.records import ArchivedResponse, CaptureRow, Location, Publication, StoredSource
from storage.schema import captures, documents, failures, unread
from storage.sources import source
from storage.store import Store

log = logging.getLogger(__name__)

PASSING = (Cause.TIMEOUT, Cause.CONNECTION, Cause.HTTP_ERROR, Cause.TRUNCATED, Cause.ERROR_PAGE, Cause.CHALLENGE, Cause.STOPPED)
"""Causes of a file's failure that another crawl may find gone."""


@dataclass(frozen=True, slots=True)
class StoredItem:
    """A document in the store as its list named it."""

    section: str
    item: ListItem


def last_response(store: Store, url: str) -> ArchivedResponse | None:
    """Return the last archived response of an address, with its payload, ``None`` when there is none or the archive lost it."""
    c = captures.c
    query = select(c.file, c.file_offset, c.file_length, c.sha256).where(c.url == url).order_by(c.fetched_at.desc(), c.id.desc()).limit(1)
    with store.reading() as connection:
        row = connection.execute(query).one_or_none()
    try:
        return None if row is None else store.archive.read(Location(*row))
    except ArchiveError as error:
        log.warning("%s is asked for in full: %s", url, error)
        return None


def earlier_payload(
    store: Store, publication: Publication, capture: CaptureRow, derived: Derived
) -> tuple[StoredSource, ArchivedResponse] | None:
    """Return the source and the payload of a stored version that a later capture would change, ``None`` where it would not.

    A payload that the archive lost cannot be read again: that is logged, and the version is compared as it was read.
    """
    try:
        found = source(store, document_id(publication.site, publication.key))
    except UnknownRecord:
        return None
    same = found.content_hash == derived.content_hash or found.capture.location.sha256 == capture.location.sha256
    if same or capture.fetched_at < found.capture.fetched_at:
        return None
    try:
        return found, store.archive.read(found.capture.location)
    except ArchiveError as error:
        log.warning("%s is compared with what was read of it formerly: %s", publication.url, error)
        return None


def owed_articles(store: Store, site: str) -> frozenset[str]:
    """Return the keys of articles of which a file failed for a passing cause and never came since.

    So did one that could not be read before such files were kept with what is needed to read them again (schema 0002), and one that
    could not be kept (``no-body-container`` of a file).
    """
    f, d, u = failures.c, documents.c, unread.c
    here = select(d.id).where(d.site == f.site, d.key == f.key).exists() | select(u.key).where(u.site == f.site, u.key == f.key).exists()
    passing = [str(cause) for cause in (*PASSING, Cause.UNREADABLE, Cause.NO_BODY)]
    query = select(f.key).where(f.site == site, f.kind == "attachment", f.cause.in_(passing), ~here).distinct()
    with store.reading() as connection:
        return frozenset(key.rsplit("/", 1)[0] for key in connection.execute(query).scalars())


def live_articles(store: Store, site: str, section: str = "") -> dict[str, StoredItem]:
    """Return the live articles stored from one section, or from all, by key."""
    d = documents.c
    query = select(d.key, d.url, d.title, d.listed_on, d.section).where(d.site == site, d.kind == "article", d.state == "live")
    with store.reading() as connection:
        rows = connection.execute(query.where(d.section == section) if section else query).all()
    return {row.key: StoredItem(row.section, ListItem(row.key, row.url, row.title, _day(row.listed_on))) for row in rows}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A live file in the store: its key and its article's, where it was, and whether that article is live, too."""

    key: str
    parent_key: str
    section: str
    url: str
    of_live: bool


def live_files(store: Store, site: str) -> list[StoredFile]:
    """Return the live files of a site, by key; what is a file of an archive stands for itself."""
    d, page = documents.c, documents.alias("page")
    query = select(d.key, d.parent_key, d.section, d.url, (page.c.state == "live").label("of_live"))
    query = query.select_from(documents.join(page, page.c.id == d.parent_id))
    with store.reading() as connection:
        found = connection.execute(query.where(d.site == site, d.state == "live", d.kind == "attachment").order_by(d.key))
        return [StoredFile(row.key, row.parent_key, row.section, row.url, bool(row.of_live)) for row in found]


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else None
