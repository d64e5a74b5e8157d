"""What the reading room and the API rest on: lines in reading order.

One function a concern; each makes its own tables, and what it takes over is put in after the upgrade by the program (``Store.upgrade``).

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _lines()
    _addresses_of_sites()
    _corrections()
    _state()
    _accounts()
    _search()


def downgrade() -> None:
    raise NotImplementedError("a store is never taken back to an older schema: restore the file or the database from a backup")


# --- pieces ------------------------------------------------------------------------------------------------------------


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


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def _indexes(table: str, *found: tuple[str, ...]) -> None:
    for columns in found:
        op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns), unique=False)


# --- lines -------------------------------------------------------------------------------------------------------------


def _lines() -> None:
    op.create_table(
        "line_numbers",
        *_texts("document_id"),
        *_must(sa.BigInteger(), "line"),
        _key("line_numbers", "document_id"),
        _unique("line_numbers", "line"),
    )
    _document_lines()
    op.create_table(
        "line_choices",
        *_texts("site", "stem"),
        *_must(sa.BigInteger(), "place"),
        *_must(sa.Boolean(), "counted"),
        *_must(sa.Integer(), "copies"),
        _key("line_choices", "site", "stem", "place"),
        sqlite_with_rowid=False,
    )
    _indexes("line_choices", ("place",))
    _task_lines()
    op.create_table(
        "line_counts",
        *_texts("facet", "value"),
        *_must(sa.BigInteger(), "place"),
        *_must(sa.Integer(), "tasks"),
        _key("line_counts", "facet", "value", "place"),
        sqlite_with_rowid=False,
    )
    _indexes("line_counts", ("place",))
    op.create_table("touched_documents", *_texts("document_id", "work_id"))


def _document_lines() -> None:
    days = ("issued_on", "published_on", "listed_on", "printed_on", "effective_on", "expires_on")
    op.create_table(
        "document_lines",
        sa.Column("place", BIG_ID, nullable=False, autoincrement=False),
        *_texts("document_id"),
        *_must(sa.Integer(), "version", "tasks", "copies", "versions"),
        *_must(sa.Boolean(), "counted", "hidden"),
        *_must(sa.Integer(), "roles"),
        *_must(sa.Date(), "day", "began_on"),
        *_must(_moment(), "began_at"),
        *_must(sa.Date(), "settled_on"),
        *_must(_moment(), "settled_at"),
        *_maybe(sa.Date(), "due_first", "due_last"),
        *_texts("document_kind", "work_id", "change", "site", "section", "kind"),
        *_maybe(sa.Text(), "parent_id"),
        *_texts("url", "title", "document_number"),
        *_maybe(sa.Date(), *days),
        *_texts("index_number", "region", "region_basis"),
        *_maybe(sa.Date(), "plan_start", "plan_end"),
        *_texts("state"),
        *_maybe(_moment(), "state_since"),
        *_texts("format"),
        *_must(sa.Integer(), "suggestions"),
        *_texts("normalizer_version"),
        _key("document_lines", "place"),
        _unique("document_lines", "document_id"),
    )
    _indexes("document_lines", ("work_id",))


def _task_lines() -> None:
    op.create_table(
        "task_lines",
        sa.Column("place", BIG_ID, nullable=False, autoincrement=False),
        *_texts("task_id", "lasting_id"),
        *_maybe(sa.Date(), "deadline_start", "deadline_end"),
        *_maybe(sa.Text(), "deadline_kind"),
        *_must(sa.Integer(), "roles"),
        *_texts("lead", "partner", "responsible", "implied"),
        _key("task_lines", "place"),
        _unique("task_lines", "task_id"),
    )
    _indexes("task_lines", ("deadline_end", "place"), ("deadline_kind", "deadline_end", "place"))
    op.create_table(
        "line_agencies",
        *_must(BIG_ID, "id"),
        *_texts("agency_id", "name", "mention_key", "kind"),
        *_must(sa.Boolean(), "resolved"),
        _key("line_agencies", "id"),
        _unique("line_agencies", "agency_id", "name", "mention_key", "kind", "resolved"),
    )
    _indexes("line_agencies", ("name",), ("mention_key",))
    op.create_table(
        "task_line_agencies",
        *_must(sa.BigInteger(), "body", "place"),
        *_must(sa.Integer(), "roles"),
        _check("task_line_agencies", "roles", "roles > 0"),
        _key("task_line_agencies", "body", "place"),
        sqlite_with_rowid=False,
    )
    _indexes("task_line_agencies", ("place",))


# --- addresses of sites: the one box finds a document by the address it was fetched from --------------------------------------


def _addresses_of_sites() -> None:
    _indexes("documents", ("url",))
    _indexes("versions", ("capture_id",))


# --- corrections -------------------------------------------------------------------------------------------------------


def _corrections() -> None:
    op.create_table(
        "corrections",
        *_must(BIG_ID, "id"),
        *_texts("about", "address"),
        *_maybe(sa.Text(), "notice_id"),
        *_texts("field", "wrong", "should_be", "contact", "reported_by"),
        *_must(_moment(), "received_at"),
        *_must(sa.Date(), "due_on"),
        *_texts("state", "told", "reason"),
        *_maybe(sa.Date(), "wrong_from", "mended_on"),
        *_maybe(_moment(), "answered_at"),
        *_texts("answered_by"),
        _check("corrections", "about", "about IN ('document', 'task', 'agency', 'work', 'record', 'page')"),
        _check("corrections", "state", "state IN ('new', 'confirmed', 'mended', 'declined')"),
        _check("corrections", "record", "(about = 'record') = (notice_id IS NOT NULL)"),
        _check("corrections", "answered", "(state = 'new') = (answered_at IS NULL)"),
        _check("corrections", "mended", "(state = 'mended') = (mended_on IS NOT NULL)"),
        _check("corrections", "told", "state = 'new' OR told <> ''"),
        _check("corrections", "reason", "state <> 'declined' OR reason <> ''"),
        *(_check("corrections", f"{name}_day", _is_day(name)) for name in ("due_on", "wrong_from", "mended_on")),
        *(_check("corrections", f"{name}_time", _is_time(name)) for name in ("received_at", "answered_at")),
        _key("corrections", "id"),
    )
    _indexes("corrections", ("state",), ("notice_id",), ("received_at",))


def _is_day(name: str) -> str:
    return f"{name} IS NULL OR (date({name}) IS NOT NULL AND {name} = date({name}))"


def _is_time(name: str) -> str:
    return f"CAST({name} AS TEXT) LIKE '____-__-__ __:__:__%'"


# --- the state of the store: what the API tells its answers apart by ---------------------------------------------------------


def _state() -> None:
    op.create_table(
        "store_state",
        *_must(sa.Integer(), "id"),
        *_must(sa.BigInteger(), "writes"),
        *_maybe(_moment(), "written_at"),
        _check("store_state", "one", "id = 1"),
        _check("store_state", "written_at_time", _is_time("written_at")),
        _key("store_state", "id"),
    )
    op.execute("INSERT INTO store_state (id, writes) VALUES (1, 0)")


# --- who may come in -------------------------------------------------------------------------------------------------------


def _accounts() -> None:
    op.create_table(
        "accounts",
        *_texts("name", "role", "password"),
        *_must(_moment(), "password_at"),
        *_must(sa.Boolean(), "provisional"),
        *_must(sa.Integer(), "serial"),
        *_must(_moment(), "created_at"),
        *_texts("created_by"),
        *_maybe(_moment(), "login_at", "removed_at"),
        *_maybe(sa.Text(), "removed_by"),
        _check("accounts", "role", "role IN ('reader', 'operator')"),
        _check("accounts", "named", "name <> ''"),
        _check("accounts", "removed", "(removed_at IS NULL) = (removed_by IS NULL)"),
        _check("accounts", "password", "(removed_at IS NULL) = (password <> '')"),
        *(_check("accounts", f"{name}_time", _is_time(name)) for name in ("password_at", "created_at", "login_at", "removed_at")),
        _key("accounts", "name"),
    )
    _sessions()
    op.create_table(
        "api_keys",
        *_texts("id", "account", "label", "role", "secret"),
        *_must(_moment(), "created_at"),
        *_maybe(_moment(), "used_at", "ends_at"),
        _check("api_keys", "role", "role IN ('reader', 'operator')"),
        _check("api_keys", "named", "id <> '' AND label <> ''"),
        _check("api_keys", "secret_hex", "length(secret) = 64"),
        *(_check("api_keys", f"{name}_time", _is_time(name)) for name in ("created_at", "used_at", "ends_at")),
        sa.ForeignKeyConstraint(["account"], ["accounts.name"], name=op.f("fk_api_keys_account")),
        _key("api_keys", "id"),
    )
    _indexes("api_keys", ("account",))


def _sessions() -> None:
    op.create_table(
        "sessions",
        *_texts("id", "account"),
        *_must(_moment(), "created_at", "seen_at"),
        *_texts("agent"),
        _check("sessions", "id_hex", "length(id) = 64"),
        *(_check("sessions", f"{name}_time", _is_time(name)) for name in ("created_at", "seen_at")),
        sa.ForeignKeyConstraint(["account"], ["accounts.name"], name=op.f("fk_sessions_account")),
        _key("sessions", "id"),
    )
    _indexes("sessions", ("account",))


# --- search ------------------------------------------------------------------------------------------------------------


def _search() -> None:
    """Put indexes that rest on places in the place of those of 0001 and 0003; ``Store.upgrade`` fills them."""
    for table in ("search_terms", "search_entries", "notice_search_terms", "notice_search_entries"):
        op.drop_table(table)
    entries = ("title", "folded", "marks")
    op.create_table(
        "search_document_entries",
        sa.Column("id", BIG_ID, nullable=False, autoincrement=False),
        *_texts("document_id"),
        *_must(sa.Integer(), "version"),
        *_texts(*entries),
        _key("search_document_entries", "id"),
        _unique("search_document_entries", "document_id"),
    )
    op.create_table(
        "search_task_entries",
        sa.Column("id", BIG_ID, nullable=False, autoincrement=False),
        *_texts("document_id", "task_id", *entries),
        _key("search_task_entries", "id"),
    )
    _indexes("search_task_entries", ("document_id",))
    op.create_table(
        "notice_search_entries",
        sa.Column("id", BIG_ID, nullable=False, autoincrement=False),
        *_texts("notice_id", *entries),
        *_maybe(sa.Date(), "ends_on"),
        _check("notice_search_entries", "ends_on_day", _is_day("ends_on")),
        _key("notice_search_entries", "id"),
        _unique("notice_search_entries", "notice_id"),
    )
    _indexes("notice_search_entries", ("ends_on",))
    for kind in ("search_document", "search_task", "notice_search"):
        _search_terms(f"{kind}_terms", f"{kind}_entries")


def _search_terms(name: str, entries: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE VIRTUAL TABLE {name} USING fts5(title, words, marks, content='', tokenize='ascii', prefix='4')")
        return
    # The arrays are looked at by the index only: out of the way, so that counting reads few pages.
    key = f"CONSTRAINT pk_{name} PRIMARY KEY CONSTRAINT fk_{name}_id REFERENCES {entries} (id) ON DELETE CASCADE"
    columns = f"id BIGINT NOT NULL {key}, terms BIGINT[] NOT NULL"
    op.execute(f"CREATE TABLE {name} ({columns}) WITH (toast_tuple_target = 128)")
    # What waits to be sorted into the index is read by every question.
    op.execute(f"CREATE INDEX ix_{name}_terms ON {name} USING gin (terms) WITH (gin_pending_list_limit = 1024)")
