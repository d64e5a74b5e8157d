"""The unified government CMS of Shanghai (上海市政府网站统一平台): static lists ``/<column>/index.html``, articles under 32 hex digits.

Articles: ``/<column>/<YYYYMMDD>/<32 hex>.html``, body ``#ivs_content``. The pager is one script call, ``setPage`` with the current
page and their number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from spiders.factsheet import FactSheet, Section
from spiders.items import Article, ListPage

from .reading import ListRequest, numbered, read_fields, read_static_list

_KEY = re.compile(r"/([0-9a-f]{32})\.html?(?:\?|$)", re.IGNORECASE)


def document_key(url: str) -> str:
    """Return the 32 hex digits that name an article."""
    found = _KEY.search(url)
    return found[1].lower() if found else ""


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
    """Return the further pages, ``index_2.html`` and on."""
    return numbered(sheet, section, page)
