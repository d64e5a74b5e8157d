"""The live log of a run: an extension of Scrapy that writes what a crawl does to the store, some events at a time.

It watches what the spider hands on and what the keeper made of it, and never stands in a crawl's way: events that the store does not take
wait, and are dropped with the run rather than end it.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from scrapy import Spider, signals
from scrapy.exceptions import NotConfigured
from scrapy.utils.asyncio import create_looping_call

from harvester.keeping import RunKeeper, failure_row, keeper_of
from harvester.observing import logs
from harvester.redacting import redact
from harvester.run_signals import run_ended
from harvester.storing import give
from normalizers.privacy import Mode, mask
from normalizers.privacy.addresses import clean_url
from spiders.items import ArticleCapture, AttachmentCapture, CaptureKind, Failure, ListCapture, RecordCapture, RecordListCapture
from spiders.record_base import RecordSpider
from storage import run_events
from storage.errors import StoreError
from storage.records import Effect, Verdict
from storage.run_events import MOST, Event
from storage.store import Store

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

log = logging.getLogger(__name__)

FLUSH_EVERY = 2.0
"""Seconds that an event waits at most: whoever follows a run looks once a second."""
BATCH = 50
"""Events that wait at most."""
PATIENCE = 0.5
"""Seconds that a batch waits for another process that writes; then it is tried with the next one, and the crawl goes on."""
MOST_HELD = 500
"""Events that are held back while the store takes none; then they are counted."""
TOLD_EFFECTS = (Effect.NEW, Effect.CHANGED, Effect.REREAD)
_LEVELS = {Verdict.COMPLETE: "info", Verdict.INCOMPLETE: "warning", Verdict.FAILED: "error", Verdict.BLOCKED: "error"}
_REASONS = "retry/reason_count/"


def note(store: Store, run: str, level: str, event: str, **detail: Any) -> None:  # noqa: ANN401 -- plain values
    """Append one event to the log of a run that is over, such as a finding; texts lose what they say of persons. Raises ``StoreError``."""
    run_events.append(store, run, [Event(datetime.now(UTC), level, event, cleaned(detail))])


def cleaned(detail: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event's detail without personal data and secrets in its texts, and without what is empty."""
    kept = {name: value for name, value in detail.items() if value not in (None, "")}
    return {name: _clean(name, value) if isinstance(value, str) else value for name, value in kept.items()}


def _clean(name: str, text: str) -> str:
    # An address was cleaned part by part (``clean_url``): as one text its numbers would be taken for somebody's.
    return redact(text if name == "url" else mask(text).text)


