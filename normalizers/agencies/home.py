"""Tell a document's home region: the one its elided names (市信用办, 省商务厅) mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from normalizers.agencies.gazetteer import gazetteer
from normalizers.agencies.regions import NATIONAL, Region, regions
from normalizers.agencies.tables import listed, rows, words

_LEADING_NAME = re.compile(r"[\u4e00-\u9fff]{1,20}")

LONGEST_TITLE = 300
"""Characters of a title or an issuer's name that are read."""


@dataclass(frozen=True, slots=True)
class HomeRegion:
    """A document's home region: GB/T 2260 code, ``100000`` for the whole country, empty when unknown.

    ``basis`` is what it rests on: ``issuer``, ``number``, ``title``, ``site`` (the surest first) or empty.
    """

    region: str = ""
    basis: str = ""


def home_region(*, number: str = "", title: str = "", issuers: Sequence[str] = (), hint: str = "") -> HomeRegion:
    """Return the home region and what it rests on; empty when it is unknown or the document is of several provinces together.

    ``number`` is the document number (沪经信征〔2014〕1号), ``issuers`` the issuing bodies, ``hint`` what is known from outside,
    such as the region of the site. Issuers decide, then the number, the title, the hint. A narrower region inside the one found
    wins over it, but for what an issuer says: a province's plan for one of its cities is the province's. Where several regions
    share a number's first characters (宁: 南京, 宁夏), the title or the hint must tell which one is meant; a title of several
    provinces (长三角) makes the hint void.
    """
    title = title[:LONGEST_TITLE]
    issuing = _issuer_regions(issuers)
    named = _common(issuing)
    if named is None:
        return HomeRegion()
    titled = _common(_title_regions(title))
    shared = titled is None or any(word in title for word in words("several_provinces"))
    site = "" if shared else hint
    found = HomeRegion(named, "issuer") if named else HomeRegion()
    evidence = [(code, "number") for code in _number_regions(number, (titled or "", site))]
    for code, basis in (*evidence, (titled or "", "title"), (site, "site")):
        if _narrows(found, code):
            found = HomeRegion(code, basis)
    return found


def _narrows(found: HomeRegion, code: str) -> bool:
    """Tell whether a region may stand for the one found: nothing is known yet, or it lies inside and no issuer spoke."""
    if code != NATIONAL and code not in regions().by_code:
        return False
    return not found.region or (found.basis != "issuer" and found.region != code and found.region in regions().chain(code))


def _common(codes: Iterable[str]) -> str | None:
    """Return the narrowest region that holds all or is held by the rest in one line; ``None`` for several provinces."""
    table = regions()
    unique = list(dict.fromkeys(codes))
    # A region named beside the one it lies in says no more than itself.
    narrow = [code for code in unique if not any(code != other and code in table.chain(other) for other in unique)]
    if not narrow:
        return ""
    if len(narrow) == 1:
        return narrow[0]
    shared = [code for code in table.chain(narrow[0]) if all(code in table.chain(other) for other in narrow)]
    return shared[0] if shared else None


def _issuer_regions(issuers: Sequence[str]) -> list[str]:
    """Return the regions that issuers speak for; the country's only where no other is named."""
    found: list[str] = []
    for issuer in (name[:LONGEST_TITLE] for name in issuers):
        codes = {entry.region for entry in gazetteer().free(issuer)} - {""}
        named = [] if NATIONAL in codes else _named_regions(issuer)[:1]
        if len(codes) == 1:
            found += codes
        elif named:
            found += named
        elif issuer.startswith(words("state_beginnings")):
            found.append(NATIONAL)
    return [code for code in found if code != NATIONAL] or found


def _title_regions(title: str) -> list[str]:
    """Return the regions that a title names, or the country where a state organ without a region issues it (国务院办公厅关于…)."""
    issuer, about, _ = title.partition("关于")
    if about and issuer.startswith(words("state_beginnings")) and not _named_regions(issuer):
        return [NATIONAL]
    return _named_regions(title)


def _named_regions(text: str) -> list[str]:
    """Return the regions a text names in full, or provinces and cities in short, in reading order."""
    table = regions()
    found: list[str] = []
    i = 0
    while i < len(text):
        prefix = table.prefix(text[i : i + table.longest])
        region = table.named(prefix, found[-1] if found else "") if prefix else None
        if region is not None and (region.level != "county" or _surely(region, prefix, leading=not i or bool(found))):
            found.append(region.code)
        i += len(prefix) if region is not None else 1
    return found


def _surely(county: Region, name: str, *, leading: bool) -> bool:
    """Tell whether a county's name inside a text means the county.

    Two characters are words as often (和县, 郊区); outside the delta a bare name in the middle may be a part of two words (海港区域).
    """
    return len(name) > 2 and (leading or not county.elsewhere or name != county.name)


def _number_regions(number: str, elsewhere: Sequence[str]) -> tuple[str, ...]:
    """Return the region of a document number by its first characters, the longest known ones.

    None where several regions share them and no region of ``elsewhere`` says which is meant.
    """
    match = _LEADING_NAME.match(number.strip())
    if match is None:
        return ()
    full = regions().prefix(match[0])
    region = regions().named(full) if full else None
    if region is not None:
        return (region.code,)
    known = next((_prefixes()[match[0][:length]] for length in range(len(match[0]), 0, -1) if match[0][:length] in _prefixes()), ())
    if len(known) == 1:
        return known
    meant = [code for code in known if any(code in regions().chain(other) for other in elsewhere)]
    return tuple(meant) if len(meant) == 1 else ()


@cache
def _prefixes() -> dict[str, tuple[str, ...]]:
    """Return the regions by what their document numbers begin with, several where they share it."""
    return {row["prefix"]: listed(row["region"]) for row in rows("numbers")}
