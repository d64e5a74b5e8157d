"""Which rules of a fact sheet still match: one list page and one article of every section of the live site, and nothing kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from parsel import Selector
from scrapy.http import Response

from spiders.base import Output, SiteSpider
from spiders.factsheet import ARTICLE_FIELDS, LIST_FIELDS, Rule, Section
from spiders.families.reading import apply, parse
from spiders.harvest import Errand
from spiders.items import ListItem


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


class CheckingSpider(SiteSpider):
    """Counts what each rule finds; yields nothing."""

    site = ""

    def __init__(self, **arguments: Any) -> None:  # noqa: ANN401 - the arguments of every spider
        super().__init__(**(arguments | {"lists_only": ""}))
        self.matches: list[RuleMatch] = []
        self._articles: set[str] = set()

    def parse_list(self, response: Response) -> Iterator[Output]:
        """Count the rules of a list page, and go on to its first article."""
        errand: Errand = response.meta["errand"]
        section = self.sheet.section(errand.section)
        page = parse(self.family.markup(self.text(response)))
        if any(apply(rule, page) for rule in self.sheet.find("list", section)):
            self._count_list(page, section, response.url)
        for output in super().parse_list(response):
            if isinstance(output, Mapping):
                continue
            if hasattr(output, "meta") and self._first(output.meta["errand"]):
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
        return iter(())

    def _note(self, section: str, url: str, field: str, rule: Rule, matches: int) -> None:
        self.matches.append(RuleMatch(self.site, section, url, field, rule.expression, rule.certainty, matches))


def checking(site: str) -> type[CheckingSpider]:
    """Return the checking spider of a site."""
    return type(f"Checking{site.title()}", (CheckingSpider,), {"name": f"check-{site}", "site": site})
