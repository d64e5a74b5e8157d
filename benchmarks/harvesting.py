"""Pages a second of a crawl that archives with fsync, derives and stores, beside bare Scrapy that fetches the same pages and drops them.

python -m benchmarks.harvesting [--json]      BENCH_PAGES=400 for a shorter run, in three rounds

The site is served from memory by a process of its own; each side crawls it in a process of its own, and what is timed is the crawl, not
the start of its process. Scrapy has its own settings, with its log off.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess

from benchmarks.figures import Figure, costs, main, processors, rates, sized, turns
from benchmarks.papers import TASKS
from benchmarks.site import SITE, Site, served
from harvester import apart
from harvester.config import Config
from harvester.crawl import crawl
from harvester.gazetteer import load_gazetteer
from storage.records import Effect
from storage.store import Store

PAGES = sized("PAGES", 4000)
ROUNDS = 3
FEW = 2000
"""Of more pages one round is enough: it lasts for minutes."""
OURS, BARE = "crawl", "bare Scrapy"


class Bare(scrapy.Spider):
    """Asks for every page of a site and does nothing with it."""

    name = "bare"
    urls: Sequence[str] = ()
    answered = 0

    async def start(self) -> Any:  # noqa: ANN401 - Scrapy's own type is no protocol
        """Ask for all pages."""
        for url in self.urls:
            yield scrapy.Request(url, dont_filter=True)

    def parse(self, response: scrapy.http.Response) -> None:
        """Count the page."""
        self.answered += 1


def bare(urls: Sequence[str]) -> float:
    """Fetch pages by Scrapy and return the seconds that took."""
    process = AsyncCrawlerProcess({"LOG_ENABLED": False, "TELNETCONSOLE_ENABLED": False})
    crawler = process.create_crawler(Bare)
    begun = time.perf_counter()
    process.crawl(crawler, urls=urls)
    process.start()
    took = time.perf_counter() - begun
    if getattr(crawler.spider, "answered", 0) != len(urls):
        raise RuntimeError("bare Scrapy did not have every page")
    return took


def made(folder: Path, base: str) -> Config:
    """Return the settings of crawls of a site into a folder, where a store is made that holds the gazetteer and nothing else."""
    config = Config(store=f"sqlite:///{folder}/store.sqlite", archive=folder / "archive", pace=0, bases={SITE: base}, log_level="ERROR")
    with Store.open(config.store, archive=config.archive, create=True) as store:
        load_gazetteer(store)
    return config


def ours(config: Config, plans: int) -> float:
    """Crawl the site and return the seconds that took."""
    begun = time.perf_counter()
    (summary,) = crawl([SITE], config)
    took = time.perf_counter() - begun
    if summary.effects.get(Effect.NEW) != plans or summary.failures or summary.tasks < plans * TASKS:
        raise RuntimeError(f"the crawl did not keep every document: {summary}")
    return took


def one(site: Site, side: str) -> tuple[float, float]:
    """Return the seconds that a side takes for the whole site in a process of its own, and the processor seconds of all of that process."""
    before = processors()
    if side == BARE:
        took = apart.run(bare, [site.base + target for target in site.targets])
    else:
        with tempfile.TemporaryDirectory() as folder:
            config = made(Path(folder), site.base)
            before = processors()
            took = apart.run(partial(ours, config, site.plans))
    return took, processors() - before


def measure() -> list[Figure]:
    """Let both sides have the site by turns."""
    times: dict[str, list[float]] = {OURS: [], BARE: []}
    spent: dict[str, list[float]] = {OURS: [], BARE: []}
    with served(PAGES) as site:
        for number in range(ROUNDS if PAGES < FEW else 1):
            for side in turns((BARE, OURS), number):
                took, worked = one(site, side)
                times[side].append(took)
                spent[side].append(worked)
    answers = len(site.targets)
    detail = {"plans": site.plans, "answers": answers, "bytes_a_page": round(site.size)}
    return [
        rates("harvest: pages/s", times, OURS, BARE, answers, "pages/s", bar=0.55, **detail),
        costs("harvest: processor time", spent, OURS, BARE, "ms/page", scale=1000 / answers, **detail),
    ]


if __name__ == "__main__":
    main(measure, ("scrapy", "twisted", "lxml", "sqlalchemy"))
