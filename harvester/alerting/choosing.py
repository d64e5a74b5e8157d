"""What is to be told of an incident to a channel now: pure, from the incident, what the channel was told, and the snoozes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from harvester.alerting.settings import AlertSettings
from storage.incident_messages import OPENED, RECOVERED, REMINDER, Fresh, Message
from storage.incidents import FLAPPING, Incident, Snooze

CAME_BACK = "It came back before its end was told."
NOT_ASKED = "The channel is no longer among those of [alerts]."


@dataclass(slots=True)
class Choice:
    """Messages to be formed, and waiting ones to be withdrawn since what they say is over."""

    fresh: list[Fresh] = field(default_factory=list)
    withdrawn: list[int] = field(default_factory=list)


def choose(
    incidents: Iterable[Incident], messages: Iterable[Message], snoozes: Sequence[Snooze], settings: AlertSettings, now: datetime
) -> Choice:
    """Return what is to be formed and withdrawn, for every channel."""
    told: dict[tuple[int, str], list[Message]] = defaultdict(list)
    for message in messages:
        told[message.incident, message.channel].append(message)
    choice = Choice()
    for incident in incidents:
        for channel in settings.channels:
            known = told[incident.id, channel]
            choice.withdrawn += [each.id for each in known if each.waits and each.kind == RECOVERED and incident.closed_at is None]
            if not is_snoozed(incident, snoozes, now) and (kind := due(incident, known, snoozes, settings, channel, now)):
                choice.fresh.append(Fresh(incident.id, kind, channel, _number(kind, known)))
    return choice


def due(
    incident: Incident, known: Sequence[Message], snoozes: Sequence[Snooze], settings: AlertSettings, channel: str, now: datetime
) -> str:
    """Return the kind of message that a channel is to get of an incident, empty for none; ``known`` is what it was told, in its order."""
    heard = [each for each in known if each.given_up_at is None]
    if incident.closed_at is not None:
        return _of_the_end(incident.closed_at, known, heard, now)
    heard = [each for each in heard if not (each.waits and each.kind == RECOVERED)]
    if not settings.wants(channel, incident.level):
        return ""
    if not known:
        return OPENED
    if not heard:  # all was given up: the channel may be well again
        return REMINDER if _passed(max(each.given_up_at or now for each in known), settings.reminder, now) else ""
    last = heard[-1]
    if last.sent_at is None:
        return ""
    if last.kind == RECOVERED or _woke(incident, snoozes, last.sent_at, now) or _passed(last.sent_at, settings.reminder, now):
        return REMINDER
    return ""


def _of_the_end(closed_at: datetime, known: Sequence[Message], heard: Sequence[Message], now: datetime) -> str:
    """A recovery is told at once; one of what came back before only when it stayed away for a day, so that nothing flaps."""
    if not heard or heard[-1].kind == RECOVERED:
        return ""
    again = any(each.kind == RECOVERED and each.sent_at for each in known)
    return "" if again and now - closed_at < FLAPPING else RECOVERED


def _passed(moment: datetime, time: timedelta, now: datetime) -> bool:
    return bool(time) and now - moment >= time


def _woke(incident: Incident, snoozes: Sequence[Snooze], since: datetime, now: datetime) -> bool:
    """Tell whether a snooze of it ended since a moment."""
    return any(_is_of(each, incident) and since < (each.ended_at or each.until) <= now for each in snoozes)


def is_snoozed(incident: Incident, snoozes: Iterable[Snooze], now: datetime) -> bool:
    """Tell whether an operator knows of an incident and need not be told."""
    return any(each.covers(incident.site, incident.cause, now) for each in snoozes)


def _is_of(snooze: Snooze, incident: Incident) -> bool:
    return snooze.site == incident.site and snooze.cause in ("", incident.cause)


def _number(kind: str, known: Sequence[Message]) -> int:
    numbers = [each.number for each in known if each.kind == kind]
    first = 1 if kind == REMINDER else 0
    return max(numbers, default=first - 1) + 1
