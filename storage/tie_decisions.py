"""Decisions of people on pairs of documents: the same text, a draft, an edition, a division of tasks, or nothing of one another.

They are asked before any judgement, hold for every later version and every order of arrival, and may be made before the documents are
in the store. They are a log: a decision is ended by another one on the same pair, or undone; nothing is deleted.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from storage import pairing, works
from storage.batches import batches
from storage.change_schema import TIES, tie_decisions
from storage.days import local_day
from storage.engine import rows
from storage.errors import StoreError, UnknownRecord
from storage.pairing import Pair
from storage.partition import chain
from storage.schema import documents
from storage.store import Store

Row = dict[str, Any]

_DOCUMENT = re.compile(r"d[a-z2-7]{11}")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a decision did.

    ``id`` is its number (that of the one in force where it was made before, word for word); ``told`` the rows of the feed; ``absent``
    the documents that are not in the store yet; ``together`` whether the two are one work now; ``chain`` the ties by which the two
    hang together still, both ends included, empty where there are none: what is between belongs to one of them only; ``against``
    the pairs that keep the two apart although they were decided to be the same; ``broken`` other pairs that were decided to be the
    same and are two works, since decisions contradict each other.
    """

    id: int
    document: str
    other: str
    tie: str
    told: tuple[Row, ...] = ()
    absent: tuple[str, ...] = ()
    together: bool = False
    chain: tuple[str, ...] = ()
    against: tuple[Pair, ...] = ()
    broken: tuple[Pair, ...] = ()


def decide(store: Store, document: str, other: str, tie: str, by: str, at: datetime, note: str = "") -> Outcome:
    """Store a decision, apply it at once, and return what it did.

    ``tie`` is ``same``, ``none``, or a relation: then ``document`` is the final, the later edition, the division, and ``other`` the draft,
    the earlier edition, the plan. It ends an earlier decision on the same pair. ``by`` is who decided, ``at`` when. Raises
    ``UnknownRecord`` for what is no identifier of a document, ``StoreError`` for a pair of one.
    """
    with store.writing() as connection:
        number, fresh = _write(connection, document, other, tie, by, at, note)
        told = _apply(connection, {document, other}, at) if fresh else []
        return _outcome(connection, number, document, other, tie, told)


def cut_out(store: Store, document: str, by: str, at: datetime, note: str = "") -> list[Outcome]:
    """Take a document out of its work: decide that it is nothing of any other document of it; return what each decision did.

    Copies that come later join what they are nearest to, and where that is equal the others: a document that was cut out draws nothing
    after it. Raises ``UnknownRecord`` for a document that is not in the store.
    """
    with store.writing() as connection:
        work = connection.execute(select(documents.c.work_id).where(documents.c.id == document)).scalar_one_or_none()
        if work is None:
            raise UnknownRecord(f"There is no document {document} in the store: list what there is with `harvester documents`.")
        others = list(connection.execute(select(documents.c.id).where(documents.c.work_id == work, documents.c.id != document)).scalars())
        made = [(_write(connection, document, other, "none", by, at, note)[0], other) for other in sorted(others)]
        told = _apply(connection, {document, *others}, at) if made else []
        first = [_outcome(connection, number, document, other, "none", told) for number, other in made[:1]]
        return first + [_outcome(connection, number, document, other, "none", []) for number, other in made[1:]]


def undo(store: Store, number: int, by: str, at: datetime) -> Outcome:
    """End a decision, judge the pair again, and return what that did. Raises ``UnknownRecord`` where there is none in force."""
    t = tie_decisions.c
    with store.writing() as connection:
        found = rows(connection.execute(select(tie_decisions).where(t.id == number, t.ended_at.is_(None))))
        if not found:
            raise UnknownRecord(f"There is no decision {number} on works in force: list what there is with `harvester works decisions`.")
        row = found[0]
        connection.execute(update(tie_decisions).where(t.id == number).values(ended_by=by, ended_at=at))
        told = _apply(connection, {row["document_id"], row["other_id"]}, at)
        return _outcome(connection, number, row["document_id"], row["other_id"], row["tie"], told)


