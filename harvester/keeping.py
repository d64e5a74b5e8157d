"""What every run of a site shares, whether it brings documents or records: its beginning, its failures, its verdict, its end."""

from __future__ import annotations

import asyncio
import logging
import platform
import time
from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar, cast

from scrapy import Spider, signals
from scrapy.exceptions import NotConfigured
from scrapy.utils.asyncio import create_looping_call
from sqlalchemy.exc import DBAPIError

from harvester.freshness import Recheck
from harvester.reach import Budget, Lists, Window
from harvester.run_signals import run_ended
from harvester.storing import give, settle
from harvester.unnaming import is_personal
from harvester.verdict import Judgement
from normalizers.privacy import Mode, mask
from normalizers.privacy.addresses import clean_url
from spiders.items import CaptureKind, Cause, Failure
from storage import run_rows
from storage.engine import PATIENCE
from storage.errors import StoreError
from storage.incidents import Finding
from storage.records import ArchivedResponse, FailureRow, Verdict
from storage.store import Store

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure as TwistedFailure

    from spiders.base import Errand

log = logging.getLogger(__name__)

STORE_FAILED = "store"
BEAT_REQUESTS, BEAT_SECONDS = 20, 10.0
"""A run's counters are written after so many requests, or seconds: no more of what a killed run spent is lost."""
LOOK_SECONDS = 1.0
S = TypeVar("S", bound=Spider)


def stop_crawl(crawler: Crawler, reason: str) -> None:
    """End the crawl of a site, once: what is under way is finished, the rest is dropped."""
    if not is_stopping(crawler) and crawler.engine is not None:
        crawler.harvester_stopping = asyncio.ensure_future(crawler.engine.close_spider_async(reason=reason))  # type: ignore[attr-defined]


def is_stopping(crawler: Crawler) -> bool:
    """Tell whether the crawl of this site is being ended."""
    return getattr(crawler, "harvester_stopping", None) is not None


def keeper_of(crawler: Crawler) -> RunKeeper[Any] | None:
    """Return what keeps the run of a crawler, ``None`` before it began and where nothing is kept."""
    return crawler.get_item_pipeline(RunKeeper) if crawler._engine else None  # type: ignore[type-abstract]


@dataclass(slots=True)
class Tally:
    """What a run did, counted. ``masked`` counts personal data that was masked, by kind; ``notices`` records, by their effect.

    ``gone`` counts documents that were found missing for the second time, ``absent`` those missing for the first; ``left`` is what the
    budget did not allow, by ``list``, ``new`` and ``due``. ``by_section`` are the effects of a site of records.
    """

    captures: Counter[str] = field(default_factory=Counter)
    effects: Counter[str] = field(default_factory=Counter)
    fetched: Counter[str] = field(default_factory=Counter)
    notices: Counter[str] = field(default_factory=Counter)
    by_section: dict[str, Counter[str]] = field(default_factory=dict)
    masked: Counter[str] = field(default_factory=Counter)
    tasks: int = 0
    bytes: int = 0
    gone: int = 0
    absent: int = 0
    left: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)


