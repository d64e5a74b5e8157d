"""Search in versions that are not the current ones: the index holds what is said now, so the others are read, one after another.

A question about a day long gone reads the text of every document that has changed since; one about now reads none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import CTE, ColumnElement, Connection, case, func, select

from storage import search as index
from storage.line_schema import line_numbers
from storage.schema import documents, tasks, version_regions, versions
from storage.search_terms import Word
from storage.selection import region_of

Row = dict[str, Any]


def matching(connection: Connection, chosen: CTE, wanted: Sequence[Word], *, of_tasks: Sequence[ColumnElement[bool]] = ()) -> Iterator[Row]:
    """Yield the chosen versions that are not current, and their tasks, in which all the words stand.

    Where there are conditions on a row of ``tasks`` (``of_tasks``), only the tasks that they leave.
    A row has ``id``, ``document`` (``document_id`` too), ``version``, ``task_id`` and ``ordinal`` (None and 0: the version itself),
    ``line`` of the document, ``title``, ``site``, ``region``, ``url``, ``published_on``, ``document_kind``, ``count``, how often the
    words stand there, and ``titled``, 1 where they all stand in the title; that of a task also ``lasting_id``.
    """
    d, v, n = documents.c, versions.c, line_numbers.c
    region = func.coalesce(select(version_regions.c.region).where(region_of(v)).scalar_subquery(), "").label("region")
    title = case((v.title != "", v.title), else_=d.title).label("title")
    query = (
        select(chosen.c.document_id, chosen.c.version, title, d.site, d.url, v.published_on, v.document_kind, n.line, region)
        .join(documents, d.id == chosen.c.document_id)
        .join(line_numbers, n.document_id == d.id)
        .join(versions, (v.document_id == d.id) & (v.number == chosen.c.version))
        .where(chosen.c.version != d.version)
        .order_by(chosen.c.document_id)
    )
    for place in connection.execute(query).mappings().all() if wanted else ():
        at = place["document_id"], place["version"]
        about = {**place, "document": place["document_id"]}
        held = "" if of_tasks else index.folded(index.words_of_version(connection, *at, place["title"]))
        if held and index.holds(held, wanted):
            titled = int(index.holds(index.folded(place["title"]), wanted))
            own = {"id": about["document"], "task_id": None, "ordinal": 0, "titled": titled}
            yield about | own | {"count": index.count_of(held, wanted)}
        for task in index.tasks_of(connection, *at, *of_tasks):
            held = index.folded(task.text)
            if index.holds(held, wanted):
                own = {"id": task.id, "task_id": task.id, "lasting_id": task.lasting_id, "ordinal": task.ordinal, "titled": 0}
                yield about | own | {"count": index.count_of(held, wanted)}


def told(connection: Connection, row: Row) -> str:
    """Return the text of a version or task that was found."""
    v, t = versions.c, tasks.c
    query = select(v.text).where(v.document_id == row["document"], v.number == row["version"])
    return str(connection.execute(select(t.text).where(t.id == row["task_id"]) if row["task_id"] else query).scalar_one())
