"""What schemathesis has to know that JSON Schema cannot say: days of this time, periods that begin before they end, moments in words."""

from __future__ import annotations

from datetime import date
from typing import Any

import schemathesis
from hypothesis import strategies as st

PERIODS = (("due_from", "due_to"), ("since", "until"), ("as_of_from", "as_of_to"))

schemathesis.openapi.format("date", st.dates(date(1990, 1, 1), date(2100, 12, 31)).map(date.isoformat))


@schemathesis.hook
def map_query(context: Any, query: dict[str, Any] | None) -> dict[str, Any] | None:
    """Put the earlier day of a period first, where both are days; every other value stays as it was made."""
    if isinstance(query, dict):
        for first, last in PERIODS:
            both = [query.get(first), query.get(last)]
            if all(isinstance(value, str) and _is_day(value) for value in both):
                query[first], query[last] = sorted(both)  # type: ignore[type-var]
    return query


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text) is not None and len(text) == 10
    except ValueError:
        return False
