"""When records were last seen, what a run had of a section, and which records are missing from a list that was read whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, func, select, update

from storage.batches import batches
from storage.errors import StoreError
from storage.ledger import CoverageFacts
from storage.notice_rows import notice_id
from storage.notice_schema import coverage, endings, notices, record_sightings, tombstones
from storage.records import NoticeClock, TakedownReason, Verdict
from storage.row_writing import upsert
from storage.schema import runs

_LINE = ("section", "slice", "stated", "pages", "pages_had", "listed", "had", "known", "failed", "capped", "complete")


def seen(connection: Connection, run: str, site: str, section: str, part: str, tags: Iterable[str], at: datetime) -> None:
    """Note that a list named records, given by their keyed tags: they are not missing, and were seen then."""
    named = list(dict.fromkeys(notice_id(tag) for tag in tags))
    buried = _buried(connection, named)
    ids = [each for each in named if each not in buried]
    place = {"site": site, "section": section, "slice": part, "run": run, "first_seen": at, "last_seen": at}
    upsert(connection, record_sightings, [place | {"notice_id": each} for each in ids], keep=("first_seen",))
    n = notices.c
    for some in batches(ids):
        connection.execute(update(notices).where(n.id.in_(some), n.last_seen < at).values(last_seen=at))
        back = {"missing_since": None, "missing_last": None}
        connection.execute(update(notices).where(n.id.in_(some), n.missing_since < at).values(back))


def clock(connection: Connection, tag: str) -> NoticeClock | None:
    """Return when a record, given by its keyed tag, was read last and until when it may be shown; ``None`` for one that is not known.

    A repair or a withdrawal was read when it was seen last. A record that was gone at its source counts as unknown, so that it is
    read again when it comes back.
    """
    key, n, t, s = notice_id(tag), notices.c, tombstones.c, record_sightings.c
    found = connection.execute(select(n.last_checked, n.ends_on).where(n.id == key)).one_or_none()
    if found:
        return NoticeClock(*found)
    if connection.execute(select(t.id).where(t.id == key, t.reason != TakedownReason.GONE)).one_or_none():
        return NoticeClock(None, None, tombstone=True)
    if ending := connection.execute(select(endings.c.last_seen).where(endings.c.id == key)).one_or_none():
        return NoticeClock(ending.last_seen, None)
    over = select(s.read_at, s.ends_on).where(s.notice_id == key, s.read_at.is_not(None)).order_by(s.read_at.desc()).limit(1)
    found = connection.execute(over).one_or_none()
    return NoticeClock(*found) if found else None


def _buried(connection: Connection, ids: Iterable[str]) -> set[str]:
    """Return the records that left a tombstone and do not come back: no list makes them known again."""
    t, found = tombstones.c, set[str]()
    for some in batches(ids):
        found.update(connection.execute(select(t.id).where(t.id.in_(some), t.reason != TakedownReason.GONE)).scalars())
    return found


# --- coverage ----------------------------------------------------------------------------------------------------------


def record(connection: Connection, run: str, lines: Sequence[CoverageFacts]) -> None:
    """Write what a run had of each section and slice, in the place of what was written of the run before.

    When the run is known to have ended ``complete``, records that its complete lists do not name any more are marked missing;
    else that is done when it ends. Raises ``StoreError`` for a run that never began.
    """
    site = connection.execute(select(runs.c.site).where(runs.c.id == run)).scalar_one_or_none()
    if site is None:
        raise StoreError(f"There is no run {run}: begin it first.")
    told = [{name: getattr(line, name) for name in _LINE} | {"gaps": list(line.gaps)} for line in lines]
    upsert(connection, coverage, [{"run": run, "site": site} | row for row in told])
    mark_missing(connection, run)


def mark_missing(connection: Connection, run: str) -> int:
    """Mark the records that a complete run did not see where they were listed before, and return how many there are now.

    Only a list counts that was read to its end, without a cap, and named anything at all; and only a run that ended complete.
    Of a section with a line for the whole, the whole is what counts: a record may have moved from one slice to another.
    """
    ended = connection.execute(select(runs.c.site, runs.c.verdict, runs.c.ended_at).where(runs.c.id == run)).one()
    if ended.verdict != Verdict.COMPLETE:
        return 0
    c = coverage.c
    lines = connection.execute(select(c.section, c.slice, c.listed, c.complete, c.capped).where(c.run == run)).all()
    whole = {line.section for line in lines if not line.slice}
    count = 0
    for line in lines:
        if line.complete and not line.capped and (not line.slice or line.section not in whole):
            count += _mark(connection, run, ended.ended_at, _listed_in(ended.site, line.section, line.slice))
    return count


def _listed_in(site: str, section: str, part: str) -> ColumnElement[bool]:
    s = record_sightings.c
    place = (s.site == site) & (s.section == section)
    return place & (s.slice == part) if part else place


def _mark(connection: Connection, run: str, at: datetime, place: ColumnElement[bool]) -> int:
    s, n = record_sightings.c, notices.c
    if not connection.execute(select(exists().where(place, s.run == run))).scalar_one():
        return 0
    again = record_sightings.alias("again")
    now = exists().where(again.c.notice_id == n.id, again.c.run == run).correlate(notices)
    gone = n.id.in_(select(s.notice_id).where(place)) & ~now & (n.last_seen < at)
    since: Any = func.coalesce(n.missing_since, at)
    return connection.execute(update(notices).where(gone).values(missing_since=since, missing_last=at)).rowcount
