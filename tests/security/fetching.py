"""A crawl of bare addresses through the network settings of the harvester, or through Scrapy's own: what is reached, and what is refused.

Only resolver, download handler and certificates are of interest: borders, robots.txt and pace stand before them and are left out here, so
that nothing but the last line of defence is tested.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings

_BARE: dict[str, Any] = {
    "LOG_ENABLED": False, "ROBOTSTXT_OBEY": False, "RETRY_ENABLED": False, "DOWNLOAD_DELAY": 0, "DNSCACHE_ENABLED": False,
    "DNS_TIMEOUT": 5, "DOWNLOAD_TIMEOUT": 5, "TELNETCONSOLE_ENABLED": False, "HTTPPROXY_ENABLED": False, "CONCURRENT_REQUESTS": 1,
}  # fmt: skip
_KEPT = ("TWISTED_DNS_RESOLVER", "DOWNLOAD_HANDLERS", "DOWNLOAD_VERIFY_CERTIFICATES")


def fetch(addresses: list[str], *, guarded: bool, base: str = "") -> list[str]:
    """Ask for addresses one after the other; return ``answered`` or the name of the error for each. Once a process.

    The host of ``base`` may be private.
    """
    told: list[str] = []

    class Asking(Spider):
        name = "asking"

        async def start(self) -> AsyncIterator[Any]:
            yield self._next(0)

        def _next(self, number: int) -> Request:
            return Request(addresses[number], self.came, errback=self.failed, dont_filter=True, meta={"number": number})

        def came(self, response: Response) -> Any:
            told.append("answered")
            number = response.meta["number"]
            return self._next(number + 1) if number + 1 < len(addresses) else None

        def failed(self, failure: Any) -> Any:
            told.append(failure.type.__name__)
            number = failure.request.meta["number"]
            return self._next(number + 1) if number + 1 < len(addresses) else None

    ours = Settings()
    ours.setmodule("harvester.settings")
    given = {"HARVESTER_BASES": {"asked": base}} if base else {}
    process = CrawlerProcess(_BARE | given | ({name: ours[name] for name in _KEPT} if guarded else {}))
    process.crawl(Asking)
    process.start()
    return told


def main() -> None:
    """Print what became of each address, as JSON."""
    print(json.dumps(fetch(sys.argv[2:], guarded=sys.argv[1] == "guarded", base=sys.argv[2])))


if __name__ == "__main__":
    main()
