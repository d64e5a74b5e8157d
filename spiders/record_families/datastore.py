"""Lists in scripts: ``dataStore = ["…$…$…", …]``, the call that leads to its proxy, and the requests to that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlencode

from spiders.families import NoListError
from spiders.families.reading import join, line
from spiders.record_sheet import RecordSheet

from .answers import HalfAnswerError
from .pages import MOST_ROWS, Asked, place

STEP = 10
"""Pages of the site that one call of its proxy gives, as the site's own script asks."""

_STORE = re.compile(r"\bdataStore\s{0,8}[=:]\s{0,8}\[")
_ENTRY = re.compile(r"""[\s,]*+(?:"((?:[^"\\]|\\.)*+)"|'((?:[^'\\]|\\.)*+)')""", re.DOTALL)
_END = re.compile(r"[\s,]*+\]")
_ESCAPED = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_TOTAL = re.compile(r"\btotalRecord\s{0,8}[:=]\s{0,8}['\"]?(\d{1,9})")
_PROXY = re.compile(r"\bproxyUrl\s{0,8}[:=]\s{0,8}['\"]([^'\"]{1,300})['\"]")
_ID = re.compile(r"\bid2\s{0,8}[:=]\s{0,8}['\"]([^'\"]{0,300})['\"]")


def entries_of(text: str, url: str) -> list[list[str]]:
    """Return the entries of a dataStore, each split at its ``$``, blanks around a part left out; NoListError where there is none."""
    opened = _STORE.search(text)
    if not opened:
        raise NoListError(f"{place(url)} has no dataStore: the interface changed, or something else answered")
    found: list[list[str]] = []
    at = opened.end()
    while len(found) < MOST_ROWS and (entry := _ENTRY.match(text, at)):
        found.append([line(part) for part in _plain(entry[1] if entry[1] is not None else entry[2]).split("$")])
        at = entry.end()
    if len(found) < MOST_ROWS and not _END.match(text, at):
        raise HalfAnswerError(f"{place(url)} has a dataStore that does not end")
    return found


def quoted(text: str) -> Iterator[str]:
    """Yield the texts between double quotes on one line."""
    yield from re.findall(r'"([^"\r\n]*)"', text)


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1][1:], 16)) if len(found[1]) > 1 else found[1], text)


def call_of(text: str, url: str, sheet: RecordSheet) -> tuple[str, int, str]:
    """Return the address of a list page's proxy, its number of records, and what ``id2`` sends; NoListError where it makes no call."""
    proxy, total, sent = _PROXY.search(text), _TOTAL.search(text), _ID.search(text)
    address = sheet.localise(join(url, proxy[1].strip())) if proxy else ""
    if not address or not total:
        raise NoListError(f"{place(url)} makes no call for its records (proxyUrl, totalRecord): the page changed, or another answered")
    return address, int(total[1]), line(sent[1]) if sent else ""


def proxy_calls(address: str, total: int, size: int, most: int, asked: Asked) -> tuple[Asked, ...]:
    """Return the calls that give ``total`` records in pages of ``size``, ``STEP`` pages a call, at most ``most`` calls.

    What else a call sends and tells is that of ``asked``.
    """
    step = size * STEP
    last = min(-(-total // step), most)
    return tuple(replace(asked, url=f"{address}?{urlencode(_bounds(n, step, size, total))}", page=n) for n in range(1, last + 1))


def _bounds(number: int, step: int, size: int, total: int) -> dict[str, int]:
    return {"startrecord": (number - 1) * step + 1, "endrecord": min(number * step, total), "perpage": size, "totalRecord": total}
