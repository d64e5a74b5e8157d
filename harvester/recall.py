"""What a crawl has to remember of earlier ones: the last payload of an address, files still owed, documents no list names any more."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, bindparam, select

from normalizers.records import Derived
from spiders.items import Cause, ListItem
from storage.errors import ArchiveError
from storage.identity import document_id
from storage.operations_schema import absences
from storage.records import ArchivedResponse, CaptureRow, Location, Publication, StoredSource
from storage.schema import captures, clocks, documents, failures, sightings, unread, versions
from storage.sources import current_source
from storage.store import Store

log = logging.getLogger(__name__)

PASSING = (
    Cause.TIMEOUT, Cause.DNS, Cause.TLS, Cause.REFUSED, Cause.CONNECTION, Cause.HTTP_ERROR, Cause.TRUNCATED, Cause.ERROR_PAGE,
    Cause.CHALLENGE, Cause.STOPPED,
)  # fmt: skip
"""Causes of a file's failure that another crawl may find gone."""

READING = (Cause.NO_BODY, Cause.PARSE)
"""Causes that lie in how a page is read here."""


@dataclass(frozen=True, slots=True)
class StoredItem:
    """A document in the store as its list named it."""

    section: str
    item: ListItem


def _last_place() -> Select[Any]:
    c = captures.c
    query = select(c.file, c.file_offset, c.file_length, c.sha256).where(c.url == bindparam("url"))
    return query.order_by(c.fetched_at.desc(), c.id.desc()).limit(1)


_LAST_PLACE = _last_place()


def last_place(store: Store, url: str) -> Location | None:
    """Return where the last response of an address stands in the archive, ``None`` when there is none."""
    with store.reading() as connection:
        row = connection.execute(_LAST_PLACE, {"url": url}).one_or_none()
    return None if row is None else Location(*row)


def last_response(store: Store, url: str) -> ArchivedResponse | None:
    """Return the last archived response of an address, with its payload, ``None`` when there is none or the archive lost it."""
    place = last_place(store, url)
    try:
        return None if place is None else store.archive.read(place)
    except ArchiveError as error:
        log.warning("%s is asked for in full: %s", url, error)
        return None


def earlier_payload(
    store: Store, publication: Publication, capture: CaptureRow, derived: Derived
) -> tuple[StoredSource, ArchivedResponse] | None:
    """Return the source and the payload of a stored version that a later capture would change, ``None`` where it would not.

    A payload that the archive lost cannot be read again: that is logged, and the version is compared as it was read.
    """
    found = current_source(store, document_id(publication.site, publication.key))
    if found is None:
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
    could not be kept (``parse``, formerly ``no-body-container``, of a file).
    """
    f, d, u = failures.c, documents.c, unread.c
    here = select(d.id).where(d.site == f.site, d.key == f.key).exists() | select(u.key).where(u.site == f.site, u.key == f.key).exists()
    passing = [str(cause) for cause in (*PASSING, Cause.UNREADABLE, Cause.PARSE, Cause.NO_BODY)]
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


def away_since(store: Store, site: str) -> dict[str, datetime]:
    """Return since when each document of a site that is gone or has moved does not answer, by key."""
    d = documents.c
    query = select(d.key, d.state_since).where(d.site == site, d.state != "live", d.state_since.is_not(None))
    with store.reading() as connection:
        return {row.key: row.state_since for row in connection.execute(query)}


def owed_new(store: Store, site: str, section: str, since: datetime) -> list[ListItem]:
    """Return the items that a list named from a moment on and that were not had since, though another crawl may have them.

    Those are new ones, and ones that were gone until their list named them again.
    """
    s, d, f, c = sightings.c, documents.c, failures.c, clocks.c
    no_article = f.cause.in_([str(cause) for cause in READING]) & (s.key.startswith("/") | s.key.startswith("http"))
    is_lasting = f.cause.not_in([str(cause) for cause in (*PASSING, *READING)]) | no_article
    lasting = select(f.id).where(f.site == s.site, f.key == s.key, f.at >= since, is_lasting).exists()
    back = (d.state != "live") & (s.last_seen > d.state_since) & (c.last_checked < d.state_since)
    joined = sightings.outerjoin(documents, (d.site == s.site) & (d.key == s.key)).outerjoin(clocks, c.document_id == d.id)
    query = select(s.key, s.url, s.title, s.listed_on).select_from(joined)
    query = query.where(s.site == site, s.section == section, s.last_seen >= since, d.id.is_(None) | back, ~lasting)
    with store.reading() as connection:
        rows = connection.execute(query.order_by(s.listed_on.desc(), s.key)).all()
    return [ListItem(row.key, row.url, row.title, _day(row.listed_on)) for row in rows if is_askable(row.url)]


def is_askable(url: str) -> bool:
    """Tell whether an address stands in the store as its list had it; of one that named a person only a part is kept."""
    return "#" not in url


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


def article_since(store: Store, site: str, key: str) -> datetime | None:
    """Return since when the article of a stored file is as it is: absent, in its state, or with its text, whichever is latest."""
    d, page, v, c, a = documents.c, documents.alias("page"), versions.c, captures.c, absences.c
    query = select(page.c.state_since, c.fetched_at, a.since).select_from(documents.join(page, page.c.id == d.parent_id))
    query = query.join(versions, (v.document_id == page.c.id) & (v.number == page.c.version)).join(captures, c.id == v.capture_id)
    query = query.outerjoin(absences, a.document_id == page.c.id).where(d.site == site, d.key == key)
    with store.reading() as connection:
        row = connection.execute(query).one_or_none()
    return max((moment for moment in row or () if moment is not None), default=None)


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else None
