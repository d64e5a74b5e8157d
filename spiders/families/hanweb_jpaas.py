"""Hanweb jpaas (大汉), newer: a column page without items, whose script names the unit call that answers JSON with HTML inside.

``queryData`` of that script is no JSON (single quotes). Items are old and new addresses side by side; their titles are cut, the whole
one is in ``title``. The counters are attributes of ``table.pagination``; its visible words always say 共 0 页.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from parsel import Selector

from spiders.factsheet import FactSheet, Section
from spiders.items import Article, ListPage

from .nodes import attribute
from .reading import ListRequest, NoListError, join, list_containers, parse, read_fields, read_items, refuse_unread

_KEY = re.compile(r"/art_(?:\d+_(\d+)|([0-9a-f]{32}))\.html?(?:\?|$)", re.IGNORECASE)
_QUOTED = re.compile(r"'(\w{1,64})'\s*:\s*'([^']{0,500})'")
_CALL = "build/unit"
_SIZE = "15"


def document_key(url: str) -> str:
    """Return the article's number (old addresses) or its 32 hex digits (new ones)."""
    found = _KEY.search(url)
    return (found[1] or found[2].lower()) if found else ""


def markup(text: str) -> str:
    """Return the HTML inside a unit call's answer; for any other text the text itself."""
    try:
        return _html(text)
    except NoListError:
        return text


def read_list(text: str, url: str, sheet: FactSheet, section: Section) -> ListPage:
    """Return what a unit call's answer lists; the column page itself lists nothing and is page 0. Raises NoListError."""
    if not text.lstrip("\ufeff \r\n\t").startswith("{"):
        _unit(parse(text), url, sheet, section)
        return ListPage((), page=0)
    page = parse(_html(text, url))
    containers = list_containers(page, sheet, section, url)
    items = tuple(read_items(containers, url, sheet, section, document_key))
    refuse_unread(items, containers, url, sheet, document_key)
    counters = next(iter(page.css("table.pagination")), None)
    total = _counter(counters, "count")
    size = _counter(counters, "rows") or int(sheet.options.get("page_size", _SIZE))
    number = _counter(counters, "pageno") or _asked(url)
    return ListPage(items, page=number, pages=None if total is None else max(1, math.ceil(total / size)), total=total)


def _html(text: str, url: str = "") -> str:
    try:
        answer: Any = json.loads(text)
        good = answer["success"] is True and isinstance(answer["data"]["html"], str)
    except (ValueError, KeyError, TypeError, RecursionError):
        good = False
    if not good:
        raise NoListError(f"{url} did not answer with success and data.html; run `harvester check` for the site")
    return str(answer["data"]["html"])


def _counter(node: Selector | None, name: str) -> int | None:
    value = attribute(node, name) if node is not None else ""
    return int(value) if value.isdecimal() and len(value) < 9 else None


def _asked(url: str) -> int:
    found = re.search(r'"pageNo"\s*:\s*(\d{1,6})', parse_qs(urlsplit(url).query).get("paramJson", [""])[0])
    return int(found[1]) if found else 1


def _unit(page: Selector, url: str, sheet: FactSheet, section: Section) -> tuple[str, dict[str, str]]:
    """Return the address and parameters of the unit call; the unit named in the options, else the only one, else the first of a column."""
    units = [
        (join(url, attribute(script, "url")), dict(_QUOTED.findall(attribute(script, "querydata"))))
        for script in page.css("script[queryData]")
        if _CALL in attribute(script, "url")
    ]
    wanted = sheet.options.get("unit", "")
    named = [unit for unit in units if unit[1].get("tagId") == wanted]
    if not units or (wanted and not named and len(units) > 1):
        raise NoListError(f"{url} names no unit call for its list ({wanted or 'any'}); run `harvester check {sheet.id}`")
    return (named or units)[0]


def read_article(text: str, url: str, sheet: FactSheet) -> Article:
    """Return the fields of an article; raises NoBodyError."""
    return read_fields(text, url, sheet, document_key(url))


def further(text: str, url: str, sheet: FactSheet, section: Section, page: ListPage) -> Sequence[ListRequest]:
    """Return the unit call of page 1 after the column page, and those of all further pages after page 1."""
    if page.page == 0:
        address, parameters = _unit(parse(text), url, sheet, section)
        return (_request(sheet.localise(address), parameters, sheet, 1),)
    parts = urlsplit(url)
    parameters = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items() if name != "paramJson"}
    last = min(page.pages or 1, sheet.limits.list_pages)
    address = parts._replace(query="").geturl()
    return tuple(_request(address, parameters, sheet, number) for number in range(page.page + 1, last + 1))


def _request(address: str, parameters: dict[str, str], sheet: FactSheet, number: int) -> ListRequest:
    asked = json.dumps({"pageNo": number, "pageSize": int(sheet.options.get("page_size", _SIZE))}, separators=(",", ":"))
    return ListRequest(f"{address}?{urlencode({**parameters, 'paramJson': asked})}", number)
