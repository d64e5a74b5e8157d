from __future__ import annotations

import io
import random
import shutil
import struct
import subprocess
import tarfile
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normalizers.documents import UnreadableError, archives, is_archive, read, unpack
from normalizers.records import Hints

needs_bsdtar = pytest.mark.skipif(not shutil.which("bsdtar"), reason="bsdtar is missing: apt-get install libarchive-tools")


def zip_file(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members:
            made.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def gbk_zip(name: str, content: bytes) -> bytes:
    """Return a zip as Windows writes it: the name in GBK, without a mark of its encoding."""
    raw = name.encode("gbk")
    return zip_file(("x" * len(raw), content)).replace(b"x" * len(raw), raw)


def rar_file(name: str, content: bytes) -> bytes:
    """Return a rar (version 4) with one stored file, after the published description of the format."""

    def block(kind: int, flags: int, body: bytes) -> bytes:
        rest = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
        return struct.pack("<H", zlib.crc32(rest) & 0xFFFF) + rest

    raw = name.encode()
    header = struct.pack("<IIBIIBBHI", len(content), len(content), 2, zlib.crc32(content), 0x5A21_0000, 20, 0x30, len(raw), 0x20) + raw
    return b"Rar!\x1a\x07\x00" + block(0x73, 0, b"\x00" * 6) + block(0x74, 0x8000, header) + content + block(0x7B, 0x4000, b"")


def names(payload: bytes, name: str = "附件.zip") -> list[str]:
    return [member.name for member in unpack(payload, name).members]


@pytest.mark.parametrize(
    "payload",
    [zip_file(("附件1/任务表.csv", b"a,b")), gbk_zip("附件1/任务表.csv", b"a,b"), zip_file(("附件1\\任务表.csv", b"a,b"))],
    ids=["utf-8", "gbk", "backslash"],
)
def test_names_of_members_are_read_in_their_encoding(payload: bytes) -> None:
    assert names(payload) == ["附件1/任务表.csv"]


def test_names_are_never_paths_and_what_systems_leave_behind_is_left_out() -> None:
    payload = zip_file(
        ("../../etc/甲.txt", b"1"), ("C:\\乙.txt", b"2"), ("/丙.txt", b"3"), ("__MACOSX/._甲.txt", b"4"), ("~$丁.docx", b"5"), ("夹/", b"")
    )
    assert names(payload) == ["etc/甲.txt", "乙.txt", "丙.txt"]


def test_the_end_of_a_long_name_is_no_path_either() -> None:
    assert names(zip_file((f"夹../{'n' * 247}", b"1"), (f"夹../{'n' * 243}.txt", b"2"))) == ["n" * 247, f"{'n' * 243}.txt"]


def test_the_name_of_a_member_steers_no_terminal_and_turns_no_writing() -> None:
    hostile = "\x1b[2J\x9b2J\r=甲\n\u202e表\u2066\u2028.txt"
    assert names(zip_file((hostile, b"1"), ("\x1b", b"2"))) == ["�[2J�2J�=甲��表��.txt", "�"]


@needs_bsdtar
def test_a_name_in_no_charset_can_be_stored() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", errors="surrogateescape") as made:
        made.addfile(tarfile.TarInfo(b"\xff\xfe\x81.txt".decode("utf-8", "surrogateescape")), io.BytesIO())
    assert names(out.getvalue(), "a.tar.gz") == ["���.txt"]


def test_archives_within_archives_are_opened_so_deep_and_no_deeper() -> None:
    payload = zip_file(("底.txt", "底".encode()))
    for level in range(4):
        payload = zip_file((f"{level}.zip", payload), (f"{level}.txt", "层".encode()))
    found = unpack(payload, "深.zip")
    assert [member.name for member in found.members] == ["3.zip!2.zip!1.txt", "3.zip!2.txt", "3.txt"]
    assert "levels deep" in found.warnings[0]


def test_a_member_is_read_by_the_name_that_unpacking_gives_it() -> None:
    payload = zip_file(("内.zip", zip_file(("计划.txt", "全年信用工作计划如下。".encode("gbk")))))
    (member,) = unpack(payload, "a.zip").members
    document = read(payload, Hints(file_name="a.zip/计划.txt", member=member.name))
    assert document.text == "全年信用工作计划如下。"
    with pytest.raises(UnreadableError, match="holds no file"):
        read(payload, Hints(member="无.txt"))


def test_an_office_file_is_no_archive_and_an_archive_is_no_document() -> None:
    assert not is_archive(zip_file(("word/document.xml", b"<x/>")), "a.zip")
    assert not is_archive(b"", "a.zip")
    with pytest.raises(UnreadableError, match="an archive of 1 files"):
        read(zip_file(("a.txt", b"1")), Hints(file_name="a.zip"))


def test_a_protected_or_damaged_member_is_told_and_the_others_are_read() -> None:
    whole = bytearray(zip_file(("好.txt", b"good"), ("坏.txt", b"bad" * 50)))
    central = whole.rindex(b"PK\x01\x02")
    whole[central + 8] |= 1
    found = unpack(bytes(whole), "a.zip")
    assert [member.name for member in found.members] == ["好.txt"]
    assert "password" in found.warnings[0]


def test_a_zip_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnreadableError, match="zip bomb"):
        unpack(zip_file(("大.txt", b"\x00" * (40 * 2**20))), "b.zip")
    monkeypatch.setattr(archives, "MAX_UNPACKED", 3000)
    with pytest.raises(UnreadableError, match="zip bomb"):
        unpack(zip_file(("1.txt", random.Random(1).randbytes(2000)), ("2.txt", random.Random(2).randbytes(2000))), "b.zip")


