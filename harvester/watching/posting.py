"""Post one message: TLS verified, no redirect, no proxy, all of it within a time limit, and no more than some of the answer read."""

from __future__ import annotations

import logging
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import urllib3
from urllib3 import exceptions
from urllib3.connection import HTTPConnection, HTTPSConnection

from harvester.watching.failing import DeliveryFailed

MOST = 64 * 1024
"""Bytes of an answer that are read; the robots answer with a hundred."""
LONGEST_WAIT = 24 * 3600.0
"""Seconds: no ``Retry-After`` holds a message back for longer."""
OK, REDIRECT, CLIENT_ERROR, GONE, TOO_MANY, SERVER_ERROR = 200, 300, 400, 410, 429, 500
_STEPS = {
    401: "look whether it has the channel's secret",
    403: "look whether it has the channel's secret",
    404: "look at url of the channel",
    405: "look at url of the channel, which takes no POST",
    GONE: "it wants no more of it; ask whose it is",
    413: "let it take bodies of one MiB",
}
WAITS = ("retry-after", "x-ogw-ratelimit-reset")
"""Headers that say how long to wait: that of RFC 9110, and that of 飞书, in seconds."""

logging.getLogger("urllib3").setLevel(logging.WARNING)  # it logs addresses, and a robot's address is its secret


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a message: ``status`` of HTTP, and the beginning of the body."""

    status: int
    body: bytes


def post(url: str, body: bytes, headers: Mapping[str, str], *, timeout: float, ca_file: Path | None = None, method: str = "POST") -> Answer:
    """Post ``body`` and return the answer, whose status is 2xx. ``timeout``: seconds for everything. Raises ``DeliveryFailed``."""
    parts = urllib3.util.parse_url(url)
    limit = urllib3.Timeout(total=timeout)
    options: dict[str, Any] = {"port": parts.port, "timeout": limit, "retries": False, "maxsize": 1}
    if parts.scheme == "https":
        context = ssl.create_default_context(cafile=ca_file)
        pool: urllib3.HTTPConnectionPool = urllib3.HTTPSConnectionPool(str(parts.host), ssl_context=context, **options)
    else:
        pool = urllib3.HTTPConnectionPool(str(parts.host), **options)
    with deadline(timeout) as guard:
        pool.ConnectionCls = _guarded(parts.scheme == "https", guard)
        try:
            answer = _ask(pool, method, parts.request_uri, body, headers)
        except (exceptions.HTTPError, OSError, ValueError) as error:
            raise _failure(error, late=guard.passed) from None
        finally:
            pool.close()
        if guard.passed:  # cut among the headers: the library takes what came for an answer
            raise _failure(TimeoutError(), late=True)
        return answer


def _ask(pool: urllib3.HTTPConnectionPool, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    response = pool.request(method, path, body=body, headers=dict(headers), redirect=False, preload_content=False, decode_content=False)
    try:
        read = response.read(MOST)
    finally:
        response.close()
    if OK <= response.status < REDIRECT:
        return Answer(response.status, read)
    raise refused(response.status, next((response.headers[name] for name in WAITS if name in response.headers), ""))


def refused(status: int, retry_after: str = "") -> DeliveryFailed:
    """Return what a status other than 2xx says, and what to do."""
    busy = status in (TOO_MANY, 408, 425) or status >= SERVER_ERROR
    if REDIRECT <= status < CLIENT_ERROR:
        step = "a redirect, which is not followed; put the new address into the channel's settings"
    elif busy:
        step = "look at its own log; it is tried again by itself"
    else:
        step = _STEPS.get(status, "look at the channel's settings and at the receiver's log")
    why = f"the receiver answered {status}: {step}."
    return DeliveryFailed(why, retry_after=wait(retry_after) if busy else 0.0, busy=busy, gone=status == GONE)


def wait(retry_after: str) -> float:
    """Return the seconds that a ``Retry-After`` asks for, a number or a date (RFC 9110, 10.2.3); 0 for one that says nothing."""
    text = retry_after.strip()[:40]
    if text.isascii() and text.isdigit():
        return min(float(text), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0.0
    seconds = (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 0.0), LONGEST_WAIT)


def _failure(error: Exception, *, late: bool) -> DeliveryFailed:
    # Words of the library's errors hold the address, and with it a robot's secret: only what kind of error it is may be told.
    if late:
        return DeliveryFailed("the receiver did not answer in time: look whether it runs, or raise timeout of the channel.", busy=True)
    if isinstance(error, exceptions.NameResolutionError | socket.gaierror):
        return DeliveryFailed("the receiver's name is not known: look at url of the channel and at this machine's name servers.", busy=True)
    if isinstance(error, exceptions.NewConnectionError | ConnectionRefusedError):  # before timeouts: the library calls it one of them
        return DeliveryFailed(
            "the receiver cannot be reached: look whether it runs and whether a firewall lets this machine through.", busy=True
        )
    if isinstance(error, exceptions.TimeoutError | TimeoutError):
        return DeliveryFailed("the receiver did not answer in time: look whether it runs, or raise timeout of the channel.", busy=True)
    if isinstance(error, exceptions.SSLError | ssl.SSLError):
        why = "the receiver's certificate is not trusted: mend it, or name the office's own authority in ca_file."
        return DeliveryFailed(why, busy=True)
    return DeliveryFailed("the connection broke before the receiver had answered: look at its own log.", busy=True)


class Guard:
    """Cuts the connections it is given once the time is over: limits on single reads do not end an answer that drips."""

    def __init__(self) -> None:
        self.passed = False
        self._open: list[socket.socket] = []

    def watch(self, connection: socket.socket) -> socket.socket:
        """Cut this connection, too, once the time is over; return it."""
        self._open.append(connection.dup())  # TLS takes the socket over, and a copy still leads to the connection
        if self.passed:
            self.cut()
        return connection

    def cut(self) -> None:
        """The time is over."""
        self.passed = True
        for connection in self._open:
            with suppress(OSError):  # it is closed already
                connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of the connections."""
        for connection in self._open:
            connection.close()


@contextmanager
def deadline(seconds: float) -> Iterator[Guard]:
    """Give a guard that cuts its connections when so many seconds have passed."""
    guard = Guard()
    timer = threading.Timer(seconds, guard.cut)
    timer.daemon = True
    timer.start()
    try:
        yield guard
    finally:
        timer.cancel()
        guard.close()


def _guarded(secure: bool, guard: Guard) -> type[HTTPConnection]:
    base: Any = HTTPSConnection if secure else HTTPConnection

    class Guarded(base):  # type: ignore[misc]
        def _new_conn(self) -> socket.socket:
            return guard.watch(super()._new_conn())

    return Guarded
