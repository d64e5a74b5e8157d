"""What was handed on and waits for its turn in the store: documents are read meanwhile, and those that are read are kept together.

Who fetches faster than one document after the other can be stored would else wait for each of them three times: for its reading, for its
flush to the disk, and for its transaction.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Any, Generic, TypeVar

READ_AHEAD = 16
"""Documents that may be read before their turn: what waits in memory does not grow with the site."""
TOGETHER = 8
"""Documents that are kept together at most: nobody else writes to the store in the fifth of a second that takes."""

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class Waiting(Generic[T]):
    """One item; ``reading`` is begun for a document, ``done`` tells that it was kept with one before it, or why it was not."""

    item: object
    reading: asyncio.Task[T] | None = None
    has_room: bool = False
    done: bool = False
    error: Exception | None = None


class Queue(Generic[T]):
    """The items of one crawl that wait, in the order in which they are kept."""

    def __init__(self) -> None:
        self._waiting: deque[Waiting[T]] = deque()
        self._room = asyncio.Semaphore(READ_AHEAD)

    def enter(self, item: object, read: Callable[[], Coroutine[Any, Any, T]] | None) -> Waiting[T]:
        """Take an item; ``read`` begins as soon as there is room, in the order of the items."""
        waiting = Waiting[T](item)
        if read:
            waiting.reading = asyncio.ensure_future(self._read(waiting, read))
        self._waiting.append(waiting)
        return waiting

    async def _read(self, waiting: Waiting[T], read: Callable[[], Coroutine[Any, Any, T]]) -> T:
        await self._room.acquire()
        waiting.has_room = True
        return await read()

    def leave(self, waiting: Waiting[T]) -> None:
        """Give up the place of an item that was kept, or never will be."""
        self._waiting.remove(waiting)
        if waiting.reading:
            waiting.reading.cancel()  # of one that is done, too: asyncio then tells of no error that nobody asked it for
        if waiting.has_room:
            self._room.release()

    def of(self, item: object) -> Waiting[T]:
        """Return the place of an item."""
        return next(each for each in self._waiting if each.item is item)

    async def read_with(self, first: Waiting[T]) -> list[Waiting[T]]:
        """Wait until a document is read, and return it with those right behind it that are read by then, too."""
        assert first.reading  # noqa: S101 - a document
        await asyncio.wait([first.reading])
        place = self._waiting.index(first)
        behind = islice(self._waiting, place + 1, place + TOGETHER)
        return [first, *takewhile(lambda each: each.reading is not None and each.reading.done(), behind)]
