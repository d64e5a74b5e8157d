"""The scanner finds what it is meant to find: otherwise its silence says nothing."""

from __future__ import annotations

import sqlite3
import zipfile
from contextlib import closing

import pytest

from tests.privacy.scan import leaks, packed, written

NEEDLE = "桃源路88号7幢"
NUMBER = "11010519491231002X"


@pytest.mark.parametrize("form", sorted(written(NEEDLE)))
def test_a_needle_is_found_in_every_form(tmp_path, form):
    (tmp_path / "file").write_bytes(b"before " + written(NEEDLE)[form] + b" after")
    assert {leak.needle for leak in leaks(tmp_path, ["nothing of it", NEEDLE])} == {1}


def test_needles_are_found_in_packed_files_within_packed_files(tmp_path):
    inner = packed(packed(NEEDLE.encode("gbk")))
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("deep/file.bin", b"\0\1\2" + inner)
    (tmp_path / "warc.gz").write_bytes(packed(b"clean") + packed(b"x" * 100000 + NUMBER.encode()) + b"rubbish behind")
    found = leaks(tmp_path, [NEEDLE, NUMBER])
    assert {(leak.needle, leak.path.rsplit("/", 1)[1]) for leak in found} == {(0, "a.zip"), (1, "warc.gz")}


def test_a_member_that_was_cut_off_is_read_as_far_as_it_goes(tmp_path):
    import os

    whole = packed(NUMBER.encode() + os.urandom(50_000))
    (tmp_path / "cut.gz").write_bytes(whole[: len(whole) // 2])
    assert leaks(tmp_path, [NUMBER])


def test_a_database_is_read_by_its_bytes_its_values_and_its_wal(tmp_path):
    path = tmp_path / "store.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE t (a TEXT, b BLOB)")
        database.execute("INSERT INTO t VALUES (?, ?)", ("x" * 4090 + NUMBER, packed(NEEDLE.encode())))
        database.commit()
        found = leaks(path, [NUMBER, NEEDLE])
        assert {leak.needle for leak in found} == {0, 1}
        assert any(leak.path.endswith("-wal") or leak.within.startswith("table") for leak in found)


def test_the_name_of_a_file_is_looked_at(tmp_path):
    (tmp_path / f"{NUMBER}.txt").touch()
    assert leaks(tmp_path, [NUMBER])


def test_a_clean_folder_gives_nothing_and_a_leak_does_not_tell_its_needle(tmp_path):
    (tmp_path / "clean").write_text("1101051949 1231002X")
    assert leaks([tmp_path], [NUMBER, NEEDLE]) == []
    (tmp_path / "dirty").write_text(NUMBER)
    assert NUMBER not in repr(leaks(tmp_path, [NUMBER]))
