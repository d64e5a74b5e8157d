"""What both databases have in common when they answer somebody's SQL: its bounds, and what is said of what is not answered."""

from __future__ import annotations

from typing import Any

from storage.errors import RefusedQuestion, SlowQuestion

SIZE = 64_000_000
"""The most characters of an answer."""
Found = tuple[list[str], list[tuple[Any, ...]], set[str], str]
"""Columns, rows, the views that were read, and why rows are missing."""


def slow(seconds: float) -> SlowQuestion:
    """Return what is raised when the time is over."""
    return SlowQuestion(f"The answer takes longer than {seconds:g} seconds: narrow the question, or ask for less at once.")


def too_large() -> RefusedQuestion:
    """Return what is raised when the memory is used up."""
    return RefusedQuestion("The answer needs more memory than a question may take: narrow it, or ask for less at once.")


def not_allowed(what: str) -> RefusedQuestion:
    """Return what is raised for what may not be asked."""
    return RefusedQuestion(f"This may not be asked ({what}): read the views of the data dictionary, with the functions listed there.")


def not_understood(words: str) -> RefusedQuestion:
    """Return what is raised for what is no SQL over the views, with the database's own words."""
    return RefusedQuestion(f"The database does not understand this ({words}): correct the statement; the data dictionary has names.")
