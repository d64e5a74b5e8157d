"""The feed of changes, lasting ids of tasks, clocks of versions, decisions on works, links, watches, and the cache of comparisons.

What a store of schema 0003 holds is taken over: events of records become rows of the feed, versions were known from when their payload
was fetched, and tasks get lasting ids by their fingerprints and places. The feed has no rows for what was stored before: who follows it
begins with a snapshot.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

JSON_TEXT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ENTITIES = ("document", "text", "task", "link", "notice")
KINDS = (
    "added", "removed", "changed", "reworded", "moved", "split", "merged", "restated", "gone", "back", "withdrawn", "tied", "untied",
    "entered", "left",
)  # fmt: skip
RELATIONS = ("draft", "edition", "division")
REASONS = ("content", "number", "title", "text", "decision")
KEY_KINDS = ("content", "title", "number", "series", "plan", "subject")
EPOCH = "1970-01-01 00:00:00"


def upgrade() -> None:
    _columns()
    _feed()
    _clocks()
    _works()
    _watches()
    _comparisons()
    _lasting_ids()
    _events()


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


def _times(table: str, *columns: str) -> list[sa.CheckConstraint]:
    return [_check(table, f"{name}_time", _is_time(name)) for name in columns]


def _is_time(name: str) -> str:
    return f"CAST({name} AS TEXT) LIKE '____-__-__ __:__:__%'"


def _one_of(table: str, column: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return _check(table, column, f"{column} IN ({listed})")


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _indexes(table: str, *found: tuple[str, ...]) -> None:
    for columns in found:
        op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns), unique=False)


# --- tables ------------------------------------------------------------------------------------------------------------


def _columns() -> None:
    moment = "TIMESTAMP WITH TIME ZONE" if op.get_bind().dialect.name == "postgresql" else "DATETIME"
    check = f"CONSTRAINT ck_versions_known_at_time CHECK ({_is_time('known_at')})"
    op.execute(f"ALTER TABLE versions ADD COLUMN known_at {moment} DEFAULT '{EPOCH}' NOT NULL {check}")
    op.execute("UPDATE versions SET known_at = (SELECT c.fetched_at FROM captures c WHERE c.id = versions.capture_id)")
    op.execute("ALTER TABLE tasks ADD COLUMN lasting_id TEXT DEFAULT '' NOT NULL")
    op.execute("ALTER TABLE documents ADD COLUMN moved_to TEXT")
    _indexes("tasks", ("lasting_id",))
    _indexes("documents", ("moved_to",))


def _feed() -> None:
    digits = "length(region) = 6 AND CAST(region AS INTEGER) BETWEEN 100000 AND 999999"
    op.create_table(
        "changes",
        *_must(BIG_ID, "seq"),
        *_must(_moment(), "known_at"),
        *_maybe(sa.Date(), "as_of"),
        *_texts("entity", "entity_id", "kind", "cause"),
        *_must(sa.Boolean(), "copy"),
        *_maybe(sa.Text(), "run"),
        *_texts("site", "section", "region"),
        *_maybe(sa.Text(), "document_id"),
        *_maybe(sa.Integer(), "version"),
        *_maybe(sa.Text(), "work_id"),
        *_must(JSON_TEXT, "fields"),
        *_maybe(JSON_TEXT, "before", "after", "evidence"),
        *_texts("list_name", "colour", "record_kind", "reason"),
        _one_of("changes", "entity", ENTITIES),
        _one_of("changes", "kind", KINDS),
        _one_of("changes", "cause", ("source", "reading", "decision")),
        _check("changes", "unnamed", "entity <> 'notice' OR (before IS NULL AND after IS NULL)"),
        _check("changes", "region_code", f"CASE WHEN region = '' THEN 1 WHEN {digits} THEN 1 ELSE 0 END = 1"),
        _check("changes", "as_of_day", "as_of IS NULL OR (date(as_of) IS NOT NULL AND as_of = date(as_of))"),
        *_times("changes", "known_at"),
        _key("changes", "seq"),
        sqlite_autoincrement=True,
    )
    _indexes("changes", ("entity_id",), ("document_id",), ("known_at",))
    op.create_table(
        "change_agencies",
        *_must(sa.BigInteger().with_variant(sa.Integer(), "sqlite"), "seq"),
        *_texts("side", "role"),
        *_must(sa.Integer(), "position"),
        *_maybe(sa.Text(), "agency_id"),
        *_texts("mention_key", "name"),
        _one_of("change_agencies", "side", ("before", "after")),
        sa.ForeignKeyConstraint(["seq"], ["changes.seq"], name=op.f("fk_change_agencies_seq")),
        _key("change_agencies", "seq", "side", "role", "position"),
    )
    _indexes("change_agencies", ("agency_id",), ("mention_key",))
    op.create_table("feed_state", *_must(sa.Integer(), "id"), *_must(sa.BigInteger(), "horizon"), _key("feed_state", "id"))
    op.execute("INSERT INTO feed_state (id, horizon) VALUES (1, 0)")


def _clocks() -> None:
    clocks = ("first_seen", "last_seen", "last_checked")
    op.create_table(
        "version_clocks",
        *_texts("document_id"),
        *_must(sa.Integer(), "version"),
        *_must(_moment(), *clocks),
        *_times("version_clocks", *clocks),
        sa.ForeignKeyConstraint(
            ["document_id", "version"],
            ["versions.document_id", "versions.number"],
            name=op.f("fk_version_clocks_document_id_version"),
        ),
        _key("version_clocks", "document_id", "version"),
    )


def _works() -> None:
    op.create_table(
        "document_links",
        *_texts("document_id", "other_id", "relation", "reason"),
        *_must(sa.Float(), "score"),
        _one_of("document_links", "relation", RELATIONS),
        _check("document_links", "score", "score BETWEEN 0 AND 1"),
        _check("document_links", "two", "document_id <> other_id"),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_document_links_document_id")),
        sa.ForeignKeyConstraint(["other_id"], ["documents.id"], name=op.f("fk_document_links_other_id")),
        _key("document_links", "document_id", "other_id", "relation"),
    )
    _indexes("document_links", ("other_id",))
    op.create_table(
        "tie_decisions",
        *_must(BIG_ID, "id"),
        *_texts("document_id", "other_id", "tie", "note", "decided_by"),
        *_must(_moment(), "decided_at"),
        *_maybe(sa.Text(), "ended_by"),
        *_maybe(_moment(), "ended_at"),
        _one_of("tie_decisions", "tie", ("same", *RELATIONS, "none")),
        _check("tie_decisions", "two", "document_id <> other_id"),
        _check("tie_decisions", "told", "decided_by <> ''"),
        _check("tie_decisions", "ended", "(ended_by IS NULL) = (ended_at IS NULL)"),
        *_times("tie_decisions", "decided_at", "ended_at"),
        _key("tie_decisions", "id"),
    )
    _indexes("tie_decisions", ("document_id",), ("other_id",))
    op.create_table(
        "document_keys",
        *_texts("kind", "value", "document_id"),
        _one_of("document_keys", "kind", KEY_KINDS),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_document_keys_document_id")),
        _key("document_keys", "kind", "value", "document_id"),
    )
    _indexes("document_keys", ("document_id",))
    _reasons("works", ("single", *REASONS))
    _reasons("work_ties", REASONS)


def _reasons(table: str, reasons: tuple[str, ...]) -> None:
    """Let a person's decision be a reason, too."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f(f"ck_{table}_reason"), table)
        op.create_check_constraint(op.f(f"ck_{table}_reason"), table, _one_of(table, "reason", reasons).sqltext)
        return
    # SQLite cannot alter a check. What points at the rows finds them again before the transaction ends.
    op.execute("PRAGMA defer_foreign_keys=ON")
    op.execute(f"CREATE TABLE {table}_before AS SELECT * FROM {table}")  # noqa: S608 -- a table of this file
    op.drop_table(table)
    if table == "works":
        op.create_table("works", *_texts("id", "title", "reason"), _one_of("works", "reason", reasons), _key("works", "id"))
    else:
        _ties(reasons)
    op.execute(f"INSERT INTO {table} SELECT * FROM {table}_before")  # noqa: S608 -- a table of this file
    op.drop_table(f"{table}_before")


