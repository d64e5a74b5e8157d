"""What operators are told of incidents: a row for each message to each channel, written before anything is sent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, or_, select, update

from storage.batches import among
from storage.engine import rows
from storage.incidents import Incident, Snooze
from storage.operations_schema import incident_messages, incidents, snoozes
from storage.row_writing import insert_unless_there
from storage.store import Store

OPENED, REMINDER, RECOVERED = "opened", "reminder", "recovered"
LONG_AGO = timedelta(days=60)
"""What was over so long ago is told no more, and what was snoozed until then counts no more."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of an incident to a channel. ``attempts`` counts those begun; ``due_at`` is when to try next."""

    id: int
    incident: int
    kind: str
    channel: str
    number: int
    formed_at: datetime
    due_at: datetime
    attempts: int
    sent_at: datetime | None
    given_up_at: datetime | None
    error: str

    @property
    def waits(self) -> bool:
        """Tell whether it is still to be sent."""
        return self.sent_at is None and self.given_up_at is None


@dataclass(frozen=True, slots=True)
class Fresh:
    """A message to be formed."""

    incident: int
    kind: str
    channel: str
    number: int


def at_stake(store: Store, now: datetime) -> tuple[list[Incident], list[Message], list[Snooze]]:
    """Return the incidents that somebody may have to be told of, every message of them, and the snoozes that hold or held lately.

    These are the open ones, and those that are over without that everybody was told who knew of them.
    """
    i, m = incidents.c, incident_messages.alias()
    later = incident_messages.alias()
    told_too = (later.c.incident == m.c.incident, later.c.channel == m.c.channel, later.c.kind == RECOVERED, later.c.id > m.c.id)
    over = exists().where(*told_too, later.c.given_up_at.is_(None))
    heard = exists().where(m.c.incident == i.id, m.c.kind != RECOVERED, ~over)
    untold = exists().where(m.c.incident == i.id, m.c.sent_at.is_(None), m.c.given_up_at.is_(None))
    wanted = or_(i.closed_at.is_(None), (i.closed_at > now - LONG_AGO) & or_(heard, untold))
    s, t = snoozes.c, incident_messages.c
    with store.reading() as connection:
        stakes = rows(connection.execute(select(incidents).where(wanted).order_by(i.id)))
        found = [Incident(**row | {"sections": tuple(row["sections"])}) for row in stakes]
        known = among(connection, t.incident, [each.id for each in found])
        told = rows(connection.execute(select(incident_messages).where(known).order_by(t.id)))
        held = rows(connection.execute(select(snoozes).where(func.coalesce(s.ended_at, s.until) > now - LONG_AGO).order_by(s.id)))
    return found, [Message(**row) for row in told], [Snooze(**row) for row in held]


def last_sent(store: Store, channel: str) -> datetime | None:
    """Return when a channel was last sent anything."""
    m = incident_messages.c
    with store.reading() as connection:
        query = select(m.sent_at).where(m.channel == channel, m.sent_at.is_not(None)).order_by(m.sent_at.desc()).limit(1)
        return connection.execute(query).scalar_one_or_none()


def change(store: Store, fresh: Sequence[Fresh], withdrawn: Collection[int], why: str, now: datetime) -> None:
    """Form messages, each once whoever else forms it, and withdraw others that were not sent; all or nothing."""
    made = [asdict(each) | {"formed_at": now, "due_at": now, "error": ""} for each in fresh]
    m = incident_messages.c
    with store.writing(told=False) as connection:
        if withdrawn:
            gone = update(incident_messages).where(m.id.in_(list(withdrawn)), m.sent_at.is_(None))
            connection.execute(gone.values(given_up_at=now, error=why))
        for row in made:
            insert_unless_there(connection, incident_messages, row)


def begin(store: Store, numbers: Collection[int], next_at: datetime) -> None:
    """Count an attempt that is about to be made, and the time of the next should this one not end."""
    m = incident_messages.c
    with store.writing(told=False) as connection:
        values = {"attempts": m.attempts + 1, "due_at": next_at}
        connection.execute(update(incident_messages).where(m.id.in_(list(numbers))).values(values))


def sent(store: Store, numbers: Collection[int], at: datetime, note: str = "") -> None:
    """Note that messages reached their channel; ``note`` is what was not as it should be."""
    _set(store, numbers, sent_at=at, error=note)


def postponed(store: Store, numbers: Collection[int], next_at: datetime, error: str) -> None:
    """Note why an attempt failed, and when to try again."""
    _set(store, numbers, due_at=next_at, error=error)


def given_up(store: Store, numbers: Collection[int], at: datetime, error: str) -> None:
    """Note that no more attempts are made, and why the last one failed."""
    _set(store, numbers, given_up_at=at, error=error)


def _set(store: Store, numbers: Iterable[int], **values: Any) -> None:  # noqa: ANN401 -- values of columns
    m = incident_messages.c
    wanted = list(numbers)
    if not wanted:
        return
    with store.writing(told=False) as connection:
        still = (m.id.in_(wanted), m.sent_at.is_(None), m.given_up_at.is_(None))
        connection.execute(update(incident_messages).where(*still).values(**values))


def listed(store: Store, *, channel: str = "", waiting: bool = False, limit: int | None = None) -> list[dict[str, Any]]:
    """Return messages with what they are of, the newest first."""
    m, i = incident_messages.c, incidents.c
    query = select(*m, i.site, i.cause, i.level, i.opened_at, i.closed_at).join_from(incident_messages, incidents, i.id == m.incident)
    wanted = [*([m.channel == channel] if channel else []), *([m.sent_at.is_(None), m.given_up_at.is_(None)] if waiting else [])]
    with store.reading() as connection:
        return rows(connection.execute(query.where(*wanted).order_by(m.id.desc()).limit(limit)))


def waiting(store: Store) -> dict[str, int]:
    """Return how many messages wait, by channel."""
    m = incident_messages.c
    query = select(m.channel, func.count()).where(m.sent_at.is_(None), m.given_up_at.is_(None)).group_by(m.channel)
    with store.reading() as connection:
        return {channel: int(count) for channel, count in connection.execute(query)}
