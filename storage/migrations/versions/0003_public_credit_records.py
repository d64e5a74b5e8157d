"""Public credit records: notices, tombstones, endings, coverage, events, objections, the audit log, and a search of their own.

Of what a store of schema 0002 holds only the kinds that a document can have are widened; all the rest is new.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSON_TEXT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS = ("permit", "penalty", "list-entry", "defaulter", "tax-case", "repair", "withdrawal")
COLOURS = ("", "red", "black", "watch")
REASONS = ("expired", "repaired", "withdrawn", "gone", "suppressed")
REDUCED = (
    "code", "code_problem", "organization_code", "registration_number", "title", "number", "number_key", "violation", "facts", "basis",
    "content", "licence", "licence_number", "remark", "url", "same_tag", "number_tag",
)  # fmt: skip


DOCUMENT_KINDS = (
    "plan", "work-points", "task-table", "notice", "opinion", "measures", "regulation", "announcement", "reply", "letter", "report",
    "list", "news", "case", "other",
)  # fmt: skip


def upgrade() -> None:
    _document_kinds()
    _notices()
    _tombstones()
    _endings()
    _coverage()
    _events()
    _rights()
    _search()


def downgrade() -> None:
    raise NotImplementedError("a store is never taken back to an older schema: restore the file or the database from a backup")


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _maybe(kind: Any, *names: str) -> list[sa.Column[Any]]:  # noqa: ANN401 -- a column type
    return [sa.Column(name, kind, nullable=True) for name in names]


def _must(kind: Any, *names: str) -> list[sa.Column[Any]]:  # noqa: ANN401 -- a column type
    return [sa.Column(name, kind, nullable=False) for name in names]


def _moment() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def _check(table: str, name: str, sentence: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(sentence, name=op.f(f"ck_{table}_{name}"))


def _days(table: str, *columns: str) -> list[sa.CheckConstraint]:
    return [_check(table, f"{name}_day", f"{name} IS NULL OR (date({name}) IS NOT NULL AND {name} = date({name}))") for name in columns]


def _times(table: str, *columns: str) -> list[sa.CheckConstraint]:
    return [_check(table, f"{name}_time", f"CAST({name} AS TEXT) LIKE '____-__-__ __:__:__%'") for name in columns]


def _one_of(table: str, column: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return _check(table, column, f"{column} IN ({listed})")


def _hex(table: str, column: str) -> sa.CheckConstraint:
    return _check(table, f"{column}_hex", f"length({column}) = 64")


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _indexes(table: str, *found: tuple[str, ...]) -> None:
    for columns in found:
        op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns), unique=False)


def _document_kinds() -> None:
    # SQLite cannot alter a check, and to copy the table would break what points at it: the column is made anew, with its values.
    op.execute("CREATE TABLE kinds_before AS SELECT document_id, number, document_kind FROM versions")
    op.execute("ALTER TABLE versions DROP COLUMN document_kind")
    listed = ", ".join(f"'{kind}'" for kind in DOCUMENT_KINDS)
    check = f"CONSTRAINT ck_versions_document_kind CHECK (document_kind IN ({listed}))"
    op.execute(f"ALTER TABLE versions ADD COLUMN document_kind TEXT DEFAULT 'other' NOT NULL {check}")
    before = "SELECT k.document_kind FROM kinds_before k WHERE k.document_id = versions.document_id AND k.number = versions.number"
    op.execute("CREATE UNIQUE INDEX ix_kinds_before ON kinds_before (document_id, number)")
    op.execute(f"UPDATE versions SET document_kind = ({before}) WHERE EXISTS ({before} AND k.document_kind <> 'other')")  # noqa: S608
    op.execute("DROP TABLE kinds_before")


def _notices() -> None:
    digits = "length(region) = 6 AND CAST(region AS INTEGER) BETWEEN 100000 AND 999999"
    reduced = " AND ".join(f"{name} = ''" for name in REDUCED)
    days = ("decided_on", "valid_from", "valid_to", "published_on", "shown_until", "removed_on", "listed_on")
    op.create_table(
        "notices",
        *_texts("id", "site", "section", "kind", "region", "subject_kind", "subject_name", "subject_key", "code", "code_problem"),
        *_texts("organization_code", "registration_number", "authority_mention", "authority_key"),
        *_maybe(sa.Text(), "authority_name", "authority_id"),
        *_must(sa.Boolean(), "authority_resolved"),
        *_texts("authority_code", "source_body", "list_name", "list_key", "colour", "title", "number", "number_key", "category"),
        *_texts("violation", "facts", "basis", "content", "licence", "licence_number", "status", "remark"),
        *_must(sa.Date(), "day"),
        *_maybe(sa.Date(), *days),
        *_maybe(sa.Numeric(), "fine_yuan", "confiscated_yuan", "amount_yuan"),
        *_maybe(sa.Date(), "ends_on"),
        *_texts("term_rule", "term_basis"),
        *_maybe(sa.Date(), "term_from", "term_least_until"),
        *_texts("severity"),
        *_must(JSON_TEXT, "further", "unknown", "blanks", "defects"),
        *_texts("url"),
        *_maybe(sa.Text(), "document_id"),
        *_texts("file"),
        *_must(sa.BigInteger(), "file_offset", "file_length"),
        *_texts("sha256"),
        *_must(_moment(), "first_seen", "last_seen", "last_checked"),
        *_maybe(_moment(), "missing_since", "missing_last", "objection_marked_at"),
        *_texts("records_hash", "normalizer_version", "same_tag", "number_tag"),
        _one_of("notices", "kind", KINDS),
        _one_of("notices", "subject_kind", ("legal", "individual-business", "person")),
        _one_of("notices", "colour", COLOURS),
        _one_of("notices", "term_basis", ("stated", "computed", "none")),
        _one_of("notices", "severity", ("slight", "general", "serious", "unknown")),
        _check("notices", "reduced", f"subject_kind = 'legal' OR ({reduced})"),
        _check("notices", "place", "file_offset >= 0 AND file_length > 0"),
        _check("notices", "missing", "(missing_since IS NULL) = (missing_last IS NULL)"),
        _check("notices", "region_code", f"CASE WHEN region = '' THEN 1 WHEN {digits} THEN 1 ELSE 0 END = 1"),
        _hex("notices", "sha256"),
        _hex("notices", "records_hash"),
        *_days("notices", "day", *days, "ends_on", "term_from", "term_least_until"),
        *_times("notices", "first_seen", "last_seen", "last_checked", "missing_since", "missing_last", "objection_marked_at"),
        _key("notices", "id"),
    )
    alone = ("code", "subject_key", "authority_id", "list_key", "day", "ends_on", "document_id", "same_tag", "number_tag")
    _indexes("notices", ("site", "section"), ("file", "file_offset"), *((name,) for name in alone))


def _tombstones() -> None:
    op.create_table(
        "tombstones",
        *_texts("id", "same_tag", "number_tag", "site", "section", "kind", "reason"),
        *_maybe(sa.Date(), "due_on"),
        *_must(_moment(), "taken_at"),
        *_maybe(sa.Text(), "run"),
        *_maybe(_moment(), "archive_erased_at"),
        *_maybe(sa.Text(), "file"),
        *_maybe(sa.BigInteger(), "file_offset", "file_length"),
        _one_of("tombstones", "kind", KINDS),
        _one_of("tombstones", "reason", REASONS),
        *_days("tombstones", "due_on"),
        *_times("tombstones", "taken_at", "archive_erased_at"),
        _key("tombstones", "id"),
    )
    _indexes("tombstones", ("same_tag",), ("number_tag",))
    op.create_table("keyrings", *_texts("fingerprint"), _key("keyrings", "fingerprint"))


def _endings() -> None:
    op.create_table(
        "endings",
        *_texts("id", "site", "section", "kind", "list_name"),
        *_maybe(sa.Date(), "ended_on"),
        *_texts("number_tag", "code_tag", "name_tag", "outcome"),
        *_must(sa.Integer(), "matched"),
        *_must(JSON_TEXT, "candidates"),
        *_texts("url"),
        *_must(_moment(), "first_seen", "last_seen"),
        _one_of("endings", "kind", ("repair", "withdrawal")),
        _one_of("endings", "outcome", ("taken-down", "nothing-found", "ambiguous")),
        _check("endings", "bare", "outcome = 'ambiguous' OR url = ''"),
        *_days("endings", "ended_on"),
        *_times("endings", "first_seen", "last_seen"),
        _key("endings", "id"),
    )
    _indexes("endings", ("number_tag",), ("code_tag",), ("name_tag",))


def _coverage() -> None:
    op.create_table(
        "record_sightings",
        *_texts("site", "section", "slice", "notice_id", "run"),
        *_must(_moment(), "first_seen", "last_seen"),
        *_maybe(_moment(), "read_at"),
        *_maybe(sa.Date(), "ends_on"),
        _check("record_sightings", "read", "(read_at IS NULL) = (ends_on IS NULL)"),
        *_days("record_sightings", "ends_on"),
        *_times("record_sightings", "first_seen", "last_seen", "read_at"),
        _key("record_sightings", "site", "section", "slice", "notice_id"),
    )
    _indexes("record_sightings", ("notice_id",))
    op.create_table(
        "coverage",
        *_texts("run", "section", "slice", "site"),
        *_maybe(sa.Integer(), "stated", "pages"),
        *_must(sa.Integer(), "pages_had", "listed", "had", "known", "failed"),
        *_must(sa.Boolean(), "capped", "complete"),
        *_must(JSON_TEXT, "gaps"),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_coverage_run")),
        _key("coverage", "run", "section", "slice"),
    )
    _indexes("coverage", ("site", "section"))


def _events() -> None:
    op.create_table(
        "notice_events",
        *_must(BIG_ID, "seq"),
        *_must(_moment(), "at"),
        *_texts("notice_id", "event", "site", "section", "kind", "list_name", "colour", "reason"),
        _one_of("notice_events", "event", ("entered", "changed", "left")),
        _one_of("notice_events", "kind", KINDS),
        _one_of("notice_events", "colour", COLOURS),
        _one_of("notice_events", "reason", ("", *REASONS)),
        *_times("notice_events", "at"),
        _key("notice_events", "seq"),
    )
    _indexes("notice_events", ("notice_id",))


def _rights() -> None:
    op.create_table(
        "objections",
        *_must(BIG_ID, "id"),
        *_texts("notice_id"),
        *_must(_moment(), "received_at"),
        *_texts("channel", "statement"),
        *_maybe(sa.Date(), "mark_due_on"),
        *_maybe(_moment(), "marked_at"),
        *_maybe(sa.Date(), "decide_due_on"),
        *_maybe(_moment(), "decided_at"),
        *_maybe(sa.Text(), "decision"),
        *_texts("note", "operator"),
        _one_of("objections", "decision", ("upheld", "rejected")),
        _check("objections", "settled", "(decision IS NULL) = (decided_at IS NULL)"),
        *_days("objections", "mark_due_on", "decide_due_on"),
        *_times("objections", "received_at", "marked_at", "decided_at"),
        _key("objections", "id"),
    )
    _indexes("objections", ("notice_id",))
    op.create_table(
        "audit",
        *_must(BIG_ID, "id"),
        *_must(_moment(), "at"),
        *_texts("actor", "action"),
        *_must(JSON_TEXT, "what"),
        *_must(sa.Integer(), "rows"),
        *_must(JSON_TEXT, "notice_ids"),
        _check("audit", "told", "action <> ''"),
        *_times("audit", "at"),
        _key("audit", "id"),
    )
    _indexes("audit", ("at",))


def _search() -> None:
    op.create_table(
        "notice_search_entries",
        *_must(BIG_ID, "id"),
        *_texts("notice_id", "folded"),
        _key("notice_search_entries", "id"),
        sa.UniqueConstraint("notice_id", name=op.f("uq_notice_search_entries_notice_id")),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE notice_search_terms USING fts5(terms, content='', tokenize='ascii')")
        return
    op.create_table(
        "notice_search_terms",
        sa.Column("entry_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("terms", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["notice_search_entries.id"], name=op.f("fk_notice_search_terms_entry_id"), ondelete="CASCADE"
        ),
        _key("notice_search_terms", "entry_id"),
    )
    op.create_index("ix_notice_search_terms_terms", "notice_search_terms", ["terms"], postgresql_using="gin")
