"""When a task is due, told by a word and a shape, never by colour alone; that a day is past says nothing of whether the task was done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from harvester.messages import _, counted
from normalizers.records import DeadlineKind

SOON, NEAR = 30, 90
"""Days ahead that an overview of what is due looks."""


@dataclass(frozen=True, slots=True)
class Due:
    """``state`` is one of ``past``, ``soon`` (within 30 days), ``near`` (90), ``later``, ``steady`` (no end, or again and again), ``open``.

    ``shape`` is a sign for the eye, ``words`` the same in words, ``day`` the last day where there is one.
    """

    state: str
    shape: str
    words: str
    day: date | None = None


def due(deadline: Mapping[str, Any] | None, today: date, lang: str, *, within: bool = False) -> Due:
    """Return when a deadline is due, seen from a day; ``within`` tells that a task without one has days within its text."""
    if deadline is None:
        return Due("open", "–", _("only dates within its text", lang) if within else _("no deadline printed", lang))
    end = deadline["end"]
    if end is None:
        return _without_day(str(deadline["kind"]), lang)
    last = end if isinstance(end, date) else date.fromisoformat(end)
    left = (last - today).days
    if left < 0:
        return Due("past", "◆", counted("date passed {n} day ago", "date passed {n} days ago", -left, lang), last)
    if left == 0:
        return Due("soon", "◆", _("due today", lang), last)
    words = counted("due in {n} day", "due in {n} days", left, lang)
    if left <= SOON:
        return Due("soon", "◐", words, last)
    return Due("near" if left <= NEAR else "later", "◔" if left <= NEAR else "○", words, last)


def _without_day(kind: str, lang: str) -> Due:
    steady = {DeadlineKind.ONGOING: _("ongoing, without an end", lang), DeadlineKind.RECURRING: _("again and again", lang)}
    if kind in steady:
        return Due("steady", "↻", steady[DeadlineKind(kind)])
    return Due("open", "–", _("no day can be told", lang))
