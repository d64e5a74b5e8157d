"""What lost workers left in the queue and among the due runs, given to others: by Procrastinate's own word on which jobs are stalled."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any, TypeVar

from procrastinate import App
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status

from harvester.scheduling import due, handing, queue
from harvester.scheduling.due import TakenOver
from storage import due_runs, workers
from storage.due_runs import DueRun
from storage.store import Store

T = TypeVar("T")
PATIENCE = 30.0
"""Seconds to wait for an answer of the queue."""
OPEN = ("todo", "doing")


class Mender:
    """Mends rows and jobs for the worker ``me``, in a thread beside the loop in which the queue is asked."""

    def __init__(self, store: Store, app: App, loop: asyncio.AbstractEventLoop, me: str, silence: float) -> None:
        self.store, self.app, self.me, self.silence = store, app, me, silence
        self._loop = loop

    def mend(self, now: datetime) -> list[TakenOver]:
        """Let the work of lost workers be done by others and rows without a job get another; return what was taken over.

        A worker is lost when it sent no heartbeat for ``silence`` seconds and nobody holds its lock, nor that of what it did.
        """
        stalled = list(self._ask(self.app.job_manager.get_stalled_jobs(seconds_since_heartbeat=self.silence)))
        left = _rows(stalled)
        taken = due.take_over(self.store, now, self.me, lambda row: row.id in left and self._is_left(row)) if left else []
        # A row that somebody still does keeps its job as it is, until its worker is heard of again or is really gone.
        done_by_somebody = {row.id for row in due_runs.running(self.store)} if stalled else set()
        for job in stalled:
            if handing.row_of(job) not in done_by_somebody:
                self._again(job)
        # The rows first: one that gets its job meanwhile is not among them.
        rows = handing.queued(self.store)
        if rows and (lost := rows - _rows(job for status in OPEN for job in self._jobs(status))):
            handing.without_job(self.store, lost)
        return taken

    def _jobs(self, status: str) -> Iterable[Job]:
        return self._ask(self.app.job_manager.list_jobs_async(status=status))

    def _is_left(self, row: DueRun) -> bool:
        """Tell whether nobody does a job any more. Its worker may be silent and alive, and its crawl on its way to the site's lock."""
        return not queue.is_alive(self.store, row.worker or "") and workers.is_free(self.store, due.lock_of(row))

    def _again(self, job: Job) -> None:
        """Put a stalled job into the queue again, or away where its row has another one already."""
        manager = self.app.job_manager
        try:
            self._ask(manager.retry_job(job))
        except ConnectorException:
            with suppress(ConnectorException):  # it ended meanwhile
                self._ask(manager.finish_job(job, status=Status.ABORTED, delete_job=True))

    def _ask(self, question: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(question, self._loop).result(timeout=PATIENCE)


def _rows(jobs: Iterable[Job]) -> set[int]:
    return {row for job in jobs if (row := handing.row_of(job)) is not None}
