"""The record archive keeps one record at a time, and erases one so that nothing of it is left and no other moves."""

from __future__ import annotations

import fcntl
import gzip
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.notices.records import Colour, NoticeKind, PrintedField, PrintedRecord
from storage import warc
from storage.archive import OPEN_MARK
from storage.errors import ArchiveError, ErasedRecord, LockedStore
from storage.record_archive import ERASE_MARK, RecordArchive
from storage.records import Location
from tests.storage.conftest import child

AT = datetime(2026, 4, 2, 3, 4, 5, tzinfo=UTC)


def record(number: int, words: str = "") -> PrintedRecord:
    fields = (PrintedField("行政相对人名称", f"江口第{number}造船有限公司"), PrintedField("违法事实", words or f"第{number}号事实"))
    return PrintedRecord("jiangkou", "penalties", f"{number:032x}", f"https://credit.example.cn/{number}", NoticeKind.PENALTY, fields)


def filled(folder: Path, count: int = 5, run: str = "r1") -> tuple[RecordArchive, list[Location]]:
    archive = RecordArchive(folder)
    with archive.open_run("jiangkou", run) as writer:
        return archive, writer.write_many([record(n) for n in range(count)], AT)


texts = st.text(st.characters(codec="utf-8"), max_size=60)


@given(st.lists(st.tuples(texts, texts), max_size=5), texts, st.sampled_from([None, *Colour]), st.none() | st.dates())
def test_property_what_is_written_is_read_back_and_what_is_erased_is_not(
    tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[str, str]], words: str, colour: Colour | None, day: date | None
) -> None:
    archive = RecordArchive(tmp_path_factory.mktemp("archive"))
    sent = replace(record(1), fields=tuple(PrintedField(*cell) for cell in cells), authority=words, colour=colour, listed_on=day)
    with archive.open_run("jiangkou", "r1") as writer:
        before, place, after = writer.write_many([record(0), sent, record(2)], AT)
    assert archive.read(place) == sent
    assert archive.erase([place]).erased == 1
    with pytest.raises(ErasedRecord):
        archive.read(place)
    assert (archive.read(before), archive.read(after)) == (record(0), record(2))
    report = archive.verify()
    assert (report.records, report.erased, report.problems) == (2, 1, ())


@given(st.integers(warc.TOMBSTONE_ROOM, 5000))
def test_property_a_tombstone_has_exactly_the_length_asked_for(length: int) -> None:
    member = warc.tombstone_record(length, AT)
    assert len(member) == length
    assert warc.conversion(member).erased
    assert b"WARC-Type: metadata" in gzip.decompress(member)


def test_other_tools_read_a_file_with_erased_records(tmp_path: Path) -> None:
    from warcio.archiveiterator import ArchiveIterator

    archive, places = filled(tmp_path)
    archive.erase(places[1:3])
    with (tmp_path / places[0].file).open("rb") as file:
        found = [(entry.rec_type, entry.raw_stream.read()) for entry in ArchiveIterator(file, check_digests="raise")]
    assert [kind for kind, _ in found] == ["warcinfo", "conversion", "metadata", "metadata", "conversion", "conversion"]
    assert found[1][1] == record(0).to_json()


def test_a_batch_stands_in_the_file_of_its_run_and_the_key_names_it(tmp_path: Path) -> None:
    _, places = filled(tmp_path)
    assert {place.file for place in places} == {"records/jiangkou/r1.warc.gz"}
    data = (tmp_path / places[3].file).read_bytes()
    member = gzip.decompress(data[places[3].offset : places[3].offset + places[3].length])
    assert f"WARC-Target-URI: urn:credit-record:{3:032x}\r\n".encode() in member
    assert b"credit.example.cn" not in member.split(b"\r\n\r\n")[0]


def test_a_record_whose_key_is_no_tag_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    archive = RecordArchive(tmp_path)
    with archive.open_run("jiangkou", "r1") as writer, pytest.raises(ValueError, match="keyed tag"):
        writer.write_many([record(1), replace(record(2), key="某某的案号")], AT)
    assert archive.verify().records == 0


def test_nothing_of_an_erased_record_is_left_in_the_file_and_no_other_byte_changes(tmp_path: Path) -> None:
    archive, places = filled(tmp_path)
    path = tmp_path / places[2].file
    before = path.read_bytes()
    archive.erase([places[2]])
    after = path.read_bytes()
    start, end = places[2].offset, places[2].offset + places[2].length
    assert (before[:start], before[end:], len(before)) == (after[:start], after[end:], len(after))
    plain = b"".join(gzip.decompress(after[start:end]).splitlines(keepends=True))
    for left in ("江口第2造船", "第2号事实", f"{2:032x}", places[2].sha256):
        assert left.encode() not in plain + after[start:end]
    assert before[start + 40 : start + 60] not in after


