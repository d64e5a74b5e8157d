"""What a citation needs of a stored document."""

from __future__ import annotations

from sqlalchemy import select

from harvester import addresses
from harvester.citing import Cited
from harvester.errors import HarvesterError
from harvester.naming import identifier_of
from storage.engine import rows
from storage.schema import documents, sites, version_issuers, versions
from storage.selection import current_version
from storage.store import Store


def cited_document(store: Store, name: str, base: str = "", *, part: str = "", part_words: str = "") -> Cited:
    """Return what is cited of a stored document: ``ID``, ``ID@VERSION``, ``ID@YYYY-MM-DD``; ``part`` is a clause's address.

    ``base`` (``https://host``) goes before our lasting address, which names the version that was read. Raises
    ``UnknownRecord``, ``WrongCall``, and ``HarvesterError`` for a document that was withdrawn.
    """
    d, v, i = documents.c, versions.c, version_issuers.c
    with store.reading() as connection:
        document, number = current_version(connection, identifier_of(name, store))
        names = (
            d.url,
            d.title.label("listed"),
            d.state,
            sites.c.name.label("site"),
            v.title,
            v.document_number,
            v.published_on,
            v.issued_on,
        )
        query = select(*names).join(versions, v.document_id == d.id).outerjoin(sites, sites.c.id == d.site)
        row = rows(connection.execute(query.where(d.id == document, v.number == number)))[0]
        said = select(i.name, i.mention).where(i.document_id == document, i.version == number).order_by(i.position)
        authors = tuple(dict.fromkeys(each.name or each.mention for each in connection.execute(said)))
    if row["state"] == "withdrawn":
        raise HarvesterError(f"{document} was withdrawn by its publisher; nothing of it is cited.")
    return Cited(
        key=f"{document}v{number}",
        title=row["title"] or row["listed"],
        number=row["document_number"],
        authors=authors,
        published=row["published_on"] or row["issued_on"],
        part=part_words,
        version=number,
        address=base.rstrip("/") + addresses.document(document, version=number, part=part),
        source=row["url"],
        site=row["site"] or "",
    )
