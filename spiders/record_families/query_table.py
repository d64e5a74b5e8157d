"""A query page whose table is the list: headings in ``thead``, a record a row, turned by 下一页 as long as the site shows pages.

The page states no total; that there is a next page is all it says.
"""

from __future__ import annotations

from collections.abc import Iterator

from parsel import Selector

from normalizers.notices.records import PrintedRecord
from spiders.families import NoBodyError
from spiders.families.nodes import attribute
from spiders.families.reading import text_of
from spiders.record_sheet import RecordSection, RecordSheet

from .markup import cells_of, containers, headings_of, read_markup, row_fields, rows_of, stated, words_of
from .pages import Asked, RecordLine, RecordPage, numbered, page_of, place, row_record

_NEXT = ("下一页", "下页", "»", "›")
_DEAD = frozenset({"", "#", "javascript:;", "javascript:void(0)", "javascript:void(0);"})


def read_list(text: str, url: str, sheet: RecordSheet, section: RecordSection, asked: Asked) -> RecordPage:
    """Return the rows of a page as records; a table without rows is a list without records."""
    page = read_markup(text, url)
    table = containers(page, section.options.get("table", "table.table"), url, sheet)[0]
    lines = tuple(_lines(table, sheet, section))
    total, pages, shown = stated(words_of(page, section.options.get("words", ".pagination")))
    cap = shown or section.cap
    if pages is not None:
        return RecordPage(lines, pages, total, cap, numbered(sheet, section, asked, pages))
    last = min(cap or sheet.limits.list_pages, sheet.limits.list_pages)
    leads = _leads_on(page)
    if asked.page >= last:
        # Whether a list ends where the site stops showing it, it alone knows; one that is not full does.
        ends = leads is not True and 0 < len(lines) < section.size
        return RecordPage(lines, asked.page + (not ends), total, cap)
    further = (page_of(sheet, section, asked, asked.page + 1),) if leads is not False and lines else ()
    return RecordPage(lines, {True: asked.page + 1, False: asked.page, None: None}[leads], total, cap, further)


def _lines(table: Selector, sheet: RecordSheet, section: RecordSection) -> Iterator[RecordLine]:
    headings = headings_of(table)
    for row in rows_of([table]):
        cells = cells_of(row)
        # One cell across the table says 暂无数据; a row of th is the heading again.
        if len(cells) < 2 or all(cell.root.tag == "th" for cell in cells):
            continue
        yield RecordLine(row_record(sheet, section, row_fields(cells, headings)))


def _leads_on(page: Selector) -> bool | None:
    """Tell whether there is a next page; ``None`` where the page has no link that would say so."""
    for anchor in page.xpath("//a"):
        words = text_of(anchor)
        if words in _NEXT or words.strip(" >»") in _NEXT:
            closed = "disabled" in f"{attribute(anchor, 'class')} {attribute(_parent(anchor), 'class')}".split()
            return not closed and (attribute(anchor, "href").strip() or attribute(anchor, "onclick").strip()) not in _DEAD
    return None


def _parent(anchor: Selector) -> Selector:
    return next(iter(anchor.xpath("..")), anchor)


def read_detail(text: str, url: str, sheet: RecordSheet, section: RecordSection) -> PrintedRecord:
    """Raise NoBodyError: the rows are the records."""
    raise NoBodyError(f"{place(url)}: records of {sheet.id} {section.id} have no page of their own")
