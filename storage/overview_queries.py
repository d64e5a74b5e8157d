"""What the overview tells of the store as a whole, quickly: figures, what is due, what changed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, func, select

from storage import agency_counts
from storage.asking import Question
from storage.change_filters import RESTATED
from storage.change_schema import changes
from storage.line_schema import document_lines, task_lines
from storage.notice_queries import shown
from storage.notice_schema import notices
from storage.places import LAST
from storage.schema import runs
from storage.selection import NO_FILTERS
from storage.store import Store

Row = dict[str, Any]


def figures(store: Store, today: date) -> dict[str, int]:
    """Return how many ``documents``, ``tasks``, ``bodies``, ``records`` (that may be shown today) and ``runs`` there are.

    Bodies are those named in tasks, as their list counts them.
    """
    d = document_lines.c
    asked = {
        "documents": select(func.count()).select_from(document_lines).where(~d.hidden),
        "tasks": select(func.coalesce(func.sum(d.tasks), 0)).where(d.counted, ~d.hidden),
        "records": select(func.count()).select_from(notices).where(shown(today)),
        "runs": select(func.count()).select_from(runs),
    }
    with store.reading() as connection:
        found = {name: int(connection.execute(query).scalar_one()) for name, query in asked.items()}
        return found | {"bodies": agency_counts.total(Question.of(connection, NO_FILTERS))}


def _counted(query: Select[Any]) -> Select[Any]:
    """Return a query over the tasks of documents that count."""
    t, d = task_lines.c, document_lines.c
    joined = task_lines.join(document_lines, d.place == t.place.op("|")(LAST))
    return query.select_from(joined).where(d.counted, ~d.hidden)


def due(store: Store, today: date, spans: tuple[int, ...]) -> dict[str, int]:
    """Return how many tasks are due within so many days from today on, by that number, and ``past``, in the 30 days before today."""
    with store.reading() as connection:
        found = {str(days): _between(connection, today, today + timedelta(days=days)) for days in spans}
        return found | {"past": _between(connection, today - timedelta(days=30), today - timedelta(days=1))}


def _between(connection: Connection, first: date, last: date) -> int:
    query = _counted(select(func.count())).where(task_lines.c.deadline_end.between(first, last))
    return int(connection.execute(query).scalar_one())


def changed(store: Store, since: datetime) -> Row:
    """Return how many changes of the sources became known since a moment, each once: by entity and kind (``task added``)."""
    c = changes.c
    query = select(c.entity, c.kind, func.count()).where(c.known_at >= since, c.cause == "source", ~c.copy, c.kind != RESTATED)
    with store.reading() as connection:
        return {
            f"{entity} {kind}": n for entity, kind, n in connection.execute(query.group_by(c.entity, c.kind).order_by(c.entity, c.kind))
        }
