"""A crawl that is stopped ends soon: requests that still wait for their turn at the site's pace are given up at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from scrapy import signals
from scrapy.utils.asyncio import create_looping_call

from spiders.health import FetchError
from spiders.items import Cause

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler

LOOK_EVERY = 0.5
"""Seconds between two looks at whether the crawl is being ended."""


class PromptEnd:
    """Gives up what waits in the downloader once the crawl is being ended; Scrapy would wait for its turn, two minutes for some sites."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._look = create_looping_call(self.look)
        crawler.signals.connect(self.opened, signals.spider_opened)
        crawler.signals.connect(self.closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the extension of a crawler."""
        return cls(crawler)

    def opened(self, spider: Spider) -> None:
        """Begin to look."""
        self._look.start(LOOK_EVERY, now=False)

    def closed(self, spider: Spider) -> None:
        """Look no more."""
        if self._look.running:
            self._look.stop()

    def look(self) -> None:
        """Give up the waiting requests of a crawl that is being ended."""
        engine = self.crawler.engine
        if engine is None or engine._slot is None or engine._slot.closing is None:
            return
        for slot in engine.downloader.slots.values():
            while slot.queue:
                _, waiting = slot.queue.popleft()
                waiting.errback(FetchError(Cause.STOPPED, "the crawl of this site has ended"))
