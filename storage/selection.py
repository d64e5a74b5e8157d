"""Which versions an answer rests on: those in force, and of a work published in several places the copy to count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, Connection, Select, and_, case, exists, func, or_, select

from storage.change_schema import changes
from storage.days import AHEAD, ahead, end_of
from storage.errors import RefusedQuestion, UnknownRecord
from storage.schema import documents, sites, tasks, version_regions, versions
from storage.views import WHOLE

HIDDEN = ("withdrawn", "repealed")


@dataclass(frozen=True, slots=True)
class Filters:
    """What rows must hold. An empty filter holds nothing back.

    ``region`` is a GB/T 2260 code and covers what lies in it; ``agency`` any name or identifier of a body; ``role`` one of
    ``lead``, ``partner``, ``responsible``, ``implied``; ``due_from`` and ``due_to`` inclusive days of a deadline's end;
    ``document`` an identifier, ``ID`` or ``ID@VERSION``; ``kind`` of a document one of
    ``normalizers.records.DocumentKind``; ``year`` that of the day of publication; ``deadline_kind`` one of
    ``normalizers.records.DeadlineKind``, ``none`` also of tasks without a deadline; ``words`` a search;
    ``all_copies`` every copy of a work. ``as_of`` is a day: what the sources said on it; ``known_at`` a moment: as far as the store knew
    by then. Works are always those of today.
    """

    site: str = ""
    region: str = ""
    agency: str = ""
    role: str = ""
    due_from: date | None = None
    due_to: date | None = None
    document: str = ""
    kind: str = ""
    year: int | None = None
    deadline_kind: str = ""
    words: str = ""
    as_of: date | None = None
    known_at: datetime | None = None
    all_copies: bool = False
    limit: int | None = None


NO_FILTERS = Filters()


def chosen_versions(filters: Filters, among: Select[Any] | None = None) -> CTE:
    """Return the versions an answer rests on; ``among`` gives the documents to look at, all copies of a work or none, else all are.

    Columns: ``document_id``, ``version``, ``state`` of the document at the time asked for, ``work_id``, ``copies`` of the work among
    those asked for, and ``copy``, 1 for the one to count.
    """
    d, v = documents.c, versions.c
    current = v.number == in_force(filters) if is_past(filters) else v.number == d.version
    identifier, _, number = filters.document.partition("@")
    if number:
        current = v.number == (int(number) if number.isdecimal() else 0)
    fullest = func.max(v.task_count).over(partition_by=d.work_id)
    inner = (
        select(
            d.id.label("document_id"),
            v.number.label("version"),
            d.work_id,
            state_of(filters).label("state"),
            case((v.task_count > 0, 0), else_=1).label("unread"),
            case((_own_region(), 0), else_=1).label("reprint"),
            case((v.task_count * WHOLE >= fullest * (WHOLE - 1), 0), else_=1).label("part"),
            func.coalesce(v.published_on, d.listed_on, v.in_force_from).label("day"),
            d.kind,
        )
        .join(versions, v.document_id == d.id)
        .where(current, *_places(filters, identifier), *([d.id.in_(among)] if among is not None else []))
        .subquery()
    )
    i = inner.c
    order = (i.unread, i.reprint, i.part, i.day, i.kind, i.document_id)
    copy = func.row_number().over(partition_by=i.work_id, order_by=order).label("copy")
    copies = func.count().over(partition_by=i.work_id).label("copies")
    ranked = select(i.document_id, i.version, i.state, i.work_id, copy, copies).subquery()
    query = select(ranked)
    if not filters.all_copies:
        query = query.where(ranked.c.copy == 1)
    return query.cte("chosen")


def _places(filters: Filters, identifier: str) -> list[ColumnElement[bool]]:
    d = documents.c
    wanted: list[ColumnElement[bool]] = []
    if identifier:
        wanted.append(d.id == identifier)
    else:
        wanted.append(state_of(filters).not_in(HIDDEN))
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


def is_past(filters: Filters) -> bool:
    """Tell whether a question is about another time than now."""
    return filters.as_of is not None or filters.known_at is not None


def check_known(filters: Filters) -> None:
    """Raise ``RefusedQuestion`` for a question about a day or moment that lies ahead: its answer would not stay what it is."""
    for asked in (filters.as_of, filters.known_at):
        if asked and (today := ahead(asked)):
            raise RefusedQuestion(AHEAD.format(day=asked, today=today))


def in_force(filters: Filters) -> ColumnElement[int]:
    """Return the number of the last version said by the day and known by the moment that are asked for; NULL where there is none."""
    other = versions.alias("other")
    query = select(func.max(other.c.number)).where(other.c.document_id == documents.c.id)
    query = query.where(other.c.in_force_from <= filters.as_of) if filters.as_of else query
    query = query.where(other.c.known_at <= filters.known_at) if filters.known_at else query
    return query.correlate(documents).scalar_subquery()


def state_of(filters: Filters) -> ColumnElement[str]:
    """Return the state of a document at the time asked for: what it was before the first change of it that came later.

    Where the feed does not reach back so far, a state that was found later counts as not found yet.
    """
    d, c = documents.c, changes.c
    if not is_past(filters):
        return d.state
    later = [c.as_of > filters.as_of] if filters.as_of else []
    later += [c.known_at > filters.known_at] if filters.known_at else []
    before = c.before["state"].as_string()
    query = select(before).where(c.entity == "document", c.document_id == d.id, before.is_not(None), or_(*later))
    first = query.order_by(c.seq).limit(1).correlate(documents).scalar_subquery()
    ends = [end_of(filters.as_of)] if filters.as_of else []
    ends += [filters.known_at] if filters.known_at else []
    found_later = case((d.state_since > min(ends), "live"), else_=d.state)
    # Most documents never were in another state, and to look for one is what takes time.
    return case((and_(d.state == "live", d.state_since.is_(None)), "live"), else_=func.coalesce(first, found_later))


def current_version(connection: Connection, identifier: str) -> tuple[str, int]:
    """Return document and version of ``ID``, ``ID@VERSION``, a task's identifier or its lasting one. Raises ``UnknownRecord``."""
    document, _, number = identifier.partition("@")
    if "." in document:
        document, number = document.split(".")[:2]
        if number.startswith("k"):
            number = _holding(connection, identifier)
    d, v = documents.c, versions.c
    query = select(v.document_id, v.number).join(documents, d.id == v.document_id).where(d.id == document)
    query = query.where(v.number == int(number)) if number.isdecimal() and len(number) < 9 else query.where(v.number == d.version)
    row = connection.execute(query).one_or_none() if not number or number.isdecimal() else None
    if row is None:
        raise UnknownRecord(f"There is nothing called {identifier} in the store: list what there is with `harvester documents`.")
    return row[0], row[1]


def _holding(connection: Connection, lasting: str) -> str:
    """Return the last version that has the task of a lasting identifier, empty where there is none."""
    t = tasks.c
    return str(connection.execute(select(func.max(t.version)).where(t.lasting_id == lasting)).scalar() or "0")


def region_of(v: Any) -> ColumnElement[bool]:  # noqa: ANN401 -- a collection of columns
    """Return the condition that a row of ``version_regions`` is the home region of a version."""
    r = version_regions.c
    return and_(r.document_id == v.document_id, r.version == v.number, r.position == 0)
