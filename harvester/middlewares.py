"""What stands between the spiders and the network: borders, robots.txt, health, redirects, and what is fresh enough to be left alone."""

from __future__ import annotations

import logging
import sys
import zlib
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urljoin, urlsplit

import brotli  # type: ignore[import-untyped]
from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import ProtegoRobotParser, RobotParser
from scrapy.spidermiddlewares.base import BaseSpiderMiddleware

from harvester.keeping import RunKeeper, is_stopping, keeper_of, stop_crawl
from harvester.network import is_local_name, is_private
from normalizers.text.decode import decode
from spiders.explaining import explain, was_cut_by_us
from spiders.factsheet import Limits
from spiders.file_health import diagnose_file
from spiders.harvest import Errand, HarvestSpider
from spiders.health import STOPPING, FetchError, diagnose, looks_like_page
from spiders.items import CaptureKind, Cause

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

LONGEST_CRAWL_DELAY = 120.0
"""Seconds; a robots.txt that asks for more asks not to be crawled."""
ROBOTS_BYTES = 512 * 1024
"""As much of a robots.txt is read; RFC 9309, section 2.5, asks for 500 KiB at least."""
UNREACHED = (Cause.DNS, Cause.TLS, Cause.REFUSED, Cause.CONNECTION, Cause.TIMEOUT, Cause.PRIVATE_ADDRESS)
"""Why no answer of a host came at all."""
LONGEST_URL = 2500
"""Characters of an address that is asked for; PostgreSQL's indexes hold 2,704 bytes."""


class _Middleware:
    """What the downloader middlewares share: the crawler and its spider."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware of a crawler."""
        return cls(crawler)

    @property
    def spider(self) -> HarvestSpider:
        """Return the spider of the crawler."""
        assert isinstance(self.crawler.spider, HarvestSpider)  # noqa: S101 - every spider here is one
        return self.crawler.spider


class BorderMiddleware(_Middleware):
    """Refuses requests that leave the site or lead into a private network; redirects pass here again."""

    def process_request(self, request: Request) -> None:
        """Raise FetchError for a request that must not be made."""
        if len(request.url) > LONGEST_URL:
            raise FetchError(Cause.TOO_LARGE, f"the address has {len(request.url)} characters, more than {LONGEST_URL}")
        check_border(request.url, self.spider)
        if is_stopping(self.crawler):
            raise FetchError(Cause.STOPPED, "the crawl of this site has ended")


