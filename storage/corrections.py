"""Reports of readers that something is wrong here: taken in, answered in days, logged for everybody.

A report is about what this store shows, not about what its source said. The reader's own words are masked before they come here and are
for operators only; the public log has the operator's. Of a public record the log says neither which one nor what it said, and what was
reported of it goes when the record goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from storage.corrections_schema import STATES, corrections
from storage.engine import rows
from storage.errors import StoreError, UnknownRecord
from storage.notice_schema import notices
from storage.paging import Page, behind, cursor, size_of
from storage.store import Store

Row = dict[str, Any]

NEW, CONFIRMED, MENDED, DECLINED = STATES
MOST_AN_HOUR, MOST_A_DAY = 10, 200
"""Reports of one person in an hour, and of everybody in a day: more is no reading."""
_LOG = ("id", "about", "address", "field", "received_at", "due_on", "state", "told", "reason", "wrong_from", "mended_on", "answered_at")


class TooManyReports(StoreError):  # noqa: N818 -- what happened, in the words of the page
    """Somebody reports more than a reader can."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a reader says is wrong, masked.

    ``about`` is a word of ``corrections_schema.ABOUT``, ``address`` the place in the room, ``field`` the fact at that place;
    ``notice_id`` is set for a public record only. ``reported_by`` is the name of an account, empty where there are none.
    """

    about: str
    address: str
    wrong: str
    field: str = ""
    should_be: str = ""
    contact: str = ""
    reported_by: str = ""
    notice_id: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a report: ``told`` says in public what was wrong, ``reason`` why it was declined. Days as in the table."""

    state: str
    told: str
    reason: str = ""
    wrong_from: date | None = None
    mended_on: date | None = None


def take_in(store: Store, report: Report, at: datetime, due_on: date) -> int:
    """Store a report and return its number. Raises ``TooManyReports``; ``UnknownRecord`` for a public record that is not shown."""
    row = {name: getattr(report, name) for name in Report.__dataclass_fields__}
    rest = {"received_at": at, "due_on": due_on, "state": NEW, "told": "", "reason": "", "answered_by": ""}
    with store.writing() as connection:
        _check_rate(connection, report.reported_by, at)
        if report.notice_id is not None and _gone(connection, report.notice_id):
            raise UnknownRecord(f"There is no record {report.notice_id}: what was taken down is not shown.")
        number = connection.execute(insert(corrections).values(row | rest)).inserted_primary_key
    return int((number or (0,))[0])


def _check_rate(connection: Connection, by: str, at: datetime) -> None:
    c = corrections.c
    count = select(func.count()).select_from(corrections)
    hour = connection.execute(count.where(c.received_at > at - timedelta(hours=1), c.reported_by == by)).scalar_one()
    day = connection.execute(count.where(c.received_at > at - timedelta(days=1))).scalar_one()
    if hour >= MOST_AN_HOUR or day >= MOST_A_DAY:
        raise TooManyReports(f"There were {hour} reports in the last hour: send this one later, or put several into one.")


def _gone(connection: Connection, notice_id: str) -> bool:
    return connection.execute(select(notices.c.id).where(notices.c.id == notice_id)).first() is None


def answer(store: Store, number: int, given: Answer, by: str, at: datetime) -> Row:
    """Answer a report, maybe again, and return its row. Raises ``UnknownRecord``, ``StoreError`` for an answer that says too little."""
    check(given)
    c = corrections.c
    values = {name: getattr(given, name) for name in Answer.__dataclass_fields__} | {"answered_at": at, "answered_by": by}
    with store.writing() as connection:
        found = rows(connection.execute(select(corrections).where(c.id == number)))
        if not found:
            raise UnknownRecord(f"There is no report {number}: `harvester corrections list` lists them.")
        connection.execute(update(corrections).where(c.id == number).values(values))
    return found[0] | values


def check(given: Answer) -> None:
    """Raise ``StoreError`` for an answer that says too little for the public log, or whose days cannot be."""
    if given.state not in (CONFIRMED, MENDED, DECLINED):
        raise StoreError(f"'{given.state}' is no answer: use {CONFIRMED}, {MENDED} or {DECLINED}.")
    if not given.told.strip():
        raise StoreError("An answer says in public what was wrong: write it in a sentence.")
    if given.state == DECLINED and not given.reason.strip():
        raise StoreError("A report that is declined needs the reason: write it in a sentence.")
    if (given.mended_on is not None) != (given.state == MENDED):
        raise StoreError("The day of mending belongs to what is mended, and to nothing else: give it with that state.")
    if given.wrong_from and given.mended_on and given.wrong_from > given.mended_on:
        raise StoreError(f"{given.wrong_from} is after {given.mended_on}: write from when it was wrong.")


def named(store: Store, number: int) -> Row:
    """Return a report with all it says. Raises ``UnknownRecord``."""
    with store.reading() as connection:
        found = rows(connection.execute(select(corrections).where(corrections.c.id == number)))
    if not found:
        raise UnknownRecord(f"There is no report {number}: `harvester corrections list` lists them.")
    return found[0]


def listed(store: Store, *, state: str = "", limit: int | None = None) -> list[Row]:
    """Return reports for operators: what waits first, by its last day, then the newest answers."""
    c = corrections.c
    query = select(corrections).where(*([c.state == state] if state else []))
    with store.reading() as connection:
        return rows(connection.execute(query.order_by(c.state != NEW, c.due_on, c.id.desc()).limit(limit)))


def counts(store: Store) -> dict[str, int]:
    """Return how many reports are in which state, of every state."""
    query = select(corrections.c.state, func.count().label("count")).group_by(corrections.c.state)
    with store.reading() as connection:
        return dict.fromkeys(STATES, 0) | {row["state"]: row["count"] for row in rows(connection.execute(query))}


def log(store: Store, *, limit: int | None = None, after: str = "") -> Page:
    """Return a page of the public log, the newest report first. Of a public record its address and field are empty."""
    size, key = size_of(limit), behind("corrections", {}, after, (int,))
    c = corrections.c
    query = select(*(c[name] for name in _LOG)).where(*([c.id < key[0]] if key else [])).order_by(c.id.desc())
    with store.reading() as connection:
        found = rows(connection.execute(query.limit(size + 1)))
        total = connection.execute(select(func.count()).select_from(corrections)).scalar_one()
    more = cursor("corrections", {}, (found[size - 1]["id"],)) if len(found) > size else ""
    return Page([_public(row) for row in found[:size]], more, total)


def _public(row: Row) -> Row:
    return row | ({"address": "", "field": "", "told": "", "reason": ""} if row["about"] == "record" else {})
