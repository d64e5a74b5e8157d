"""A store is opened, or refused in one sentence that says what to do; no password is ever told."""

from __future__ import annotations

import sqlite3
import traceback
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.engine import revisions
from storage.errors import LockedStore, MissingStore, NewerStore, OldStore, StoreError, UnreachableStore
from storage.store import Store
from tests.storage.samples import AT


def test_a_store_is_made_on_demand_and_opened_again(empty_url: str) -> None:
    with pytest.raises(MissingStore, match="harvester db upgrade"):
        Store.open(empty_url)
    with Store.open(empty_url, create=True) as made:
        assert made.revision == revisions()[0]
    with Store.open(empty_url) as again:
        again.upgrade()
        assert again.keys("jiangkou") == set()


def test_an_older_and_a_newer_store_are_refused_with_the_next_step(url: str) -> None:
    with Store.open(url) as store, store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerStore, match="install that program"):
        Store.open(url)
    with Store.open(url, check=False) as store, pytest.raises(NewerStore):
        store.upgrade()


def test_a_store_of_an_older_schema_is_refused_until_it_is_upgraded(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from storage import engine

    with monkeypatch.context() as patch:
        patch.setattr(engine, "revisions", lambda: ["9999", *revisions()])
        with pytest.raises(OldStore, match="run `harvester db upgrade`"):
            Store.open(url)
    Store.open(url).close()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("nonsense", "no database URL"),
        ("mysql://x/y", "is not known here"),
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
    ],
)
def test_a_url_that_cannot_be_a_store_is_refused(url: str, sentence: str) -> None:
    with pytest.raises(StoreError, match=sentence):
        Store.open(url, create=True)


def test_a_file_that_is_no_database_and_a_server_that_is_not_there_are_told(tmp_path: Path) -> None:
    (tmp_path / "x.sqlite").write_bytes(b"this is no database at all, only a line of text" * 50)
    with pytest.raises(UnreachableStore, match=r"cannot be used .* permissions\."):
        Store.open(f"sqlite:///{tmp_path}/x.sqlite")
    with pytest.raises(UnreachableStore, match="cannot be reached"):
        Store.open(f"postgresql://nobody@/none?host={tmp_path}")
    (tmp_path / "file").write_text("x")
    with pytest.raises(UnreachableStore, match="choose another place"):
        Store.open(f"sqlite:///{tmp_path}/file/store.sqlite", create=True)


@pytest.mark.parametrize("url", ["postgresql://u:geheim@127.0.0.1:54x2/db", "postgresql://u@127.0.0.1:1/db?password=geheim&nonsense=1"])
def test_a_password_is_not_told_where_the_url_is_wrong_or_has_it_as_a_parameter(url: str) -> None:
    with pytest.raises(StoreError) as told:
        Store.open(url)
    assert "geheim" not in "".join(traceback.format_exception(told.value))


def test_a_database_of_another_program_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE tasks (said TEXT)")
    with pytest.raises(StoreError, match=r"holds another program's tables \(tasks\)"):
        Store.open(f"sqlite:///{file}", create=True)
    with closing(sqlite3.connect(file)) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("tasks",)]


def test_a_password_is_never_told(tmp_path: Path) -> None:
    with pytest.raises(UnreachableStore) as caught:
        Store.open(f"postgresql://someone:tops3cret@/none?host={tmp_path}")
    assert "tops3cret" not in str(caught.value)


def test_a_locked_store_is_told_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with Store.open(f"sqlite:///{path}", create=True, patience=0.1) as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LockedStore, match="wait for its end"):
            store.begin_run("jiangkou", ["notices"], AT)
        assert store.keys("jiangkou") == set()
        other.execute("ROLLBACK")
        other.close()
        store.begin_run("jiangkou", ["notices"], AT)
