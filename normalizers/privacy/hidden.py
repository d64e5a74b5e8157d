"""What the bytes of a file hold beside the text that is read from it: properties, comments, hidden sheets, names of parts, links, notes.

A file that shows personal data anywhere in its bytes may not be kept as it came. What is packed in a way that this program does not
unpack (rar, 7z, pictures) is looked at as it stands.
"""

from __future__ import annotations

import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdftypes import PDFException, PDFObjRef, PDFStream
from pdfminer.psexceptions import PSException
from pdfminer.psparser import PSLiteral
from pdfminer.utils import decode_text

from normalizers.documents.limits import UnreadableError
from normalizers.documents.pdf_streams import BoundedDocument, Budget, OutOfTimeError
from normalizers.privacy.masking import mask
from normalizers.privacy.records import Mode

MAX_PART = 8 * 2**20
"""Bytes of one part that is looked through."""
MAX_PARTS = 2_000
MAX_BYTES = 64 * 2**20
"""Bytes of all parts together."""
MAX_OBJECTS = 50_000
"""Objects of a pdf that are looked at."""
DEEPEST = 3
"""So many packed files within another are opened."""

_LINE = re.compile(r"</(?:w:p|si|v|c|row|t|text:p|ofd:TextCode|vt:lpwstr)>")
_BROKEN = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, struct.error,
    OSError, EOFError, NotImplementedError, RuntimeError, ValueError, IndexError,
)  # fmt: skip
"""What a damaged zip raises, a cut stream of its members too."""
_BROKEN_OBJECT = (PDFException, PSException, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError)
"""What pdfminer raises for a damaged object."""
_TAG = re.compile(r"<[^<>]*>")
_ZIP = b"PK\x03\x04"
_PDF = re.compile(rb"\s{0,64}%PDF-")
_RUN = re.compile(rb"[\t\n\r\x20-\x7e]{11,}")
_WIDE_RUN = re.compile(rb"(?:[\t\n\r\x20-\x7e]\x00){11,}")
_WIDE_BIG_RUN = re.compile(rb"(?:\x00[\t\n\r\x20-\x7e]){11,}")
_TEN_DIGITS = re.compile(r"(?:[^0-9]{0,3}[0-9*xX]){10}")


def holds_personal(payload: bytes) -> bool:
    """Tell whether the bytes of a file show personal data anywhere. Never raises."""
    return any(mask(text, Mode.DOCUMENT).changed for text in texts(payload))


def texts(payload: bytes, depth: int = DEEPEST) -> Iterator[str]:
    """Yield what the parts of a file say, each by itself: of a zip its names, comments and members; of a pdf the strings of its objects."""
    if payload.startswith(_ZIP):
        yield from _of_zip(payload, depth)
    elif _PDF.match(payload):
        yield from _of_pdf(payload)
    else:
        yield from _of_bytes(payload)


def _of_zip(payload: bytes, depth: int) -> Iterator[str]:
    left = MAX_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(payload)) as archive:
            yield from _of_bytes(archive.comment)
            for member in archive.infolist()[:MAX_PARTS]:
                yield member.filename
                yield from _of_bytes(member.comment)
                if member.file_size <= min(MAX_PART, left):
                    left -= member.file_size
                    yield from _of_part(member.filename.lower(), archive.read(member), depth)
    except _BROKEN:
        yield from _of_bytes(payload)


def _of_part(name: str, data: bytes, depth: int) -> Iterator[str]:
    if name.endswith((".xml", ".rels", ".html", ".htm")):
        text = data.decode("utf-8", "replace")
        yield text  # the values of its attributes
        yield _TAG.sub("", _LINE.sub("\n", text))  # its text, a paragraph or cell a line
        yield _TAG.sub("\n", text)  # and each element by itself
    elif depth > 1:
        yield from texts(data, depth - 1)


def _of_bytes(data: bytes) -> Iterator[str]:
    """Yield what bytes of no known form say: as text where they are text, else the runs of characters in them."""
    if not data:
        return
    if b"\x00" not in data:
        try:
            yield data.decode("utf-8")
        except UnicodeDecodeError:
            yield data[:MAX_PART].decode("gb18030", "replace")
            yield from _runs(data)
        return
    yield from _runs(data)


def _runs(data: bytes) -> Iterator[str]:
    for pattern, charset in ((_RUN, "ascii"), (_WIDE_RUN, "utf-16-le"), (_WIDE_BIG_RUN, "utf-16-be")):
        for found in pattern.finditer(data):
            text = found[0].decode(charset)
            if _TEN_DIGITS.search(text):
                yield text


def _of_pdf(payload: bytes) -> Iterator[str]:
    """Yield the strings outside the pages of a pdf: its properties, links, notes, bookmarks, fields of forms."""
    try:
        document = BoundedDocument(payload, Budget("the file"))
        for number in sorted({number for xref in document.xrefs for number in xref.get_objids()})[:MAX_OBJECTS]:
            yield from _strings(document, number)
    except (*_BROKEN_OBJECT, UnreadableError, OutOfTimeError, OSError):
        yield from _runs(payload)


def _strings(document: PDFDocument, number: int) -> Iterator[str]:
    try:
        held = document.getobj(number)
    except _BROKEN_OBJECT:
        return
    waiting: list[object] = [held]
    while waiting:
        one = waiting.pop()
        if isinstance(one, PDFStream):
            waiting.append(one.attrs)
            kind = one.attrs.get("Type")
            if isinstance(kind, PSLiteral) and kind.name == "Metadata":
                yield from _of_bytes(one.get_data()[:MAX_PART])
        elif isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, list | tuple):
            waiting.extend(each for each in one if not isinstance(each, int | float | PDFObjRef))
        elif isinstance(one, bytes) and len(one) > len("1980-01-01"):
            yield decode_text(one)
