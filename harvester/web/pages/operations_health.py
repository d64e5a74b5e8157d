"""How each site does: one state a site, from its open incidents, its pauses and its last runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from normalizers.workdays import workdays_between
from spiders.promises import DEFAULT
from spiders.sheets import sheets_by_id
from storage import operations_queries, pauses
from storage.days import local_day
from storage.incidents import Snooze
from storage.operations_queries import STRIP
from storage.pauses import Pause
from storage.records import Verdict
from storage.store import Store

Row = Mapping[str, Any]
STALE_CAUSE = "stale"
BLOCKED_VERDICT = "blocked"
LONGEST = timedelta(days=400)
"""Further back nobody counts working days."""


class State(StrEnum):
    """What an operator has to know of a site first; the worse before the better."""

    BROKEN = "broken"
    BLOCKED = "blocked"
    STALE = "stale"
    DOUBTFUL = "doubtful"
    NEVER = "never read"
    SNOOZED = "snoozed"
    PAUSED = "paused"
    FINE = "fine"


ORDER = {state: n for n, state in enumerate(State)}


@dataclass(frozen=True, slots=True)
class Health:
    """A site with what is known of it. ``runs`` are its last ones, the newest first; ``drift`` that of its last run, if measured."""

    site: str
    name: str
    state: State
    runs: Sequence[Row] = ()
    complete: Row | None = None
    incidents: Sequence[Row] = ()
    pause: Pause | None = None
    drift: Row | None = None

    @property
    def last(self) -> Row | None:
        """Return the last run that ended, ``None`` where none did."""
        return next((run for run in self.runs if run["verdict"]), None)

    @property
    def running(self) -> Row | None:
        """Return the run that is under way."""
        return next((run for run in self.runs[:1] if not run["verdict"]), None)


def with_snoozes(incidents: Sequence[Row], snoozes: Sequence[Snooze], now: datetime) -> list[dict[str, Any]]:
    """Return incidents, each with the snooze that holds for it (``snooze``); those that nobody snoozed come first."""
    found = [{**row, "snooze": next((each for each in snoozes if each.covers(row["site"], row["cause"], now)), None)} for row in incidents]
    return sorted(found, key=lambda row: row["snooze"] is not None)


def idle(snoozes: Sequence[Snooze], incidents: Sequence[Row], now: datetime) -> list[Snooze]:
    """Return the snoozes that are about nothing that is open: what they would silence is still to come, and nobody would hear of it."""
    return [each for each in snoozes if not any(each.covers(row["site"], row["cause"], now) for row in incidents)]


def state_of(health: Health, now: datetime) -> State:
    """Return the state of a site: what somebody decided, else the worst that is open, else what its last runs say."""
    if health.pause:
        return State.PAUSED
    if health.last is None and not health.incidents:
        return State.NEVER
    awake = [row for row in health.incidents if not row["snooze"]]
    if awake:
        return _of_incidents(health, awake)
    if health.incidents:
        return State.SNOOZED
    return _of_runs(health, now)


def _of_incidents(health: Health, awake: Sequence[Row]) -> State:
    if health.last and health.last["verdict"] == BLOCKED_VERDICT:
        return State.BLOCKED
    alarms = {row["cause"] for row in awake if row["level"] == "alarm"}
    if alarms - {STALE_CAUSE}:
        return State.BROKEN
    return State.STALE if any(row["cause"] == STALE_CAUSE for row in awake) else State.DOUBTFUL


def _of_runs(health: Health, now: datetime) -> State:
    last = health.last
    if last and last["verdict"] in ("failed", BLOCKED_VERDICT):
        return State.BLOCKED if last["verdict"] == BLOCKED_VERDICT else State.BROKEN
    if health.complete is None or is_stale(health.site, health.complete["ended_at"], now):
        return State.STALE
    return State.FINE if last and last["verdict"] == "complete" else State.DOUBTFUL


def is_stale(site: str, complete_at: datetime, now: datetime) -> bool:
    """Tell whether a site was not read completely for more working days than its fact sheet promises."""
    return 0 < promised_days(site) < workdays_since(complete_at, now)


def workdays_since(moment: datetime, now: datetime) -> int:
    """Return how many working days lie behind a moment, 0 for one that lies ahead; of what is further back than ``LONGEST`` no more."""
    today = local_day(now)
    return max(workdays_between(max(local_day(moment), today - LONGEST), today), 0)


def promised_days(site: str) -> int:
    """Return within how many working days a site is to be read completely; 0: nothing is promised."""
    found = sheets_by_id().get(site)
    return found.promises.stale_workdays if found else DEFAULT.stale_workdays


def sites(
    store: Store, now: datetime, incidents: Sequence[dict[str, Any]], rests: list[Pause], only: str = "", most: int = STRIP
) -> list[Health]:
    """Return every site that the store saw with its last runs, the worst first, alike by identifier.

    ``incidents`` are the open ones, with their snoozes; ``rests`` every pause there was.
    """
    known = {row["id"]: row["name"] for row in operations_queries.known_sites(store) if only in ("", row["id"])}
    names = sorted(known)
    runs = operations_queries.recent_runs(store, names, most)
    complete = {name: next((run for run in runs[name] if run["verdict"] == Verdict.COMPLETE), None) for name in names}
    # Only where so many runs were not complete an earlier one may be.
    complete |= operations_queries.complete_runs(store, [name for name in names if complete[name] is None and len(runs[name]) == most])
    last = [next((run["id"] for run in runs[name] if run["verdict"]), "") for name in names]
    drift = operations_queries.drift_now(store, last)
    found = []
    for name in names:
        own = [row for row in incidents if row["site"] == name]
        rest = pauses.holding(rests, name, now)
        health = Health(name, known[name], State.FINE, runs[name], complete[name], own, rest, drift.get(name))
        found.append(_judged(health, now))
    return sorted(found, key=lambda each: (ORDER[each.state], each.site))


def _judged(health: Health, now: datetime) -> Health:
    return replace(health, state=state_of(health, now))
