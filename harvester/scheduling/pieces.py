"""Derive the archive again over the workers of a PostgreSQL store: one job of the queue for each part of the documents.

What is done stands in ``derivations``: a row for the whole, which keeps how it was parted, and one for each part with how far it came.
Jobs are only asked for: one that is lost is asked for again, and one too many finds its part done.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from procrastinate import App, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from sqlalchemy import select

from harvester import apart
from harvester.config import Config
from harvester.decisions import reader_of, stored_decisions
from harvester.derive_report import Report
from harvester.gazetteer import load_gazetteer
from harvester.rederive import derive_range, derive_records, together
from harvester.scheduling import queue, working
from storage import derivations, workers
from storage.engine import rows
from storage.errors import LockedStore, StoreError
from storage.records import Derivation
from storage.registers import derivations as table
from storage.sources import count_sources, document_ranges
from storage.store import Store

TASK = "derive"
WHOLE = "workers"
"""What the row of the whole has for a parent, so that no derivation by one process is taken for it."""
PARTS = 8
"""Parts for each worker that is heard of: the last to end keeps the others waiting for an eighth of its share."""
LOOK = 0.5
"""Seconds between two looks at how far the parts are."""
PATIENCE = 5.0
"""Seconds between two looks for jobs that are lost."""

Progress = Callable[[int, int], None]


def derive_over_workers(store: Store, *, progress: Progress | None = None) -> Report:
    """Derive everything again by the workers that are there, wait for the end, and return what that altered.

    One that did not end is gone on with. Public credit records are read here, at the end. Raises ``StoreError`` where no worker is heard
    of, ``LockedStore`` while another process derives.
    """
    there = workers.heard_of(store, datetime.now(UTC))
    if not there:
        raise StoreError("No worker is heard of: start `harvester worker` on one host or more, or derive without --workers.")
    load_gazetteer(store)
    with store.held("derive"):
        whole = _whole(store, PARTS * len(there))
        found = _parts(store, whole)
        _wait(store, whole, progress)
        report = together(_report(part) for part in _parts(store, whole))
        report.resumed = sum(_report(part).read for part in found)
        records = derive_records(store)
        report.add(records)
        derivations.save(store, whole, ended_at=datetime.now(UTC))
    return report


def _whole(store: Store, parts: int) -> Derivation:
    """Return the derivation of all by today's reader that did not end, else a new one, parted once for all its life."""
    reader = reader_of(stored_decisions(store))
    whole = derivations.begin(store, derivations.blank(reader, datetime.now(UTC), parent=WHOLE))
    if "parts" not in whole.counters:
        whole = replace(whole, counters={"parts": [list(each) for each in document_ranges(store, parts)]})
        derivations.save(store, whole)
    return whole


def _parts(store: Store, whole: Derivation) -> list[dict[str, Any]]:
    """Return the rows of the parts that were begun."""
    with store.reading() as connection:
        return rows(connection.execute(select(table).where(table.c.parent == whole.id)))


def _report(part: dict[str, Any]) -> Report:
    report = Report.of(part["counters"])
    report.total, report.complete = report.read, part["ended_at"] is not None
    return report


def _wait(store: Store, whole: Derivation, progress: Progress | None) -> None:
    wanted: Sequence[Sequence[str]] = whole.counters["parts"]
    total = count_sources(store)
    with App(connector=SyncPsycopgConnector(min_size=1, max_size=1, **queue.reached(store.url))).open() as app:
        asked = 0.0
        while True:
            found = _parts(store, whole)
            ended = {(part["range_after"], part["range_upto"]) for part in found if part["ended_at"]}
            if progress:
                progress(sum(_report(part).read for part in found), total)
            missing = [(n, after, upto) for n, (after, upto) in enumerate(wanted) if (after, upto) not in ended]
            if not missing:
                return
            if time.monotonic() - asked > PATIENCE:
                _ask(app, whole.id, missing)
                asked = time.monotonic()
            time.sleep(LOOK)


def _ask(app: App, whole: str, missing: Sequence[tuple[int, str, str]]) -> None:
    """Put a job into the queue for each part that has none."""
    known = {job.queueing_lock for status in ("todo", "doing") for job in app.job_manager.list_jobs(task=TASK, status=status)}
    for number, after, upto in missing:
        lock = f"{TASK} {whole} {number}"
        if lock not in known:
            job = app.configure_task(TASK, queue=queue.PIECES, lock=lock, queueing_lock=lock)
            with suppress(AlreadyEnqueued):
                job.defer(parent=whole, after=after, upto=upto)


# --- in a worker -------------------------------------------------------------------------------------------------------


def derive_part(config: Config, parent: str, after: str, upto: str, stop: threading.Event) -> None:
    """Derive one part in a process of its own, which ``stop`` ends; what it did until then is kept."""
    with suppress(apart.ChildEnded):
        apart.run(derive_here, config, parent, after, upto, stop=stop, context=working.CONTEXT)


def derive_here(config: Config, parent: str, after: str, upto: str) -> None:
    """Derive one part, unless it is done or another process is at it."""
    opened = Store.open(config.store, archive=config.archive, key=config.key, patience=config.patience)
    with opened as store, suppress(LockedStore), store.held(f"{TASK} {parent} {after}"):
        if not _is_done(store, parent, after, upto):
            derive_range(store, parent=parent, after=after, upto=upto)


def _is_done(store: Store, parent: str, after: str, upto: str) -> bool:
    d = table.c
    part = (d.parent == parent) & (d.range_after == after) & (d.range_upto == upto)
    with store.reading() as connection:
        return connection.execute(select(d.id).where(part, d.ended_at.is_not(None)).limit(1)).first() is not None