class RunKeeper(ABC, Generic[S]):
    """Keeps one run of one site; the middlewares ask it what is stored already. ``serves`` is the kind of spider that it keeps runs of."""

    serves: ClassVar[type[Spider]]

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self.crawler = crawler
        self.dry_run = settings.getbool("HARVESTER_DRY_RUN")
        self.recheck = Recheck(settings.get("HARVESTER_RECHECK", Recheck.DUE))
        self.reach = Lists(settings.get("HARVESTER_LISTS") or Lists.ALL)
        self.budget = Budget(settings.getint("HARVESTER_MOST_REQUESTS"), settings.getfloat("HARVESTER_MOST_SECONDS"))
        self.due_run: int | None = settings.getint("HARVESTER_DUE_RUN") or None
        self.before = run_rows.Spent()
        self.reached = Lists.ALL
        self._began = time.monotonic()
        self._beaten = (0, self._began)
        self._beats = create_looping_call(self._beat)
        self.tally = Tally()
        self.judgement: Judgement | None = None
        self.findings: tuple[Finding, ...] = ()
        self.error: StoreError | None = None
        self.started_at = self.ended_at = datetime.now(UTC)
        self.run = ""
        self.store: Store | None = None
        self._turn = asyncio.Lock()
        crawler.signals.connect(self._begin_beats, signals.spider_opened)
        crawler.signals.connect(self.finish, signals.spider_closed)
        crawler.signals.connect(self.broken, signals.spider_error)
        crawler.signals.connect(self.unkept, signals.item_error)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the keeper of a crawler; raises NotConfigured for spiders of another kind."""
        if not issubclass(crawler.spidercls, cls.serves):
            raise NotConfigured
        return cls(crawler)

    @property
    def spider(self) -> S:
        """Return the spider of the crawler."""
        assert isinstance(self.crawler.spider, self.serves)  # noqa: S101 - from_crawler saw to it
        return cast("S", self.crawler.spider)

    # --- a run's beginning and end ---------------------------------------------------------------------------------------

    def open_spider(self) -> None:
        """Begin the run; a dry run writes nothing. Raises StoreError when the store or the archive cannot be used."""
        settings, spider = self.crawler.settings, cast("Any", self.spider)
        url, folder = settings["HARVESTER_STORE"], Path(settings["HARVESTER_ARCHIVE"])
        if self.dry_run:
            return
        key = settings.get("HARVESTER_KEY")
        patience = settings.getfloat("HARVESTER_PATIENCE", PATIENCE)
        self.store = Store.open(url, archive=folder, key=Path(key) if key else None, patience=patience)
        sheet, sections = spider.sheet, [section.id for section in spider.sections]
        self.run = self.store.begin_run(sheet.id, sections, self.started_at, name=sheet.name_zh, region=sheet.region)
        try:
            self._note_purpose(self.store)
            self.begun(self.store)
        except StoreError as error:
            self.error = error
            self.finish(self.spider, STORE_FAILED)
            raise

    def _note_purpose(self, store: Store) -> None:
        """Choose how far each list is read, recall what earlier runs of the same due run spent, and write both down."""
        self.reached = self.choose_reach(store)
        if self.due_run is not None:
            self.before = run_rows.spent(store, self.due_run, but=self.run)
        run_rows.note_purpose(store, self.run, reach=self.reached, due_run=self.due_run, host=platform.node(), at=self.started_at)

    @property
    def window(self) -> Window:
        """Return how often the site's lists are read whole, and how far back else."""
        given = self.crawler.settings.getdict("HARVESTER_WINDOWS").get(cast("Any", self.spider).site)
        return Window(*(timedelta(days=days) for days in given)) if given else Window()

    @abstractmethod
    def choose_reach(self, store: Store) -> Lists:
        """Tell the spider how far to read each list, and return ``all`` where it reads every one whole, else ``recent``."""

    @abstractmethod
    def begun(self, store: Store) -> None:
        """Open what the run writes to beside the store. Raises StoreError."""

    @abstractmethod
    def judged(self, reason: str) -> Judgement:
        """Return the verdict of the run that ends for ``reason``."""

    @abstractmethod
    def close(self) -> None:
        """Write what is still held back, and close what ``begun`` opened. Raises StoreError."""

    @abstractmethod
    def coverage(self) -> dict[str, Any]:
        """Return what was had of each section, as the store keeps it."""

    @abstractmethod
    def least(self) -> int:
        """Return the least number of requests that could have had this: robots.txt, every list page, each new document once."""

    @abstractmethod
    def pages(self) -> dict[str, tuple[int, int | None]]:
        """Return how many list pages of each section were had, and how many there are (``None``: the site does not say)."""

    @abstractmethod
    async def keep(self, item: object) -> None:
        """Keep what a spider hands on. Raises StoreError."""

    def broken(self, failure: TwistedFailure, response: Response, spider: Spider) -> None:
        """Count a page that tripped its parser as a failure: it was not read, whatever it held."""
        errand: Errand | None = response.meta.get("errand")
        if errand is None:
            return
        detail = f"reading it failed: {self.told(failure.value)}"
        site = cast("Any", self.spider).site
        self.fail(Failure(site, errand.section, errand.kind, response.url, Cause.PARSE, detail, datetime.now(UTC), errand.key))

    def unkept(self, item: object, response: Response, spider: Spider, failure: TwistedFailure) -> None:
        """Count what tripped the reading of it as a failure: it is not kept, and is asked for again by the next run."""
        errand: Errand | None = response.meta.get("errand") if response is not None else None
        if errand is None:
            return
        record = getattr(item, "record", None)
        key = record.key if record else errand.key
        site, detail = cast("Any", self.spider).site, f"keeping it failed: {self.told(failure.value)}"
        kind = CaptureKind.ARTICLE if record else errand.kind
        self.fail(Failure(site, errand.section, kind, response.url, Cause.PARSE, detail, datetime.now(UTC), key))

    def told(self, error: BaseException | None) -> str:
        """Return an exception in words; of a database's only the first line, since PostgreSQL goes on with the row it refused."""
        words = str(error.orig).partition("\n")[0] if isinstance(error, DBAPIError) else str(error)
        return f"{type(error).__name__}: {words}"

    # --- what it spends ----------------------------------------------------------------------------------------------------

    @property
    def requests(self) -> int:
        """Return how many requests this run made, robots.txt and repetitions included."""
        stats = self.crawler.stats
        return int(stats.get_value("downloader/request_count", 0)) if stats else 0

    @property
    def seconds(self) -> float:
        """Return how long this run has lasted."""
        return time.monotonic() - self._began

    @property
    def is_spent(self) -> bool:
        """Tell whether the budget of the due run is used up, by this run and those before it."""
        return self.budget.over(self.before.requests + self.requests, self.before.seconds + self.seconds)

    def leave(self, errand: Errand) -> None:
        """Count what the budget does not allow to ask for."""
        self.tally.left[self.sort_of(errand)] += 1

    def sort_of(self, errand: Errand) -> str:
        """Return what an errand is for: ``list``, ``new`` or ``due``."""
        return "list" if errand.kind is CaptureKind.LIST else "due"

    def _begin_beats(self, spider: Spider) -> None:
        if self.store is not None:
            self._beats.start(LOOK_SECONDS, now=False)

    def _beat(self) -> None:
        """Write the counters where enough was done or time passed since; a store that cannot take them now is asked again soon."""
        requests, at = self._beaten
        now = time.monotonic()
        if self.store is None or (self.requests - requests < BEAT_REQUESTS and now - at < BEAT_SECONDS):
            return
        self._beaten = (self.requests, now)
        give(_write_beat, self.store, self.run, self.counters())

    def finish(self, spider: Spider, reason: str) -> None:
        """Judge the run and end it, once."""
        if self.judgement is not None:
            return
        if self._beats.running:
            self._beats.stop()
        settle()
        self.ended_at = datetime.now(UTC)
        self.judgement = self.judged(reason)
        if self.store is None or not self.run:
            return
        try:
            self.close()
            verdict, cause = (Verdict.FAILED, STORE_FAILED) if self.error else (self.judgement.verdict, self.judgement.cause)
            self.store.end_run(self.run, verdict, cause, self.counters(), self.ended_at)
            self.crawler.signals.send_catch_log(run_ended, keeper=self)
        except StoreError as error:
            self.error = self.error or error
        finally:
            self.store.close()

    def counters(self) -> dict[str, Any]:
        """Return what the run did, as the store keeps it."""
        stats = self.crawler.stats
        return {
            "requests": self.requests,
            "least": self.least(),
            "received": stats.get_value("downloader/response_bytes", 0) if stats else 0,
            "seconds": round(self.seconds, 1),
            "captures": dict(self.tally.captures),
            "effects": dict(self.tally.effects),
            "notices": dict(self.tally.notices),
            "masked": dict(self.tally.masked),
            "tasks": self.tally.tasks,
            "bytes": self.tally.bytes,
            "gone": self.tally.gone,
            "absent": self.tally.absent,
            "left": dict(self.tally.left),
            "failures": dict(Counter(str(failure.cause) for failure in self.tally.failures)),
            "coverage": self.coverage(),
            "notes": list(self.judgement.notes) if self.judgement else [],
        }

    # --- what the middlewares ask ------------------------------------------------------------------------------------------

    @abstractmethod
    def wants(self, errand: Errand) -> bool:
        """Tell whether a document or record is to be asked for."""

    def priority(self, errand: Errand) -> int:
        """Return the priority of a document or record that is asked for."""
        return 0

    def validators(self, url: str) -> dict[str, str]:
        """Return the headers of a conditional request for an address, empty when none of its payloads is kept or it sent no validators."""
        return {}

    def archived(self, url: str) -> ArchivedResponse | None:
        """Return the last response of an address with its payload."""
        return None

    # --- items -------------------------------------------------------------------------------------------------------------

    async def process_item(self, item: object) -> object:
        """Keep what a spider hands on, or note its failure; an error of the store ends the crawl."""
        async with self._turn:
            try:
                if isinstance(item, Failure):
                    self.fail(item)
                else:
                    await self.keep(item)
            except StoreError as error:
                self.error = self.error or error
                stop_crawl(self.crawler, STORE_FAILED)
        return item

    def fail(self, failure: Failure) -> None:
        """Note a fetch that gave nothing to keep."""
        self.tally.failures.append(failure)
        if self.store and failure.cause is not Cause.STOPPED:
            self.store.record_failure(self.run, failure_row(failure))


def _write_beat(store: Store, run: str, counters: dict[str, Any]) -> None:
    try:
        run_rows.beat(store, run, counters, datetime.now(UTC))
    except StoreError as error:
        log.info("The counters of run %s could not be written now: %s", run, error)


_FAILURE_FIELDS = ("site", "section", "kind", "url", "key", "cause", "detail", "at")


def failure_row(failure: Failure) -> FailureRow:
    """Return a failure as the store takes it, without personal data in its address, key and detail."""
    clean = {
        "url": clean_url(failure.url, mode=Mode.DOCUMENT),
        "key": "" if is_personal(failure.key) else failure.key,
        "detail": mask(failure.detail, Mode.DOCUMENT).text,
    }
    return FailureRow(**{name: getattr(failure, name) for name in _FAILURE_FIELDS} | clean)
