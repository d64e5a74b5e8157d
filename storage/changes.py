"""Write the feed: one row a change, in the transaction that makes it so. ``docs/changes.md`` says what each column holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, text

from storage.change_schema import change_agencies, changes
from storage.identity import text_key
from storage.row_writing import insert_rows
from storage.schema import ROLES

Row = dict[str, Any]

_NEXT = text("SELECT nextval(pg_get_serial_sequence('changes', 'seq')) FROM generate_series(1, :count)")
_LAST = text("SELECT seq FROM sqlite_sequence WHERE name = 'changes'")
_EMPTY: Row = {
    "as_of": None,
    "cause": "source",
    "copy": False,
    "run": None,
    "site": "",
    "section": "",
    "region": "",
    "document_id": None,
    "version": None,
    "work_id": None,
    "fields": [],
    "before": None,
    "after": None,
    "evidence": None,
    "list_name": "",
    "colour": "",
    "record_kind": "",
    "reason": "",
}


def tell(connection: Connection, found: Sequence[Row]) -> None:
    """Append rows to the feed; what a row does not name is empty, and ``known_at`` is now.

    The caller's transaction has the turn to write (``storage.turns``): numbers are given in the order of commits, so a reader that goes
    on from the last one it saw misses none.
    """
    if not found:
        return
    now = datetime.now(UTC)
    whole = [{"seq": seq, **_EMPTY, "known_at": now, **row} for seq, row in zip(_numbers(connection, len(found)), found, strict=True)]
    insert_rows(connection, changes, whole)
    insert_rows(connection, change_agencies, [body for row in whole if row["entity"] == "task" for body in _bodies(row["seq"], row)])


def _numbers(connection: Connection, count: int) -> Sequence[int]:
    """Return the next numbers of the feed: given beforehand, what hangs on rows is written without asking which numbers they got."""
    if connection.dialect.name == "postgresql":
        return connection.execute(_NEXT, {"count": count}).scalars().all()
    last: int = connection.execute(_LAST).scalar_one_or_none() or 0
    return range(last + 1, last + 1 + count)


def _bodies(seq: int, row: Row) -> list[Row]:
    return [
        {
            "seq": seq,
            "side": side,
            "role": role,
            "position": position,
            "mention_key": text_key(body["mention"]),
            "name": body["name"] or body["mention"],
            "agency_id": body["id"],
        }
        for side in ("before", "after")
        if row[side]
        for role in ROLES
        for position, body in enumerate(_named(row[side], role))
    ]


def _named(state: Any, role: str) -> Iterable[Row]:  # noqa: ANN401 -- a task's state, or several of a split or merger
    states = state if isinstance(state, list) else [state]
    return {(body["id"] or body["mention"]): body for each in states for body in each[role]}.values()


def notice_event(row: Row, kind: str, at: datetime, reason: str = "") -> Row:
    """Return the row of what became of a public record: ``entered``, ``changed`` or ``left``. Its content is never in it."""
    place = {"site": row["site"], "section": row["section"], "list_name": row["list_name"], "colour": row["colour"]}
    found = {"entity": "notice", "entity_id": row["id"], "kind": kind, "known_at": at, "record_kind": row["kind"], "reason": reason}
    return found | place
