"""Rows as Arrow columns: one type for what a column holds, whatever database and driver it came from."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

TYPES: dict[str, pa.DataType] = {
    "text": pa.string(),
    "whole": pa.int64(),
    "number": pa.float64(),
    "amount": pa.float64(),
    "truth": pa.bool_(),
    "day": pa.date32(),
    "moment": pa.timestamp("us", "UTC"),
}
"""The Arrow type of each ``dictionary.Kind``."""


def schema_of(kinds: Mapping[str, str]) -> pa.Schema:
    """Return the schema of columns that hold these kinds."""
    return pa.schema([(name, TYPES[kind]) for name, kind in kinds.items()])


def typed(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return a batch with the types of a schema: what SQLite keeps as text or number becomes a day, a moment or truth."""
    columns = [_typed(column, field.type) for column, field in zip(batch.columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _typed(column: pa.Array, wanted: pa.DataType) -> pa.Array:
    if column.type == wanted:
        return column
    if pa.types.is_timestamp(wanted) and not pa.types.is_timestamp(column.type):
        return pc.cast(column, pa.timestamp("us")).view(wanted)  # it is UTC and says nothing of it
    return pc.cast(column, wanted)
