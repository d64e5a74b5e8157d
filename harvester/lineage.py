"""Bodies of one line that the gazetteer does not list: departments of cities and counties, whose names are composed by rule."""

from __future__ import annotations

from rapidfuzz import fuzz, process
from sqlalchemy import or_, select

from normalizers.agencies import successor
from normalizers.agencies.resolve import Context, resolve
from normalizers.records import Agency
from storage.change_queries import line_of, unlisted_bodies
from storage.change_schema import change_agencies
from storage.errors import UnknownRecord
from storage.identity import text_key
from storage.schema import agencies, agency_names
from storage.store import Store

NEAR = 70
"""Score (0-100, Indel) from which a known name is offered for one that nobody bears."""
OFFERED = 3


def kin(store: Store, name: str) -> tuple[str, ...]:
    """Return the identifiers of unlisted bodies in the feed that are of the line of ``name``, any name or identifier of a body.

    These are the body itself under its rule's identifier, its heir, and the bodies in the feed whose heir it is.
    """
    unlisted = unlisted_bodies(store)
    own = resolve(unlisted.get(name, name), Context())
    wanted = set(line_of(store, name).ids)
    if own.resolved and own.id:
        wanted |= {own.id} | _heir(own.id, own.name or name)
    wanted |= _heir(name, unlisted[name]) if name in unlisted else set()
    found = {identifier for identifier, called in unlisted.items() if identifier in wanted or _heir(identifier, called) & wanted}
    return tuple(sorted(found | ({own.id} if own.resolved and own.id else set())))


def check_body(store: Store, name: str) -> None:
    """Raise ``UnknownRecord``, with the nearest names, where no body and no mention in the feed is called ``name``.

    To a bureau that mistyped its own name, an empty answer would read as "nothing changed for us".
    """
    if len(line_of(store, name).ids) > 1 or kin(store, name):
        return
    c, n = change_agencies.c, agency_names.c
    with store.reading() as connection:
        called = or_(c.mention_key == text_key(name), c.name == name, c.agency_id == name)
        known = connection.execute(select(c.seq).where(called).limit(1)).one_or_none()
        listed = connection.execute(select(agencies.c.id).where(agencies.c.id == name)).one_or_none()
        names = [] if known or listed else list(connection.execute(select(n.name).distinct()).scalars())
    if known or listed:
        return
    near = [found[0] for found in process.extract(name, names, scorer=fuzz.ratio, limit=OFFERED, score_cutoff=NEAR)]
    offer = f"did you mean {', '.join(near)}?" if near else "look it up with `harvester agencies --name PIECE`."
    raise UnknownRecord(f"No body is called {name}: {offer}")


def _heir(identifier: str, name: str) -> set[str]:
    """Return the identifier of the body that answers today for an unlisted one; nothing where that is itself or nobody."""
    found = successor(Agency(name, name, identifier))
    return {found.id} if found.resolved and found.id and found.id != identifier else set()
