"""What is done with the store itself: take-downs, watches, the weekly reading of everything; and what is looked at while a worker lives."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from multiprocessing.context import ForkServerContext, SpawnContext

from harvester import apart, audited
from harvester.config import Config
from harvester.scheduling.due import DONE, Outcome, lock_of
from storage import incidents, takedown
from storage.due_runs import DueRun
from storage.errors import LockedStore
from storage.incidents import ALARM, WHOLE, Finding
from storage.store import Store

DAMAGED = "integrity"
"""Cause of the incident that the weekly reading opens and closes."""

LONGEST_NOTE = 500


def do(config: Config, due: DueRun, stop: threading.Event, context: SpawnContext | ForkServerContext) -> Outcome:
    """Do a chore and return what became of it. What may take long is done in a process of its own, which ``stop`` ends.

    Raises LockedStore while another process does the same, StoreError.
    """
    with _opened(config) as store, store.held(lock_of(due)):
        if due.job == "watch":
            return Outcome(DONE, tell_watches(store, config))
        note: str = apart.run(CHORES[due.job], config, stop=stop, context=context)
    return Outcome(DONE, note)


def tell_watches(store: Store, config: Config) -> str:
    """Form and send what watches have to tell; return what an operator should see of it."""
    from harvester.watching.sending import run_once  # late: mail and HTTP, which no other job needs

    try:
        report = run_once(store, config)
    except LockedStore:
        return "`harvester watch run` tells the watches already."
    return " ".join(report.problems)[:LONGEST_NOTE]


def take_down(config: Config) -> str:
    """Take down what may no longer be shown; return what was not done, in sentences."""
    with _opened(config) as store:
        return " ".join(takedown.run(store, audited.today()).problems)[:LONGEST_NOTE]


def verify(config: Config) -> str:
    """Read archive and database through; what is damaged becomes an incident of the work itself, and what is mended closes it."""
    with _opened(config) as store:
        problems = store.verify().problems
        told = f"{len(problems)} places of the archive or the store are damaged; the first: {problems[0]}" if problems else ""
        found = [Finding(DAMAGED, ALARM, observed=f"{len(problems)} problems", expected="none", detail=told)] if problems else []
        incidents.settle(store, "", found, {DAMAGED: (WHOLE,)}, at=datetime.now(UTC))
    return told[:LONGEST_NOTE]


CHORES: Mapping[str, Callable[[Config], str]] = {"takedown": take_down, "verify": verify}


def _opened(config: Config) -> Store:
    return Store.open(config.store, archive=config.archive, key=config.key, patience=config.patience)
