"""One body of the gazetteer: its names through time, its members, and the bodies of its line."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from storage import registers
from storage.batches import batches
from storage.change_queries import line_of
from storage.engine import rows
from storage.identity import text_key
from storage.store import Store

Row = dict[str, Any]


def entry(store: Store, identifier: str) -> Row | None:
    """Return the entry of a body with ``names``, ``members`` and ``line`` (identifiers), ``None`` where the gazetteer has none."""
    g, n, m = registers.agencies, registers.agency_names, registers.agency_members
    with store.reading() as connection:
        found = rows(connection.execute(select(g).where(g.c.id == identifier)))
        if not found:
            return None
        names = select(n.c.name, n.c.kind, n.c.valid_from, n.c.valid_to).where(n.c.agency_id == identifier).order_by(n.c.position)
        members = select(m.c.name, m.c.valid_from, m.c.valid_to).where(m.c.agency_id == identifier).order_by(m.c.position)
        told = found[0] | {"names": rows(connection.execute(names)), "members": rows(connection.execute(members))}
    return told | {"line": sorted(line_of(store, identifier).ids)}


def bearing(store: Store, name: str) -> list[Row]:
    """Return the bodies that bear exactly this name, today or formerly: the entry, and the name's ``name_kind``, by identifier."""
    g, n = registers.agencies, registers.agency_names
    columns = (g.c.id, g.c.name, g.c.kind, g.c.region, g.c.valid_from, g.c.valid_to, n.c.kind.label("name_kind"))
    query = select(*columns).join(n, n.c.agency_id == g.c.id).where(n.c.name_key == text_key(name), n.c.name_key != "")
    with store.reading() as connection:
        return rows(connection.execute(query.order_by(g.c.id, n.c.position)))


def every_name(store: Store) -> list[tuple[str, str]]:
    """Return every name of every body with the body's identifier."""
    n = registers.agency_names.c
    with store.reading() as connection:
        return [(row.agency_id, row.name) for row in connection.execute(select(n.agency_id, n.name).order_by(n.agency_id, n.position))]


def entries(store: Store, identifiers: Collection[str]) -> dict[str, Row]:
    """Return the entries of bodies by their identifiers, without their names through time."""
    g = registers.agencies
    found: dict[str, Row] = {}
    with store.reading() as connection:
        for some in batches(sorted(identifiers)):
            found |= {row["id"]: row for row in rows(connection.execute(select(g).where(g.c.id.in_(some))))}
    return found
