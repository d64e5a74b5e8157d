"""Documents that a section listed once and lists no more: asked for once, after its list was read whole.

Only a real 404 or 410 marks a document gone. A challenge, an error or an answer says nothing of the kind: blocked is never gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from scrapy import signals
from scrapy.exceptions import DontCloseSpider

from harvester.keeping import is_stopping
from harvester.pipelines import StorePipeline
from harvester.recall import live_articles
from harvester.unnaming import clean_key
from harvester.verdict import whole
from spiders.base import SiteSpider
from storage import document_records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy import Request, Spider
    from scrapy.crawler import Crawler


class VanishedDocuments:
    """Acts when a crawl has nothing left to do; off in dry runs."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._done = crawler.settings.getbool("HARVESTER_DRY_RUN")
        crawler.signals.connect(self.idle, signals.spider_idle)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the extension of a crawler."""
        return cls(crawler)

    def idle(self, spider: Spider) -> None:
        """Ask for the vanished documents, once, and keep the crawl open for them."""
        if self._done or not isinstance(spider, SiteSpider) or is_stopping(self.crawler) or self.crawler.engine is None:
            return
        self._done = True
        requests = list(self._requests(spider))
        for request in requests:
            self.crawler.engine.crawl(request)
        if requests:
            raise DontCloseSpider

    def _requests(self, spider: SiteSpider) -> Iterator[Request]:
        keeper = self.crawler.get_item_pipeline(StorePipeline)
        if keeper is None or keeper.store is None or spider.skipped:
            return
        urgent = document_records.listing(keeper.store, spider.site)
        keyring = keeper.store.keyring
        listed = {clean_key(key, keyring) for section in spider.coverage.values() for key in section.items}
        for name, section in spider.coverage.items():
            if not whole(section):
                continue
            for key, stored in live_articles(keeper.store, spider.site, name).items():
                request = spider.article_request(stored.item, name, unlisted=True)
                # Records are to go with their document, so it is asked for whether it is due or not.
                if key not in listed and (key in urgent or keeper.wants(request.meta["errand"])):
                    spider.unlisted.add(key)
                    yield request
