"""What the feed and snapshots hold of a document, a task and a link: plain JSON, read from the tables in one place for both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, select

from normalizers.records import Agency, Task
from storage.batches import batches
from storage.change_schema import document_links
from storage.days import local_day
from storage.engine import rows
from storage.schema import ROLES, documents, task_agencies, tasks, version_issuers, version_regions, versions

State = dict[str, Any]

_OF_DOCUMENT = ("site", "section", "key", "kind", "url", "listed_on", "state", "moved_to", "version")
_OF_VERSION = (
    "document_number", "issued_on", "published_on", "document_kind", "plan_start", "plan_end", "effective_on", "expires_on", "content_hash",
)  # fmt: skip
_DEADLINE = ("text", "start", "end", "kind", "basis", "period", "strength", "flags")
_CURRENT = and_(versions.c.document_id == documents.c.id, versions.c.number == documents.c.version)


def document_states(connection: Connection, wanted: Collection[str] | None = None) -> Iterator[State]:
    """Yield the states of documents, by identifier: those ``wanted``, else all."""
    for some in batches(sorted(wanted)) if wanted is not None else (None,):
        of_documents, of_issuers, of_regions = _queries(whole=some is None)
        named = {} if some is None else {"wanted": some}
        found = rows(connection.execute(of_documents, named))
        issuers: dict[str, list[str]] = defaultdict(list)
        for row in connection.execute(of_issuers, named):
            issuers[row.document_id].append(row.name or row.mention)
        regions = {row.document_id: row.region for row in connection.execute(of_regions, named)}
        for each in found:
            yield _document(each, issuers, regions)


def document_state(connection: Connection, document: str) -> State | None:
    """Return the state of a document, ``None`` where there is none."""
    return next(document_states(connection, [document]), None)


def place_of(document: Mapping[str, Any]) -> State:
    """Return the columns of the feed that tell of which document a row is, from its state."""
    names = {"document_id": "id", "version": "version", "work_id": "work", "site": "site", "section": "section", "region": "region"}
    return {name: document[of] for name, of in names.items()}


def state_row(kind: str, before: State, after: State, run: str | None, at: datetime) -> State:
    """Return the row of the feed for a document that got another state, place or work; ``at`` is the moment of both clocks."""
    told = {"entity": "document", "entity_id": after["id"], "kind": kind, "before": before, "after": after, "run": run}
    return told | {"known_at": at, "as_of": local_day(at)} | place_of(after)


def task_states(connection: Connection, document: str, version: int) -> dict[int, State]:
    """Return the states of a version's tasks by their ordinals."""
    here = (tasks.c.document_id == document, tasks.c.version == version)
    return {row["ordinal"]: row["state"] for row in _tasks(connection, select(tasks).where(*here))}


def every_task(connection: Connection) -> Iterator[State]:
    """Yield the states of the tasks of every current version, by lasting identifier."""
    d = documents.c
    query = select(tasks).join(documents, and_(d.id == tasks.c.document_id, d.version == tasks.c.version))
    yield from sorted((row["state"] for row in _tasks(connection, query)), key=lambda state: str(state["id"]))


def link_states(connection: Connection) -> Iterator[State]:
    """Yield the states of all links, by their documents."""
    c = document_links.c
    for row in rows(connection.execute(select(document_links).order_by(c.document_id, c.other_id, c.relation))):
        yield link_state(row)


def link_state(row: Mapping[str, Any]) -> State:
    """Return the state of a link from its row."""
    places = {"document": row["document_id"], "other": row["other_id"]}
    return places | {name: row[name] for name in ("relation", "reason", "score")}


def link_id(state: Mapping[str, Any]) -> str:
    """Return the identifier by which the feed calls a link."""
    return f"{state['document']}>{state['other']}:{state['relation']}"


