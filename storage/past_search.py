"""Search in versions that are not the current ones: the index holds what is said now, so the others are read, one after another.

A question about a day long gone reads the text of every document that has changed since; one about now reads none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import CTE, ColumnElement, Connection, Text, any_, case, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from storage import search as index
from storage.schema import documents, versions
from storage.types import to_json

Row = dict[str, Any]


def matching(connection: Connection, chosen: CTE, words: Sequence[str]) -> Iterator[Row]:
    """Yield the chosen versions that are not current, and their tasks, in which all the folded words stand.

    A row has ``document_id``, ``version``, ``task_id`` (None: the version itself), ``title``, ``site``, ``url``, ``published_on``,
    ``count``, how often the words stand there, and ``titled``, 1 where they all stand in the title.
    """
    d, v = documents.c, versions.c
    title = case((v.title != "", v.title), else_=d.title).label("title")
    query = (
        select(chosen.c.document_id, chosen.c.version, title, d.site, d.url, v.published_on)
        .join(documents, d.id == chosen.c.document_id)
        .join(versions, (v.document_id == d.id) & (v.number == chosen.c.version))
        .where(chosen.c.version != d.version)
        .order_by(chosen.c.document_id)
    )
    for place in connection.execute(query).mappings().all() if words else ():
        named = index.folded(place["title"])
        for task, held in index.entries_of(connection, place["document_id"], place["version"], place["title"]):
            folded = index.folded(held)
            if all(word in folded for word in words):
                titled = int(task is None and all(word in named for word in words))
                yield {**place, "task_id": task, "count": sum(folded.count(word) for word in words), "titled": titled}


def among(connection: Connection, column: ColumnElement[Any], values: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that a column holds one of any number of values: both databases bound the parameters of a statement."""
    if connection.dialect.name == "sqlite":
        return column.in_(select(func.json_each(to_json(list(values))).table_valued("value").c.value))
    return column == any_(literal(list(values), ARRAY(Text)))