def check_border(url: str, spider: HarvestSpider) -> None:
    """Raise FetchError with its cause when ``url`` is not on the site of ``spider``; the base that the caller gave may be private."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        raise FetchError(Cause.OFFSITE, f"{shorten(url)} is no web address")
    if spider.sheet.serves(url):
        return
    if is_private(host) or is_local_name(host):
        raise FetchError(Cause.PRIVATE_ADDRESS, f"{host} is an address of a private network")
    raise FetchError(Cause.OFFSITE, f"{host} is not a host of {spider.site}")


class BudgetMiddleware(_Middleware):
    """Asks for no more pages once the budget of the due run is spent; the files of an article under way still come."""

    def process_request(self, request: Request) -> None:
        """Raise FetchError for what the budget does not allow any more."""
        errand: Errand | None = request.meta.get("errand")
        keeper = keeper_of(self.crawler)
        if errand is None or keeper is None or errand.kind is CaptureKind.ATTACHMENT or not keeper.is_spent:
            return
        keeper.leave(errand)
        raise FetchError(Cause.STOPPED, "the budget of the due run is spent")


class RobotsMiddleware(RobotsTxtMiddleware):
    """Obeys robots.txt (RFC 9309), and does not crawl where it cannot be read.

    404 and 410 allow everything; an error or a page in its stead allows nothing, and a host that is not reached is not asked again.
    ``Crawl-delay`` raises the pace, and one beyond ``LONGEST_CRAWL_DELAY`` forbids the site.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        # Its traceback of a robots.txt that was not had says no more than the failure with its cause that is told anyway.
        logging.getLogger(RobotsTxtMiddleware.__module__).setLevel(logging.CRITICAL)
        self._unreadable: dict[str, str] = {}
        self._unreached: dict[str, tuple[Cause, str]] = {}
        self._too_slow: dict[str, float] = {}

    async def process_request(self, request: Request) -> None:  # type: ignore[override]
        """Raise FetchError where robots.txt forbids the request or cannot be read."""
        if request.meta.get("dont_obey_robotstxt"):
            request.meta.setdefault("download_maxsize", self.spider_limits().page_bytes)
            return
        parser = await self.robot_parser(request)
        host = urlsplit(request.url).netloc
        if unreached := self._unreached.get(host):
            raise FetchError(*unreached)
        if reason := self._unreadable.get(host):
            stop_crawl(self.crawler, Cause.ROBOTS_UNREADABLE)
            raise FetchError(Cause.ROBOTS_UNREADABLE, f"robots.txt of {host} {reason}, so nothing is crawled")
        if asked := self._too_slow.get(host):
            detail = f"robots.txt of {host} asks for {asked:g} s between requests, more than the {LONGEST_CRAWL_DELAY:g} a crawl can wait"
            raise FetchError(Cause.ROBOTS_REFUSED, detail)
        if parser is not None and not parser.allowed(request.url, self._default_useragent):
            raise FetchError(Cause.ROBOTS_REFUSED, f"robots.txt of {host} forbids this address")

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status in (404, 410):
            self._settle(netloc, ProtegoRobotParser(b"", None))
        elif response.status != 200:
            self._refuse(netloc, f"answered with status {response.status}")
        elif looks_like_page(response.body) or response.body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"<", b"{", b"["):
            self._refuse(netloc, "is a page")
        else:
            parser = ProtegoRobotParser(decode(response.body[:ROBOTS_BYTES]).text.encode(), None)
            self._slow_down(parser, request, netloc)
            self._settle(netloc, parser)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        cause, detail = explain(exc)
        if cause in UNREACHED and not was_cut_by_us(exc):
            # The host is the trouble, and it would be with any other address.
            self._unreached[netloc] = (cause, f"robots.txt of {netloc} could not be asked for, so nothing is crawled: {detail}")
            self._settle(netloc, None)
            return
        self._refuse(netloc, f"could not be fetched ({type(exc).__name__})")

    def _refuse(self, netloc: str, reason: str) -> None:
        self._unreadable[netloc] = reason
        self._settle(netloc, None)

    def _settle(self, netloc: str, parser: RobotParser | None) -> None:
        waiting: Any = self._parsers[netloc]
        self._parsers[netloc] = parser
        waiting.callback(parser)

    def _slow_down(self, parser: ProtegoRobotParser, request: Request, netloc: str) -> None:
        asked = parser.rp.crawl_delay(self._default_useragent)
        if asked and asked > LONGEST_CRAWL_DELAY:
            self._too_slow[netloc] = asked
        elif asked and self.crawler.engine:
            _, slot = self.crawler.engine.downloader._get_slot(request)
            slot.delay = max(slot.delay, float(asked))

    def spider_limits(self) -> Limits:
        """Return the limits of the site's fact sheet."""
        spider = self.crawler.spider
        return spider.sheet.limits if isinstance(spider, HarvestSpider) else Limits()


class BoundedCompressionMiddleware(HttpCompressionMiddleware):
    """Unpacks answers as far as the size limit goes, and names the cause where that fails."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """Return the answer unpacked, or raise FetchError for one that is too large or damaged."""
        try:
            return super().process_response(request, response)
        except IgnoreRequest as error:
            raise FetchError(Cause.TOO_LARGE, f"unpacks to more than {request.meta.get('download_maxsize')} bytes") from error
        except (OSError, EOFError, ValueError, zlib.error, brotli.error, zstd.ZstdError) as error:
            raise FetchError(Cause.TRUNCATED, f"cannot be unpacked ({error})") from error


class HealthMiddleware(_Middleware):
    """Turns answers that are not what was asked for into failures with a cause, and stops the site at the first challenge."""

    def process_response(self, request: Request, response: Response) -> Response | Request:
        """Return the answer, a second try for half a page, or raise FetchError."""
        errand: Errand | None = request.meta.get("errand")
        if errand is None or 300 <= response.status < 400:
            return response
        if errand.kind is CaptureKind.ATTACHMENT:
            wrong = diagnose_file(response.status, response.body, errand.suffix)
        else:
            wrong = diagnose(response.status, self.spider.text(response), errand.kind)
        if wrong is None:
            return response
        if wrong.cause is Cause.TRUNCATED and (again := get_retry_request(request, spider=self.spider, reason="truncated")):
            return again
        if wrong.cause in STOPPING:
            stop_crawl(self.crawler, wrong.cause)
        raise wrong

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Name the cause of a name that leads into a private network, before it is tried again as if it were a slip of the network."""
        if isinstance(exception, CannotResolveHostError):
            host = urlsplit(request.url).hostname or ""
            resolver = _resolver()
            if host in getattr(resolver, "refused", {}):
                raise FetchError(Cause.PRIVATE_ADDRESS, f"{host} leads to the private address {resolver.refused[host]}")


