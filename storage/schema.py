"""The tables of the store. They are made by Alembic's migrations only; a test holds the two against each other.

``clocks`` and ``sightings`` hold what every crawl moves on, apart from what was said: a second crawl of an unchanged site
changes no row of ``documents``, ``versions`` and ``tasks``. Rows of ``versions`` and below are never changed once written.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)

from normalizers.records import AgencyKind, DeadlineKind, DocumentKind, Relation
from storage import change_schema as change_schema
from storage import corrections_schema as corrections_schema
from storage import line_schema as line_schema
from storage import notice_schema as notice_schema
from storage import operations_schema as operations_schema
from storage.columns import day, days, defaulted, hex_digits, mention_columns, must, one_of, region, times, words
from storage.columns import metadata as metadata
from storage.records import Verdict
from storage.registers import agencies as agencies
from storage.registers import agency_members as agency_members
from storage.registers import agency_names as agency_names
from storage.registers import decisions as decisions
from storage.registers import derivations as derivations
from storage.room_schema import accounts as accounts
from storage.room_schema import api_keys as api_keys
from storage.room_schema import sessions as sessions
from storage.store_state import store_state as store_state
from storage.types import BIG_ID, JSON_TEXT, UtcTime, Words

CAPTURE_KINDS = ("list", "article", "attachment")
DOCUMENT_KINDS = ("article", "attachment")
STATES = ("live", "moved", "gone", "withdrawn", "repealed")
CHANGES = ("first", "source", "reading")
"""Why a version is there: the first one, the source says something else, or we read the same payload better."""
REASONS = ("single", "content", "number", "title", "text", "decision")
ROLES = ("lead", "partner", "responsible", "implied")

# --- runs and what they fetched --------------------------------------------------------------------------------------

sites = Table("sites", metadata, Column("id", Words, primary_key=True), words("name"), words("region"), region())

runs = Table(
    "runs",
    metadata,
    Column("id", Words, primary_key=True),
    Column("site", Words, ForeignKey("sites.id"), nullable=False),
    must("sections", JSON_TEXT),
    must("started_at", UtcTime),
    Column("ended_at", UtcTime),
    Column("verdict", Words),
    words("cause"),
    must("counters", JSON_TEXT),
    Column("due_run", BigInteger),
    defaulted("reach", Words, "all"),
    defaulted("host", Words, ""),
    Column("heartbeat_at", UtcTime),
    one_of("verdict", tuple(Verdict)),
    CheckConstraint("(verdict IS NULL) = (ended_at IS NULL)", name="ended"),
    *times("started_at", "ended_at"),
    Index(None, "site", "started_at"),
    Index(None, "due_run"),
)

failures = Table(
    "failures",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    Column("run", Words, ForeignKey("runs.id"), nullable=False),
    words("site"),
    words("section"),
    words("kind"),
    words("url"),
    words("key"),
    words("cause"),
    words("detail"),
    must("at", UtcTime),
    one_of("kind", CAPTURE_KINDS),
    CheckConstraint("cause <> ''", name="cause"),
    *times("at"),
    Index(None, "run"),
)

captures = Table(
    "captures",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    Column("run", Words, ForeignKey("runs.id"), nullable=False),
    words("site"),
    words("section"),
    words("kind"),
    words("url"),
    must("status", Integer),
    words("media_type"),
    must("fetched_at", UtcTime),
    words("file"),
    must("file_offset", BigInteger),
    must("file_length", BigInteger),
    words("sha256"),
    must("revisit", Boolean),
    one_of("kind", CAPTURE_KINDS),
    CheckConstraint("status BETWEEN 100 AND 599", name="status"),
    CheckConstraint("file_offset >= 0 AND file_length > 0", name="place"),
    hex_digits("sha256"),
    *times("fetched_at"),
    UniqueConstraint("file", "file_offset"),
    Index(None, "run"),
    Index(None, "url"),
)
Index(
    "uq_captures_payload",
    captures.c.url,
    captures.c.sha256,
    unique=True,
    sqlite_where=~captures.c.revisit,
    postgresql_where=~captures.c.revisit,
)

# --- what was published ----------------------------------------------------------------------------------------------

works = Table(
    "works",
    metadata,
    Column("id", Words, primary_key=True),
    words("title"),
    words("reason"),
    one_of("reason", REASONS),
)

documents = Table(
    "documents",
    metadata,
    Column("id", Words, primary_key=True),
    words("site"),
    words("section"),
    words("key"),
    words("kind"),
    words("parent_key"),
    Column("parent_id", Words),
    words("url"),
    words("title"),
    day("listed_on"),
    words("state"),
    Column("state_since", UtcTime),
    Column("work_id", Words, ForeignKey("works.id"), nullable=False),
    must("version", Integer),
    Column("moved_to", Words),
    one_of("kind", DOCUMENT_KINDS),
    one_of("state", STATES),
    CheckConstraint("kind = 'attachment' OR parent_key = ''", name="parent"),
    CheckConstraint("version >= 1", name="version"),
    *days("listed_on"),
    *times("state_since"),
    UniqueConstraint("site", "key"),
    Index(None, "work_id"),
    Index(None, "parent_id"),
    Index(None, "moved_to"),
    Index(None, "url"),
)

versions = Table(
    "versions",
    metadata,
    Column("document_id", Words, ForeignKey("documents.id"), nullable=False),
    must("number", Integer),
    words("change"),
    words("content_hash"),
    words("records_hash"),
    Column("capture_id", BIG_ID, ForeignKey("captures.id"), nullable=False),
    words("title"),
    words("title_key"),
    words("document_number"),
    words("number_key"),
    day("issued_on"),
    day("published_on"),
    day("plan_start"),
    day("plan_end"),
    must("in_force_from", Date),
    words("source"),
    words("format"),
    words("encoding"),
    words("text"),
    Column("raw_text", Words),
    must("repairs", JSON_TEXT),
    must("warnings", JSON_TEXT),
    must("hints", JSON_TEXT),
    must("signature", LargeBinary),
    must("folded_length", Integer),
    must("task_count", Integer),
    words("normalizer_version"),
    day("printed_on"),
    day("effective_on"),
    day("expires_on"),
    defaulted("index_number", Words, ""),
    defaulted("region_basis", Words, ""),
    defaulted("suggestions", JSON_TEXT, "[]"),
    defaulted("document_kind", Words, DocumentKind.OTHER),
    defaulted("known_at", UtcTime, "1970-01-01 00:00:00"),
    PrimaryKeyConstraint("document_id", "number"),
    one_of("change", CHANGES),
    CheckConstraint("number >= 1", name="number"),
    hex_digits("content_hash"),
    hex_digits("records_hash"),
    *days("issued_on", "published_on", "plan_start", "plan_end", "in_force_from", "printed_on", "effective_on", "expires_on"),
    *times("known_at"),
    one_of("document_kind", tuple(DocumentKind)),
    Index(None, "content_hash"),
    Index(None, "title_key"),
    Index(None, "number_key"),
    Index(None, "capture_id"),
)

_VERSION_KEY = (["document_id", "version"], ["versions.document_id", "versions.number"])

version_issuers = Table(
    "version_issuers",
    metadata,
    Column("document_id", Words, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    *mention_columns(),
    ForeignKeyConstraint(*_VERSION_KEY),
    one_of("kind", tuple(AgencyKind)),
)

version_regions = Table(
    "version_regions",
    metadata,
    Column("document_id", Words, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    words("region"),
    ForeignKeyConstraint(*_VERSION_KEY),
    region(),
    Index(None, "region"),
)

version_references = Table(
    "version_references",
    metadata,
    Column("document_id", Words, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    words("title"),
    words("title_key"),
    words("number"),
    words("number_key"),
    words("relation"),
    must("span_start", Integer),
    must("span_end", Integer),
    ForeignKeyConstraint(*_VERSION_KEY),
    one_of("relation", tuple(Relation)),
    CheckConstraint("span_start >= 0 AND span_start <= span_end", name="span"),
    Index(None, "title_key"),
    Index(None, "number_key"),
)
"""Other documents that a version names. Which document of the store is meant is looked up when it is asked: it may come later."""

unread = Table(
    "unread",
    metadata,
    Column("document_id", Words, primary_key=True),
    words("site"),
    words("section"),
    words("key"),
    words("kind"),
    words("parent_key"),
    words("url"),
    words("title"),
    day("listed_on"),
    must("hints", JSON_TEXT),
    Column("capture_id", BIG_ID, ForeignKey("captures.id"), nullable=False),
    words("detail"),
    words("normalizer_version"),
    one_of("kind", DOCUMENT_KINDS),
    *days("listed_on"),
)
"""Documents whose last payload is archived but could not be read: what is needed to read them by a better reader, without a request."""

clocks = Table(
    "clocks",
    metadata,
    Column("document_id", Words, ForeignKey("documents.id"), primary_key=True),
    must("first_seen", UtcTime),
    must("last_seen", UtcTime),
    must("last_checked", UtcTime),
    Column("etag", Words),
    Column("last_modified", Words),
    words("sha256"),
    hex_digits("sha256"),
    *times("first_seen", "last_seen", "last_checked"),
)

sightings = Table(
    "sightings",
    metadata,
    Column("site", Words, primary_key=True),
    Column("section", Words, primary_key=True),
    Column("key", Words, primary_key=True),
    words("url"),
    words("title"),
    day("listed_on"),
    must("first_seen", UtcTime),
    must("last_seen", UtcTime),
    *days("listed_on"),
    *times("first_seen", "last_seen"),
)

# --- copies of the same text -------------------------------------------------------------------------------------------

work_ties = Table(
    "work_ties",
    metadata,
    Column("document_id", Words, ForeignKey("documents.id"), primary_key=True),
    Column("other_id", Words, ForeignKey("documents.id"), primary_key=True),
    words("reason"),
    must("score", Float),
    one_of("reason", REASONS[1:]),
    CheckConstraint("score BETWEEN 0 AND 1", name="score"),
    CheckConstraint("document_id < other_id", name="once"),
    Index(None, "other_id"),
)

signature_bands = Table(
    "signature_bands",
    metadata,
    Column("band", Integer, primary_key=True),
    Column("value", BigInteger, primary_key=True),
    Column("document_id", Words, ForeignKey("documents.id"), primary_key=True),
    Index(None, "document_id"),
)

# --- tasks -----------------------------------------------------------------------------------------------------------

tasks = Table(
    "tasks",
    metadata,
    Column("id", Words, primary_key=True),
    words("document_id"),
    must("version", Integer),
    must("ordinal", Integer),
    words("number"),
    words("section"),
    words("text"),
    must("open_list", Boolean),
    Column("deadline_text", Words),
    day("deadline_start"),
    day("deadline_end"),
    Column("deadline_kind", Words),
    Column("deadline_basis", Words),
    Column("deadline_period", Words),
    Column("deadline_strength", Words),
    Column("deadline_flags", JSON_TEXT),
    must("milestones", JSON_TEXT),
    must("evidence_start", Integer),
    must("evidence_end", Integer),
    words("address"),
    words("agency_address"),
    words("deadline_address"),
    words("rule"),
    must("confidence", Float),
    words("fingerprint"),
    defaulted("lasting_id", Words, ""),
    ForeignKeyConstraint(*_VERSION_KEY),
    UniqueConstraint("document_id", "version", "ordinal"),
    one_of("deadline_kind", tuple(DeadlineKind)),
    CheckConstraint("(deadline_text IS NULL) = (deadline_kind IS NULL)", name="deadline"),
    CheckConstraint("evidence_start >= 0 AND evidence_start <= evidence_end", name="evidence"),
    CheckConstraint("confidence BETWEEN 0 AND 1", name="confidence"),
    hex_digits("fingerprint", 16),
    *days("deadline_start", "deadline_end"),
    Index(None, "fingerprint"),
    Index(None, "lasting_id"),
    Index(None, "deadline_end"),
)

task_agencies = Table(
    "task_agencies",
    metadata,
    Column("task_id", Words, ForeignKey("tasks.id"), primary_key=True),
    Column("role", Words, primary_key=True),
    Column("position", Integer, primary_key=True),
    *mention_columns(),
    one_of("role", ROLES),
    one_of("kind", tuple(AgencyKind)),
    Index(None, "agency_id"),
    Index(None, "mention_key"),
)

# --- search ------------------------------------------------------------------------------------------------------------

search_document_entries = Table(
    "search_document_entries",
    metadata,
    Column("id", BIG_ID, primary_key=True, autoincrement=False),
    words("document_id"),
    must("version", Integer),
    words("title"),
    words("folded"),
    words("marks"),
    UniqueConstraint("document_id"),
)
"""One row for each current version: what a search looks at. ``id`` is the place, below zero for what does not count by default (see
``search``). The terms lie in ``search_document_terms``, which is an FTS5 table on SQLite and a table with a GIN index on PostgreSQL, and
so no table of this metadata."""

search_task_entries = Table(
    "search_task_entries",
    metadata,
    Column("id", BIG_ID, primary_key=True, autoincrement=False),
    words("document_id"),
    words("task_id"),
    words("title"),
    words("folded"),
    words("marks"),
    Index(None, "document_id"),
)
"""One row for each task of a current version; ``title`` is empty. The terms lie in ``search_task_terms``."""
