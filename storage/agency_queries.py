"""Questions about one body: its names through time, what was before and after it, its groups and members, and whom it works with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from storage.agency_lines import LONGEST
from storage.batches import batches
from storage.engine import rows
from storage.identity import text_key
from storage.line_schema import ROLE_BITS, document_lines, line_agencies, task_line_agencies
from storage.places import LAST
from storage.registers import agencies, agency_members, agency_names
from storage.schema import task_agencies
from storage.store import Store

Row = dict[str, Any]

PARTNERS = 24
"""Bodies of a graph; with more, lines and names lie upon one another."""


def name_of(store: Store, identifier: str) -> str:
    """Return the canonical name of a body, of the gazetteer or composed by rule; empty where nobody has the identifier."""
    with store.reading() as connection:
        return _name(connection, identifier)


def _name(connection: Connection, identifier: str) -> str:
    a, t = agencies.c, task_agencies.c
    listed = connection.execute(select(a.name).where(a.id == identifier)).scalar()
    return listed or connection.execute(select(t.name).where(t.agency_id == identifier, t.name.is_not(None)).limit(1)).scalar() or ""


def body(store: Store, identifier: str) -> Row | None:
    """Return what is known of a body, ``None`` where nobody has the identifier.

    ``id``, ``name``, ``listed`` (whether the gazetteer has it), ``kind``, ``region``, ``level``, ``valid_from``, ``valid_to``, ``source``;
    ``names`` (name, kind, days), ``before`` and ``after`` (bodies whose successor it is, and those that came after it, nearest first),
    ``members`` and ``groups`` (name, ``id`` where it is a body's, days). Days are inclusive.
    """
    with store.reading() as connection:
        entry = rows(connection.execute(select(agencies).where(agencies.c.id == identifier)))
        if not entry:
            name = _name(connection, identifier)
            return _unlisted(identifier, name) if name else None
        n = agency_names.c
        named = select(n.name, n.kind, n.valid_from, n.valid_to).where(n.agency_id == identifier).order_by(n.position)
        return (
            entry[0]
            | {"listed": True, "names": rows(connection.execute(named))}
            | {"before": _before(connection, identifier), "after": _after(connection, entry[0])}
            | {"members": _members(connection, identifier), "groups": _groups(connection, entry[0]["name"])}
        )


def _unlisted(identifier: str, name: str) -> Row:
    unknown = dict.fromkeys(("valid_from", "valid_to")) | dict.fromkeys(("region", "level", "source", "successor"), "")
    empty: Row = {key: [] for key in ("before", "after", "members", "groups")}
    names = [{"name": name, "kind": "canonical", "valid_from": None, "valid_to": None}]
    return {"id": identifier, "name": name, "kind": "agency", "listed": False, "names": names} | unknown | empty


def _before(connection: Connection, identifier: str) -> list[Row]:
    a = agencies.c
    query = select(a.id, a.name, a.valid_from, a.valid_to).where(a.successor == identifier)
    return rows(connection.execute(query.order_by(a.valid_to, a.name)))


def _after(connection: Connection, entry: Row) -> list[Row]:
    """Return the bodies that came after one, the nearest first; a line that leads back into itself ends."""
    a = agencies.c
    found: list[Row] = []
    heir, seen = entry["successor"], {entry["id"]}
    while heir and heir not in seen and len(found) < LONGEST:
        query = select(a.id, a.name, a.valid_from, a.valid_to, a.successor).where(a.id == heir)
        following = rows(connection.execute(query))
        seen.add(heir)
        heir = following[0]["successor"] if following else ""
        found += following
    return found


def _members(connection: Connection, identifier: str) -> list[Row]:
    m = agency_members.c
    query = select(m.name, m.valid_from, m.valid_to).where(m.agency_id == identifier).order_by(m.position)
    return _tied(connection, rows(connection.execute(query)))


def _tied(connection: Connection, found: list[Row]) -> list[Row]:
    a = agencies.c
    names = {row["name"] for row in found}
    ids = {row.name: row.id for row in connection.execute(select(a.id, a.name).where(a.name.in_(sorted(names))).limit(1000))}
    return [row | {"id": ids.get(row["name"])} for row in found]


def _groups(connection: Connection, name: str) -> list[Row]:
    a, m = agencies.c, agency_members.c
    query = select(a.id, a.name, m.valid_from, m.valid_to).join(agency_members, m.agency_id == a.id)
    return rows(connection.execute(query.where(m.name == name).order_by(a.name, m.valid_from)))


def near(store: Store, piece: str, limit: int = 5) -> list[Row]:
    """Return bodies of which a name is ``piece`` or begins with it, for somebody who looks for one that is not there."""
    a, n = agencies.c, agency_names.c
    key = text_key(piece)
    if not key:
        return []
    query = select(a.id, a.name).join(agency_names, n.agency_id == a.id)
    query = query.where(or_(n.name_key == key, n.name_key.startswith(key, autoescape=True))).distinct().order_by(a.name).limit(limit)
    with store.reading() as connection:
        return rows(connection.execute(query))


# --- whom it works with ------------------------------------------------------------------------------------------------


def partners(store: Store, identifier: str, most: int = PARTNERS) -> dict[str, list[Row]]:
    """Return the bodies that stand with one in tasks that count today, and how often.

    ``bodies``: ``key``, ``id`` (``None``: not resolved), ``name``, ``tasks`` (with the body asked for), the commonest first, at most
    ``most``. ``pairs``: ``one``, ``other`` (keys), ``tasks`` of that body in which both stand.
    """
    with store.reading() as connection:
        mine = _places(identifier).subquery()
        t, b = task_line_agencies.c, line_agencies.c
        query = select(t.place, b.agency_id, b.name).join(line_agencies, b.id == t.body).join(mine, mine.c.place == t.place)
        found = connection.execute(query.where(b.agency_id != identifier)).all()
    return _counted(found, most)


def _places(identifier: str) -> Select[Any]:
    """Return the places of the tasks of a body in documents that count."""
    t, b, d = task_line_agencies.c, line_agencies.c, document_lines.c
    query = select(t.place).join(line_agencies, b.id == t.body).join(document_lines, d.place == t.place.op("|")(LAST))
    return query.where(b.agency_id == identifier, d.counted, ~d.hidden).distinct()


def _counted(found: Collection[Any], most: int) -> dict[str, list[Row]]:
    by_place: dict[int, set[str]] = {}
    names: dict[str, tuple[str | None, str]] = {}
    for row in found:
        key = row.agency_id or row.name
        names[key] = (row.agency_id or None, row.name)
        by_place.setdefault(row.place, set()).add(key)
    counts = Counter(key for keys in by_place.values() for key in keys)
    kept = [key for key, _ in sorted(counts.items(), key=lambda pair: (-pair[1], names[pair[0]][1]))[:most]]
    pairs = Counter(
        (one, other) for keys in by_place.values() for one in keys for other in keys if one < other and {one, other} <= set(kept)
    )
    bodies = [{"key": key, "id": names[key][0], "name": names[key][1], "tasks": counts[key]} for key in kept]
    return {"bodies": bodies, "pairs": [{"one": one, "other": other, "tasks": n} for (one, other), n in sorted(pairs.items())]}


# --- lists -------------------------------------------------------------------------------------------------------------


def called(store: Store, ids: Collection[str], limit: int = 200) -> list[Row]:
    """Return bodies of the gazetteer by their identifiers, by region and name, with how many tasks that count name each in each role.

    ``id``, ``name``, ``kind``, ``region``, ``valid_from``, ``valid_to``, and a number for each role; bodies of no task have noughts.
    """
    a = agencies.c
    with store.reading() as connection:
        found: list[Row] = []
        for some in batches(sorted(ids)[: limit * 5]):
            query = select(a.id, a.name, a.kind, a.region, a.valid_from, a.valid_to).where(a.id.in_(some))
            found += rows(connection.execute(query))
        found = sorted(found, key=lambda row: (row["region"], row["name"]))[:limit]
        counts = _roles(connection, [row["id"] for row in found])
    return [row | counts[row["id"]] for row in found]


def _roles(connection: Connection, ids: Collection[str]) -> dict[str, dict[str, int]]:
    t, b, d = task_line_agencies.c, line_agencies.c, document_lines.c
    found = {one: dict.fromkeys(ROLE_BITS, 0) for one in ids}
    sums = [func.sum(t.roles.op("&")(bit)).label(role) for role, bit in ROLE_BITS.items()]
    query = select(b.agency_id, *sums).join(line_agencies, b.id == t.body).join(document_lines, d.place == t.place.op("|")(LAST))
    for some in batches(ids):
        wanted = query.where(b.agency_id.in_(some), d.counted, ~d.hidden).group_by(b.agency_id)
        for row in connection.execute(wanted).mappings():
            found[row["agency_id"]] = {role: int(row[role] or 0) // bit for role, bit in ROLE_BITS.items()}
    return found


def roles(store: Store, identifier: str) -> dict[str, int]:
    """Return how many tasks that count name a body in each role."""
    with store.reading() as connection:
        return _roles(connection, [identifier])[identifier]


def regions_of(store: Store, ids: Collection[str]) -> dict[str, str]:
    """Return the regions (GB/T 2260) of bodies of the gazetteer by their identifiers."""
    found: dict[str, str] = {}
    with store.reading() as connection:
        for some in batches(ids):
            found |= {
                row.id: row.region for row in connection.execute(select(agencies.c.id, agencies.c.region).where(agencies.c.id.in_(some)))
            }
    return found
