"""Find bodies, sites and documents by what people call them."""

from __future__ import annotations

from sqlalchemy import or_, select

from normalizers.text.fold import fold
from storage import schema
from storage.errors import UnknownRecord
from storage.identity import text_key
from storage.selection import current_version
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


def site_ids(store: Store) -> list[str]:
    """Return the ids of the sites that the store has seen, sorted."""
    with store.reading() as connection:
        return list(connection.execute(select(schema.sites.c.id).order_by(schema.sites.c.id)).scalars())


def check_document(store: Store, identifier: str) -> None:
    """Raise ``UnknownRecord`` unless there is a document (``ID``) or version (``ID@VERSION``) of this name."""
    with store.reading() as connection:
        current_version(connection, identifier)


def check_entities(store: Store, work: str, task: str) -> None:
    """Raise ``UnknownRecord`` for a work or a task of which the store has nothing; an empty name is none.

    A task goes by its lasting name or that of a version. Those that are gone may still have changes: look for these first.
    """
    w, t = schema.works.c, schema.tasks.c
    with store.reading() as connection:
        if work and connection.execute(select(w.id).where(w.id == work)).one_or_none() is None:
            raise UnknownRecord(f"There is no work {work} in the store: list what there is with `harvester works`.")
        named = select(t.id).where(or_(t.id == task, t.lasting_id == task)).limit(1)
        if task and connection.execute(named).one_or_none() is None:
            raise UnknownRecord(f"There is no task {task} in the store: list what there is with `harvester tasks`.")


def successor_of(store: Store, name: str) -> tuple[str, str] | None:
    """Return the full name of the body that ``name`` stands for and that of its successor, ``None`` where it has none.

    A short name that several provinces' bodies bear stands for none of them.
    """
    a, n = schema.agencies.c, schema.agency_names.c
    heirs = schema.agencies.alias("heirs")
    by_name = select(n.agency_id).where(n.name_key == text_key(name))
    query = select(a.name, heirs.c.name.label("heir")).join(heirs, (heirs.c.id == a.successor) | (heirs.c.name == a.successor))
    with store.reading() as connection:
        found = connection.execute(query.where((a.id == name) | a.id.in_(by_name)).limit(2)).all()
    return (found[0].name, found[0].heir) if len(found) == 1 else None
