"""Comparisons of stored versions that were made before: a cache, which may be emptied at any time.

What is kept is known by the hashes of what was compared and of what reads it, so nothing in it is ever out of date. Of documents that
their publisher withdrew nothing is kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update

from storage.change_schema import comparisons
from storage.row_writing import upsert
from storage.schema import documents
from storage.store import Store
from storage.types import to_json

KEPT = 200
"""Comparisons that are kept at most: those asked for last."""
LARGEST = 4 << 20
"""Characters of JSON of the largest one kept; a larger one is made anew, which its texts take longer to read than to compare."""
TOUCHED = timedelta(hours=1)
"""How long a comparison counts as just used, so that looking at it does not write each time."""

Key = tuple[str, str, str]
"""Hashes in hex, 64 digits each: of the old version, of the new one, of the reader."""


def kept(store: Store, key: Key, at: datetime) -> Any:  # noqa: ANN401 -- JSON
    """Return the comparison kept under a key, ``None`` where there is none, and note that it was used."""
    with store.reading() as connection:
        row = connection.execute(select(comparisons.c.result, comparisons.c.used_at).where(*_is(key))).one_or_none()
    if row is not None and at - row.used_at > TOUCHED:
        with store.writing(told=False) as connection:
            connection.execute(update(comparisons).where(*_is(key)).values(used_at=at))
    return row.result if row is not None else None


def keep(store: Store, key: Key, result: Any, at: datetime) -> bool:  # noqa: ANN401 -- JSON
    """Keep a comparison under its key, drop those that were not used for longest, and return whether it was small enough to keep."""
    if len(to_json(result)) > LARGEST:
        return False
    c = comparisons.c
    row = dict(zip(("old_hash", "new_hash", "reader"), key, strict=True)) | {"result": result, "used_at": at}
    with store.writing(told=False) as connection:
        upsert(connection, comparisons, [row])  # two readers may ask for one at the same moment
        overdue = select(c.used_at).order_by(c.used_at.desc()).offset(KEPT).limit(1).scalar_subquery()
        connection.execute(delete(comparisons).where(c.used_at <= overdue))
    return True


def forget(store: Store, hashes: Iterable[str]) -> int:
    """Drop every comparison of a version with one of these hashes and return how many there were."""
    c, gone = comparisons.c, sorted(set(hashes))
    with store.reading() as connection:
        found = connection.execute(select(c.old_hash).where(or_(c.old_hash.in_(gone), c.new_hash.in_(gone)))).all()
    if found:
        with store.writing(told=False) as connection:
            connection.execute(delete(comparisons).where(or_(c.old_hash.in_(gone), c.new_hash.in_(gone))))
    return len(found)


def withdrawn(store: Store, document: str) -> bool:
    """Tell whether a document was withdrawn by its publisher, so that nothing of it may be kept here."""
    with store.reading() as connection:
        state = connection.execute(select(documents.c.state).where(documents.c.id == document)).scalar_one_or_none()
    return state == "withdrawn"


def _is(key: Key) -> tuple[Any, ...]:
    c = comparisons.c
    return c.old_hash == key[0], c.new_hash == key[1], c.reader == key[2]
