"""Values as they leave the program: as JSON can hold them, the same for the command line and the API, and as harmless text."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any


def plain(value: Any) -> Any:  # noqa: ANN401 - a JSON value is what it is
    """Return ``value`` as JSON can hold it: dates as ISO 8601, amounts as numbers, tuples as lists.

    What is no finite number (infinity, not a number) is ``None``: RFC 8259 §6 has no word for it.
    """
    if isinstance(value, float | Decimal) and not math.isfinite(value):
        return None
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)  # at most 15 digits, which a float keeps
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value


def to_json(value: Any, *, indent: int | None = 1, separators: tuple[str, str] | None = None) -> str:  # noqa: ANN401
    """Return ``value`` as JSON with real characters.

    The encoder asks ``plain`` for what it does not know. Only where it finds what JSON cannot hold at all (infinity, a key that is no
    text) is the whole value gone through: that takes several times as long as the encoding.
    """
    try:
        return json.dumps(value, ensure_ascii=False, indent=indent, separators=separators, allow_nan=False, default=plain)
    except (TypeError, ValueError):
        return json.dumps(plain(value), ensure_ascii=False, indent=indent, separators=separators)


def printable(text: str) -> str:
    """Return ``text`` without control characters: what a site wrote must not steer the reader's terminal."""
    return "".join(c if c == "\n" or (c.isprintable() or c == "\u3000") else " " for c in text)
