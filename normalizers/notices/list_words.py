"""The words of ``data/lists.toml``: what titles, columns and names in documents say of public credit records."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from normalizers.notices.records import Colour, NoticeKind


@dataclass(frozen=True, slots=True)
class Said:
    """What words in a title or caption say of the records below it."""

    pattern: re.Pattern[str]
    kind: NoticeKind
    colour: Colour | None = None


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "data" / "lists.toml").read_text(encoding="utf-8"))


@cache
def words(key: str) -> tuple[str, ...]:
    """Return one list of words. Raises ``KeyError`` for one that ``lists.toml`` does not hold."""
    return tuple(_tables()["words"][key])


@cache
def pattern(key: str) -> re.Pattern[str]:
    """Return a pattern for any word of a list, the longest first."""
    return re.compile("|".join(re.escape(word) for word in sorted(words(key), key=len, reverse=True)))


@cache
def said(table: str) -> tuple[Said, ...]:
    """Return the rows of ``subjects`` or ``ends``, in their order."""
    return tuple(
        Said(re.compile(row["pattern"]), NoticeKind(row["kind"]), Colour(row["colour"]) if row.get("colour") else None)
        for row in _tables()[table]
    )
