"""Which versions an answer rests on: those in force, and of a work published in several places the copy to count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import CTE, ColumnElement, Connection, and_, case, exists, func, select

from storage.days import LOCAL
from storage.errors import UnknownRecord
from storage.schema import documents, sites, version_regions, versions
from storage.views import WHOLE

HIDDEN = ("withdrawn", "repealed")


@dataclass(frozen=True, slots=True)
class Filters:
    """What rows must hold. An empty filter holds nothing back.

    ``region`` is a GB/T 2260 code and covers what lies in it; ``agency`` any name or identifier of a body; ``role`` one of
    ``lead``, ``partner``, ``responsible``, ``implied``; ``due_from`` and ``due_to`` inclusive days of a deadline's end;
    ``document`` an identifier, ``ID`` or ``ID@VERSION``; ``document_kind`` one of
    ``normalizers.records.DocumentKind``; ``words`` a search; ``all_copies`` every copy of a work.
    """

    site: str = ""
    region: str = ""
    agency: str = ""
    role: str = ""
    due_from: date | None = None
    due_to: date | None = None
    document: str = ""
    document_kind: str = ""
    words: str = ""
    as_of: date | None = None
    all_copies: bool = False
    limit: int | None = None


NO_FILTERS = Filters()


def chosen_versions(filters: Filters) -> CTE:
    """Return the versions an answer rests on.

    Columns: ``document_id``, ``version``, ``work_id``, ``copies`` of the work among those asked for, and ``copy``, 1 for the one to count.
    """
    d, v = documents.c, versions.c
    current = v.number == d.version if filters.as_of is None else v.number == _in_force(filters.as_of)
    identifier, _, number = filters.document.partition("@")
    if number:
        current = v.number == (int(number) if number.isdecimal() else 0)
    fullest = func.max(v.task_count).over(partition_by=d.work_id)
    inner = (
        select(
            d.id.label("document_id"),
            v.number.label("version"),
            d.work_id,
            case((v.task_count > 0, 0), else_=1).label("unread"),
            case((_own_region(), 0), else_=1).label("reprint"),
            case((v.task_count * WHOLE >= fullest * (WHOLE - 1), 0), else_=1).label("part"),
            func.coalesce(v.published_on, d.listed_on, v.in_force_from).label("day"),
            d.kind,
        )
        .join(versions, v.document_id == d.id)
        .where(current, *_places(filters, identifier))
        .subquery()
    )
    i = inner.c
    order = (i.unread, i.reprint, i.part, i.day, i.kind, i.document_id)
    copy = func.row_number().over(partition_by=i.work_id, order_by=order).label("copy")
    copies = func.count().over(partition_by=i.work_id).label("copies")
    ranked = select(i.document_id, i.version, i.work_id, copy, copies).subquery()
    query = select(ranked)
    if not filters.all_copies:
        query = query.where(ranked.c.copy == 1)
    return query.cte("chosen")


def _places(filters: Filters, identifier: str) -> list[ColumnElement[bool]]:
    d = documents.c
    wanted: list[ColumnElement[bool]] = []
    if identifier:
        wanted.append(d.id == identifier)
    elif filters.as_of is None:
        wanted.append(d.state.not_in(HIDDEN))
    else:
        wanted.append(d.state.not_in(HIDDEN) | (d.state_since > _end_of(filters.as_of)))
    if filters.site:
        wanted.append(d.site == filters.site)
    if filters.region:
        r = version_regions.c
        wanted.append(
            exists().where(
                r.document_id == d.id, r.version == versions.c.number, r.region.startswith(stem_of(filters.region), autoescape=True)
            )
        )
    return wanted


def stem_of(region: str) -> str:
    """Return the digits that all places in a region share: two for a province, four for a city (GB/T 2260)."""
    stem = region
    while len(stem) > 2 and stem.endswith("00"):
        stem = stem[:-2]
    return stem


def _own_region() -> ColumnElement[bool]:
    s, r = sites.c, version_regions.c
    own = exists().where(s.id == documents.c.site, s.region != "", r.document_id == documents.c.id, r.version == versions.c.number)
    return own.where(r.position == 0, r.region == s.region)


def _in_force(day: date) -> ColumnElement[int]:
    other = versions.alias("other")
    query = select(func.max(other.c.number)).where(other.c.document_id == documents.c.id, other.c.in_force_from <= day)
    return query.correlate(documents).scalar_subquery()


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), LOCAL).astimezone(UTC)


def current_version(connection: Connection, identifier: str) -> tuple[str, int]:
    """Return document and version of ``ID``, ``ID@VERSION`` or a task's identifier. Raises ``UnknownRecord``."""
    document, _, number = identifier.partition("@")
    if "." in document:
        document, number = document.split(".")[:2]
    d, v = documents.c, versions.c
    query = select(v.document_id, v.number).join(documents, d.id == v.document_id).where(d.id == document)
    query = query.where(v.number == int(number)) if number.isdecimal() and len(number) < 9 else query.where(v.number == d.version)
    row = connection.execute(query).one_or_none() if not number or number.isdecimal() else None
    if row is None:
        raise UnknownRecord(f"There is nothing called {identifier} in the store: list what there is with `harvester documents`.")
    return row[0], row[1]


def region_of(v: Any) -> ColumnElement[bool]:  # noqa: ANN401 -- a collection of columns
    """Return the condition that a row of ``version_regions`` is the home region of a version."""
    r = version_regions.c
    return and_(r.document_id == v.document_id, r.version == v.number, r.position == 0)
