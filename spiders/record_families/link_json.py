"""A list in JSON that holds links only, ``{"page": {"totalPage": N}, "data": [{"url": …}]}``; a record has a page of labels and values."""

from __future__ import annotations

from normalizers.notices.records import PrintedRecord
from spiders.families import NoListError
from spiders.families.reading import join
from spiders.record_sheet import RecordSection, RecordSheet

from .answers import number_at, read_object, required, rows_at
from .markup import read_markup, read_pairs
from .pages import Asked, RecordLine, RecordPage, link_key, numbered, place, record_of


def read_list(text: str, url: str, sheet: RecordSheet, section: RecordSection, asked: Asked) -> RecordPage:
    """Return the links of a page; a row without a link is counted."""
    data = read_object(text, url)
    rows, pager = rows_at(data, "data", url), data.get("page")
    if not isinstance(pager, dict):
        raise NoListError(f"{place(url)} does not say how many pages there are (page.totalPage): the interface changed")
    pages, total = required(pager, "totalPage", url), number_at(pager, "totalCount")
    links = [str(row.get("url") or "").strip() for row in rows]
    lines = tuple(found for link in links if (found := line_of(sheet, section, join(url, link))))
    further = numbered(sheet, section, asked, pages)
    return RecordPage(lines, max(1, pages), total, further=further, dropped=len(links) - len(lines))


def line_of(sheet: RecordSheet, section: RecordSection, address: str) -> RecordLine | None:
    """Return the line of a list for the address of a record's page, ``None`` where it is none."""
    address = sheet.localise(address) if address else ""
    key = link_key(address, section.identity) if address else ""
    return RecordLine(record_of(sheet, section, address, key), address) if key else None


def read_detail(text: str, url: str, sheet: RecordSheet, section: RecordSection) -> PrintedRecord:
    """Return the labels and values of a record's page; raises NoBodyError."""
    return record_of(sheet, section, url, "", read_pairs(read_markup(text, url), section, url, sheet))
