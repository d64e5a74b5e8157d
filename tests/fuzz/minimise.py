"""Make a found input smaller while the same reader meets the same error at the same place."""

from __future__ import annotations

import time

from tests.fuzz.children import Find, tried
from tests.fuzz.target import Target

SECONDS = 4.0


def minimised(target: Target, data: bytes, find: Find, seconds: float = SECONDS) -> bytes:
    """Return a piece of an input that still does what it did: halves, quarters and smaller pieces are left out as long as there is time.

    It runs here and not in a child, and so only for errors that are raised.
    """
    until = time.monotonic() + seconds
    size = len(data) // 2
    while size and time.monotonic() < until:
        at = 0
        while at < len(data) and time.monotonic() < until:
            shorter = data[:at] + data[at + size :]
            again = tried(target, shorter)
            if again is not None and again.signature == find.signature:
                data = shorter
            else:
                at += size
        size //= 2
    return data
