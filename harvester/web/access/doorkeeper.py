"""How often a password may be tried: few times from one place under one name, and slower and slower after that.

Nobody is locked out by a stranger: what is counted for a name is counted for each network apart, and a place from which the name was
right before is not held up by what others try (OWASP Authentication Cheat Sheet; NIST SP 800-63B-4 §3.2.2, at most 100 failures).
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from harvester.web.access.limits import Buckets, Rate

OF_ONE_NAME_AND_PLACE = Rate(5, 1)
OF_ONE_PLACE = Rate(30, 6)
OF_ONE_NAME = Rate(100, 1)
OF_EVERYBODY = Rate(120, 60)
"""Failures. Who was right gets the token back."""
MOST_KNOWN = 10_000


class Doorkeeper:
    """Who may try now. Safe to use from several threads; what it remembers is lost with the process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._pairs, self._places, self._names, self._all = (
            Buckets(rate, clock=clock) for rate in (OF_ONE_NAME_AND_PLACE, OF_ONE_PLACE, OF_ONE_NAME, OF_EVERYBODY)
        )
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, name: str, place: str) -> float:
        """Take one try and return 0, or return how many seconds to wait for the next; then nothing is taken."""
        taken: list[tuple[Buckets, object]] = []
        for buckets, key in self._asked(name, place):
            if wait := buckets.take(key):
                for other, before in taken:
                    other.give_back(before)
                return wait
            taken.append((buckets, key))
        return 0.0

    def right(self, name: str, place: str) -> None:
        """Note that the password was right."""
        for buckets, key in self._asked(name, place):
            buckets.give_back(key)
        with self._lock:
            self._known[name, place] = None
            self._known.move_to_end((name, place))
            while len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)

    def _asked(self, name: str, place: str) -> list[tuple[Buckets, object]]:
        own: list[tuple[Buckets, object]] = [(self._pairs, (name, place)), (self._places, place)]
        with self._lock:
            known = (name, place) in self._known
        return own if known else [*own, (self._names, name), (self._all, "")]
