"""Keeps the pages by which a template change is seen: the last good ones of each section and the first bad ones, with their skeletons.

A bad page goes into the archive of its run, where no capture leads to it. Where it may name a person only its skeleton is kept.
Where a list was not read, a few stored articles of its section are asked for, so that a redesign of lists and articles is seen at once.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from scrapy import signals
from scrapy.exceptions import DontCloseSpider, NotConfigured

from harvester.keeping import is_stopping, keeper_of
from harvester.listing import has_personal_data
from harvester.monitoring.blanking import blanked
from harvester.monitoring.known_articles import telling_articles
from harvester.pipelines import StorePipeline
from harvester.published import declared_charset
from harvester.recall import last_place
from harvester.record_pipeline import RecordPipeline
from harvester.taking_in import KEPT
from harvester.unnaming import clean_address, clean_capture
from normalizers.intake import Form, Intake
from normalizers.privacy.hidden import holds_personal
from normalizers.records import Hints
from normalizers.text.decode import decode
from spiders.bad_pages import BadPage, SeenPage
from spiders.base import SiteSpider
from spiders.items import ArticleCapture, Capture, CaptureKind, ListCapture
from spiders.record_base import RecordSpider
from spiders.skeleton import Skeleton, drift, skeleton
from storage import specimens
from storage.errors import ArchiveError, StoreError
from storage.records import Location
from storage.specimens import Specimen

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.crawler import Crawler

    from storage.store import Store

log = logging.getLogger(__name__)

LOOKED_AT = 3
"""Good pages of a section and kind whose skeletons a run looks at."""
MARK = "#specimen"
"""Ends the address of a specimen's record in the archive, so that it is no payload of its address."""

Page = BadPage | ListCapture | ArticleCapture


