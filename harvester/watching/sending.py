"""Form what is due, send what waits, try again with growing pauses, and give up after a stated time, which is shown and never silent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from harvester import audited
from harvester.config import Config
from harvester.errors import WrongCall
from harvester.lineage import kin
from harvester.watching import webhook
from harvester.watching.carrying import Event, carry, wants_event
from harvester.watching.channels import ROBOTS, Channel, HttpChannel, channel
from harvester.watching.digest import Occasion, digest
from harvester.watching.failing import DeliveryFailed
from harvester.watching.periods import next_due
from harvester.watching.retrying import Report, pause
from harvester.watching.robots import Pace
from storage import deliveries, watches
from storage.change_queries import ChangeFilters, read, read_horizon, read_latest
from storage.deliveries import Delivery, MovedCursor, Stretch
from storage.errors import UnknownRecord
from storage.store import Store
from storage.watches import Watch

Row = Mapping[str, Any]

LOCK = "the watches"


def run_once(store: Store, config: Config, pace: Pace | None = None) -> Report:
    """Form and send what is due; ``pace`` goes from pass to pass of a process. Raises ``LockedStore`` while another process does it."""
    with store.held(LOCK):
        return Run(store, config, pace or Pace()).run()


class Run:
    """One pass over all watches."""

    def __init__(self, store: Store, config: Config, pace: Pace) -> None:
        self.store, self.config, self.pace = store, config, pace
        self.report = Report()
        self.busy: set[str] = set()

    def run(self) -> Report:
        """Form what is due, then send until nothing is due any more."""
        for watch in watches.listed(self.store):
            if not watch.paused and (watch.due_at is None or watch.due_at <= now()):
                self.form(watch)
        tried: set[str] = set()
        while found := [each for each in deliveries.due(self.store, now()) if each.id not in tried]:
            tried |= {each.id for each in found}
            for delivery in found:
                self.deliver(delivery)
        return self.report

    # --- forming ---

    def form(self, watch: Watch) -> None:
        """Name what the feed has for a watch, and move its cursor behind it; one that was changed meanwhile waits for the next pass."""
        to = self.channel_of(watch)
        if to is None:
            return
        asked = question(self.store, watch, watch.cursor)
        with self.store.reading() as connection:
            upto, dropped = read_latest(connection), read_horizon(connection)
            rows = read(connection, replace(asked, since_seq=max(watch.cursor, dropped)), audited.today())
            found = list(stretches(rows, watch, upto, split=wants_event(to)))
        if watch.cursor < dropped:
            self.problem(
                watch, f"changes up to number {dropped} were dropped from the feed before they were told; compare with a snapshot."
            )
            upto = upto if found else watch.cursor  # the next message says so, whenever there is one
        due_at = next_due(watch.period, to.at, now())
        if (upto, due_at) == (watch.cursor, watch.due_at):
            return  # nothing came since the last pass
        with suppress(MovedCursor):
            self.report.formed += len(deliveries.form(self.store, watch.name, watch.cursor, upto, found, now(), due_at))

    def channel_of(self, watch: Watch) -> Channel | None:
        """Return a watch's channel, ``None`` where it cannot be used: that is told once a pass, and nothing is lost by it."""
        try:
            return channel(watch.channel, self.config.channels)
        except WrongCall as error:
            if watch.channel not in self.busy:
                self.problem(watch, str(error))
            self.busy.add(watch.channel)
            return None

    def problem(self, watch: Watch, sentence: str) -> None:
        """Keep what an operator should see."""
        self.report.problems.append(f"watch {watch.name}: {sentence}")

    # --- sending ---

    def deliver(self, delivery: Delivery) -> None:
        """Make one attempt, unless the channel takes nothing now."""
        try:
            watch = watches.named(self.store, delivery.watch)
        except UnknownRecord:
            return  # it was removed meanwhile
        to = self.channel_of(watch)
        if to is None or to.name in self.busy or (to.kind in ROBOTS and not self.pace.allows(to.name)):
            return
        next_at = now() + pause(delivery.attempts + 1, delivery.id)
        if not deliveries.begin(self.store, delivery.id, next_at):
            return
        try:
            note = self.send(to, watch, delivery)
        except DeliveryFailed as error:
            self.failed(to, watch, delivery, error, next_at)
            return
        deliveries.sent(self.store, delivery.id, now(), note)
        self.report.sent += 1
        if note:
            self.problem(watch, note)

    def send(self, to: Channel, watch: Watch, delivery: Delivery) -> str:
        """Read the stretch as it may be shown now, and send it; return what was not as it should be."""
        self.pace.note(to.name)
        with self.stretch(watch, delivery) as (occasion, rows):
            message = prepared(to, watch, occasion, rows, self.config.contact, delivery.upto_seq, deliveries.previous(self.store, delivery))
        if message.empty:
            return "nothing of it may be told any more."
        if message.records:
            asked = {"watch": watch.name, "channel": to.name, "delivery": delivery.id}
            audited.log_ids(self.store, watch.created_by, "export", asked, message.records, len(message.records))
        return message.send()

    @contextmanager
    def stretch(self, watch: Watch, delivery: Delivery) -> Iterator[tuple[Occasion, Iterator[Row]]]:
        """Give the rows of a delivery that the feed still has, and what the message must say of the others."""
        asked = question(self.store, watch, delivery.after_seq)
        with self.store.reading() as connection:
            dropped = read_horizon(connection)
            found = read(connection, replace(asked, since_seq=max(delivery.after_seq, dropped)), audited.today())
            occasion = Occasion(delivery.id, delivery.created_at, delivery.after_seq, dropped)
            yield occasion, until(found, delivery.upto_seq)

    def failed(self, to: Channel, watch: Watch, delivery: Delivery, error: DeliveryFailed, next_at: datetime) -> None:
        """Put a delivery off, or give it up; a channel that takes nothing is left alone for the rest of this pass."""
        next_at = max(next_at, now() + timedelta(seconds=error.retry_after))
        if error.busy:
            self.busy.add(to.name)
        if error.gone:
            watches.pause(self.store, watch.name)
            self.problem(watch, "its receiver wants no more (410), so it was paused; mend it, then `harvester watch resume`.")
        if timedelta(hours=to.give_up_hours) <= now() - delivery.created_at:
            deliveries.given_up(self.store, delivery.id, now(), str(error))
            self.report.given_up += 1
            self.problem(watch, f"delivery {delivery.id} was given up ({error}) Send it again with `harvester watch retry`.")
        else:
            deliveries.postponed(self.store, delivery.id, next_at, str(error))
            self.report.postponed += 1


