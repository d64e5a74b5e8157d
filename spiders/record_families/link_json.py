"""A list in JSON that holds links only, ``{"page": {"totalPage": N}, "data": [{"url": …}]}``; a record has a page of labels and values."""

from __future__ import annotations

from normalizers.notices.records import PrintedRecord
from spiders.families import NoListError
from spiders.families.reading import join, parse
from spiders.record_sheet import RecordSection, RecordSheet

from .answers import number_at, read_object, rows_at
from .markup import read_pairs
from .pages import Asked, RecordLine, RecordPage, link_key, numbered, record_of


def read_list(text: str, url: str, sheet: RecordSheet, section: RecordSection, asked: Asked) -> RecordPage:
    """Return the links of a page; a row without a link is told."""
    data = read_object(text, url)
    rows, pager = rows_at(data, "data", url), data.get("page")
    if not isinstance(pager, dict):
        raise NoListError(f"{url} does not say how many pages there are (page.totalPage): the interface changed")
    pages, total = number_at(pager, "totalPage"), number_at(pager, "totalCount")
    links = [str(row.get("url") or "").strip() for row in rows]
    lines = tuple(found for link in links if (found := line_of(sheet, section, join(url, link))))
    gaps = (f"page {asked.page} has rows without a link: {len(links) - len(lines)}",) if len(lines) < len(links) else ()
    return RecordPage(lines, pages, total, further=numbered(sheet, section, asked, pages or 0), gaps=gaps)


def line_of(sheet: RecordSheet, section: RecordSection, address: str) -> RecordLine | None:
    """Return the line of a list for the address of a record's page, ``None`` where it is none."""
    address = sheet.localise(address) if address else ""
    key = link_key(address, section.identity) if address else ""
    return RecordLine(record_of(sheet, section, address, key), address) if key else None


def read_detail(text: str, url: str, sheet: RecordSheet, section: RecordSection) -> PrintedRecord:
    """Return the labels and values of a record's page; raises NoBodyError."""
    return record_of(sheet, section, url, "", read_pairs(parse(text), section, url, sheet))
