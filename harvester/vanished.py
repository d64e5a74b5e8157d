"""What a crawl asks for beside what its list pages name: what is due, owed or absent, and what nothing names any more. Each once.

Documents are missed after their section's list was read whole, files after their article was read again or was found missing. Only a
real 404 or 410, and another one on another day, makes a document gone. A challenge, an error or an answer says nothing of the kind:
blocked is never gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from scrapy import signals
from scrapy.exceptions import DontCloseSpider

from harvester.keeping import is_stopping
from harvester.pipelines import StorePipeline
from harvester.probing import Address, former_addresses, orphaned_files, unnamed_files
from harvester.recall import StoredFile, StoredItem, is_askable, live_articles, live_files, owed_new
from spiders.base import SiteSpider
from storage import absences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

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
        """Ask for what no list page led to, and keep the crawl open for it: articles first, since files go with them."""
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
    if spider.skipped or any(section.limited for section in spider.coverage.values()):
        return
    live = live_articles(store, spider.site)
    listed = {keeper.stored_key(key) for section in spider.coverage.values() for key in section.items}
    asked = set[str]()
    for key, stored in live.items():
        if key not in listed and stored.section in spider.coverage and _is_wanted(spider, keeper, stored):
            asked.add(key)
            yield _again(spider, keeper, stored)
    yield from _owed(spider, keeper, store, listed | asked)
    if all(section.whole for section in spider.coverage.values()):
        urls = [item.url for section in spider.coverage.values() for item in section.items.values()]
        for address in former_addresses(live, keeper.read, urls):
            yield _probe(spider, address)


def _is_wanted(spider: SiteSpider, keeper: StorePipeline, stored: StoredItem) -> bool:
    """Tell whether a live article that no list page named is to be asked for.

    What is absent, on another day than the first. What a sweep does not name and was not asked for since it was missed, and what may hold
    records, at once; anything else by its age.
    """
    key, section = stored.item.key, spider.coverage[stored.section]
    if key in keeper.absent:
        return absences.is_confirmed(keeper.absent[key], keeper.started_at)
    if not section.reached or not is_askable(stored.item.url):
        return False
    at_once = keeper.was_lost(stored) or (section.whole and key in keeper.urgent)
    return at_once or key in keeper.owed or keeper.due(key)


def _again(spider: SiteSpider, keeper: StorePipeline, stored: StoredItem) -> Request:
    spider.unlisted.add(stored.item.key)
    request = spider.article_request(stored.item, stored.section, unlisted=True)
    return request.replace(priority=keeper.priority(request.meta["errand"]))


def _owed(spider: SiteSpider, keeper: StorePipeline, store: Store, had: set[str]) -> Iterator[Request]:
    """Yield what earlier lists named and no run had yet, where this run does not read the whole list."""
    for name, section in spider.coverage.items():
        known = keeper.readings.get(name)
        if section.until is None or not known or not known.sweeps:
            continue
        for item in owed_new(store, spider.site, name, known.sweeps[0].began):
            if item.key not in had:
                had.add(item.key)
                request = spider.article_request(item, name)
                yield request.replace(priority=keeper.priority(request.meta["errand"]))


def _files(spider: SiteSpider, keeper: StorePipeline, store: Store) -> Iterator[Request]:
    if spider.skipped or any(section.limited for section in spider.coverage.values()):
        return
    files, named = live_files(store, spider.site), {key: read.files for key, read in keeper.read.items()}
    absent = absences.absent(store, spider.site)
    asked = set[str]()
    # An absence of an earlier day is a file's own affair: its article need not have been read again.
    confirmable = [file for file in files if file.key in absent and absences.is_confirmed(absent[file.key], keeper.started_at)]
    for address in (*unnamed_files(files, named), *orphaned_files(files, absent), *unnamed_files(confirmable, _nothing(confirmable))):
        if address.key not in asked and _is_wanted_file(keeper, address, absent):
            asked.add(address.key)
            yield _probe(spider, address)


def _is_wanted_file(keeper: StorePipeline, address: Address, absent: Mapping[str, datetime]) -> bool:
    if address.clock in absent:
        return absences.is_confirmed(absent[address.clock], keeper.started_at)
    return keeper.is_newly_unnamed(address.clock) or keeper.due(address.clock)


def _nothing(files: list[StoredFile]) -> dict[str, tuple[str, ...]]:
    return dict.fromkeys((file.parent_key for file in files), ())


def _probe(spider: SiteSpider, address: Address) -> Request:
    return spider.probe_request(address.kind, address.section, address.key, address.url)
