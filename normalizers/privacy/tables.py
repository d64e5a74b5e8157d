"""The data behind masking: kinds, labels, surnames, words of organisations, each one line of a file in ``data``."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

GAP = "[ \u200b]{0,4}+"
"""Blanks that a page sets between the characters of a label to make it as wide as its neighbours (住　　址)."""


@lru_cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a data file."""
    with (files(__package__) / "data" / f"{name}.csv").open(encoding="utf-8") as lines:
        return tuple(csv.DictReader(lines))


@lru_cache
def provinces() -> dict[str, str]:
    """Return the short names of the provinces by the first two digits of GB/T 2260."""
    return {row["code"]: row["name"] for row in rows("provinces")}


@lru_cache
def tokens() -> dict[str, str]:
    """Return what a mask calls each kind."""
    return {row["kind"]: row["token"] for row in rows("kinds")}


@lru_cache
def surnames() -> frozenset[str]:
    """Return surnames of one character and of two."""
    return frozenset(row["surname"] for row in rows("surnames"))


@lru_cache
def label_kinds() -> dict[str, str]:
    """Return the kinds of the labels that stand before personal data in running text."""
    return {row["label"]: row["kind"] for row in rows("text_labels")}


def spaced(word: str) -> str:
    """Return a pattern for a word whose Chinese characters may stand apart."""
    return GAP.join(re.escape(char) for char in word) if word[0] > "\u2e80" else re.escape(word)


def any_of(words: Iterable[str]) -> str:
    """Return a pattern for any of these words, the longest first."""
    return "|".join(spaced(word) for word in sorted(set(words), key=lambda word: (-len(word), word)))


def labels_of(*kinds: str) -> str:
    """Return a pattern for the labels of these kinds; a Latin label stands alone, not within a word."""
    chosen = [label for label, kind in label_kinds().items() if kind in kinds]
    han = any_of(label for label in chosen if label[0] > "\u2e80")
    latin = any_of(label for label in chosen if label[0] < "\u2e80")
    return f"(?:{han})" + (f"|(?<![A-Za-z])(?:{latin})(?![A-Za-z])" if latin else "")


def token(kind: str, word: str = "") -> str:
    """Return what takes the place of personal data of a kind."""
    return f"〔{tokens()[kind]}已隐去{'·' + word if word else ''}〕"
