"""What a crawl has to remember of earlier ones: the last payload of an address, files still owed, documents no list names any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from spiders.items import Cause, ListItem
from storage.records import ArchivedResponse, Location
from storage.schema import captures, documents, failures, unread
from storage.store import Store

PASSING = (Cause.TIMEOUT, Cause.CONNECTION, Cause.HTTP_ERROR, Cause.TRUNCATED, Cause.ERROR_PAGE, Cause.CHALLENGE, Cause.STOPPED)
"""Causes of a file's failure that another crawl may find gone."""


@dataclass(frozen=True, slots=True)
class StoredItem:
    """A document in the store as its list named it."""

    section: str
    item: ListItem


def last_response(store: Store, url: str) -> ArchivedResponse | None:
    """Return the last archived response of an address, with its payload, ``None`` when there is none."""
    c = captures.c
    query = select(c.file, c.file_offset, c.file_length, c.sha256).where(c.url == url).order_by(c.fetched_at.desc(), c.id.desc()).limit(1)
    with store.reading() as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else store.archive.read(Location(*row))


def owed_articles(store: Store, site: str) -> frozenset[str]:
    """Return the keys of articles of which a file failed for a passing cause and never came since.

    So did one that could not be read before such files were kept with what is needed to read them again (schema 0002).
    """
    f, d, u = failures.c, documents.c, unread.c
    here = select(d.id).where(d.site == f.site, d.key == f.key).exists() | select(u.key).where(u.site == f.site, u.key == f.key).exists()
    passing = [str(cause) for cause in (*PASSING, Cause.UNREADABLE)]
    query = select(f.key).where(f.site == site, f.kind == "attachment", f.cause.in_(passing), ~here).distinct()
    with store.reading() as connection:
        return frozenset(key.rsplit("/", 1)[0] for key in connection.execute(query).scalars())


def live_articles(store: Store, site: str, section: str) -> dict[str, StoredItem]:
    """Return the live articles stored from one section, by key."""
    d = documents.c
    query = select(d.key, d.url, d.title, d.listed_on).where(d.site == site, d.section == section, d.kind == "article", d.state == "live")
    with store.reading() as connection:
        rows = connection.execute(query).all()
    return {row.key: StoredItem(section, ListItem(row.key, row.url, row.title, _day(row.listed_on))) for row in rows}


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else None
