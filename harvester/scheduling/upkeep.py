"""What every worker looks at now and then, one process at a time: what no run shows, and whom to tell of what is wrong."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from harvester.alerting.settings import AlertSettings
from harvester.config import Config
from harvester.monitoring.incidents import settle_work
from harvester.watching.channels import channel
from storage import due_runs, workers
from storage.errors import LockedStore
from storage.store import Store

if TYPE_CHECKING:
    from harvester.alerting.heartbeat import Heartbeat

LOCK = "the upkeep"
FREQUENT, KEPT = "watch", timedelta(days=30)
"""The chore that is done every few minutes, and how long its rows, and those of workers that are gone, are kept."""


def heartbeat_of(config: Config) -> Heartbeat | None:
    """Return the heartbeat of a worker, which keeps it for its life; ``None`` where the settings name none.

    Raises WrongCall for settings by which nobody could be told: a worker finds that out when it begins and not when it matters.
    """
    for name in AlertSettings.in_use(config.alerts, config.channels).channels:
        channel(name, config.channels)
    if not config.heartbeat:
        return None
    from harvester.alerting.heartbeat import Heartbeat  # late: HTTP, which most workers need for nothing else

    return Heartbeat.of(config)


def look(store: Store, config: Config, now: datetime, heartbeat: Heartbeat | None = None) -> None:
    """Settle what no run shows, tell who is to be told, forget old rows, and let the heartbeat be heard. Raises StoreError.

    What another process does at the moment is left to it.
    """
    from harvester.alerting.sending import run_once  # late: mail, HTTP and the words of changes, which most verbs need for nothing

    well = False
    try:
        with suppress(LockedStore), store.held(LOCK, grace=0.0):
            settle_work(store, config, now)
            _prune(store, now)
        run_once(store, config, now)
        well = True
    finally:
        if heartbeat is not None:
            heartbeat.beat(well)


def _prune(store: Store, now: datetime) -> None:
    with store.reading() as connection:
        if not (due_runs.prunable(connection, FREQUENT, now - KEPT) or workers.prunable(connection, now - KEPT)):
            return
    with store.writing(told=False) as connection:
        due_runs.prune(connection, FREQUENT, now - KEPT)
        workers.prune(connection, now - KEPT)
