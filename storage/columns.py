"""Columns and check constraints that many tables share, in sentences that SQLite and PostgreSQL both take."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Column, Date, MetaData
from sqlalchemy.types import TypeEngine

from storage.types import JSON_TEXT, Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def words(name: str) -> Column[str]:
    """Return a column of text that is never NULL; empty where there is none."""
    return Column(name, Words, nullable=False)


def must(name: str, kind: Any) -> Column[Any]:  # noqa: ANN401 -- a column type
    """Return a column that is never NULL."""
    return Column(name, kind, nullable=False)


def defaulted(name: str, kind: Any, value: str) -> Column[Any]:  # noqa: ANN401 -- a column type
    """Return a column that is never NULL, with the value that rows from before it have."""
    return Column(name, kind, nullable=False, server_default=value)


def day(name: str) -> Column[Any]:
    """Return a column of a date, NULL where unknown."""
    return Column(name, Date)


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """Return the constraint of an enumeration."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def days(*columns: str) -> list[CheckConstraint]:
    """SQLite keeps dates as text, so what is no date must be refused; PostgreSQL does by itself and takes the same sentence."""
    return [CheckConstraint(_is_day(column), name=f"{column}_day") for column in columns]


def _is_day(column: str) -> str:
    # Of what is no date SQLite's date() makes NULL, and a check that comes out NULL would let it pass.
    return f"{column} IS NULL OR (date({column}) IS NOT NULL AND {column} = date({column}))"


def times(*columns: str) -> list[CheckConstraint]:
    """Return the constraints that SQLite needs for moments."""
    return [CheckConstraint(f"CAST({column} AS TEXT) LIKE '____-__-__ __:__:__%'", name=f"{column}_time") for column in columns]


def region(column: str = "region") -> CheckConstraint:
    """A GB/T 2260 code has six digits; empty where there is none."""
    digits = f"length({column}) = 6 AND CAST({column} AS INTEGER) BETWEEN 100000 AND 999999"
    return CheckConstraint(f"CASE WHEN {column} = '' THEN 1 WHEN {digits} THEN 1 ELSE 0 END = 1", name=f"{column}_code")


def hex_digits(column: str, length: int = 64) -> CheckConstraint:
    """Return the constraint of a hash in hex; 64 digits are a SHA-256."""
    return CheckConstraint(f"length({column}) = {length}", name=f"{column}_hex")


def mention_columns() -> list[Column[Any]]:
    """Return the columns of one mention of a body; ``mention_key`` is the fingerprint of its folded text."""
    flags: TypeEngine[Any] = JSON_TEXT
    return [
        words("mention"),
        words("mention_key"),
        Column("name", Words),
        Column("agency_id", Words),
        words("kind"),
        must("resolved", Boolean),
        words("rule"),
        must("flags", flags),
    ]
