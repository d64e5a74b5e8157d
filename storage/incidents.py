"""Incidents: what is wrong with a site, one row a cause from its first to its last run, and what an operator need not be told of (snoozes).

An incident is closed section by section: only what a run could have shown and did not show is over. One that comes back within
``FLAPPING`` is the same incident, opened again, and nobody is told of it a second time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, select, update

from storage.engine import rows
from storage.errors import StoreError, UnknownRecord
from storage.operations_schema import findings, incidents, snoozes
from storage.row_writing import insert_unless_there
from storage.store import Store
from storage.turns import Turn

FLAPPING = timedelta(days=1)
"""What comes back so soon after it was over is the same incident."""
WHOLE = ""
"""The section of what is wrong with a site as a whole."""
WARNING, ALARM = "warning", "alarm"
LONGEST = 2000
"""Characters that are kept of a detail."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a run showed to be wrong with a section (``WHOLE``: with its site): its cause, and what was observed and expected."""

    cause: str
    level: str
    section: str = WHOLE
    observed: str = ""
    expected: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Incident:
    """One thing that is wrong with a site (empty: with the work itself). ``sections`` holds ``WHOLE`` for the site as a whole."""

    id: int
    site: str
    cause: str
    level: str
    sections: tuple[str, ...]
    detail: str
    opened_at: datetime
    first_run: str
    last_at: datetime
    last_run: str
    closed_at: datetime | None
    closing_run: str


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of incidents, by their identifiers: ``reopened`` ones came back too soon to be told of anew."""

    opened: tuple[int, ...] = ()
    kept: tuple[int, ...] = ()
    closed: tuple[int, ...] = ()
    reopened: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Snooze:
    """What an operator knows and need not be told until a moment; an empty ``cause`` means every cause of the site."""

    id: int
    site: str
    cause: str
    reason: str
    snoozed_by: str
    since: datetime
    until: datetime
    ended_at: datetime | None

    def covers(self, site: str, cause: str, now: datetime) -> bool:
        """Tell whether it is about a cause of a site, and holds at a moment."""
        return self.site == site and self.cause in ("", cause) and self.since <= now < self.until and self.ended_at is None


# --- findings --------------------------------------------------------------------------------------------------------------


def write_findings(store: Store, run: str, site: str, found: Sequence[Finding]) -> None:
    """Write what a run showed to be wrong."""
    if not found:
        return
    told = [
        {
            "run": run,
            "site": site,
            "section": each.section,
            "cause": each.cause,
            "level": each.level,
            "observed": each.observed,
            "expected": each.expected,
            "detail": each.detail[:LONGEST],
        }
        for each in found
    ]
    with store.writing(told=False) as connection:
        connection.execute(insert(findings), told)


def findings_of(store: Store, run: str) -> list[Finding]:
    """Return what a run showed to be wrong, in the order in which it was found."""
    f = findings.c
    query = select(f.cause, f.level, f.section, f.observed, f.expected, f.detail).where(f.run == run).order_by(f.id)
    with store.reading() as connection:
        return [Finding(**row) for row in rows(connection.execute(query))]


# --- incidents ---------------------------------------------------------------------------------------------------------------


def settle(
    store: Store, site: str, found: Iterable[Finding], judged: Mapping[str, Collection[str]], *, run: str = "", at: datetime
) -> Settled:
    """Open, keep and close the incidents of a site by what was found wrong with it, and return what became of them.

    ``judged`` tells by cause of which sections (``WHOLE``: the site) it could be told whether it is there; of an incident whose cause or
    sections are not among them nothing is known, and it stays. All or nothing; settling the same twice changes nothing.
    """
    by_cause: dict[str, list[Finding]] = {}
    for each in found:
        by_cause.setdefault(each.cause, []).append(each)
    opened, kept, closed, reopened = [], [], [], []
    with store.writing(told=False) as connection:
        known = {incident.cause: incident for incident in _read(connection, incidents.c.site == site, incidents.c.closed_at.is_(None))}
        for cause, faults in by_cause.items():
            if cause in known:
                kept.append(_keep(connection, known[cause], faults, judged.get(cause, ()), run, at))
            elif former := _former(connection, site, cause, at):
                reopened.append(_reopen(connection, former, faults, run, at))
            else:
                opened += _open(connection, site, cause, faults, run, at)
        for cause, incident in known.items():
            if cause in by_cause or not (over := set(incident.sections) & set(judged.get(cause, ()))):
                continue
            left = set(incident.sections) - over
            _shrink(connection, incident.id, left) if left else closed.append(_close(connection, incident.id, run, at))
    return Settled(tuple(opened), tuple(kept), tuple(closed), tuple(reopened))


def _keep(connection: Connection, incident: Incident, faults: Sequence[Finding], judged: Collection[str], run: str, at: datetime) -> int:
    """Write that an incident goes on; sections that were looked at and are well belong to it no more."""
    now = {fault.section for fault in faults}
    row = _told(faults) | {"sections": sorted(now | (set(incident.sections) - set(judged))), "last_at": at, "last_run": run}
    connection.execute(update(incidents).where(incidents.c.id == incident.id).values(row))
    return incident.id


def _reopen(connection: Connection, former: Incident, faults: Sequence[Finding], run: str, at: datetime) -> int:
    row = _told(faults) | {"last_at": at, "last_run": run, "closed_at": None, "closing_run": ""}
    connection.execute(update(incidents).where(incidents.c.id == former.id).values(row))
    return former.id


def _open(connection: Connection, site: str, cause: str, faults: Sequence[Finding], run: str, at: datetime) -> list[int]:
    """Write a new incident and return its identifier; nothing where somebody else wrote it meanwhile."""
    row = _told(faults) | {
        "site": site,
        "cause": cause,
        "opened_at": at,
        "first_run": run,
        "last_at": at,
        "last_run": run,
        "closing_run": "",
    }
    number = insert_unless_there(connection, incidents, row)
    return [] if number is None else [number]


def _close(connection: Connection, number: int, run: str, at: datetime) -> int:
    connection.execute(update(incidents).where(incidents.c.id == number).values(closed_at=at, closing_run=run))
    return number


def _shrink(connection: Connection, number: int, sections: Iterable[str]) -> None:
    connection.execute(update(incidents).where(incidents.c.id == number).values(sections=sorted(sections)))


def _told(faults: Sequence[Finding]) -> dict[str, Any]:
    """Return what is told of an incident by what was found: the gravest level, its sections, and the first sentence of each."""
    level = ALARM if any(fault.level == ALARM for fault in faults) else WARNING
    sentences = dict.fromkeys(fault.detail for fault in faults if fault.detail)
    return {"level": level, "sections": sorted({fault.section for fault in faults}), "detail": " ".join(sentences)[:LONGEST]}


def _former(connection: Connection, site: str, cause: str, at: datetime) -> Incident | None:
    """Return the incident of a cause that was over so short a time ago that it is the same."""
    i = incidents.c
    found = _read(connection, i.site == site, i.cause == cause, i.closed_at.is_not(None), i.closed_at > at - FLAPPING)
    return max(found, key=lambda incident: (incident.closed_at, incident.id), default=None)


def _read(connection: Connection, *wanted: ColumnElement[bool]) -> list[Incident]:
    found = rows(connection.execute(select(incidents).where(*wanted).order_by(incidents.c.opened_at, incidents.c.id)))
    return [Incident(**row | {"sections": tuple(row["sections"])}) for row in found]


def incidents_of(store: Store, site: str | None = None, *, closed: bool = False, most: int = 200) -> list[Incident]:
    """Return what is wrong, the oldest first, at most the last ``most``; ``closed``: also what is over.

    ``site`` empty: with the work itself; ``None``: everywhere.
    """
    wanted = [incidents.c.site == site] if site is not None else []
    if not closed:
        wanted.append(incidents.c.closed_at.is_(None))
    newest = select(incidents.c.id).where(*wanted).order_by(incidents.c.opened_at.desc(), incidents.c.id.desc()).limit(most)
    with store.reading() as connection:
        return _read(connection, incidents.c.id.in_(newest))


# --- snoozes -----------------------------------------------------------------------------------------------------------------


def snooze(store: Store, site: str, cause: str, *, reason: str, by: str, since: datetime, until: datetime) -> int:
    """Write that a cause of a site (empty: each of them) need not be told of until a moment, and return the snooze's number.

    One of the same site and cause that still holds ends. Raises ``StoreError`` without a reason or a name, or for a moment that is past.
    """
    if not reason.strip() or not by.strip():
        raise StoreError("A snooze says why and by whom: give a reason, and set `operator` in the settings.")
    if until <= since:
        raise StoreError(f"A snooze ends in the future, not on {until:%Y-%m-%d %H:%M} UTC: give a later day.")
    row = {"site": site, "cause": cause, "reason": reason.strip(), "snoozed_by": by.strip(), "since": since, "until": until}
    with store.writing(told=False, turn=Turn.RESTS) as connection:
        _end_snoozes(connection, site, cause, since)
        number: int = connection.execute(insert(snoozes).values(row).returning(snoozes.c.id)).scalar_one()
        return number


def wake(store: Store, site: str, cause: str | None, at: datetime) -> int:
    """End the snoozes of a site that hold, of a cause or (``None``) of each, and return how many. Raises ``UnknownRecord`` for none."""
    with store.writing(told=False, turn=Turn.RESTS) as connection:
        ended = _end_snoozes(connection, site, cause, at)
    if not ended:
        raise UnknownRecord(
            f"Nothing of {site or 'the work itself'} is snoozed{f' for {cause}' if cause else ''}: see `harvester incidents`."
        )
    return ended


def _end_snoozes(connection: Connection, site: str, cause: str | None, at: datetime) -> int:
    s = snoozes.c
    holds = [s.site == site, s.until > at, s.ended_at.is_(None), *([s.cause == cause] if cause is not None else [])]
    return connection.execute(update(snoozes).where(*holds).values(ended_at=at)).rowcount


def snoozed(store: Store, now: datetime) -> list[Snooze]:
    """Return the snoozes that hold at a moment, in the order in which they were made."""
    s = snoozes.c
    query = select(snoozes).where(s.since <= now, s.until > now, s.ended_at.is_(None)).order_by(s.id)
    with store.reading() as connection:
        return [Snooze(**row) for row in rows(connection.execute(query))]
