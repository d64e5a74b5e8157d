"""The first schema.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JSON_TEXT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _runs()
    _documents()
    _versions()
    _copies()
    _tasks()
    _gazetteer()
    _search()
    _search_terms()


def downgrade() -> None:
    raise NotImplementedError("a store is never taken back to an older schema: restore the file or the database from a backup")


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _day(table: str, column: str) -> sa.CheckConstraint:
    is_day = f"{column} IS NULL OR (date({column}) IS NOT NULL AND {column} = date({column}))"
    return sa.CheckConstraint(is_day, name=op.f(f"ck_{table}_{column}_day"))


def _time(table: str, column: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"CAST({column} AS TEXT) LIKE '____-__-__ __:__:__%'", name=op.f(f"ck_{table}_{column}_time"))


def _code(table: str) -> sa.CheckConstraint:
    digits = "length(region) = 6 AND CAST(region AS INTEGER) BETWEEN 100000 AND 999999"
    return sa.CheckConstraint(f"CASE WHEN region = '' THEN 1 WHEN {digits} THEN 1 ELSE 0 END = 1", name=op.f(f"ck_{table}_region_code"))


def _runs() -> None:
    op.create_table("sites", *_texts("id", "name", "region"), _code("sites"), sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")))
    op.create_table(
        "runs",
        *_texts("id", "site"),
        sa.Column("sections", JSON_TEXT, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=True),
        *_texts("cause"),
        sa.Column("counters", JSON_TEXT, nullable=False),
        _time("runs", "ended_at"),
        _time("runs", "started_at"),
        sa.CheckConstraint("verdict IN ('complete', 'incomplete', 'failed', 'blocked')", name=op.f("ck_runs_verdict")),
        sa.CheckConstraint("(verdict IS NULL) = (ended_at IS NULL)", name=op.f("ck_runs_ended")),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name=op.f("fk_runs_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_index(op.f("ix_runs_site_started_at"), "runs", ["site", "started_at"], unique=False)
    op.create_table(
        "failures",
        sa.Column("id", BIG_ID, nullable=False),
        *_texts("run", "site", "section", "kind", "url", "key", "cause", "detail"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _time("failures", "at"),
        sa.CheckConstraint("cause <> ''", name=op.f("ck_failures_cause")),
        sa.CheckConstraint("kind IN ('list', 'article', 'attachment')", name=op.f("ck_failures_kind")),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_failures_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failures")),
    )
    op.create_index(op.f("ix_failures_run"), "failures", ["run"], unique=False)
    op.create_table(
        "captures",
        sa.Column("id", BIG_ID, nullable=False),
        *_texts("run", "site", "section", "kind", "url"),
        sa.Column("status", sa.Integer(), nullable=False),
        *_texts("media_type"),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        *_texts("file"),
        sa.Column("file_offset", sa.BigInteger(), nullable=False),
        sa.Column("file_length", sa.BigInteger(), nullable=False),
        *_texts("sha256"),
        sa.Column("revisit", sa.Boolean(), nullable=False),
        _time("captures", "fetched_at"),
        sa.CheckConstraint("kind IN ('list', 'article', 'attachment')", name=op.f("ck_captures_kind")),
        sa.CheckConstraint("file_offset >= 0 AND file_length > 0", name=op.f("ck_captures_place")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_captures_sha256_hex")),
        sa.CheckConstraint("status BETWEEN 100 AND 599", name=op.f("ck_captures_status")),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_captures_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_captures")),
        sa.UniqueConstraint("file", "file_offset", name=op.f("uq_captures_file_file_offset")),
    )
    op.create_index(op.f("ix_captures_run"), "captures", ["run"], unique=False)
    op.create_index(op.f("ix_captures_url"), "captures", ["url"], unique=False)
    op.create_index(
        "uq_captures_payload",
        "captures",
        ["url", "sha256"],
        unique=True,
        sqlite_where=sa.text("revisit = 0"),
        postgresql_where=sa.text("NOT revisit"),
    )


def _documents() -> None:
    op.create_table(
        "works",
        *_texts("id", "title", "reason"),
        sa.CheckConstraint("reason IN ('single', 'content', 'number', 'title', 'text')", name=op.f("ck_works_reason")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_works")),
    )
    op.create_table(
        "documents",
        *_texts("id", "site", "section", "key", "kind", "parent_key"),
        sa.Column("parent_id", sa.Text(), nullable=True),
        *_texts("url", "title"),
        sa.Column("listed_on", sa.Date(), nullable=True),
        *_texts("state"),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=True),
        *_texts("work_id"),
        sa.Column("version", sa.Integer(), nullable=False),
        _time("documents", "state_since"),
        sa.CheckConstraint("kind = 'attachment' OR parent_key = ''", name=op.f("ck_documents_parent")),
        sa.CheckConstraint("kind IN ('article', 'attachment')", name=op.f("ck_documents_kind")),
        sa.CheckConstraint("state IN ('live', 'moved', 'gone', 'withdrawn', 'repealed')", name=op.f("ck_documents_state")),
        _day("documents", "listed_on"),
        sa.CheckConstraint("version >= 1", name=op.f("ck_documents_version")),
        sa.ForeignKeyConstraint(["work_id"], ["works.id"], name=op.f("fk_documents_work_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("site", "key", name=op.f("uq_documents_site_key")),
    )
    op.create_index(op.f("ix_documents_parent_id"), "documents", ["parent_id"], unique=False)
    op.create_index(op.f("ix_documents_work_id"), "documents", ["work_id"], unique=False)
    op.create_table(
        "clocks",
        *_texts("document_id"),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_checked", sa.DateTime(timezone=True), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        *_texts("sha256"),
        _time("clocks", "first_seen"),
        _time("clocks", "last_checked"),
        _time("clocks", "last_seen"),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_clocks_sha256_hex")),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_clocks_document_id")),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_clocks")),
    )
    op.create_table(
        "sightings",
        *_texts("site", "section", "key", "url", "title"),
        sa.Column("listed_on", sa.Date(), nullable=True),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        _time("sightings", "first_seen"),
        _time("sightings", "last_seen"),
        _day("sightings", "listed_on"),
        sa.PrimaryKeyConstraint("site", "section", "key", name=op.f("pk_sightings")),
    )


def _versions() -> None:
    op.create_table(
        "versions",
        *_texts("document_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        *_texts("change", "content_hash", "records_hash"),
        sa.Column("capture_id", BIG_ID, nullable=False),
        *_texts("title", "title_key", "document_number", "number_key"),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("plan_start", sa.Date(), nullable=True),
        sa.Column("plan_end", sa.Date(), nullable=True),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        *_texts("source", "format", "encoding", "text"),
        sa.Column("raw_text", sa.Text(), nullable=True),
        sa.Column("repairs", JSON_TEXT, nullable=False),
        sa.Column("warnings", JSON_TEXT, nullable=False),
        sa.Column("hints", JSON_TEXT, nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("folded_length", sa.Integer(), nullable=False),
        sa.Column("task_count", sa.Integer(), nullable=False),
        *_texts("normalizer_version"),
        sa.CheckConstraint("change IN ('first', 'source', 'reading')", name=op.f("ck_versions_change")),
        _day("versions", "in_force_from"),
        _day("versions", "issued_on"),
        sa.CheckConstraint("length(content_hash) = 64", name=op.f("ck_versions_content_hash_hex")),
        sa.CheckConstraint("length(records_hash) = 64", name=op.f("ck_versions_records_hash_hex")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_versions_number")),
        _day("versions", "plan_end"),
        _day("versions", "plan_start"),
        _day("versions", "published_on"),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name=op.f("fk_versions_capture_id")),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_versions_document_id")),
        sa.PrimaryKeyConstraint("document_id", "number", name=op.f("pk_versions")),
    )
    op.create_index(op.f("ix_versions_content_hash"), "versions", ["content_hash"], unique=False)
    op.create_index(op.f("ix_versions_number_key"), "versions", ["number_key"], unique=False)
    op.create_index(op.f("ix_versions_title_key"), "versions", ["title_key"], unique=False)
    op.create_table(
        "version_issuers",
        *_texts("document_id"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *_texts("mention", "mention_key"),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("agency_id", sa.Text(), nullable=True),
        *_texts("kind"),
        sa.Column("resolved", sa.Boolean(), nullable=False),
        *_texts("rule"),
        sa.Column("flags", JSON_TEXT, nullable=False),
        sa.CheckConstraint("kind IN ('agency', 'group', 'role', 'class')", name=op.f("ck_version_issuers_kind")),
        sa.ForeignKeyConstraint(
            ["document_id", "version"], ["versions.document_id", "versions.number"], name=op.f("fk_version_issuers_document_id_version")
        ),
        sa.PrimaryKeyConstraint("document_id", "version", "position", name=op.f("pk_version_issuers")),
    )
    op.create_table(
        "version_regions",
        *_texts("document_id"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *_texts("region"),
        _code("version_regions"),
        sa.ForeignKeyConstraint(
            ["document_id", "version"], ["versions.document_id", "versions.number"], name=op.f("fk_version_regions_document_id_version")
        ),
        sa.PrimaryKeyConstraint("document_id", "version", "position", name=op.f("pk_version_regions")),
    )
    op.create_index(op.f("ix_version_regions_region"), "version_regions", ["region"], unique=False)


def _copies() -> None:
    op.create_table(
        "work_ties",
        *_texts("document_id", "other_id", "reason"),
        sa.Column("score", sa.Float(), nullable=False),
        sa.CheckConstraint("reason IN ('content', 'number', 'title', 'text')", name=op.f("ck_work_ties_reason")),
        sa.CheckConstraint("document_id < other_id", name=op.f("ck_work_ties_once")),
        sa.CheckConstraint("score BETWEEN 0 AND 1", name=op.f("ck_work_ties_score")),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_work_ties_document_id")),
        sa.ForeignKeyConstraint(["other_id"], ["documents.id"], name=op.f("fk_work_ties_other_id")),
        sa.PrimaryKeyConstraint("document_id", "other_id", name=op.f("pk_work_ties")),
    )
    op.create_index(op.f("ix_work_ties_other_id"), "work_ties", ["other_id"], unique=False)
    op.create_table(
        "signature_bands",
        sa.Column("band", sa.Integer(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        *_texts("document_id"),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_signature_bands_document_id")),
        sa.PrimaryKeyConstraint("band", "value", "document_id", name=op.f("pk_signature_bands")),
    )
    op.create_index(op.f("ix_signature_bands_document_id"), "signature_bands", ["document_id"], unique=False)


def _tasks() -> None:
    op.create_table(
        "tasks",
        *_texts("id", "document_id"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        *_texts("number", "section", "text"),
        sa.Column("open_list", sa.Boolean(), nullable=False),
        sa.Column("deadline_text", sa.Text(), nullable=True),
        sa.Column("deadline_start", sa.Date(), nullable=True),
        sa.Column("deadline_end", sa.Date(), nullable=True),
        sa.Column("deadline_kind", sa.Text(), nullable=True),
        sa.Column("deadline_basis", sa.Text(), nullable=True),
        sa.Column("deadline_period", sa.Text(), nullable=True),
        sa.Column("deadline_strength", sa.Text(), nullable=True),
        sa.Column("deadline_flags", JSON_TEXT, nullable=True),
        sa.Column("milestones", JSON_TEXT, nullable=False),
        sa.Column("evidence_start", sa.Integer(), nullable=False),
        sa.Column("evidence_end", sa.Integer(), nullable=False),
        *_texts("address", "agency_address", "deadline_address", "rule"),
        sa.Column("confidence", sa.Float(), nullable=False),
        *_texts("fingerprint"),
        sa.CheckConstraint(
            "deadline_kind IN ('by-date', 'within-period', 'recurring', 'ongoing', 'relative', 'none')", name=op.f("ck_tasks_deadline_kind")
        ),
        sa.CheckConstraint("(deadline_text IS NULL) = (deadline_kind IS NULL)", name=op.f("ck_tasks_deadline")),
        sa.CheckConstraint("confidence BETWEEN 0 AND 1", name=op.f("ck_tasks_confidence")),
        _day("tasks", "deadline_end"),
        _day("tasks", "deadline_start"),
        sa.CheckConstraint("evidence_start >= 0 AND evidence_start <= evidence_end", name=op.f("ck_tasks_evidence")),
        sa.CheckConstraint("length(fingerprint) = 16", name=op.f("ck_tasks_fingerprint_hex")),
        sa.ForeignKeyConstraint(
            ["document_id", "version"], ["versions.document_id", "versions.number"], name=op.f("fk_tasks_document_id_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("document_id", "version", "ordinal", name=op.f("uq_tasks_document_id_version_ordinal")),
    )
    op.create_index(op.f("ix_tasks_deadline_end"), "tasks", ["deadline_end"], unique=False)
    op.create_index(op.f("ix_tasks_fingerprint"), "tasks", ["fingerprint"], unique=False)
    op.create_table(
        "task_agencies",
        *_texts("task_id", "role"),
        sa.Column("position", sa.Integer(), nullable=False),
        *_texts("mention", "mention_key"),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("agency_id", sa.Text(), nullable=True),
        *_texts("kind"),
        sa.Column("resolved", sa.Boolean(), nullable=False),
        *_texts("rule"),
        sa.Column("flags", JSON_TEXT, nullable=False),
        sa.CheckConstraint("kind IN ('agency', 'group', 'role', 'class')", name=op.f("ck_task_agencies_kind")),
        sa.CheckConstraint("role IN ('lead', 'partner', 'responsible', 'implied')", name=op.f("ck_task_agencies_role")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_task_agencies_task_id")),
        sa.PrimaryKeyConstraint("task_id", "role", "position", name=op.f("pk_task_agencies")),
    )
    op.create_index(op.f("ix_task_agencies_agency_id"), "task_agencies", ["agency_id"], unique=False)
    op.create_index(op.f("ix_task_agencies_mention_key"), "task_agencies", ["mention_key"], unique=False)


def _gazetteer() -> None:
    op.create_table(
        "agencies",
        *_texts("id", "name", "kind", "region", "level"),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        *_texts("successor", "source"),
        _code("agencies"),
        _day("agencies", "valid_from"),
        _day("agencies", "valid_to"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agencies")),
    )
    op.create_index(op.f("ix_agencies_name"), "agencies", ["name"], unique=False)
    op.create_table(
        "agency_names",
        *_texts("agency_id"),
        sa.Column("position", sa.Integer(), nullable=False),
        *_texts("name", "name_key", "kind"),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        _day("agency_names", "valid_from"),
        _day("agency_names", "valid_to"),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_agency_names_agency_id")),
        sa.PrimaryKeyConstraint("agency_id", "position", name=op.f("pk_agency_names")),
    )
    op.create_index(op.f("ix_agency_names_name_key"), "agency_names", ["name_key"], unique=False)
    op.create_table(
        "agency_members",
        *_texts("agency_id"),
        sa.Column("position", sa.Integer(), nullable=False),
        *_texts("name"),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        _day("agency_members", "valid_from"),
        _day("agency_members", "valid_to"),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_agency_members_agency_id")),
        sa.PrimaryKeyConstraint("agency_id", "position", name=op.f("pk_agency_members")),
    )


def _search() -> None:
    op.create_table(
        "search_entries",
        sa.Column("id", BIG_ID, nullable=False),
        *_texts("document_id"),
        sa.Column("task_id", sa.Text(), nullable=True),
        *_texts("folded"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entries")),
    )
    op.create_index(op.f("ix_search_entries_document_id"), "search_entries", ["document_id"], unique=False)


def _search_terms() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE search_terms USING fts5(terms, content='', tokenize='ascii')")
        return
    op.create_table(
        "search_terms",
        sa.Column("entry_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("terms", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["search_entries.id"], name=op.f("fk_search_terms_entry_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_search_terms")),
    )
    op.create_index("ix_search_terms_terms", "search_terms", ["terms"], postgresql_using="gin")
