"""Write the feed: one row a change, in the transaction that makes it so. ``docs/changes.md`` says what each column holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, text

from storage.change_schema import change_agencies, changes
from storage.identity import text_key
from storage.schema import ROLES

Row = dict[str, Any]

_LOCK = 7_265_002
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

    On PostgreSQL the caller's transaction holds the feed until its end: numbers are given in the order of commits, so a reader that
    goes on from the last one it saw misses none.
    """
    if not found:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    now = datetime.now(UTC)
    whole = [_EMPTY | {"known_at": now} | row for row in found]
    if all(row["entity"] != "task" for row in whole):
        connection.execute(insert(changes), whole)
        return
    written = connection.execute(insert(changes).returning(changes.c.seq, sort_by_parameter_order=True), whole).scalars().all()
    bodies = [body for seq, row in zip(written, whole, strict=True) if row["entity"] == "task" for body in _bodies(seq, row)]
    if bodies:
        connection.execute(insert(change_agencies), bodies)


def _bodies(seq: int, row: Row) -> list[Row]:
    found: dict[tuple[str, str, int], Row] = {}
    for side in ("before", "after"):
        for role in ROLES:
            for position, body in enumerate(_named(row.get(side), role)):
                key = {"mention_key": text_key(body["mention"]), "name": body["name"] or body["mention"], "agency_id": body["id"]}
                found[side, role, position] = {"seq": seq, "side": side, "role": role, "position": position} | key
    return list(found.values())


def _named(state: Any, role: str) -> Iterable[Row]:  # noqa: ANN401 -- a task's state, several of a split or merger, or none
    states = state if isinstance(state, list) else [state] if state else []
    bodies = (body for each in states for body in each[role])
    return {(body["id"] or body["mention"]): body for body in bodies}.values()


def notice_event(row: Row, kind: str, at: datetime, reason: str = "") -> Row:
    """Return the row of what became of a public record: ``entered``, ``changed`` or ``left``. Its content is never in it."""
    place = {"site": row["site"], "section": row["section"], "list_name": row["list_name"], "colour": row["colour"]}
    found = {"entity": "notice", "entity_id": row["id"], "kind": kind, "known_at": at, "record_kind": row["kind"], "reason": reason}
    return found | place
