"""A list as a fragment of HTML, each row with ``onclick="detail('uk')"``, and a page of labels and values for each record.

``span.limit`` says how many records there are, when they were last brought up to date, and how many pages are shown. A counter of
visits stands outside the table of the record, so it is no part of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from parsel import Selector

from normalizers.notices.records import PrintedRecord
from spiders.families.nodes import attribute
from spiders.families.reading import line, shortened
from spiders.record_sheet import RecordSection, RecordSheet

from .markup import containers, read_markup, read_pairs, rows_of, stated, words_of
from .pages import Asked, RecordLine, RecordPage, detail_url, numbered, pages_of, record_of

_DETAIL = re.compile(r"\bdetail\w{0,20}\s?\(\s?['\"]([^'\"]{1,200})['\"]", re.IGNORECASE)


def read_list(text: str, url: str, sheet: RecordSheet, section: RecordSection, asked: Asked) -> RecordPage:
    """Return the keys of a page of the list; without its table it is no list, and without rows one without records."""
    page = read_markup(text, url)
    words = words_of(page, section.options.get("words", "span.limit"))
    tables = containers(page, section.options.get("list", "table"), url, sheet)
    lines = tuple(_line(sheet, section, key) for key in _keys(tables))
    total, pages, shown = stated(words)
    pages = pages if pages is not None else pages_of(total, section.size)
    # Without a word on its pages a list is turned until a page is empty, missing or the last one again.
    last = pages if pages is not None else asked.page + bool(lines)
    further = numbered(sheet, section, asked, min(last, shown) if shown else last)
    return RecordPage(lines, pages, total, shown or section.cap, further)


def _keys(tables: Iterable[Selector]) -> Iterator[str]:
    for row in rows_of(tables):
        opened = next((attribute(node, "onclick") for node in row.xpath("descendant-or-self::*[@onclick]")), "")
        if found := _DETAIL.search(opened[:1000]):
            yield shortened(line(found[1]))


def _line(sheet: RecordSheet, section: RecordSection, key: str) -> RecordLine:
    url = detail_url(sheet, section, key)
    return RecordLine(record_of(sheet, section, url, key), url)


def read_detail(text: str, url: str, sheet: RecordSheet, section: RecordSection) -> PrintedRecord:
    """Return the labels and values of a record's page; raises NoBodyError."""
    return record_of(sheet, section, url, "", read_pairs(read_markup(text, url), section, url, sheet))
