"""Hanweb jcms (大汉), classic: the list is XML text inside a script, further records come from ``dataproxy.jsp``.

``<div id="<unit>"><script type="text/xml"><datastore>`` holds records, each a CDATA with one ``<li>``; the markup around them is not
always well-formed, so the CDATA blocks are taken by pattern. The same records stand in a second unit for mobiles. The true total is
``totalRecord`` of the call that has a ``dataStore``; the helper function before it carries a decoy.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from urllib.parse import parse_qs, urlencode, urlsplit

from spiders.factsheet import FactSheet, Section
from spiders.items import Article, ListPage

from .reading import ListRequest, NoListError, join, parse, read_fields, read_items, refuse_unread

_KEY = re.compile(r"/art_\d+_(\d+)\.html?(?:\?|$)")
_STORE = re.compile(r"<datastore\b[^>]*>(.*?)</datastore>", re.DOTALL | re.IGNORECASE)
_RECORD = re.compile(r"<record>\s*<!\[CDATA\[(.*?)\]\]>\s*</record>", re.DOTALL | re.IGNORECASE)
_CALL = re.compile(r"\.jpage\(\{(.{0,4000}?)\}\)", re.DOTALL)
_NUMBER = re.compile(r"\b(totalRecord|groupSize|perPage)\s*:\s*(\d{1,8})")
_PROXY = re.compile(r"proxyUrl\s*:\s*'([^']{1,500})'")
_AJAX = re.compile(r"ajaxParam\s*:\s*(param_\w{1,64})")
_PARAMETER = re.compile(r"(\w{1,64})\s*:\s*(?:'([^']{0,500})'|([^,'{}]{0,500}))")
_TOTAL = re.compile(r"<totalrecord>\s*(\d{1,8})\s*</totalrecord>", re.IGNORECASE)


def document_key(url: str) -> str:
    """Return the article's number within the site; the column before it changes when the article is filed elsewhere."""
    found = _KEY.search(url)
    return found[1] if found else ""


def markup(text: str) -> str:
    """Return the records of the datastores as HTML."""
    stores = ("".join(_RECORD.findall(store)) for store in _STORE.findall(text))
    return "".join(f"<datastore>{records}</datastore>" for records in stores)


def read_list(text: str, url: str, sheet: FactSheet, section: Section) -> ListPage:
    """Return the records of a column page or of a proxy's answer, each once; raises NoListError."""
    stores = _STORE.findall(text)
    if not stores:
        if section.without_list:
            return ListPage(())
        raise NoListError(f"{url} has no datastore with the records; run `harvester check {sheet.id}`")
    records = [parse(record) for store in stores for record in _RECORD.findall(store)]
    items = tuple(read_items(records, url, sheet, section, document_key))
    refuse_unread(items, records, url, sheet, document_key)
    stated = _TOTAL.search(text)
    call = _call(text)
    total = int(stated[1]) if stated else call.get("totalRecord")
    size = _size(url) or call.get("groupSize", 1) * call.get("perPage", 0) or len(items)
    pages = max(1, math.ceil(total / size)) if total is not None and size else None
    return ListPage(items, page=_page(url, size), pages=pages, total=total)


def _call(text: str) -> dict[str, int]:
    calls = _CALL.findall(text)
    chosen = next((call for call in calls if "dataStore" in call), calls[-1] if calls else "")
    return {name: int(value) for name, value in _NUMBER.findall(chosen)}


def _bounds(url: str) -> tuple[int, int]:
    query = parse_qs(urlsplit(url).query)
    start, end = query.get("startrecord", ["0"])[0], query.get("endrecord", ["0"])[0]
    return (int(start), int(end)) if start.isdecimal() and end.isdecimal() else (0, 0)


def _size(url: str) -> int:
    start, end = _bounds(url)
    return end - start + 1 if end >= start > 0 else 0


def _page(url: str, size: int) -> int:
    start, _ = _bounds(url)
    return (start - 1) // size + 1 if start and size else 1


def read_article(text: str, url: str, sheet: FactSheet) -> Article:
    """Return the fields of an article; raises NoBodyError."""
    return read_fields(text, url, sheet, document_key(url))


def further(text: str, url: str, sheet: FactSheet, section: Section, page: ListPage) -> Sequence[ListRequest]:
    """Return the requests to the proxy for the records after those in the column page, as the page's own script would ask."""
    call = next((call for call in _CALL.findall(text) if "dataStore" in call), "")
    proxy, unit, numbers = _PROXY.search(call), _AJAX.search(call), _call(text)
    if not proxy or not unit or not page.pages:
        return ()
    step = numbers["groupSize"] * numbers["perPage"] if {"groupSize", "perPage"} <= numbers.keys() else len(page.items)
    form = _form(text, unit[1])
    address = sheet.localise(join(url, proxy[1]))
    last = min(page.pages, sheet.limits.list_pages)
    return tuple(_request(address, number, step, numbers.get("perPage", step), form) for number in range(2, last + 1))


def _request(address: str, number: int, step: int, per_page: int, form: tuple[tuple[str, str], ...]) -> ListRequest:
    query = urlencode({"startrecord": (number - 1) * step + 1, "endrecord": number * step, "perpage": per_page})
    return ListRequest(f"{address}?{query}", number, form)


def _form(text: str, unit: str) -> tuple[tuple[str, str], ...]:
    found = re.search(rf"\bvar\s+{re.escape(unit)}\s*=\s*\{{([^{{}}]{{0,2000}})\}}", text)
    return tuple((name, quoted or plain.strip()) for name, quoted, plain in _PARAMETER.findall(found[1])) if found else ()
