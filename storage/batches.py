"""Long lists of values in statements, some at a time: both databases bound how many a statement takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
BATCH = 500


def batches(values: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """Yield the distinct values in lists of at most ``size``, in their order."""
    rest = iter(dict.fromkeys(values))
    while some := list(islice(rest, size)):
        yield some
