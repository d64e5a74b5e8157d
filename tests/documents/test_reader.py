from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.documents import UnreadableError, read
from normalizers.documents.detection import detect
from normalizers.records import Hints

OLE = bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 600


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
        (OLE, "OLE file"),
        (archive("content.xml", "mimetype"), "OpenDocument"),
        (b"\x89PNG\r\n\x1a\n....", "picture"),
        (bytes(range(256)) * 20, "no known text format"),
    ],
)
def test_what_is_not_read_is_refused_by_name_with_the_next_step(payload: bytes, said: str) -> None:
    with pytest.raises(UnreadableError, match=rf"annex\.bin: not extracted: .*{said}"):
        read(payload, Hints(file_name="annex.bin"))


@pytest.mark.parametrize(
    ("payload", "hints", "kind"),
    [
        (b"<html><body><table><tr><td>a</td></tr></table>", Hints(file_name="list.xls", media_type="application/vnd.ms-excel"), "html"),
        (b"\xef\xbb\xbf<!DOCTYPE html><html>", Hints(), "html"),
        ("<html><p>信用</p>".encode("utf-16"), Hints(), "html"),
        ("信用信息".encode("utf-16"), Hints(), "text"),
        ("信用信息".encode("gbk"), Hints(file_name="a.txt"), "text"),
        (b"a,b\n1,2\n", Hints(file_name="a.csv", media_type="text/plain"), "csv"),
        ("# 标题\n".encode(), Hints(file_name="a.md"), "markdown"),
        (b"%PDF-1.7 ...", Hints(file_name="a.html", media_type="text/html"), "pdf"),
        ("当 x<p 且 a>b 时适用。".encode(), Hints(file_name="a.txt"), "text"),
    ],
)
def test_bytes_come_before_media_type_and_media_type_before_name(payload: bytes, hints: Hints, kind: str) -> None:
    assert detect(payload, hints, hints.file_name) == kind


def test_a_file_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from normalizers.documents import reader

    monkeypatch.setattr(reader, "MAX_PAYLOAD", 10)
    with pytest.raises(UnreadableError, match="split it"):
        read(b"x" * 11, Hints(file_name="big.txt"))


@pytest.mark.parametrize("payload", [b"", b"  \n"])
def test_an_empty_file_is_refused(payload: bytes) -> None:
    with pytest.raises(UnreadableError, match="is empty"):
        read(payload, Hints(file_name="none.txt"))


MAGIC = st.sampled_from([b"", b"%PDF-1.4\n", b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1"), b"<html>", b"\xff\xfe", b"Rar!\x1a\x07"])


@given(MAGIC, st.binary(max_size=300), st.sampled_from(["", "a.html", "a.csv", "a.md", "a.pdf", "a.xlsx"]))
def test_property_any_bytes_give_a_document_or_an_unreadable_error(magic: bytes, rest: bytes, name: str) -> None:
    try:
        document = read(magic + rest, Hints(file_name=name))
    except UnreadableError as error:
        assert str(error).endswith(".")
    else:
        assert all(document.text[block.span.start : block.span.end] == block.text for block in document.blocks)
