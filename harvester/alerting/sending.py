"""Form what is to be told of incidents, send it, try again with growing pauses, and give up after a stated time, which is shown.

A message is a row before it is sent, and an attempt is written down before it is made. A process that dies between sending and noting tells
the same once more, under the same identifier; what it had not sent yet is sent by the next pass.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from harvester.alerting.choosing import CAME_BACK, NOT_ASKED, choose, is_snoozed
from harvester.alerting.settings import AlertSettings
from harvester.alerting.telling import Batch, Line, alike, event, in_order, letter
from harvester.config import Config
from harvester.errors import WrongCall
from harvester.messages import _
from harvester.watching.carrying import Event, carry, wants_event
from harvester.watching.channels import Channel, HttpChannel, channel
from harvester.watching.failing import DeliveryFailed
from harvester.watching.retrying import Report, pause
from storage import incident_messages
from storage.errors import LockedStore
from storage.incident_messages import OPENED, Message
from storage.incidents import ALARM, Incident, Snooze
from storage.store import Store

LOCK = "the alerts"
SIDE_BY_SIDE = 8
"""Channels that are sent to at a time."""


def run_once(store: Store, config: Config, now: datetime) -> Report:
    """Tell what is to be told and return what was done; one process at a time, another one returns at once with nothing done.

    Raises ``WrongCall`` for a table ``[alerts]`` that cannot be.
    """
    settings = AlertSettings.of(config.alerts)
    if not settings.channels:
        return Report()
    run = _Run(store, config, settings, now)
    if not run.look():
        return run.report
    try:
        with store.held(LOCK):
            run.look()  # another process may have told it meanwhile
            run.form()
            run.send()
    except LockedStore:
        return Report()
    return run.report


@dataclass(frozen=True, slots=True)
class _Parcel:
    """What is sent to a channel at once, and when to try again if it does not arrive."""

    to: Channel
    batch: Batch
    lines: Sequence[Line]
    next_at: datetime


@dataclass
class _Run:
    """One pass over what is wrong."""

    store: Store
    config: Config
    settings: AlertSettings
    now: datetime
    report: Report = field(default_factory=Report)
    incidents: list[Incident] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    snoozes: list[Snooze] = field(default_factory=list)

    def look(self) -> bool:
        """Read what is at stake, and return whether anything is to be formed or sent."""
        self.incidents, self.messages, self.snoozes = incident_messages.at_stake(self.store, self.now)
        self.choice = choose(self.incidents, self.messages, self.snoozes, self.settings, self.now)
        return bool(self.choice.fresh or self.choice.withdrawn or any(each.waits for each in self.messages))

    def form(self) -> None:
        """Write what is to be told, and withdraw what is not true any more."""
        if self.choice.fresh or self.choice.withdrawn:
            incident_messages.change(self.store, self.choice.fresh, self.choice.withdrawn, CAME_BACK, self.now)
            self.report.formed += len(self.choice.fresh)
            self.incidents, self.messages, self.snoozes = incident_messages.at_stake(self.store, self.now)

    def send(self) -> None:
        """Send what waits, to several channels side by side: one that does not answer keeps nobody waiting."""
        known = {each.id: each for each in self.incidents}
        waiting: dict[str, list[Line]] = defaultdict(list)
        for message in self.messages:
            if message.waits:
                waiting[message.channel].append(Line(known[message.incident], message))
        parcels: list[_Parcel] = []
        for name, lines in waiting.items():
            if name not in self.settings.channels and self._names_are_known():
                incident_messages.given_up(self.store, _numbers(lines), self.now, NOT_ASKED)
            elif name in self.settings.channels and (ready := self._ready(name, lines)):
                parcels += self._begun(name, ready)
        with ThreadPoolExecutor(SIDE_BY_SIDE) as carriers:
            on_the_way = {carriers.submit(bring, parcel.to, parcel.batch, self.config.contact): parcel for parcel in parcels}
            for way in as_completed(on_the_way):
                self._arrived(on_the_way[way], way)

    def _names_are_known(self) -> bool:
        """Tell whether every channel of ``[alerts]`` is there: while one is not, it may stand for that for which something waits."""
        return all(name in self.config.channels for name in self.settings.channels)

    def _ready(self, name: str, lines: Sequence[Line]) -> list[Line]:
        """Return what may leave for a channel now: nothing while it rests after a failure or a message, or where only the night waits."""
        if any(line.message.attempts and line.message.due_at > self.now for line in lines):
            return []
        awake = [line for line in lines if not is_snoozed(line.incident, self.snoozes, self.now)]
        ready = [line for line in awake if not self.settings.is_quiet(line.incident.level, self.now)]
        last = incident_messages.last_sent(self.store, name) if ready else None
        return [] if last is not None and timedelta() <= self.now - last < self.settings.gather else ready

    def _begun(self, name: str, lines: Sequence[Line]) -> list[_Parcel]:
        """Write down that messages are sent now; return nothing where their channel cannot be used."""
        try:
            to = channel(name, self.config.channels)
        except WrongCall as error:  # nothing is lost by it: what waits is sent when the channel is mended
            self.report.problems.append(str(error))
            return []
        attempts = max(line.message.attempts for line in lines) + 1
        batch = Batch(
            name, in_order(lines), alike(self.incidents, lines, self.now), self.settings.language, self.config.room_base
        )  # fmt: skip
        next_at = self.now + pause(attempts, batch.id)
        incident_messages.begin(self.store, _numbers(lines), next_at)
        return [_Parcel(to, batch, lines, next_at)]

    def _arrived(self, parcel: _Parcel, way: Future[str]) -> None:
        try:
            note = way.result()
        except DeliveryFailed as error:
            self._failed(parcel.to, parcel.lines, error, parcel.next_at)
            return
        incident_messages.sent(self.store, _numbers(parcel.lines), self.now, note)
        self.report.sent += len(parcel.lines)
        if note:
            self.report.problems.append(f"channel {parcel.to.name}: {note}")

    def _failed(self, to: Channel, lines: Sequence[Line], error: DeliveryFailed, next_at: datetime) -> None:
        oldest = self.now - timedelta(hours=to.give_up_hours)
        late = [line for line in lines if line.message.formed_at <= oldest]
        rest = [line for line in lines if line.message.formed_at > oldest]
        next_at = max(next_at, self.now + timedelta(seconds=error.retry_after))
        incident_messages.given_up(self.store, _numbers(late), self.now, str(error))
        incident_messages.postponed(self.store, _numbers(rest), next_at, str(error))
        self.report.given_up += len(late)
        self.report.postponed += len(rest)
        if late:
            self.report.problems.append(f"channel {to.name}: {len(late)} messages were given up ({error}) See `harvester alerts`.")


def _numbers(lines: Sequence[Line]) -> list[int]:
    return [line.message.id for line in lines]


def bring(to: Channel, batch: Batch, contact: str) -> str:
    """Send a batch in the form of its channel; return what was not as it should be. Raises ``DeliveryFailed``."""
    if isinstance(to, HttpChannel) and wants_event(to):
        return carry(to, Event(batch.id, event(batch, to.source)))
    return carry(to, letter(batch), contact)


def send_test(config: Config, name: str, now: datetime) -> str:
    """Send a sample that says it is a test; return what was not as it should be. Raises ``DeliveryFailed``, ``WrongCall``."""
    settings, to = AlertSettings.of(config.alerts), channel(name, config.channels)
    since = now - timedelta(hours=2)
    incident = Incident(0, "shanghai", "timeout", ALARM, ("",), "", since, "", now, "", None, "")
    message = Message(0, 0, OPENED, name, 0, now, now, 0, None, None, "")
    batch = Batch(name, (Line(incident, message),), 0, settings.language, config.room_base)
    if isinstance(to, HttpChannel) and wants_event(to):
        return carry(to, Event(batch.id, event(batch, to.source, test=True)))
    made, lang = letter(batch), settings.language
    says = _("This is a test. Nothing is wrong; what follows is a sample.", lang)
    return carry(to, replace(made, head=_("Test: {head}", lang).format(head=made.head), lead=(says, *made.lead)), config.contact)
