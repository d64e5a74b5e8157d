"""How fast one person may ask, how much runs at the same time, and how much of what is heavy."""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

from fastapi import HTTPException, Request

from harvester.web.access.limits import Buckets, Rate
from harvester.web.room import RoomSettings

HEAVY_BEGINNINGS = ("/search", "/find", "/sql", "/compare", "/align", "/api/v1/search", "/api/v1/find", "/api/v1/sql", "/api/v1/compare")
HEAVY_ENDS = (".csv", ".xlsx", ".parquet", ".jsonl", ".docx", ".json")
HEAVY_FORMS = frozenset({"csv", "xlsx", "parquet", "jsonl"})
"""What is heavy, by the beginning or end of its address, or the form it asks for."""
LOOK_EVERY = 0.05
PATIENCE = 15.0
"""Seconds to wait for the turn of a heavy request."""
AT_ONCE = 3
"""Requests that are worked on together: the threads of a process share one interpreter, and twenty that all compute take twice as long
for each answer as three, and keep the loop that takes requests in from its work."""
MOMENT = 0.5
"""Seconds for which a request keeps its turn: what takes longer, waiting for the database as a rule, holds nobody up."""


class Pace:
    """Who may go on, and when. Used by one event loop."""

    def __init__(self, settings: RoomSettings) -> None:
        limits = settings.limits
        self._open = settings.open
        self._pages = Buckets(Rate(limits.pages_per_minute // 2 + 1, limits.pages_per_minute))
        self._heavy = Buckets(Rate(limits.heavy_per_minute // 2 + 1, limits.heavy_per_minute))
        self._most = limits.heavy_at_once
        self._each = self._most if self._open else max(1, self._most // 2)
        self._running: Counter[str] = Counter()

    def wait(self, request: Request) -> float:
        """Take a token for a request and return 0, or return the seconds until there is one. Whoever sits at the machine may all."""
        if self._open:
            return 0.0
        who = key_of(request)
        return self._pages.take(who) or (self._heavy.take(who) if is_heavy(request) else 0.0)

    async def enter(self, request: Request) -> Callable[[], None]:
        """Wait for the turn of a heavy request and return what ends it. Raises ``HTTPException`` 503 where it waits too long."""
        if not is_heavy(request):
            return _nothing
        who, until = key_of(request), time.monotonic() + PATIENCE
        while self._running.total() >= self._most or self._running[who] >= self._each:
            if time.monotonic() > until:
                raise HTTPException(503, "Too much that is heavy is under way: wait a little, then ask again.")
            await asyncio.sleep(LOOK_EVERY)
        self._running[who] += 1
        return partial(self._leave, who)

    def _leave(self, who: str) -> None:
        self._running[who] -= 1
        if not self._running[who]:
            del self._running[who]


class Turns:
    """Whose question is worked on now: a few at once, in the order in which they came. Used by one event loop.

    This keeps the processor from being shared too thin for a moment; ``Pace.enter`` limits what is heavy for as long as it runs.
    """

    def __init__(self, at_once: int = AT_ONCE, moment: float = MOMENT) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._moment = moment

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn, and keep it until the block or its moment is over."""
        await self._free.acquire()
        held = [self._free.release]

        def give_back() -> None:
            while held:
                held.pop()()

        over = asyncio.get_running_loop().call_later(self._moment, give_back)
        try:
            yield
        finally:
            over.cancel()
            give_back()


def key_of(request: Request) -> str:
    """Return by whom requests are counted: the account, else the address, of IPv6 its network (one person has all of a /64)."""
    name: str = request.state.person.name
    return f"name {name}" if name else f"address {network_of(request)}"


def network_of(request: Request) -> str:
    """Return the address a request comes from, of IPv6 its /64; empty where there is none."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped
        return str(inner or ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address)


def is_heavy(request: Request) -> bool:
    """Tell whether a request is for what costs much."""
    path = request.url.path
    asked = {request.query_params.get("format", ""), request.query_params.get("form", "")}
    return path.startswith(HEAVY_BEGINNINGS) or path.endswith(HEAVY_ENDS) or bool(asked & HEAVY_FORMS)


def _nothing() -> None:
    pass
