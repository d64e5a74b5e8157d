"""TRS WCM (拓尔思): static lists ``index.html``, ``index_1.html`` …, articles ``./YYYYMM/tYYYYMMDD_<id>.html``.

Each item of a list nests related links of its own, and empty items separate the groups; files hang outside the body.
The pager is written by ``createPageHTML``, whose pages count from 0.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from spiders.factsheet import FactSheet, Section
from spiders.items import Article, ListPage

from .reading import ListRequest, numbered, read_fields, read_static_list

_KEY = re.compile(r"/t\d{8}_(\d+)(?:_ext)?\.s?html?(?:\?|$)")


def document_key(url: str) -> str:
    """Return the document's number in the CMS; the day in the address changes when it is published again."""
    found = _KEY.search(url)
    return found[1] if found else ""


def markup(text: str) -> str:
    """Return the page itself: its list is in it."""
    return text


def read_list(text: str, url: str, sheet: FactSheet, section: Section) -> ListPage:
    """Return what a list page lists; raises NoListError."""
    return read_static_list(text, url, sheet, section, document_key)


def read_article(text: str, url: str, sheet: FactSheet) -> Article:
    """Return the fields of an article; raises NoBodyError."""
    return read_fields(text, url, sheet, document_key(url))


def further(text: str, url: str, sheet: FactSheet, section: Section, page: ListPage) -> Sequence[ListRequest]:
    """Return the further pages: page 2 is ``index_1.html``."""
    return numbered(sheet, section, page)
