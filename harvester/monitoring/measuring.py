"""Measures of a run: an extension of Scrapy that counts, section by section, what a crawl asked for, had and read.

It looks on and never stands in a crawl's way. What it counted is written to ``run_sections`` when the run is over; the monitors hold it
against what the site's sheet promises (``harvester.monitoring.judging``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Self

from scrapy import Request, Spider, signals
from scrapy.exceptions import NotConfigured

from harvester.keeping import RunKeeper
from harvester.monitoring.counting import SectionCount, rhythm
from harvester.monitoring.novelty import novelty
from harvester.monitoring.specimens import drift_of
from harvester.run_signals import document_kept, record_read
from harvester.verdict import passing
from normalizers.notices.records import Notice
from normalizers.records import Derived
from spiders.base import SiteSpider
from spiders.factsheet import ARTICLE_FIELDS, LIST_FIELDS, AnySection, Section
from spiders.harvest import Errand, HarvestSpider
from spiders.items import ArticleCapture, CaptureKind, Cause, RecordCapture
from spiders.record_base import RecordSpider
from storage.days import local_day
from storage.measures import SectionMeasures
from storage.records import Publication
from storage.store import Store

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class Measuring:
    """Counts what one crawl does, by section."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.counts: dict[str, SectionCount] = {}
        self.today: date = local_day(datetime.now(UTC))
        connect = crawler.signals.connect
        connect(self.asked, signals.request_reached_downloader)
        connect(self.answered, signals.response_downloaded)
        connect(self.received, signals.response_received)
        connect(self.scraped, signals.item_scraped)
        connect(self.kept, document_kept)
        connect(self.read, record_read)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the extension of a crawler; raises NotConfigured for spiders that harvest nothing."""
        if not issubclass(crawler.spidercls, HarvestSpider):
            raise NotConfigured
        return cls(crawler)

    def of(self, section: str) -> SectionCount:
        """Return the count of a section."""
        if section not in self.counts:
            self.counts[section] = SectionCount()
        return self.counts[section]

    # --- what Scrapy tells ---------------------------------------------------------------------------------------------------

    def asked(self, request: Request, spider: Spider) -> None:
        """Count a request, repetitions and redirects included."""
        errand: Errand | None = request.meta.get("errand")
        if errand is not None and not errand.unlisted:
            self.of(errand.section).requests[errand.kind] += 1

    def answered(self, response: Response, request: Request, spider: Spider) -> None:
        """Count the bytes of an answer as it came, and how long it took."""
        errand: Errand | None = request.meta.get("errand")
        if errand is not None:
            count = self.of(errand.section)
            count.bytes += len(response.body)
            count.seconds += request.meta.get("download_latency", 0.0)

    def received(self, response: Response, request: Request, spider: Spider) -> None:
        """Count an answer that is what was asked for."""
        errand: Errand | None = request.meta.get("errand")
        if errand is not None and response.status < 400:
            self.of(errand.section).captures[errand.kind] += 1

    def scraped(self, item: object) -> None:
        """Count the fields of an article, and the labels of a record."""
        if isinstance(item, ArticleCapture):
            self.of(item.capture.section).take_article(item.article, item.entry)
        elif isinstance(item, RecordCapture):
            self.of(item.record.section).labels_seen += len(item.record.fields)

    def kept(self, publication: Publication, derived: Derived, effect: str) -> None:
        """Count what was derived from a document."""
        self.of(publication.section).take_derived(derived, effect)

    def read(self, section: str, notice: Notice) -> None:
        """Count the fields of a record."""
        self.of(section).take_notice(notice, self.today)

    # --- the end -------------------------------------------------------------------------------------------------------------

    def told(self, keeper: RunKeeper[Any], store: Store) -> list[SectionMeasures]:
        """Return what the run measured of each section that it was for."""
        covered = keeper.coverage()
        return [self._of_section(keeper, store, section, covered.get(section.id, {})) for section in keeper.spider.sections]

    def _of_section(self, keeper: RunKeeper[Any], store: Store, section: AnySection, covered: Mapping[str, Any]) -> SectionMeasures:
        spider: HarvestSpider = keeper.spider
        count = self.of(section.id)
        failures = [failure for failure in keeper.tally.failures if failure.section == section.id and failure.cause is not Cause.STOPPED]
        dead = sum(failure.cause is Cause.NOT_FOUND and failure.kind is CaptureKind.ARTICLE for failure in failures)
        stated = covered.get("stated")
        stated = (stated[-1] if stated else None) if isinstance(stated, list) else stated
        if isinstance(spider, SiteSpider):
            count.days |= {item.listed_on for item in spider.coverage[section.id].items.values() if item.listed_on}
        if isinstance(spider, RecordSpider):  # what became of records is known with their batch, not when they are read
            count.effects = Counter(keeper.tally.by_section.get(section.id, {}))
        measures = count.told() | {
            "pages": covered.get("had", 0),
            "pages_stated": covered.get("pages"),
            "items": covered.get("items", 0),
            "items_stated": stated,
            "whole": _is_whole(spider, section.id, covered),
            "failures": dict(Counter(str(failure.cause) for failure in failures)),
            "list_failures": dict(Counter(str(failure.cause) for failure in failures if failure.kind is CaptureKind.LIST)),
            "passing": dict(Counter(str(failure.cause) for failure in passing(failures))),
            "dead": [dead, dead + count.captures[CaptureKind.ARTICLE]],
            "unreachable": _unreachable(covered, stated),
            "gaps": _gaps(spider, section.id),
            "charsets": dict(sorted(spider.charsets.get(section.id, Counter()).items())),
            "rules": _rules(spider, section),
            "novelty": novelty(store, spider.site, section.id, keeper.run, keeper.started_at) if isinstance(spider, SiteSpider) else None,
            **rhythm(count.days, self.today),
        }
        drift = drift_of(store, spider.site, section.id, keeper.run) if isinstance(spider, SiteSpider) else None
        return SectionMeasures(section.id, str(covered.get("reach", "all")), measures, drift)


def _is_whole(spider: HarvestSpider, section: str, covered: Mapping[str, Any]) -> bool:
    """Tell whether the section's list was read as far as it was to be read."""
    if isinstance(spider, RecordSpider):
        lines = [line for line in spider.ledger() if line.section == section]
        return any(line.pages_had for line in lines) and all(line.complete or line.capped for line in lines if not line.slice)
    return bool(covered.get("had")) and bool(covered.get("whole"))


def _unreachable(covered: Mapping[str, Any], stated: int | None) -> int:
    """Return how many items the site says it has and its list does not show, where that was all of the list."""
    return max(stated - covered.get("items", 0), 0) if stated is not None and covered.get("reach", "all") == "all" else 0


def _gaps(spider: HarvestSpider, section: str) -> int:
    """Return how many named gaps the ledger of a section has."""
    if isinstance(spider, RecordSpider):
        return sum(len(line.gaps) for line in spider.ledger() if line.section == section and not line.slice)
    return len(spider.coverage[section].missing) if isinstance(spider, SiteSpider) else 0


def _rules(spider: HarvestSpider, section: AnySection) -> dict[str, int]:
    """Return how often each rule of the fact sheet found something in a section: ``field expression`` to a number."""
    if not isinstance(spider, SiteSpider) or not isinstance(section, Section):
        return {}
    hits = spider.rule_hits.get(section.id, Counter())
    fields = (*LIST_FIELDS, *ARTICLE_FIELDS)
    return {f"{name} {rule.expression}": hits.get(rule, 0) for name in fields for rule in spider.sheet.find(name, section)}
