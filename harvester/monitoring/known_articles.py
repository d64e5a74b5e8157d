"""Stored articles that tell most of a template: the latest of a section, and the latest with files and with a document number."""

from __future__ import annotations

from sqlalchemy import Select, exists, select

from spiders.items import ListItem
from storage.schema import documents, versions
from storage.store import Store


def telling_articles(store: Store, site: str, section: str) -> list[ListItem]:
    """Return up to three live articles of a section, each once."""
    d, v, child = documents.c, versions.c, documents.alias("child")
    has_files = exists().where(child.c.parent_id == d.id, child.c.state == "live")
    base = select(d.key, d.url, d.title, d.listed_on).join(versions, (v.document_id == d.id) & (v.number == d.version))
    base = base.where(d.site == site, d.section == section, d.kind == "article", d.state == "live")
    base = base.order_by(d.listed_on.desc(), d.id).limit(1)
    queries: tuple[Select[tuple[str, str, str, str]], ...] = (base, base.where(has_files), base.where(v.document_number != ""))
    found: dict[str, ListItem] = {}
    with store.reading() as connection:
        for query in queries:
            for row in connection.execute(query):
                found.setdefault(row.key, ListItem(row.key, row.url, row.title))
    return list(found.values())
