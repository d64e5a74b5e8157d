"""Keep the lines (``line_schema``) right: what lists show of the present, in reading order.

Triggers note what a transaction touches (``line_triggers``), and ``refresh`` at its end makes the lines of that again: those of the
documents themselves, and of every work they belong to or left which copy counts. Which one does is told by
``selection.chosen_versions``; a test holds the two against each other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, func, or_, select, text

from storage import line_writing, search
from storage.batches import batches
from storage.change_schema import changes
from storage.choosing import Choice, Mark, Member, Times, choices
from storage.days import local_day
from storage.errors import StoreError
from storage.line_schema import document_lines, line_choices, line_counts, line_numbers, task_line_agencies, task_lines, touched_documents
from storage.places import LAST, SEQUENCE_BITS, first_line
from storage.row_writing import insert_rows, upsert
from storage.schema import documents, sites, version_regions, versions

_SOME: Any = bindparam("some", expanding=True)
_T = touched_documents.c
_TOUCHED = select(_T.document_id).limit(1)
_TAKE = delete(touched_documents).returning(_T.document_id, _T.work_id)
_PLACES = select(document_lines.c.place).where(document_lines.c.document_id.in_(_SOME))
_TAKEN = select(line_numbers.c.line).where(line_numbers.c.line.in_(_SOME))
_CHOICES = select(line_choices).where(line_choices.c.place.in_(_SOME))
_BULK = 400
_CACHE = 262_144
"""Kilobytes that SQLite may keep of the file in memory while all lines are made."""


def refresh(connection: Connection) -> None:
    """Make the lines right of all that was touched since the last time. It costs nothing where nothing was."""
    if connection.execute(_TOUCHED).one_or_none() is None:
        return
    touched = connection.execute(_TAKE).all()
    _line(connection, {row.document_id for row in touched})
    _choose(connection, {row.work_id for row in touched})


def rebuild(connection: Connection, tell: Callable[[str, int], object] = lambda what, done: None) -> int:
    """Make all lines again from documents, versions and works, and return how many documents there are. Line numbers stay.

    ``tell`` is told now and then what was made of how many documents.
    """
    if connection.dialect.name == "sqlite":
        # Bodies and places come in no order of the disk: by the 2 MB that SQLite keeps of itself every row would be written many times.
        connection.exec_driver_sql(f"PRAGMA cache_size = -{_CACHE}")
    for table in (task_line_agencies, task_lines, line_counts, line_choices, document_lines, touched_documents):
        connection.execute(delete(table))
    d = documents.c
    known = list(connection.execute(select(d.id).order_by(d.id)).scalars())
    _number(connection, known)
    _analyse(connection)
    for n, some in enumerate(batches(known, _BULK), 1):
        line_writing.write(connection, some)
        if n & (n - 1) == 0:
            _analyse(connection)
        tell("lines", min(n * _BULK, len(known)))
    works = sorted(connection.execute(select(d.work_id).distinct()).scalars())
    for n, some in enumerate(batches(works, _BULK), 1):
        _choose(connection, some)
        if n & (n - 1) == 0:
            _analyse(connection)
        tell("choices and words", min(n * _BULK, len(known)))
    return len(known)


def _analyse(connection: Connection) -> None:
    """Let PostgreSQL learn how much there is now: by what it knew before, it goes through whole tables for each document."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("ANALYZE"))


def catch_up(connection: Connection) -> int:
    """Make the lines of a store that has none yet, after an upgrade; return how many documents they are of."""
    refresh(connection)
    there, lined = (connection.execute(select(func.count()).select_from(table)).scalar_one() for table in (documents, document_lines))
    return rebuild(connection) if there != lined else 0


def number(connection: Connection, document: str) -> int:
    """Return the line of a document by the day of its current version, reserved for it where it has none of that day yet."""
    _number(connection, [document])
    n = line_numbers.c
    return int(connection.execute(select(n.line).where(n.document_id == document)).scalar_one())


# --- numbers -----------------------------------------------------------------------------------------------------------


def _number(connection: Connection, wanted: Collection[str]) -> None:
    """Give a line to each document that has none of its day."""
    for some in batches(sorted(wanted)):
        found = connection.execute(_days(), {"some": some}).all()
        new = [(row.id, row.day) for row in found if row.line is None or row.line >> SEQUENCE_BITS != row.day.toordinal()]
        upsert(connection, line_numbers, _numbered(connection, new))


@cache
def _days() -> Select[Any]:
    """Return the query of documents with the day they go by and their lines."""
    d, v, n = documents.c, versions.c, line_numbers.c
    of_day = func.coalesce(v.published_on, d.listed_on, v.in_force_from).label("day")
    query = select(d.id, of_day, n.line).join(versions, (v.document_id == d.id) & (v.number == d.version))
    return query.outerjoin(line_numbers, n.document_id == d.id).where(d.id.in_(_SOME)).order_by(d.id)


def _numbered(connection: Connection, new: Sequence[tuple[str, date]]) -> list[dict[str, str | int]]:
    """Return the rows of documents and their days: each takes the line of its own, or the next one that is free."""
    own = {document: first_line(day) | _sequence(document) for document, day in new}
    taken = set(connection.execute(_TAKEN, {"some": list(own.values())}).scalars()) if own else set()
    rows: list[dict[str, str | int]] = []
    for document, day in new:
        line = own[document]
        while line in taken or (line != own[document] and _is_taken(connection, line)):
            taken.add(line)
            line = first_line(day) | (line + 1) & ((1 << SEQUENCE_BITS) - 1)
            if line == own[document]:
                raise StoreError(f"More than {1 << SEQUENCE_BITS} documents are of {day}: report this to the project.")
        taken.add(line)
        rows.append({"document_id": document, "line": line})
    return rows


