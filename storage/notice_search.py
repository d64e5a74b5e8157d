"""The search of notices: an index of their own, so that what is taken down can be taken out of it to the last byte.

Only records of legal subjects are in it. The terms are those of ``storage.search``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select, text

from normalizers.notices.records import SubjectKind
from storage import search
from storage.batches import batches
from storage.notice_schema import notice_search_entries

INDEX = search.Index(notice_search_entries, "notice_search_terms")
_SEARCHED = ("subject_name", "code", "organization_code", "registration_number", "number", "title", "list_name", "authority_mention")
_FACTS = ("authority_name", "category", "violation", "facts", "basis", "content", "licence", "licence_number", "remark")


def head(row: Mapping[str, Any]) -> str:
    """Return what names a notice, for a hit: subject, number, title, list and authority."""
    return "\n\n".join(str(row[name]) for name in ("subject_name", "title", "number", "list_name", "authority_mention") if row[name])


def words(row: Mapping[str, Any]) -> str:
    """Return the text of a notice that is searched, as shown in a hit; each field is a piece of its own."""
    return "\n\n".join(str(row[name]) for name in (*_SEARCHED, *_FACTS) if row[name])


def index(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put rows of ``notices`` in the place of what was indexed of them. A person's record is never indexed."""
    remove(connection, [row["id"] for row in rows])
    entries = [{"notice_id": row["id"], "folded": search.folded(words(row))} for row in rows if row["subject_kind"] == SubjectKind.LEGAL]
    if not entries:
        return
    added = insert(notice_search_entries).returning(notice_search_entries.c.id, sort_by_parameter_order=True)
    numbers = connection.execute(added, entries).scalars().all()
    search.write_terms(connection, INDEX, [(number, entry["folded"]) for number, entry in zip(numbers, entries, strict=True)])


def remove(connection: Connection, ids: Iterable[str]) -> None:
    """Take notices out of the index. On SQLite, ``forget`` wipes what is left of their terms."""
    e = notice_search_entries.c
    for some in batches(ids):
        if connection.dialect.name == "sqlite":
            known = connection.execute(select(e.id, e.folded).where(e.notice_id.in_(some))).all()
            search.remove_terms(connection, INDEX, [(row.id, row.folded) for row in known])
        connection.execute(delete(notice_search_entries).where(e.notice_id.in_(some)))


def forget(connection: Connection) -> None:
    """Rewrite the index so that no term of a removed notice is left in it.

    FTS5 only notes a removal until its segments are merged; its option ``secure-delete`` needs SQLite 3.42, and this does not.
    On PostgreSQL the rows are dead at once, and VACUUM gives their room back.
    """
    if connection.dialect.name == "sqlite":
        connection.execute(text("INSERT INTO notice_search_terms (notice_search_terms) VALUES ('optimize')"))
