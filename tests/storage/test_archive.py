"""The archive gives back what was written, keeps no payload twice, and survives a kill at any byte."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.archive import OPEN_MARK, SUFFIX, Archive, ArchiveWriter
from storage.errors import ArchiveError, FullDisk, LockedStore, StoreError
from storage.records import ArchivedResponse, Location

AT = datetime(2024, 3, 5, 6, 7, 8, 901234, tzinfo=UTC)
URL = "https://credit.example.cn/a/1.html"


def put(writer: ArchiveWriter, body: bytes = b"<p>\xd0\xc5\xd3\xc3</p>", url: str = URL, **more: object) -> tuple[Location, bool]:
    fields: dict[str, object] = {"status": 200, "headers": (("Content-Type", "text/html"),), "fetched_at": AT, **more}
    return writer.write(url=url, body=body, **fields)  # type: ignore[arg-type]


header_names = st.text(alphabet="ABCXYZabcxyz-0129", min_size=1, max_size=12)
header_values = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp", "Cs")), max_size=40).map(str.strip)
urls = st.builds("https://credit.example.cn/{}".format, st.text(alphabet="abc/?&=%0123._-~", max_size=30))


@given(
    st.binary(max_size=5000),
    st.lists(st.tuples(header_names, header_values), max_size=6),
    st.integers(100, 599),
    urls,
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)),
    st.sampled_from(["GET", "POST"]),
    st.binary(max_size=300),
)
def test_property_what_is_written_is_read_back_byte_for_byte(
    tmp_path_factory: pytest.TempPathFactory,
    body: bytes,
    headers: list[tuple[str, str]],
    status: int,
    url: str,
    at: datetime,
    method: str,
    request: bytes,
) -> None:
    archive = Archive(tmp_path_factory.mktemp("archive"))
    sent = ArchivedResponse(url, status, tuple(headers), body, at.replace(tzinfo=UTC), method, request)
    fields = {"url": url, "status": status, "headers": tuple(headers), "body": body, "fetched_at": sent.fetched_at}
    with archive.open_run("anhui", "r1") as writer:
        first, once = writer.write(**fields, method=method, request_body=request)  # type: ignore[arg-type]
        again, twice = writer.write(**fields, method=method, request_body=request)  # type: ignore[arg-type]
    assert (once, twice) == (False, True)
    assert archive.read(first) == archive.read(again) == sent
    assert archive.verify().problems == ()


@given(st.text(max_size=60), st.text(max_size=30), st.text(max_size=60))
def test_property_hostile_header_lines_and_urls_never_break_a_record(
    tmp_path_factory: pytest.TempPathFactory, value: str, name: str, url: str
) -> None:
    archive = Archive(tmp_path_factory.mktemp("archive"))
    value, name, url = (text.encode("utf-8", "replace").decode() for text in (value, name, url))
    headers = ((name, value), ("X-Evil", f"a\r\nWARC-Type: response\r\n\r\n{value}"), ("Content-Type", "text/html"))
    with archive.open_run("anhui", "r1") as writer:
        location, _ = put(writer, b"content", url=f"http://credit.example.cn/{url}", headers=headers)
    read = archive.read(location)
    assert read.body == b"content"
    assert read.headers[-1] == ("Content-Type", "text/html")
    assert archive.verify().problems == ()


def test_a_file_is_readable_by_other_tools_member_by_member(tmp_path: Path) -> None:
    from warcio.archiveiterator import ArchiveIterator

    with Archive(tmp_path).open_run("anhui", "r1") as writer:
        put(writer)
        put(writer, b"{}", url="https://credit.example.cn/api", method="POST", request_body=b"page=1")
    with (tmp_path / "anhui" / f"r1{SUFFIX}").open("rb") as file:
        records = [(record.rec_type, record.raw_stream.read()) for record in ArchiveIterator(file, check_digests="raise")]
    kinds = [kind for kind, _ in records]
    assert kinds == ["warcinfo", "response", "response", "request"]
    assert records[1][1] == b"<p>\xd0\xc5\xd3\xc3</p>"
    assert records[3][1] == b"page=1"


def test_a_payload_of_an_earlier_run_becomes_a_revisit_that_is_followed(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    with archive.open_run("anhui", "r1") as writer:
        first, _ = put(writer, b"x" * 4000)
    with archive.open_run("anhui", "r2", known=lambda url, sha256: first if (url, sha256) == (URL, first.sha256) else None) as writer:
        second, revisit = put(writer, b"x" * 4000, headers=(("ETag", '"2"'),))
        third, again = put(writer, b"x" * 4000)
        other, fresh = put(writer, b"y" * 4000)
    assert (revisit, again, fresh) == (True, True, False)
    assert second.file == "anhui/r2.warc.gz"
    assert archive.read(second).body == archive.read(third).body == b"x" * 4000
    assert archive.read(second).headers == (("ETag", '"2"'),)
    assert archive.read(other).body == b"y" * 4000
    report = archive.verify()
    assert (report.files, report.records, report.revisits, report.problems) == (2, 4, 2, ())


def test_a_changed_byte_is_found(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    with archive.open_run("anhui", "r1") as writer:
        location, _ = put(writer, os.urandom(3000))
    path = tmp_path / location.file
    data = bytearray(path.read_bytes())
    data[location.offset + location.length // 2] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(ArchiveError, match="crawl the page again"):
        archive.read(location)
    assert len(archive.verify().problems) == 1


def test_a_missing_file_and_a_path_out_of_the_archive_are_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"x" * 10)
    archive = Archive(tmp_path / "archive")
    for file in ("anhui/none.warc.gz", "../secret"):
        with pytest.raises(ArchiveError):
            archive.read(Location(file, 0, 10, "0" * 64))


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".hidden", "a\n", "中"])
def test_no_path_is_built_from_a_name_that_is_no_plain_word(tmp_path: Path, name: str) -> None:
    with pytest.raises(StoreError):
        Archive(tmp_path).open_run(name, "r1")
    with pytest.raises(StoreError):
        Archive(tmp_path).open_run("anhui", name)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_one_run_has_one_writer(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    with archive.open_run("anhui", "r1"), pytest.raises(LockedStore):
        archive.open_run("anhui", "r1")
    with pytest.raises(LockedStore):
        archive.open_run("anhui", "r1")


@pytest.mark.parametrize("fraction", [0.001, 0.3, 0.7, 0.999])
def test_a_torn_tail_is_cut_and_nothing_else(tmp_path: Path, fraction: float) -> None:
    archive = Archive(tmp_path)
    with archive.open_run("anhui", "r1") as writer:
        kept, _ = put(writer, b"kept")
        torn, _ = put(writer, os.urandom(100_000), url=URL + "2")
    path = tmp_path / kept.file
    path.write_bytes(path.read_bytes()[: torn.offset + int(torn.length * fraction) + 1])
    path.with_name(path.name + OPEN_MARK).touch()
    assert archive.recover() > 0
    assert path.stat().st_size == torn.offset
    assert archive.read(kept).body == b"kept"
    assert archive.recover() == 0
    assert archive.verify().problems == ()


def test_a_tail_of_zeros_is_cut_but_damage_in_the_middle_is_left_to_be_told(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    with archive.open_run("anhui", "r1") as writer:
        kept, _ = put(writer, b"kept")
        last, _ = put(writer, b"last", url=URL + "2")
    path = tmp_path / kept.file
    mark = path.with_name(path.name + OPEN_MARK)
    whole = path.read_bytes()
    path.write_bytes(whole + b"\0" * 4096)
    mark.touch()
    assert archive.recover() == 4096
    damaged = bytearray(whole)
    damaged[kept.offset : kept.offset + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(damaged)
    mark.touch()
    assert archive.recover() == 0
    assert path.read_bytes() == bytes(damaged)
    assert archive.read(last).body == b"last"
    assert archive.verify().problems


def test_a_file_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    with archive.open_run("anhui", "r1") as writer:
        put(writer)
        assert archive.recover() == 0
        location, _ = put(writer, b"more", url=URL + "2")
        with archive.open_run("anhui", "r2") as other:
            put(other)
    assert archive.read(location).body == b"more"


CHILD = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from storage.archive import Archive
writer = Archive(Path(sys.argv[1])).open_run("anhui", sys.argv[2])
for n in range(10**6):
    url = f"https://credit.example.cn/{n}"
    location, _ = writer.write(url=url, status=200, headers=(), body=os.urandom(200_000), fetched_at=datetime.now(UTC))
    print(location.offset, location.length, location.sha256, flush=True)
"""


