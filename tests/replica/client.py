"""A plain HTTP client and readers that know nothing of the spiders."""

from __future__ import annotations

import http.client
from typing import NamedTuple
from urllib.parse import urlsplit

from parsel import Selector


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    def text(self, charset: str = "utf-8") -> str:
        return self.body.decode(charset)

    def page(self, charset: str = "utf-8") -> Selector:
        return Selector(self.text(charset))


def ask(url: str, method: str = "GET", body: str | None = None, headers: dict[str, str] | None = None) -> Reply:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=15)
    try:
        connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body, headers or {})
        response = connection.getresponse()
        return Reply(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
    finally:
        connection.close()
