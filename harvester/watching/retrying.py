"""What every sender of messages shares: growing pauses after a failure, and the report of one pass."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (60, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400))
"""Between attempts, some three days in all: those of Standard Webhooks, but for its first of five seconds, which no run would keep."""


@dataclass(slots=True)
class Report:
    """What a run did: deliveries formed, sent, put off and given up, and what an operator should see, in sentences."""

    formed: int = 0
    sent: int = 0
    postponed: int = 0
    given_up: int = 0
    problems: list[str] = field(default_factory=list)


def pause(attempts: int, identifier: str) -> timedelta:
    """Return how long to wait after so many attempts; up to a fifth longer by identifier, so that what failed together comes apart."""
    base = PAUSES[min(max(attempts, 1), len(PAUSES)) - 1]
    return base * (1 + sha256(identifier.encode()).digest()[0] / 255 / 5)