# --- what is sent ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Message:
    """A message ready to be sent: ``empty`` when there is nothing left to tell, and the public records whose content it shows."""

    send: Callable[[], str]
    records: tuple[str, ...]
    empty: bool = False


def prepared(to: Channel, watch: Watch, occasion: Occasion, rows: Iterator[Row], contact: str, upto: int, previous: int) -> Message:
    """Return the message on ``rows`` in the form of its channel. The rows are read here, nothing is sent yet."""
    if isinstance(to, HttpChannel) and wants_event(to):
        found = list(rows)
        told = [webhook.encoded(row, watch.language) for row in found]
        event = Event(occasion.id, webhook.event(watch, occasion, to.source, told, upto, previous))
        records = tuple(str(row["entity_id"]) for row in found if row.get("record"))
        return Message(lambda: carry(to, event), records)
    made = digest(watch, occasion, rows, contact)
    empty = not made.told and not made.more and not occasion.test and occasion.dropped <= occasion.after
    return Message(lambda: carry(to, made, contact), made.records, empty)


def send_test(watch: Watch, config: Config) -> str:
    """Send a message that says it is a test; return what was not as it should be. Raises ``DeliveryFailed``, ``WrongCall``."""
    to = channel(watch.channel, config.channels)
    occasion = Occasion(str(uuid4()), now(), watch.cursor, test=True)
    return prepared(to, watch, occasion, iter(()), config.contact, watch.cursor, watch.cursor).send()


def question(store: Store, watch: Watch, since_seq: int) -> ChangeFilters:
    """Return what a watch asks of the feed behind a cursor; bodies of its line count that the gazetteer does not list."""
    asked = replace(ChangeFilters.from_json(watch.filters), since_seq=since_seq)
    return replace(asked, kin=kin(store, asked.agency)) if asked.agency else asked


def until(rows: Iterator[Row], upto: int) -> Iterator[Row]:
    """Yield the rows up to a sequence number."""
    for row in rows:
        if row["seq"] > upto:
            return
        yield row


def stretches(rows: Iterator[Row], watch: Watch, upto: int, *, split: bool) -> Iterator[Stretch]:
    """Yield what is to be told behind the watch's cursor: one stretch, or where ``split`` as many as hold no more than a webhook takes.

    They follow each other without a gap; the last one ends at ``upto``.
    """
    after, count, size, last = watch.cursor, 0, 0, watch.cursor
    for row in rows:
        weight = len(webhook.encoded(row, watch.language).encode()) if split else 0
        if split and count and (count == webhook.MOST_ROWS or size + weight > webhook.MOST_BYTES):
            yield Stretch(after, last, count)
            after, count, size = last, 0, 0
        count, size, last = count + 1, size + weight, int(row["seq"])
    if count:
        yield Stretch(after, upto, count)


def now() -> datetime:
    """Return the moment it is."""
    return datetime.now(UTC)
