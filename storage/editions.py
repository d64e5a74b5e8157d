"""Which version of a document was in force on a day, and which document is the edition of a year of the same plan."""

from __future__ import annotations

import re
from datetime import date

from sqlalchemy import Connection, func, or_, select

from storage.change_schema import document_links
from storage.errors import UnknownRecord
from storage.schema import documents, versions
from storage.store import Store

FARTHEST = 50
"""Editions that are looked at on the way to a year: no plan has had more."""

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")


def in_force(store: Store, document: str, day: date) -> int:
    """Return the number of the version that a document's source showed on a day. Raises ``UnknownRecord``."""
    v = versions.c
    with store.reading() as connection:
        rows = connection.execute(select(v.number, v.in_force_from).where(v.document_id == document).order_by(v.number)).all()
    if not rows:
        raise UnknownRecord(f"There is no document {document} in the store: list what there is with `harvester documents`.")
    shown = [row.number for row in rows if row.in_force_from <= day]
    if not shown:
        first = rows[0].in_force_from
        raise UnknownRecord(f"{document} was not published yet on {day}, only on {first}: name a later day, or {document}@1.")
    return int(max(shown))


def of_year(store: Store, document: str, year: int) -> str:
    """Return the document that is the edition of ``year`` of the same plan: itself, or one tied to it by links between editions.

    Copies of an edition stand for it. The year of a document is the first in its title, else that of its plan's period, of its date of
    issue or of publication. Raises ``UnknownRecord`` and names the years there are.
    """
    with store.reading() as connection:
        years = _editions(connection, document)
    if not years:
        raise UnknownRecord(f"There is no document {document} in the store: list what there is with `harvester documents`.")
    meant = [each for each, its_year in years.items() if its_year == year]
    if meant:
        return meant[0]
    known = ", ".join(map(str, sorted({its_year for its_year in years.values() if its_year})))
    raise UnknownRecord(
        f"No edition of {document} of the year {year} is known, only of {known}: tie one with `harvester works tie A B --as edition`."
    )


def _editions(connection: Connection, document: str) -> dict[str, int]:
    """Return the editions within reach and their years, the nearest first."""
    years: dict[str, int] = {}
    waiting = [document]
    while waiting and len(years) < FARTHEST:
        found = _years(connection, [each for each in waiting if each not in years])
        years |= found
        waiting = _neighbours(connection, list(found))
    return years


def _neighbours(connection: Connection, some: list[str]) -> list[str]:
    """Return what stands beside documents: other editions, and other copies of the same text; editions first."""
    c, d = document_links.c, documents.c
    links = select(c.document_id, c.other_id).where(c.relation == "edition", or_(c.document_id.in_(some), c.other_id.in_(some)))
    ends = [end for row in connection.execute(links.order_by(c.document_id, c.other_id)) for end in row]
    works = select(d.work_id).where(d.id.in_(some))
    copies = connection.execute(select(d.id).where(d.work_id.in_(works)).order_by(d.id)).scalars()
    return list(dict.fromkeys([*(end for end in ends if end not in some), *(copy for copy in copies if copy not in some)]))


def _years(connection: Connection, some: list[str]) -> dict[str, int]:
    """Return the years of documents, in the order asked for."""
    d, v = documents.c, versions.c
    columns = (
        d.id,
        func.coalesce(func.nullif(v.title, ""), d.title).label("title"),
        v.plan_start,
        v.issued_on,
        v.published_on,
        d.listed_on,
    )
    query = select(*columns).join(versions, (v.document_id == d.id) & (v.number == d.version)).where(d.id.in_(some))
    found = {row.id: _year(row.title, row.plan_start, row.issued_on, row.published_on, row.listed_on) for row in connection.execute(query)}
    return {each: found[each] for each in some if each in found}


def _year(title: str, *days: date | None) -> int:
    named = _YEAR.search(title)
    return int(named[1]) if named else next((day.year for day in days if day), 0)
