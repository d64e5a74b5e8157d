"""A table of links, ``/remote/<id>/index_N.htm``, with the number of its pages beside it; each record has a page of labels and values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from parsel import Selector

from spiders.families.nodes import attribute
from spiders.families.reading import base_of, join
from spiders.record_sheet import RecordSection, RecordSheet

from .link_json import line_of, read_detail
from .markup import containers, read_markup, rows_of, stated, words_of
from .pages import Asked, RecordLine, RecordPage, numbered

__all__ = ["read_detail", "read_list"]

_NUMBER = re.compile(r"(?<!\d)(\d{1,6})(?!\d)")


def read_list(text: str, url: str, sheet: RecordSheet, section: RecordSection, asked: Asked) -> RecordPage:
    """Return the links of a page of the table; a table without rows is a list without records."""
    page = read_markup(text, url)
    tables = containers(page, section.options["list"], url, sheet)
    lines = tuple(_lines(tables, base_of(page, url), sheet, section))
    total, pages = _said(words_of(page, section.options["words"]))
    # Without a word on its pages a list is turned until a page is empty, missing or the last one again.
    last = pages if pages is not None else asked.page + bool(lines)
    return RecordPage(lines, pages, total, further=numbered(sheet, section, asked, last))


def _said(words: str) -> tuple[int | None, int | None]:
    total, pages, _ = stated(words)
    if pages is None and (number := _NUMBER.search(words)) and total is None:
        pages = int(number[1])
    return total, pages


def _lines(tables: Iterable[Selector], url: str, sheet: RecordSheet, section: RecordSection) -> Iterator[RecordLine]:
    for row in rows_of(tables):
        anchor = next(iter(row.xpath("(.//a[@href])[1]")), None)
        address = join(url, attribute(anchor, "href").strip()) if anchor is not None else ""
        if address and (found := line_of(sheet, section, address)):
            yield found
