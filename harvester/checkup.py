"""What a check of a live site tells beside the hits of its rules: robots.txt, TLS, charset, signs of its CMS, days, drift, selectors.

Nothing of a live page is stored. What is compared with is the store's: its specimens and the documents it knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapy.settings import BaseSettings

from harvester.messages import _
from harvester.monitoring.evidence import known_lines
from harvester.monitoring.specimens import nearest, skeleton_of
from harvester.sentences import said
from harvester.sentences.blanks import field_in_words, page_in_words
from spiders.checking import CheckedPage, CheckingSpider, RuleMatch
from spiders.items import CaptureKind, Cause
from spiders.line_groups import ListEvidence
from spiders.proposing import propose_list
from spiders.signs import signs_of
from storage import specimens
from storage.errors import StoreError
from storage.specimens import Specimen
from storage.store import Store

UNREAD = "unread"
"""The field of a row that tells of a page which the sheet does not fit."""

SEEN = frozenset({"robots", "tls", "failure", "attachment", "charset", "dates", "drift", UNREAD})
"""Fields whose words say all: their count is no number of hits, and no table shows it as one."""


def in_words(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of a check as a table shows it: its field and what was seen as people say it."""
    field, rule = row["field"], row["rule"]
    if field in SEEN:
        row = {**row, "matches": None}
    if field in ("robots", "failure"):
        return {**row, "field": _field(field), "rule": said(_(rule))}
    return {**row, "field": _field(field), "rule": page_in_words(rule) if field == UNREAD else said(rule)}


def _field(field: str) -> str:
    proposed, _space, name = field.partition(" ")
    if proposed == "proposed":
        return _("proposed: {field}").format(field=field_in_words(name)) if name else _("nothing proposed")
    fields: Mapping[str, str] = {
        "robots": "robots.txt",
        "tls": _("secure connection"),
        "failure": _("failed fetch"),
        "attachment": _("attached file"),
        "charset": _("charset of the page"),
        "family": _("signs of its CMS"),
        UNREAD: _("page not read"),
        "dates": _("lines with a day"),
        "drift": _("drift"),
    }
    return fields.get(field) or field_in_words(field)


def told(spider: CheckingSpider, settings: BaseSettings) -> list[RuleMatch]:
    """Return what was seen, as rows like those of the rules; ``matches`` is a count, for drift the hundredths."""
    rows = [*_site(spider), *(row for page in spider.pages for row in _page(spider, page))]
    try:
        with Store.open(settings["HARVESTER_STORE"], archive=Path(settings["HARVESTER_ARCHIVE"])) as store:
            rows += [row for page in spider.pages for row in _compared(spider, page, store)]
    except StoreError:
        pass  # a site is checked before it was ever crawled, too
    return rows


def _row(spider: CheckingSpider, section: str, url: str, field: str, rule: str, matches: int, certainty: str = "") -> RuleMatch:
    return RuleMatch(spider.site, section, url, field, rule, certainty, matches)


def _site(spider: CheckingSpider) -> Iterator[RuleMatch]:
    base = spider.sheet.base
    refused = [each for each in spider.failures if each.cause in (Cause.ROBOTS_REFUSED, Cause.ROBOTS_UNREADABLE)]
    yield _row(spider, "", base, "robots", str(refused[0].cause) if refused else "allows what was asked", int(not refused))
    secure = urlsplit(base).scheme == "https" and bool(spider.pages)
    yield _row(spider, "", base, "tls", "certificate is right" if secure else "none", int(secure))
    for failure in spider.failures:
        yield _row(spider, failure.section, failure.url, "failure", str(failure.cause), 0)
    for url, size in spider.files:
        yield _row(spider, "", url, "attachment", f"{size} bytes", int(size > 0))


def _page(spider: CheckingSpider, page: CheckedPage) -> Iterator[RuleMatch]:
    charset = f"{page.charset}, declared {page.declared or 'nothing'}"
    yield _row(spider, page.section, page.url, "charset", charset, 1)
    signs = signs_of(page.text)
    words = ", ".join(f"{name} {count}" for name, count in signs.items()) or "no signs"
    yield _row(spider, page.section, page.url, "family", words, signs.get(spider.sheet.family, 0))
    if not page.read:
        yield _row(spider, page.section, page.url, UNREAD, str(page.kind), 0)
    elif page.lines:
        yield _row(spider, page.section, page.url, "dates", f"{page.days} of {page.lines}", page.days)


def _compared(spider: CheckingSpider, page: CheckedPage, store: Store) -> Iterator[RuleMatch]:
    good = specimens.good_ones(specimens.of_site(store, spider.site, page.section), str(page.kind))
    # A column page that only leads to the call which has its lines is no list: no specimen is kept of it, so it is held against none.
    leads = page.kind is CaptureKind.LIST and page.read and not page.lines
    if good and not leads:
        found = skeleton_of(spider, page.kind, page.text)
        live = Specimen(spider.site, page.section, str(page.kind), "", page.url, good[-1].at, False, "", "", str(found), found.hash)
        score = nearest(live, good)
        yield _row(spider, page.section, page.url, "drift", f"{score:.2f} from the last good {page.kind}", round(100 * score))
    if page.kind is CaptureKind.LIST and not page.read:
        evidence = ListEvidence(page.text, page.url, known_lines(store, page.section, spider.site))
        offered = propose_list([evidence], spider.sheet, spider.sheet.section(page.section))
        for one in offered.rules:
            yield _row(spider, page.section, page.url, f"proposed {one['field']}", one.get("css") or one["xpath"], 1, one["certainty"])
        if offered.reason:
            yield _row(spider, page.section, page.url, "proposed", offered.reason, 0)
