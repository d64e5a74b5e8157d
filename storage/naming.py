"""Find bodies by a piece of any of their names."""

from __future__ import annotations

from sqlalchemy import select

from normalizers.text.fold import fold
from storage import schema
from storage.store import Store


def bodies_named(store: Store, piece: str) -> set[str]:
    """Return the identifiers of the gazetteer's bodies of which a name, short or full, today's or a former one, holds ``piece``.

    Widths, variants of characters and spaces do not matter. Nothing is left of an empty piece: it finds nobody.
    """
    wanted = fold(piece)
    if not wanted:
        return set()
    n = schema.agency_names.c
    with store.reading() as connection:
        return {row.agency_id for row in connection.execute(select(n.agency_id, n.name)) if wanted in fold(row.name)}
