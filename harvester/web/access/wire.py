"""What happens on a connection before there is a request: who may connect, how many at once, and how long headers may take.

uvicorn waits for headers as long as the other side likes; a few hundred connections that send a letter a minute (Slowloris) would
hold a room shut. Here a connection that brings no whole head in time is closed.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Sequence
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 15.0
"""For the head of a request to arrive, from the first moment of the connection or the first byte behind the request before."""
MOST_CONNECTIONS = 1000
MOST_OF_ONE = 100
"""Connections at once from one address, but of proxies and of this machine."""


def protocol(proxies: Sequence[str], *, head_seconds: float = HEAD_SECONDS, most_of_one: int = MOST_OF_ONE) -> type[H11Protocol]:
    """Return the protocol of a room. Where proxies are named, nobody else may connect: they alone speak TLS for it."""
    trusted = [ipaddress.ip_network(one, strict=False) for one in proxies]

    class Wire(H11Protocol):
        head_timer: asyncio.TimerHandle | None = None

        def connection_made(self, transport: Any) -> None:  # noqa: ANN401 -- asyncio's transports
            super().connection_made(transport)
            if not self._welcome():
                transport.abort()
                return
            self._wait_for_head()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self.conn.their_state is h11.IDLE:
                self._wait_for_head()
            else:
                self._stop_waiting()

        def on_response_complete(self) -> None:
            super().on_response_complete()
            if self.conn.their_state is h11.IDLE and self.conn.trailing_data[0]:  # the next head began before this answer ended
                self._wait_for_head()

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop_waiting()
            super().connection_lost(exc)

        def _welcome(self) -> bool:
            host = _host_of(self)
            if trusted:
                return _within(host, trusted)
            same = [other for other in self.connections if _host_of(other) == host]
            return len(same) <= most_of_one or _within(host, _LOOPBACK)

        def _wait_for_head(self) -> None:
            if self.head_timer is None:
                self.head_timer = self.loop.call_later(head_seconds, self._give_up)

        def _stop_waiting(self) -> None:
            if self.head_timer is not None:
                self.head_timer.cancel()
                self.head_timer = None

        def _give_up(self) -> None:
            self.head_timer = None
            if not self.transport.is_closing() and self.conn.their_state is h11.IDLE:
                self.transport.abort()

    return Wire


def _host_of(connection: object) -> str:
    client = getattr(connection, "client", None)
    return str(client[0]) if client else ""


_LOOPBACK = [ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128")]


def _within(host: str, networks: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    plain = getattr(address, "ipv4_mapped", None) or address
    return any(plain in network for network in networks)
