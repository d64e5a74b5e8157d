"""A store that is copied into the other database says the same, row by row, and goes on from there."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Boolean, Column, Connection, Date, Float, Integer, LargeBinary, MetaData, Table, insert, select, text

from storage import engine as engines
from storage import queries
from storage.change_schema import changes
from storage.copy_rows import columns_of, read_rows, write_rows
from storage.copying import DRAFT, copy
from storage.dump import dump
from storage.errors import MissingStore, StoreError
from storage.schema import captures, failures
from storage.selection import Filters
from storage.store import Store
from storage.table_digests import differing, digests
from storage.types import JSON_OR_NULL, JSON_TEXT, UtcTime, Words, Yuan
from tests import small_disk
from tests.storage.conftest import child, database, drop
from tests.storage.full_store import fill
from tests.storage.samples import make_derived, put


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("filled")
    with Store.open(f"sqlite:///{folder}/store.sqlite", archive=folder / "archive", create=True) as store:
        fill(store)
    return f"sqlite:///{folder}/store.sqlite"


@pytest.fixture
def server_url(postgres: str) -> Iterator[str]:
    made = database(postgres)
    yield made
    drop(postgres, made)


def differences(one: str, other: str) -> list[str]:
    with Store.open(one) as first, Store.open(other) as second, first.reading() as a, second.reading() as b:
        assert list(dump(first)) == list(dump(second))
        assert search_terms(a) == search_terms(b) if a.dialect.name == b.dialect.name else True
        return differing(a, b)


def search_terms(connection: Connection) -> list[Any]:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("CREATE VIRTUAL TABLE temp.seen USING fts5vocab(main, search_task_terms, instance)")
        return sorted(connection.exec_driver_sql("SELECT * FROM temp.seen").all(), key=str)
    return connection.exec_driver_sql("SELECT id, terms FROM search_task_terms ORDER BY 1").all()


def copied(source: str, to: str) -> Any:
    with Store.open(source) as store:
        return copy(store, to)


@pytest.mark.postgres
def test_a_copy_there_and_back_says_the_same_in_every_row(filled: str, server_url: str, tmp_path: Path) -> None:
    there = copied(filled, server_url)
    assert there.rows == sum(d.rows for d in of(filled).values()) > 100
    assert differences(filled, server_url) == []
    back = f"sqlite:///{tmp_path}/back.sqlite"
    copied(server_url, back)
    assert differences(filled, back) == []
    with Store.open(filled) as one, Store.open(server_url) as two, Store.open(back) as three:
        for words in ("信", "信用", "信用修复一次办结"):
            found = queries.search(one, words, Filters(limit=20))
            assert found["counts"]["task"] > 0
            assert found == queries.search(two, words, Filters(limit=20)) == queries.search(three, words, Filters(limit=20))


def of(url: str) -> dict[str, Any]:
    with Store.open(url) as store, store.reading() as connection:
        return digests(connection)


@pytest.mark.postgres
def test_the_copy_goes_on_with_new_numbers_its_key_and_its_documents(filled: str, server_url: str, tmp_path: Path) -> None:
    copied(filled, server_url)
    key = Path(filled.removeprefix("sqlite:///") + ".key")
    with Store.open(server_url, archive=tmp_path / "archive", key=key) as store:
        with store.reading() as connection:
            greatest = connection.execute(select(changes.c.seq).order_by(changes.c.seq.desc()).limit(1)).scalar_one()
        assert store.keyring.fingerprint
        run = store.begin_run("jiangkou", ["notices"], datetime(2026, 11, 3, tzinfo=UTC))
        again = make_derived("江口市2025年信用建设工作安排", ("另行部署公共信用信息核查，逐项公布结果",))
        assert put(store, run, "1002", again, at=datetime(2026, 11, 3, tzinfo=UTC)).value == "unchanged"
        assert (
            put(
                store, run, "1003", make_derived("江口市数据共享办法", ("公布数据目录，按月更新",)), at=datetime(2026, 11, 3, tzinfo=UTC)
            ).value
            == "new"
        )
        with store.reading() as connection:
            assert connection.execute(select(changes.c.seq).order_by(changes.c.seq.desc()).limit(1)).scalar_one() > greatest
        assert queries.search(store, "公布数据目录", Filters(limit=5))["counts"]["task"] == 1


@pytest.mark.postgres
def test_the_reader_of_questions_may_read_the_views_of_a_copy(filled: str, server_url: str) -> None:
    engine = engines.connect(engines.read_url(server_url))
    with engine.begin() as connection:
        connection.execute(text("CREATE ROLE harvester_reader NOLOGIN"))
    try:
        copied(filled, server_url)
        with engine.connect() as connection:
            assert connection.execute(text("SELECT has_table_privilege('harvester_reader', 'v_documents', 'SELECT')")).scalar_one()
    finally:
        # A role is the server's, and other stores of it would ask with its rights.
        with engine.begin() as connection:
            connection.execute(text("DROP OWNED BY harvester_reader"))
            connection.execute(text("DROP ROLE harvester_reader"))
        engine.dispose()


def test_numbers_of_the_feed_are_never_given_out_twice_even_after_its_end_was_dropped(filled: str, tmp_path: Path) -> None:
    source, target = tmp_path / "source.sqlite", f"sqlite:///{tmp_path}/target.sqlite"
    copied(filled, f"sqlite:///{source}")
    with Store.open(f"sqlite:///{source}") as store, store.writing() as connection:
        last = connection.exec_driver_sql("SELECT max(seq) FROM changes").scalar_one()
        connection.exec_driver_sql("DELETE FROM change_agencies")
        connection.exec_driver_sql("DELETE FROM changes")
    copied(f"sqlite:///{source}", target)
    with Store.open(target) as store, store.reading() as connection:
        assert connection.exec_driver_sql("SELECT seq FROM sqlite_sequence WHERE name = 'changes'").scalar_one() == last


def test_a_copy_is_of_one_moment_while_others_write(filled: str, tmp_path: Path) -> None:
    place = f"sqlite:///{tmp_path}/busy.sqlite"
    copied(filled, place)
    before = of(place)
    with Store.open(place) as writer, Store.open(place) as store:
        written = []

        def write(table: str, done: int, total: int) -> None:
            if not written:
                with writer.writing() as connection:
                    row = {
                        "run": connection.execute(select(captures.c.run)).scalars().first(),
                        "site": "jiangkou",
                        "section": "",
                        "url": "u",
                    }
                    row |= {"kind": "list", "key": "", "cause": "late", "detail": "", "at": datetime.now(UTC)}
                    connection.execute(insert(failures), [row])
                written.append(table)

        copy(store, f"sqlite:///{tmp_path}/copy.sqlite", progress=write)
    assert written
    assert of(f"sqlite:///{tmp_path}/copy.sqlite") == before != of(place)


def test_progress_grows_to_all_that_there_is(filled: str, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    with Store.open(filled) as store:
        report = copy(store, f"sqlite:///{tmp_path}/copy.sqlite", progress=lambda table, done, total: told.append((done, total)))
    assert told == sorted(told)
    assert told[-1] == (report.rows + report.terms, report.rows + report.terms)


def test_a_copy_goes_into_an_empty_place_only(filled: str, url: str, tmp_path: Path) -> None:
    copied(filled, url)  # a store that was just made is empty
    assert of(url) == of(filled)
    with pytest.raises(StoreError, match="empty place only"):
        copied(filled, url)
    assert of(url) == of(filled)
    with pytest.raises(StoreError, match="is the store that is to be copied"):
        copied(filled, filled)
    with sqlite3.connect(tmp_path / "other.sqlite") as other:
        other.execute("CREATE TABLE strange (n)")
    with pytest.raises(StoreError, match="is no store"):
        copied(filled, f"sqlite:///{tmp_path}/other.sqlite")


def test_a_store_of_another_schema_is_not_copied(filled: str, tmp_path: Path) -> None:
    source = f"sqlite:///{tmp_path}/old.sqlite"
    copied(filled, source)
    with sqlite3.connect(tmp_path / "old.sqlite") as old:
        old.execute("UPDATE alembic_version SET version_num = '0005'")
    with Store.open(source, check=False) as store, pytest.raises(StoreError, match="db upgrade"):
        copy(store, f"sqlite:///{tmp_path}/new.sqlite")
    assert not (tmp_path / "new.sqlite").exists()


SLOWLY = """
import sys, time
from storage.copying import copy
from storage.store import Store
with Store.open(sys.argv[1]) as store:
    print("begun", flush=True)
    copy(store, sys.argv[2], progress=lambda table, done, total: (time.sleep(0.01), print(table, flush=True)))