class RunLog:
    """Writes the events of one crawl (setting ``EXTENSIONS``). A dry run, which has no run in the store, has no log either."""

    _given: tuple[int, Future[int]] | None = None
    """How many of the events that are held were given to be written."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.store: Store | None = None
        self.keeper: RunKeeper[Any] | None = None
        self.run = ""
        self.held: list[Event] = []
        self.written = self.dropped = 0
        self._failures = self._gone = 0
        self._effects: Counter[str] = Counter()
        self._records: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()
        self._delays: dict[str, float] = {}
        self._flush = create_looping_call(self.flush)
        crawler.signals.connect(self.opened, signals.spider_opened)
        crawler.signals.connect(self.judged, run_ended)  # before the monitors, whose findings stand behind what waits here

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the extension of a crawler; raises NotConfigured for a dry run."""
        if crawler.settings.getbool("HARVESTER_DRY_RUN"):
            raise NotConfigured
        return cls(crawler)

    # --- a run's beginning and end ---

    def opened(self, spider: Spider) -> None:
        """Begin to write, and to listen: behind the keeper, so that what it judged is known here."""
        keeper = keeper_of(self.crawler)
        if keeper is None or not keeper.run:
            return
        self.keeper, self.run = keeper, keeper.run
        self.store = Store.open(self.crawler.settings["HARVESTER_STORE"], check=False, patience=PATIENCE)
        listeners = {
            signals.item_scraped: self.scraped,
            signals.item_error: self.failed,
            signals.spider_error: self.failed,
            signals.request_reached_downloader: self.asked,
            signals.spider_closed: self.closed,
        }
        for signal, listener in listeners.items():
            self.crawler.signals.connect(listener, signal)
        settings, sections = self.crawler.settings, [section.id for section in getattr(spider, "sections", ())]
        asked = {"reach": settings.get("HARVESTER_LISTS"), "due_run": settings.get("HARVESTER_DUE_RUN") or None}
        self.tell("info", "began", site=keeper.spider.site, sections=sections, **asked)
        logs.crawl_began(spider.name, site=keeper.spider.site, run=self.run, due_run=asked["due_run"])
        self._flush.start(FLUSH_EVERY, now=False)

    def judged(self) -> None:
        """Write what waits, before others append what they found in the run."""
        if self.keeper is not None:
            self.look()
            self.flush(wait=True)

    def closed(self, spider: Spider, reason: str) -> None:
        """Write how the run ended, and what waits; drop the logs of old runs."""
        assert self.keeper is not None  # noqa: S101 -- it listens only then
        if self._flush.running:
            self._flush.stop()
        logs.crawl_ended(spider.name)
        self.look()
        if reason != "finished":
            self.tell("warning", "stopped", reason=str(reason))
        self._tell_verdict(self.keeper)
        self.flush(wait=True, last=True)
        if self.store is not None:
            try:
                run_events.prune(self.store, self.keeper.spider.site)
            except StoreError:
                log.debug("logs of old runs could not be dropped; the next run does it")
            self.store.close()
            self.store = None

    def _tell_verdict(self, keeper: RunKeeper[Any]) -> None:
        judged = keeper.judgement
        if judged is None:
            return
        for sentence in judged.notes:
            self.tell("info", "note", text=sentence)
        verdict, cause = (Verdict.FAILED, "store") if keeper.error else (judged.verdict, str(judged.cause))
        counters = keeper.counters()
        counted = {name: counters[name] for name in ("requests", "captures", "effects", "bytes", "gone", "failures")}
        self.tell(_LEVELS[verdict], "verdict", verdict=str(verdict), cause=cause, least=keeper.least(), **counted)

    # --- what happens meanwhile ---

    def scraped(self, item: object, spider: Spider) -> None:
        """Take note of what the keeper was given, and of what it made of it."""
        if isinstance(item, ListCapture):
            capture, page = item.capture, item.page
            self.tell("info", "list", section=capture.section, page=page.page, pages=page.pages, items=len(page.items))
        elif isinstance(item, RecordListCapture):
            self.tell("info", "list", section=item.section, slice=item.slice, page=item.page, items=len(item.keys))
        elif isinstance(item, RecordCapture):
            self._records[item.record.section] += 1  # counted only: a record is not told in a log
        elif isinstance(item, ArticleCapture | AttachmentCapture):
            self._tell_document(item)
        self.look()

    def failed(self, spider: Spider) -> None:
        """Take note of what tripped its reader; the keeper has counted it."""
        self.look()

    def asked(self, request: Request, spider: Spider) -> None:
        """Take note of a request that is made again, and of a pace that robots.txt slowed down."""
        self._look_at_pace()
        if times := int(request.meta.get("retry_times", 0)):
            self.tell("info", "retry", url=self.address(request.url), times=times, reason=self._reason())

    def _look_at_pace(self) -> None:
        slots = self.crawler.engine.downloader.slots if self.crawler.engine else {}
        for host, slot in slots.items():
            before = self._delays.setdefault(host, self.crawler.settings.getfloat("DOWNLOAD_DELAY"))
            if slot.delay != before:
                self._delays[host] = slot.delay
                self.tell("info", "pace", host=host, seconds=slot.delay, before=before)

    def look(self) -> None:
        """Tell the failures that the keeper noted since the last look."""
        assert self.keeper is not None  # noqa: S101 -- it listens only then
        tally = self.keeper.tally
        for failure in tally.failures[self._failures :]:
            self._tell_failure(failure)
        self._failures = len(tally.failures)
        if tally.gone != self._gone:
            self.tell("info", "gone", documents=tally.gone - self._gone)
            self._gone = tally.gone

    def _tell_document(self, item: ArticleCapture | AttachmentCapture) -> None:
        assert self.keeper is not None  # noqa: S101 -- it listens only then
        effects = Counter(self.keeper.tally.effects)
        made, self._effects = effects - self._effects, effects
        capture = item.capture
        for effect in (effect for effect in TOLD_EFFECTS if made[effect]):
            what = {"section": capture.section, "kind": str(capture.kind), "effect": str(effect), "url": self.address(capture.url)}
            self.tell("info", "document", **what, files=made[effect] if made[effect] > 1 else None)

    def _tell_failure(self, failure: Failure) -> None:
        row = failure_row(failure)
        level = "error" if failure.kind is CaptureKind.LIST else "warning"
        self.tell(level, "failure", section=row.section, kind=str(row.kind), cause=str(row.cause), url=row.url, detail=row.detail)

    def _reason(self) -> str:
        stats = self.crawler.stats.get_stats() if self.crawler.stats else {}
        counted = Counter({name[len(_REASONS) :]: count for name, count in stats.items() if name.startswith(_REASONS)})
        fresh, self._reasons = counted - self._reasons, counted
        return next(iter(fresh), "").rpartition(".")[2]

    def address(self, url: str) -> str:
        """Return an address as a log may hold it; of a site of records without its query, which may name whose record it is."""
        return clean_url(url.partition("?")[0] if isinstance(self.crawler.spider, RecordSpider) else url, mode=Mode.DOCUMENT)

    # --- writing ---

    def tell(self, level: str, event: str, **detail: Any) -> None:  # noqa: ANN401 -- plain values
        """Hold an event until enough of them wait; the end of a run has room whatever came before."""
        last = event in ("stopped", "verdict", "note")
        if not last and (self.written + len(self.held) >= MOST or len(self.held) >= MOST_HELD):
            self.dropped += 1
            return
        self.held.append(Event(datetime.now(UTC), level, event, cleaned(detail)))
        if len(self.held) >= BATCH and len(self.held) % BATCH == 0:
            self.flush()

    def flush(self, *, wait: bool = False, last: bool = False) -> None:
        """Let what is held be written in one transaction; what the store does not take now is held on. ``wait`` until that is done."""
        for section, count in self._records.items():
            self.held.append(Event(datetime.now(UTC), "info", "records", {"section": section, "records": count}))
        self._records.clear()
        if last and self.dropped:
            self.held.append(Event(datetime.now(UTC), "info", "counted", {"events": self.dropped}))
        self._note_written(wait=wait)
        if self.held and self._given is None and self.store is not None:
            self._given = len(self.held), give(run_events.append, self.store, self.run, self.held[:])
            self._note_written(wait=wait)

    def _note_written(self, *, wait: bool) -> None:
        """Let go of the events that were given to be written, if they are by now."""
        if self._given is None or not (wait or self._given[1].done()):
            return
        (count, written), self._given = self._given, None
        try:
            written.result()
        except StoreError as error:
            log.debug("%d events of the run wait: %s", len(self.held), type(error).__name__)
            return
        self.written += count
        del self.held[:count]
