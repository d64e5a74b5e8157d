"""Read the package's own data files: CSV tables with a head line, and the word lists."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

# Before these characters 和 joins two tasks of a department; elsewhere it may belong to a place (和县, 云和县).
_AND = re.compile(r"和(?=[城信社改旅规自计物体监行宗家国市房广数经])")

_TO_FULL_WIDTH = str.maketrans("()", "（）", " \t\r\n\u3000\xa0\u200b\u200c\u200d\ufeff")
_UNTIDY = re.compile(f"[{''.join(map(chr, _TO_FULL_WIDTH))}]")

_DATA = files(__package__) / "data"


def rows(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of ``data/<name>.csv`` by column name."""
    with (_DATA / f"{name}.csv").open(encoding="utf-8") as file:
        yield from csv.DictReader(file)


def listed(value: str) -> tuple[str, ...]:
    """Return the parts of a cell that holds several values, joined by ``|``."""
    return tuple(part for part in value.split("|") if part)


def tidy(mention: str) -> str:
    """Return a mention as it is kept: no blanks, full-width brackets."""
    return mention.translate(_TO_FULL_WIDTH) if _UNTIDY.search(mention) else mention


def without_and(name: str) -> str:
    """Return the name without the 和 that short names keep or drop as they like (住房和城乡建设局, 住房城乡建设局)."""
    return _AND.sub("", name) if "和" in name else name


@cache
def words(name: str) -> tuple[str, ...]:
    """Return one list of ``data/words.toml``, the longest words first."""
    return tuple(sorted(_words()[name], key=len, reverse=True))


@cache
def word_set(name: str) -> frozenset[str]:
    """Return one list of ``data/words.toml`` as a set."""
    return frozenset(_words()[name])


@cache
def _words() -> dict[str, list[str]]:
    table: dict[str, list[str]] = tomllib.loads((_DATA / "words.toml").read_text(encoding="utf-8"))
    return table