"""


@pytest.mark.parametrize("seed", range(10 if os.environ.get("HARVESTER_SOAK") else 1))
def test_a_copy_that_is_killed_leaves_its_place_empty_and_the_next_one_says_so(filled: str, empty_url: str, seed: int) -> None:
    process = child(SLOWLY, filled, empty_url)
    assert process.stdout
    for _ in range(random.Random(seed).randrange(12, 70)):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    with pytest.raises(MissingStore):
        Store.open(empty_url).close()
    report = again(filled, empty_url)
    assert bool(report.mended) == empty_url.startswith("sqlite")
    assert differences(filled, empty_url) == []
    if empty_url.startswith("sqlite"):
        assert [path.name for path in Path(empty_url.removeprefix("sqlite:///")).parent.iterdir() if DRAFT in path.name] == []


def again(source: str, to: str) -> Any:
    """Copy once the server has noticed that the killed process is gone."""
    for _ in range(50):
        try:
            return copied(source, to)
        except StoreError:
            time.sleep(0.1)
    return copied(source, to)


FULL = """
import sys
from pathlib import Path
from storage.copying import copy
from storage.errors import FullDisk
from storage.store import Store
with Store.open(sys.argv[1]) as store:
    try:
        copy(store, sys.argv[2])
    except FullDisk as error:
        print(error)
