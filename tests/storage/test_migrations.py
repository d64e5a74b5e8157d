"""The migrations make exactly the schema of ``storage.schema``, and the database refuses what is none of its words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, create_engine, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError

from storage import schema
from storage.dump import dump
from storage.engine import connect, read_url, revisions
from storage.errors import OldStore
from storage.migrating import config_of
from storage.searching import search
from storage.store import Store
from storage.views import ORDER, VIEWS
from tests.storage.samples import AGENCIES, AT, later, make_derived, put


def shape(connection: Connection) -> dict[str, Any]:
    """Return everything the database tells of the tables of the schema."""
    seen = inspect(connection)
    return {
        name: {
            "columns": [(c["name"], str(c["type"]), c["nullable"], c["default"]) for c in seen.get_columns(name)],
            "key": seen.get_pk_constraint(name),
            "foreign": sorted(map(str, seen.get_foreign_keys(name))),
            "unique": sorted(map(str, seen.get_unique_constraints(name))),
            "indexes": sorted(map(_index, seen.get_indexes(name))),
            "checks": sorted((str(c["name"]), "".join(str(c["sqltext"]).split())) for c in seen.get_check_constraints(name)),
        }
        for name in schema.metadata.tables
    }


def _index(found: Any) -> str:
    options = {key: str(value) for key, value in found.pop("dialect_options", {}).items()}
    return f"{found} {options}"


def test_the_migrations_make_the_schema_of_the_metadata(empty_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    with Store.open(empty_url, create=True) as store, store.reading() as connection:
        migrated = shape(connection)
        ours = lambda item, name, kind, *_: kind != "table" or name in schema.metadata.tables  # noqa: E731
        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": True})
        assert compare_metadata(context, schema.metadata) == []
    if empty_url.startswith("sqlite"):
        other = create_engine(f"sqlite:///{tmp_path}/plain.sqlite")
    else:
        from tests.storage.conftest import database

        other = connect(read_url(database(request.getfixturevalue("postgres"))))
    with other.begin() as connection:
        schema.metadata.create_all(connection)
        plain = shape(connection)
    other.dispose()
    assert set(plain) == set(migrated)
    for name, table in plain.items():
        assert migrated[name] == table, name


def test_every_view_is_made_with_its_order(store: Store) -> None:
    with store.reading() as connection:
        seen = inspect(connection)
        assert set(seen.get_view_names()) == set(VIEWS) == set(ORDER)
        for name, order in ORDER.items():
            assert set(order) <= {column["name"] for column in seen.get_columns(name)}


def test_there_is_one_line_of_revisions_and_files_are_named_by_them() -> None:
    assert tuple(script.revision for script in ScriptDirectory.from_config(config_of()).walk_revisions()) == revisions()
    assert revisions() == ("0006", "0005", "0004", "0003", "0002", "0001")


def at_first_schema(url: str, filled: Store) -> list[str]:
    """Make a store of schema 0001 with the rows of a filled one, as a program of that schema wrote them; return its tables' names."""
    old = connect(read_url(url))
    with old.connect().execution_options(storage_write=True) as connection, connection.begin(), filled.reading() as reader:
        command.upgrade(config_of(connection), "0001")
        tables = MetaData()
        tables.reflect(connection)
        names = [table.name for table in tables.sorted_tables if table.name in schema.metadata.tables]
        for name in names:
            here, there = schema.metadata.tables[name], tables.tables[name]
            rows = [dict(row) for row in reader.execute(select(*(here.c[column.name] for column in there.c))).mappings()]
            if rows:
                connection.execute(insert(here), rows)
            if rows and connection.dialect.name == "postgresql" and str(here.c[here.c.keys()[0]].type) == "BIGINT":
                connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {len(rows)})"))
    old.dispose()
    return names


def test_a_store_of_the_first_schema_keeps_every_row_and_is_at_home_in_the_new_one(empty_url: str, tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path}/filled.sqlite", create=True) as filled:
        filled.load_agencies(AGENCIES)
        run = filled.begin_run("jiangkou", ["notices"], AT, region="310000")
        put(filled, run, "1001", make_derived())
        put(filled, run, "1002", make_derived("另一份工作安排", document_number=""))
        if empty_url.startswith("sqlite"):
            Path(empty_url.removeprefix("sqlite:///")).parent.mkdir(parents=True)
        names = at_first_schema(empty_url, filled)
        with pytest.raises(OldStore, match="harvester db upgrade"):
            Store.open(empty_url)
        with Store.open(empty_url, check=False) as store:
            store.upgrade()
            with store.reading() as new, filled.reading() as old:
                assert len(names) == 18
                for name in names:
                    table = schema.metadata.tables[name]
                    ordered = select(table).order_by(*table.primary_key)
                    assert new.execute(ordered).all() == old.execute(ordered).all(), name
            assert search(store, "修复")["hits"] == search(filled, "修复")["hits"] != []
            assert list(dump(store)) == [line for line in dump(filled) if '"table":"change"' not in line], (
                "the feed begins with the upgrade"
            )
            assert put(store, store.begin_run("jiangkou", ["notices"], later(1)), "1003", make_derived("第三份")) == "new"


