"""What operators rest on: the schedule and its workers, measures and incidents, specimens and proposals, absences.

One function a concern. The tables of a store begin empty: nothing is taken over.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON_TEXT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    _runs()
    _schedule()
    _measures()
    _incidents()
    _specimens()
    _absences()
    _derivations()


def downgrade() -> None:
    raise NotImplementedError("a store is never taken back to an older schema: restore the file or the database from a backup")


# --- pieces ------------------------------------------------------------------------------------------------------------


def _id() -> sa.Column[int]:
    return sa.Column("id", BIG_ID, nullable=False)


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


def _one_of(table: str, column: str, *values: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return _check(table, column, f"{column} IN ({listed})")


def _times(table: str, *columns: str) -> list[sa.CheckConstraint]:
    return [_check(table, f"{column}_time", f"CAST({column} AS TEXT) LIKE '____-__-__ __:__:__%'") for column in columns]


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _foreign(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [other], name=op.f(f"fk_{table}_{column}"))


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns), unique=False)


# --- runs --------------------------------------------------------------------------------------------------------------


def _runs() -> None:
    op.add_column("runs", sa.Column("due_run", sa.BigInteger(), nullable=True))
    op.add_column("runs", sa.Column("reach", sa.Text(), nullable=False, server_default="all"))
    op.add_column("runs", sa.Column("host", sa.Text(), nullable=False, server_default=""))
    op.add_column("runs", sa.Column("heartbeat_at", _moment(), nullable=True))
    _index("runs", "due_run")


# --- the schedule ------------------------------------------------------------------------------------------------------


def _schedule() -> None:
    op.create_table(
        "due_runs",
        _id(),
        *_texts("job", "kind"),
        *_must(_moment(), "due_at"),
        *_texts("asked_by"),
        *_must(JSON_TEXT, "arguments"),
        *_texts("state"),
        *_maybe(sa.Text(), "worker"),
        *_maybe(_moment(), "started_at", "ended_at"),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        *_texts("note"),
        _one_of("due_runs", "kind", "crawl", "chore"),
        _one_of("due_runs", "state", "due", "queued", "running", "done", "failed", "missed", "skipped"),
        _check("due_runs", "job", "job <> ''"),
        _check("due_runs", "attempts", "attempts >= 0"),
        *_times("due_runs", "due_at", "started_at", "ended_at"),
        _key("due_runs", "id"),
        _unique("due_runs", "job", "due_at"),
    )
    _index("due_runs", "state", "job", "due_at")
    op.create_table(
        "planned",
        *_texts("job"),
        *_must(_moment(), "until"),
        *_texts("schedule"),
        *_times("planned", "until"),
        _key("planned", "job"),
    )
    op.create_table(
        "pauses",
        _id(),
        *_texts("job", "reason", "paused_by"),
        *_must(_moment(), "since"),
        *_maybe(_moment(), "until", "ended_at"),
        _check("pauses", "told", "reason <> '' AND paused_by <> ''"),
        *_times("pauses", "since", "until", "ended_at"),
        _key("pauses", "id"),
    )
    _index("pauses", "job")
    op.create_table(
        "workers",
        *_texts("id", "host"),
        *_must(sa.Integer(), "pid"),
        *_texts("version"),
        *_must(_moment(), "started_at", "heartbeat_at"),
        *_maybe(_moment(), "ended_at"),
        *_texts("doing"),
        *_times("workers", "started_at", "heartbeat_at", "ended_at"),
        _key("workers", "id"),
    )


# --- what a run measured -----------------------------------------------------------------------------------------------


def _measures() -> None:
    op.create_table(
        "run_sections",
        *_texts("run", "site", "section", "reach"),
        *_must(JSON_TEXT, "measures"),
        *_maybe(sa.Float(), "drift"),
        _check("run_sections", "drift", "drift IS NULL OR drift BETWEEN 0 AND 1"),
        _foreign("run_sections", "run", "runs.id"),
        _key("run_sections", "run", "section"),
    )
    _index("run_sections", "site", "section")
    op.create_table(
        "run_events",
        *_texts("run"),
        *_must(sa.Integer(), "number"),
        *_must(_moment(), "at"),
        *_texts("level", "event"),
        *_must(JSON_TEXT, "detail"),
        *_times("run_events", "at"),
        _foreign("run_events", "run", "runs.id"),
        _key("run_events", "run", "number"),
    )
    op.create_table(
        "findings",
        _id(),
        *_texts("run", "site", "section", "cause", "level", "observed", "expected", "detail"),
        _one_of("findings", "level", "warning", "alarm"),
        _check("findings", "cause", "cause <> ''"),
        _foreign("findings", "run", "runs.id"),
        _key("findings", "id"),
    )
    _index("findings", "run")
    _index("findings", "site")


# --- what is wrong -----------------------------------------------------------------------------------------------------


def _incidents() -> None:
    op.create_table(
        "incidents",
        _id(),
        *_texts("site", "cause", "level"),
        *_must(JSON_TEXT, "sections"),
        *_texts("detail"),
        *_must(_moment(), "opened_at"),
        *_texts("first_run"),
        *_must(_moment(), "last_at"),
        *_texts("last_run"),
        *_maybe(_moment(), "closed_at"),
        *_texts("closing_run"),
        _one_of("incidents", "level", "warning", "alarm"),
        _check("incidents", "cause", "cause <> ''"),
        *_times("incidents", "opened_at", "last_at", "closed_at"),
        _key("incidents", "id"),
    )
    _index("incidents", "site")
    still = sa.text("closed_at IS NULL")
    op.create_index("uq_incidents_open", "incidents", ["site", "cause"], unique=True, sqlite_where=still, postgresql_where=still)
    op.create_table(
        "incident_messages",
        _id(),
        *_must(BIG_ID, "incident"),
        *_texts("kind", "channel"),
        sa.Column("number", sa.Integer(), nullable=False, server_default="0"),
        *_must(_moment(), "formed_at", "due_at"),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        *_maybe(_moment(), "sent_at", "given_up_at"),
        *_texts("error"),
        _one_of("incident_messages", "kind", "opened", "reminder", "recovered"),
        *_times("incident_messages", "formed_at", "due_at", "sent_at", "given_up_at"),
        _foreign("incident_messages", "incident", "incidents.id"),
        _key("incident_messages", "id"),
        _unique("incident_messages", "incident", "kind", "channel", "number"),
    )
    _index("incident_messages", "channel", "sent_at")
    op.create_table(
        "snoozes",
        _id(),
        *_texts("site", "cause", "reason", "snoozed_by"),
        *_must(_moment(), "since", "until"),
        *_maybe(_moment(), "ended_at"),
        _check("snoozes", "told", "reason <> '' AND snoozed_by <> ''"),
        *_times("snoozes", "since", "until", "ended_at"),
        _key("snoozes", "id"),
    )
    _index("snoozes", "site")


# --- pages held against each other -------------------------------------------------------------------------------------


def _specimens() -> None:
    op.create_table(
        "specimens",
        _id(),
        *_texts("site", "section", "kind", "run", "url"),
        *_must(_moment(), "at"),
        *_must(sa.Boolean(), "good"),
        *_texts("cause", "charset", "skeleton", "skeleton_hash"),
        *_maybe(sa.Text(), "file"),
        *_maybe(sa.BigInteger(), "file_offset", "file_length"),
        *_maybe(sa.Text(), "sha256"),
        _one_of("specimens", "kind", "list", "article"),
        _check("specimens", "skeleton_hash_hex", "length(skeleton_hash) = 64"),
        _check("specimens", "place", "(file IS NULL) = (file_offset IS NULL) AND (file IS NULL) = (sha256 IS NULL)"),
        *_times("specimens", "at"),
        _foreign("specimens", "run", "runs.id"),
        _key("specimens", "id"),
    )
    _index("specimens", "site", "section")
    op.create_table(
        "proposals",
        _id(),
        *_texts("site", "section", "field"),
        *_must(JSON_TEXT, "rule"),
        *_must(BIG_ID, "specimen"),
        *_must(JSON_TEXT, "proof"),
        *_texts("state"),
        *_must(_moment(), "made_at"),
        *_maybe(_moment(), "decided_at"),
        *_texts("decided_by"),
        _one_of("proposals", "state", "proposed", "accepted", "refused", "withdrawn"),
        _check("proposals", "decided", "(decided_by = '') = (decided_at IS NULL)"),
        *_times("proposals", "made_at", "decided_at"),
        _foreign("proposals", "specimen", "specimens.id"),
        _key("proposals", "id"),
    )
    _index("proposals", "site")


# --- documents that their list names no more -----------------------------------------------------------------------------


def _absences() -> None:
    op.create_table(
        "absences",
        *_texts("document_id"),
        *_must(_moment(), "since"),
        *_texts("run"),
        *_times("absences", "since"),
        _foreign("absences", "document_id", "documents.id"),
        _key("absences", "document_id"),
    )


# --- derivations in parts ------------------------------------------------------------------------------------------------


def _derivations() -> None:
    for name in ("parent", "range_after", "range_upto"):
        op.add_column("derivations", sa.Column(name, sa.Text(), nullable=False, server_default=""))
