"""Pagers: what a page says of the number of its list, of all pages and of all items."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_PLAIN = {
    "page": re.compile(r"第\s*(\d{1,6})\s*页"),
    "pages": re.compile(r"共\s*(\d{1,6})\s*页"),
    "total": re.compile(r"共\s*(?:有\s*)?(\d{1,8})\s*条"),
}
_FRACTION = re.compile(r"(?<![\d/])(\d{1,6})\s*/\s*(\d{1,6})\s*页")
_SET_PAGE = re.compile(r"""["']setPage["']\s*,\s*(\d{1,6})\s*,\s*(\d{1,6})""")
_CREATE = re.compile(r"createPageHTML\s*\(([^()]{1,200})\)")
_TOTAL_PAGE = re.compile(r"\b(?:totalPage|pageCount|countPage)[\"']?\s*[:=]\s*[\"']?(\d{1,6})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pager:
    """What a pager says, ``None`` where it says nothing; pages count from 1."""

    page: int | None = None
    pages: int | None = None
    total: int | None = None


def read_pager(text: str) -> Pager:
    """Return what the words of a pager say: 第 2 页, 共 22 页, 共 217 条, or 2/22页. A page of none is the script's blank, no statement."""
    found = {name: int(hit[1]) for name, pattern in _PLAIN.items() if (hit := pattern.search(text))}
    if hit := _FRACTION.search(text):
        found = {"page": int(hit[1]), "pages": int(hit[2])} | found
    return Pager(**{name: number for name, number in found.items() if number or name == "total"})


def read_scripted_pager(html: str) -> Pager:
    """Return what the script of a pager says: ``setPage`` (current, all), ``createPageHTML`` in either order, ``totalPage``."""
    if hit := _SET_PAGE.search(html):
        return Pager(page=int(hit[1]), pages=int(hit[2]))
    if hit := _CREATE.search(html):
        return _created(hit[1])
    if hit := _TOTAL_PAGE.search(html):
        return Pager(pages=int(hit[1]))
    return Pager()


def _created(arguments: str) -> Pager:
    """Read ``(22,0,"index","shtml",N)``, where pages count from 0, and ``("div",50,1,"name","shtml",N)``, where they count from 1."""
    parts = [part.strip().strip("\"'") for part in arguments.split(",")]
    numbers = [int(part) for part in parts if part.isdecimal()]
    if len(numbers) < 2:
        return Pager()
    first = 1 if parts[0].isdecimal() else 0
    stated = numbers[2] if len(numbers) > 2 else None
    return Pager(page=numbers[1] + first, pages=numbers[0], total=stated)


def plausible(pager: Pager, size: int) -> Pager:
    """Return the pager without a total that does not fit its pages of ``size`` items: the argument some sites put there is a cap."""
    if pager.total is not None and pager.pages and size and -(-pager.total // size) != pager.pages:
        return replace(pager, total=None)
    return pager


def merge(*pagers: Pager) -> Pager:
    """Return the first statement of each kind."""
    return Pager(*(next((value for value in values if value is not None), None) for values in zip(*map(_values, pagers), strict=True)))


def _values(pager: Pager) -> tuple[int | None, int | None, int | None]:
    return pager.page, pager.pages, pager.total
