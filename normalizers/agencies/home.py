"""Guess a document's home region: the one its elided names (市信用办, 省商务厅) mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from normalizers.agencies.gazetteer import gazetteer
from normalizers.agencies.regions import regions
from normalizers.agencies.tables import rows, words

_AMBIGUOUS = "ambiguous"
_LEADING_NAME = re.compile(r"[\u4e00-\u9fff]+")


def guess_region(*, number: str = "", title: str = "", issuers: Sequence[str] = (), hint: str = "") -> str:
    """Return the home region's GB/T 2260 code, empty when it is unknown or the document is of several provinces together.

    ``number`` is the document number (沪经信征〔2014〕1号), ``issuers`` the issuing bodies, ``hint`` what is known from
    outside, such as the region of the site. Issuers decide, then the number, the title, the hint; a narrower region
    inside the one found wins over it. A title of several provinces (长三角) makes the hint void.
    """
    shared = any(word in title for word in words("several_provinces"))
    named = _common(_issuer_regions(issuers))
    if named is None:
        return ""
    from_title = _common(_title_regions(title))
    candidates = [named, _number_region(number), from_title or "", "" if shared or from_title is None else hint]
    found = ""
    for code in candidates:
        if code in regions().by_code and (not found or found in regions().chain(code)):
            found = code
    return found


def _common(codes: Iterable[str]) -> str | None:
    """Return the narrowest region that holds all or is held by the rest in one line; ``None`` for several provinces."""
    table = regions()
    unique = list(dict.fromkeys(codes))
    # A region named beside the one it lies in says no more than itself.
    narrow = [code for code in unique if not any(code != other and code in table.chain(other) for other in unique)]
    if not narrow:
        return ""
    shared = [code for code in table.chain(narrow[0]) if all(code in table.chain(other) for other in narrow)]
    return shared[0] if shared else None


def _issuer_regions(issuers: Sequence[str]) -> list[str]:
    found = []
    for issuer in issuers:
        prefix = regions().prefix(issuer)
        region = regions().named(prefix) if prefix else None
        if region is None:
            codes = {entry.region for entry in gazetteer().free(issuer)} - {"", "100000"}
            found += sorted(codes) if len(codes) == 1 else []
        else:
            found.append(region.code)
    return found


def _title_regions(title: str) -> list[str]:
    """Return the regions a title names in full, or provinces and cities in short."""
    table = regions()
    found: list[str] = []
    i = 0
    while i < len(title):
        prefix = table.prefix(title[i : i + table.longest])
        region = table.named(prefix, found[-1] if found else "") if prefix else None
        # Two characters that end in a suffix are words as often as counties (和县, 郊区).
        if region is not None and (region.level != "county" or len(prefix) > 2):
            found.append(region.code)
        i += len(prefix) if region is not None else 1
    return found


def _number_region(number: str) -> str:
    """Return the region of a document number by its first characters, the longest known ones."""
    match = _LEADING_NAME.match(number.strip())
    if match is None:
        return ""
    full = regions().prefix(match[0])
    region = regions().named(full) if full else None
    if region is not None:
        return region.code
    return next((_prefixes()[match[0][:length]] for length in range(len(match[0]), 0, -1) if match[0][:length] in _prefixes()), "")


@cache
def _prefixes() -> dict[str, str]:
    """Return the regions by what their document numbers begin with; empty where two regions share it."""
    return {row["prefix"]: "" if row["kind"] == _AMBIGUOUS else row["region"] for row in rows("numbers")}
