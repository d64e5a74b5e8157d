"""The city-level credit site of 2016 (诚信园区): ``content<channel>_<page>.html``, links written as ``javascript:queryOfPreview('ID')``.

A ticker of notices with the same form of link stands on every page, outside the list. The live link carries the time of the click
(``date=``), which is never part of an identity. The day of publication stands in the list only; the article leaves it empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial

from spiders.factsheet import FactSheet, Section
from spiders.items import Article, ListPage

from .reading import ListRequest, numbered, read_fields, read_static_list

_KEY = re.compile(r"/condetail(\d+)\.html|[?&]contentId=(\d+)")
_PREVIEW = re.compile(r"^javascript:queryOfPreview\(\s*['\"]?(\d{1,12})")
_ARTICLE = "../content/queryOfPreview.action?contentId={id}"


def document_key(url: str) -> str:
    """Return the content id in an article's address."""
    found = _KEY.search(url)
    return (found[1] or found[2]) if found else ""


def markup(text: str) -> str:
    """Return the page itself: its list is in it."""
    return text


def read_list(text: str, url: str, sheet: FactSheet, section: Section) -> ListPage:
    """Return what a list page lists; raises NoListError."""
    return read_static_list(text, url, sheet, section, document_key, link=link(sheet))


def link(sheet: FactSheet) -> Callable[[str], str]:
    """Return what turns a link by script into an address."""
    return partial(_address, template=sheet.options.get("article", _ARTICLE))


def _address(href: str, template: str) -> str:
    found = _PREVIEW.match(href)
    return template.format(id=found[1]) if found else href


def read_article(text: str, url: str, sheet: FactSheet) -> Article:
    """Return the fields of an article; raises NoBodyError."""
    return read_fields(text, url, sheet, document_key(url))


def further(text: str, url: str, sheet: FactSheet, section: Section, page: ListPage) -> Sequence[ListRequest]:
    """Return the further pages, ``content474_2.html`` and on; a page without a pager is the only one."""
    return numbered(sheet, section, page) if page.pages is not None else ()
