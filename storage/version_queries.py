"""The versions of a document, with their clocks and what the feed tells of each."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from sqlalchemy import func, select, text

from storage.change_schema import changes
from storage.engine import rows
from storage.schema import versions as table
from storage.selection import current_version
from storage.store import Store

Row = dict[str, Any]

_DAYS = ("in_force_from", "issued_on", "published_on", "printed_on", "effective_on", "expires_on", "plan_start", "plan_end")
_MOMENTS = ("known_at", "first_seen", "last_seen", "last_checked", "fetched_at")


def versions(store: Store, identifier: str) -> list[Row]:
    """Return one row a version of a document, the first one first: the columns of ``v_versions`` and ``changes``.

    ``changes`` counts what the feed tells readers of it, by entity and kind (``task changed``); of the text its places that changed.
    ``identifier`` is a document, a version of it or one of its tasks. Raises ``UnknownRecord``.
    """
    c = changes.c
    kinds = {name: table.c[name].type for name in _DAYS} | dict.fromkeys(_MOMENTS, table.c.known_at.type)
    with store.reading() as connection:
        document, _ = current_version(connection, identifier)
        query = text("SELECT * FROM v_versions WHERE document = :document ORDER BY version").columns(**kinds)
        found = rows(connection.execute(query, {"document": document}))
        told = select(c.version, c.entity, c.kind, func.count()).where(c.document_id == document, c.kind != "restated")
        texts = select(c.version, c.entity, c.kind, c.after).where(c.document_id == document, c.kind != "restated", c.entity == "text")
        counts: dict[int, dict[str, int]] = defaultdict(dict)
        for number, entity, kind, count in connection.execute(told.group_by(c.version, c.entity, c.kind).order_by(c.entity, c.kind)):
            counts[number or 0][f"{entity} {kind}"] = count
        places: Counter[tuple[int, str]] = Counter()
        for number, entity, kind, after in connection.execute(texts):
            places[number or 0, f"{entity} {kind}"] += len(after) if isinstance(after, list) else 1
        for (number, name), count in places.items():
            counts[number][name] = count
    return [row | {"changes": counts.get(row["version"], {})} for row in found]
