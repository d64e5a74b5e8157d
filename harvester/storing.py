"""Write what a crawl keeps in a thread beside its loop, so that pages are fetched and read while others go to the archive and the store.

What is given comes to the store in its order, whatever the number of sites that are crawled side by side: a second writer would only wait
for the first one's lock.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")

_WRITER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")


async def stored(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return what ``work`` returns, done in the thread that writes; raises what it raises."""
    return await asyncio.get_running_loop().run_in_executor(_WRITER, partial(work, *args, **kwargs))


def give(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
    """Give the thread that writes something to do that nobody waits for now."""
    return _WRITER.submit(work, *args, **kwargs)


def settle() -> None:
    """Wait until all that was given is done: a run ends, and its store is closed, after its last write."""
    give(int).result()