@cache
def _queries(*, whole: bool) -> tuple[Select[Any], Select[Any], Select[Any]]:
    """Return the queries of documents, of their issuers and of their regions: of those ``wanted``, or of the whole store."""
    d, v, i, r = documents.c, versions.c, version_issuers.c, version_regions.c
    limit = [] if whole else [d.id.in_(bindparam("wanted", expanding=True))]
    names = [d[name] for name in _OF_DOCUMENT] + [v[name] for name in _OF_VERSION]
    of_documents = select(d.id, d.parent_id, d.work_id, d.title.label("listed"), v.title, *names).join(versions, _CURRENT)
    of_issuers = select(i.document_id, i.name, i.mention).join(documents, and_(i.document_id == d.id, i.version == d.version))
    of_regions = select(r.document_id, r.region).join(documents, and_(r.document_id == d.id, r.version == d.version, r.position == 0))
    return (
        of_documents.where(*limit).order_by(d.id),
        of_issuers.where(*limit).order_by(i.document_id, i.position),
        of_regions.where(*limit),
    )


def _document(row: State, issuers: dict[str, list[str]], regions: dict[str, str]) -> State:
    place = {"id": row["id"], "parent": row["parent_id"], "work": row["work_id"], "title": row["title"] or row["listed"]}
    said = {name: _plain(row[name]) for name in (*_OF_DOCUMENT, *_OF_VERSION)}
    return place | said | {"issuers": issuers.get(row["id"], []), "region": regions.get(row["id"], "")}


def _tasks(connection: Connection, query: Select[Any]) -> Iterator[State]:
    """Yield the rows of tasks with their ``state``."""
    found = rows(connection.execute(query))
    a = task_agencies.c
    bodies: dict[tuple[str, str], list[State]] = defaultdict(list)
    for some in batches([row["id"] for row in found]):
        named = select(task_agencies).where(a.task_id.in_(some)).order_by(a.task_id, a.role, a.position)
        _add_bodies(bodies, rows(connection.execute(named)))
    for row in found:
        yield row | {"state": _task(row, {role: bodies[row["id"], role] for role in ROLES})}


def states_of_rows(found: Iterable[State], records: Iterable[Task]) -> dict[int, State]:
    """Return the states of tasks by their ordinals, from their rows as they are about to be written, and their bodies as they were read."""
    return {
        row["ordinal"]: _task(row, {role: tuple(map(_body, getattr(record, role))) for role in ROLES})
        for row, record in zip(found, records, strict=True)
    }


def state_of_rows(document: State, version: State, issuers: Iterable[State], regions: Sequence[State]) -> State:
    """Return the state of a document from its row and those of its version, as they are about to be written."""
    named = [row["name"] or row["mention"] for row in issuers]
    row = version | document | {"title": version["title"], "listed": document["title"]}
    first = [row["region"] for row in regions[:1]]
    return _document(row, {document["id"]: named}, {document["id"]: first[0]} if first else {})


def _add_bodies(bodies: dict[tuple[str, str], list[State]], found: Iterable[Mapping[str, Any]]) -> None:
    for row in found:
        body = {"mention": row["mention"], "name": row["name"], "id": row["agency_id"], "kind": row["kind"], "resolved": row["resolved"]}
        bodies[row["task_id"], row["role"]].append(body)


def _body(agency: Agency) -> State:
    return {"mention": agency.mention, "name": agency.name, "id": agency.id, "kind": str(agency.kind), "resolved": agency.resolved}


def _task(row: State, bodies: Mapping[str, Sequence[State]]) -> State:
    # Neither its place among the tasks nor its address: a row put in above it would restate every task below.
    said = {"id": row["lasting_id"], "document": row["document_id"], **{name: row[name] for name in ("number", "section", "text")}}
    deadline = {name: _plain(row[f"deadline_{name}"]) for name in _DEADLINE} if row["deadline_kind"] else None
    return {**said, **bodies, "open_list": row["open_list"], "deadline": deadline, "milestones": row["milestones"]}


def _plain(value: Any) -> Any:  # noqa: ANN401 -- a value of any column
    return value.isoformat() if isinstance(value, date) else value
