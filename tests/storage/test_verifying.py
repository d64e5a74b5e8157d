"""``Store.verify`` reads the archive of public credit records, too, and holds what is shown against it."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.record_archive import RecordArchive
from storage.store import Store
from tests.storage.takedown_cases import NOW, RARE, build, locations


@pytest.fixture
def store(tmp_path: Path):
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite", archive=tmp_path / "archive", create=True) as opened:
        build(opened)
        yield opened


def test_the_record_archive_is_counted_and_found_sound(store: Store) -> None:
    report = store.verify()
    assert report.problems == ()
    assert (report.record_files, report.printed, report.erased) == (1, len(RARE), 0)


def test_a_record_that_is_shown_and_was_erased_is_told(store: Store) -> None:
    first = locations(store)[0]
    RecordArchive(store.archive.folder).erase([first], NOW)
    report = store.verify()
    assert (report.printed, report.erased) == (len(RARE) - 1, 1)
    assert len(report.problems) == 1
    assert f"{first.file} 1 records of the store cannot be read (the first: at {first.offset} it was taken down" in report.problems[0]


def test_a_file_of_records_that_is_damaged_or_lost_is_one_problem_for_all_it_held(store: Store) -> None:
    first, second = locations(store)[:2]
    path = store.archive.folder / first.file
    data = bytearray(path.read_bytes())
    data[second.offset + second.length // 2] ^= 0xFF
    path.write_bytes(data)
    told = store.verify().problems
    assert any(f"{first.file} 1 records of the store cannot be read" in problem for problem in told)
    path.unlink()
    assert [f"{first.file} {len(RARE)} records of the store cannot be read" in problem for problem in store.verify().problems] == [True]
