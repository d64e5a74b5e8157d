"""The government CMS of Anhui: lists ``/ywdt/tzgg/index.html`` or ``/content/column/<id>?pageIndex=N``, articles under a number.

Every sixth or seventh item of a list is an empty separator. Files lie on FastDFS under names that say nothing, so a link's text names them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from parsel import Selector

from spiders.factsheet import FactSheet, Section
from spiders.items import Article, ListPage

from .nodes import attribute
from .reading import ListRequest, base_of, join, numbered, parse, read_fields, read_static_list, text_of

_KEY = re.compile(r"/(\d{5,12})\.html?(?:\?|$)")
_INDEX = re.compile(r"[?&]pageIndex=(\d{1,6})")


def document_key(url: str) -> str:
    """Return the number that names an article."""
    found = _KEY.search(url)
    return found[1] if found else ""


def markup(text: str) -> str:
    """Return the page itself: its list is in it."""
    return text


def read_list(text: str, url: str, sheet: FactSheet, section: Section) -> ListPage:
    """Return what a list page lists; raises NoListError."""
    asked = _INDEX.search(url)
    return read_static_list(text, url, sheet, section, document_key, asked=int(asked[1]) if asked else 1)


def read_article(text: str, url: str, sheet: FactSheet) -> Article:
    """Return the fields of an article; raises NoBodyError."""
    return read_fields(text, url, sheet, document_key(url))


def further(text: str, url: str, sheet: FactSheet, section: Section, page: ListPage) -> Sequence[ListRequest]:
    """Return the further pages: numbered where the site says how many, else the one its 下一页 leads to."""
    if page.pages is not None:
        return numbered(sheet, section, page)
    following = _next(parse(text), url)
    return (ListRequest(sheet.localise(following), page.page + 1),) if following and page.page < sheet.limits.list_pages else ()


def _next(page: Selector, url: str) -> str:
    for anchor in page.xpath("//a[@href]"):
        if text_of(anchor).strip(" >»") in ("下一页", "下页"):
            target = join(base_of(page, url), attribute(anchor, "href").strip())
            return "" if target == join(url, url) else target
    return ""
