"""The words of ``words.toml`` as patterns."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Any

from normalizers.deadlines.signs import sign

_COMMON = frozenset("年月日号季度半旬底末前内中初后期上下不之至到起一二三四五六七八九十实施完成")
"""What dates and the words around them are made of: no sign of anything else."""


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


def sign_of(*lists: tuple[str, str]) -> int:
    """Return a sign of every text that holds a word of these lists."""
    return sign("".join({next((char for char in word if char not in _COMMON), word[0]) for each in lists for word in words(*each)}))


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
