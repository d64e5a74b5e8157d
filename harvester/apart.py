"""Run a crawl in a process of its own: Twisted's reactor runs once in a process, and a scheduler or a test crawls many times."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, SpawnContext
from typing import Any, TypeVar

T = TypeVar("T")
SPAWN = multiprocessing.get_context("spawn")


def reactor_spent() -> bool:
    """Tell whether this process cannot start a reactor any more: it ran one, or runs one now."""
    reactor = sys.modules.get("twisted.internet.reactor")
    return reactor is not None and bool(getattr(reactor, "_started", False) or getattr(reactor, "_startedBefore", False))


def run(
    work: Callable[..., T],
    *arguments: Any,  # noqa: ANN401 - whatever work takes
    progress: Callable[..., None] | None = None,
    context: SpawnContext | ForkServerContext = SPAWN,
) -> T:
    """Return what ``work`` returns in a child process; its exceptions are raised here. ``progress`` is told what the child tells its own.

    The child ends when this process does, however it does. ``context`` says how the child is begun.
    """
    here, there = context.Pipe()
    child = context.Process(target=_child, args=(there, work, arguments, progress is not None))
    child.start()
    there.close()
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
            raise RuntimeError("the crawl's process ended without a result; see its log") from None
        if kind == "progress" and progress:
            progress(*value)
        elif kind == "error":
            raise value
        elif kind == "result":
            return value


def _child(there: Connection, work: Callable[..., Any], arguments: tuple[Any, ...], told: bool) -> None:
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