def test_rows_of_before_the_second_schema_say_that_nothing_was_read(store: Store) -> None:
    put(store, store.begin_run("jiangkou", ["notices"], AT), "1", make_derived())
    with store.reading() as connection:
        row = connection.execute(text("SELECT document_kind, printed_on, index_number, suggestions FROM v_documents")).one()
    assert tuple(row) == ("other", None, "", 0)


def test_the_third_schema_keeps_the_kinds_of_documents(empty_url: str) -> None:
    if empty_url.startswith("sqlite"):
        Path(empty_url.removeprefix("sqlite:///")).parent.mkdir(parents=True)
    old = connect(read_url(empty_url))
    with old.connect().execution_options(storage_write=True) as connection, connection.begin():
        command.upgrade(config_of(connection), "0002")
        connection.execute(text("INSERT INTO works (id, title, reason) VALUES ('w1', '', 'single')"))
        for table, row in SECOND_SCHEMA.items():
            names, values = ", ".join(row), ", ".join(f":{name}" for name in row)
            connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({values})"), row)  # noqa: S608 -- names of this file
    old.dispose()
    with Store.open(empty_url, check=False) as store:
        store.upgrade()
        with store.writing() as connection:
            assert connection.execute(text("SELECT document_kind FROM versions")).scalar_one() == "plan"
            connection.execute(text("UPDATE versions SET document_kind = 'case'"))
            assert "kinds_before" not in inspect(connection).get_table_names()


def test_an_upgrade_that_fails_leaves_nothing(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from storage import views

    def fail(_: Connection) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(views, "create", fail)
        with pytest.raises(RuntimeError):
            Store.open(empty_url, create=True)
    with Store.open(empty_url, create=True) as store:
        assert store.keys("jiangkou") == set()


_WORDS = dict.fromkeys(("section", "parent_key", "url", "title"), "")
SECOND_SCHEMA: dict[str, dict[str, Any]] = {
    "sites": {"id": "s", "name": "", "region": ""},
    "runs": {"id": "r", "site": "s", "sections": "[]", "started_at": "2024-05-06 01:02:03", "cause": "", "counters": "{}"},
    "captures": {"id": 1, "run": "r", "site": "s", "section": "", "kind": "article", "url": "u", "status": 200, "media_type": ""}
    | {"fetched_at": "2024-05-06 01:02:03", "file": "f", "file_offset": 0, "file_length": 1, "sha256": "a" * 64, "revisit": False},
    "documents": {"id": "d1", "site": "s", "key": "1", "kind": "article", "state": "live", "work_id": "w1", "version": 1} | _WORDS,
    "versions": {"document_id": "d1", "number": 1, "change": "first", "content_hash": "a" * 64, "records_hash": "a" * 64, "capture_id": 1}
    | dict.fromkeys(("title", "title_key", "document_number", "number_key", "source", "format", "encoding", "text"), "")
    | {"in_force_from": "2024-05-06", "repairs": "[]", "warnings": "[]", "hints": "{}", "signature": b"", "folded_length": 0}
    | {"task_count": 0, "normalizer_version": "2", "document_kind": "plan"},
}
"""A document of a store of schema 0002."""

Change = Callable[[Connection], object]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE documents SET state = 'lost'",
        "UPDATE documents SET kind = 'page'",
        "UPDATE documents SET listed_on = '2024-13-01'",
        "UPDATE documents SET listed_on = 'some day'",
        "UPDATE versions SET change = 'whim'",
        "UPDATE versions SET content_hash = 'abc'",
        "UPDATE tasks SET confidence = 1.5",
        "UPDATE tasks SET evidence_end = -1",
        "UPDATE tasks SET deadline_kind = 'soon'",
        "UPDATE tasks SET deadline_end = '30.9.2024'",
        "UPDATE task_agencies SET role = 'boss'",
        "UPDATE task_agencies SET kind = 'person'",
        "UPDATE version_regions SET region = '31000x'",
        "UPDATE version_regions SET region = '31'",
        "UPDATE captures SET status = 99",
        "UPDATE captures SET fetched_at = 'now and then'",
        "UPDATE captures SET file_length = 0",
        "UPDATE runs SET verdict = 'fine', ended_at = started_at",
        "UPDATE works SET reason = 'mood'",
        "DELETE FROM versions",
        "DELETE FROM captures",
    ],
)
def test_what_is_none_of_its_words_is_refused(store: Store, statement: str) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT, region="310000")
    put(store, run, "1001", make_derived())
    with pytest.raises(DBAPIError), store.writing() as connection:
        connection.execute(text(statement))
