"""Rows of the feed as a crawl writes them, in wording of our own."""

from __future__ import annotations

from typing import Any

from storage.changes import tell
from storage.store import Store

Row = dict[str, Any]


def body(mention: str, name: str | None = None, identifier: str | None = None) -> Row:
    return {"mention": mention, "name": name, "id": identifier, "kind": "agency", "resolved": name is not None}


def task(n: int, text: str = "编制公共信用信息目录", *, document: str = "d1", **more: Any) -> Row:
    """Return the state of a task; roles are lists of bodies."""
    roles: Row = {"lead": [], "partner": [], "responsible": [], "implied": []}
    state = {"id": f"{document}.k{n}", "document": document, "number": str(n), "section": "一、重点工作", "text": text}
    return state | roles | {"open_list": False, "deadline": None, "milestones": []} | more


def task_row(kind: str, before: Any = None, after: Any = None, **more: Any) -> Row:
    """Return a row of the feed on a task; a split has a list of states after, a merger one before."""
    one = next(each for each in (before, after) if isinstance(each, dict))
    place = {"site": "jiangkou", "section": "notices", "region": "310000", "document_id": one["document"], "version": 1, "work_id": "w1"}
    return {"entity": "task", "entity_id": one["id"], "kind": kind, "before": before, "after": after} | place | more


def document_row(kind: str, document: str = "d1", **more: Any) -> Row:
    place = {"site": "jiangkou", "section": "notices", "region": "310000", "document_id": document, "version": 1, "work_id": "w1"}
    return {"entity": "document", "entity_id": document, "kind": kind} | place | more


def told(store: Store, *found: Row) -> list[int]:
    """Write rows to the feed in one transaction and return the numbers that all rows of the feed have now."""
    with store.writing() as connection:
        tell(connection, found)
        return [row[0] for row in connection.exec_driver_sql("SELECT seq FROM changes ORDER BY seq")]
