"""How a process is asked to end: SIGTERM and SIGINT set an event, from a thread of its own.

A signal's handler runs in the midst of whatever the main thread does, and that may be the event's own ``wait``, whose lock ``set``
takes: set by the handler itself, such a process would now and then stand still instead of ending.
"""

from __future__ import annotations

import signal
import sys
import threading
from queue import SimpleQueue
from types import FrameType


def end_by_signals(stop: threading.Event, at_once: str = "") -> None:
    """Set an event at SIGTERM and SIGINT; a second Ctrl-C says ``at_once`` and ends the program as ever.

    To be called from the main thread, as ``signal.signal`` is.
    """
    asked: SimpleQueue[int] = SimpleQueue()  # of the queues the one whose ``put`` a handler may call

    def told(number: int, _frame: FrameType | None) -> None:
        if stop.is_set() and number == signal.SIGINT:
            if at_once:
                print(at_once, file=sys.stderr)
            sys.exit(130)
        asked.put(number)

    def pass_on() -> None:
        asked.get()
        stop.set()

    threading.Thread(target=pass_on, name="endings", daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, told)
