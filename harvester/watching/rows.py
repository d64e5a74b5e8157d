"""Watches and deliveries as rows, and how long the names may be that stand in their messages."""

from __future__ import annotations

from typing import Any

from harvester.errors import WrongCall
from storage.deliveries import Delivery
from storage.watches import Watch

MOST_NAME = 60
MOST_FILTER = 100
"""Characters of a name and of a filter: they stand in every message."""


def short(text: str, what: str, most: int) -> None:
    """Raise ``WrongCall`` unless a text is one line of at most ``most`` characters; a name must say something."""
    if not text.isprintable() or len(text) > most or (what == "NAME" and not text.strip()):
        raise WrongCall(f"{what} must be one line of at most {most} characters; write it shorter.")


def row_of(watch: Watch, waits: int) -> dict[str, Any]:
    """Return a watch as a row."""
    names = ("name", "filters", "channel", "period", "language", "cursor", "paused", "created_by", "created_at", "due_at")
    return {name: getattr(watch, name) for name in names} | {"waiting": waits}


def delivery_row(delivery: Delivery) -> dict[str, Any]:
    """Return a delivery as a row."""
    names = ("id", "watch", "after_seq", "upto_seq", "rows", "state", "attempts", "next_at", "error", "created_at", "ended_at")
    return {name: getattr(delivery, name) for name in names}
