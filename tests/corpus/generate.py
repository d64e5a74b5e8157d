"""Tables made with a seed from own word lists: wide and long ones, whose labels are known because they are made with them."""

from __future__ import annotations

from functools import cache

from tests.corpus.paper import Paper


@cache
def generated() -> tuple[Paper, ...]:
    """Return the generated documents."""
    return ()
