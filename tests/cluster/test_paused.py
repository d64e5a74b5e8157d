"""A job that was paused after it was asked for: the workers of a queue leave it alone, as the worker of one machine does."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harvester.config import Config
from harvester.scheduling import asking, cluster
from harvester.scheduling.due import DONE, Outcome
from storage import due_runs
from storage.due_runs import DueRun
from storage.store import Store
from tests.cluster.conftest import settings

pytestmark = pytest.mark.postgres
BASES = {"anhui": "http://127.0.0.1:9", "jiangsu": "http://127.0.0.1:9"}


def done(config: Config, row: DueRun, worker: str, stop: threading.Event) -> Outcome:
    return Outcome(DONE, "", worker)


def test_a_worker_of_a_queue_does_not_begin_what_was_asked_for_before_its_job_was_paused(url: str, tmp_path: Path) -> None:
    config, now = settings(url, tmp_path, BASES), datetime.now(UTC)
    with Store.open(url) as store:
        for job in BASES:
            asking.run_now(store, config, job, "tester", now)
        asking.pause(store, config, "anhui", "they rebuild", "tester", datetime.now(UTC))
    assert cluster.run(config, once=True, perform=done) == 1
    with Store.open(url) as store:
        found = {row.job: (row.state, row.note) for row in due_runs.listed(store)}
    assert found == {"anhui": ("skipped", "paused: they rebuild"), "jiangsu": ("done", "")}
