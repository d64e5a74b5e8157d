"""The tables of what people and programs enter beside what sites publish: the gazetteer, decisions of review, derivations."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table

from storage.columns import day, days, defaulted, hex_digits, metadata, must, one_of, region, times, words
from storage.types import BIG_ID, JSON_TEXT, UtcTime, Words

DECIDED = ("agency", "group", "role", "class", "not-an-agency")
"""What a mention can be decided to be."""
STAGES = ("documents", "unread")
"""What a derivation goes through: first every current version, then what could not be read formerly."""

# --- the gazetteer ---------------------------------------------------------------------------------------------------

agencies = Table(
    "agencies",
    metadata,
    Column("id", Words, primary_key=True),
    words("name"),
    words("kind"),
    words("region"),
    words("level"),
    day("valid_from"),
    day("valid_to"),
    words("successor"),
    words("source"),
    region(),
    *days("valid_from", "valid_to"),
    Index(None, "name"),
)

agency_names = Table(
    "agency_names",
    metadata,
    Column("agency_id", Words, ForeignKey("agencies.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    words("name"),
    words("name_key"),
    words("kind"),
    day("valid_from"),
    day("valid_to"),
    *days("valid_from", "valid_to"),
    Index(None, "name_key"),
)

agency_members = Table(
    "agency_members",
    metadata,
    Column("agency_id", Words, ForeignKey("agencies.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    words("name"),
    day("valid_from"),
    day("valid_to"),
    *days("valid_from", "valid_to"),
)

# --- decisions of review -----------------------------------------------------------------------------------------------

decisions = Table(
    "decisions",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    words("mention"),
    words("region"),
    words("name"),
    words("agency_id"),
    words("kind"),
    day("valid_from"),
    day("valid_to"),
    words("note"),
    words("decided_by"),
    must("decided_at", UtcTime),
    Column("ended_by", Words),
    Column("ended_at", UtcTime),
    Column("successor_id", BIG_ID, ForeignKey("decisions.id")),
    one_of("kind", DECIDED),
    region(),
    CheckConstraint("mention <> '' AND decided_by <> ''", name="told"),
    CheckConstraint("kind <> 'agency' OR name <> ''", name="named"),
    CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name="ended"),
    *days("valid_from", "valid_to"),
    *times("decided_at", "ended_at"),
    Index(None, "mention"),
)
"""A log: a decision that was undone or replaced is ended, never changed or deleted. ``valid_to`` is the last day it holds."""

derivations = Table(
    "derivations",
    metadata,
    Column("id", Words, primary_key=True),
    words("site"),
    words("since"),
    words("reader"),
    words("stage"),
    words("cursor"),
    must("counters", JSON_TEXT),
    must("started_at", UtcTime),
    Column("ended_at", UtcTime),
    *(defaulted(name, Words, "") for name in ("parent", "range_after", "range_upto")),
    one_of("stage", STAGES),
    hex_digits("reader"),
    *times("started_at", "ended_at"),
)
"""Derivations of the archive: how far each came (``stage`` and ``cursor``, a document), by which reader, and what it altered.
``parent``, ``range_after`` and ``range_upto``: a part of one that several workers share."""
