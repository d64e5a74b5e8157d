"""A query page whose table is the list: headings in ``thead``, a record a row, turned by 下一页 as long as the site shows pages.

The page states no total; that there is a next page is all it says.
"""

from __future__ import annotations

from collections.abc import Iterator

from parsel import Selector

from normalizers.notices.records import PrintedRecord
from spiders.families import NoBodyError
from spiders.families.nodes import attribute
from spiders.families.reading import parse, text_of
from spiders.record_sheet import RecordSection, RecordSheet

from .markup import cells_of, containers, headings_of, row_fields, rows_of, stated, words_of
from .pages import Asked, RecordLine, RecordPage, numbered, page_of, record_of, row_key

_NEXT = ("下一页", "下页", "»", "›")
_DEAD = frozenset({"", "#", "javascript:;", "javascript:void(0)", "javascript:void(0);"})


def read_list(text: str, url: str, sheet: RecordSheet, section: RecordSection, asked: Asked) -> RecordPage:
    """Return the rows of a page as records; a table without rows is a list without records."""
    page = parse(text)
    table = containers(page, section.options.get("table", "table.table"), url, sheet)[0]
    lines = tuple(_lines(table, url, sheet, section))
    total, pages, shown = stated(words_of(page, section.options.get("words", ".pagination")))
    cap = shown or section.cap
    if pages is not None:
        return RecordPage(lines, pages, total, cap, numbered(sheet, section, asked, pages))
    follows = _leads_on(page) and bool(lines)
    last = min(cap or sheet.limits.list_pages, sheet.limits.list_pages)
    further = (page_of(sheet, section, asked, asked.page + 1),) if follows and asked.page < last else ()
    full = follows or (section.size > 0 and len(lines) >= section.size and asked.page >= last)
    return RecordPage(lines, asked.page + 1 if full else asked.page, total, cap, further)


def _lines(table: Selector, url: str, sheet: RecordSheet, section: RecordSection) -> Iterator[RecordLine]:
    headings = headings_of(table)
    for row in rows_of(table):
        cells = cells_of(row)
        # One cell across the table says 暂无数据; a row of th is the heading again.
        if len(cells) < 2 or not row.xpath("./td"):
            continue
        fields = row_fields(cells, headings)
        yield RecordLine(record_of(sheet, section, url, row_key(fields, section.identity), fields))


def _leads_on(page: Selector) -> bool:
    for anchor in page.xpath("//a"):
        if text_of(anchor).strip(" >»") in _NEXT or text_of(anchor) in _NEXT:
            closed = "disabled" in f"{attribute(anchor, 'class')} {attribute(_parent(anchor), 'class')}".split()
            return not closed and (attribute(anchor, "href").strip() or attribute(anchor, "onclick").strip()) not in _DEAD
    return False


def _parent(anchor: Selector) -> Selector:
    return next(iter(anchor.xpath("..")), anchor)


def read_detail(text: str, url: str, sheet: RecordSheet, section: RecordSection) -> PrintedRecord:
    """Raise NoBodyError: the rows are the records."""
    raise NoBodyError(f"{url}: records of {sheet.id} {section.id} have no page of their own")
