"""What schemathesis has to know that JSON Schema cannot say: days of this time, periods that begin before they end, what is stored."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import strategies as st

PERIODS = (("due_from", "due_to"), ("since", "until"), ("as_of_from", "as_of_to"))

schemathesis.openapi.format("date", st.dates(date(1990, 1, 1), date(2100, 12, 31)).map(date.isoformat))


@schemathesis.hook
def map_query(context: Any, query: dict[str, Any] | None) -> dict[str, Any] | None:
    """Put the earlier day of a period first, where both are days; every other value stays as it was made."""
    if isinstance(query, dict):
        _known_by_now(query)
        for first, last in PERIODS:
            both = [query.get(first), query.get(last)]
            if all(isinstance(value, str) and _is_day(value) for value in both):
                query[first], query[last] = sorted(both)  # type: ignore[type-var]
    return query


@schemathesis.hook
def map_body(context: Any, body: Any) -> Any:
    """Ask no body of a day that lies ahead."""
    if isinstance(body, dict):
        _known_by_now(body)
    return body


def _known_by_now(asked: dict[str, Any]) -> None:
    """Put a year that is over, and the week that is over, in the place of those of a clock that may lie ahead."""
    for name in ("as_of", "known_at"):
        if isinstance(value := asked.get(name), str):
            said = re.sub("^[本这](?=周|星期|礼拜)", "上", value)
            asked[name] = re.sub("^[0-9]{4}(?=-[0-9]{2}-[0-9]{2})", "2020", said) if said[:4] >= str(date.today().year) else said


LINKS = tomllib.loads((Path(__file__).parents[2] / "harvester/web/api/links.toml").read_text(encoding="utf-8"))
LINKED = {name for targets in LINKS.values() for parameters in targets.values() for name in parameters}
_answered: set[str] = set()


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    """Remember the values that answers gave."""
    if response.status_code == 200 and response.headers.get("content-type") == ["application/json"]:
        _answered.update(_values(response.json()))


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Where links are followed, filter by what an answer gave and nothing else: of what is made up, a small store has nothing."""
    if case.meta.phase.name == "stateful" and case.meta.generation.mode.is_positive:
        needed = {parameter.name for parameter in case.operation.query if parameter.is_required}
        known = {name for name, value in case.query.items() if name in LINKED and str(value) in _answered}
        case.query = {name: value for name, value in case.query.items() if name in needed | known}


def _values(told: Any) -> Iterator[str]:
    if isinstance(told, dict | list):
        for each in told.values() if isinstance(told, dict) else told:
            yield from _values(each)
    elif isinstance(told, str | int):
        yield str(told)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text) is not None and len(text) == 10
    except ValueError:
        return False