def test_erasing_again_changes_nothing(tmp_path: Path) -> None:
    archive, places = filled(tmp_path)
    archive.erase(places[:2])
    before = (tmp_path / places[0].file).read_bytes()
    again = archive.erase(places[:2])
    assert (again.erased, again.before, again.problems) == (0, 2, ())
    assert (tmp_path / places[0].file).read_bytes() == before


@pytest.mark.parametrize("shift", [(1, 0), (0, 1), (0, -1), (-1, 0), (0, 10**6)])
def test_a_place_where_no_record_begins_and_ends_is_left_alone(tmp_path: Path, shift: tuple[int, int]) -> None:
    archive, places = filled(tmp_path)
    before = (tmp_path / places[1].file).read_bytes()
    wrong = replace(places[1], offset=places[1].offset + shift[0], length=places[1].length + shift[1])
    done = archive.erase([wrong])
    assert done.erased == 0
    assert "does not begin and end where the store says" in done.problems[0]
    assert (tmp_path / places[1].file).read_bytes() == before


def test_a_damaged_record_is_erased_all_the_same(tmp_path: Path) -> None:
    archive, places = filled(tmp_path)
    with (tmp_path / places[1].file).open("r+b") as file:
        file.seek(places[1].offset + 40)
        file.write(b"\0" * 60)
    assert archive.verify().problems
    assert archive.erase([places[1]]).erased == 1
    assert archive.verify().problems == ()


def test_a_lost_file_is_told_and_stays_to_be_done(tmp_path: Path) -> None:
    archive, places = filled(tmp_path)
    (tmp_path / places[0].file).unlink()
    done = archive.erase(places)
    assert (done.erased, len(done.problems)) == (0, 1)
    assert "cannot be read" in done.problems[0]


def test_a_place_outside_the_record_archive_is_refused(tmp_path: Path) -> None:
    archive, places = filled(tmp_path / "archive")
    (tmp_path / "archive" / "jiangkou").mkdir()
    outside = tmp_path / "archive" / "jiangkou" / "r1.warc.gz"
    outside.write_bytes((tmp_path / "archive" / places[0].file).read_bytes())
    before = outside.read_bytes()
    for file in ("jiangkou/r1.warc.gz", "records/../jiangkou/r1.warc.gz", str(outside)):
        assert "outside" in archive.erase([replace(places[0], file=file)]).problems[0]
    assert outside.read_bytes() == before


def test_what_nothing_points_at_is_erased_and_what_is_pointed_at_is_kept(tmp_path: Path) -> None:
    archive, places = filled(tmp_path, 7)
    kept = [places[0], places[3], places[4]]
    done = archive.keep_only(places[0].file, lambda: [(place.offset, place.length) for place in kept])
    assert (done.erased, done.problems) == (4, ())
    assert [archive.read(place) for place in kept] == [record(0), record(3), record(4)]
    again = archive.keep_only(places[0].file, lambda: [(place.offset, place.length) for place in kept])
    assert (again.erased, again.before) == (0, 0)
    with gzip.open(tmp_path / places[0].file) as file:
        assert file.read().startswith(b"WARC/1.1\r\nWARC-Type: warcinfo")


def test_a_file_that_a_run_writes_is_left_alone_until_its_end(tmp_path: Path) -> None:
    archive = RecordArchive(tmp_path)
    with archive.open_run("jiangkou", "r1") as writer:
        writer.write_many([record(0)], AT)
        with pytest.raises(LockedStore, match="is being written"):
            archive.keep_only(writer.file, list)
    assert archive.keep_only("records/jiangkou/r1.warc.gz", list).erased == 1


KILLED = """
import os, signal, sys
from pathlib import Path
from storage.record_archive import RecordArchive
from tests.storage.test_record_archive import AT, record
archive = RecordArchive(Path(sys.argv[1]))
writer = archive.open_run("jiangkou", "r1")
writer.write_many([record(n) for n in range(3)], AT)
print("written", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("cut", [1, 100, 400])
def test_a_half_written_record_of_a_killed_run_is_cut_off(tmp_path: Path, cut: int) -> None:
    process = child(KILLED, str(tmp_path))
    assert process.communicate(timeout=60)[0] == "written\n"
    assert process.returncode == -signal.SIGKILL
    path = tmp_path / "records" / "jiangkou" / "r1.warc.gz"
    whole = path.stat().st_size
    with path.open("ab") as file:
        file.write(warc.conversion_record("urn:x", "application/json", os.urandom(500), AT)[:cut])
    archive = RecordArchive(tmp_path)
    assert archive.recover() == cut
    assert path.stat().st_size == whole
    report = archive.verify()
    assert (report.records, report.problems) == (3, ())


ERASING = """
import sys
from pathlib import Path
from storage import warc
from storage.record_archive import RecordArchive
from storage.records import Location

