"""What the families of content management systems look like: pure functions from a page's text to its fields.

Every module of this package is a :class:`Family`. None of them knows the network, the store or Scrapy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Protocol, cast

from spiders.factsheet import FactSheet, Section
from spiders.items import Article, ListPage

from .reading import ListRequest, NoBodyError, NoListError, PageError

__all__ = ["Family", "ListRequest", "NoBodyError", "NoListError", "PageError", "family", "link_of"]


class Family(Protocol):
    """What a module of this package offers."""

    def document_key(self, url: str) -> str:
        """Return the CMS id in an article's address, or an empty string where it holds none."""

    def markup(self, text: str) -> str:
        """Return the HTML in which the rules of the list apply: the page itself, or what it carries inside a script or JSON."""

    def read_list(self, text: str, url: str, sheet: FactSheet, section: Section) -> ListPage:
        """Return what a list page lists, in its order, each document once; :class:`NoListError` when it has no list."""

    def read_article(self, text: str, url: str, sheet: FactSheet) -> Article:
        """Return the fields of an article; :class:`NoBodyError` when it has no body."""

    def further(self, text: str, url: str, sheet: FactSheet, section: Section, page: ListPage) -> Sequence[ListRequest]:
        """Return the list pages still to be had after this one: all of them where the site says how many, else the next one."""


def link_of(sheet: FactSheet) -> Callable[[str], str]:
    """Return what turns an ``href`` of a list into an address: most families have plain ones, some write calls of a script."""
    maker: Callable[[FactSheet], Callable[[str], str]] | None = getattr(family(sheet.family), "link", None)
    return maker(sheet) if maker else str


def family(name: str) -> Family:
    """Return the family module of that name, one of ``spiders.factsheet.FAMILIES``."""
    return cast("Family", import_module(f"spiders.families.{name}"))
