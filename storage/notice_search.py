"""The search of notices: an index of their own, so that what is taken down can be taken out of it to the last byte.

Only records of legal subjects are in it. The terms are those of ``storage.search``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from hashlib import blake2b
from typing import Any

from sqlalchemy import ColumnElement, Connection, false, select, text

from normalizers.notices.records import SubjectKind
from storage import search, search_plans
from storage.batches import batches
from storage.choosing import STEMS
from storage.engine import rows
from storage.notice_schema import notice_search_entries, notices
from storage.places import ORDINAL_BITS, SEQUENCE_BITS, first_line

INDEX = search.Index(notice_search_entries, "notice_search_terms")
_BELOW = (1 << (ORDINAL_BITS + SEQUENCE_BITS - 1)) - 1
_SEARCHED = ("subject_name", "code", "organization_code", "registration_number", "number", "title", "list_name", "authority_mention")
_FACTS = ("authority_name", "category", "violation", "facts", "basis", "content", "licence", "licence_number", "remark")


def head(row: Mapping[str, Any]) -> str:
    """Return what names a notice, for a hit: subject, number, title, list and authority."""
    return "\n\n".join(str(row[name]) for name in ("subject_name", "title", "number", "list_name", "authority_mention") if row[name])


def words(row: Mapping[str, Any]) -> str:
    """Return the text of a notice that is searched, as shown in a hit; each field is a piece of its own."""
    return "\n\n".join(str(row[name]) for name in (*_SEARCHED, *_FACTS) if row[name])


def index(connection: Connection, found: Sequence[Mapping[str, Any]]) -> None:
    """Put rows of ``notices`` in the place of what was indexed of them. A person's record is never indexed."""
    remove(connection, [row["id"] for row in found])
    legal = [row for row in found if row["subject_kind"] == SubjectKind.LEGAL]
    numbers = _numbers(connection, {row["id"]: row["day"] for row in legal})
    search.write(connection, INDEX, [_entry(row, numbers[row["id"]]) for row in legal])


def catch_up(connection: Connection) -> None:
    """Index the records that have no entry: after an upgrade, all of them."""
    e = notice_search_entries.c
    missing = select(notices.c.id).outerjoin(notice_search_entries, e.notice_id == notices.c.id)
    missing = missing.where(e.id.is_(None), notices.c.subject_kind == SubjectKind.LEGAL)
    for some in batches(list(connection.execute(missing).scalars())):
        index(connection, rows(connection.execute(select(notices).where(notices.c.id.in_(some)))))


def _numbers(connection: Connection, days: Mapping[str, date]) -> dict[str, int]:
    """Return numbers for entries that grow with the day, as places do; below the day they are drawn by the record's tag."""
    found: dict[str, int] = {}
    for notice, day in days.items():
        drawn = int.from_bytes(blake2b(notice.encode(), digest_size=8).digest()) & _BELOW
        found[notice] = first_line(day) << ORDINAL_BITS | drawn
    while taken := _taken(connection, found):
        found |= {notice: found[notice] + 1 for notice in taken}
    return found


def _taken(connection: Connection, numbers: Mapping[str, int]) -> list[str]:
    """Return the records whose number is another's already."""
    first = {numbers[notice]: notice for notice in sorted(numbers, reverse=True)}
    e = notice_search_entries.c
    there: set[int] = set()
    for some in batches(first):
        there |= set(connection.execute(select(e.id).where(e.id.in_(some))).scalars())
    return [notice for notice, number in numbers.items() if number in there or first[number] != notice]


def _entry(row: Mapping[str, Any], number: int) -> dict[str, Any]:
    marks = [search.site_mark(row["site"]), search.kind_mark(row["kind"])]
    marks += [search.region_mark(row["region"][:digits]) for digits in STEMS if row["region"]]
    named = {"title": search.folded(row["subject_name"]), "folded": search.folded(words(row)), "marks": " ".join(dict.fromkeys(marks))}
    return {"id": number, "notice_id": row["id"], "ends_on": row["ends_on"]} | named


def holding(connection: Connection, said: str, *, named: bool = False) -> ColumnElement[bool]:
    """Return the condition that a row of ``notices`` holds words; ``named``: that the name of its subject holds them, in their order.

    Natural persons are found by none. Raises ``StoreError`` for too long a question.
    """
    wanted = search.words_of(f'"{said}"' if named else said)
    if not wanted:
        return false()
    e = notice_search_entries.c
    found = search_plans.entries(connection.dialect.name, INDEX, tuple((word,) for word in wanted), titled=named)
    return notices.c.id.in_(select(e.notice_id).where(e.id.in_(found)))


def remove(connection: Connection, ids: Iterable[str]) -> None:
    """Take notices out of the index. On SQLite, ``forget`` wipes what is left of their terms."""
    e = notice_search_entries.c
    for some in batches(ids):
        search.remove(connection, INDEX, list(connection.execute(select(e.id).where(e.notice_id.in_(some))).scalars()))


def forget(connection: Connection) -> None:
    """Rewrite the index so that no term of a removed notice is left in it.

    FTS5 only notes a removal until its segments are merged; its option ``secure-delete`` needs SQLite 3.42, and this does not.
    On PostgreSQL the rows are dead at once, and VACUUM gives their room back.
    """
    if connection.dialect.name == "sqlite":
        connection.execute(text("INSERT INTO notice_search_terms (notice_search_terms) VALUES ('optimize')"))
