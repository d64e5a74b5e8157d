"""Bodies of one line that the gazetteer does not list: departments of cities and counties, whose names are composed by rule."""

from __future__ import annotations

from normalizers.agencies import successor
from normalizers.agencies.resolve import Context, resolve
from normalizers.records import Agency
from storage.change_queries import line_of, unlisted_bodies
from storage.store import Store


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


def _heir(identifier: str, name: str) -> set[str]:
    """Return the identifier of the body that answers today for an unlisted one; nothing where that is itself or nobody."""
    found = successor(Agency(name, name, identifier))
    return {found.id} if found.resolved and found.id and found.id != identifier else set()
