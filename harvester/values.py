"""Values as JSON can hold them: what the command line prints and what the API answers are made by the same two functions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any


def plain(value: Any) -> Any:  # noqa: ANN401 - a JSON value is what it is
    """Return ``value`` as JSON can hold it: dates as ISO 8601, amounts as numbers, tuples as lists."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)  # at most 15 digits, which a float keeps
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value


def to_json(value: Any, *, indent: int | None = 1) -> str:  # noqa: ANN401
    """Return ``value`` as JSON with real characters."""
    return json.dumps(plain(value), ensure_ascii=False, indent=indent)