def test_an_archive_of_too_many_files_is_cut_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_ARCHIVED", 3)
    found = unpack(zip_file(*((f"{n}.txt", b"1") for n in range(9))), "多.zip")
    assert len(found.members) == 3
    assert "more than 3 files" in found.warnings[0]


def test_an_empty_archive_is_unreadable() -> None:
    with pytest.raises(UnreadableError, match="no file was read"):
        unpack(zip_file(("夹/", b"")), "空.zip")


def test_without_its_program_a_rar_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UnreadableError, match="libarchive-tools"):
        unpack(rar_file("a.txt", b"1"), "a.rar")


@needs_bsdtar
def test_a_rar_and_a_7z_are_unpacked(tmp_path: Path) -> None:
    assert [(one.name, one.payload) for one in unpack(rar_file("附件/计划.txt", "信用".encode()), "a.rar").members] == [
        ("附件/计划.txt", "信用".encode())
    ]
    (tmp_path / "任务.txt").write_bytes(b"7")
    subprocess.run(
        ["bsdtar", "-cf", "a.7z", "--format", "7zip", "任务.txt"],
        cwd=tmp_path,
        check=True,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
    )
    assert names((tmp_path / "a.7z").read_bytes(), "a.7z") == ["任务.txt"]


@needs_bsdtar
def test_a_damaged_rar_is_unreadable() -> None:
    with pytest.raises(UnreadableError, match=r"b\.rar"):
        unpack(rar_file("a.txt", b"content of the file")[:40], "b.rar")


@settings(max_examples=60)
@given(st.randoms(use_true_random=False))
def test_property_a_zip_with_flipped_bits_is_unpacked_or_unreadable(source: random.Random) -> None:
    whole = bytearray(zip_file(("甲.txt", b"1" * 50), ("乙.zip", zip_file(("丙.txt", b"2")))))
    for _ in range(source.randint(1, 12)):
        whole[source.randrange(len(whole))] ^= 1 << source.randrange(8)
    try:
        assert all(isinstance(one.name, str) for one in unpack(bytes(whole), "x.zip").members)
    except UnreadableError as error:
        assert str(error).endswith(".")
