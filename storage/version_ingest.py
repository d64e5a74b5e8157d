"""Write one more version of a document with all that hangs on it: tasks with their lasting ids, search, works, and the feed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, select

from normalizers.records import Derived
from storage import works
from storage.change_schema import version_clocks
from storage.changes import tell
from storage.days import local_day
from storage.identity import text_key
from storage.records import CaptureRow, Differ, Effect, Publication
from storage.row_writing import upsert
from storage.schema import clocks, documents, tasks, versions
from storage.states import State, document_state, states_of_rows, task_states
from storage.version_changes import Origin, Step, first_step, step_from, version_rows
from storage.versions import Row, insert_versions, rows_of_version

SEEN = ("live", "moved", "gone")
"""States of documents of which readers were told."""

_CHANGES = {Effect.NEW: "first", Effect.CHANGED: "source", Effect.REREAD: "reading"}
"""What a version is told as (design: two clocks): a better reading of the same content is no change of the source."""


@dataclass(frozen=True, slots=True)
class VersionPlace:
    """Where a version stands and comes from; ``known`` is its document as it stood before, ``source`` whether the site said it now."""

    document: str
    number: int
    effect: Effect
    capture: CaptureRow
    publication: Publication
    capture_id: int
    known: Row | None
    run: str | None
    known_at: datetime
    source: bool

    @property
    def change(self) -> str:
        """Return what the version is told as."""
        return _CHANGES[self.effect]

    def cause(self, derived: Derived) -> str:
        """Return why it is there: what today's normalizer reads otherwise without being a newer one, a decision made it read so."""
        if self.source:
            return "source"
        same_reader = self.known is not None and self.known["normalizer_version"] == derived.normalizer_version
        return "decision" if same_reader else "reading"


def step_to(connection: Connection, document: str, known: Row | None, derived: Derived, differ: Differ | None) -> Step:
    """Return the step from the version that is stored (``known``: none yet) to what was derived now."""
    if known is None:
        return first_step(document, derived)
    before = task_states(connection, document, known["version"])
    return step_from(connection, document, known["version"], derived, differ, before)


def add_version(connection: Connection, place: VersionPlace, derived: Derived, before: State | None, step: Step) -> None:
    """Write a version in its place and tell the feed of it; ``before`` is the state of its document until now."""
    document, number = place.document, place.number
    if place.known is not None:
        _freeze_clock(connection, document, number - 1, place.known["fetched_at"])
    as_of = _in_force_from(connection, document, place.change, place.capture, place.publication, derived)
    rows = rows_of_version(document, number, derived, step.lasting, outside(place, derived, as_of))
    insert_versions(connection, [rows])
    cause = place.cause(derived)
    works.tie(connection, document, works.Occasion(cause, place.known_at, as_of, place.run), new=place.known is None)
    copy = _is_told(connection, place, derived)
    old_capture = place.known["capture_id"] if place.known else 0
    origin = Origin(cause, place.known_at, as_of, place.run, place.capture_id, old_capture, copy)
    states = before, document_state(connection, document) or {}
    # What a first version says is held against nothing, and need not be read again as the database gives it.
    after = task_states(connection, document, number) if place.known else states_of_rows(rows[tasks], derived.tasks)
    tell(connection, version_rows(step, derived, states, after, origin))


def outside(place: VersionPlace, derived: Derived, as_of: date) -> Row:
    """Return the columns of a version that its payload does not tell; ``as_of`` is the day from which the source said this."""
    return {
        "change": place.change,
        "capture_id": place.capture_id,
        "title_key": text_key(derived.metadata.title or place.publication.title),
        "hints": dict(place.publication.hints),
        "in_force_from": as_of,
        "known_at": place.known_at,
    }


def _is_told(connection: Connection, place: VersionPlace, derived: Derived) -> bool:
    """Tell whether readers were told of a version by another copy of its work: of a new document by any, else by one that says the same."""
    query = _TOLD if place.known is None else _TOLD_SO
    return connection.execute(query, {"document": place.document, "content": derived.content_hash}).one_or_none() is not None


def _told(*same: ColumnElement[bool]) -> Select[Any]:
    d, v = documents.c, versions.c
    work = select(d.work_id).where(d.id == bindparam("document")).scalar_subquery()
    query = select(v.document_id).join(documents, d.id == v.document_id)
    return query.where(d.work_id == work, d.id != bindparam("document"), d.state.in_(SEEN), *same).limit(1)


_TOLD, _TOLD_SO = _told(), _told(versions.c.content_hash == bindparam("content"))


def _freeze_clock(connection: Connection, document: str, version: int, first_seen: datetime) -> None:
    """Let the clock of a version that is replaced stand where it is."""
    c = clocks.c
    known = connection.execute(select(c.last_seen, c.last_checked).where(c.document_id == document)).one_or_none()
    seen, checked = (known.last_seen, known.last_checked) if known else (first_seen, first_seen)
    row = {"document_id": document, "version": version, "first_seen": first_seen, "last_seen": seen, "last_checked": checked}
    upsert(connection, version_clocks, [row])


def _in_force_from(
    connection: Connection, document: str, change: str, capture: CaptureRow, publication: Publication, derived: Derived
) -> date:
    """Return the day from which the source said this: of the first content its publication, of a later one the day it was found."""
    v = versions.c
    if change == "reading":
        last = select(func.max(v.in_force_from)).where(v.document_id == document, v.change == "source")
        found: date | None = connection.execute(last).scalar()
        if found is not None:
            return found
    if change == "source":
        return local_day(capture.fetched_at)
    return first_day(capture, publication, derived)


def first_day(capture: CaptureRow, publication: Publication, derived: Derived) -> date:
    """Return the day from which the source said the first content that was found: of its publication, if that is told."""
    fetched = local_day(capture.fetched_at)
    return min(derived.metadata.published_on or publication.listed_on or fetched, fetched)
