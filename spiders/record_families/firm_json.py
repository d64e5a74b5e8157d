"""An interface of firms: a list of firms in JSON, and one call for each that gives its records in arrays by kind.

``{"code": 0, "data": {"xzxk": […], "xzcf": […], "sxcj": […], "sxjl": […]}}``; an empty array is an empty text, a missing value the
text "null".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from normalizers.notices.records import Colour, NoticeKind, PrintedRecord
from spiders.families import NoBodyError, NoListError
from spiders.families.reading import line
from spiders.record_sheet import RecordSection, RecordSheet

from .answers import fields_of, read_object, required, rows_at
from .pages import Asked, RecordLine, RecordPage, numbered, on_list, pages_of, place, row_record

_KINDS: Mapping[str, tuple[NoticeKind, Colour | None]] = {
    "xzxk": (NoticeKind.PERMIT, None),
    "xzcf": (NoticeKind.PENALTY, None),
    "sxcj": (NoticeKind.LIST_ENTRY, Colour.BLACK),
    "sxjl": (NoticeKind.LIST_ENTRY, Colour.RED),
}


def read_list(text: str, url: str, sheet: RecordSheet, section: RecordSection, asked: Asked) -> RecordPage:
    """Return the calls for the firms of a page of the list of firms, or the records of one firm, whichever was asked for."""
    data = read_object(text, url).get("data")
    if not isinstance(data, dict):
        raise NoListError(f"{place(url)} answered without data: the interface changed, or something else answered")
    if asked.slice:
        return RecordPage(tuple(_lines(data, url, sheet, section)), pages=1)
    firms, total = rows_at(data, "rows", url), required(data, "total", url)
    pages = pages_of(total, section.size)
    named = [firm for firm in firms if firm.get("id")]
    # Individual businesses (codes in 92) go by a person's name, which no address may hold.
    calls = tuple(_call(sheet, section, firm) for firm in named if not str(firm.get("tyshxydm") or "").startswith("92"))
    further = (*calls, *numbered(sheet, section, asked, pages or 1))
    return RecordPage((), pages, further=further, leads=True, sliced=True, dropped=len(firms) - len(named))


def _call(sheet: RecordSheet, section: RecordSection, firm: Mapping[str, Any]) -> Asked:
    query = {"type": "企业", "qymc": firm.get("qymc") or "", "tyshxydm": firm.get("tyshxydm") or ""}
    return Asked(sheet.url(f"{section.options['firm']}?{urlencode(query)}"), 1, slice=line(str(firm["id"])))


def _lines(data: Mapping[str, Any], url: str, sheet: RecordSheet, section: RecordSection) -> Iterator[RecordLine]:
    for name, (kind, colour) in _KINDS.items():
        for row in rows_at(data, name, url) if name in data else ():
            record = replace(row_record(sheet, section, fields_of(row)), kind=kind, colour=colour)
            name = line(str(row.get(section.options["names"]) or "")) if colour else ""
            yield RecordLine(on_list(record, name) if name else record)


def read_detail(text: str, url: str, sheet: RecordSheet, section: RecordSection) -> PrintedRecord:
    """Raise NoBodyError: the rows are the records."""
    raise NoBodyError(f"{place(url)}: records of {sheet.id} {section.id} have no page of their own")