def _sequence(document: str) -> int:
    """Return the place of a document among those of its day: by its identifier, so that all stores show them in the same order."""
    return int.from_bytes(hashlib.sha256(document.encode()).digest()[:3], "big") >> (24 - SEQUENCE_BITS)


def _is_taken(connection: Connection, line: int) -> bool:
    return connection.execute(select(line_numbers.c.line).where(line_numbers.c.line == line)).one_or_none() is not None


# --- documents and tasks -----------------------------------------------------------------------------------------------


def _line(connection: Connection, touched: Collection[str]) -> None:
    """Make the lines of documents and of their tasks again."""
    for some in batches(sorted(touched)):
        places = list(connection.execute(_PLACES, {"some": some}).scalars())
        _drop(connection, places)
        _number(connection, some)
        line_writing.write(connection, some)


def _drop(connection: Connection, places: Iterable[int]) -> None:
    for place in places:
        below = place & ~LAST
        for table in (task_line_agencies, task_lines):
            connection.execute(delete(table).where(table.c.place.between(below, place)))
        for table in (line_counts, line_choices, document_lines):
            connection.execute(delete(table).where(table.c.place == place))


# --- works -------------------------------------------------------------------------------------------------------------


def _choose(connection: Connection, works: Collection[str]) -> None:
    """Tell of each copy of works whether it counts, for every site and region that can be asked for."""
    for some in batches(sorted(works), _BULK):
        members = _members(connection, some)
        found = {choice.key: choice for choice in choices(members)}
        _write_choices(connection, [member.place for member in members], found)
        line_writing.mark(connection, members, found.values())
        search.refresh(connection, [member.document for member in members])


def _members(connection: Connection, works: Sequence[str]) -> list[Member]:
    of_lines, of_regions = _copies()
    rows = connection.execute(of_lines, {"some": works}).all()
    regions: dict[str, list[str]] = {}
    for document, region in connection.execute(of_regions, {"some": works}):
        regions.setdefault(document, []).append(region)
    times = _times(connection, works)
    return [
        Member(
            row.place, row.document_id, row.work_id, row.site, row.kind, bool(row.own) and row.own == row.region, row.hidden, row.tasks,
            row.day, tuple(regions.get(row.document_id, ())), times[row.document_id], Mark(*(row._mapping[name] for name in Mark._fields)),
        )
        for row in rows
    ]  # fmt: skip


@cache
def _copies() -> tuple[Select[Any], Select[Any]]:
    """Return the queries of the copies of works by their lines, and of their regions."""
    c, r = document_lines.c, version_regions.c
    own = func.coalesce(sites.c.region, "").label("own")
    columns = (c.place, c.document_id, c.work_id, c.site, c.kind, c.region, c.hidden, c.tasks, c.day, *(c[name] for name in Mark._fields))
    of_lines = select(*columns, own).outerjoin(sites, sites.c.id == c.site).where(c.work_id.in_(_SOME))
    of_regions = select(r.document_id, r.region).join(document_lines, (c.document_id == r.document_id) & (c.version == r.version))
    return of_lines, of_regions.where(c.work_id.in_(_SOME))


@cache
def _clocks() -> tuple[Select[Any], Select[Any]]:
    """Return the queries of when the documents of works were there first, and of when they became what they are."""
    d, v, c = documents.c, versions.c, changes.c
    first = select(v.document_id, func.min(v.in_force_from), func.min(v.known_at)).join(documents, d.id == v.document_id)
    turned = or_(d.state != "live", d.state_since.is_not(None))
    told = [
        select(func.max(clock)).where(turned, c.document_id == d.id, c.entity == "document").correlate(documents)
        for clock in (c.as_of, c.known_at)
    ]
    last = select(d.id, d.state_since, v.in_force_from, v.known_at, *(each.scalar_subquery() for each in told))
    last = last.join(versions, (v.document_id == d.id) & (v.number == d.version))
    return first.where(d.work_id.in_(_SOME)).group_by(v.document_id), last.where(d.work_id.in_(_SOME))


def _times(connection: Connection, works: Sequence[str]) -> dict[str, Times]:
    """Return the times of the documents of works. Where the feed tells of a later state, a document is not what it is now before that."""
    first, last = _clocks()
    began: dict[str, tuple[date, datetime]] = {row[0]: (row[1], row[2]) for row in connection.execute(first, {"some": works})}
    found = {}
    for row in connection.execute(last, {"some": works}):
        document, since, on, at, told_on, told_at = row
        on = max(day for day in (on, told_on, local_day(since) if since else None) if day)
        found[document] = Times(*began[document], on, max(moment for moment in (at, told_at, since) if moment))
    return found


def _write_choices(connection: Connection, places: Sequence[int], wanted: dict[tuple[str, str, int], Choice]) -> None:
    """Write the choices of documents where they are others than those that are there."""
    c = line_choices.c
    there: dict[tuple[str, str, int], tuple[bool, int]] = {}
    for some in batches(places):
        found = connection.execute(_CHOICES, {"some": some})
        there |= {(row.site, row.stem, row.place): (row.counted, row.copies) for row in found}
    gone = [key for key in there if key not in wanted]
    for site, stem, place in gone:
        connection.execute(delete(line_choices).where(c.site == site, c.stem == stem, c.place == place))
    rows = [choice.row() for key, choice in wanted.items() if there.get(key) != (choice.counted, choice.copies)]
    new, changed = [row for row in rows if _key(row) not in there], [row for row in rows if _key(row) in there]
    insert_rows(connection, line_choices, new)
    upsert(connection, line_choices, changed)


def _key(row: dict[str, object]) -> tuple[object, object, object]:
    return row["site"], row["stem"], row["place"]
