"""A list of lists in a script: ``"black$body$title$date$id"``; each list tells its headings and size, then its proxy gives the rows.

One id may be linked for two lists: what it gives is read once, as the first of them, and the other is a named gap.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlencode

from normalizers.notices.records import PrintedRecord
from spiders.families import NoListError
from spiders.families.reading import line, shortened
from spiders.record_sheet import RecordSection, RecordSheet

from .answers import number_at, read_object, required
from .datastore import STEP, entries_of, proxy_calls, quoted
from .markup import read_markup, read_pairs
from .pages import MOST_ROWS, Asked, RecordLine, RecordPage, on_list, place, query_of, record_of

_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")


def read_list(text: str, url: str, sheet: RecordSheet, section: RecordSection, asked: Asked) -> RecordPage:
    """Return the lists, the size of a list, or the rows of one, whichever was asked for."""
    if not asked.slice:
        return _directory(text, url, sheet, section)
    return _rows(text, url, sheet, section, asked) if asked.form else _opening(text, url, sheet, section, asked)


def _directory(text: str, url: str, sheet: RecordSheet, section: RecordSection) -> RecordPage:
    lists: dict[str, Asked] = {}
    gaps = []
    for body, title, code in _named(text, section.options["mark"]):
        if code in lists:
            gaps.append(f"{title} is linked with the id of {lists[code].slice}: its own records cannot be reached")
            continue
        query = urlencode({"titleAll": title, "deptnames": body, "tableId": code})
        name = title if title not in {known.slice for known in lists.values()} else f"{title} ({body}, {code})"
        lists[code] = Asked(sheet.url(f"{section.options['opening']}?{query}"), 0, slice=name, list_name=title, authority=body)
    if not lists:
        raise NoListError(f"{place(url)} names no list: the script changed, or something else answered")
    return RecordPage((), further=tuple(lists.values()), leads=True, sliced=True, gaps=tuple(gaps))


def _named(text: str, mark: str) -> Iterator[tuple[str, str, str]]:
    for count, found in enumerate(quoted(text)):
        parts = [line(part) for part in found.split("$")] if count < MOST_ROWS else []
        if len(parts) == 5 and parts[0] == mark and _DATE.fullmatch(parts[3]) and parts[2] and parts[4]:
            yield parts[1], parts[2], parts[4]


def _opening(text: str, url: str, sheet: RecordSheet, section: RecordSection, asked: Asked) -> RecordPage:
    data = read_object(text, url)
    total, size = required(data, "totalNums", url), number_at(data, "perPage") or section.size
    form = (("tabId", _parameters(asked)["tableId"]),)
    calls = proxy_calls(sheet.url(section.options["proxy"]), total, size, sheet.limits.list_pages, replace(asked, form=form, again=False))
    return RecordPage((), -(-total // (size * STEP)), total, further=calls, leads=True)


def _parameters(asked: Asked) -> dict[str, str]:
    code = query_of(asked.url).get("tableId") or dict(asked.form).get("tabId", "")
    return {"deptnames": asked.authority, "titleAll": asked.list_name, "tableId": code}


def _rows(text: str, url: str, sheet: RecordSheet, section: RecordSection, asked: Asked) -> RecordPage:
    keys = [shortened(parts[1]) if len(parts) > 1 else "" for parts in entries_of(text, url)]
    lines = tuple(_line(sheet, section, key, asked) for key in keys if key)
    return RecordPage(lines, dropped=keys.count(""))


def _line(sheet: RecordSheet, section: RecordSection, key: str, asked: Asked) -> RecordLine:
    url = sheet.url(f"{section.options['opened']}?{urlencode({'zjid': key} | _parameters(asked))}")
    record = on_list(record_of(sheet, section, url, key), asked.list_name)
    return RecordLine(replace(record, authority=asked.authority), url)


def read_detail(text: str, url: str, sheet: RecordSheet, section: RecordSection) -> PrintedRecord:
    """Return the labels and values of a record's page; raises NoBodyError."""
    return record_of(sheet, section, url, "", read_pairs(read_markup(text, url), section, url, sheet))
