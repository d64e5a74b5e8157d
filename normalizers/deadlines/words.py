"""The words of ``words.toml`` as patterns."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Any


@cache
def _tables() -> dict[str, Any]:
    """Return the word lists of this package."""
    return tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text("utf-8"))


@cache
def words(table: str, name: str) -> tuple[str, ...]:
    """Return one list of words; raises ``KeyError`` for a list that ``words.toml`` does not hold."""
    return tuple(_tables()[table][name])


@cache
def any_of(table: str, name: str) -> re.Pattern[str]:
    """Return a pattern that finds any word of a list, the longest first."""
    return re.compile("|".join(re.escape(word) for word in sorted(words(table, name), key=len, reverse=True)))


@cache
def rhythms() -> dict[str, str]:
    """Return the words that alone in a cell state a rhythm, with their ISO 8601 duration."""
    return dict(_tables()["cell"]["rhythm"])


@cache
def eves() -> dict[str, tuple[int, int]]:
    """Return the month and day before each holiday of the solar calendar."""
    return {name: (int(day[:2]), int(day[3:])) for name, day in _tables()["cell"]["eve"].items()}


@cache
def tags() -> tuple[str, ...]:
    """Return the names of the tags for texts without a date."""
    return tuple(_tables()["tag"])
