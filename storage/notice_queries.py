"""Questions about public credit records. Every answer holds the terms against ``today`` by itself, and is in a lasting order.

Codes are asked for in their normal spelling (``normalizers.codes``): the caller folds what was typed. A name, a code or words find
legal subjects only: natural persons and individual businesses are not searched.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select

from normalizers.notices.records import SubjectKind
from normalizers.text.fold import fold
from storage import notice_search, schema
from storage.engine import rows
from storage.errors import UnknownRecord
from storage.identity import text_key
from storage.matching import names_of
from storage.notice_schema import coverage as ledger
from storage.notice_schema import notices as table
from storage.notice_schema import tombstones
from storage.paging import Page, behind, cursor, day_of, size_of
from storage.records import Location
from storage.run_names import unknown_run
from storage.selection import stem_of
from storage.store import Store

Row = dict[str, Any]

_UNIFIED = 18
"""Characters of a unified social credit code."""
_HEAD = ("id", "site", "section", "kind", "region", "subject_kind", "subject_name", "code", "code_problem", "organization_code",
    "registration_number")  # fmt: skip
_BODY = ("authority_code", "source_body", "list_name", "colour", "title", "number", "category", "violation", "facts", "basis", "content",
    "licence", "licence_number", "status", "remark", "day", "decided_on", "valid_from", "valid_to", "published_on", "listed_on",
    "shown_until", "removed_on", "fine_yuan", "confiscated_yuan", "amount_yuan", "ends_on", "term_rule", "term_basis", "term_from",
    "term_least_until", "severity", "further", "unknown", "blanks", "defects", "url", "document_id", "objection_marked_at",
    "missing_since", "normalizer_version", "first_seen", "last_seen", "last_checked")  # fmt: skip


@dataclass(frozen=True, slots=True)
class NoticeFilters:
    """What a record must hold. An empty filter holds nothing back.

    ``kind`` and ``colour`` are words of ``NoticeKind`` and ``Colour``; ``list_name`` a piece of a list's name; ``code`` a unified
    social credit code, organisation code (without its hyphen) or registration number; ``name`` a piece of a legal subject's name;
    ``authority`` any name or identifier of a body; ``region`` a GB/T 2260 code that covers what lies in it; ``since`` and ``until``
    inclusive days of the record (of its decision, else of its publication); ``document`` a document that lists it; ``words`` a search.
    """

    kind: str = ""
    list_name: str = ""
    colour: str = ""
    code: str = ""
    name: str = ""
    authority: str = ""
    region: str = ""
    site: str = ""
    section: str = ""
    since: date | None = None
    until: date | None = None
    document: str = ""
    words: str = ""
    limit: int | None = None


NO_FILTERS = NoticeFilters()
MOST_COUNTED = 100_000
"""Rows up to which the whole of an answer is counted for one of its pages."""


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A printed record that a notice rests on: where it is archived, and when it was read last."""

    notice: str
    site: str
    section: str
    location: Location
    fetched_at: datetime


def shown(today: date) -> ColumnElement[bool]:
    """Return the condition that a row of ``notices`` may be shown on a day."""
    return table.c.ends_on.is_(None) | (table.c.ends_on >= today)


# --- notices -----------------------------------------------------------------------------------------------------------


def notices(store: Store, filters: NoticeFilters = NO_FILTERS, *, today: date) -> list[Row]:
    """Return one row a record, the newest first, with its authority, its term, its defects and where it was published."""
    n = table.c
    with store.reading() as connection:
        wanted = (shown(today), *_conditions(connection, filters))
        query = select(table).where(*wanted).order_by(n.day.desc(), n.site, n.id).limit(filters.limit)
        return [_shown_row(row) for row in rows(connection.execute(query))]


