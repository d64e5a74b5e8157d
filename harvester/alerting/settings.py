"""Who is told of incidents, of which, when, in which language: the table ``[alerts]`` of the settings (``docs/alerts.md``)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Self

from harvester.errors import WrongCall
from harvester.messages import LANGUAGES
from storage.days import LOCAL
from storage.operations_schema import LEVELS

REMINDER_HOURS = 168.0
"""What is still wrong after a week was forgotten."""
GATHER_MINUTES = 5.0
"""After a message to a channel the next one waits so long: what comes meanwhile goes in one."""
_KEYS = frozenset({"channels", "level", "language", "reminder_hours", "quiet", "alarms_at_night", "gather_minutes"})
_HOURS = re.compile(r"((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d)")


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """Who is told. ``levels`` is the least level by channel; ``quiet`` the hours in Shanghai in which nothing is sent, ``None``: none.

    ``reminder``: what stays wrong is told again after so long; zero: never. ``gather``: the least time between two messages to a channel.
    """

    channels: tuple[str, ...] = ()
    levels: Mapping[str, str] | None = None
    language: str = "zh"
    reminder: timedelta = timedelta(hours=REMINDER_HOURS)
    quiet: tuple[time, time] | None = None
    alarms_at_night: bool = False
    gather: timedelta = timedelta(minutes=GATHER_MINUTES)

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Self:
        """Return the settings of a table. Raises ``WrongCall`` for a key or value that cannot be."""
        if unknown := sorted(set(table) - _KEYS):
            raise _wrong(unknown[0], f"[alerts] takes {', '.join(sorted(_KEYS))}")
        channels = _names(table.get("channels", []))
        return cls(
            channels=channels,
            levels=_levels(table.get("level", LEVELS[0]), channels),
            language=_one_of("language", table.get("language", "zh"), LANGUAGES),
            reminder=timedelta(hours=_number("reminder_hours", table.get("reminder_hours", REMINDER_HOURS), 24 * 366)),
            quiet=_quiet(table.get("quiet", "")),
            alarms_at_night=_truth(table.get("alarms_at_night", False)),
            gather=timedelta(minutes=_number("gather_minutes", table.get("gather_minutes", GATHER_MINUTES), 24 * 60)),
        )

    @classmethod
    def in_use(cls, alerts: Mapping[str, Any], channels: Mapping[str, Any]) -> Self:
        """Return the settings of a table whose channels are all there. Raises ``WrongCall`` where one is not: nobody would be told."""
        found = cls.of(alerts)
        if missing := [name for name in found.channels if name not in channels]:
            raise _wrong("channels", f"there is no [channels.{missing[0]}]")
        return found

    def wants(self, channel: str, level: str) -> bool:
        """Tell whether a channel is told of incidents of a level."""
        least = (self.levels or {}).get(channel, LEVELS[0])
        return LEVELS.index(level) >= LEVELS.index(least)

    def is_quiet(self, level: str, now: datetime) -> bool:
        """Tell whether what is of this level waits for the morning."""
        if self.quiet is None or (self.alarms_at_night and level == LEVELS[-1]):
            return False
        begin, end = self.quiet
        clock = now.astimezone(LOCAL).time()
        return begin <= clock < end if begin <= end else clock >= begin or clock < end


def _wrong(key: str, why: str) -> WrongCall:
    return WrongCall(f"The setting alerts cannot have this {key}: {why}; see docs/alerts.md.")


def _names(value: object) -> tuple[str, ...]:
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, Sequence) or not all(isinstance(each, str) and each for each in given):
        raise _wrong("channels", "it must be a list of names of channels")
    return tuple(dict.fromkeys(given))


def _levels(value: object, channels: tuple[str, ...]) -> dict[str, str]:
    if isinstance(value, Mapping):
        if strange := sorted(set(value) - set(channels)):
            raise _wrong("level", f"{strange[0]} is none of its channels")
        return {name: _one_of("level", each, LEVELS) for name, each in value.items()}
    return dict.fromkeys(channels, _one_of("level", value, LEVELS))


def _one_of(key: str, value: object, words: Sequence[str]) -> str:
    if value not in words:
        raise _wrong(key, f"it must be one of {', '.join(words)}")
    return str(value)


def _number(key: str, value: object, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise _wrong(key, f"it must be a number from 0 to {most:g}")
    return float(value)


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise _wrong("alarms_at_night", "it must be true or false")
    return value


def _quiet(value: object) -> tuple[time, time] | None:
    if value == "":
        return None
    found = _HOURS.fullmatch(value) if isinstance(value, str) else None
    if found is None or found[1] == found[2]:
        raise _wrong("quiet", "write the hours in Shanghai as HH:MM-HH:MM, such as 22:00-07:00")
    return time.fromisoformat(found[1]), time.fromisoformat(found[2])
