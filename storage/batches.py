"""Long lists of values in statements, some at a time or as one: both databases bound how many parameters a statement takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ARRAY, ColumnElement, Connection, any_, func, literal, select

from storage.types import to_json

T = TypeVar("T")
BATCH = 500


def batches(values: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """Yield the distinct values in lists of at most ``size``, in their order."""
    rest = iter(dict.fromkeys(values))
    while some := list(islice(rest, size)):
        yield some


def among(connection: Connection, column: ColumnElement[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    """Return the condition that a column holds one of any number of texts or numbers, which count as one parameter."""
    if connection.dialect.name == "sqlite":
        return column.in_(select(func.json_each(to_json(list(values))).table_valued("value").c.value))
    return column == any_(literal(list(values), ARRAY(column.type)))
