"""Bury records: in the caller's transaction the content goes and a tombstone takes its place.

What is left names nobody: identifiers that are keyed tags, the site and section, the kind, the reason and dates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from normalizers.notices.records import NoticeKind
from storage import corrections_schema, notice_search
from storage.batches import batches
from storage.changes import notice_event, tell
from storage.engine import rows
from storage.notice_schema import notices, objections, record_sightings, tombstones
from storage.records import TakedownReason

Row = dict[str, Any]

LEFT = "left"

_WEIGHT = {reason: weight for weight, reason in enumerate((TakedownReason.GONE, TakedownReason.EXPIRED))}
"""Reasons that a weightier one takes the place of: what is gone may come back, what was repaired, withdrawn or suppressed may not."""
_HEAVIEST = len(_WEIGHT)


@dataclass(frozen=True, slots=True)
class Grave:
    """A record to bury: its keyed tags, the reason, and the day it should have gone (``due_on``; ``None``: no day was set)."""

    notice_id: str
    same_tag: str
    number_tag: str
    site: str
    section: str
    kind: NoticeKind
    reason: TakedownReason
    due_on: date | None
    at: datetime
    run: str | None = None
    list_name: str = ""
    colour: str = ""


def bury(connection: Connection, graves: Sequence[Grave]) -> int:
    """Put tombstones in the place of records and return how many of them were shown until now.

    The row, its search entry, its sightings and what objections to it say go; a tombstone stands, whether there was a row or
    not, and the event that a shown record left. A tombstone that stands already stays, with the weightier of the two reasons.
    """
    wanted = {grave.notice_id: grave for grave in reversed(graves)}
    shown: list[str] = []
    for some in batches(reversed(wanted)):
        there = _there(connection, some)
        _write_tombstones(connection, [wanted[each] for each in some], there)
        _remove(connection, some)
        tell(connection, [_left(wanted[each], row) for each, row in there.items()])
        shown += there
    return len(shown)


def graves_of(
    connection: Connection, ids: Sequence[str], reason: TakedownReason, at: datetime, *, due_on: date | None = None, run: str | None = None
) -> list[Grave]:
    """Return the graves of shown records, all for one reason."""
    n = notices.c
    columns = (n.id, n.same_tag, n.number_tag, n.site, n.section, n.kind, n.list_name, n.colour)
    found: list[Grave] = []
    for some in batches(ids):
        for row in rows(connection.execute(select(*columns).where(n.id.in_(some)))):
            row["notice_id"] = row.pop("id")
            found.append(Grave(**(row | {"kind": NoticeKind(row["kind"])}), reason=reason, due_on=due_on, at=at, run=run))
    return found


def _there(connection: Connection, ids: Sequence[str]) -> dict[str, Row]:
    n = notices.c
    columns = (n.id, n.file, n.file_offset, n.file_length, n.list_name, n.colour)
    return {row["id"]: row for row in rows(connection.execute(select(*columns).where(n.id.in_(ids))))}


def _write_tombstones(connection: Connection, graves: Sequence[Grave], there: dict[str, Row]) -> None:
    t = tombstones.c
    known = {row.id: row.reason for row in connection.execute(select(t.id, t.reason).where(t.id.in_([g.notice_id for g in graves])))}
    new = [_tombstone(grave, there.get(grave.notice_id)) for grave in graves if grave.notice_id not in known]
    if new:
        connection.execute(insert(tombstones), new)
    for grave in graves:
        before = known.get(grave.notice_id)
        if before is not None and _weight(grave.reason) > _weight(TakedownReason(before)):
            stronger = {"reason": grave.reason, "same_tag": grave.same_tag, "number_tag": grave.number_tag}
            connection.execute(update(tombstones).where(t.id == grave.notice_id).values(stronger))
        if before is not None and grave.notice_id in there:
            again = _place(there[grave.notice_id]) | {"archive_erased_at": None, "taken_at": grave.at, "due_on": grave.due_on}
            connection.execute(update(tombstones).where(t.id == grave.notice_id).values(again))


def _weight(reason: TakedownReason) -> int:
    return _WEIGHT.get(reason, _HEAVIEST)


def _tombstone(grave: Grave, row: Row | None) -> Row:
    names = ("same_tag", "number_tag", "site", "section", "kind", "reason", "due_on", "run")
    return {"id": grave.notice_id, "taken_at": grave.at, **{name: getattr(grave, name) for name in names}, **_place(row)}


def _place(row: Row | None) -> Row:
    held = row is not None and row["file"] != ""
    return {name: row[name] if held and row else None for name in ("file", "file_offset", "file_length")}


def _remove(connection: Connection, ids: Sequence[str]) -> None:
    o = objections.c
    connection.execute(update(objections).where(o.notice_id.in_(ids)).values(statement=""))
    corrections_schema.forget(connection, ids)
    notice_search.remove(connection, ids)
    connection.execute(delete(record_sightings).where(record_sightings.c.notice_id.in_(ids)))
    connection.execute(delete(notices).where(notices.c.id.in_(ids)))


def _left(grave: Grave, row: Row) -> Row:
    place = {name: getattr(grave, name) for name in ("site", "section", "kind")}
    return notice_event(row | place | {"id": grave.notice_id}, LEFT, grave.at, grave.reason)
