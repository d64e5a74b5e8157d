"""Bring one message to one channel, whatever kind it is of."""

from __future__ import annotations

from dataclasses import dataclass

from harvester.errors import WrongCall
from harvester.watching import mail, robots, webhook
from harvester.watching.channels import Channel, HttpChannel, MailChannel
from harvester.watching.digest import Digest


@dataclass(frozen=True, slots=True)
class Event:
    """A message to a program: its identifier, and the event as it is posted."""

    id: str
    body: bytes


def wants_event(to: Channel) -> bool:
    """Tell whether a channel takes events for programs, not messages for people."""
    return to.kind == "webhook"


def carry(to: Channel, message: Digest | Event, contact: str = "") -> str:
    """Bring a message to its channel; return what was not as it should be. Raises ``DeliveryFailed``."""
    if isinstance(message, Event) and isinstance(to, HttpChannel) and wants_event(to):
        return webhook.send(to, message.body, message.id)
    if isinstance(message, Digest) and isinstance(to, MailChannel):
        return mail.send(to, message, contact)
    if isinstance(message, Digest) and isinstance(to, HttpChannel) and not wants_event(to):
        return robots.send(to, message)
    raise WrongCall(f"The channel {to.name} is of no kind that can be sent to; see docs/watches.md.")
