"""Judge a whole store again, when a newer program judges otherwise than the one that wrote it."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, select

from storage import pairing, works
from storage.schema import documents
from storage.store import Store
from storage.works import Occasion

BATCH = 50
"""Documents judged in one transaction: others may write between two."""


def judge_all(store: Store, *, progress: Callable[[int, int], None] | None = None) -> int:
    """Judge every document again, and return how many ties of works and links changed; rows of the feed have the cause ``reading``.

    It may be stopped at any time and run again: what was judged is kept.
    """
    d = documents.c
    done, changed, last = 0, 0, ""
    with store.reading() as connection:
        total = int(connection.execute(select(func.count()).select_from(documents)).scalar_one())
    while True:
        with store.writing() as connection:
            some = list(connection.execute(select(d.id).where(d.id > last).order_by(d.id).limit(BATCH)).scalars())
            stirred = {name for document in some for name in pairing.index(connection, document).stirred}
            if some:
                changed += len(works.judge_again(connection, {*some, *stirred}, Occasion("reading")))
        if not some:
            return changed
        done, last = done + len(some), some[-1]
        if progress:
            progress(done, total)