print([path.name for path in Path(sys.argv[2].removeprefix("sqlite:///")).parent.iterdir()])
"""


def test_a_full_disk_is_told_and_nothing_is_left(filled: str, tmp_path: Path) -> None:
    ended = small_disk.run(FULL, tmp_path / "disk", 900, filled, f"sqlite:///{tmp_path}/disk/copy.sqlite")
    assert "No room is left" in ended.stdout, ended.stderr
    assert ended.stdout.splitlines()[-1] == "[]"


# --- rows of every kind --------------------------------------------------------------------------------------------------

KINDS = Table(
    "kinds",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("words", Words),
    Column("truth", Boolean),
    Column("day", Date),
    Column("moment", UtcTime),
    Column("json", JSON_TEXT),
    Column("json_or_null", JSON_OR_NULL),
    Column("share", Float),
    Column("amount", Yuan),
    Column("bytes", LargeBinary),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e15, 1e15) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
ROWS = st.fixed_dictionaries(
    {
        "words": st.none() | st.text() | st.sampled_from(["\\N", "\\.", "\t", "a\\tb", "\r\n", '"', "{}", "NULL", ""]),
        "truth": st.none() | st.booleans(),
        "day": st.none() | st.dates(date(1000, 1, 1)),
        "moment": st.none() | st.datetimes(datetime(1000, 1, 1), timezones=st.just(UTC)),
        "json": JSON.filter(lambda value: value is not None),
        "json_or_null": JSON,
        "share": st.none() | st.floats(allow_nan=False, allow_infinity=False),
        "amount": st.none() | st.decimals(-(10**9), 10**9, places=2),
        "bytes": st.none() | st.binary(),
    }
)


@pytest.fixture(scope="module")
def both(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Any]]:
    made = database(postgres)
    server = engines.connect(engines.read_url(made))
    file = engines.connect(engines.read_url(f"sqlite:///{tmp_path_factory.mktemp('kinds')}/kinds.sqlite"))
    for each in (file, server):
        KINDS.metadata.create_all(each)
    yield file, server
    server.dispose()
    file.dispose()
    drop(postgres, made)


@pytest.mark.postgres
@settings(max_examples=settings.default.max_examples // 2)
@given(st.lists(ROWS, min_size=1, max_size=5))
def test_property_rows_of_every_kind_come_back_from_the_other_database_as_they_went(
    both: tuple[Any, Any], rows: list[dict[str, Any]]
) -> None:
    file, server = both
    names, kinds = columns_of(KINDS)
    with file.connect() as one, server.connect() as two, one.begin() as first, two.begin() as second:
        one.execute(insert(KINDS), [row | {"id": n} for n, row in enumerate(rows)])
        wanted = one.execute(select(KINDS).order_by(KINDS.c.id)).all()
        write_rows(two, "kinds", names, list(read_rows(one, "kinds", names, kinds)))
        assert two.execute(select(KINDS).order_by(KINDS.c.id)).all() == wanted
        one.execute(KINDS.delete())
        write_rows(one, "kinds", names, list(read_rows(two, "kinds", names, kinds)))
        assert one.execute(select(KINDS).order_by(KINDS.c.id)).all() == wanted
        first.rollback()
        second.rollback()
