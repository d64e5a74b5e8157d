"""The table of what readers reported to be wrong, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import CheckConstraint, Column, Connection, Index, Table, case, update

from storage.columns import day, days, metadata, must, one_of, times, words
from storage.types import BIG_ID, UtcTime, Words

ABOUT = ("document", "task", "agency", "work", "record", "page")
STATES = ("new", "confirmed", "mended", "declined")

corrections = Table(
    "corrections",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    words("about"),
    words("address"),
    Column("notice_id", Words),
    words("field"),
    words("wrong"),
    words("should_be"),
    words("contact"),
    words("reported_by"),
    must("received_at", UtcTime),
    must("due_on", day("due_on").type),
    words("state"),
    words("told"),
    words("reason"),
    day("wrong_from"),
    day("mended_on"),
    Column("answered_at", UtcTime),
    words("answered_by"),
    one_of("about", ABOUT),
    one_of("state", STATES),
    CheckConstraint("(about = 'record') = (notice_id IS NOT NULL)", name="record"),
    CheckConstraint("(state = 'new') = (answered_at IS NULL)", name="answered"),
    CheckConstraint("(state = 'mended') = (mended_on IS NOT NULL)", name="mended"),
    CheckConstraint("state = 'new' OR told <> ''", name="told"),
    CheckConstraint("state <> 'declined' OR reason <> ''", name="reason"),
    *days("due_on", "wrong_from", "mended_on"),
    *times("received_at", "answered_at"),
    Index(None, "state"),
    Index(None, "notice_id"),
    Index(None, "received_at"),
)
"""``wrong``, ``should_be`` and ``contact`` are the reader's words, masked, for operators only; ``told`` and ``reason`` are those of the
public log. What is said of a public record goes when the record goes."""


def forget(connection: Connection, notice_ids: Sequence[str]) -> None:
    """Drop what was said of public records that go, within the transaction in which they go; that something was reported stays."""
    c = corrections.c
    bare = dict.fromkeys(("address", "field", "wrong", "should_be", "contact"), "")
    told = {"told": case((c.told != "", "–"), else_=""), "reason": case((c.reason != "", "–"), else_="")}
    connection.execute(update(corrections).where(c.notice_id.in_(notice_ids)).values(bare | told))
