"""Pages of rows: a cursor says behind which row the next page begins, so rows that arrive meanwhile neither repeat nor hide others."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import Any

from storage.errors import StoreError
from storage.types import storable, to_json

PAGE = 50
"""Rows of a page, where nothing else is asked."""
MOST = 1000
"""The most rows of a page."""
_DIGEST = 9
_LONGEST = 2000
"""Characters of the longest cursor that is read; one is made of a key of a row, and names are short."""


class WrongCursor(StoreError):  # noqa: N818 -- as in storage.errors
    """A cursor that no page gave, or that belongs to another question."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of an answer; ``next`` is the cursor of the rows behind them, empty at the end.

    ``total`` counts the rows of the whole answer; None where there are more than are counted while somebody waits.
    """

    rows: Sequence[Mapping[str, Any]]
    next: str = ""
    total: int | None = None

    @property
    def more(self) -> bool:
        """Tell whether rows come behind these."""
        return bool(self.next)


def size_of(limit: int | None) -> int:
    """Return how many rows a page has for the limit that is asked for; raises ``StoreError`` for one below 1."""
    if limit is not None and limit < 1:
        raise StoreError(f"A page of {limit} rows cannot be made: ask for 1 to {MOST}.")
    return min(limit or PAGE, MOST)


def cursor(kind: str, question: Any, key: Sequence[Any]) -> str:  # noqa: ANN401 -- a dataclass of filters
    """Return the cursor behind the row of a key, for a question of a kind (``tasks``, ``documents``, …)."""
    digest = _digest(kind, question)
    return base64.urlsafe_b64encode(digest + to_json(list(key)).encode()).decode().rstrip("=")


def behind(kind: str, question: Any, after: str, shape: tuple[type, ...]) -> list[Any] | None:  # noqa: ANN401 -- as ``cursor``
    """Return the key that a cursor holds, None for an empty one; ``shape`` has the types of the key's values.

    Raises ``WrongCursor`` for a cursor of another question, or that no page gave.
    """
    if not after:
        return None
    try:
        raw = base64.b64decode(after[:_LONGEST].encode() + b"=" * (-len(after) % 4), b"-_", validate=True)
        key = json.loads(raw[_DIGEST:])
    except (binascii.Error, UnicodeError, ValueError, RecursionError) as error:
        raise WrongCursor("This cursor was given by no page: leave it away to begin with the first page.") from error
    if raw[:_DIGEST] != _digest(kind, question):
        raise WrongCursor("This cursor belongs to another question: leave it away, or ask with the filters that it came with.")
    if not isinstance(key, list) or [type(value) for value in key] != list(shape) or not all(map(_can_be_asked, key)):
        raise WrongCursor("This cursor was given by no page: leave it away to begin with the first page.")
    return key


def _can_be_asked(value: object) -> bool:
    """Tell whether both databases take a value: no integer beyond their eight bytes, no text with a NUL or half a character."""
    if isinstance(value, int):
        return abs(value) < 2**63
    return isinstance(value, str) and storable(value) == value


def day_of(value: str) -> date:
    """Return the day that a cursor holds; raises ``WrongCursor`` for what is none."""
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise WrongCursor("This cursor was given by no page: leave it away to begin with the first page.") from error


def _digest(kind: str, question: Any) -> bytes:  # noqa: ANN401 -- as ``cursor``
    """Return a digest of a question; how many rows are asked for is no part of it."""
    said = {each.name: getattr(question, each.name) for each in fields(question)} if is_dataclass(question) else dict(question)
    told = {name: None if value is None else str(value) for name, value in said.items() if name != "limit"}
    return hashlib.sha256(to_json([kind, told]).encode()).digest()[:_DIGEST]
