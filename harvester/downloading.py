"""The download handler: Scrapy's own, that reads no more than so much of an answer's head.

Scrapy bounds bodies; nothing bounds the header lines of an answer, and a server that sends them for ever fills the memory until the
time-out, some gigabytes later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler, _LenientHTTP11ClientFactory, _LenientHTTP11ClientProtocol
from twisted.web._newclient import BODY

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IAddress
    from twisted.web.iweb import IResponse

LONGEST_HEAD = 256 * 1024
"""Bytes of status and header lines; browsers stop at the same (Chromium: 256 KiB)."""


class BoundedProtocol(_LenientHTTP11ClientProtocol):
    """Ends a connection on which the head of an answer does not end."""

    _head = 0

    def request(self, request: Any) -> Deferred[IResponse]:  # noqa: ANN401 - a request of Twisted's
        """Send a request and begin to count anew."""
        self._head = 0
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        """Take what came, unless the head has grown beyond measure."""
        parser: Any = self._parser
        if parser is not None and parser.state != BODY:
            self._head += len(data)
            if self._head > LONGEST_HEAD and self.transport is not None:
                self.transport.abortConnection()
                return
        super().dataReceived(data)  # type: ignore[no-untyped-call]


class BoundedFactory(_LenientHTTP11ClientFactory):
    """Makes the protocol above."""

    def buildProtocol(self, addr: IAddress | None) -> BoundedProtocol:  # noqa: N802 - Twisted's name
        """Return the protocol of a new connection."""
        return BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class BoundedDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's handler for http and https with the protocol above."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = BoundedFactory
