"""Clients of a web server who keep their connections: each asks, reads the whole answer, and asks the next at once.

python -m benchmarks.clients        a task (``Asking``) as JSON on standard input, what came of it (``Answered``) as JSON on standard output

A process of its own, so that server and clients do not share an interpreter; it reads no more of HTTP than it must (RFC 9112: a status,
a length, a body), so that it stays far quicker than any server it asks. What it used of a processor is told, to be held against that.
"""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import cycle

_STATUS = slice(9, 12)
_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)\r\n", re.IGNORECASE)
LONGEST = 60.0
"""Seconds that one answer may take."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked: ``paths`` by turns, by so many clients, for so many seconds.

    When the time is over nobody asks again, and every answer under way is waited for: a server that is left has nothing more to do.
    """

    port: int
    paths: list[str]
    clients: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of it.

    ``answers`` in the ``seconds`` until the last was whole, with how many of each status and the mean of their ``bytes``; the milliseconds
    below which half of them took and 95 of 100; ``processor`` is the share of one processor that the clients used.
    """

    answers: int
    seconds: float
    statuses: dict[str, int]
    bytes: float
    median: float
    p95: float
    processor: float

    @property
    def each(self) -> float:
        """Seconds from one answer to the next: the rate upside down."""
        return self.seconds / self.answers

    @property
    def wrong(self) -> int:
        """How many answers were no 200."""
        return self.answers - self.statuses.get("200", 0)


@dataclass(slots=True)
class Noted:
    """What all clients note: how long answers took, how many bytes and which status they had."""

    took: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)


class Client(asyncio.Protocol):
    """One connection. ``requests`` gives the next request until the moment ``until``; ``done`` is set behind the last answer."""

    def __init__(self, requests: Iterator[bytes], until: float, noted: Noted) -> None:
        self._requests, self._until, self._noted = requests, until, noted
        self._buffer = bytearray()
        self._whole, self._begun = 0, 0.0
        self._transport: asyncio.Transport | None = None
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask the first time."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        """Take what came; behind the end of an answer ask again."""
        self._buffer += data
        if not self._whole:
            behind = self._buffer.find(b"\r\n\r\n") + 4
            if behind < 4:
                return
            found = _LENGTH.search(self._buffer, 0, behind)
            if found is None:
                raise SystemExit(f"clients: an answer without a length: {bytes(self._buffer[:behind])!r}")
            self._whole = behind + int(found[1])
        if len(self._buffer) >= self._whole:
            self._note()

    def connection_lost(self, error: Exception | None) -> None:
        """Count a connection that the server ended: nobody here does before the end."""
        if not self.done.done():
            self._noted.statuses["lost"] += 1
            self.done.set_result(None)

    def _note(self) -> None:
        now = time.perf_counter()
        self._noted.took.append(now - self._begun)
        self._noted.sizes.append(len(self._buffer))
        self._noted.statuses[self._buffer[_STATUS].decode()] += 1
        if now < self._until:
            self._ask()
        else:
            self.done.set_result(None)

    def _ask(self) -> None:
        self._buffer.clear()
        self._whole, self._begun = 0, time.perf_counter()
        assert self._transport is not None
        self._transport.write(next(self._requests))


async def ask(asking: Asking) -> Answered:
    """Ask for the time that is given."""
    head = f"\r\nHost: 127.0.0.1:{asking.port}\r\n\r\n"
    requests = cycle([f"GET {path} HTTP/1.1{head}".encode("ascii") for path in asking.paths])
    noted, loop = Noted(), asyncio.get_running_loop()
    begun, used = time.perf_counter(), time.process_time()
    until = begun + asking.seconds
    made = [loop.create_connection(lambda: Client(requests, until, noted), "127.0.0.1", asking.port) for _ in range(asking.clients)]
    clients = [client for _, client in await asyncio.gather(*made)]
    await asyncio.wait_for(asyncio.gather(*(client.done for client in clients)), asking.seconds + LONGEST)
    seconds, used = time.perf_counter() - begun, time.process_time() - used
    in_order = sorted(noted.took)
    half, late = (in_order[min(len(in_order) - 1, int(len(in_order) * share))] * 1000 for share in (0.5, 0.95))
    length = sum(noted.sizes) / len(noted.sizes)
    return Answered(len(in_order), seconds, dict(noted.statuses), length, half, late, used / seconds)


def asked(asking: Asking) -> Answered:
    """Let a process of its own ask."""
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.clients"],
        input=json.dumps(asdict(asking)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=asking.seconds + LONGEST + 30,
    )
    return Answered(**json.loads(run.stdout))


def main() -> None:
    """Ask what standard input says."""
    print(json.dumps(asdict(asyncio.run(ask(Asking(**json.load(sys.stdin)))))))


if __name__ == "__main__":
    main()
