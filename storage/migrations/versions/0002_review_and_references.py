"""What review and a better reading need: more metadata, references, decisions, unread payloads, derivations.

Nothing of a store of schema 0001 is rewritten: columns are added with what is true of their old rows (nothing was read).

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

JSON_TEXT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS = (
    "plan", "work-points", "task-table", "notice", "opinion", "measures", "regulation", "announcement", "reply", "letter", "report",
    "list", "news", "other",
)  # fmt: skip


def upgrade() -> None:
    _versions()
    _references()
    _unread()
    _decisions()
    _derivations()


def downgrade() -> None:
    raise NotImplementedError("a store is never taken back to an older schema: restore the file or the database from a backup")


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _is_day(column: str) -> str:
    return f"{column} IS NULL OR (date({column}) IS NOT NULL AND {column} = date({column}))"


def _day(table: str, column: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(_is_day(column), name=op.f(f"ck_{table}_{column}_day"))


def _time(table: str, column: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"CAST({column} AS TEXT) LIKE '____-__-__ __:__:__%'", name=op.f(f"ck_{table}_{column}_time"))


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _versions() -> None:
    # In plain SQL, which both databases take: Alembic would copy the whole table to add a check to it on SQLite.
    json_type = "JSONB" if op.get_bind().dialect.name == "postgresql" else "JSON"
    check = "CONSTRAINT ck_versions_{0} CHECK ({1})"
    days = [f"{name} DATE {check.format(f'{name}_day', _is_day(name))}" for name in ("printed_on", "effective_on", "expires_on")]
    kind = f"document_kind IN ({_listed(KINDS)})"
    for column in (
        f"document_kind TEXT DEFAULT 'other' NOT NULL {check.format('document_kind', kind)}",
        *days,
        "index_number TEXT DEFAULT '' NOT NULL",
        "region_basis TEXT DEFAULT '' NOT NULL",
        f"suggestions {json_type} DEFAULT '[]' NOT NULL",
    ):
        op.execute(f"ALTER TABLE versions ADD COLUMN {column}")


def _references() -> None:
    op.create_table(
        "version_references",
        *_texts("document_id"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *_texts("title", "title_key", "number", "number_key", "relation"),
        sa.Column("span_start", sa.Integer(), nullable=False),
        sa.Column("span_end", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "relation IN ('basis', 'repeals', 'forwards', 'attaches', 'amends', 'cites')", name=op.f("ck_version_references_relation")
        ),
        sa.CheckConstraint("span_start >= 0 AND span_start <= span_end", name=op.f("ck_version_references_span")),
        sa.ForeignKeyConstraint(
            ["document_id", "version"],
            ["versions.document_id", "versions.number"],
            name=op.f("fk_version_references_document_id_version"),
        ),
        sa.PrimaryKeyConstraint("document_id", "version", "position", name=op.f("pk_version_references")),
    )
    for column in ("number_key", "title_key"):
        op.create_index(op.f(f"ix_version_references_{column}"), "version_references", [column], unique=False)


def _unread() -> None:
    op.create_table(
        "unread",
        *_texts("document_id", "site", "section", "key", "kind", "parent_key", "url", "title"),
        sa.Column("listed_on", sa.Date(), nullable=True),
        sa.Column("hints", JSON_TEXT, nullable=False),
        sa.Column("capture_id", BIG_ID, nullable=False),
        *_texts("detail", "normalizer_version"),
        sa.CheckConstraint("kind IN ('article', 'attachment')", name=op.f("ck_unread_kind")),
        _day("unread", "listed_on"),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name=op.f("fk_unread_capture_id")),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_unread")),
    )


def _decisions() -> None:
    digits = "length(region) = 6 AND CAST(region AS INTEGER) BETWEEN 100000 AND 999999"
    code = f"CASE WHEN region = '' THEN 1 WHEN {digits} THEN 1 ELSE 0 END = 1"
    op.create_table(
        "decisions",
        sa.Column("id", BIG_ID, nullable=False),
        *_texts("mention", "region", "name", "agency_id", "kind"),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        *_texts("note", "decided_by"),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("successor_id", BIG_ID, nullable=True),
        sa.CheckConstraint("kind IN ('agency', 'group', 'role', 'class', 'not-an-agency')", name=op.f("ck_decisions_kind")),
        sa.CheckConstraint(code, name=op.f("ck_decisions_region_code")),
        sa.CheckConstraint("mention <> '' AND decided_by <> ''", name=op.f("ck_decisions_told")),
        sa.CheckConstraint("kind <> 'agency' OR name <> ''", name=op.f("ck_decisions_named")),
        sa.CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name=op.f("ck_decisions_ended")),
        _day("decisions", "valid_from"),
        _day("decisions", "valid_to"),
        _time("decisions", "decided_at"),
        _time("decisions", "ended_at"),
        sa.ForeignKeyConstraint(["successor_id"], ["decisions.id"], name=op.f("fk_decisions_successor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index(op.f("ix_decisions_mention"), "decisions", ["mention"], unique=False)


def _derivations() -> None:
    op.create_table(
        "derivations",
        *_texts("id", "site", "since", "reader", "stage", "cursor"),
        sa.Column("counters", JSON_TEXT, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("stage IN ('documents', 'unread')", name=op.f("ck_derivations_stage")),
        sa.CheckConstraint("length(reader) = 64", name=op.f("ck_derivations_reader_hex")),
        _time("derivations", "started_at"),
        _time("derivations", "ended_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_derivations")),
    )
