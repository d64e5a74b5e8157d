"""Column types that behave the same on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, Numeric, Text
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

BIG_ID = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit counter; SQLite counts only in a column it calls INTEGER."""

REPLACEMENT = "\ufffd"


def storable(text: str) -> str:
    """Return the text with what no database takes, NUL and lone surrogates, as U+FFFD; positions stay the same."""
    if "\0" in text:
        text = text.replace("\0", REPLACEMENT)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = "".join(REPLACEMENT if "\ud800" <= c <= "\udfff" else c for c in text)
    return text


def storable_all(column: list[str | None]) -> list[str | None]:
    """Return the texts of a column, each as ``storable`` does: they are looked at together, since next to none of them needs a change."""
    together = "".join(filter(None, column))
    return column if _is_storable(together) else [text if text is None else storable(text) for text in column]


def _is_storable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def to_json(value: Any, default: Callable[[Any], Any] | None = None) -> str:  # noqa: ANN401 -- any JSON value
    """Return the value as JSON in UTF-8 with real characters; raises ``TypeError`` for what JSON does not know.

    ``default`` returns what stands for a value that JSON does not know.
    """
    encoder = _ENCODER if default is None else _encoder(default)
    try:
        text = encoder.encode(value)
    except TypeError:  # names of several kinds cannot be sorted: as text they can
        return encoder.encode(_storable_json(value))
    if is_storable_json(text):
        return text
    plain = json.loads(json.dumps(value, default=default)) if default else value
    return _ENCODER.encode(_storable_json(plain))


def all_to_json(column: list[Any]) -> list[str]:
    """Return the values of a column as JSON, each as ``to_json`` does; what no database takes is looked for in all of them together."""
    try:
        texts = list(map(_ENCODER.encode, column))
    except TypeError:
        return list(map(to_json, column))
    return texts if is_storable_json("".join(texts)) else list(map(to_json, column))


def is_storable_json(text: str) -> bool:
    """Tell whether every database takes a JSON text as it stands."""
    return "\\u0000" not in text and _is_storable(text)


def _encoder(default: Callable[[Any], Any] | None = None) -> json.JSONEncoder:
    # What holds itself is no JSON value, and to look for it in each takes a third of the time.
    return json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=default, check_circular=False)


_ENCODER = _encoder()


def from_json(text: str | bytes) -> Any:  # noqa: ANN401 -- any JSON value
    """Return the value of a JSON text. Most lists in a store are empty, and a page of tasks has some hundreds of them."""
    return [] if text in ("[]", b"[]") else json.loads(text)


def _storable_json(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(str(key)): _storable_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_storable_json(item) for item in value]
    return value


class Json(TypeDecorator[Any]):
    """JSON as text on SQLite, as JSONB on PostgreSQL, whose dialect is imported only where it is spoken."""

    impl = JSON
    cache_ok = True

    @property
    def is_null_without_value(self) -> bool:
        """Tell whether None is NULL, rather than the JSON value ``null``."""
        known = self.impl_instance
        return isinstance(known, JSON) and bool(known.none_as_null)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the column type of a database."""
        known = self.impl_instance
        if dialect.name != "postgresql" or not isinstance(known, JSON):
            return dialect.type_descriptor(known)
        from sqlalchemy.dialects.postgresql import JSONB

        return dialect.type_descriptor(JSONB(none_as_null=known.none_as_null))


JSON_TEXT = Json()
JSON_OR_NULL = Json(none_as_null=True)
"""JSON of which None is NULL, not the JSON value ``null``."""


class Words(TypeDecorator[str]):
    """Text of any length and any origin, made storable."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return what the database can hold of the text."""
        return None if value is None else storable(value)


class UtcTime(TypeDecorator[datetime]):
    """A moment: aware in Python, UTC in the store. A naive one is refused with ``ValueError``."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment in UTC, as the driver wants it."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"the time {value} has no time zone: pass an aware datetime, in UTC")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment, aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


EXACT_DIGITS = 15
"""Digits of a decimal number that SQLite gives back as it got them (they survive the way through a 64-bit float)."""


class _SqliteNumeric(UserDefinedType[Any]):
    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:  # noqa: ANN401 -- SQLAlchemy's signature
        return "NUMERIC"


class Yuan(TypeDecorator[Decimal]):
    """An amount in 元 as an exact decimal of at most ``EXACT_DIGITS`` digits; ``ValueError`` for a longer one."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return a numeric column that no driver turns into floats behind our back."""
        return dialect.type_descriptor(_SqliteNumeric() if dialect.name == "sqlite" else Numeric())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:  # noqa: ANN401 -- what the driver takes
        """Return the amount as the driver wants it."""
        if value is None:
            return None
        if len(value.normalize().as_tuple().digits) > EXACT_DIGITS:
            raise ValueError(f"an amount has more than {EXACT_DIGITS} digits: it cannot be kept exactly")
        return f"{value:f}" if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:  # noqa: ANN401 -- what the driver gives
        """Return the amount as it was written; trailing noughts do not count."""
        return None if value is None else Decimal(str(value))
