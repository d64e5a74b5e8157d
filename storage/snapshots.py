"""A copy of what the store knows of documents, tasks and links, the place in the feed to go on from, and how a copy is brought up to date.

Public credit records are in no snapshot: their content leaves the store at its term, and a copy elsewhere would not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, func, select

from storage.change_queries import read_latest
from storage.change_schema import changes, document_links
from storage.schema import documents, tasks
from storage.states import document_states, every_task, link_id, link_states
from storage.store import Store

Row = dict[str, Any]

ENTITIES = ("document", "task", "link")
"""What a snapshot holds, in its order; each by identifier."""


class ReplayError(ValueError):
    """The rows do not follow on the snapshot: they begin elsewhere, or tell of what the snapshot does not hold."""


def snapshot(store: Store) -> Iterator[Row]:
    """Yield a copy: a head with ``seq``, ``known_at`` and ``counts``, then ``{"entity", "id", "state"}`` of documents, tasks and links.

    All of it is of one moment: the feed's rows behind ``seq``, applied by ``replay``, give the next snapshot. ``known_at`` is that of
    the row ``seq``, None where there is no row.
    """
    with store.reading() as connection:
        yield _head(connection)
        for state in document_states(connection):
            yield _line("document", state["id"], state)
        for state in every_task(connection):
            yield _line("task", state["id"], state)
        yield from sorted((_line("link", link_id(state), state) for state in link_states(connection)), key=_place)


def _head(connection: Connection) -> Row:
    seq = read_latest(connection)
    known_at = connection.execute(select(changes.c.known_at).where(changes.c.seq == seq)).scalar()
    current = (documents.c.id == tasks.c.document_id) & (documents.c.version == tasks.c.version)
    counted = {
        "document": select(func.count()).select_from(documents),
        "task": select(func.count()).select_from(tasks.join(documents, current)),
        "link": select(func.count()).select_from(document_links),
    }
    counts = {entity: connection.execute(query).scalar_one() for entity, query in counted.items()}
    return {"seq": seq, "known_at": known_at, "counts": counts}


def _line(entity: str, identifier: str, state: Row) -> Row:
    return {"entity": entity, "id": identifier, "state": state}


def _place(line: Row) -> tuple[int, str]:
    return ENTITIES.index(line["entity"]), line["id"]


# --- replay --------------------------------------------------------------------------------------------------------------


def replay(lines: Iterable[Row], rows: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
    """Yield the snapshot that ``lines`` become by ``rows`` of the feed: all of those behind its ``seq``, in their order.

    Raises ``ReplayError`` for rows that do not follow on it.
    """
    given = iter(lines)
    head = next(given, None)
    if head is None or "seq" not in head:
        raise ReplayError("A snapshot begins with its head: take a whole one with `harvester snapshot`.")
    held = {(line["entity"], line["id"]): line["state"] for line in given}
    seq, known_at = head["seq"], head["known_at"]
    for row in rows:
        if row["seq"] <= seq:
            raise ReplayError(f"Row {row['seq']} of the feed does not follow on {seq}: give the rows behind that number, in their order.")
        _apply(held, row)
        seq, known_at = row["seq"], row["known_at"]
    counts = {entity: sum(place[0] == entity for place in held) for entity in ENTITIES}
    yield {"seq": seq, "known_at": known_at, "counts": counts}
    yield from sorted((_line(*place, state) for place, state in held.items()), key=_place)


def _apply(held: dict[tuple[str, str], Row], row: Mapping[str, Any]) -> None:
    entity = row["entity"]
    if entity not in ENTITIES:
        return
    before, after = (_states(row[side]) for side in ("before", "after"))
    if entity == "document" and row["kind"] in ("tied", "untied"):
        _tie(held, row)
        return
    for state in before:
        if held.pop((entity, _identifier(entity, state)), None) is None:
            raise ReplayError(f"Row {row['seq']} tells of {row['entity_id']}, which the snapshot does not hold: take a fresh one.")
    for state in after:
        held[entity, _identifier(entity, state)] = dict(state)


def _tie(held: dict[tuple[str, str], Row], row: Mapping[str, Any]) -> None:
    """Give a document another work: such a row holds the works only, and why."""
    known = held.get(("document", row["entity_id"]))
    if known is None:
        raise ReplayError(f"Row {row['seq']} tells of {row['entity_id']}, which the snapshot does not hold: take a fresh one.")
    held["document", row["entity_id"]] = known | {"work": row["after"]["work"]}


def _states(side: Any) -> list[Row]:  # noqa: ANN401 -- a state, several of a split or merger, or none
    return side if isinstance(side, list) else [side] if side else []


def _identifier(entity: str, state: Row) -> str:
    return link_id(state) if entity == "link" else str(state["id"])