def page(store: Store, filters: NoticeFilters = NO_FILTERS, *, today: date, after: str = "") -> Page:
    """Return a page of the rows of ``notices`` behind a cursor; ``filters.limit`` is its size. Raises ``WrongCursor``, ``StoreError``."""
    n, size = table.c, size_of(filters.limit)
    key = behind("notices", filters, after, (str, str, str))
    begin = [] if key is None else [_is_behind(day_of(key[0]), key[1], key[2])]
    with store.reading() as connection:
        wanted = [shown(today), *_conditions(connection, filters)]
        query = select(table).where(*wanted, *begin).order_by(n.day.desc(), n.site, n.id).limit(size + 1)
        rest = [_shown_row(row) for row in rows(connection.execute(query))]
        total = connection.execute(
            select(func.count()).select_from(select(n.id).where(*wanted).limit(MOST_COUNTED + 1).subquery())
        ).scalar_one()
    last = rest[size - 1] if len(rest) > size else None
    following = cursor("notices", filters, (last["day"].isoformat(), last["site"], last["id"])) if last else ""
    return Page(rest[:size], following, total if total <= MOST_COUNTED else None)


def _is_behind(day: date, site: str, identifier: str) -> ColumnElement[bool]:
    n = table.c
    return or_(n.day < day, and_(n.day == day, or_(n.site > site, and_(n.site == site, n.id > identifier))))


def kinds(store: Store, filters: NoticeFilters = NO_FILTERS, *, today: date) -> dict[str, int]:
    """Return how many records each kind has that hold all filters but that of the kind."""
    with store.reading() as connection:
        wanted = (shown(today), *_conditions(connection, replace(filters, kind="")))
        query = select(table.c.kind, func.count().label("count")).where(*wanted).group_by(table.c.kind)
        return {row["kind"]: row["count"] for row in rows(connection.execute(query))}


def notice(store: Store, identifier: str, *, today: date) -> Row:
    """Return one record and where it is archived (``archived``). Raises ``UnknownRecord`` for one that is not shown or never was."""
    with store.reading() as connection:
        row = connection.execute(select(table).where(shown(today), table.c.id == identifier)).mappings().one_or_none()
        buried = row is None and connection.execute(select(tombstones.c.id).where(tombstones.c.id == identifier)).first() is not None
    if row is None:
        why = "may no longer be shown" if buried else "is not in the store"
        raise UnknownRecord(f"The record {identifier} {why}: list what there is with `harvester notices`.")
    place = {"file": row["file"], "offset": row["file_offset"], "length": row["file_length"], "sha256": row["sha256"]}
    return _shown_row(dict(row)) | {"archived": place}


def _shown_row(row: Row) -> Row:
    authority = {name: row[f"authority_{name}"] for name in ("id", "mention", "name", "resolved")}
    out = {name: row[name] for name in _HEAD} | {"authority": authority} | {name: row[name] for name in _BODY}
    out["subject"] = out.pop("subject_name")
    out["document"] = out.pop("document_id")
    return out


def _conditions(connection: Connection, filters: NoticeFilters) -> list[ColumnElement[bool]]:
    n, f = table.c, filters
    same = {n.kind: f.kind, n.colour: f.colour, n.site: f.site, n.section: f.section, n.document_id: f.document}
    wanted: list[ColumnElement[bool]] = [column == value for column, value in same.items() if value]
    wanted += [n.day >= f.since] if f.since else []
    wanted += [n.day <= f.until] if f.until else []
    wanted += [n.region.startswith(stem_of(f.region), autoescape=True)] if f.region else []
    wanted += [_of_code(f.code)] if f.code else []
    wanted += [n.list_key.in_(_lists(connection, f.list_name))] if f.list_name else []
    wanted += [_of_authority(connection, f.authority)] if f.authority else []
    wanted += [notice_search.holding(connection, f.name, named=True)] if f.name else []
    wanted += [notice_search.holding(connection, f.words)] if f.words else []
    return wanted


def _of_code(code: str) -> ColumnElement[bool]:
    """A record without a credit code is known by its organisation code, which is a part of the credit code (GB 32100, 9th to 17th)."""
    n = table.c
    organization = code[8:17] if len(code) == _UNIFIED else code
    bare = (n.code == "") & (n.organization_code == organization)
    if len(code) == _UNIFIED:
        return (n.subject_kind == SubjectKind.LEGAL) & ((n.code == code) | bare)
    return (n.subject_kind == SubjectKind.LEGAL) & ((n.organization_code == code) | (n.registration_number == code))


