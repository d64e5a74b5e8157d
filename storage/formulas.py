"""Keep spreadsheet programs from running what a site wrote (CWE-1236). One rule for every file and stream that leaves."""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")
STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is run as a formula by spreadsheet programs."""


def neutral(value: T) -> T | str:
    """Return a text that a spreadsheet would take for a formula with an apostrophe before it; anything else as it is."""
    return f"'{value}" if isinstance(value, str) and value.startswith(STARTS) else value
