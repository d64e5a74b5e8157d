"""What pages for operators say of runs, causes and times, in the reader's language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log2
from typing import Any

from harvester.alerting import wording
from harvester.messages import _, counted
from harvester.web.shown import site_name, word
from storage.records import Verdict

Row = Mapping[str, Any]
RUNNING = "running"
VERDICTS = (*(verdict.value for verdict in Verdict), RUNNING)
SIGNS: Mapping[str, str] = {"complete": "●", "incomplete": "◐", "failed": "✕", "blocked": "■", RUNNING: "◌"}
"""A shape a verdict, so that none is told by its colour alone."""
STATE_SIGNS: Mapping[str, str] = {
    "broken": "▲", "blocked": "■", "stale": "◔", "doubtful": "◐", "never read": "○", "snoozed": "☾", "paused": "‖", "fine": "●",
}  # fmt: skip
HIGH, LOW = 22, 3
"""Pixels of the tallest and the lowest bar of a strip."""
COLUMN = 7
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")
_KILO = 1024
LARGE = 100


@dataclass(frozen=True, slots=True)
class Strip:
    """The last runs of a site as small bars, the oldest first: for each its place, its height, its verdict; and the same in words."""

    bars: Sequence[tuple[int, int, str]]
    words: str
    width: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """What a cause means, in one sentence, and what to do next."""

    what: str
    next: str


def told(cause: str, site: str, lang: str, *, proven: bool = False) -> Told:
    """Return what a cause means at a site, and the next step; ``proven``: selectors that hold wait to be accepted."""
    what = wording.plainly(cause, site_name(site, lang) if site else "", lang)
    return Told(what, wording.next_step(cause, site, lang, proven=proven))


def verdict_of(run: Row) -> str:
    """Return the verdict of a run, ``running`` for one that has none."""
    return str(run["verdict"] or RUNNING)


def strip(runs: Sequence[Row], lang: str) -> Strip:
    """Return the strip of runs that are given the newest first; how high a bar is tells how much was new (in powers of two)."""
    drawn = [(n * COLUMN, _height(run["counted"]["new"]), verdict_of(run)) for n, run in enumerate(reversed(runs))]
    return Strip(drawn, tally(runs, lang), max(len(runs), 1) * COLUMN)


def _height(new: int) -> int:
    return min(LOW + round(4.5 * log2(new + 1)), HIGH)


def tally(runs: Sequence[Row], lang: str) -> str:
    """Return in words how often runs ended how, and how much was new: 28 complete, 2 incomplete; 41 new."""
    counts = Counter(verdict_of(run) for run in runs)
    told = [f"{word(verdict, lang)} {counts[verdict]}" for verdict in VERDICTS if counts[verdict]]
    new = sum(run["counted"]["new"] for run in runs)
    return _(", ", lang).join(told) + _("; ", lang) + counted("{n} new", "{n} new", new, lang)


def age(moment: datetime | None, now: datetime, lang: str) -> str:
    """Return how long ago a moment was, or how far it lies ahead: 12 min ago, in 3 h."""
    if moment is None:
        return _("never", lang)
    return _("in {span}", lang).format(span=span(moment - now, lang)) if moment > now else _ago(now - moment, lang)


def _ago(past: timedelta, lang: str) -> str:
    return _("just now", lang) if past.total_seconds() < 1 else _("{span} ago", lang).format(span=span(past, lang))


def span(length: timedelta, lang: str) -> str:
    """Return a length of time to its largest unit, two of them under a day: 40 s, 3 min, 2 h 10 min, 5 days."""
    seconds = max(int(length.total_seconds()), 0)
    if seconds < _MINUTE:
        return _("{n} s", lang).format(n=seconds)
    if seconds < _HOUR:
        return _("{n} min", lang).format(n=seconds // _MINUTE)
    if seconds < _DAY:
        minutes = seconds % _HOUR // _MINUTE
        hours = _("{n} h", lang).format(n=seconds // _HOUR)
        return f"{hours} {_('{n} min', lang).format(n=minutes)}" if minutes else hours
    return counted("{n} day", "{n} days", seconds // _DAY, lang)


def lasted(run: Row, now: datetime, lang: str) -> str:
    """Return how long a run took, of one under way until now."""
    return span((run["ended_at"] or now) - run["started_at"], lang)


def size(count: float) -> str:
    """Return a number of bytes as people read it: 3.4 MiB."""
    unit = 0
    while abs(count) >= _KILO and unit < len(_UNITS) - 1:
        count, unit = count / _KILO, unit + 1
    return f"{count:.0f} {_UNITS[unit]}" if unit == 0 else f"{count:.1f} {_UNITS[unit]}"


def figure(value: float) -> str:
    """Return a measure as people read it: whole numbers with commas, shares with three digits, of what is large no fraction."""
    return f"{value:,.0f}" if value == int(value) or abs(value) >= LARGE else f"{value:,.3f}"
