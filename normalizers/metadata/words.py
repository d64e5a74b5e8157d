"""The words of ``words.toml``, as lists and as patterns."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Any


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text("utf-8"))


def words(table: str, name: str) -> tuple[str, ...]:
    """Return one list of words or patterns; raises ``KeyError`` for a list that ``words.toml`` does not hold."""
    return tuple(_tables()[table][name])


def names_of(table: str) -> tuple[str, ...]:
    """Return the names of the lists of a table."""
    return tuple(name for name, value in _tables()[table].items() if isinstance(value, list))


def pairs(table: str, name: str) -> dict[str, str]:
    """Return one table of words by word."""
    return dict(_tables()[table][name])


@cache
def words_pattern(table: str, name: str) -> re.Pattern[str]:
    """Return a pattern for any word of a list, the longest first."""
    return re.compile("|".join(re.escape(word) for word in sorted(words(table, name), key=len, reverse=True)))


@cache
def rules_pattern(table: str, name: str) -> re.Pattern[str]:
    """Return a pattern for any of a list of patterns."""
    return re.compile("|".join(f"(?:{rule})" for rule in words(table, name)))
