"""Columns as the cells of files: text made harmless, everything else written alike. All of it is done on whole columns."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from storage.formulas import PATTERN, REPLACEMENT, UNSEEN

MOMENT = "%Y-%m-%dT%H:%M:%S+00:00"
_CONTROLS = [chr(code) for code in range(0x20)]
_SHORT = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}


def tidy(column: pa.Array) -> pa.Array:
    """Return a text column in which nothing steers a program: no formula, no control character, no mark of direction."""
    if _any(pc.match_substring_regex(column, UNSEEN)):
        column = pc.replace_substring_regex(column, UNSEEN, REPLACEMENT)
    risky = pc.fill_null(pc.match_substring_regex(column, PATTERN), False)
    return pc.if_else(risky, pc.binary_join_element_wise("'", column, ""), column) if _any(risky) else column


def tidy_name(name: str) -> str:
    """Return the heading of a column, which may be somebody's own, made as harmless as a cell."""
    return str(tidy(pa.array([name.encode("utf-8", "replace").decode()]))[0].as_py())


def moments(column: pa.Array) -> pa.Array:
    """Return moments as ISO 8601 (GB/T 7408) in UTC, with microseconds."""
    return pc.strftime(column, format=MOMENT)


def json_values(column: pa.Array) -> pa.Array:
    """Return each value as JSON (RFC 8259): real characters, ``null`` for what is unknown and for what is no number."""
    kind = column.type
    if pa.types.is_string(kind):
        made = pc.binary_join_element_wise('"', _escaped(column), '"', "")
    elif pa.types.is_floating(kind):
        made = pc.cast(pc.if_else(pc.is_finite(column), column, None), pa.string())
    elif pa.types.is_timestamp(kind):
        made = pc.binary_join_element_wise('"', moments(column), '"', "")
    elif pa.types.is_date(kind):
        made = pc.binary_join_element_wise('"', pc.cast(column, pa.string()), '"', "")
    else:
        made = pc.cast(column, pa.string())
    return pc.fill_null(made, "null")


def _escaped(column: pa.Array) -> pa.Array:
    column = pc.replace_substring(pc.replace_substring(column, "\\", "\\\\"), '"', '\\"')
    if not _any(pc.match_substring_regex(column, "[\\x{00}-\\x{1f}]")):
        return column
    return reduce(lambda made, sign: pc.replace_substring(made, sign, _SHORT.get(sign, f"\\u{ord(sign):04x}")), _CONTROLS, column)


def _any(found: pa.Array) -> bool:
    return bool(pc.any(found, min_count=0).as_py())


def joined(pieces: Sequence[pa.Array | str]) -> bytes:
    """Return the rows that pieces make, side by side and one after the other, as UTF-8."""
    rows = pc.binary_join_element_wise(*[pa.scalar(piece) if isinstance(piece, str) else piece for piece in pieces], "")
    if not len(rows):
        return b""
    offsets = np.frombuffer(rows.buffers()[1], np.int32)[rows.offset : rows.offset + len(rows) + 1]
    return bytes(memoryview(rows.buffers()[2])[int(offsets[0]) : int(offsets[-1])])
