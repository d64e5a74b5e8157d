"""What lines, pages and views must say, the slow way: from rows of the tables, in plain Python, without a query of the store's."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Table, select

from storage.change_schema import changes
from storage.days import end_of
from storage.line_schema import line_numbers
from storage.schema import clocks, documents, sites, task_agencies, tasks, version_regions, versions
from storage.selection import Filters

Row = dict[str, Any]
HIDDEN = ("withdrawn", "repealed")
OF_VERSION = (
    "document_number", "issued_on", "published_on", "document_kind", "printed_on", "effective_on", "expires_on", "index_number",
    "region_basis", "plan_start", "plan_end", "format", "normalizer_version",
)  # fmt: skip
OF_TASK = (
    "version", "ordinal", "number", "section", "text", "open_list", "deadline_text", "deadline_start", "deadline_end", "deadline_kind",
    "deadline_basis", "evidence_start", "evidence_end", "address", "rule", "confidence", "fingerprint", "lasting_id",
)  # fmt: skip
ROLES = ("lead", "partner", "responsible", "implied")


class Tables:
    """The rows of a store; ``raw`` ones as the driver gives them, as it does those of a view."""

    def __init__(self, connection: Connection, *, raw: bool = False) -> None:
        def rows(table: Table) -> list[Row]:
            found = connection.exec_driver_sql(f"SELECT * FROM {table.name}") if raw else connection.execute(select(table))  # noqa: S608
            return [dict(row) for row in found.mappings()]

        self.documents = rows(documents)
        self.versions = grouped(rows(versions), "document_id")
        self.regions = {(row["document_id"], row["version"], row["position"]): row["region"] for row in rows(version_regions)}
        self.site_regions = {row["id"]: row["region"] for row in rows(sites)}
        self.clocks = {row["document_id"]: row for row in rows(clocks)}
        self.tasks = grouped(rows(tasks), "document_id")
        self.bodies = grouped(sorted(rows(task_agencies), key=lambda row: row["position"]), "task_id")
        self.lines = {row["document_id"]: row["line"] for row in rows(line_numbers)}
        self.states = grouped(
            [row for row in sorted(rows(changes), key=lambda row: row["seq"]) if row["entity"] == "document"], "document_id"
        )

    def version(self, document: Row, number: int) -> Row | None:
        """Return a version of a document."""
        return next((row for row in self.versions[document["id"]] if row["number"] == number), None)

    def regions_of(self, version: Row) -> list[str]:
        """Return the regions of a version, its own one first."""
        found = {place[2]: region for place, region in self.regions.items() if place[:2] == (version["document_id"], version["number"])}
        return [found[position] for position in sorted(found)]

    def is_own(self, document: Row, version: Row) -> bool:
        """Tell whether a site published what concerns its own region."""
        own = self.site_regions.get(document["site"], "")
        return bool(own) and own == self.regions.get((version["document_id"], version["number"], 0))


def grouped(rows: Iterable[Row], name: str) -> dict[Any, list[Row]]:
    """Return rows by what a column of theirs holds."""
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[name]].append(row)
    return found


def rank(tables: Tables, copy: tuple[Row, Row], fullest: int) -> tuple[Any, ...]:
    """Return what a copy of a work is ordered by: one that was read, by its own site, whole, early, an article; the first one counts."""
    document, version = copy
    part = 5 * version["task_count"] < 4 * fullest  # not four in five of it
    return (
        not version["task_count"],
        not tables.is_own(document, version),
        part,
        day_of(document, version),
        document["kind"],
        document["id"],
    )


def day_of(document: Row, version: Row) -> Any:
    """Return the day of a document."""
    return version["published_on"] or document["listed_on"] or version["in_force_from"]


# --- questions -------------------------------------------------------------------------------------------------------------


def task_rows(connection: Connection, filters: Filters) -> list[Row]:
    """Return the tasks of a question in reading order, each with the state of its document and the copies of its work."""
    tables, works = Tables(connection), defaultdict[str, list[tuple[Row, Row]]](list)
    for document in tables.documents:
        version = version_then(tables, document, filters)
        if version and is_asked(tables, document, version, filters):
            works[document["work_id"]].append((document, version))
    found = []
    for copies in works.values():
        fullest = max(version["task_count"] for _, version in copies)
        order = sorted(copies, key=lambda copy: rank(tables, copy, fullest))
        for document, version in order if filters.all_copies else order[:1]:
            told = {"state": state_then(tables, document, filters), "copies": len(copies)}
            here = [task for task in tables.tasks[document["id"]] if task["version"] == version["number"]]
            found += [task | told for task in here if holds(tables, document, version, task, filters)]
    return sorted(found, key=lambda row: (-tables.lines[row["document_id"]], row["ordinal"]))


def version_then(tables: Tables, document: Row, filters: Filters) -> Row | None:
    """Return the version of a document that is meant: the one that is named, else the last one said and known by then."""
    if "@" in filters.document:
        return tables.version(document, int(filters.document.partition("@")[2]))
    if not (filters.as_of or filters.known_at):
        return tables.version(document, document["version"])
    said = [
        row
        for row in tables.versions[document["id"]]
        if (not filters.as_of or row["in_force_from"] <= filters.as_of) and (not filters.known_at or row["known_at"] <= filters.known_at)
    ]
    return max(said, key=lambda row: row["number"], default=None)


def state_then(tables: Tables, document: Row, filters: Filters) -> str:
    """Return the state of a document then: what it was before the first change of it that came later."""

    def is_later(day: date | None, moment: datetime) -> bool:
        return bool((filters.as_of and day and day > filters.as_of) or (filters.known_at and moment > filters.known_at))

    for change in tables.states[document["id"]]:
        if is_later(change["as_of"], change["known_at"]) and (change["before"] or {}).get("state"):
            return str(change["before"]["state"])
    since = document["state_since"]
    found_later = since and ((filters.as_of and since > end_of(filters.as_of)) or (filters.known_at and since > filters.known_at))
    return "live" if found_later else str(document["state"])


def is_asked(tables: Tables, document: Row, version: Row, f: Filters) -> bool:
    """Tell whether a question is about a document."""
    if f.document and document["id"] != f.document.partition("@")[0]:
        return False
    if not f.document and state_then(tables, document, f) in HIDDEN:
        return False
    stem = re.sub("(00)+$", "", f.region)
    return f.site in ("", document["site"]) and (not stem or any(region.startswith(stem) for region in tables.regions_of(version)))


def holds(tables: Tables, document: Row, version: Row, task: Row, f: Filters) -> bool:
    """Tell whether a task holds what is asked."""
    end = task["deadline_end"]
    bodies = [body for body in tables.bodies[task["id"]] if f.role in ("", body["role"])]
    named = [body for body in bodies if f.agency in ("", body["agency_id"], body["name"], body["mention"])]
    return (
        (not f.due_from or (end is not None and end >= f.due_from))
        and (not f.due_to or (end is not None and end <= f.due_to))
        and f.deadline_kind in ("", task["deadline_kind"] or "none")
        and f.kind in ("", version["document_kind"])
        and f.year in (None, day_of(document, version).year)
        and all(word in task["text"] for word in f.words.split())
        and bool(named or not (f.role or f.agency))
    )


# --- views -----------------------------------------------------------------------------------------------------------------


def views(connection: Connection) -> dict[str, list[Row]]:
    """Return the rows of the views that rest on lines as they must be, in no order."""
    tables = Tables(connection, raw=True)
    shown = {document["id"]: document_row(tables, document) for document in tables.documents}
    current = [(shown[task["document_id"]], task) for rows in tables.tasks.values() for task in rows]
    current = [(document, task) for document, task in current if document["version"] == task["version"]]
    return {
        "v_documents": list(shown.values()),
        "v_tasks": [task_row(tables, document, task) for document, task in current],
        "v_task_agencies": [body_row(task, body) for _, task in current for body in tables.bodies[task["id"]]],
    }


def document_row(tables: Tables, document: Row) -> Row:
    """Return the row of a document at its current version."""
    version, clock = tables.version(document, document["version"]), tables.clocks.get(document["id"], {})
    assert version
    work = [other for other in tables.documents if other["work_id"] == document["work_id"]]
    standing = [(other, tables.version(other, other["version"]) or {}) for other in work if other["state"] not in HIDDEN]
    fullest = max((held["task_count"] for _, held in standing), default=0)
    first = min(standing, key=lambda copy: rank(tables, copy, fullest), default=({"id": ""}, {}))[0]
    suggestions = version["suggestions"] if isinstance(version["suggestions"], list) else json.loads(version["suggestions"])
    same = {name: document[name] for name in ("version", "site", "section", "kind", "url", "listed_on", "state", "state_since")}
    seen = {name: clock.get(name) for name in ("first_seen", "last_seen", "last_checked")}
    return same | seen | {name: version[name] for name in OF_VERSION} | {
        "document": document["id"], "work": document["work_id"], "parent": document["parent_id"],
        "title": version["title"] or document["title"], "region": next(iter(tables.regions_of(version)), ""),
        "tasks": version["task_count"], "copies": len(work), "counted": first["id"] == document["id"], "suggestions": len(suggestions),
    }  # fmt: skip


def task_row(tables: Tables, document: Row, task: Row) -> Row:
    """Return the row of a task."""
    of_document = ("document", "work", "site", "region", "title", "document_number", "published_on", "state", "counted", "url")
    bodies = tables.bodies[task["id"]]
    named = {role: "、".join(body["name"] or body["mention"] for body in bodies if body["role"] == role) for role in ROLES}
    return {name: document[name] for name in of_document} | {name: task[name] for name in OF_TASK} | named | {"task": task["id"]}


def body_row(task: Row, body: Row) -> Row:
    """Return the row of a body at a task."""
    same = {name: body[name] for name in ("role", "position", "mention", "name", "kind", "resolved", "rule")}
    here = {"task": task["id"], "document": task["document_id"], "version": task["version"], "ordinal": task["ordinal"]}
    return same | here | {"agency": body["agency_id"]}
