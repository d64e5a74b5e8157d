"""Runs a record spider against real servers, one request after the other, with the checks of health that a crawl has."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Iterator
from http.client import IncompleteRead
from itertools import count
from urllib.error import HTTPError
from urllib.request import Request as Call
from urllib.request import urlopen

from scrapy import Request
from scrapy.exceptions import ResponseDataLossError
from scrapy.http import Response, TextResponse
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader
from scrapy.spidermiddlewares.httperror import HttpError
from scrapy.utils.test import get_crawler
from twisted.python.failure import Failure as TwistedFailure

from normalizers.text.decode import decode
from spiders.health import diagnose
from spiders.record_base import RecordSpider

LOADER = SpiderLoader.from_settings(Settings({"SPIDER_MODULES": ["spiders"]}))


def record_spider(site: str, settings: dict[str, object] | None = None, **arguments: str) -> RecordSpider:
    """Return the spider of a record site."""
    return get_crawler(LOADER.load(site), settings or {})._create_spider(**arguments)


def first_requests(spider: RecordSpider) -> list[Request]:
    """Return what the spider asks for first."""

    async def gather() -> list[Request]:
        return [request async for request in spider.start()]

    return asyncio.run(gather())


def reply(request: Request, body: str | bytes, content_type: str = "text/html; charset=utf-8") -> list[object]:
    """Return what the spider makes of an answer to its request."""
    data = body.encode() if isinstance(body, str) else body
    response = TextResponse(request.url, headers={"Content-Type": content_type}, body=data, request=request)
    return list(request.callback(response, **request.cb_kwargs))


def refuse(request: Request, error: Exception) -> list[object]:
    """Return what the spider makes of a request that failed."""
    failure = TwistedFailure(error)
    failure.request = request
    return list(request.errback(failure))


def run(spider: RecordSpider, most: int = 2000) -> list[object]:
    """Follow every request of the spider, lists first, and return what it handed on."""
    number, items = count(), []
    waiting = [(-request.priority, next(number), request) for request in first_requests(spider)]
    heapq.heapify(waiting)
    while waiting and next(number) < most * 10:
        for output in _answered(heapq.heappop(waiting)[2]):
            if isinstance(output, Request):
                heapq.heappush(waiting, (-output.priority, next(number), output))
            else:
                items.append(output)
    return items


def _answered(request: Request) -> Iterator[object]:
    try:
        response = _fetch(request)
    except IncompleteRead:
        yield from refuse(request, ResponseDataLossError())
        return
    wrong = diagnose(response.status, decode(response.body, markup=True).text, request.meta["errand"].kind)
    if wrong is None and response.status == 200:
        yield from request.callback(response, **request.cb_kwargs)
    else:
        yield from refuse(request, wrong or HttpError(response))


def _fetch(request: Request) -> Response:
    headers = {name.decode(): values[0].decode() for name, values in request.headers.items()}
    call = Call(request.url, data=request.body or None, method=request.method, headers=headers)  # noqa: S310 - a local replica
    try:
        with urlopen(call, timeout=30) as answer:  # noqa: S310
            return TextResponse(request.url, status=answer.status, headers=dict(answer.headers), body=answer.read(), request=request)
    except HTTPError as error:
        return TextResponse(request.url, status=error.code, body=error.read(), request=request)
