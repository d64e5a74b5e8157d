"""What became of a task, for its page: its versions, what the feed tells of each step, how it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from harvester import addresses, audited
from harvester.messages import _
from harvester.telling import tell_change
from harvester.telling.phrases import shorten
from harvester.web.task_rows import shown_tasks
from storage import change_queries
from storage.change_filters import ChangeFilters
from storage.errors import UnknownRecord
from storage.store import Store
from storage.task_versions import Course

Row = dict[str, Any]

BASES = {
    "cell": "from the cell of the table",
    "label": "from the label behind the task",
    "sentence": "from the sentence of the task",
    "merged-cell": "from a merged cell that several tasks share",
    "heading": "from the heading above the task",
    "plan-period": "the year was taken from the period of the plan",
    "title-year": "the year was taken from the title",
    "issue-year": "the year was taken from the day of issue",
}
"""What a deadline's days rest on, as ``normalizers.records.Deadline.basis`` says it."""


def known_by(course: Course, moment: datetime) -> Course:
    """Return a task as far as the store knew of it by a moment. Raises ``UnknownRecord`` where it knew no version that had it."""
    said = tuple(row for row in course.said if row["known_at"] <= moment)
    if not said:
        raise UnknownRecord(f"Nothing was known of {course.lasting} by then: leave `known_at` out.")
    since = course.document["state_since"]
    known = course.document | ({"state": "live", "state_since": None} if since and since > moment else {})
    if course.ended and course.ended_at and course.ended_at <= moment:
        return replace(course, document=known, said=said)
    return replace(course, document=known, said=said, ended="", ended_at=None, ended_on=None, ended_in=None, ended_by="")


def version_on(course: Course, day: date) -> Row | None:
    """Return what the version of a day said of a task, ``None`` where it was not in force yet, or had the task no more."""
    said = [row for row in course.said if row["in_force_from"] <= day]
    if not said or (course.ended_on and course.ended_on <= day):
        return None
    return said[-1]


def told_changes(store: Store, course: Course, lang: str) -> list[Row]:
    """Return what the feed tells of a task, every cause, the newest first: ``seq``, ``at``, ``as_of``, ``cause``, ``kind``, ``told``."""
    asked = ChangeFilters(task=course.lasting, causes=(), copies=True)
    found = change_queries.changes(store, asked, today=audited.today())
    return [
        {
            "seq": row["seq"], "at": row["known_at"], "as_of": row["as_of"], "cause": row["cause"], "kind": row["kind"],
            "told": tell_change(row, lang), "version": row["version"],
        }
        for row in reversed(found)
    ]  # fmt: skip


def ending(store: Store, course: Course, lang: str) -> Row | None:
    """Return how a task ended: ``words``, ``day``, ``into`` (what it became: pairs of name and address); ``None`` while it stands."""
    if not course.ended:
        return None
    into = _became(store, course)
    forms = {
        "split": _("This task was split.", lang),
        "merged": _("This task was merged with others.", lang),
        "removed": _("This task is in its document no more.", lang),
        "repealed": _("The document of this task was repealed.", lang),
    }
    kind = into[0] if into and into[0] in forms else course.ended
    words = forms.get(kind, forms["removed"])
    if course.ended_by == "reading":
        reading = _("Not its source said so: a newer reading of the same page finds no such task.", lang)
        words = f"{words} {reading}"
    return {"words": words, "day": course.ended_on or course.ended_at, "version": course.ended_in, "into": _links(into[1] if into else [])}


def _became(store: Store, course: Course) -> tuple[str, Sequence[Mapping[str, Any]]] | None:
    """Return what a split or merger made of a task, by the last row of the feed that tells of it."""
    asked = ChangeFilters(task=course.lasting, causes=(), copies=True, kinds=("split", "merged"))
    for row in reversed(change_queries.changes(store, asked, today=audited.today())):
        before, after = _states(row["before"]), _states(row["after"])
        if any(state["id"] == course.lasting for state in before):
            return str(row["kind"]), [state for state in after if state["id"] != course.lasting]
    return None


def _states(side: Any) -> list[Row]:  # noqa: ANN401 -- JSON
    return side if isinstance(side, list) else [side] if side else []


def _links(states: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    return [(shorten(f"{state['number']} {state['text']}".strip(), 60), addresses.task(str(state["id"]))) for state in states]


def shown(course: Course, row: Row, lang: str, at: date | None) -> Row:
    """Return what a version says of a task as a page shows it."""
    known = {"document": course.document["id"], "lasting_id": course.lasting, "title": course.document["title"]}
    return shown_tasks([row | known], lang, at)[0]


def basis_words(row: Row, lang: str) -> str:
    """Return in words what the days of a task's deadline rest on."""
    basis = str((row["deadline"] or {}).get("basis") or "")
    return _(BASES[basis], lang) if basis in BASES else basis
