"""The tables of the codes, read from the package's data files: authorities, categories, look-alikes, sentences."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Words:
    """A name in Chinese and English."""

    zh: str
    en: str


def rows(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of ``data/<name>.csv`` by column name."""
    with (files(__package__) / "data" / f"{name}.csv").open(encoding="utf-8") as file:
        yield from csv.DictReader(file)


@cache
def authorities() -> dict[str, Words]:
    """Return the registering authorities by place 1 of a credit code (GB 32100-2015, table 1, and its amendment)."""
    return {row["code"]: Words(row["zh"], row["en"]) for row in rows("authorities")}


@cache
def categories() -> dict[str, Words]:
    """Return the categories by places 1 and 2 of a credit code."""
    return {row["authority"] + row["category"]: Words(row["zh"], row["en"]) for row in rows("categories")}


@cache
def personal_pairs() -> frozenset[str]:
    """Return the pairs whose bodies are natural persons in trade: individual businesses (个体工商户)."""
    return frozenset(row["authority"] + row["category"] for row in rows("categories") if row["personal"])


@cache
def lookalikes() -> dict[str, str]:
    """Return for a character what it may have been meant for: slips of typing and recognition, letters of other alphabets."""
    return {row["seen"]: row["meant"] for row in rows("lookalikes")}


@cache
def sentences() -> dict[str, str]:
    """Return the sentence of each finding by its name, fields in braces."""
    return {row["name"]: row["sentence"] for row in rows("findings")}
