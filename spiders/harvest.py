"""What all spiders share: arguments, pace and limits from a fact sheet, errands, decoding, and failures with a named cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, ClassVar, Self

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure as TwistedFailure

from normalizers.text.charsets import codec_of
from normalizers.text.decode import Decoded, decode
from spiders.explaining import explain
from spiders.factsheet import NoBaseError, Rule, SiteSheet
from spiders.families.reading import taken_hits
from spiders.items import CaptureKind, Cause, Failure

__all__ = ["FILE_PRIORITY", "LIST_PRIORITY", "LONGEST_TOLD", "Errand", "HarvestSpider", "explain"]

LIST_PRIORITY, FILE_PRIORITY = 20, 10
"""Lists first, before they shift under the crawl; the files of an article before the next article."""

LONGEST_TOLD = 4000
"""Characters of an address that a failure keeps."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What a request is for; stands in ``request.meta["errand"]`` for the middlewares.

    ``suffix`` is that of a file's name, ``slice`` the part of a section of records that the request belongs to.
    """

    kind: CaptureKind
    section: str
    key: str = ""
    page: int = 0
    unlisted: bool = False
    suffix: str = ""
    slice: str = ""


class HarvestSpider(Spider):
    """Harvests one site by its fact sheet. A leaf spider says ``name`` and ``site``; arguments are those of ``scrapy crawl -a``.

    since: first list date (YYYY-MM-DD) of what is fetched. limit: how many of the first listed. base: another address of the site
    (a replica). lists_only: read the lists and fetch nothing they lead to.
    """

    site: ClassVar[str]
    sheet: SiteSheet[Any]

    def __init__(self, sheet: SiteSheet[Any], since: str = "", limit: str = "", base: str = "", lists_only: str = "") -> None:
        super().__init__()
        self.sheet = sheet.with_base(base) if base else sheet
        if not self.sheet.base:
            raise NoBaseError(f"the address of {self.site} is not known today: give one with --base, like http://127.0.0.1:8001")
        self.since: date | None = date.fromisoformat(since) if since else None
        self.limit: int | None = int(limit) if limit else None
        self.lists_only = bool(lists_only)
        self.rule_hits: dict[str, Counter[Rule]] = {}
        self.charsets: dict[str, Counter[str]] = {}
        self.further_priority = LIST_PRIORITY

    @classmethod
    def load_sheet(cls) -> SiteSheet[Any]:
        """Return the fact sheet of the spider's site."""
        raise NotImplementedError

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: object, **kwargs: object) -> Self:
        """Return the spider; the setting ``HARVESTER_BASES`` (site to address) stands in for a missing ``base``."""
        kwargs.setdefault("base", crawler.settings.getdict("HARVESTER_BASES").get(cls.site, ""))
        return super().from_crawler(crawler, *args, **kwargs)

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Take pace and limits from the fact sheet; a lower pace than its own is for a given base only."""
        super().update_settings(settings)
        sheet = cls.load_sheet()
        wanted = settings.get("HARVESTER_PACE")
        pace = sheet.pace if wanted is None else float(wanted)
        local = cls.site in settings.getdict("HARVESTER_BASES")
        settings.set("DOWNLOAD_DELAY", pace if local else max(pace, sheet.pace), priority="spider")

    def left_alone(self, errand: Errand) -> None:
        """Take note that what an errand would fetch is stored and fresh, so that it is not asked for."""

    def failed(self, failure: TwistedFailure) -> Iterator[Any]:
        """Hand on a failed request as a failure with its cause, and go on with what came after it."""
        raise NotImplementedError

    def text(self, response: Response) -> str:
        """Return the text of a page; a charset in the fact sheet outweighs what the answer declares."""
        stated = (response.headers.get("Content-Type") or b"").decode("latin-1").partition("charset=")[2].strip("\"' ;")
        found = _decoded(response.body, self.sheet.charset or stated)
        if response.request is not None and "charset" not in response.meta and (errand := response.meta.get("errand")) is not None:
            # Without its request a page is only looked at, before it is read; and each page counts once.
            response.meta["charset"] = found.encoding
            self.charsets.setdefault(errand.section, Counter())[_charset(found.encoding, stated)] += 1
        return found.text

    def note_rules(self, section: str) -> None:
        """Count which rules of the fact sheet found something on the page that was read just now."""
        self.rule_hits.setdefault(section, Counter()).update(taken_hits())

    def _meta(self, errand: Errand) -> dict[str, Any]:
        limits = self.sheet.limits
        size = limits.file_bytes if errand.kind is CaptureKind.ATTACHMENT else limits.page_bytes
        seconds = min(limits.seconds, self.settings.getfloat("DOWNLOAD_TIMEOUT"))
        return {"errand": errand, "download_maxsize": size, "download_timeout": seconds}

    def _failure(self, errand: Errand, url: str, cause: Cause, detail: str) -> Failure:
        return Failure(self.site, errand.section, errand.kind, url[:LONGEST_TOLD], cause, detail, datetime.now(UTC), errand.key)


@lru_cache(maxsize=2)
def _decoded(body: bytes, declared: str) -> Decoded:
    """Return the text of a page; it is asked for by those who judge its health, and again by those who read it."""
    return decode(body, declared=declared, markup=True)


def _charset(found: str, stated: str) -> str:
    """Return the charset of a page, and the one its answer declares where that is another: ``utf-8 as gb18030``."""
    codec = codec_of(stated)
    return f"{found} as {codec}" if codec and codec != found else found
