"""Keep items, bodies and the words of exceptions out of Scrapy's log messages; ``harvester.log_masking`` masks every line besides."""

from __future__ import annotations

import logging
from typing import Self

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure

from harvester.log_masking import install


class PrivateLogFormatter(LogFormatter):
    """Scrapy's log messages without items, bodies and the words of exceptions (setting ``LOG_FORMATTER``)."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the formatter of a crawl, and see to it that every log record of this process is masked."""
        install()
        return cls()

    def scraped(self, item: object, response: Response | Failure | None, spider: Spider) -> LogFormatterResult:
        """Tell where an item came from, and only its class."""
        place = response.url if isinstance(response, Response) else "the spider"
        return _message(logging.DEBUG, "Scraped a %(kind)s from %(place)s", kind=type(item).__name__, place=place)

    def dropped(self, item: object, exception: BaseException, response: Response | Failure | None, spider: Spider) -> LogFormatterResult:
        """Tell that an item was dropped, and by which exception."""
        return _message(logging.WARNING, "Dropped a %(kind)s: %(cause)s", kind=type(item).__name__, cause=type(exception).__name__)

    def item_error(self, item: object, exception: BaseException, response: Response | Failure | None, spider: Spider) -> LogFormatterResult:
        """Tell that a pipeline failed on an item."""
        return _message(logging.ERROR, "Error processing a %(kind)s: %(cause)s", kind=type(item).__name__, cause=type(exception).__name__)

    def spider_error(self, failure: Failure, request: Request, response: Response | Failure, spider: Spider) -> LogFormatterResult:
        """Tell which request's answer a spider could not read."""
        return _message(logging.ERROR, "Spider error processing %(request)s: %(cause)s", request=str(request), cause=_class(failure))

    def download_error(self, failure: Failure, request: Request, spider: Spider, errmsg: str | None = None) -> LogFormatterResult:
        """Tell which request failed."""
        return _message(logging.ERROR, "Error downloading %(request)s: %(cause)s", request=str(request), cause=_class(failure))


def _message(level: int, message: str, **arguments: str) -> LogFormatterResult:
    return {"level": level, "msg": message, "args": arguments}


def _class(failure: Failure) -> str:
    return failure.type.__name__ if failure.type else "Failure"