def _resolver() -> Any:  # noqa: ANN401 - Twisted has no types
    from twisted.internet import reactor

    return getattr(reactor, "resolver", None)


class CarefulRedirectMiddleware(RedirectMiddleware):
    """Follows redirects within the site only, and takes one to its own address for the challenge it is."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """Return the redirected request, or raise FetchError for one that must not be followed."""
        if response.status in (301, 302, 303, 307, 308) and "Location" in response.headers:
            target = _joined(request.url, (response.headers["Location"] or b"").decode("latin-1"))
            spider = self.crawler.spider
            if "errand" in request.meta and isinstance(spider, HarvestSpider):
                if target == request.url:
                    stop_crawl(self.crawler, Cause.CHALLENGE)
                    raise FetchError(Cause.CHALLENGE, f"answered {response.status} with a redirect to itself")
                check_border(target, spider)
        answer = super().process_response(request, response)
        if isinstance(answer, Request):
            answer.dont_filter = True
        return answer


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise FetchError(Cause.OFFSITE, f"redirects to {shorten(location)}, which is no web address") from error


def shorten(url: str) -> str:
    """Return an address as a sentence can hold it."""
    return url if len(url) <= 120 else f"{url[:119]}…"


class ConditionalMiddleware(_Middleware):
    """Asks for what is stored already only if it changed (RFC 9110, section 13), and puts the archived payload in place of a 304.

    So a spider reads an unchanged list or article as if it had come again; ``meta["answered"]`` keeps the 304 for the pipeline.
    """

    def process_request(self, request: Request) -> None:
        """Add the validators of the last capture of this address."""
        keeper = self._keeper()
        if keeper is None or "errand" not in request.meta or request.method != "GET":
            return
        for name, value in keeper.validators(request.url).items():
            request.headers.setdefault(name, value)

    def process_response(self, request: Request, response: Response) -> Response:
        """Return the archived answer for a 304."""
        keeper = self._keeper()
        if response.status != 304 or keeper is None:
            return response
        archived = keeper.archived(request.url)
        if archived is None:
            return response
        request.meta["answered"] = 304
        # The stored headers, freshened by those of the 304 (RFC 9111, section 4.3.4).
        fresh = {name.decode("latin-1").lower() for name in response.headers}
        headers: dict[str, list[bytes | str]] = {name.decode("latin-1"): list(values) for name, values in response.headers.items()}
        for name, value in archived.headers:
            if name.lower() not in fresh:
                headers.setdefault(name, []).append(value)
        return response.replace(status=200, body=archived.body, headers=headers)

    def _keeper(self) -> RunKeeper[Any] | None:
        return keeper_of(self.crawler)


class FreshnessMiddleware(BaseSpiderMiddleware):
    """Drops requests for documents that are stored and not due, so that a second crawl asks for little more than the lists."""

    def get_processed_request(self, request: Request, response: Response | None) -> Request | None:
        """Return the request, or ``None`` for a document that need not be asked for again."""
        errand: Errand | None = request.meta.get("errand")
        keeper = keeper_of(self.crawler)
        # Only articles: a file is asked for with its article, which waits for it.
        if errand is None or keeper is None or errand.kind is not CaptureKind.ARTICLE:
            return request
        if keeper.wants(errand):
            return request.replace(priority=keeper.priority(errand))
        if isinstance(self.crawler.spider, HarvestSpider):
            self.crawler.spider.left_alone(errand)
        return None
