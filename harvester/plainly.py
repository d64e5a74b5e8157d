"""Frozen records to plain JSON and back, by the types of their fields."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

Record = TypeVar("Record")


def to_plain(value: Any) -> Any:  # noqa: ANN401 -- any value of a record
    """Return a record as JSON can hold it: a list of its fields' values in order, days in ISO 8601."""
    if is_dataclass(value) and not isinstance(value, type):
        return [to_plain(getattr(value, name)) for name in _types(type(value))]
    if isinstance(value, tuple | list):
        return [to_plain(each) for each in value]
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def from_plain(kind: type[Record], value: Any) -> Record:  # noqa: ANN401 -- JSON
    """Return the record of class ``kind`` that ``to_plain`` wrote. Raises ``ValueError`` for what is no such record."""
    found = _read(kind, value)
    if not isinstance(found, kind):
        raise ValueError(f"{kind.__name__} expected")  # noqa: TRY004 -- what is read is a value of JSON
    return found


def _read(kind: Any, value: Any) -> Any:  # noqa: ANN401 -- a type and JSON
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return None if value is None else _read(next(each for each in arguments if each is not type(None)), value)
    if origin is tuple:
        return _tuple(arguments, value)
    if is_dataclass(kind) and isinstance(kind, type):
        expected = _types(kind)
        if not isinstance(value, list) or len(value) != len(expected):
            raise ValueError(f"not the fields of {kind.__name__}")
        return kind(**{name: _read(each, part) for (name, each), part in zip(expected.items(), value, strict=True)})
    if kind is date:
        return date.fromisoformat(value)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    if not isinstance(value, kind):
        raise ValueError(f"{kind.__name__} expected")  # noqa: TRY004 -- what is read is a value of JSON, not a program's type
    return value


def _tuple(arguments: tuple[Any, ...], value: Any) -> tuple[Any, ...]:  # noqa: ANN401 -- types and JSON
    if not isinstance(value, list):
        raise ValueError("a list expected")  # noqa: TRY004 -- as above
    if arguments[1:] == (...,):
        return tuple(_read(arguments[0], each) for each in value)
    return tuple(_read(kind, each) for kind, each in zip(arguments, value, strict=True))


@lru_cache(maxsize=64)
def _types(kind: type[Any]) -> Mapping[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}
