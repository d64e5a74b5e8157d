"""Jobs that rest: who paused them, why, from when and until when. A pause that is over stays, so that what was skipped can be explained."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from storage.operations_schema import pauses
from storage.store import Store
from storage.turns import Turn


@dataclass(frozen=True, slots=True)
class Pause:
    """One rest of a job. ``until`` is when it ends by itself, ``ended_at`` when somebody ended it before."""

    id: int
    job: str
    reason: str
    paused_by: str
    since: datetime
    until: datetime | None
    ended_at: datetime | None

    def holds(self, moment: datetime) -> bool:
        """Tell whether the job rests at a moment."""
        ends = [end for end in (self.until, self.ended_at) if end is not None]
        return self.since <= moment and all(moment < end for end in ends)


def pause(store: Store, job: str, reason: str, by: str, now: datetime, until: datetime | None = None) -> Pause:
    """Let a job rest from now on and return the pause; one that holds already is ended by it."""
    row = {"job": job, "reason": reason, "paused_by": by, "since": now, "until": until}
    with store.writing(told=False, turn=Turn.RESTS) as connection:
        _end(connection, job, now)
        connection.execute(insert(pauses), [row])
        return next(each for each in read(connection) if each.job == job and each.holds(now))


def resume(store: Store, job: str, now: datetime) -> bool:
    """Let a job go on; return whether it rested."""
    with store.writing(told=False, turn=Turn.RESTS) as connection:
        return _end(connection, job, now) > 0


def listed(store: Store) -> list[Pause]:
    """Return every pause there was, the latest first."""
    with store.reading() as connection:
        return read(connection)


def holding(found: list[Pause], job: str, moment: datetime) -> Pause | None:
    """Return the pause by which a job rests at a moment, ``None`` where it does not."""
    return next((each for each in found if each.job == job and each.holds(moment)), None)


def awake_from(found: list[Pause], job: str, moment: datetime) -> datetime | None:
    """Return the first moment, this one or a later one, at which a job does not rest; ``None`` where it rests until it is resumed."""
    while rest := holding(found, job, moment):
        ends = [end for end in (rest.until, rest.ended_at) if end is not None]
        if not ends:
            return None
        moment = min(ends)
    return moment


def read(connection: Connection) -> list[Pause]:
    """Return every pause there was, the latest first, within a transaction."""
    return [Pause(**row._mapping) for row in connection.execute(select(pauses).order_by(pauses.c.since.desc(), pauses.c.id.desc()))]


def _end(connection: Connection, job: str, now: datetime) -> int:
    # One made by a clock that is ahead holds a moment later, so what has not begun is ended, too.
    held = [each.id for each in read(connection) if each.job == job and each.ended_at is None and (each.until is None or now < each.until)]
    connection.execute(update(pauses).where(pauses.c.id.in_(held)).values(ended_at=now))
    return len(held)
