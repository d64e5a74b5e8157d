"""Crawl sites, and check which selectors still match the live pages."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings

from harvester import apart, checkup
from harvester.accepted import rules_for
from harvester.config import Config, user_agent
from harvester.freshness import Recheck
from harvester.gazetteer import load_gazetteer
from harvester.keeping import STORE_FAILED, keeper_of
from harvester.observing import logs
from harvester.planning import sheet_for
from harvester.reach import Budget, Lists
from harvester.scheduling.plan import schedule_of
from harvester.verdict import SHUTDOWN, stopped_note
from spiders.checking import CheckingSpider, RuleMatch, checking
from spiders.items import Cause, Failure
from spiders.record_checking import RecordCheckingSpider, record_checking
from spiders.record_sheet import record_site_ids
from storage.errors import StoreError
from storage.incidents import Finding
from storage.records import Effect, Verdict
from storage.store import Store

Progress = Callable[[str, Mapping[str, int]], None]
"""Told after each item: the site and its counts so far (``list``, ``article``, ``attachment``, ``failures``)."""


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One run of one site.

    requests: made, robots.txt and repetitions included. least: the least that could have done: robots.txt, the list pages, and one for
    each new document. captures, effects, failures: counts by kind, effect and cause. notes: sentences on the coverage. notices: public
    credit records by what was done with them. masked: personal data that was masked on the way in, by kind. absent: documents that were
    missing for the first time, gone those for the second, on another day. received: bytes over the wire. reach: ``all`` or ``recent``.
    """

    site: str
    run: str
    verdict: str
    cause: str
    started_at: datetime
    ended_at: datetime
    requests: int
    least: int
    captures: Mapping[str, int]
    effects: Mapping[str, int]
    tasks: int
    bytes: int
    gone: int
    failures: Mapping[str, int]
    pages: Mapping[str, tuple[int, int | None]]
    notes: tuple[str, ...] = ()
    sample: tuple[Failure, ...] = ()
    error: str = ""
    notices: Mapping[str, int] = field(default_factory=dict)
    masked: Mapping[str, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    absent: int = 0
    received: int = 0
    reach: str = ""

    @property
    def interrupted(self) -> bool:
        """Tell whether the run was stopped from outside, by Ctrl-C or a signal."""
        return stopped_note(SHUTDOWN) in self.notes

    @property
    def documents(self) -> int:
        """Return how many documents the run found new."""
        return self.effects.get(Effect.NEW, 0)

    @property
    def versions(self) -> int:
        """Return how many versions the run added."""
        return sum(self.effects.get(effect, 0) for effect in (Effect.NEW, Effect.CHANGED, Effect.REREAD))


def crawl(
    sites: Sequence[str],
    config: Config,
    *,
    section: str = "",
    since: date | None = None,
    limit: int | None = None,
    dry_run: bool = False,
    recheck: str = "due",
    lists: Lists = Lists.ALL,
    budget: Budget = Budget(),  # noqa: B008 - it never changes
    due_run: int | None = None,
    progress: Progress | None = None,
) -> list[RunSummary]:
    """Crawl sites side by side in this process and return a summary each, in their order.

    A dry run reads the lists and fetches no document and writes nothing. ``due_run`` is the row of ``due_runs`` that the crawl does:
    what its earlier runs spent counts against the budget. Raises UnknownSiteError, UnknownSectionError, FactSheetError
    (no base), StoreError (the store cannot be used), ValueError (``recheck``) before any request is made.
    """
    orders = _orders(sites, config, section, since, limit, dry_run)
    settings = settings_for(config, recheck=Recheck(recheck), dry_run=dry_run)
    settings.setdict(_limits(lists, budget, due_run) | {"HARVESTER_WINDOWS": _windows(sites, config)}, priority="cmdline")
    if not dry_run:
        # What a worker asks for is done in the worker's store: one that is gone is not begun anew.
        with Store.open(config.store, archive=config.archive, create=due_run is None, patience=config.patience) as store:
            load_gazetteer(store)
    if apart.reactor_spent():
        return apart.run(crawl_here, orders, settings, progress=progress)
    return crawl_here(orders, settings, progress)


def _limits(lists: Lists, budget: Budget, due_run: int | None) -> dict[str, Any]:
    return {
        "HARVESTER_LISTS": lists.value,
        "HARVESTER_MOST_REQUESTS": budget.requests,
        "HARVESTER_MOST_SECONDS": budget.seconds,
        "HARVESTER_DUE_RUN": due_run,
    }


def _windows(sites: Iterable[str], config: Config) -> dict[str, tuple[int, int]]:
    """Return by site after how many days a list is read whole, and how many days back it is read else."""
    schedules = {site: schedule_of(site, config) for site in sites}
    return {site: (schedule.sweep_days, schedule.overlap_days) for site, schedule in schedules.items()}


def _orders(
    sites: Sequence[str], config: Config, section: str, since: date | None, limit: int | None, dry_run: bool
) -> list[tuple[str, dict[str, str]]]:
    arguments = {
        "section": section,
        "since": since.isoformat() if since else "",
        "limit": "" if limit is None else str(limit),
        "lists_only": "1" if dry_run else "",
    }
    for site in dict.fromkeys(sites):
        sheet = sheet_for(site, config)
        if section:
            sheet.section(section)
    return [(site, arguments) for site in dict.fromkeys(sites)]


def settings_for(config: Config, *, recheck: Recheck = Recheck.DUE, dry_run: bool = False) -> Settings:
    """Return Scrapy's settings for these."""
    settings = Settings()
    settings.setmodule("harvester.settings", priority="project")
    given = {
        "HARVESTER_STORE": config.store,
        "HARVESTER_ARCHIVE": str(config.archive),
        "HARVESTER_KEY": str(config.key or ""),
        "HARVESTER_PATIENCE": config.patience,
        "HARVESTER_BASES": dict(config.bases),
        "HARVESTER_RULES": rules_for(config),
        "HARVESTER_PACE": config.pace,
        "HARVESTER_RECHECK": recheck.value,
        "HARVESTER_DRY_RUN": dry_run,
        "DOWNLOAD_TIMEOUT": config.timeout,
        "CLOSESPIDER_TIMEOUT": config.seconds,
        "HTTPPROXY_ENABLED": config.proxy,
        "USER_AGENT": user_agent(config.contact),
        "LOG_LEVEL": config.log_level,
        "HARVESTER_LOG_FORMAT": config.log_format,
        "LOG_INSTALL_ROOT_HANDLER": False,
    }
    settings.setdict(given, priority="cmdline")
    return settings


def crawl_here(orders: Iterable[tuple[str, dict[str, str]]], settings: Settings, progress: Progress | None = None) -> list[RunSummary]:
    """Crawl in this process, whose reactor can run only once."""
    logs.settle(settings["HARVESTER_LOG_FORMAT"], settings["LOG_LEVEL"])
    process = AsyncCrawlerProcess(settings)
    logs.level_of_scrapy(settings["LOG_LEVEL"])
    crawlers: list[Crawler] = []
    tasks: list[asyncio.Task[None]] = []
    for site, arguments in orders:
        crawler = process.create_crawler(site)
        if progress:
            _tell(crawler, site, progress)
        crawlers.append(crawler)
        tasks.append(process.crawl(crawler, **arguments))
    process.start(install_signal_handlers=threading.current_thread() is threading.main_thread())
    for crawler in crawlers:
        _end(crawler)
    errors = [task.exception() if task.done() and not task.cancelled() else None for task in tasks]
    return [summarize(crawler, error) for crawler, error in zip(crawlers, errors, strict=True)]


def _end(crawler: Crawler) -> None:
    """End the run of a crawl that was stopped before Scrapy could close it: at its very beginning, or by a second Ctrl-C."""
    keeper = keeper_of(crawler)
    if keeper and keeper.run and keeper.judgement is None and crawler.spider:
        keeper.finish(crawler.spider, SHUTDOWN)


def _tell(crawler: Crawler, site: str, progress: Progress) -> None:
    def told(item: object) -> None:
        keeper = keeper_of(crawler)
        if keeper:
            progress(site, {**keeper.tally.captures, "failures": len(keeper.tally.failures)})

    crawler.signals.connect(told, signals.item_scraped, weak=False)


def summarize(crawler: Crawler, error: BaseException | None = None) -> RunSummary:
    """Return the summary of a crawl that has ended, however it did; ``error`` is what kept it from beginning."""
    keeper = keeper_of(crawler)
    site = getattr(crawler.spidercls, "site", crawler.spidercls.name)
    if keeper is None or keeper.judgement is None or error is not None:
        now, sentence = datetime.now(UTC), str(error or "the crawl was stopped before it began: run it again.")
        cause = STORE_FAILED if isinstance(error, StoreError) else Cause.STOPPED
        return RunSummary(site, "", Verdict.FAILED, cause, now, now, 0, 0, {}, {}, 0, 0, 0, {}, {}, error=sentence)
    tally, judgement, counters = keeper.tally, keeper.judgement, keeper.counters()
    return RunSummary(
        site=site,
        run=keeper.run,
        verdict=Verdict.FAILED if keeper.error else judgement.verdict,
        cause=STORE_FAILED if keeper.error else str(judgement.cause),
        started_at=keeper.started_at,
        ended_at=keeper.ended_at,
        requests=counters["requests"],
        least=keeper.least(),
        captures=counters["captures"],
        effects={str(effect): count for effect, count in tally.effects.items()},
        tasks=tally.tasks,
        bytes=tally.bytes,
        gone=tally.gone,
        failures=counters["failures"],
        pages=keeper.pages() if crawler.spider else {},
        notes=judgement.notes,
        sample=tuple(tally.failures[:20]),
        error=str(keeper.error or ""),
        notices=dict(tally.notices),
        masked=dict(tally.masked),
        findings=keeper.findings,
        absent=tally.absent,
        received=counters["received"],
        reach=str(keeper.reached),
    )


def check(site: str, config: Config) -> list[RuleMatch]:
    """Return how often each rule of a site's fact sheet matches on its live pages: one list page and one article a section."""
    sheet_for(site, config)
    settings = settings_for(config, dry_run=True)
    settings.setdict({"ITEM_PIPELINES": {}, "EXTENSIONS": {}}, priority="cmdline")
    if apart.reactor_spent():
        return apart.run(check_here, site, settings)
    return check_here(site, settings)


def check_here(site: str, settings: Settings) -> list[RuleMatch]:
    """Check in this process, whose reactor can run only once."""
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(record_checking(site) if site in record_site_ids() else checking(site))
    process.crawl(crawler)
    process.start(install_signal_handlers=threading.current_thread() is threading.main_thread())
    spider = crawler.spider
    if isinstance(spider, CheckingSpider):
        return [*spider.matches, *checkup.told(spider, settings)]
    return list(spider.matches) if isinstance(spider, RecordCheckingSpider) else []


__all__ = ["RuleMatch", "RunSummary", "check", "crawl", "settings_for"]
