"""The base of the spiders of public credit records: lists, then each record's own page; what they print is its family's business.

What a record says is in its :class:`RecordCapture` only: never in a failure, a log line or an address of the spider's own making.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from scrapy import Request
from scrapy.http import FormRequest, Response
from twisted.python.failure import Failure as TwistedFailure

from normalizers.notices.records import PrintedRecord
from spiders.bad_pages import SeenPage
from spiders.factsheet import NoBaseError
from spiders.harvest import LIST_PRIORITY, Errand, HarvestSpider, explain
from spiders.items import CaptureKind, Cause, CoverageLine, Failure, RecordCapture, RecordListCapture
from spiders.record_coverage import Fates, SliceCoverage, ledger_of
from spiders.record_families import Asked, EmptyAnswerError, PageError, RecordLine, RecordPage, first_page, record_family
from spiders.record_families.answers import HalfAnswerError
from spiders.record_sheet import RecordSection, RecordSheet, load_record_sheet
from spiders.skeleton import skeleton

MOST_LOOKED_AT = 3
"""Pages of a section and kind whose skeleton is taken in a run."""

RecordOutput = Request | RecordCapture | RecordListCapture | Failure


class RecordSpider(HarvestSpider):
    """Harvests one record site by its fact sheet. A leaf spider says ``name`` and ``site``; arguments are those of ``scrapy crawl -a``.

    section: one section instead of all. since: first list date (YYYY-MM-DD) of records to fetch. limit: how many of the first listed
    records. base: another address of the site (a replica). lists_only: read the lists and hand on no record.
    """

    sheet: RecordSheet

    def __init__(self, section: str = "", since: str = "", limit: str = "", base: str = "", lists_only: str = "") -> None:
        super().__init__(self.load_sheet(), since, limit, base, lists_only)
        chosen = (self.sheet.section(section),) if section else self.sheet.sections
        self.sections: tuple[RecordSection, ...] = tuple(one for one in chosen if self.sheet.local or not one.base_only)
        if not self.sections:
            raise NoBaseError(f"the address of {section} is not known today: give one with --base, like http://127.0.0.1:8001")
        self.coverage: dict[tuple[str, str], SliceCoverage] = {}
        self.fates: dict[str, Fates] = {chosen.id: Fates() for chosen in self.sections}
        # A section that is never asked for, because the crawl was blocked before, has its line too.
        for each in self.sections:
            self._cover(each, "")
        self.asked: set[tuple[str, str]] = set()
        self.skipped: set[tuple[str, str]] = set()
        self.looked_at: Counter[tuple[str, CaptureKind, bool]] = Counter()
        self.seen_pages: list[SeenPage] = []

    @classmethod
    def load_sheet(cls) -> RecordSheet:
        """Return the fact sheet of the spider's site."""
        return load_record_sheet(cls.site)

    @property
    def limited(self) -> bool:
        """Tell whether the caller asked for less than all that is listed."""
        return self.limit is not None or self.since is not None or self.lists_only

    def ledger(self) -> list[CoverageLine]:
        """Return what was had so far beside what the site says there is: for each section the whole, then its slices."""
        return [line for section in self.sections for line in self._lines_of(section)]

    def _lines_of(self, section: RecordSection) -> list[CoverageLine]:
        return ledger_of(section, [coverage for (name, _), coverage in self.coverage.items() if name == section.id])

    # --- lists ---------------------------------------------------------------------------------------------------------

    async def start(self) -> AsyncIterator[Any]:
        """Ask for the first page of every section."""
        for section in self.sections:
            yield self._list_request(section, first_page(self.sheet, section))

    def _list_request(self, section: RecordSection, asked: Asked) -> Request:
        self._cover(section, asked.slice)
        meta = self._meta(Errand(CaptureKind.LIST, section.id, page=asked.page, slice=asked.slice))
        options: dict[str, Any] = {"errback": self.failed, "meta": meta, "priority": LIST_PRIORITY, "dont_filter": True}
        options |= {"cb_kwargs": {"asked": asked}}
        if asked.form:
            return FormRequest(asked.url, callback=self.parse_list, formdata=list(asked.form), **options)
        return Request(asked.url, self.parse_list, **options)

    def _cover(self, section: RecordSection, name: str) -> None:
        found = SliceCoverage(section.id, name, self.sheet.limits.list_pages, self.fates[section.id])
        self.coverage.setdefault((section.id, name), found)

    def parse_list(self, response: Response, asked: Asked) -> Iterator[RecordOutput]:
        """Hand on what a page of a list names, ask for its records and for the next page."""
        errand: Errand = response.meta["errand"]
        section, coverage = self.sheet.section(errand.section), self.coverage[errand.section, asked.slice]
        try:
            page = record_family(section.family).read_list(self.text(response), response.url, self.sheet, section, asked)
        except PageError as error:
            if self._worth_another(section, error) and not asked.again:
                yield self._list_request(section, replace(asked, again=True))
                return
            self._look_at(response, error.cause)
            yield from self._list_failed(errand, asked, response.url, error.cause, str(error))
            return
        if not coverage.take(asked, page):
            yield from self._duplicate(errand, asked, response.url)
            return
        self._look_at(response)
        yield from self._taken(section, asked, page)

    def _taken(self, section: RecordSection, asked: Asked, page: RecordPage) -> Iterator[RecordOutput]:
        if not page.leads:
            keys = tuple(dict.fromkeys(line.record.key for line in page.lines))
            yield RecordListCapture(self.site, section.id, asked.slice, asked.page, keys, datetime.now(UTC))
        self.coverage[section.id, asked.slice].lists.plan(further for further in page.further if further.slice == asked.slice)
        outputs = list(self._records(section, asked.slice, page.lines))
        # All at once, so that the ledger knows of every slice even when the crawl ends before it is asked for.
        others = [] if self._enough() else [self._list_request(section, each) for each in page.further if each.slice != asked.slice]
        yield from self._next_page(section, asked.slice)
        yield from others
        yield from outputs

    def _next_page(self, section: RecordSection, name: str) -> Iterator[Request]:
        following = self.coverage[section.id, name].lists.following()
        if isinstance(following, Asked):
            yield self._list_request(section, following)

    def _duplicate(self, errand: Errand, asked: Asked, url: str) -> Iterator[RecordOutput]:
        lists = self.coverage[errand.section, asked.slice].lists
        if lists.open_ended:
            # Asked for one page too many, some sites answer with the last one again.
            lists.duplicates.remove(asked.page)
            lists.pages = asked.page - 1
            return
        yield self._failure(errand, url, Cause.DUPLICATE_PAGE, f"page {asked.page} repeats the rows of an earlier page")
        yield from self._next_page(self.sheet.section(errand.section), asked.slice)

    def _list_failed(self, errand: Errand, asked: Asked, url: str, cause: Cause, detail: str) -> Iterator[RecordOutput]:
        lists = self.coverage[errand.section, asked.slice].lists
        if cause is Cause.NOT_FOUND and lists.open_ended and asked.page > 1:
            lists.pages = asked.page - 1
            return
        lists.failed.add(asked.page)
        yield self._failure(errand, url, cause, detail)
        yield from self._next_page(self.sheet.section(errand.section), asked.slice)

    def _worth_another(self, section: RecordSection, error: PageError) -> bool:
        return isinstance(error, HalfAnswerError) or (section.ask_again and isinstance(error, EmptyAnswerError))

    # --- records -------------------------------------------------------------------------------------------------------

    def _records(self, section: RecordSection, name: str, lines: tuple[RecordLine, ...]) -> Iterator[RecordOutput]:
        for line in lines:
            identity = (section.id, line.record.key)
            if identity in self.asked:
                continue
            if self.lists_only or self._too_old(line) or self._enough():
                self.skipped.add(identity)
                continue
            self.asked.add(identity)
            yield self.record_request(section, line, name) if line.url else self._captured(line.record, detail=False)
        if self._enough():
            for each in self.coverage.values():
                each.lists.limited = True

    def _too_old(self, line: RecordLine) -> bool:
        listed_on = line.record.listed_on
        return self.since is not None and listed_on is not None and listed_on < self.since

    def _enough(self) -> bool:
        return self.limit is not None and len(self.asked) >= self.limit

    def _captured(self, record: PrintedRecord, *, detail: bool) -> RecordCapture:
        self.fates[record.section].had.add(record.key)
        return RecordCapture(record, datetime.now(UTC), detail=detail)

    def record_request(self, section: RecordSection, line: RecordLine, name: str = "", *, again: bool = False) -> Request:
        """Return the request for a record's own page; ``again`` marks a second call after an empty answer."""
        errand = Errand(CaptureKind.ARTICLE, section.id, line.record.key, slice=name)
        arguments = {"line": line, "again": again}
        return Request(line.url, self.parse_record, errback=self.failed, meta=self._meta(errand), cb_kwargs=arguments, dont_filter=True)

    def left_alone(self, errand: Errand) -> None:
        """Note a record that is stored and fresh."""
        self.fates[errand.section].known.add(errand.key)

    def parse_record(self, response: Response, line: RecordLine, *, again: bool) -> Iterator[RecordOutput]:
        """Hand on the record that a page prints, with the key and the list of the line that led to it."""
        errand: Errand = response.meta["errand"]
        section = self.sheet.section(errand.section)
        try:
            read = record_family(section.family).read_detail(self.text(response), response.url, self.sheet, section)
        except PageError as error:
            if self._worth_another(section, error) and not again:
                yield self.record_request(section, line, errand.slice, again=True)
                return
            self._look_at(response, error.cause)
            self.fates[section.id].failed.add(errand.key)
            yield self._failure(errand, line.url, error.cause, str(error))
            return
        self._look_at(response)
        yield self._captured(replace(line.record, fields=read.fields), detail=True)

    def _look_at(self, response: Response, cause: str = "") -> None:
        """Note the skeleton of the first pages of a section and kind, good and bad."""
        errand: Errand = response.meta["errand"]
        alike = (errand.section, errand.kind, bool(cause))
        self.looked_at[alike] += 1
        if self.looked_at[alike] <= MOST_LOOKED_AT:
            url, found = response.url.partition("?")[0], skeleton(self.text(response))
            self.seen_pages.append(SeenPage(self.site, errand.section, errand.kind, url, found, cause))

    def _failure(self, errand: Errand, url: str, cause: Cause, detail: str) -> Failure:
        """Return a failure whose address says nothing of a record: it stays when the record is taken down."""
        tells = errand.kind is CaptureKind.ARTICLE or "firm" in self.sheet.section(errand.section).options
        return super()._failure(errand, url.partition("?")[0] if tells else url, cause, detail)

    def failed(self, failure: TwistedFailure) -> Iterator[RecordOutput]:
        """Hand on a failed request as a failure with its cause, and go on with what came after it."""
        request: Request = failure.request  # type: ignore[attr-defined]
        errand: Errand = request.meta["errand"]
        cause, detail = explain(failure.value)
        if errand.kind is CaptureKind.LIST:
            yield from self._list_failed(errand, request.cb_kwargs["asked"], request.url, cause, detail)
            return
        self.fates[errand.section].failed.add(errand.key)
        yield self._failure(errand, request.url, cause, detail)
