"""The tables of public credit records: what may be shown, what is left of the rest, and what was looked at.

No row of ``notices`` exists for a record that may no longer be shown. Whatever else names a record does so by a keyed tag
(``storage.keyed``): ``notices.id`` itself, ``same_tag`` (the same decision, wherever it is published) and ``number_tag``.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, Table

from normalizers.notices.records import Colour, NoticeKind, Severity, SubjectKind
from storage.columns import day, days, hex_digits, metadata, must, one_of, region, times, words
from storage.records import TakedownReason
from storage.types import BIG_ID, JSON_TEXT, UtcTime, Words, Yuan

COLOURS = ("", *Colour)
TERM_BASES = ("stated", "computed", "none")
OUTCOMES = ("taken-down", "nothing-found", "ambiguous")
"""What a repair or a withdrawal led to. An ambiguous one takes nothing down: it waits for a person."""
DECIDED = ("upheld", "rejected")

REDUCED = (
    "code", "code_problem", "organization_code", "registration_number", "title", "number", "number_key", "violation", "facts", "basis",
    "content", "licence", "licence_number", "remark", "url", "same_tag", "number_tag",
)  # fmt: skip
"""Columns that are empty for a natural person and an individual business."""
_EMPTY = " AND ".join(f"{name} = ''" for name in REDUCED)

notices = Table(
    "notices",
    metadata,
    Column("id", Words, primary_key=True),
    words("site"),
    words("section"),
    words("kind"),
    words("region"),
    words("subject_kind"),
    words("subject_name"),
    words("subject_key"),
    words("code"),
    words("code_problem"),
    words("organization_code"),
    words("registration_number"),
    words("authority_mention"),
    words("authority_key"),
    Column("authority_name", Words),
    Column("authority_id", Words),
    must("authority_resolved", Boolean),
    words("authority_code"),
    words("source_body"),
    words("list_name"),
    words("list_key"),
    words("colour"),
    words("title"),
    words("number"),
    words("number_key"),
    words("category"),
    words("violation"),
    words("facts"),
    words("basis"),
    words("content"),
    words("licence"),
    words("licence_number"),
    words("status"),
    words("remark"),
    must("day", day("day").type),
    day("decided_on"),
    day("valid_from"),
    day("valid_to"),
    day("published_on"),
    day("shown_until"),
    day("removed_on"),
    day("listed_on"),
    Column("fine_yuan", Yuan),
    Column("confiscated_yuan", Yuan),
    Column("amount_yuan", Yuan),
    day("ends_on"),
    words("term_rule"),
    words("term_basis"),
    day("term_from"),
    day("term_least_until"),
    words("severity"),
    must("further", JSON_TEXT),
    must("unknown", JSON_TEXT),
    must("blanks", JSON_TEXT),
    must("defects", JSON_TEXT),
    words("url"),
    Column("document_id", Words),
    words("file"),
    must("file_offset", BigInteger),
    must("file_length", BigInteger),
    words("sha256"),
    must("first_seen", UtcTime),
    must("last_seen", UtcTime),
    must("last_checked", UtcTime),
    Column("missing_since", UtcTime),
    Column("missing_last", UtcTime),
    Column("objection_marked_at", UtcTime),
    words("records_hash"),
    words("normalizer_version"),
    words("same_tag"),
    words("number_tag"),
    one_of("kind", tuple(NoticeKind)),
    one_of("subject_kind", tuple(SubjectKind)),
    one_of("colour", COLOURS),
    one_of("term_basis", TERM_BASES),
    one_of("severity", tuple(Severity)),
    CheckConstraint(f"subject_kind = 'legal' OR ({_EMPTY})", name="reduced"),
    CheckConstraint("file_offset >= 0 AND file_length > 0", name="place"),
    CheckConstraint("(missing_since IS NULL) = (missing_last IS NULL)", name="missing"),
    region(),
    hex_digits("sha256"),
    hex_digits("records_hash"),
    *days("day", "decided_on", "valid_from", "valid_to", "published_on", "shown_until", "removed_on", "listed_on"),
    *days("ends_on", "term_from", "term_least_until"),
    *times("first_seen", "last_seen", "last_checked", "missing_since", "missing_last", "objection_marked_at"),
    Index(None, "site", "section"),
    Index(None, "code"),
    Index(None, "subject_key"),
    Index(None, "authority_id"),
    Index(None, "list_key"),
    Index(None, "day"),
    Index(None, "ends_on"),
    Index(None, "document_id"),
    Index(None, "same_tag"),
    Index(None, "number_tag"),
    Index(None, "file", "file_offset"),
)

tombstones = Table(
    "tombstones",
    metadata,
    Column("id", Words, primary_key=True),
    words("same_tag"),
    words("number_tag"),
    words("site"),
    words("section"),
    words("kind"),
    words("reason"),
    day("due_on"),
    must("taken_at", UtcTime),
    Column("run", Words),
    Column("archive_erased_at", UtcTime),
    Column("file", Words),
    Column("file_offset", BigInteger),
    Column("file_length", BigInteger),
    one_of("kind", tuple(NoticeKind)),
    one_of("reason", tuple(TakedownReason)),
    *days("due_on"),
    *times("taken_at", "archive_erased_at"),
    Index(None, "same_tag"),
    Index(None, "number_tag"),
)
"""What is left of a record that may no longer be shown: keyed tags, reason and dates. The place in the record archive stands
there only until it is erased."""

endings = Table(
    "endings",
    metadata,
    Column("id", Words, primary_key=True),
    words("site"),
    words("section"),
    words("kind"),
    words("list_name"),
    day("ended_on"),
    words("number_tag"),
    words("code_tag"),
    words("name_tag"),
    words("outcome"),
    must("matched", Integer),
    must("candidates", JSON_TEXT),
    words("url"),
    must("first_seen", UtcTime),
    must("last_seen", UtcTime),
    one_of("kind", (NoticeKind.REPAIR, NoticeKind.WITHDRAWAL)),
    one_of("outcome", OUTCOMES),
    CheckConstraint("outcome = 'ambiguous' OR url = ''", name="bare"),
    *days("ended_on"),
    *times("first_seen", "last_seen"),
    Index(None, "number_tag"),
    Index(None, "code_tag"),
    Index(None, "name_tag"),
)
"""Repairs and withdrawals that were read, by keyed tags only, so that a record that comes later is known to be over."""

record_sightings = Table(
    "record_sightings",
    metadata,
    Column("site", Words, primary_key=True),
    Column("section", Words, primary_key=True),
    Column("slice", Words, primary_key=True),
    Column("notice_id", Words, primary_key=True),
    words("run"),
    must("first_seen", UtcTime),
    must("last_seen", UtcTime),
    Column("read_at", UtcTime),
    day("ends_on"),
    CheckConstraint("(read_at IS NULL) = (ends_on IS NULL)", name="read"),
    *days("ends_on"),
    *times("first_seen", "last_seen", "read_at"),
    Index(None, "notice_id"),
)
"""Which run last saw a record in which part of a section, shown or not: what is missing from a list is told by it. ``read_at``
and ``ends_on`` are those of a record that was over when it was read."""

coverage = Table(
    "coverage",
    metadata,
    Column("run", Words, ForeignKey("runs.id"), primary_key=True),
    Column("section", Words, primary_key=True),
    Column("slice", Words, primary_key=True),
    words("site"),
    Column("stated", Integer),
    Column("pages", Integer),
    must("pages_had", Integer),
    must("listed", Integer),
    must("had", Integer),
    must("known", Integer),
    must("failed", Integer),
    must("capped", Boolean),
    must("complete", Boolean),
    must("gaps", JSON_TEXT),
    Index(None, "site", "section"),
)

objections = Table(
    "objections",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    words("notice_id"),
    must("received_at", UtcTime),
    words("channel"),
    words("statement"),
    day("mark_due_on"),
    Column("marked_at", UtcTime),
    day("decide_due_on"),
    Column("decided_at", UtcTime),
    Column("decision", Words),
    words("note"),
    words("operator"),
    one_of("decision", DECIDED),
    CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="settled"),
    *days("mark_due_on", "decide_due_on"),
    *times("received_at", "marked_at", "decided_at"),
    Index(None, "notice_id"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    must("at", UtcTime),
    words("actor"),
    words("action"),
    must("what", JSON_TEXT),
    must("rows", Integer),
    must("notice_ids", JSON_TEXT),
    CheckConstraint("action <> ''", name="told"),
    *times("at"),
    Index(None, "at"),
)
"""Who saw or exported what. Codes, names and words stand in it as keyed tags only."""

keyrings = Table("keyrings", metadata, Column("fingerprint", Words, primary_key=True))
"""One row: the fingerprint of the key by which the tags of this store were made."""

notice_search_entries = Table(
    "notice_search_entries",
    metadata,
    Column("id", BIG_ID, primary_key=True, autoincrement=False),
    Column("notice_id", Words, nullable=False, unique=True),
    words("title"),
    words("folded"),
    words("marks"),
    day("ends_on"),
    *days("ends_on"),
    Index(None, "ends_on"),
)
"""What a search looks at, of legal subjects only; ``id`` grows with the day of the record, ``title`` is the subject's name, folded. The
terms lie in ``notice_search_terms`` (see ``notice_search``)."""
