"""Run a crawl in a process of its own: Twisted's reactor runs once in a process, and a scheduler or a test crawls many times."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

T = TypeVar("T")
SPAWN = multiprocessing.get_context("spawn")
GRACE = 15.0
"""Seconds that a child which is told to stop has for it."""


class ChildEnded(RuntimeError):  # noqa: N818 -- what happened, in the words of the one who reads it
    """The child ended, or was ended, before it had a result."""


def reactor_spent() -> bool:
    """Tell whether this process cannot start a reactor any more: it ran one, or runs one now."""
    reactor = sys.modules.get("twisted.internet.reactor")
    return reactor is not None and bool(getattr(reactor, "_started", False) or getattr(reactor, "_startedBefore", False))


def run(
    work: Callable[..., T],
    *arguments: Any,  # noqa: ANN401 - whatever work takes
    progress: Callable[..., None] | None = None,
    context: SpawnContext | ForkServerContext = SPAWN,
    stop: threading.Event | None = None,
) -> T:
    """Return what ``work`` returns in a child process; its exceptions are raised here. ``progress`` is told what the child tells its own.

    The child ends when this process does, however it does. ``context`` says how the child is begun. With ``stop`` the child is out of
    reach of the terminal's Ctrl-C; once it is set, the child gets SIGTERM and ``GRACE`` seconds. Raises ChildEnded for a child that ended
    without a result.
    """
    here, there = context.Pipe()
    child = context.Process(target=_child, args=(there, work, arguments, progress is not None, stop is not None))
    child.start()
    there.close()
    if stop is not None:
        threading.Thread(target=_end_on, args=(stop, child), daemon=True).start()
    try:
        result: T = _listen(here, progress)
        return result
    finally:
        here.close()
        child.join(30)
        if child.is_alive():
            child.terminate()


def _listen(here: Connection, progress: Callable[..., None] | None) -> Any:  # noqa: ANN401 - what the work returns
    while True:
        try:
            kind, value = here.recv()
        except EOFError:
            raise ChildEnded("the crawl's process ended without a result; see its log") from None
        if kind == "progress" and progress:
            progress(*value)
        elif kind == "error":
            raise value
        elif kind == "result":
            return value


def _end_on(stop: threading.Event, child: BaseProcess) -> None:
    while child.is_alive():
        if stop.wait(0.2):
            child.terminate()
            until = time.monotonic() + GRACE
            while child.is_alive() and time.monotonic() < until:
                time.sleep(0.1)
            child.kill()
            return


def _child(there: Connection, work: Callable[..., Any], arguments: tuple[Any, ...], told: bool, alone: bool) -> None:
    if alone:
        os.setpgid(0, 0)
    threading.Thread(target=_end_with_parent, daemon=True).start()

    def progress(*value: Any) -> None:  # noqa: ANN401 - passed on
        there.send(("progress", value))

    try:
        there.send(("result", work(*arguments, progress=progress) if told else work(*arguments)))
    except Exception as error:  # noqa: BLE001 - the boundary of the process: the parent raises it
        there.send(("error", error))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)