folder, file = Path(sys.argv[1]), sys.argv[2]
with (folder / file).open("rb") as opened:
    members = list(warc.members(opened))[1::2]
print("ready", flush=True)
for member in members:
    RecordArchive(folder).erase([Location(file, member.offset, member.length, "")])
"""


@pytest.mark.slow
def test_killed_while_erasing_the_next_start_finishes_it(tmp_path: Path) -> None:
    archive, places = filled(tmp_path, 400)
    other = [archive.read(place) for place in places[1::2]]
    for turn in range(6):
        process = child(ERASING, str(tmp_path), places[0].file)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.003 + 0.011 * turn)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)
        archive.recover()
        assert archive.verify().problems == ()
        assert [archive.read(place) for place in places[1::2]] == other
    assert archive.erase(places[::2]).problems == ()
    report = archive.verify()
    assert (report.records, report.erased) == (200, 200)


@pytest.mark.parametrize("written", [0, 1, 3, 10, 60, 300])
def test_an_erasing_that_was_cut_short_at_any_byte_is_finished(tmp_path: Path, written: int) -> None:
    archive, places = filled(tmp_path)
    path = tmp_path / places[1].file
    mark = path.with_name(path.name + ERASE_MARK)
    mark.write_text(f"[[{places[1].offset}, {places[1].length}], [{places[3].offset}, {places[3].length}]]")
    with path.open("r+b") as file:  # what a power cut leaves: the beginning of the tombstone, then the old record
        file.seek(places[1].offset)
        file.write(warc.tombstone_record(places[1].length, AT)[:written])
    # A run of the site that was killed at the same moment: its recovery must not take the torn record for the file's end.
    path.with_name(path.name + OPEN_MARK).touch()
    with archive.open_run("jiangkou", "r2"):
        pass
    report = archive.verify()
    assert (report.records, report.erased, report.problems) == (3, 2, ())
    assert not mark.exists()
    assert archive.read(places[4]) == record(4)


def test_an_erasing_that_another_process_is_at_is_left_to_it(tmp_path: Path) -> None:
    archive, places = filled(tmp_path)
    path = tmp_path / places[1].file
    mark = path.with_name(path.name + ERASE_MARK)
    mark.write_text(f"[[{places[1].offset}, {places[1].length}]]")
    with mark.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert archive.redo() == 0
    assert archive.redo() == 1
    assert archive.verify().erased == 1


def test_several_may_erase_in_one_file_at_the_same_time_and_a_killed_ones_mark_is_not_lost(tmp_path: Path) -> None:
    archive, places = filled(tmp_path, 200)
    path = tmp_path / places[0].file
    killed = path.with_name(path.name + ERASE_MARK)
    killed.write_text(f"[[{places[0].offset}, {places[0].length}]]")
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda place: archive.erase([place]), places[1:161]))
    assert [one.problems for one in done] == [()] * 160
    assert archive.verify().erased == 161
    assert archive.verify().problems == ()


def test_an_error_tells_nothing_of_what_a_record_holds(tmp_path: Path) -> None:
    archive, places = filled(tmp_path)
    with pytest.raises(ArchiveError, match="is another one than the store says") as told:
        archive.read(replace(places[0], sha256="0" * 64))
    assert "造船" not in str(told.value)
    bad = '{"kind": "江口第9造船有限公司"}'.encode()
    with archive.open_run("jiangkou", "r9") as writer:
        offset = writer._writer.append(member := warc.conversion_record("urn:x", "application/json", bad, AT))
    import hashlib

    with pytest.raises(ArchiveError, match="is no printed record") as told:
        archive.read(Location("records/jiangkou/r9.warc.gz", offset, len(member), hashlib.sha256(bad).hexdigest()))
    assert "造船" not in repr(told.value)
    assert told.value.__cause__ is None


def test_the_main_archive_does_not_take_records_for_responses(tmp_path: Path) -> None:
    from storage.archive import Archive

    filled(tmp_path)
    report = Archive(tmp_path).verify()
    assert (report.files, report.problems) == (0, ())
