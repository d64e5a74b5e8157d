"""What nothing names any more: documents that a list lost, files that their article lost, former addresses. Each is asked for once.

Documents are looked for after their section's list was read whole, files after their article was read again or was found gone. Only a
real 404 or 410 marks a document gone. A challenge, an error or an answer says nothing of the kind: blocked is never gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from scrapy import signals
from scrapy.exceptions import DontCloseSpider

from harvester.keeping import is_stopping
from harvester.pipelines import StorePipeline
from harvester.probing import Address, former_addresses, orphaned_files, unnamed_files
from harvester.recall import live_articles, live_files
from harvester.unnaming import clean_key
from harvester.verdict import whole
from spiders.base import SiteSpider
from storage import document_records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scrapy import Request, Spider
    from scrapy.crawler import Crawler

    from storage.store import Store


class VanishedDocuments:
    """Acts when a crawl has nothing left to do; off in dry runs."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        dry = crawler.settings.getbool("HARVESTER_DRY_RUN")
        self._rounds: list[Callable[[SiteSpider, StorePipeline, Store], Iterator[Request]]] = [] if dry else [_articles, _files]
        crawler.signals.connect(self.idle, signals.spider_idle)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the extension of a crawler."""
        return cls(crawler)

    def idle(self, spider: Spider) -> None:
        """Ask for what nothing names, and keep the crawl open for it: articles first, since files go with them."""
        keeper = self.crawler.get_item_pipeline(StorePipeline)
        if not isinstance(spider, SiteSpider) or self.crawler.engine is None or keeper is None or keeper.store is None:
            return
        while self._rounds and not is_stopping(self.crawler):
            requests = list(self._rounds.pop(0)(spider, keeper, keeper.store))
            for request in requests:
                self.crawler.engine.crawl(request)
            if requests:
                raise DontCloseSpider


def _articles(spider: SiteSpider, keeper: StorePipeline, store: Store) -> Iterator[Request]:
    if not spider.skipped:
        yield from _unlisted(spider, keeper, store)
    if all(whole(section) for section in spider.coverage.values()):
        urls = [item.url for section in spider.coverage.values() for item in section.items.values()]
        for address in former_addresses(live_articles(store, spider.site), keeper.read, urls):
            yield _probe(spider, address)


def _files(spider: SiteSpider, keeper: StorePipeline, store: Store) -> Iterator[Request]:
    files, named = live_files(store, spider.site), {key: read.files for key, read in keeper.read.items()}
    for address in (*unnamed_files(files, named), *orphaned_files(files)):
        if keeper.due(address.clock):
            yield _probe(spider, address)


def _unlisted(spider: SiteSpider, keeper: StorePipeline, store: Store) -> Iterator[Request]:
    urgent = document_records.listing(store, spider.site)
    listed = {clean_key(key, store.keyring) for section in spider.coverage.values() for key in section.items}
    for name, section in spider.coverage.items():
        if not whole(section):
            continue
        for key, stored in live_articles(store, spider.site, name).items():
            request = spider.article_request(stored.item, name, unlisted=True)
            # Records are to go with their document, so it is asked for whether it is due or not.
            if key not in listed and (key in urgent or keeper.wants(request.meta["errand"])):
                spider.unlisted.add(key)
                yield request


def _probe(spider: SiteSpider, address: Address) -> Request:
    return spider.probe_request(address.kind, address.section, address.key, address.url)