def _ties(reasons: tuple[str, ...]) -> None:
    places = ("document_id", "other_id")
    op.create_table(
        "work_ties",
        *_texts(*places, "reason"),
        *_must(sa.Float(), "score"),
        _one_of("work_ties", "reason", reasons),
        _check("work_ties", "once", "document_id < other_id"),
        _check("work_ties", "score", "score BETWEEN 0 AND 1"),
        *(sa.ForeignKeyConstraint([name], ["documents.id"], name=op.f(f"fk_work_ties_{name}")) for name in places),
        _key("work_ties", *places),
    )
    _indexes("work_ties", ("other_id",))


def _watches() -> None:
    op.create_table(
        "watches",
        *_texts("name"),
        *_must(JSON_TEXT, "filters"),
        *_texts("channel", "period", "language"),
        *_must(sa.BigInteger(), "cursor"),
        *_must(sa.Boolean(), "paused"),
        *_texts("created_by"),
        *_must(_moment(), "created_at"),
        *_maybe(_moment(), "due_at"),
        _one_of("watches", "period", ("each", "daily", "weekly")),
        _one_of("watches", "language", ("zh", "en")),
        _check("watches", "named", "name <> '' AND channel <> ''"),
        *_times("watches", "created_at", "due_at"),
        _key("watches", "name"),
    )
    op.create_table(
        "deliveries",
        *_texts("id", "watch"),
        *_must(sa.BigInteger(), "after_seq", "upto_seq"),
        *_must(sa.Integer(), "rows"),
        *_texts("state"),
        *_must(sa.Integer(), "attempts"),
        *_maybe(_moment(), "next_at"),
        *_texts("error"),
        *_must(_moment(), "created_at"),
        *_maybe(_moment(), "ended_at"),
        _one_of("deliveries", "state", ("waiting", "sent", "given-up")),
        _check("deliveries", "counts", "after_seq < upto_seq AND rows > 0 AND attempts >= 0"),
        _check("deliveries", "ended", "(ended_at IS NULL) = (state = 'waiting')"),
        *_times("deliveries", "next_at", "created_at", "ended_at"),
        sa.ForeignKeyConstraint(["watch"], ["watches.name"], name=op.f("fk_deliveries_watch")),
        _key("deliveries", "id"),
    )
    _indexes("deliveries", ("watch", "state"))


