"""Statements that are put together once for each shape of a question, and asked again with other values.

To put a statement together and to find what it was compiled to takes longer than many a statement runs. What a question asks for
stands in a statement as parameters with names (``given``); so the statement of the first question of a shape serves all that come after,
which give their own values by these names. A statement must ask of one question only: a name has one value in it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from sqlalchemy import BindParameter, ColumnElement, Exists, bindparam, literal_column, select
from sqlalchemy.types import TypeEngine
from sqlalchemy.util import LRUCache

S = TypeVar("S")
MOST = 500
"""Statements that are kept, those asked for last: as many as SQLAlchemy keeps compiled of an engine. Half as many more come and go."""
_KEPT: LRUCache[Hashable, Any] = LRUCache(MOST)


def given(name: str, value: Any, kind: TypeEngine[Any] | None = None) -> BindParameter[Any]:  # noqa: ANN401 -- a value of any column
    """Return a value of a question as a parameter that the next question of the same shape gives again.

    Without ``kind`` the value tells its type, as that of a whole number its size: what may be a place needs one.
    """
    return bindparam(f"asked_{name}", value, kind, expanding=isinstance(value, tuple))


def values_of(**values: Any) -> dict[str, Any]:  # noqa: ANN401 -- values of any columns
    """Return values by the names of their parameters."""
    return {f"asked_{name}": value for name, value in values.items()}


def some(*wanted: ColumnElement[bool]) -> Exists:
    """Return the condition that there is a row, of which no column is wanted: for ``EXISTS (SELECT *`` SQLite would read them all."""
    return select(literal_column("1")).where(*wanted).exists()


def kept(shape: Hashable, make: Callable[[], S]) -> S:
    """Return the statement of a shape, made where there is none yet. Values are no part of a shape, but which filters there are is."""
    found: S | None = _KEPT.get(shape)
    if found is None:
        found = _KEPT[shape] = make()
    return found
