"""The tables of the work itself: what is due and who does it, what each run measured, what is wrong and who was told.

Nothing in them says anything of what sites publish; a dump leaves them out (``storage.dump``), a copy of a store takes them along.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)

from storage.columns import defaulted, hex_digits, metadata, must, one_of, times, words
from storage.types import BIG_ID, JSON_TEXT, UtcTime, Words

JOB_KINDS = ("crawl", "chore")
DUE_STATES = ("due", "queued", "running", "done", "failed", "missed", "skipped")
"""``due``: nobody has it; ``queued``: it waits in the queue of the workers; ``missed``: its time passed and another stands for it;
``skipped``: its job was paused."""
LEVELS = ("warning", "alarm")
MESSAGES = ("opened", "reminder", "recovered")
PAGE_KINDS = ("list", "article")
PROPOSAL_STATES = ("proposed", "accepted", "refused", "withdrawn")

# --- what is due -------------------------------------------------------------------------------------------------------

due_runs = Table(
    "due_runs",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    words("job"),
    words("kind"),
    must("due_at", UtcTime),
    words("asked_by"),
    must("arguments", JSON_TEXT),
    words("state"),
    Column("worker", Words),
    Column("started_at", UtcTime),
    Column("ended_at", UtcTime),
    defaulted("attempts", Integer, "0"),
    words("note"),
    one_of("kind", JOB_KINDS),
    one_of("state", DUE_STATES),
    CheckConstraint("job <> ''", name="job"),
    CheckConstraint("attempts >= 0", name="attempts"),
    *times("due_at", "started_at", "ended_at"),
    UniqueConstraint("job", "due_at"),
    Index(None, "state", "job", "due_at"),
)
"""One row for each time a job is to be done: never twice, never lost. ``job`` is a site or the name of a chore; ``asked_by`` is empty for
what the schedule asks for. What a crawl is to do stands in ``arguments``."""

planned = Table("planned", metadata, Column("job", Words, primary_key=True), must("until", UtcTime), words("schedule"), *times("until"))
"""Up to which moment the due runs of a job are written, by which schedule."""

pauses = Table(
    "pauses",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    words("job"),
    words("reason"),
    words("paused_by"),
    must("since", UtcTime),
    Column("until", UtcTime),
    Column("ended_at", UtcTime),
    CheckConstraint("reason <> '' AND paused_by <> ''", name="told"),
    *times("since", "until", "ended_at"),
    Index(None, "job"),
)

workers = Table(
    "workers",
    metadata,
    Column("id", Words, primary_key=True),
    words("host"),
    must("pid", Integer),
    words("version"),
    must("started_at", UtcTime),
    must("heartbeat_at", UtcTime),
    Column("ended_at", UtcTime),
    words("doing"),
    *times("started_at", "heartbeat_at", "ended_at"),
)
"""The processes that do what is due, each with the moment it was last heard of."""

# --- what a run measured -------------------------------------------------------------------------------------------------

run_sections = Table(
    "run_sections",
    metadata,
    Column("run", Words, ForeignKey("runs.id"), nullable=False),
    words("site"),
    words("section"),
    words("reach"),
    must("measures", JSON_TEXT),
    Column("drift", Float),
    PrimaryKeyConstraint("run", "section"),
    CheckConstraint("drift IS NULL OR drift BETWEEN 0 AND 1", name="drift"),
    Index(None, "site", "section"),
)
"""What a run measured of a section: counts, shares of filled fields, hits of rules (``harvester.monitoring.measuring``)."""

run_events = Table(
    "run_events",
    metadata,
    Column("run", Words, ForeignKey("runs.id"), nullable=False),
    must("number", Integer),
    must("at", UtcTime),
    words("level"),
    words("event"),
    must("detail", JSON_TEXT),
    PrimaryKeyConstraint("run", "number"),
    *times("at"),
)
"""The log of a run, for the page that follows it; without personal data, and no longer than it may be."""

findings = Table(
    "findings",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    Column("run", Words, ForeignKey("runs.id"), nullable=False),
    words("site"),
    words("section"),
    words("cause"),
    words("level"),
    words("observed"),
    words("expected"),
    words("detail"),
    one_of("level", LEVELS),
    CheckConstraint("cause <> ''", name="cause"),
    Index(None, "run"),
    Index(None, "site"),
)
"""Promises that a run did not keep, each with what was observed and what was expected."""

# --- what is wrong, and who was told ---------------------------------------------------------------------------------------

incidents = Table(
    "incidents",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    words("site"),
    words("cause"),
    words("level"),
    must("sections", JSON_TEXT),
    words("detail"),
    must("opened_at", UtcTime),
    words("first_run"),
    must("last_at", UtcTime),
    words("last_run"),
    Column("closed_at", UtcTime),
    words("closing_run"),
    one_of("level", LEVELS),
    CheckConstraint("cause <> ''", name="cause"),
    *times("opened_at", "last_at", "closed_at"),
    Index(None, "site"),
)
Index(
    "uq_incidents_open",
    incidents.c.site,
    incidents.c.cause,
    unique=True,
    sqlite_where=incidents.c.closed_at.is_(None),
    postgresql_where=incidents.c.closed_at.is_(None),
)
"""What is wrong with a site (empty: with the work itself), one row a cause from its first to its last run. Times are UTC."""

incident_messages = Table(
    "incident_messages",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    Column("incident", BIG_ID, ForeignKey("incidents.id"), nullable=False),
    words("kind"),
    words("channel"),
    defaulted("number", Integer, "0"),
    must("formed_at", UtcTime),
    must("due_at", UtcTime),
    defaulted("attempts", Integer, "0"),
    Column("sent_at", UtcTime),
    Column("given_up_at", UtcTime),
    words("error"),
    one_of("kind", MESSAGES),
    *times("formed_at", "due_at", "sent_at", "given_up_at"),
    UniqueConstraint("incident", "kind", "channel", "number"),
    Index(None, "channel", "sent_at"),
)
"""What is told of incidents: a row for each message to each channel. ``number`` counts the reminders of an incident, and its recoveries
where it came back; ``due_at`` is when to try next."""

snoozes = Table(
    "snoozes",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    words("site"),
    words("cause"),
    words("reason"),
    words("snoozed_by"),
    must("since", UtcTime),
    must("until", UtcTime),
    Column("ended_at", UtcTime),
    CheckConstraint("reason <> '' AND snoozed_by <> ''", name="told"),
    *times("since", "until", "ended_at"),
    Index(None, "site"),
)
"""What an operator knows and need not be told until a day; an empty ``cause`` means every cause of the site."""

# --- pages held against each other -------------------------------------------------------------------------------------------

specimens = Table(
    "specimens",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    words("site"),
    words("section"),
    words("kind"),
    Column("run", Words, ForeignKey("runs.id"), nullable=False),
    words("url"),
    must("at", UtcTime),
    must("good", Boolean),
    words("cause"),
    words("charset"),
    words("skeleton"),
    words("skeleton_hash"),
    Column("file", Words),
    Column("file_offset", BigInteger),
    Column("file_length", BigInteger),
    Column("sha256", Words),
    one_of("kind", PAGE_KINDS),
    hex_digits("skeleton_hash"),
    CheckConstraint("(file IS NULL) = (file_offset IS NULL) AND (file IS NULL) = (sha256 IS NULL)", name="place"),
    *times("at"),
    Index(None, "site", "section"),
)
"""Pages by which a change of a site's template is seen: the last good one of a section and the first bad ones, with their skeletons.

``file`` and the rest tell where the page stands in the archive; NULL where it was not kept since it may name a person.
"""

proposals = Table(
    "proposals",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    words("site"),
    words("section"),
    words("field"),
    must("rule", JSON_TEXT),
    Column("specimen", BIG_ID, ForeignKey("specimens.id"), nullable=False),
    must("proof", JSON_TEXT),
    words("state"),
    must("made_at", UtcTime),
    Column("decided_at", UtcTime),
    words("decided_by"),
    one_of("state", PROPOSAL_STATES),
    CheckConstraint("(decided_by = '') = (decided_at IS NULL)", name="decided"),
    *times("made_at", "decided_at"),
    Index(None, "site"),
)
"""Selectors that were found in a page which its fact sheet no longer fits. Accepted ones count as lines of the fact sheet."""

# --- documents that their list names no more ---------------------------------------------------------------------------------

absences = Table(
    "absences",
    metadata,
    Column("document_id", Words, ForeignKey("documents.id"), primary_key=True),
    must("since", UtcTime),
    words("run"),
    *times("since"),
)
"""Documents that a complete run found missing (404 or 410), and no run of another day has confirmed yet."""
