"""One task through the versions of its document, found by its lasting identifier: what it said in each, since when, and how it ended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, case, select

from storage.batches import batches
from storage.engine import rows
from storage.schema import documents, task_agencies, tasks, versions
from storage.selection import HIDDEN
from storage.store import Store

Row = dict[str, Any]

_SAID = ("number", "section", "text", "open_list", "milestones")
_DEADLINE = ("text", "start", "end", "kind", "basis", "period", "strength", "flags")
_BODY = ("mention", "name", "kind", "resolved")


@dataclass(frozen=True, slots=True)
class Course:
    """A task through the versions of its document.

    ``said`` holds what each version that has the task says of it, the oldest first: ``id``, ``version``, ``change``, ``known_at``,
    ``in_force_from``, the printed fields, ``deadline`` and the bodies by role. ``ended`` is empty while the task stands, else ``removed``
    (a later version has it no more) or the state of a document that its publisher took back (``withdrawn``, ``repealed``); ``ended_at``
    and ``ended_on`` are the moment and the day of that, ``ended_in`` the version, ``ended_by`` its cause: ``source`` or ``reading``.
    """

    lasting: str
    document: Row
    said: tuple[Row, ...]
    ended: str = ""
    ended_at: datetime | None = None
    ended_on: date | None = None
    ended_in: int | None = None
    ended_by: str = ""

    @property
    def last(self) -> Row:
        """Return what the last version that has the task says of it."""
        return self.said[-1]


def lasting_of(store: Store, identifier: str) -> str | None:
    """Return the lasting identifier of a task ``ID.VERSION.tN``, ``None`` where there is none."""
    with store.reading() as connection:
        found = connection.execute(select(tasks.c.lasting_id).where(tasks.c.id == identifier)).scalar()
    return str(found) if found else None


def course(store: Store, lasting: str) -> Course | None:
    """Return a task through the versions of its document, ``None`` where no version ever had it."""
    with store.reading() as connection:
        return courses(connection, [lasting]).get(lasting)


def courses(connection: Connection, lasting: Iterable[str]) -> dict[str, Course]:
    """Return tasks through the versions of their documents, by lasting identifier; those that no version has are left out."""
    found: dict[str, Course] = {}
    for some in batches(lasting):
        said = _said(connection, some)
        known = _documents(connection, {each[0]["document_id"] for each in said.values()})
        later = _versions(connection, known)
        for name, each in said.items():
            document = known[each[0]["document_id"]]
            found[name] = _course(name, document, each, later[document["id"]])
    return found


def _said(connection: Connection, lasting: Collection[str]) -> dict[str, list[Row]]:
    t, v = tasks.c, versions.c
    deadline = [t[f"deadline_{name}"] for name in _DEADLINE]
    query = select(t.lasting_id, t.id, t.document_id, t.version, t.address, *(t[name] for name in _SAID), *deadline)
    query = query.add_columns(v.change, v.known_at, v.in_force_from)
    query = query.join(versions, (v.document_id == t.document_id) & (v.number == t.version))
    found = rows(connection.execute(query.where(t.lasting_id.in_(lasting)).order_by(t.lasting_id, t.version)))
    bodies = _bodies(connection, [row["id"] for row in found])
    said: dict[str, list[Row]] = defaultdict(list)
    for row in found:
        printed = {name: row.pop(f"deadline_{name}") for name in _DEADLINE}
        said[row["lasting_id"]].append(row | {"deadline": printed if printed["kind"] else None} | bodies[row["id"]])
    return said


def _bodies(connection: Connection, ids: Iterable[str]) -> dict[str, dict[str, list[Row]]]:
    a = task_agencies.c
    found: dict[str, dict[str, list[Row]]] = defaultdict(lambda: {"lead": [], "partner": [], "responsible": [], "implied": []})
    for some in batches(ids):
        query = select(task_agencies).where(a.task_id.in_(some)).order_by(a.task_id, a.role, a.position)
        for row in rows(connection.execute(query)):
            found[row["task_id"]][row["role"]].append({"id": row["agency_id"]} | {name: row[name] for name in _BODY})
    return found


def told_by(store: Store, course: Course, version: int) -> Course:
    """Return a task with its document as one version of it has it: title, number, kind, days."""
    if version == course.document["version"]:
        return course
    with store.reading() as connection:
        found = _documents(connection, [course.document["id"]], version)
    said = {name: value for row in found.values() for name, value in row.items() if not name.startswith("state")}
    return replace(course, document=course.document | said)


def _documents(connection: Connection, ids: Collection[str], version: int | None = None) -> dict[str, Row]:
    d, v = documents.c, versions.c
    title = case((v.title != "", v.title), else_=d.title).label("title")
    columns = (d.id, d.site, d.section, d.url, v.number.label("version"), d.state, d.state_since, d.work_id.label("work"))
    query = select(*columns, title, v.document_number, v.document_kind, v.published_on, v.issued_on)
    query = query.join(versions, (v.document_id == d.id) & (v.number == (version or d.version)))
    return {row["id"]: row for row in rows(connection.execute(query.where(d.id.in_(ids))))}


def _versions(connection: Connection, ids: Collection[str]) -> dict[str, list[Row]]:
    v = versions.c
    found: dict[str, list[Row]] = defaultdict(list)
    query = select(v.document_id, v.number, v.change, v.known_at, v.in_force_from).where(v.document_id.in_(ids)).order_by(v.number)
    for row in rows(connection.execute(query)):
        found[row["document_id"]].append(row)
    return found


def _course(lasting: str, document: Row, said: list[Row], later: list[Row]) -> Course:
    after = next((row for row in later if row["number"] > said[-1]["version"]), None)
    if after:
        ended = ("removed", after["known_at"], after["in_force_from"], after["number"], after["change"])
        return Course(lasting, document, tuple(said), *ended)
    if document["state"] in HIDDEN:
        since = document["state_since"]
        return Course(lasting, document, tuple(said), document["state"], since, None, document["version"], "source")
    return Course(lasting, document, tuple(said))


def alike(store: Store, lasting: str, limit: int = 20) -> list[Row]:
    """Return the tasks of other documents that are the same as the last one of this name: copies, drafts, other years, the newest first.

    ``lasting``, ``document``, ``title``, ``document_number``, ``published_on``, ``work``, ``deadline_text``, ``deadline_end``; none of
    documents that their publishers took back.
    """
    t, d, v = tasks.c, documents.c, versions.c
    mine = select(t.fingerprint).where(t.lasting_id == lasting).order_by(t.version.desc()).limit(1).scalar_subquery()
    title = case((v.title != "", v.title), else_=d.title).label("title")
    columns = (t.lasting_id.label("lasting"), t.document_id.label("document"), t.deadline_text, t.deadline_end, d.work_id.label("work"))
    query = select(*columns, title, v.document_number, v.published_on).join(documents, (d.id == t.document_id) & (d.version == t.version))
    query = query.join(versions, (v.document_id == d.id) & (v.number == d.version))
    query = query.where(t.fingerprint == mine, t.lasting_id != lasting, d.state.not_in(HIDDEN))
    with store.reading() as connection:
        return rows(connection.execute(query.order_by(v.published_on.desc(), t.lasting_id).limit(limit)))
