"""Which rules of a fact sheet still match: one list page and one article of every section of the live site, and nothing kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from parsel import Selector
from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure as TwistedFailure

from spiders.bad_pages import BadPage
from spiders.base import Output, SiteSpider, explain
from spiders.factsheet import ARTICLE_FIELDS, LIST_FIELDS, Rule, Section
from spiders.families import PageError
from spiders.families.reading import apply, parse
from spiders.harvest import Errand
from spiders.items import CaptureKind, Failure, ListCapture, ListItem


@dataclass(frozen=True, slots=True)
class RuleMatch:
    """How often one rule matched on one page; ``used`` tells whether its field was filled by it or a rule before it."""

    site: str
    section: str
    url: str
    field: str
    rule: str
    certainty: str
    matches: int


@dataclass(frozen=True, slots=True, repr=False)
class CheckedPage:
    """A page as the check had it; it is kept nowhere. ``days`` of its ``lines`` have a day."""

    section: str
    kind: CaptureKind
    url: str
    text: str
    declared: str
    charset: str
    read: bool
    lines: int = 0
    days: int = 0


class CheckingSpider(SiteSpider):
    """Counts what each rule finds; yields nothing."""

    site = ""

    def __init__(self, **arguments: Any) -> None:  # noqa: ANN401 - the arguments of every spider
        super().__init__(**(arguments | {"lists_only": ""}))
        self.matches: list[RuleMatch] = []
        self.pages: list[CheckedPage] = []
        self.failures: list[Failure] = []
        self.files: list[tuple[str, int]] = []
        self._articles: set[str] = set()

    def parse_list(self, response: Response) -> Iterator[Output]:
        """Count the rules of a list page, and go on to its first article."""
        errand: Errand = response.meta["errand"]
        section = self.sheet.section(errand.section)
        page = parse(self.family.markup(self.text(response)))
        if any(apply(rule, page) for rule in self.sheet.find("list", section)):
            self._count_list(page, section, response.url)
        for output in super().parse_list(response):
            if isinstance(output, ListCapture):
                days = sum(item.listed_on is not None for item in output.page.items)
                self._checked(response, CaptureKind.LIST, True, len(output.page.items), days)
            elif isinstance(output, BadPage):
                self._checked(response, CaptureKind.LIST, False)
            elif isinstance(output, Failure):
                self.failures.append(output)
            elif hasattr(output, "meta") and self._first(output.meta["errand"]):
                yield output

    def _first(self, errand: Errand) -> bool:
        """Let pass one article a section, and the second request of a section whose first page has no list."""
        if errand.page:
            return errand.page == 1
        fresh = errand.section not in self._articles
        self._articles.add(errand.section)
        return fresh

    def _count_list(self, page: Selector, section: Section, url: str) -> None:
        containers = [hit for rule in self.sheet.find("list", section) for hit in apply(rule, page)]
        items = [hit for rule in self.sheet.find("item", section) for box in containers for hit in apply(rule, box)]
        scopes = {"list": [page], "pager": [page], "item": containers, "link": items, "date": items}
        for field in LIST_FIELDS:
            for rule in self.sheet.find(field, section):
                self._note(section.id, url, field, rule, sum(len(apply(rule, scope)) for scope in scopes[field]))

    def parse_article(self, response: Response, entry: ListItem) -> Iterator[Output]:
        """Count the rules of an article."""
        page = parse(self.text(response))
        errand: Errand = response.meta["errand"]
        for field in ARTICLE_FIELDS:
            for rule in self.sheet.find(field):
                self._note(errand.section, response.url, field, rule, len(apply(rule, page)))
        try:
            article = self.family.read_article(self.text(response), response.url, self.sheet)
        except PageError:
            self._checked(response, CaptureKind.ARTICLE, False)
            return
        self._checked(response, CaptureKind.ARTICLE, True, 1, int(bool(article.published_on or entry.listed_on)))
        if article.attachments and not self.files:
            url = article.attachments[0].url
            self.files.append((url, 0))
            meta = self._meta(Errand(CaptureKind.ATTACHMENT, errand.section, article.attachments[0].key))
            yield Request(url, self.file_answered, errback=self.failed, meta=meta, dont_filter=True)

    def file_answered(self, response: Response) -> None:
        """Note that a file came, and how many bytes it has."""
        self.files = [(response.url, len(response.body))]

    def failed(self, failure: TwistedFailure) -> Iterator[Output]:
        """Note what was not had, and why."""
        request: Request = failure.request  # type: ignore[attr-defined]
        cause, detail = explain(failure.value)
        self.failures.append(self._failure(request.meta["errand"], request.url, cause, detail))
        return iter(())

    def _checked(self, response: Response, kind: CaptureKind, read: bool, lines: int = 0, days: int = 0) -> None:
        declared = (response.headers.get("Content-Type") or b"").decode("latin-1").partition("charset=")[2].strip("\"' ;")
        section, text = response.meta["errand"].section, self.text(response)
        self.pages.append(CheckedPage(section, kind, response.url, text, declared, response.meta["charset"], read, lines, days))

    def _note(self, section: str, url: str, field: str, rule: Rule, matches: int) -> None:
        self.matches.append(RuleMatch(self.site, section, url, field, rule.expression, rule.certainty, matches))


def checking(site: str) -> type[CheckingSpider]:
    """Return the checking spider of a site."""
    return type(f"Checking{site.title()}", (CheckingSpider,), {"name": f"check-{site}", "site": site})