def listed(store: Store, *, ended: bool = False, document: str = "") -> list[Row]:
    """Return the decisions in force, or the whole log with ``ended``, in the order in which they were made."""
    t = tie_decisions.c
    query = select(tie_decisions).order_by(t.id)
    query = query.where(*([] if ended else [t.ended_at.is_(None)]))
    if document:
        query = query.where(or_(t.document_id == document, t.other_id == document))
    with store.reading() as connection:
        return rows(connection.execute(query))


# --- pieces ------------------------------------------------------------------------------------------------------------


def _write(connection: Connection, document: str, other: str, tie: str, by: str, at: datetime, note: str) -> tuple[int, bool]:
    """Write a decision unless it is in force word for word; return its number, and whether it is fresh."""
    _check(document, other, tie)
    t = tie_decisions.c
    pair = or_((t.document_id == document) & (t.other_id == other), (t.document_id == other) & (t.other_id == document))
    standing = rows(connection.execute(select(tie_decisions).where(pair, t.ended_at.is_(None)).order_by(t.id)))
    for old in standing:
        same_way = (old["document_id"], old["other_id"]) == (document, other) or tie in ("same", "none")
        if old["tie"] == tie and old["note"] == note and same_way:
            return int(old["id"]), False
    connection.execute(update(tie_decisions).where(t.id.in_([old["id"] for old in standing])).values(ended_by=by, ended_at=at))
    row = {"document_id": document, "other_id": other, "tie": tie, "note": note, "decided_by": by, "decided_at": at}
    result = connection.execute(insert(tie_decisions).values(row))
    return int((result.inserted_primary_key or (0,))[0]), True


def _check(document: str, other: str, tie: str) -> None:
    for name in (document, other):
        if not _DOCUMENT.fullmatch(name):
            raise UnknownRecord(f"{name} is no identifier of a document: list them with `harvester documents`.")
    if document == other:
        raise StoreError(f"{document} is one document, and a decision is on two: name another one.")
    if tie not in TIES:
        raise StoreError(f"{tie!r} is no tie: use one of {', '.join(TIES)}.")


def _apply(connection: Connection, ids: Collection[str], at: datetime) -> list[Row]:
    """Judge documents again with all of their works, since a decision on a link holds for works."""
    d = documents.c
    of_works = select(d.work_id).where(d.id.in_(sorted(ids)))
    again = set(connection.execute(select(d.id).where(d.work_id.in_(of_works))).scalars())
    return works.judge_again(connection, again, works.Occasion("decision", at, local_day(at))) if again else []


def _outcome(connection: Connection, number: int, document: str, other: str, tie: str, told: Sequence[Row]) -> Outcome:
    here = pairing.there(connection, [document, other])
    absent = tuple(sorted({document, other} - here))
    if absent:
        return Outcome(number, document, other, tie, tuple(told), absent)
    work = _works_of(connection, [document, other])
    together = work[document] == work[other]
    group, edges = works.tied_to(connection, document)
    way = chain(edges, document, other) if not together and other in group else []
    in_work = _works_of(connection, group)
    broken = {(edge.one, edge.other) for edge in edges if edge.decision and in_work[edge.one] != in_work[edge.other]}
    broken -= {pairing.pair_of(document, other)}
    held = tie == "same" and not together
    against = _against(works.kept_apart(connection, group, edges), in_work, set(work.values())) if held else ()
    return Outcome(number, document, other, tie, tuple(told), (), together, tuple(way), against, tuple(sorted(broken)))


def _against(apart: Collection[Pair], work: Mapping[str, str], of_works: Collection[str]) -> tuple[Pair, ...]:
    """Return the pairs between works that cannot be one text."""
    sides = ((pair, {work[name] for name in pair}) for pair in apart)
    return tuple(sorted(pair for pair, between in sides if len(between) == 2 and between <= set(of_works)))


def _works_of(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    d = documents.c
    return {
        row.id: row.work_id for some in batches(sorted(ids)) for row in connection.execute(select(d.id, d.work_id).where(d.id.in_(some)))
    }
