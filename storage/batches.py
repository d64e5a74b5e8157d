"""Long lists of values in statements, some at a time or as one: both databases bound how many parameters a statement takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ARRAY, ColumnElement, Connection, any_, func, literal, select

from storage.kept_statements import given
from storage.types import to_json

T = TypeVar("T")
BATCH = 500


def batches(values: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """Yield the distinct values in lists of at most ``size``, in their order."""
    rest = iter(dict.fromkeys(values))
    while some := list(islice(rest, size)):
        yield some


def among(connection: Connection, column: ColumnElement[Any], values: Sequence[Any], name: str = "") -> ColumnElement[bool]:
    """Return the condition that a column holds one of any number of texts or numbers, which count as one parameter.

    ``name`` is that of the parameter (``kept_statements``), which takes what ``as_one`` returns.
    """
    dialect = connection.dialect.name
    kind = None if dialect == "sqlite" else ARRAY(column.type)
    some = given(name, as_one(dialect, values), kind) if name else literal(as_one(dialect, values), kind)
    if dialect == "sqlite":
        return column.in_(select(func.json_each(some).table_valued("value").c.value))
    return column == any_(some)


def as_one(dialect: str, values: Iterable[Any]) -> Any:  # noqa: ANN401 -- a text or a list
    """Return values as one parameter: SQLite takes them as a JSON text, PostgreSQL as an array."""
    return to_json(list(values)) if dialect == "sqlite" else list(values)
