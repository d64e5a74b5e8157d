"""Write the public credit records of a crawl: what may be shown, and nothing of what may not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, select, update

from storage import notice_endings, notice_search
from storage.batches import batches
from storage.changes import notice_event, tell
from storage.days import local_day
from storage.engine import rows as rows_of
from storage.keyed import Keyring
from storage.notice_rows import ENDING_KINDS, Row, is_adverse, make_row, notice_id
from storage.notice_schema import notices, record_sightings, tombstones
from storage.records import NoticeEffect, NoticeRow, TakedownReason
from storage.row_writing import upsert
from storage.tombstones import Grave, bury

LASTING = (TakedownReason.REPAIRED, TakedownReason.WITHDRAWN, TakedownReason.SUPPRESSED)
"""Reasons that hold a decision back wherever it is published."""
REPAIRED_WORDS = "修复"
_KEPT = ("first_seen", "objection_marked_at")
_STORED = ("id", "file", "file_offset", "file_length", "sha256", "records_hash", "first_seen", "last_seen", "last_checked",
    "missing_since", "missing_last")  # fmt: skip


@dataclass(slots=True)
class _Known:
    """What the store knew of a batch before: rows and tombstones by identifier, and the reasons that last by tag."""

    rows: dict[str, Row] = field(default_factory=dict)
    buried: dict[str, Row] = field(default_factory=dict)
    lasting: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Work:
    """What a batch makes of the store."""

    write: list[Row] = field(default_factory=list)
    clocks: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    expired: list[Grave] = field(default_factory=list)
    ended: list[Grave] = field(default_factory=list)
    lifted: list[str] = field(default_factory=list)
    over: list[Row] = field(default_factory=list)
    effects: Counter[NoticeEffect] = field(default_factory=Counter)


def ingest(connection: Connection, keyring: Keyring, run: str, given: Sequence[NoticeRow], today: date) -> Counter[NoticeEffect]:
    """Write a batch of records and return how many of them did what to the store; of a record that comes twice the last one counts.

    ``today`` is the day in Shanghai on which terms are held against the calendar. Nothing of a record that is held back, over or
    ended is written but its tombstone.
    """
    last = {notice_id(row.printed.key): row for row in given}
    plain = [row for row in last.values() if row.notice.kind not in ENDING_KINDS]
    rows = [make_row(keyring, row) for row in plain]
    known = _read_known(connection, rows)
    # What comes when its term is over was never shown here: whether its ending was read before or comes after makes no difference.
    endings = notice_endings.ended(connection, keyring, [row for row in rows if row["id"] in known.rows or not _is_over(row, today)])
    work = _Work()
    for row, one in zip(rows, plain, strict=True):
        _judge(work, known, row, one, run=run, today=today, ending=endings.get(row["id"]))
    _apply(connection, work)
    work.effects += notice_endings.end(connection, keyring, run, [row for row in last.values() if row.notice.kind in ENDING_KINDS])
    return work.effects


# --- what is known -----------------------------------------------------------------------------------------------------


def _read_known(connection: Connection, rows: Sequence[Row]) -> _Known:
    known, t = _Known(), tombstones.c
    for ids in batches(row["id"] for row in rows):
        stored = select(*(notices.c[name] for name in _STORED)).where(notices.c.id.in_(ids))
        known.rows |= {row["id"]: row for row in rows_of(connection.execute(stored))}
        buried = select(t.id, t.reason, t.taken_at).where(t.id.in_(ids))
        known.buried |= {row["id"]: row for row in rows_of(connection.execute(buried))}
    for column in (t.same_tag, t.number_tag):
        for tags in batches(row[column.name] for row in rows if row[column.name]):
            held = select(column, t.reason).where(column.in_(tags), t.reason.in_(LASTING))
            known.lasting |= {row[0]: row[1] for row in connection.execute(held)}
    return known


def _held_back(known: _Known, row: Row, at: datetime) -> TakedownReason | None:
    """Return why a record may not come back, ``None`` when it may: a tombstone of its own stands, or one of the same decision."""
    buried = known.buried.get(row["id"])
    if buried and (buried["reason"] != TakedownReason.GONE or at <= buried["taken_at"]):
        return TakedownReason(buried["reason"])
    # A permit may be given again under its old number; an adverse decision is one decision, whatever day a site prints.
    number = row["number_tag"] if is_adverse(row["kind"], row["colour"]) else ""
    reason = known.lasting.get(row["same_tag"]) or known.lasting.get(number)
    return TakedownReason(reason) if reason else None


# --- judge -------------------------------------------------------------------------------------------------------------

_Ending = tuple[TakedownReason, date | None]


def _judge(work: _Work, known: _Known, row: Row, given: NoticeRow, *, run: str, today: date, ending: _Ending | None) -> None:
    """Decide what becomes of one record, and note what has to be done."""
    at, stored = given.fetched_at, known.rows.get(row["id"])
    if given.notice.term.undated_days:
        # Nothing tells when it began: its first day here counts, and does not move on with each crawl.
        last = local_day(stored["first_seen"] if stored else at) + timedelta(days=given.notice.term.undated_days)
        row["ends_on"] = min(row["ends_on"] or last, last)
    if held := _held_back(known, row, at):
        work.effects[NoticeEffect.HELD_BACK] += 1
        if stored or row["id"] not in known.buried:
            work.ended.append(notice_endings.grave(row, held, None, at, run))
    elif given.notice.is_over or ending:
        reason, since = ending or (_reason(given), given.notice.removed_on)
        work.effects[NoticeEffect.ENDED] += 1
        work.ended.append(notice_endings.grave(row, reason, since, at, run))
    elif _is_over(row, today):
        work.effects[NoticeEffect.OVER] += 1
        work.over.append(_over(row, run, at))
        if stored:
            work.expired.append(notice_endings.grave(row, TakedownReason.EXPIRED, row["ends_on"] + timedelta(days=1), at, run))
    elif stored:
        _keep(work, row, stored, at)
    elif not row["file_length"]:
        # The caller took it for one that may not be kept, and archived nothing: it is read again by the next crawl.
        work.effects[NoticeEffect.HELD_BACK] += 1
    else:
        _add(work, known, row, at)


def _is_over(row: Row, today: date) -> bool:
    return row["ends_on"] is not None and row["ends_on"] < today


def _reason(given: NoticeRow) -> TakedownReason:
    reasons = (each.value for each in given.notice.further if each.label == "removal_reason")
    words = "".join((given.notice.status, given.notice.remark, *reasons))
    return TakedownReason.REPAIRED if REPAIRED_WORDS in words else TakedownReason.WITHDRAWN


def _add(work: _Work, known: _Known, row: Row, at: datetime) -> None:
    work.write.append(row | {"first_seen": at} | _seen(at, at) | {"objection_marked_at": None})
    work.events.append(notice_event(row, "entered", at))
    work.effects[NoticeEffect.NEW] += 1
    if row["id"] in known.buried:
        work.lifted.append(row["id"])


def _keep(work: _Work, row: Row, stored: Row, at: datetime) -> None:
    if at < stored["last_checked"]:
        # What was read before the stored one came says nothing new, and its place in the archive may be gone.
        work.effects[NoticeEffect.UNCHANGED] += 1
        return
    same_print = row["sha256"] == stored["sha256"] or not row["file_length"]
    place = {name: (stored if same_print else row)[name] for name in ("file", "file_offset", "file_length", "sha256")}
    clock = _seen(max(at, stored["last_seen"]), max(at, stored["last_checked"]))
    if stored["missing_since"] and at <= stored["missing_since"]:
        clock |= {name: stored[name] for name in ("missing_since", "missing_last")}
    if row["records_hash"] == stored["records_hash"]:
        work.clocks.append({"of": row["id"]} | clock | place)
        work.effects[NoticeEffect.UNCHANGED] += 1
        return
    work.write.append(row | place | clock | {"first_seen": stored["first_seen"], "objection_marked_at": None})
    work.effects[NoticeEffect.REREAD if same_print else NoticeEffect.CHANGED] += 1
    if not same_print:
        work.events.append(notice_event(row, "changed", at))


def _seen(seen: datetime, checked: datetime) -> Row:
    return {"last_seen": seen, "last_checked": checked, "missing_since": None, "missing_last": None}


def _over(row: Row, run: str, at: datetime) -> Row:
    """Return the sighting of a record that was over when it was read, so that its page is not asked for again every day."""
    place = {"site": row["site"], "section": row["section"], "slice": "", "notice_id": row["id"], "run": run}
    return place | {"first_seen": at, "last_seen": at, "read_at": at, "ends_on": row["ends_on"]}


# --- apply -------------------------------------------------------------------------------------------------------------


def _apply(connection: Connection, work: _Work) -> None:
    if work.lifted:
        connection.execute(delete(tombstones).where(tombstones.c.id.in_(work.lifted)))
    upsert(connection, notices, work.write, keep=_KEPT)
    notice_search.index(connection, work.write)
    _set(connection, work.clocks)
    tell(connection, work.events)
    upsert(connection, record_sightings, work.over, keep=("first_seen",))
    if work.expired:
        bury(connection, work.expired)
    notice_endings.bury_everywhere(connection, work.ended)


def _set(connection: Connection, clocks: Sequence[Row]) -> None:
    if clocks:
        values: Row = {name: bindparam(name) for name in clocks[0] if name != "of"}
        connection.execute(update(notices).where(notices.c.id == bindparam("of")).values(values), list(clocks))
