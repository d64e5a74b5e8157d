"""The heartbeat: a dead man's switch elsewhere hears from every worker that its tick went well, and raises the alarm when it hears nothing.

It is the only alarm that works when this machine does not. The address is a secret and stands in no log, error or setting.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Self
from urllib.parse import urlsplit, urlunsplit

from harvester.config import Config, user_agent
from harvester.errors import WrongCall
from harvester.watching.channels import Secrets
from harvester.watching.failing import DeliveryFailed
from harvester.watching.posting import post

log = logging.getLogger(__name__)

EVERY = 300.0
"""Seconds between two pings: what watches over it should wait three times as long."""
TIMEOUT = 10.0
METHODS = ("POST", "GET")
_EVERY, _TIMEOUT = (10, 24 * 3600), (1, 60)
_KEYS = frozenset({"url", "url_env", "url_file", "every", "timeout", "method", "fail"})


def check_form(table: Mapping[str, Any]) -> None:
    """Raise ``WrongCall`` for a table ``[heartbeat]`` that cannot be; its address is not looked for."""
    if unknown := sorted(set(table) - _KEYS):
        raise _wrong(unknown[0], f"[heartbeat] takes {', '.join(sorted(_KEYS))}")
    words = Secrets("heartbeat", table, {}, _wrong)
    if not any(words.word(key) for key in ("url", "url_env", "url_file")):
        raise _wrong("url", "name where it is with url_env or url_file")
    if (words.word("method") or METHODS[0]) not in METHODS:
        raise _wrong("method", f"it must be one of {', '.join(METHODS)}")
    fail = table.get("fail", "/fail")
    if not isinstance(fail, str) or (fail and not _is_end_of_path(fail)):
        raise _wrong("fail", "it must be the end of a path, such as /fail, or empty")
    words.number("every", EVERY, *_EVERY)
    words.number("timeout", TIMEOUT, *_TIMEOUT)


def _is_end_of_path(text: str) -> bool:
    return text.startswith("/") and text.isascii() and text.isprintable() and not set(text) & set(' "<>?#')


class Heartbeat:
    """Pings an address, each time in a thread of its own, so that nobody waits for it. Safe to use from several threads."""

    def __init__(self, url: str, *, every: float, timeout: float, method: str, fail: str, agent: str) -> None:
        self._url, self._every, self._timeout, self._method, self._fail = url, every, timeout, method, fail
        self._agent = agent
        self._lock = threading.Lock()
        self._next = 0.0
        self._well = True
        self._clock: Callable[[], float] = time.monotonic
        self._pinging: threading.Thread | None = None

    @classmethod
    def of(cls, config: Config, environ: Mapping[str, str] | None = None) -> Self | None:
        """Return the heartbeat of the settings, ``None`` where they name none. Raises ``WrongCall`` for a table that cannot be."""
        table = config.heartbeat
        if not table:
            return None
        check_form(table)
        secrets = Secrets("heartbeat", table, os.environ if environ is None else environ, _wrong)
        url = secrets.word("url") or secrets.secret("url")
        secrets.check_url(url)
        every, timeout = secrets.number("every", EVERY, *_EVERY), secrets.number("timeout", TIMEOUT, *_TIMEOUT)
        method, fail = secrets.word("method") or METHODS[0], str(table.get("fail", "/fail"))
        return cls(url, every=every, timeout=timeout, method=method, fail=fail, agent=user_agent(config.contact))

    def beat(self, well: bool) -> None:
        """Ping when it is time, and at once when a tick did not go well or is well again; never raises and never waits."""
        with self._lock:
            if (self._clock() < self._next and well == self._well) or (self._pinging is not None and self._pinging.is_alive()):
                return
            self._next, self._well = self._clock() + self._every, well
            self._pinging = threading.Thread(target=self._safely, args=(well,), name="heartbeat", daemon=True)
            self._pinging.start()

    def _safely(self, well: bool) -> None:
        try:
            self.ping(well)
        except DeliveryFailed as error:
            log.warning("the heartbeat was not taken: %s", error)

    def ping(self, well: bool = True) -> None:
        """Ping now: a failure at the address with ``fail`` behind its path, not at all where that is empty. Raises ``DeliveryFailed``."""
        if not well and not self._fail:
            return
        parts = urlsplit(self._url)
        url = self._url if well else urlunsplit(parts._replace(path=parts.path.rstrip("/") + self._fail))
        headers = {"user-agent": self._agent, "content-type": "text/plain; charset=utf-8"}
        post(url, b"", headers, timeout=self._timeout, method=self._method)


def _wrong(key: str, why: str) -> WrongCall:
    return WrongCall(f"The setting heartbeat cannot have this {key}: {why}; see docs/alerts.md.")
