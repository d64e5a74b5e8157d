"""The views as pandas DataFrames, each column with the type of what it holds."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import Boolean, Date, DateTime, Float, Integer, Table, Text, inspect, text

from storage import schema
from storage.errors import ExportError
from storage.store import Store
from storage.types import Yuan
from storage.views import ORDER, VIEWS

NAMES = tuple(name.removeprefix("v_") for name in VIEWS)
"""What can be asked for: the views without their prefix."""

_RENAMED: dict[str, Any] = {
    "tasks": Integer(),
    "copies": Integer(),
    "names": Integer(),
    "captures": Integer(),
    "failures": Integer(),
    "suggestions": Integer(),
    "decision": Integer(),
    "replaced_by": Integer(),
    "capture": Integer(),
    "counted": Boolean(),
    "notices": Integer(),
    "sites": Integer(),
    "documents": Integer(),
    "first_published": Date(),
    "last_published": Date(),
    "unknown_labels": Integer(),
    "blanks": Integer(),
    "defects": Text(),
    "gaps": Text(),
    "fields": Text(),
    "before": Text(),
    "after": Text(),
    "evidence": Text(),
    "resolved": Boolean(),
    "first_day": Date(),
    "last_day": Date(),
    "number": Text(),  # a task's, such as 一 or (二); a version's is called version in the views
}
"""Columns of views that no table has under the same name, but for text; and one that two tables have for different things."""


def frame(store: Store, view: str) -> pd.DataFrame:
    """Return all rows of a view, in the view's columns.

    Text is ``string``, whole numbers ``Int64``, moments ``datetime64[us, UTC]``, days ``datetime64[s]``, truth ``boolean``; what is
    unknown is ``NA``. Raises ``ExportError`` for a name that is no view.
    """
    columns, found = read_view(store, view)
    return pd.DataFrame({name: _column([row[n] for row in found], kind) for n, (name, kind) in enumerate(columns)})


def read_view(store: Store, view: str) -> tuple[list[tuple[str, Any]], list[list[Any]]]:
    """Return the columns of a view with their types, and its rows with values of those types."""
    if view not in NAMES:
        raise ExportError(f"There is no view {view!r}: choose one of {', '.join(NAMES)}.")
    with store.reading() as connection:
        names = [column["name"] for column in inspect(connection).get_columns(f"v_{view}")]
        columns = [(name, column_type(name)) for name in names]
        query = text(f"SELECT * FROM v_{view}").columns(**dict(columns))  # noqa: S608 -- one of NAMES
        found = [list(row) for row in connection.execute(query)]
    order = [names.index(name) for name in ORDER[f"v_{view}"]]
    found.sort(key=lambda row: [row[at] for at in order])
    return columns, found


def column_type(name: str) -> Any:  # noqa: ANN401 -- a column type
    """Return the type of a view's column: that of the table column of the same name."""
    if name in _RENAMED:
        return _RENAMED[name]
    for table in schema.metadata.tables.values():
        if isinstance(table, Table) and name in table.c:
            return table.c[name].type
    return schema.documents.c.title.type


def _column(values: list[Any], kind: Any) -> Any:  # noqa: ANN401 -- a pandas array
    if isinstance(kind, Boolean):
        return pd.array(values, dtype="boolean")
    if isinstance(kind, Integer):
        return pd.array(values, dtype="Int64")
    if isinstance(kind, Float):
        return pd.array(values, dtype="Float64")
    if isinstance(kind, Yuan):
        return pd.array([None if value is None else float(value) for value in values], dtype="Float64")
    if isinstance(kind, Date):
        return pd.to_datetime(pd.Series(values, dtype="object")).astype("datetime64[s]")
    if isinstance(getattr(kind, "impl", kind), DateTime):
        return pd.to_datetime(pd.Series(values, dtype="object"), utc=True).astype("datetime64[us, UTC]")
    return pd.array(values, dtype="string")