def _comparisons() -> None:
    hashes = ("old_hash", "new_hash", "reader")
    op.create_table(
        "comparisons",
        *_texts(*hashes),
        *_must(JSON_TEXT, "result"),
        *_must(_moment(), "used_at"),
        *(_check("comparisons", f"{name}_hex", f"length({name}) = 64") for name in hashes),
        *_times("comparisons", "used_at"),
        _key("comparisons", *hashes),
    )
    _indexes("comparisons", ("used_at",))


# --- what is there -----------------------------------------------------------------------------------------------------


def _lasting_ids() -> None:
    """Name the tasks of each document: one with the fingerprint of a task of the version before, or its place, keeps that one's name."""
    connection = op.get_bind()
    found = connection.execute(
        sa.text("SELECT id, document_id, version, number, section, fingerprint FROM tasks ORDER BY document_id, version, ordinal")
    ).all()
    versions: dict[str, dict[int, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for row in found:
        versions[row.document_id][row.version].append(row)
    for document, numbered in versions.items():
        given = 0
        before: list[tuple[Any, str]] = []
        for rows in numbered.values():
            before, given = _named(document, rows, before, given)
            statement = sa.text("UPDATE tasks SET lasting_id = :name WHERE id = :id")
            connection.execute(statement, [{"name": name, "id": row.id} for row, name in before])


def _named(document: str, rows: list[Any], before: list[tuple[Any, str]], given: int) -> tuple[list[tuple[Any, str]], int]:
    names: dict[str, str] = {}
    free = list(before)
    for same in (_same_words, _same_place):
        for row in rows:
            match = next((pair for pair in free if row.id not in names and same(row, pair[0])), None)
            if match:
                names[row.id] = match[1]
                free.remove(match)
    for row in rows:
        if row.id not in names:
            given += 1
            names[row.id] = f"{document}.k{given}"
    return [(row, names[row.id]) for row in rows], given


def _same_words(one: Any, other: Any) -> bool:  # noqa: ANN401 -- rows
    return bool(one.fingerprint == other.fingerprint)


def _same_place(one: Any, other: Any) -> bool:  # noqa: ANN401 -- rows
    return bool(one.number) and (one.number, one.section) == (other.number, other.section)


def _events() -> None:
    """Put the events of records into the feed, which is the one place for what changed."""
    op.execute(
        """INSERT INTO changes (seq, known_at, entity, entity_id, kind, cause, copy, site, section, region, fields, list_name, colour,
            record_kind, reason)
        SELECT seq, at, 'notice', notice_id, event, 'source', false, site, section, '', '[]', list_name, colour, kind, reason
        FROM notice_events ORDER BY seq"""
    )
    op.drop_table("notice_events")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SELECT setval(pg_get_serial_sequence('changes', 'seq'), greatest((SELECT coalesce(max(seq), 1) FROM changes), 1))")