class SpecimenKeeper:
    """Looks at what a spider hands on; off in dry runs."""

    def __init__(self, crawler: Crawler) -> None:
        if crawler.settings.getbool("HARVESTER_DRY_RUN"):
            raise NotConfigured
        self.crawler = crawler
        self._seen: Counter[tuple[str, str, bool]] = Counter()
        self._held: dict[str, list[Specimen]] = {}
        self._asked: set[str] = set()
        self._had: set[str] = set()
        self._known: set[str] = set()
        crawler.signals.connect(self.scraped, signals.item_scraped)
        crawler.signals.connect(self.idle, signals.spider_idle)
        crawler.signals.connect(self.closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the extension of a crawler."""
        return cls(crawler)

    # --- what a spider hands on --------------------------------------------------------------------------------------------

    async def scraped(self, item: object) -> None:
        """Keep a page as a specimen where it tells something new; the run goes on whether that is possible or not."""
        keeper = keeper_of(self.crawler)
        if not isinstance(keeper, StorePipeline) or keeper.store is None or keeper.error or not isinstance(item, Page):
            return
        try:
            await self._look(keeper, keeper.store, item)
        except (StoreError, ArchiveError) as error:
            log.warning("A specimen of %s was not kept: %s", item.capture.site, error)

    async def _look(self, keeper: StorePipeline, store: Store, item: Page) -> None:
        capture, good = item.capture, not isinstance(item, BadPage)
        if not isinstance(item, ListCapture) and item.entry:
            self._had.add(item.entry.key)
        alike = (capture.section, str(capture.kind), good)
        if _tells_nothing(item) or (good and self._seen[alike] >= LOOKED_AT):
            return
        self._seen[alike] += 1
        known = isinstance(item, BadPage) and item.entry is not None and item.entry.key in self._known
        if not good and not self._has_room(store, capture, specimens.MOST_BAD if known else specimens.FIRST_BAD):
            return
        charset = keeper.spider.sheet.charset or declared_charset(capture)
        text = decode(capture.body, declared=charset, markup=True).text
        found = await asyncio.to_thread(skeleton_of, keeper.spider, capture.kind, text)
        lost = self._lost(store, capture, found) if good else None
        if good and lost is None and not self._is_news(store, capture, found, keeper.run):
            return
        location, charset = await self._place(keeper, store, item, charset)
        cause = str(item.cause) if isinstance(item, BadPage) else ""
        url = clean_address(capture.url, store.keyring)
        row = (capture.site, capture.section, str(capture.kind), keeper.run, url, capture.fetched_at, good, cause, charset)
        self._keep(store, Specimen(*row, str(found), found.hash, location), lost)

    def _lost(self, store: Store, capture: Capture, found: Skeleton) -> Specimen | None:
        """Return the good specimen with this skeleton whose body the archive lost, if there is one."""
        known = specimens.good_ones(self._specimens(store, capture.site, capture.section), str(capture.kind))
        alike = (each for each in known if each.skeleton_hash == found.hash)
        return next((each for each in alike if each.location and not store.archive.holds(each.location)), None)

    def _has_room(self, store: Store, capture: Capture | SeenPage, most: int = specimens.FIRST_BAD) -> bool:
        """Tell whether a bad page is one of the first of its section and kind, which are kept."""
        return len(specimens.bad_ones(self._specimens(store, capture.site, capture.section), str(capture.kind))) < most

    def _is_news(self, store: Store, capture: Capture | SeenPage, found: Skeleton, run: str) -> bool:
        """Tell whether a good page is to be kept: a skeleton not kept yet, or the first good one after bad ones."""
        held = self._specimens(store, capture.site, capture.section)
        kind = str(capture.kind)
        bad, known = specimens.bad_ones(held, kind), specimens.good_ones(held, kind)
        healed = bool(bad) and all(each.run < run for each in bad) and not any(each.run == run for each in known)
        return healed or all(each.skeleton_hash != found.hash for each in known)

    def _specimens(self, store: Store, site: str, section: str) -> list[Specimen]:
        if section not in self._held:
            self._held[section] = specimens.of_site(store, site, section)
        return self._held[section]

    def _keep(self, store: Store, specimen: Specimen, lost: Specimen | None = None) -> None:
        if lost is not None:
            specimens.put_back(store, lost, specimen)
        else:
            specimens.keep(store, specimen)
        self._held.pop(specimen.section, None)

    # --- what may be kept of a page ----------------------------------------------------------------------------------------

    async def _place(self, keeper: StorePipeline, store: Store, item: Page, charset: str) -> tuple[Location | None, str]:
        """Return where a page's body stands in the archive, and its charset there; no place where it may name a person."""
        if isinstance(item, ArticleCapture):
            return _archived(store, clean_address(item.capture.url, store.keyring)), charset
        if item.capture.kind is CaptureKind.LIST:
            if await asyncio.to_thread(has_personal_data, item.capture, charset):
                return None, charset
            body, charset = await asyncio.to_thread(blanked, item.capture.body, charset)
        elif isinstance(item, BadPage) and await self._names_nobody(keeper, item, charset):
            body = item.capture.body
        else:
            return None, charset
        return _write(keeper, store, item.capture, body), charset

    async def _names_nobody(self, keeper: StorePipeline, item: BadPage, charset: str) -> bool:
        """Tell whether the page of an article may be kept as it came: what is kept of every document is asked what it would keep."""
        if await asyncio.to_thread(holds_personal, item.capture.body):
            return False
        title = item.entry.title if item.entry else ""
        taken = await keeper.reader.take_in(item.capture, Hints(media_type="text/html", charset=charset, title=title))
        return isinstance(taken, Intake) and taken.form is Form.RAW

    # --- articles of sections whose list was not read ----------------------------------------------------------------------

    def idle(self, spider: Spider) -> None:
        """Ask for a few stored articles of each section with a bad page, once, and keep the crawl open for them."""
        keeper = keeper_of(self.crawler)
        if (
            not isinstance(spider, SiteSpider)
            or not isinstance(keeper, StorePipeline)
            or keeper.store is None
            or self.crawler.engine is None
        ):
            return
        requests = [] if is_stopping(self.crawler) or spider.lists_only else list(self._telling(spider, keeper.store))
        for request in requests:
            self.crawler.engine.crawl(request)
        if requests:
            raise DontCloseSpider

    def _telling(self, spider: SiteSpider, store: Store) -> Iterator[Request]:
        bad = {section for (section, _, good), count in self._seen.items() if count and not good}
        for section in sorted(bad - self._asked):
            self._asked.add(section)
            for item in telling_articles(store, spider.site, section):
                if item.key not in self._had:
                    self._known.add(item.key)
                    spider.asked.add(item.key)
                    yield spider.article_request(item, section)

    # --- pages of records ----------------------------------------------------------------------------------------------------

    def closed(self, spider: Spider) -> None:
        """Keep the skeletons of a site of records; nothing else of its pages may be kept."""
        keeper = keeper_of(self.crawler)
        if not isinstance(spider, RecordSpider) or not isinstance(keeper, RecordPipeline) or keeper.store is None or keeper.error:
            return
        try:
            for page in spider.seen_pages:
                self._keep_skeleton(keeper.store, page, keeper.run)
        except StoreError as error:
            log.warning("The specimens of %s were not kept: %s", spider.site, error)

    def _keep_skeleton(self, store: Store, page: SeenPage, run: str) -> None:
        if not (self._has_room(store, page) if page.cause else self._is_news(store, page, page.skeleton, run)):
            return
        url, now = clean_address(page.url, store.keyring), datetime.now(UTC)
        row = (page.site, page.section, str(page.kind), run, url, now, not page.cause, str(page.cause), "")
        self._keep(store, Specimen(*row, str(page.skeleton), page.skeleton.hash))


def _tells_nothing(item: Page) -> bool:
    """Tell whether a page says nothing of a template: a list without a line, a page that is no article of the CMS at all."""
    if isinstance(item, ListCapture):
        return not item.page.items
    return isinstance(item, BadPage) and item.entry is not None and item.entry.key.startswith(("/", "http"))


def skeleton_of(spider: SiteSpider, kind: CaptureKind, text: str) -> Skeleton:
    """Return the skeleton of a page of a site of documents: of a list that of the markup its rules apply to."""
    markup = spider.family.markup(text) if kind is CaptureKind.LIST else text
    return skeleton(markup or text)


def _archived(store: Store, url: str) -> Location | None:
    """Return where the page of an article stands, ``None`` where only a rendition of it was kept."""
    location = last_place(store, url)
    if location is None:
        return None
    headers = {name.lower(): value for name, value in store.archive.read(location).headers}
    return None if headers.get(KEPT.lower()) == str(Form.RENDITION) else location


def _write(keeper: StorePipeline, store: Store, capture: Capture, body: bytes) -> Location | None:
    """Archive a specimen's body under an address of its own, and return where it stands."""
    if keeper.writer is None:
        return None
    kept = clean_capture(capture, store.keyring)
    headers = (*(header for header in kept.headers if header[0].lower() == "content-type"), (KEPT, "specimen"))
    location, _ = keeper.writer.write(url=kept.url + MARK, status=kept.status, headers=headers, body=body, fetched_at=kept.fetched_at)
    return location


# --- what specimens tell -------------------------------------------------------------------------------------------------------


def drift_of(store: Store, site: str, section: str, run: str = "") -> float | None:
    """Return how far the pages of a section are from its last good ones, 0 to 1; ``None`` where no good page is known.

    ``run`` is the run that is asked about (empty: the last one): a good page of it that looks otherwise than those before counts, too.
    """
    every = specimens.of_site(store, site)
    held = [each for each in every if each.section == section]
    run = run or specimens.last_run(store, site)
    # What rules were accepted for is a template that the sheet reads now; those of articles hold for every section.
    mended = [each for each in every if each.mended and (each.kind == "article" or each.section == section)]
    scores = [score for kind in ("list", "article") if (score := _drift(held, mended, kind, run)) is not None]
    return max(scores, default=None)


def _drift(held: Sequence[Specimen], mended: Sequence[Specimen], kind: str, run: str) -> float | None:
    good, bad = specimens.good_ones(held, kind), specimens.bad_ones(held, kind)
    if not good:
        return None
    before = [each for each in good if each.run < run]
    asked = bad or [each for each in good if each.run == run]
    known = [each for each in good if each.run < min(page.run for page in bad)] or good if bad else before
    return max((nearest(each, [*known, *(one for one in mended if one.kind == kind)]) for each in asked), default=0.0) if known else 0.0


def nearest(specimen: Specimen, others: Sequence[Specimen]) -> float:
    """Return the drift between a specimen and that of the others which it is most like: a template has more than one shape."""
    own = Skeleton.of_text(specimen.skeleton)
    return min((drift(Skeleton.of_text(each.skeleton), own) for each in others), default=1.0)