def _lists(connection: Connection, piece: str) -> list[str]:
    wanted = fold(piece)
    known = connection.execute(
        select(table.c.list_key, func.min(table.c.list_name)).where(table.c.list_key != "").group_by(table.c.list_key)
    )
    return [key for key, name in known if wanted and wanted in fold(name)]


def _of_authority(connection: Connection, name: str) -> ColumnElement[bool]:
    n, (ids, _) = table.c, names_of(connection, name)
    return or_(n.authority_id.in_(ids), n.authority_key == text_key(name), n.authority_mention == name)


def stored_records(store: Store, site: str = "", *, after: str = "") -> Iterator[StoredRecord]:
    """Yield where the printed records of the notices are archived, by identifier from ``after`` on, to read them again.

    Ingested again with this place and moment, a record that is read otherwise counts as ``REREAD``, and no clock moves.
    """
    n = table.c
    columns = (n.id, n.site, n.section, n.file, n.file_offset, n.file_length, n.sha256, n.last_checked)
    while True:
        query = select(*columns).where(n.id > after, *([n.site == site] if site else [])).order_by(n.id).limit(500)
        with store.reading() as connection:
            found = connection.execute(query).all()
        for row in found:
            yield StoredRecord(row.id, row.site, row.section, Location(*row[3:7]), row.last_checked)
        if not found:
            return
        after = found[-1].id


# --- one subject ---------------------------------------------------------------------------------------------------------


def dossier(store: Store, code: str, *, today: date) -> Row:
    """Return what public records of a code the store may show today, and which sources were looked at, and when.

    Keys: ``code``; ``names`` (dated, the latest first); ``other_codes`` that bear one of
    these names; ``organization_code``; ``code_problem``, where a record's code fails its test;
    ``notices`` by kind; ``lists`` with the entries in force; ``sources`` (see ``sources_looked_at``): that nothing is found in them
    says no more than that. A record without a credit code is joined by its organisation code. An organisation code or registration
    number gives the dossier of the one unified code that shown records bear beside it, else one of its own.
    """
    code = _unified(store, code, today)
    found = notices(store, NoticeFilters(code=code), today=today) if code else []
    kinds: dict[str, list[Row]] = {}
    for row in found:
        kinds.setdefault(row["kind"], []).append(row)
    organization = next(
        (row["organization_code"] for row in found if row["organization_code"]), code[8:17] if len(code) == _UNIFIED else ""
    )
    return {
        "code": code,
        "names": _names(found),
        "other_codes": _other_codes(store, code, found, today),
        "organization_code": organization,
        "code_problem": next((row["code_problem"] for row in found if row["code_problem"]), ""),
        "notices": kinds,
        "lists": [_entry(row) for row in found if row["list_name"]],
        "sources": sources_looked_at(store),
        "on": today,
    }


def _unified(store: Store, code: str, today: date) -> str:
    if not code or len(code) == _UNIFIED:
        return code
    query = select(table.c.code).where(shown(today), _of_code(code), table.c.code != "").distinct().limit(2)
    with store.reading() as connection:
        found = connection.execute(query).scalars().all()
    return str(found[0]) if len(found) == 1 and len(found[0]) == _UNIFIED else code


def _names(found: Sequence[Row]) -> list[Row]:
    by: dict[str, list[Row]] = {}
    for row in found:
        by.setdefault(text_key(row["subject"]), []).append(row)
    names = [{"name": some[0]["subject"], "first": some[-1]["day"], "last": some[0]["day"], "notices": len(some)} for some in by.values()]
    return sorted(names, key=lambda name: (name["last"], name["first"], name["name"]), reverse=True)


def _other_codes(store: Store, code: str, found: Sequence[Row], today: date) -> list[Row]:
    """Return the other codes of shown records that bear exactly one of the names: registered anew, or an error of a source."""
    n, keys = table.c, {text_key(row["subject"]) for row in found if row["subject_kind"] == SubjectKind.LEGAL}
    days = (func.min(n.day).label("first"), func.max(n.day).label("last"), func.count().label("notices"))
    query = select(n.code, func.min(n.subject_name).label("name"), *days).where(shown(today), n.code.not_in(["", code]))
    with store.reading() as connection:
        return rows(connection.execute(query.where(n.subject_key.in_(sorted(keys))).group_by(n.code, n.subject_key).order_by(n.code)))


