"""How many messages a watch would have brought so far: what somebody should know before it is set up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import func, select

from harvester import audited
from harvester.lineage import kin
from harvester.messages import _
from storage.change_queries import ChangeFilters, read
from storage.change_schema import changes
from storage.days import LOCAL
from storage.store import Store

LOOK_BACK = timedelta(weeks=8)
LEAST = timedelta(days=3)
"""A feed younger than this tells nothing of a week."""
MOST_ROWS = 20_000
_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Forecast:
    """Changes and messages a week, by what the feed had in the last ``days``; ``at_least`` where not all of it was counted."""

    changes: float
    messages: float
    days: int
    at_least: bool


def forecast(store: Store, filters: Mapping[str, Any], period: str) -> Forecast | None:
    """Return what a watch would have told in the last eight weeks; ``None`` while the feed is too young to say."""
    now = datetime.now(UTC)
    wanted = replace(ChangeFilters.from_json(filters), since=now - LOOK_BACK)
    wanted = replace(wanted, kin=kin(store, wanted.agency)) if wanted.agency else wanted
    with store.reading() as connection:
        first = connection.execute(select(func.min(changes.c.known_at))).scalar_one()
        span = min(LOOK_BACK, now - first) if first else timedelta()
        if span < LEAST:
            return None
        found = [(row["known_at"], row["run"]) for row in islice(read(connection, wanted, audited.today()), MOST_ROWS)]
    messages = {_message(moment, run, period) for moment, run in found}
    if len(found) == MOST_ROWS:
        span = min(span, max(found[-1][0] - found[0][0], LEAST))
    weeks = span / _WEEK
    return Forecast(len(found) / weeks, len(messages) / weeks, span.days, len(found) == MOST_ROWS)


def _message(moment: datetime, run: str | None, period: str) -> str | date:
    """Return by what changes come in one message: their week, their day, or the run that found them."""
    day = moment.astimezone(LOCAL).date()
    if period == "weekly":
        return day - timedelta(days=day.weekday())
    return day if period == "daily" else (run or str(moment))


def expected(store: Store, filters: Mapping[str, Any], period: str, lang: str) -> str:
    """Return in words how many messages a watch is to bring."""
    found = forecast(store, filters, period)
    if found is None:
        return _("the feed is too young to say how many messages that will be", lang)
    words = _("messages a week: about {messages}; changes: {changes} (by the last {days} days)", lang)
    return words.format(messages=rounded(found.messages), changes=rounded(found.changes), days=found.days)


def rounded(number: float) -> str:
    """Return a number a reader can hold: whole from ten on, else with one digit behind the point."""
    return f"{number:.0f}" if number >= 10 else f"{number:.1f}".removesuffix(".0")
