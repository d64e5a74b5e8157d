"""What every table of a store says, as one number each: two stores with the same rows have the same, in whatever order and database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, Table, select

from storage.schema import metadata
from storage.types import to_json

_BITS = 128


@dataclass(frozen=True, slots=True)
class TableDigest:
    """How many rows a table has, and the sum of their hashes (BLAKE2b, 128 bits), in hex."""

    rows: int
    digest: str


def digests(connection: Connection) -> dict[str, TableDigest]:
    """Return the digest of every table, row by row, as a transaction sees them; memory does not grow with the tables."""
    return {table.name: _digest(connection, table) for table in metadata.sorted_tables}


def differing(one: Connection, other: Connection) -> list[str]:
    """Return the tables of two stores that do not hold the same rows."""
    first, second = digests(one), digests(other)
    return [name for name in first if first[name] != second[name]]


def _digest(connection: Connection, table: Table) -> TableDigest:
    names = [column.name for column in table.columns]
    count = total = 0
    for row in connection.execution_options(yield_per=2000).execute(select(table)):
        said = to_json([[name, _plain(value)] for name, value in zip(names, row, strict=True)])
        total += int.from_bytes(blake2b(said.encode(), digest_size=_BITS // 8).digest())
        count += 1
    return TableDigest(count, f"{total % (1 << _BITS):032x}")


def _plain(value: Any) -> Any:  # noqa: ANN401 -- a value of any column
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.hex() if isinstance(value, bytes) else value
