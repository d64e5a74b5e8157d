"""How much one person, one address and everybody together may ask: token buckets in bounded memory, and the figures they are made of.

A bucket holds ``burst`` tokens and fills up at ``per_minute``; each request takes one. What is lost when the room is closed is only that.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any, Self

from harvester.errors import WrongCall

MOST_BUCKETS = 20_000
"""Of one kind; the one that was used longest ago gives way."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and so many a minute after that."""

    burst: int
    per_minute: float


@dataclass(frozen=True, slots=True)
class Limits:
    """The figures of a room, each a setting of its table ``[room]`` under the same name (``docs/access.md``).

    ``idle_minutes`` and ``session_hours`` end a session (NIST SP 800-63B-4 §2.2.3 has one and twelve hours as the upper bounds of its
    middle level); ``pages_per_minute`` and ``heavy_per_minute`` (search, SQL, downloads, comparisons) are for each person, or each
    address where nobody is logged in; ``heavy_at_once`` is for everybody together; ``body_kilobytes`` what a form may hold;
    ``page_seconds`` and ``download_seconds`` how long an answer may take.
    """

    idle_minutes: int = 60
    session_hours: int = 12
    pages_per_minute: int = 300
    heavy_per_minute: int = 60
    heavy_at_once: int = 6
    body_kilobytes: int = 1024
    page_seconds: int = 60
    download_seconds: int = 1800

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Self:
        """Return the limits of a table of settings. Raises ``WrongCall`` for a value that is no whole number above zero."""
        given = {field.name: table[field.name] for field in fields(cls) if field.name in table}
        for name, value in given.items():
            if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= 1_000_000:
                raise WrongCall(f"The setting room.{name} cannot be {value!r}; give a whole number above zero (docs/access.md).")
        return cls(**given)

    @property
    def idle(self) -> timedelta:
        """After so long without a request a session ends."""
        return timedelta(minutes=self.idle_minutes)

    @property
    def longest(self) -> timedelta:
        """After so long a session ends, whatever happens."""
        return timedelta(hours=self.session_hours)


class Buckets:
    """Token buckets by key. Safe to use from several threads."""

    def __init__(self, rate: Rate, *, most: int = MOST_BUCKETS, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._most, self._clock = rate, most, clock
        self._kept: OrderedDict[object, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: object) -> float:
        """Take a token of a key and return 0, or return how many seconds there will be none."""
        with self._lock:
            now = self._clock()
            tokens = self._now(key, now)
            if tokens < 1:
                return (1 - tokens) * 60 / self._rate.per_minute
            self._keep(key, tokens - 1, now)
            return 0.0

    def give_back(self, key: object) -> None:
        """Put a token back that was taken for what turned out to be fine."""
        with self._lock:
            now = self._clock()
            self._keep(key, min(self._now(key, now) + 1, self._rate.burst), now)

    def __len__(self) -> int:
        """Return how many keys are remembered."""
        return len(self._kept)

    def _now(self, key: object, now: float) -> float:
        tokens, then = self._kept.get(key, (float(self._rate.burst), now))
        return min(tokens + (now - then) * self._rate.per_minute / 60, float(self._rate.burst))

    def _keep(self, key: object, tokens: float, now: float) -> None:
        self._kept[key] = (tokens, now)
        self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