def test_killed_while_writing_every_record_told_of_is_there_and_nothing_half(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    for turn in range(4):
        child = subprocess.Popen([sys.executable, "-c", CHILD, str(tmp_path), f"r{turn}"], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        lines = [child.stdout.readline()]
        time.sleep(0.05 + 0.037 * turn)
        os.kill(child.pid, signal.SIGKILL)
        lines += child.stdout.read().splitlines()
        child.wait()
        archive.recover("anhui")
        report = archive.verify()
        assert report.problems == ()
        told = [line.split() for line in lines if line.count(" ") == 2 and len(line.split()[-1]) == 64]
        assert told
        for offset, length, sha256 in told:
            archive.read(Location(f"anhui/r{turn}{SUFFIX}", int(offset), int(length), sha256))
    assert list(tmp_path.rglob(f"*{OPEN_MARK}")) == []


def test_responses_written_together_are_those_written_one_by_one(tmp_path: Path) -> None:
    some = [ArchivedResponse(f"{URL}?{n % 3}", 200, (), b"%d" % (n % 3), AT) for n in range(5)]
    archive = Archive(tmp_path)
    with archive.open_run("anhui", "together") as writer:
        before = put(writer, b"1", f"{URL}?1")[0]
        together = writer.write_many(some)
        assert writer.write_many([]) == []
    with archive.open_run("anhui", "one") as writer:
        put(writer, b"1", f"{URL}?1")
        one = [put(writer, each.body, each.url)[1] for each in some]
    assert [revisit for _, revisit in together] == one == [False, True, False, True, True]
    assert [archive.read(place).body for place, _ in together] == [each.body for each in some]
    assert together[0][0].offset == before.offset + before.length
    assert archive.verify().problems == ()


LIMITED = """
import os, resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from storage.archive import Archive
from storage.errors import FullDisk
from storage.records import ArchivedResponse
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
writer = Archive(Path(sys.argv[1])).open_run("anhui", "r1")
kept, _ = writer.write(url="https://credit.example.cn/1", status=200, headers=(), body=b"kept", fetched_at=datetime.now(UTC))
try:
    writer.write(url="https://credit.example.cn/2", status=200, headers=(), body=os.urandom(200_000), fetched_at=datetime.now(UTC))
except FullDisk as error:
    print(error)
try:
    some = [(b"fits", 4), (os.urandom(200_000), 5)]
    writer.write_many([ArchivedResponse(f"https://credit.example.cn/{n}", 200, (), body, datetime.now(UTC)) for body, n in some])
except FullDisk:
    small, _ = writer.write(url="https://credit.example.cn/3", status=200, headers=(), body=b"small", fetched_at=datetime.now(UTC))
    print(small.offset == kept.offset + kept.length)
"""


def test_a_full_disk_is_told_in_one_sentence_and_leaves_the_file_sound(tmp_path: Path) -> None:
    assert hasattr(resource, "RLIMIT_FSIZE")
    done = subprocess.run([sys.executable, "-c", LIMITED, str(tmp_path)], capture_output=True, text=True, check=True)
    sentence, sound = done.stdout.splitlines()
    assert sentence.startswith("No room is left") and sentence.endswith("run the crawl again.")
    assert sound == "True"
    assert Archive(tmp_path).verify().problems == ()
    assert issubclass(FullDisk, StoreError)


def test_a_folder_that_cannot_be_written_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ArchiveError, match=r"cannot be written .*: check its path and permissions, then run again\.$"):
        Archive(tmp_path / "file").open_run("anhui", "r1")


def test_a_record_is_not_told_of_when_its_file_was_removed_meanwhile(tmp_path: Path) -> None:
    with Archive(tmp_path).open_run("anhui", "r1") as writer:
        location, _ = put(writer)
        (tmp_path / location.file).unlink()
        with pytest.raises(ArchiveError, match="cannot be written"):
            put(writer, b"more")
        (tmp_path / location.file).write_bytes(b"another file")
        with pytest.raises(ArchiveError, match="another file is in its place"):
            put(writer, b"still more")