def _entry(row: Row) -> Row:
    names = ("id", "list_name", "colour", "kind", "decided_on", "published_on", "ends_on", "site", "url")
    return {name: row[name] for name in names} | {"authority": row["authority"]["name"] or row["authority"]["mention"]}


# --- what was looked at ----------------------------------------------------------------------------------------------------


def coverage(store: Store, *, run: str = "", site: str = "") -> list[Row]:
    """Return one row a line of the ledger, by run, section and slice, the newest run first, with the run's verdict and days.

    Raises ``UnknownRecord`` for a run that the store does not hold: without a line in the ledger are those of documents, too.
    """
    r, c = schema.runs.c, ledger.c
    query = select(ledger, r.started_at, r.ended_at, r.verdict, r.cause).join(schema.runs, r.id == c.run)
    wanted = [c.run == run] if run else []
    wanted += [c.site == site] if site else []
    with store.reading() as connection:
        if run and connection.execute(select(r.id).where(r.id == run)).one_or_none() is None:
            raise unknown_run(connection, run)
        return rows(connection.execute(query.where(*wanted).order_by(r.started_at.desc(), c.run, c.section, c.slice)))


def sources_looked_at(store: Store) -> list[Row]:
    """Return one row a site and section of records: when it was looked at last and with what verdict, when last completely.

    ``complete_at`` is the moment at which its lists were last read to their end without a cap, ``None`` for never; ``stated`` is what
    the site said it has then or, where it never was complete, at the last look; ``held`` how many of its records the store holds.
    """
    with store.reading() as connection:
        found: dict[tuple[str, str], Row] = {}
        for row in rows(connection.execute(_sections())):
            found.setdefault((row["site"], row["section"]), _source(row))
            source = found[row["site"], row["section"]]
            if row["complete"] and not row["capped"] and source["complete_at"] is None:
                source |= {"complete_at": row["ended_at"] or row["started_at"], "stated": row["stated"], "listed": row["listed"]}
        counts = select(table.c.site, table.c.section, func.count()).group_by(table.c.site, table.c.section)
        held = {(site, section): count for site, section, count in connection.execute(counts)}
    return [source | {"held": held.get(key, 0)} for key, source in sorted(found.items())]


def held_by_site(store: Store) -> dict[str, int]:
    """Return how many records the store holds of each site, those that stood in documents among them."""
    with store.reading() as connection:
        counts = connection.execute(select(table.c.site, func.count()).group_by(table.c.site))
        return {site: count for site, count in counts}  # noqa: C416 -- rows are no pairs to the type checker


def _sections() -> Select[Any]:
    """One row a run and section: of the whole where the run has a line for it, else of all its slices."""
    r, c, s = schema.runs.c, ledger.c, schema.sites.c
    whole = c.slice == ""
    both = {"complete": c.complete, "capped": c.capped}
    told = [func.coalesce(func.max(case((and_(whole, flag), 1), (whole, 0))), _all(name, flag)).label(name) for name, flag in both.items()]
    sums = [
        func.coalesce(func.sum(case((whole, c[name]))), func.sum(c[name])).label(name) for name in ("stated", "listed", "had", "failed")
    ]
    columns = (c.site, c.section, c.run, r.started_at, r.ended_at, r.verdict, r.cause, s.name, s.region)
    query = select(*columns, *told, *sums).join(schema.runs, r.id == c.run).join(schema.sites, s.id == c.site)
    return query.group_by(*columns).order_by(r.started_at.desc(), c.run.desc(), c.section)


def _all(name: str, flag: ColumnElement[bool]) -> ColumnElement[int]:
    worst = func.min if name == "complete" else func.max
    found: ColumnElement[int] = worst(case((flag, 1), else_=0))
    return found


def _source(row: Row) -> Row:
    last = {"looked_at": row["ended_at"] or row["started_at"], "verdict": row["verdict"], "cause": row["cause"], "run": row["run"]}
    told = {"site": row["site"], "name": row["name"], "region": row["region"], "section": row["section"]} | last
    return told | {"capped": bool(row["capped"]), "complete_at": None, "stated": row["stated"], "listed": row["listed"]}
