"""No request into a private network: names are looked up here and addresses judged before a connection is made.

Public sites link to hosts of their own intranets, and a redirect may lead anywhere. Only a base that the caller gave may be private.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings
    from twisted.internet.base import ReactorBase

_SHARED = ipaddress.ip_network("100.64.0.0/10")
"""Carrier-grade NAT (RFC 6598): not public either, though ``is_private`` says nothing of it."""


_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""Addresses that a gateway turns into the IPv4 address they end in (RFC 6052)."""
_OLD = tuple(map(ipaddress.IPv6Network, ("::/96", "::ffff:0:0:0/96", "64:ff9b:1::/48", "fec0::/10")))
"""IPv4 in older dresses (RFC 4291, 2.5.5.1; RFC 2765), gateways and sites of one's own (RFC 8215, 3879): ``is_global`` lets them pass."""


class PrivateAddressError(DNSLookupError):
    """A name or address that leads into a private network; to Twisted a failed look-up, of which it logs no traceback."""


def is_private(address: str) -> bool:
    """Tell whether an IP address is not one of the public internet; a text that is no address is not."""
    try:
        ip = ipaddress.ip_address(address.strip("[]"))
    except ValueError:
        return _looks_numeric(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if any(ip in network for network in _OLD):
            return True
        ip = _within(ip) or ip
    return not ip.is_global or ip.is_multicast or (ip.version == 4 and ip in _SHARED)


def _within(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address to which an IPv6 address leads, if it is one of those."""
    if ip in _TRANSLATED:
        return ipaddress.IPv4Address(ip.packed[-4:])
    return ip.ipv4_mapped or ip.sixtofour


def _looks_numeric(host: str) -> bool:
    """Tell whether a host is a number in another dress (0x7f.1, 2130706433), which libraries read as an address."""
    parts = host.lower().split(".")
    return bool(host) and all(part.isdecimal() or (part.startswith("0x") and part[2:].isalnum()) for part in parts if part)


def is_local_name(host: str) -> bool:
    """Tell whether a name is one of the machine itself or of a local network (RFC 6761, RFC 6762)."""
    name = host.removesuffix(".")  # the root's dot, which a name server does not mind
    return name == "localhost" or name.endswith((".localhost", ".local", ".internal", ".lan")) or "." not in name


def given_hosts(settings: BaseSettings) -> frozenset[str]:
    """Return the hosts of the bases that the caller gave."""
    return frozenset(host for base in settings.getdict("HARVESTER_BASES").values() if (host := urlsplit(str(base)).hostname))


class GuardedResolver(CachingThreadedResolver):
    """Scrapy's resolver that refuses names leading into private networks, unless they are the host of a given base."""

    def __init__(self, reactor: ReactorBase, cache_size: int, timeout: float, given: frozenset[str]) -> None:
        super().__init__(reactor, cache_size, timeout)
        self.given = given
        self.refused: dict[str, str] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        """Return the resolver for the process."""
        settings = crawler.settings
        size = settings.getint("DNSCACHE_SIZE") if settings.getbool("DNSCACHE_ENABLED") else 0
        return cls(reactor, size, settings.getfloat("DNS_TIMEOUT"), given_hosts(settings))

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:  # noqa: N802 - Twisted's name
        """Return the address of a name; fails with PrivateAddressError for one that must not be asked."""
        found = super().getHostByName(name, timeout)
        if name not in self.given:
            found.addCallback(self._judge, name)
        return found

    def _judge(self, address: str, name: str) -> str:
        if is_private(address):
            self.refused[name] = address
            raise PrivateAddressError(f"{name} leads to the private address {address}")
        self.refused.pop(name, None)  # a name may change its answer, and a later failure has a cause of its own
        return address
