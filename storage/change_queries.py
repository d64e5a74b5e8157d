"""Questions to the feed of changes. Every answer is in the order of the feed and holds the terms of public records against ``today``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import Connection, FromClause, Select, and_, case, func, literal, select

from normalizers.text.fold import fold
from storage import notice_search
from storage import search as index
from storage.agency_lines import Line, line
from storage.batches import batches
from storage.change_filters import EVERYTHING, NO_FILTERS, ChangeFilters, conditions, may_hold, of_body
from storage.change_schema import change_agencies, feed_state
from storage.change_schema import changes as table
from storage.engine import rows
from storage.errors import StaleCursor, UnknownCursor
from storage.notice_queries import shown
from storage.notice_schema import notices
from storage.schema import agencies, documents, runs, sites, versions
from storage.store import Store

Row = dict[str, Any]

PAGE = 500
"""Rows read at once; the states in them may be long."""
BETWEEN = "\ua000"
"""Stands between two texts that are folded as one: a letter that no document here has, so that no word runs across."""
GAINED, LOST, MOVED, CHANGED = "gained", "lost", "moved", "changed"
"""What a change of a task is for a body: it has the task now, has it no more, has it elsewhere, has it otherwise."""
_OF_RECORD = ("subject_name", "code", "title", "number", "decided_on", "ends_on", "url")


def changes(store: Store, filters: ChangeFilters = NO_FILTERS, *, today: date) -> list[Row]:
    """Return the rows of the feed that hold the filters, by sequence number.

    A row has the columns of the table under their own names, and besides: ``title``, ``url`` and ``document_state`` of its document, as
    they are now, and ``other_title`` of a link's other one; ``effect`` and ``roles`` (``before``, ``after``), what it is for the body
    asked for; ``record``, what a public record says, and its ``subject``, while it may be shown.
    Raises ``StaleCursor`` and ``UnknownCursor`` for a cursor that cannot be gone on from.
    """
    with store.reading() as connection:
        return list(read(connection, filters, today))


def read(connection: Connection, filters: ChangeFilters, today: date) -> Iterator[Row]:
    """Yield the rows of ``changes`` from within a transaction, a page in memory at a time."""
    if filters.since_seq is not None:
        check_cursor(connection, filters.since_seq)
    yield from islice(_found(connection, filters, today), filters.limit)


def back(store: Store, filters: ChangeFilters = NO_FILTERS, *, today: date, before: int | None = None) -> list[Row]:
    """Return the same rows as ``changes``, the newest first, before a sequence number where one is given."""
    with store.reading() as connection:
        if filters.since_seq is not None:
            check_cursor(connection, filters.since_seq)
        edge = read_latest(connection) + 1 if before is None else before
        return list(islice(_found(connection, filters, today, edge), filters.limit))


def _found(connection: Connection, filters: ChangeFilters, today: date, back_from: int | None = None) -> Iterator[Row]:
    """Yield rows forwards from the cursor of the filters, or backwards from a number down to it."""
    body = line(connection, filters.agency, filters.kin) if filters.agency else None
    word = index.words_of(filters.word)
    query = _query(connection, filters, body, today).where(*may_hold(connection, word))
    size = PAGE if filters.limit is None or word else min(PAGE, filters.limit)
    seq, after = table.c.seq, filters.since_seq or 0
    query = query.where(seq > after).order_by(seq if back_from is None else seq.desc())
    edge = after if back_from is None else back_from
    while size:
        page = rows(connection.execute(query.where(seq > edge if back_from is None else seq < edge).limit(size)))
        titles = _link_titles(connection, page)
        for row in _for_body(connection, page, filters, body):
            row |= titles.get(row["seq"], {"other_title": ""})
            if not filters.word or _holds(row, word):
                yield _shown(row)
        if len(page) < size:
            return
        edge = page[-1]["seq"]


def _query(connection: Connection, filters: ChangeFilters, body: Line | None, today: date) -> Select[Any]:
    d, v, n = documents.c, versions.c, notices.c
    title = func.coalesce(case((v.title != "", v.title), else_=d.title), "").label("title")
    record = [n.id.label("record_id"), *(n[name].label(f"record_{name}") for name in _OF_RECORD)]
    worded = notice_search.holding(connection, filters.word).label("worded") if filters.word else literal(False).label("worded")
    query = select(*table.c, title, func.coalesce(d.url, "").label("url"), d.state.label("document_state"), worded, *record)
    return query.select_from(joined(today)).where(*conditions(connection, filters, body))


def joined(today: date) -> FromClause:
    """Return the feed with the documents, their versions and the public records (while they may be shown) that its rows tell of."""
    d, v, n = documents.c, versions.c, notices.c
    return (
        table.outerjoin(documents, d.id == table.c.document_id)
        .outerjoin(versions, and_(v.document_id == d.id, v.number == d.version))
        .outerjoin(notices, and_(table.c.entity == "notice", n.id == table.c.entity_id, shown(today)))
    )


def _link_titles(connection: Connection, page: Sequence[Row]) -> dict[int, Row]:
    """Return the titles of both documents of each link, by the number of its row."""
    ends = {row["seq"]: row["after"] or row["before"] or {} for row in page if row["entity"] == "link"}
    d, v = documents.c, versions.c
    title = case((v.title != "", v.title), else_=d.title)
    found: dict[str, str] = {}
    for some in batches(end.get(name, "") for end in ends.values() for name in ("document", "other")):
        query = select(d.id, title).join(versions, and_(v.document_id == d.id, v.number == d.version)).where(d.id.in_(some))
        found |= {row[0]: row[1] for row in connection.execute(query)}
    return {
        seq: {"title": found.get(end.get("document", ""), ""), "other_title": found.get(end.get("other", ""), "")}
        for seq, end in ends.items()
    }


def _for_body(connection: Connection, page: Sequence[Row], filters: ChangeFilters, body: Line | None) -> Iterator[Row]:
    """Yield the rows with what they are for the body; its roles are those it has anywhere in a split or merger."""
    roles: dict[tuple[int, str], list[str]] = defaultdict(list)
    if body and page:
        a = change_agencies.c
        wanted = (a.seq.between(*sorted((page[0]["seq"], page[-1]["seq"]))), *of_body(body, filters.role))
        for seq, side, role in connection.execute(select(a.seq, a.side, a.role).where(*wanted).order_by(a.role).distinct()):
            roles[seq, side].append(role)
    for row in page:
        sides = {side: roles.get((row["seq"], side), []) for side in ("before", "after")}
        yield row | {"effect": effect(row["kind"], sides["before"], sides["after"]), "roles": sides}


def effect(kind: str, before: Sequence[str], after: Sequence[str]) -> str:
    """Return what a change of this kind is for a body with these roles before and after it; empty where it has none."""
    if before and after:
        return MOVED if kind == "moved" else CHANGED
    if after:
        return GAINED
    return LOST if before else ""


def _holds(row: Row, words: Sequence[str]) -> bool:
    """Tell whether the words stand in a row; a public record is searched by its index, which holds legal subjects only."""
    if row["entity"] == "notice":
        return bool(row["record_id"] and row["worded"])
    told = fold(BETWEEN.join([row["title"], row["other_title"], *_texts(row["before"]), *_texts(row["after"])]))
    return bool(words) and all(word in told for word in words)


def _texts(state: Any) -> Iterator[str]:  # noqa: ANN401 -- any JSON
    if isinstance(state, str):
        yield state
    elif isinstance(state, dict):
        for value in state.values():
            yield from _texts(value)
    elif isinstance(state, list):
        for value in state:
            yield from _texts(value)


def _shown(row: Row) -> Row:
    record = {name.removesuffix("_name"): row.pop(f"record_{name}") for name in _OF_RECORD}
    there = row.pop("record_id")
    row.pop("worded")
    return row | {"subject": record["subject"] if there else "", "record": record if there else None}


# --- the feed itself -----------------------------------------------------------------------------------------------------


def every_change(connection: Connection, since_seq: int) -> Iterator[Row]:
    """Yield every row behind a cursor with its own columns only: what a copy is brought up to date by. Raises as ``changes`` does."""
    check_cursor(connection, since_seq)
    after = since_seq
    while page := rows(connection.execute(select(table).where(table.c.seq > after).order_by(table.c.seq).limit(PAGE))):
        yield from page
        after = page[-1]["seq"]


def latest(store: Store) -> int:
    """Return the last sequence number of the feed, 0 where nothing ever changed: the cursor to go on from."""
    with store.reading() as connection:
        return read_latest(connection)


def read_latest(connection: Connection) -> int:
    """Return the last sequence number from within a transaction."""
    last = connection.execute(select(func.max(table.c.seq))).scalar() or 0
    return max(last, read_horizon(connection))


def horizon(store: Store) -> int:
    """Return the greatest sequence number that was dropped, 0 where none was: no smaller cursor can be gone on from."""
    with store.reading() as connection:
        return read_horizon(connection)


def read_horizon(connection: Connection) -> int:
    """Return the horizon from within a transaction."""
    return connection.execute(select(func.max(feed_state.c.horizon))).scalar() or 0


def check_cursor(connection: Connection, cursor: int) -> None:
    """Raise ``StaleCursor`` or ``UnknownCursor`` where the rows behind a sequence number cannot all be given."""
    dropped, last = read_horizon(connection), read_latest(connection)
    if cursor < dropped:
        raise StaleCursor(cursor, dropped, last)
    if cursor > last:
        raise UnknownCursor(cursor, last)


def line_of(store: Store, name: str) -> Line:
    """Return the line of the bodies that a name or identifier stands for, as far as the gazetteer lists them."""
    with store.reading() as connection:
        return line(connection, name)


def unlisted_bodies(store: Store) -> dict[str, str]:
    """Return the bodies in the feed that have an identifier but no entry in the gazetteer, with their canonical names."""
    a = change_agencies.c
    query = select(a.agency_id, func.min(a.name)).where(a.agency_id.is_not(None), a.agency_id.not_in(select(agencies.c.id)))
    with store.reading() as connection:
        return {row[0]: row[1] for row in connection.execute(query.group_by(a.agency_id))}


def looked_at(store: Store, site: str = "") -> list[Row]:
    """Return one row a site: when it was last looked at, with which verdict, and when its last complete run ended (``complete_at``).

    What was not looked at has not changed as far as anybody knows: no answer of nothing is worth more than this.
    """
    r, s = runs.c, sites.c
    complete = select(func.max(r.ended_at)).where(r.site == s.id, r.verdict == "complete").scalar_subquery()
    last = select(r.verdict).where(r.site == s.id).order_by(r.started_at.desc(), r.id.desc()).limit(1).scalar_subquery()
    begun = select(func.max(r.started_at)).where(r.site == s.id).scalar_subquery()
    columns = (s.id.label("site"), s.name, begun.label("looked_at"), last.label("verdict"), complete.label("complete_at"))
    with store.reading() as connection:
        return rows(connection.execute(select(*columns).where(*([s.id == site] if site else [])).order_by(s.id)))


__all__ = [
    "EVERYTHING", "NO_FILTERS", "ChangeFilters", "back", "changes", "check_cursor", "every_change", "horizon", "latest", "line_of",
    "looked_at", "read", "unlisted_bodies",
]  # fmt: skip
