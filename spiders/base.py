"""The base of all spiders: lists, then articles, then files, in the order a reader would; what a page means is its family's business."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from posixpath import splitext
from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import FormRequest, Response
from twisted.python.failure import Failure as TwistedFailure

from spiders.bad_pages import BadPage
from spiders.coverage import Coverage
from spiders.factsheet import FactSheet, Section, load_sheet
from spiders.families import Family, ListRequest, PageError, family
from spiders.families.attachments import file_suffix
from spiders.harvest import FILE_PRIORITY, LIST_PRIORITY, Errand, HarvestSpider, explain
from spiders.health import STOPPING, empty_notice
from spiders.items import (
    Article,
    ArticleCapture,
    Attachment,
    AttachmentCapture,
    Capture,
    CaptureKind,
    Cause,
    Failure,
    ListCapture,
    ListItem,
    ListPage,
    Probe,
)
from spiders.rules import with_rules

__all__ = ["Errand", "Output", "SiteSpider", "explain"]

Output = Request | ListCapture | ArticleCapture | AttachmentCapture | Probe | BadPage | Failure


@dataclass(slots=True)
class _Held:
    """An article whose files are still being fetched; it is handed on after them, so that a crawl killed in between fetches all again."""

    capture: Capture
    entry: ListItem
    article: Article
    files: deque[Attachment]


class SiteSpider(HarvestSpider):
    """Harvests one site by its fact sheet. A leaf spider says ``name`` and ``site``; arguments are those of ``scrapy crawl -a``.

    section: one section instead of all. since: first list date (YYYY-MM-DD) of documents to fetch. limit: how many of the first listed
    documents. base: another address of the site (a replica). lists_only: read the lists and fetch no document.
    """

    sheet: FactSheet

    def __init__(self, section: str = "", since: str = "", limit: str = "", base: str = "", lists_only: str = "") -> None:
        super().__init__(self.load_sheet(), since, limit, base, lists_only)
        self.family: Family = family(self.sheet.family)
        self.sections: tuple[Section, ...] = (self.sheet.section(section),) if section else self.sheet.sections
        self.coverage: dict[str, Coverage] = {chosen.id: Coverage(chosen.id, most=self.sheet.limits.list_pages) for chosen in self.sections}
        self.asked: set[str] = set()
        self.skipped: set[str] = set()
        self.unlisted: set[str] = set()
        self.is_listed: Callable[[str], bool] = self._is_named

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: object, **kwargs: object) -> Self:
        """Return the spider; the setting ``HARVESTER_RULES`` (site to rules) adds what was accepted beside the fact sheet."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.sheet = with_rules(spider.sheet, crawler.settings.getdict("HARVESTER_RULES").get(cls.site, ()))
        spider.sections = tuple(spider.sheet.section(section.id) for section in spider.sections)
        return spider

    @classmethod
    def load_sheet(cls) -> FactSheet:
        """Return the fact sheet of the spider's site."""
        return load_sheet(cls.site)

    # --- lists ---------------------------------------------------------------------------------------------------------

    async def start(self) -> AsyncIterator[Any]:
        """Ask for the first page of every section."""
        for section in self.sections:
            yield self._list_request(section, ListRequest(self.sheet.url(section.path), 1))

    def _list_request(self, section: Section, asked: ListRequest) -> Request:
        meta = self._meta(Errand(CaptureKind.LIST, section.id, page=asked.page))
        priority = LIST_PRIORITY if asked.page == 1 else self.further_priority
        options: dict[str, Any] = {"errback": self.failed, "meta": meta, "priority": priority, "dont_filter": True}
        if asked.form:
            return FormRequest(asked.url, callback=self.parse_list, formdata=list(asked.form), **options)
        return Request(asked.url, self.parse_list, **options)

    def parse_list(self, response: Response) -> Iterator[Output]:
        """Hand on a list page, ask for its documents and for the next page."""
        errand: Errand = response.meta["errand"]
        section, coverage = self.sheet.section(errand.section), self.coverage[errand.section]
        text = self.text(response)
        try:
            page = self.family.read_list(text, response.url, self.sheet, section)
            # Where the site does not say which page this is, it is the one that was asked for.
            counted = page if page.page == 0 else replace(page, page=errand.page)
            requests = self.family.further(text, response.url, self.sheet, section, counted)
        except PageError as error:
            self.note_rules(section.id)
            yield BadPage(self._capture(response, errand), error.cause)
            yield from self._list_failed(errand, response.url, error.cause, str(error))
            return
        self.note_rules(section.id)
        if page.page == 0:
            # A column page without items of its own leads to the call that has them.
            coverage.columns += 1
            yield ListCapture(self._capture(response, errand), page)
            yield from (self._list_request(section, asked) for asked in requests)
            return
        if not coverage.take(errand.page, page):
            yield from self._duplicate(errand, response.url)
            return
        yield ListCapture(self._capture(response, errand), page)
        if page.items or not coverage.open_ended:
            coverage.plan(requests)
            coverage.endless = coverage.open_ended and errand.page >= coverage.most
        self._end_list(coverage, errand.page, page)
        documents = list(self._documents(page.items, errand.section))
        yield from self._next_page(errand.section)
        yield from documents

    def _end_list(self, coverage: Coverage, number: int, page: ListPage) -> None:
        """End the reading of a list where the caller's first day, or what is recent of it, lies behind.

        The first page is no end for the caller's day: some sites pin old items there.
        """
        coverage.end_at(number, page)
        if self.since is not None and number > 1 and page.items and coverage.queue and all(map(self._too_old, page.items)):
            coverage.limited = True

    def _next_page(self, section: str) -> Iterator[Request]:
        following = self.coverage[section].following()
        if following:
            yield self._list_request(self.sheet.section(section), following)

    def _duplicate(self, errand: Errand, url: str) -> Iterator[Output]:
        coverage = self.coverage[errand.section]
        if coverage.open_ended and not coverage.lacks_items:
            # Asked for one page too many, some sites answer with the last one again.
            coverage.duplicates.remove(errand.page)
            return
        detail = f"page {errand.page} repeats the items of an earlier page"
        yield self._failure(errand, url, Cause.DUPLICATE_PAGE, detail)
        yield from self._next_page(errand.section)

    def _list_failed(self, errand: Errand, url: str, cause: Cause, detail: str) -> Iterator[Output]:
        coverage = self.coverage[errand.section]
        if cause is Cause.NOT_FOUND and coverage.open_ended and errand.page > 1:
            return
        coverage.failed.add(errand.page)
        yield self._failure(errand, url, cause, detail)
        yield from self._next_page(errand.section)

    # --- documents -----------------------------------------------------------------------------------------------------

    def _documents(self, items: tuple[ListItem, ...], section: str) -> Iterator[Request]:
        for item in items:
            if item.key in self.asked or self.lists_only:
                continue
            if self._too_old(item) or self._enough():
                self.skipped.add(item.key)
                continue
            self.asked.add(item.key)
            yield self.article_request(item, section)
        if self._enough():
            for coverage in self.coverage.values():
                coverage.limited = True

    def _too_old(self, item: ListItem) -> bool:
        return self.since is not None and item.listed_on is not None and item.listed_on < self.since

    def _enough(self) -> bool:
        return self.limit is not None and len(self.asked) >= self.limit

    def article_request(self, item: ListItem, section: str, *, unlisted: bool = False) -> Request:
        """Return the request for a document; ``unlisted`` marks one that no list names any more."""
        errand = Errand(CaptureKind.ARTICLE, section, item.key, unlisted=unlisted)
        meta = self._meta(errand)
        # Each key is asked for once; Scrapy's filter would take addresses for one that differ in the order of their parameters.
        return Request(item.url, self.parse_article, errback=self.failed, meta=meta, cb_kwargs={"entry": item}, dont_filter=True)

    def parse_article(self, response: Response, entry: ListItem) -> Iterator[Output]:
        """Read an article and fetch its files; it is handed on when they are through."""
        errand: Errand = response.meta["errand"]
        if errand.unlisted and (other := self._leads_to(response, entry)):
            if self.is_listed(other):
                yield self._failure(errand, response.url, Cause.NOT_FOUND, f"its address leads to the listed document {other}")
                return
            if not all(section.whole for section in self.coverage.values()):
                # Whose text this is can be told only when every list was read.
                yield Probe(self.site, errand.section, errand.kind, errand.key, entry.url, False, datetime.now(UTC), response.url)
                return
        text = self.text(response)
        try:
            article = self.family.read_article(text, response.url, self.sheet)
        except PageError as error:
            self.note_rules(errand.section)
            yield BadPage(self._capture(response, errand), error.cause, entry)
            yield self._failure(errand, response.url, error.cause, str(error))
            return
        self.note_rules(errand.section)
        if not article.attachments and (wrong := empty_notice(text, article.body)):
            yield self._failure(errand, response.url, wrong.cause, wrong.detail)
            return
        most = self.sheet.limits.files
        if len(article.attachments) > most:
            detail = f"has {len(article.attachments)} files, more than the {most} that its fact sheet allows; the others are left"
            yield self._failure(errand, response.url, Cause.TOO_LARGE, detail)
        files = deque(article.attachments[:most])
        yield from self._next_file(_Held(self._capture(response, errand), entry, article, files))

    def _leads_to(self, response: Response, entry: ListItem) -> str:
        """Return the key of another document that an address leads to by a redirect, empty where it leads to none."""
        key = self.family.document_key(response.url) if response.meta.get("redirect_urls") else ""
        return key if key != entry.key else ""

    def _is_named(self, key: str) -> bool:
        """Tell whether a list that this crawl reads names a document."""
        return any(key in section.items for section in self.coverage.values())

    def _next_file(self, held: _Held) -> Iterator[Output]:
        if not held.files:
            yield ArticleCapture(held.capture, held.entry, held.article)
            return
        file = held.files.popleft()
        suffix = file_suffix(file.url) or splitext(file.name)[1].lower()
        meta = self._meta(Errand(CaptureKind.ATTACHMENT, held.capture.section, file.key, suffix=suffix))
        arguments = {"held": held, "file": file}
        # The same file may hang on several articles, and each of them waits for it: no filter of duplicates here.
        yield Request(
            file.url, self.parse_file, errback=self.failed, meta=meta, cb_kwargs=arguments, priority=FILE_PRIORITY, dont_filter=True
        )

    def parse_file(self, response: Response, held: _Held, file: Attachment) -> Iterator[Output]:
        """Hand on a file, then go on with the next one of its article."""
        yield AttachmentCapture(self._capture(response, response.meta["errand"]), file, held.entry, held.article)
        yield from self._next_file(held)

    # --- addresses that nothing names any more ---------------------------------------------------------------------------

    def probe_request(self, kind: CaptureKind, section: str, key: str, url: str) -> Request:
        """Return the request that asks whether an address still answers which nothing names any more."""
        meta = self._meta(Errand(kind, section, key, unlisted=True, suffix=file_suffix(url)))
        return Request(url, self.probed, errback=self.unanswered, meta=meta, cb_kwargs={"url": url}, dont_filter=True)

    def probed(self, response: Response, url: str) -> Iterator[Output]:
        """Hand on that an address still answers."""
        errand: Errand = response.meta["errand"]
        yield Probe(self.site, errand.section, errand.kind, errand.key, url, False, datetime.now(UTC), response.url)

    def unanswered(self, failure: TwistedFailure) -> Iterator[Output]:
        """Hand on that an address is really missing; a challenge is a failure of the site, and anything else says nothing."""
        request: Request = failure.request  # type: ignore[attr-defined]
        errand: Errand = request.meta["errand"]
        cause, detail = explain(failure.value)
        if cause is Cause.STOPPED or cause in STOPPING:
            yield self._failure(errand, request.url, cause, detail)
            return
        url = request.cb_kwargs["url"]
        yield Probe(self.site, errand.section, errand.kind, errand.key, url, cause is Cause.NOT_FOUND, datetime.now(UTC))

    # --- what all answers share ------------------------------------------------------------------------------------------

    def _capture(self, response: Response, errand: Errand) -> Capture:
        request = response.request
        return Capture(
            site=self.site,
            section=errand.section,
            kind=errand.kind,
            url=response.url,
            status=response.meta.get("answered", response.status),
            headers=tuple(
                (name.decode("latin-1"), value.decode("latin-1")) for name, values in response.headers.items() for value in values
            ),
            body=response.body,
            fetched_at=datetime.now(UTC),
            method=request.method if request else "GET",
            request_body=request.body if request else b"",
        )

    def failed(self, failure: TwistedFailure) -> Iterator[Output]:
        """Hand on a failed request as a failure with its cause, and go on with what came after it."""
        request: Request = failure.request  # type: ignore[attr-defined]
        errand: Errand = request.meta["errand"]
        cause, detail = explain(failure.value)
        if errand.kind is CaptureKind.LIST:
            yield from self._list_failed(errand, request.url, cause, detail)
            return
        yield self._failure(errand, request.url, cause, detail)
        if errand.kind is CaptureKind.ATTACHMENT:
            yield from self._next_file(request.cb_kwargs["held"])
