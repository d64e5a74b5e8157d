"""Answers in JSON: read as printed (no number is rounded), and refused with a cause where they are none."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from normalizers.notices.records import PrintedField
from spiders.families import NoListError, PageError
from spiders.families.reading import line
from spiders.items import Cause

from .pages import MOST_ROWS, EmptyAnswerError, place

_HALVES = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")
_GOOD_CODES = frozenset({"", "0", "200", "true", "success", "None"})


class HalfAnswerError(PageError):
    """An answer in JSON that ends before its end."""

    cause = Cause.TRUNCATED


class ErrorAnswerError(PageError):
    """An answer that says that the site failed, whatever its status."""

    cause = Cause.ERROR_PAGE


def read_json(text: str, url: str) -> Any:  # noqa: ANN401 - whatever a site answers
    """Return the answer with every number as it is written.

    Raises EmptyAnswerError for nothing, HalfAnswerError for a half, NoListError for what is no JSON.
    """
    body = text.lstrip("\ufeff \r\n\t")
    if not body.strip():
        raise EmptyAnswerError(f"{place(url)} answered with nothing")
    if body[0] not in "{[":
        raise NoListError(f"{place(url)} answered with no JSON: look at the address, then at the family of its section in the fact sheet")
    try:
        found = json.loads(body, parse_int=str, parse_float=str, parse_constant=str)
        if _HALVES.search(body):  # an escape, or the page itself, may hold half a character, which no address and no text can
            found = json.loads(json.dumps(found, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise HalfAnswerError(f"{place(url)} answered with JSON that cannot be read to its end") from None
    return found


def read_object(text: str, url: str) -> dict[str, Any]:
    """Return an answer that is one object; ErrorAnswerError where its code says that the call failed."""
    data = read_json(text, url)
    if not data:
        raise EmptyAnswerError(f"{place(url)} answered with nothing")
    if not isinstance(data, dict):
        raise NoListError(f"{place(url)} answered with a list where an object was asked for")
    code = str(data.get("code", data.get("status", ""))).lower()
    if (code.isdecimal() or code in ("error", "false", "fail")) and code not in _GOOD_CODES:
        raise ErrorAnswerError(f"{place(url)} answered with an error code")
    return data


def rows_at(data: Mapping[str, Any], name: str, url: str) -> list[dict[str, Any]]:
    """Return the objects of the array ``name``; NoListError where there is none. An empty text or null stands for an empty array."""
    if name not in data:
        raise NoListError(f"{place(url)} answered without {name!r}: the interface changed, or something else answered")
    rows = data[name]
    if rows is None or rows == "":
        return []
    if not isinstance(rows, list):
        raise NoListError(f"{place(url)} answered with something else than an array in {name!r}")
    return [row for row in rows[:MOST_ROWS] if isinstance(row, dict)]


def number_at(data: Mapping[str, Any], name: str) -> int | None:
    """Return a count that an answer states, ``None`` where it states none."""
    value = str(data.get(name, ""))
    return int(value) if value.isdecimal() and value.isascii() and len(value) <= 9 else None


def required(data: Mapping[str, Any], name: str, url: str) -> int:
    """Return a count that an answer must state; NoListError where it states none."""
    number = number_at(data, name)
    if number is None:
        raise NoListError(f"{place(url)} does not say how much there is ({name}): the interface changed, or something else answered")
    return number


def fields_of(row: Mapping[str, Any]) -> tuple[PrintedField, ...]:
    """Return the members of an object as printed fields, in their order; null is an empty value."""
    return tuple(PrintedField(line(str(name)), _printed(value)) for name, value in row.items())


def _printed(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return line(value)
    return line(json.dumps(value, ensure_ascii=False))


def text_list(value: object) -> Iterator[str]:
    """Yield the names in an array of texts, or of objects with a name, each once."""
    seen: set[str] = set()
    for entry in value[:MOST_ROWS] if isinstance(value, list) else ():
        name = next((entry[key] for key in ("name", "label", "value") if entry.get(key)), "") if isinstance(entry, dict) else entry
        name = line(name) if isinstance(name, str) else ""
        if name and name not in seen:
            seen.add(name)
            yield name
