"""Documents a second of deriving from the archive, by one process and by two, beside each other and beside the crawl that brought them.

python -m benchmarks.deriving [--json]      BENCH_PAGES=4000 for more documents

Each side is timed from its first document to its last: what a process needs to begin (its imports and tables) does not grow with the
archive, and is told in the detail.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from benchmarks.figures import Figure, main, rates, sized, turns
from benchmarks.harvesting import made
from benchmarks.site import SITE, served
from harvester import apart
from harvester.config import Config
from harvester.crawl import crawl
from harvester.rederive import rederive
from storage.store import Store

PAGES = sized("PAGES", 300)
ROUNDS = 3
CRAWL, ONE, TWO = "crawl", "1 process", "2 processes"


class Watch:
    """Notes when the first and the last document of a piece of work were done."""

    def __init__(self) -> None:
        self.begun = time.perf_counter()
        self.first = self.last = 0.0

    def derived(self, done: int, total: int) -> None:
        """Take note of a document that was derived."""
        self._note()

    def crawled(self, site: str, counts: Mapping[str, int]) -> None:
        """Take note of an item that was kept, once there are articles."""
        if counts.get("article"):
            self._note()

    def _note(self) -> None:
        self.last = time.perf_counter()
        self.first = self.first or self.last

    def told(self) -> tuple[float, float]:
        """Return the seconds from the first to the last document, and those before the first."""
        return self.last - self.first, self.first - self.begun


def crawled(config: Config) -> tuple[float, float]:
    """Crawl the site and return what the watch told."""
    watch = Watch()
    crawl([SITE], config, progress=watch.crawled)
    return watch.told()


def derived(config: Config, pages: int, processes: int) -> tuple[float, float]:
    """Derive the archive again and return what the watch told."""
    watch = Watch()
    with Store.open(config.store, archive=config.archive) as store:
        report = rederive(store, processes=processes, progress=watch.derived)
    if report.read != pages or report.sites[SITE].unchanged != pages:
        raise RuntimeError(f"not every document was read as before: {report}")
    return watch.told()


def measure() -> list[Figure]:
    """Crawl the site, then derive it by turns."""
    times: dict[str, list[float]] = {CRAWL: [], ONE: [], TWO: []}
    starts: dict[str, list[float]] = {ONE: [], TWO: []}
    with served(PAGES) as site, tempfile.TemporaryDirectory() as folder:
        config = made(Path(folder), site.base)
        times[CRAWL] = [apart.run(partial(crawled, config))[0]] * ROUNDS
        for number in range(ROUNDS):
            for side, processes in turns(((ONE, 1), (TWO, 2)), number):
                took, start = apart.run(partial(derived, config, PAGES, processes))
                times[side].append(took)
                starts[side].append(start)
    detail = {"documents": PAGES, "bytes_a_page": round(site.size), "seconds_to_begin": {side: min(each) for side, each in starts.items()}}
    return [
        rates("derive: 2 processes", times, TWO, ONE, PAGES - 1, "documents/s", bar=1.8, **detail),
        rates("derive: beside the crawl", times, TWO, CRAWL, PAGES - 1, "documents/s", bar=2.0, **detail),
    ]


if __name__ == "__main__":
    main(measure, ("scrapy", "lxml", "sqlalchemy"))
