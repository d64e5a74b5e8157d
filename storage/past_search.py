"""Search in versions that are not the current ones: the index holds what is said now, so the others are read, one after another.

A question about a day long gone reads the text of every document that has changed since; one about now reads none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import CTE, ColumnElement, Connection, Text, any_, case, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from storage import search as index
from storage.line_schema import line_numbers
from storage.schema import documents, tasks, version_regions, versions
from storage.search_terms import Word
from storage.selection import region_of
from storage.types import to_json

Row = dict[str, Any]


def matching(connection: Connection, chosen: CTE, words: Sequence[str | Word]) -> Iterator[Row]:
    """Yield the chosen versions that are not current, and their tasks, in which all the folded words (or one for each) stand.

    A row has ``id``, ``document`` (``document_id`` too), ``version``, ``task_id`` (None: the version itself), ``line`` of the document,
    ``title``, ``site``, ``region``, ``url``, ``published_on``, ``document_kind``, ``count``, how often the words stand there, and
    ``titled``, 1 where they all stand in the title; that of a task also ``lasting_id``.
    """
    d, v, n = documents.c, versions.c, line_numbers.c
    region = func.coalesce(select(version_regions.c.region).where(region_of(v)).scalar_subquery(), "").label("region")
    wanted = [(word,) if isinstance(word, str) else word for word in words]
    title = case((v.title != "", v.title), else_=d.title).label("title")
    query = (
        select(chosen.c.document_id, chosen.c.version, title, d.site, d.url, v.published_on, v.document_kind, n.line, region)
        .join(documents, d.id == chosen.c.document_id)
        .join(line_numbers, n.document_id == d.id)
        .join(versions, (v.document_id == d.id) & (v.number == chosen.c.version))
        .where(chosen.c.version != d.version)
        .order_by(chosen.c.document_id)
    )
    for place in connection.execute(query).mappings().all() if words else ():
        named = index.folded(place["title"])
        for task, held in index.entries_of(connection, place["document_id"], place["version"], place["title"]):
            folded = index.folded(held)
            if _holds(folded, wanted):
                titled = int(task is None and _holds(named, wanted))
                said = {
                    "id": task or place["document_id"],
                    "document": place["document_id"],
                    "task_id": task,
                    "count": index.count_of(folded, wanted),
                    "titled": titled,
                } | ({"lasting_id": _lasting(connection, task)} if task else {})
                yield {**place, **said}


def _lasting(connection: Connection, task: str) -> str:
    return str(connection.execute(select(tasks.c.lasting_id).where(tasks.c.id == task)).scalar_one())


def _holds(folded: str, words: Sequence[Word]) -> bool:
    return all(any(each in folded for each in word) for word in words)


def told(connection: Connection, row: Row) -> str:
    """Return the text of a version or task that was found."""
    v, t = versions.c, tasks.c
    query = select(v.text).where(v.document_id == row["document"], v.number == row["version"])
    return str(connection.execute(select(t.text).where(t.id == row["task_id"]) if row["task_id"] else query).scalar_one())


def among(connection: Connection, column: ColumnElement[Any], values: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that a column holds one of any number of values: both databases bound the parameters of a statement."""
    if connection.dialect.name == "sqlite":
        return column.in_(select(func.json_each(to_json(list(values))).table_valued("value").c.value))
    return column == any_(literal(list(values), ARRAY(Text)))
