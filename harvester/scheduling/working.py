"""Do one due run: a crawl in a process of its own, a chore as its kind wants it. Where and by whom is the caller's business."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date
from multiprocessing.context import ForkServerContext, SpawnContext

from harvester import apart
from harvester.config import Config
from harvester.crawl import RunSummary, crawl
from harvester.errors import HarvesterError
from harvester.keeping import STORE_FAILED
from harvester.reach import Budget, Lists
from harvester.scheduling import chores
from harvester.scheduling.due import AGAIN, BACK, DONE, FAILED, Outcome, told_run
from harvester.scheduling.plan import CRAWL, schedule_of
from spiders.factsheet import FactSheetError, UnknownSectionError, UnknownSiteError
from storage import due_runs, workers
from storage.due_runs import DueRun
from storage.errors import LockedStore, StoreError
from storage.store import Store

CONTEXT: SpawnContext | ForkServerContext = apart.SPAWN
"""How the processes of crawls are begun."""


def perform(config: Config, due: DueRun, worker: str, stop: threading.Event) -> Outcome:
    """Do a due run that ``worker`` took, and return what became of it. Once ``stop`` is set, it ends within seconds and is put back.

    Raises nothing of what a site, a store or the settings can do.
    """
    try:
        outcome = _crawl(config, due, stop) if due.kind == CRAWL else chores.do(config, due, stop, CONTEXT)
    except LockedStore as error:
        outcome = Outcome(BACK, str(error), later=True)
    except apart.ChildEnded as error:
        outcome = Outcome(BACK, "stopped with its worker") if stop.is_set() else Outcome(AGAIN, str(error))
    except (StoreError, OSError) as error:
        outcome = Outcome(AGAIN, str(error))
    except (HarvesterError, FactSheetError, UnknownSiteError, UnknownSectionError, ValueError) as error:
        outcome = Outcome(FAILED, str(error))
    return replace(outcome, worker=worker)


def _crawl(config: Config, due: DueRun, stop: threading.Event) -> Outcome:
    summary: RunSummary = apart.run(crawl_due, config, due, stop=stop, context=CONTEXT)
    if summary.interrupted and stop.is_set():
        return Outcome(BACK, f"run {summary.run}: stopped with its worker")
    if not summary.run or summary.cause == STORE_FAILED:
        return Outcome(AGAIN, summary.error or "the crawl did not begin; see its log")
    return Outcome(DONE, told_run(summary.run, summary.verdict, summary.cause))


def crawl_due(config: Config, due: DueRun) -> RunSummary:
    """Crawl a site as its due run says, in this process.

    Raises LockedStore while another process crawls it, StoreError where the store is gone or another one lies in its place.
    """
    schedule, since = schedule_of(due.job, config), due.arguments.get("since")
    with Store.open(config.store, archive=config.archive, patience=config.patience) as store:
        if (due.id, due.due_at) not in {(each.id, each.due_at) for each in due_runs.running(store)}:
            raise StoreError(f"{store.name} is not the worker's store any more: nothing is crawled into another one; put it back.")
        if not workers.is_free(store, due.job):
            raise LockedStore(f"Another run of {due.job} is under way: this one begins after its end.")
    [summary] = crawl(
        [due.job],
        config,
        since=date.fromisoformat(since) if since else None,
        lists=Lists.ALL if due.arguments.get("sweep") or since else Lists.DUE,
        budget=Budget(schedule.requests, schedule.seconds),
        due_run=due.id,
    )
    return summary
