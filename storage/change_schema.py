"""The tables of the feed of changes, of decisions on works, of links between works, of watches, and the cache of comparisons."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
)

from storage.columns import day, days, hex_digits, metadata, must, one_of, region, times, words
from storage.types import BIG_ID, JSON_OR_NULL, JSON_TEXT, UtcTime, Words

ENTITIES = ("document", "text", "task", "link", "notice")
KINDS = (
    "added", "removed", "changed", "reworded", "moved", "split", "merged", "restated", "gone", "back", "withdrawn", "tied", "untied",
    "entered", "left",
)  # fmt: skip
CAUSES = ("source", "reading", "decision")
"""Why a row is there: the source says otherwise, we read it otherwise, or a person decided."""
RELATIONS = ("draft", "edition", "division")
"""How works stand to each other: a final to its draft, a year's edition to another's, a division of tasks to its plan."""
TIES = ("same", *RELATIONS, "none")
KEY_KINDS = ("content", "title", "number", "series", "plan", "subject")
PERIODS = ("each", "daily", "weekly")
DELIVERY_STATES = ("waiting", "sent", "given-up")

changes = Table(
    "changes",
    metadata,
    Column("seq", BIG_ID, primary_key=True),
    must("known_at", UtcTime),
    day("as_of"),
    words("entity"),
    words("entity_id"),
    words("kind"),
    words("cause"),
    must("copy", Boolean),
    Column("run", Words),
    words("site"),
    words("section"),
    words("region"),
    Column("document_id", Words),
    Column("version", Integer),
    Column("work_id", Words),
    must("fields", JSON_TEXT),
    Column("before", JSON_OR_NULL),
    Column("after", JSON_OR_NULL),
    Column("evidence", JSON_OR_NULL),
    words("list_name"),
    words("colour"),
    words("record_kind"),
    words("reason"),
    one_of("entity", ENTITIES),
    one_of("kind", KINDS),
    one_of("cause", CAUSES),
    CheckConstraint("entity <> 'notice' OR (before IS NULL AND after IS NULL)", name="unnamed"),
    region(),
    *days("as_of"),
    *times("known_at"),
    Index(None, "entity_id"),
    Index(None, "document_id"),
    Index(None, "known_at"),
    sqlite_autoincrement=True,
)
"""The feed. Rows are never altered; ``seq`` is never reused. Of a notice no content is ever kept here."""

change_agencies = Table(
    "change_agencies",
    metadata,
    Column("seq", BIG_ID, ForeignKey("changes.seq"), primary_key=True),
    Column("side", Words, primary_key=True),
    Column("role", Words, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("agency_id", Words),
    words("mention_key"),
    words("name"),
    one_of("side", ("before", "after")),
    Index(None, "agency_id"),
    Index(None, "mention_key"),
)

feed_state = Table("feed_state", metadata, Column("id", Integer, primary_key=True), must("horizon", BigInteger))
"""One row: the greatest sequence number that was dropped from the feed, 0 while none was."""

version_clocks = Table(
    "version_clocks",
    metadata,
    Column("document_id", Words, primary_key=True),
    Column("version", Integer, primary_key=True),
    must("first_seen", UtcTime),
    must("last_seen", UtcTime),
    must("last_checked", UtcTime),
    ForeignKeyConstraint(["document_id", "version"], ["versions.document_id", "versions.number"]),
    *times("first_seen", "last_seen", "last_checked"),
)
"""The clocks of versions that another one took the place of: where ``clocks`` stood then."""

document_links = Table(
    "document_links",
    metadata,
    Column("document_id", Words, ForeignKey("documents.id"), primary_key=True),
    Column("other_id", Words, ForeignKey("documents.id"), primary_key=True),
    Column("relation", Words, primary_key=True),
    words("reason"),
    must("score", Float),
    one_of("relation", RELATIONS),
    CheckConstraint("score BETWEEN 0 AND 1", name="score"),
    CheckConstraint("document_id <> other_id", name="two"),
    Index(None, "other_id"),
)
"""``document_id`` is the final, the later edition, the division; ``other_id`` the draft, the earlier edition, the plan."""

tie_decisions = Table(
    "tie_decisions",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    words("document_id"),
    words("other_id"),
    words("tie"),
    words("note"),
    words("decided_by"),
    must("decided_at", UtcTime),
    Column("ended_by", Words),
    Column("ended_at", UtcTime),
    one_of("tie", TIES),
    CheckConstraint("document_id <> other_id", name="two"),
    CheckConstraint("decided_by <> ''", name="told"),
    CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name="ended"),
    *times("decided_at", "ended_at"),
    Index(None, "document_id"),
    Index(None, "other_id"),
)
"""A log of what people decided on pairs of documents, by their identifiers, which need not be in the store any more."""

document_keys = Table(
    "document_keys",
    metadata,
    Column("kind", Words, primary_key=True),
    Column("value", Words, primary_key=True),
    Column("document_id", Words, ForeignKey("documents.id"), primary_key=True),
    one_of("kind", KEY_KINDS),
    Index(None, "document_id"),
)
"""What a document's current version is found by when works and links are judged (``storage.pairing`` says what each kind holds)."""

comparisons = Table(
    "comparisons",
    metadata,
    Column("old_hash", Words, primary_key=True),
    Column("new_hash", Words, primary_key=True),
    Column("reader", Words, primary_key=True),
    must("result", JSON_TEXT),
    must("used_at", UtcTime),
    hex_digits("old_hash"),
    hex_digits("new_hash"),
    hex_digits("reader"),
    *times("used_at"),
    Index(None, "used_at"),
)
"""Comparisons of stored versions, by the hashes of what was compared and of the reader; dropped when long unused."""

watches = Table(
    "watches",
    metadata,
    Column("name", Words, primary_key=True),
    must("filters", JSON_TEXT),
    words("channel"),
    words("period"),
    words("language"),
    must("cursor", BigInteger),
    must("paused", Boolean),
    words("created_by"),
    must("created_at", UtcTime),
    Column("due_at", UtcTime),
    one_of("period", PERIODS),
    one_of("language", ("zh", "en")),
    CheckConstraint("name <> '' AND channel <> ''", name="named"),
    *times("created_at", "due_at"),
)
"""Saved questions to the feed: ``cursor`` is the sequence number up to which its channel was told."""

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Words, primary_key=True),
    Column("watch", Words, ForeignKey("watches.name"), nullable=False),
    must("after_seq", BigInteger),
    must("upto_seq", BigInteger),
    must("rows", Integer),
    words("state"),
    must("attempts", Integer),
    Column("next_at", UtcTime),
    words("error"),
    must("created_at", UtcTime),
    Column("ended_at", UtcTime),
    one_of("state", DELIVERY_STATES),
    CheckConstraint("after_seq < upto_seq AND rows > 0 AND attempts >= 0", name="counts"),
    CheckConstraint("(ended_at IS NULL) = (state = 'waiting')", name="ended"),
    *times("next_at", "created_at", "ended_at"),
    Index(None, "watch", "state"),
)
"""What is to be told to a channel: a stretch of the feed, named once and for all, so that telling it twice has one effect.

The content is read from the feed when it is sent, so that what may no longer be shown is not sent either.
"""
