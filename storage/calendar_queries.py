"""What a calendar of deadlines holds: the tasks of a question with their days, and those that its readers were told of and that ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Text, cast, exists, or_, select

from storage import queries
from storage.batches import batches
from storage.identity import text_key
from storage.line_schema import document_lines
from storage.schema import ROLES, agencies, agency_names, documents, task_agencies, tasks, version_regions
from storage.selection import HIDDEN, Filters, stem_of
from storage.store import Store
from storage.task_versions import Course, courses

Row = dict[str, Any]

MOST = 2000
"""Tasks of one calendar. More than that nobody can look through, and phones stop reading."""
FIRST_DAY = date(1949, 10, 1)
"""Before it no deadline lies; a question from this day on asks for all that have one."""
MOST_READ = 1000
"""Tasks that are looked through for days within their texts."""


@dataclass(frozen=True, slots=True)
class Entries:
    """The tasks of a calendar through the versions of their documents, by lasting identifier; ``cut`` where more were found than fit."""

    courses: Sequence[Course]
    cut: bool = False


def of_task(store: Store, lasting: str) -> Entries:
    """Return one task as a calendar; nothing in it where no version ever had it."""
    with store.reading() as connection:
        found = courses(connection, [lasting]).values()
    return Entries(list(found))


def of_question(store: Store, filters: Filters) -> Entries:
    """Return the tasks that hold the filters and have a day, then those that once did and ended or went to other bodies.

    A task whose day moved out of the days asked for stays, with its new day: whoever had it must see it move. Days within the text of a
    task count where the question names a body or a document, not in a calendar of everything.
    """
    now = _now(store, filters)
    with store.reading() as connection:
        former = [name for name in _former(connection, filters) if name not in now]
        found = courses(connection, [*now, *former])
        ids = _called(connection, filters.agency) if filters.agency else set()
    kept = [found[name] for name in now if name in found]
    kept += [found[name] for name in former if name in found and _stays(found[name], filters, ids)]
    return Entries(sorted(kept[:MOST], key=lambda each: each.lasting), cut=len(kept) > MOST)


def within_texts(store: Store, filters: Filters) -> list[Course]:
    """Return the tasks of a body or a document that have a day within their texts in the days asked for."""
    found = dict.fromkeys(name for name, days in _within_texts(store, filters) if _has_day(days, filters))
    with store.reading() as connection:
        known = courses(connection, list(found))
    return [known[name] for name in found if name in known and not known[name].ended]


def _now(store: Store, filters: Filters) -> list[str]:
    """Return the tasks with a day, the first days first."""
    due = replace(filters, due_from=filters.due_from or FIRST_DAY)
    found = [row["lasting_id"] for row in _pages(store, due, "due", MOST + 1)]
    if filters.words or filters.year or filters.kind or filters.deadline_kind:
        rest = replace(filters, due_from=None, due_to=None)
        rows = [(row["lasting_id"], row["milestones"]) for row in _pages(store, rest, "published", MOST_READ)]
    else:
        rows = _within_texts(store, filters) if filters.agency or filters.document else []
    return list(dict.fromkeys([*found, *(name for name, days in rows if _has_day(days, filters))]))


def _within_texts(store: Store, filters: Filters) -> list[tuple[str, list[Row]]]:
    """Return the tasks of a body or a document that have days within their texts, with those: looked up by the body, not gone through."""
    t, d, line = tasks.c, documents.c, document_lines.c
    query = select(t.lasting_id, t.milestones).join(documents, (d.id == t.document_id) & (d.version == t.version))
    query = query.join(document_lines, line.document_id == d.id).where(~line.hidden, cast(t.milestones, Text) != "[]")
    query = query if filters.site or filters.region or filters.document or filters.all_copies else query.where(line.counted)
    with store.reading() as connection:
        wanted = _held(connection, query, filters, of_body=False)
        if filters.agency:
            wanted = wanted.where(t.id.in_(select(task_agencies.c.task_id).where(*_named(_called(connection, filters.agency), filters))))
        return [(row.lasting_id, row.milestones) for row in connection.execute(wanted.distinct().limit(MOST_READ))]


def _pages(store: Store, filters: Filters, order: str, left: int) -> Iterator[Mapping[str, Any]]:
    after = ""
    while left > 0:
        page = queries.task_page(store, replace(filters, limit=min(left, 1000)), after=after, order=order)
        yield from page.rows
        left, after = left - len(page.rows), page.next
        if not after:
            return


def _has_day(milestones: Sequence[Row], filters: Filters) -> bool:
    ends = [str(each["end"]) for each in milestones if each.get("end")]
    first, last = (str(day or "") for day in (filters.due_from, filters.due_to))
    return any(first <= end and (not last or end <= last) for end in ends)


def _former(connection: Connection, filters: Filters) -> list[str]:
    """Return tasks that an earlier version had by these filters, and those of documents that were taken back."""
    t, d = tasks.c, documents.c
    changed = connection.execute(
        select(d.id).where(or_(d.version > 1, d.state.in_(HIDDEN)), *_of_document(filters)).order_by(d.id)
    ).scalars()
    earlier = or_(t.version < d.version, d.state.in_(HIDDEN))
    found: list[str] = []
    # By their documents: those with versions are few, and nothing else leads quickly to tasks that went.
    for some in batches(changed):
        query = select(t.lasting_id).join(documents, d.id == t.document_id).where(t.document_id.in_(some), earlier)
        found += connection.execute(_held(connection, query, filters).distinct().order_by(t.lasting_id).limit(MOST)).scalars()
        if len(found) >= MOST:
            break
    return list(dict.fromkeys(found))


def _of_document(filters: Filters) -> list[ColumnElement[bool]]:
    d = documents.c
    wanted: list[ColumnElement[bool]] = [d.site == filters.site] if filters.site else []
    return wanted + ([d.id == filters.document.partition("@")[0]] if filters.document else [])


def _held(connection: Connection, query: Select[Any], filters: Filters, *, of_body: bool = True) -> Select[Any]:
    t = tasks.c
    wanted: list[ColumnElement[bool]] = [or_(t.deadline_end.is_not(None), cast(t.milestones, Text) != "[]"), *_of_document(filters)]
    wanted += [_of_region(filters.region)] if filters.region else []
    if of_body and (filters.agency or filters.role):
        named = _named(_called(connection, filters.agency), filters)
        wanted.append(exists().where(task_agencies.c.task_id == t.id, *named))
    return query.where(*wanted)


def _of_region(region: str) -> ColumnElement[bool]:
    r, t = version_regions.c, tasks.c
    within = r.region.startswith(stem_of(region), autoescape=True)
    return exists().where(r.document_id == t.document_id, r.version == t.version, within)


def _named(ids: set[str], filters: Filters) -> list[ColumnElement[bool]]:
    """Return the conditions that a row of ``task_agencies`` names the body in the role."""
    a = task_agencies.c
    wanted: list[ColumnElement[bool]] = [a.role == filters.role] if filters.role else []
    return wanted + ([or_(a.agency_id.in_(ids), a.mention_key == text_key(filters.agency))] if filters.agency else [])


def _called(connection: Connection, name: str) -> set[str]:
    """Return the identifiers of the bodies that a name or identifier stands for."""
    a, n = agencies.c, agency_names.c
    found = select(n.agency_id).where(n.name_key == text_key(name)).union(select(a.id).where(a.name == name))
    return {name, *connection.execute(found).scalars()}


def _stays(found: Course, filters: Filters, ids: set[str]) -> bool:
    """Tell whether a task that once was in a calendar is told there: that it ended, has no day any more, or another day.

    One that other bodies have is in their calendars; of one that another copy of its text stands for that copy tells.
    """
    if found.ended:
        return True
    if filters.agency and not _still_named(found.last, filters, ids):
        return False
    return not has_day(found.last) or _moved_out(found.last, filters)


def _still_named(row: Row, filters: Filters, ids: set[str]) -> bool:
    bodies = [body for role in ROLES if filters.role in ("", role) for body in row[role]]
    return any(body["id"] in ids or text_key(body["mention"]) == text_key(filters.agency) for body in bodies)


def has_day(row: Row) -> bool:
    """Tell whether a task has a day to be put into a calendar, its deadline or one within its text."""
    return bool(row["deadline"] and row["deadline"]["end"]) or any(each.get("end") for each in row["milestones"])


def _moved_out(row: Row, filters: Filters) -> bool:
    end = row["deadline"] and row["deadline"]["end"]
    before, behind = (end and filters.due_from and end < filters.due_from), (end and filters.due_to and end > filters.due_to)
    return bool(before or behind)
