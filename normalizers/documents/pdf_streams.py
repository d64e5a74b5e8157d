"""The objects and streams of a pdf, parsed and unpacked within bounds.

pdfminer unpacks a stream whole, through as many filters as the file names, and nests what the file nests. Here each stage of each stream
is measured while it is unpacked, whatever the stream is: instructions, objects, cross references, fonts and their maps.
"""

from __future__ import annotations

import logging
import math
import time
import zlib
from contextlib import suppress
from io import BytesIO
from typing import Any

from pdfminer.lzw import CorruptDataError, LZWDecoder
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfexceptions import PDFNotImplementedError
from pdfminer.pdfparser import PDFParser, PDFStreamParser
from pdfminer.pdftypes import (
    LITERALS_CCITTFAX_DECODE,
    LITERALS_FLATE_DECODE,
    LITERALS_LZW_DECODE,
    LITERALS_RUNLENGTH_DECODE,
    PDFStream,
    int_value,
)
from pdfminer.psexceptions import PSEOF
from pdfminer.psparser import PSBaseParser, PSKeyword
from pdfminer.utils import apply_png_predictor, apply_tiff_predictor

from normalizers.documents.limits import (
    MAX_PREDICTED,
    MAX_RATIO,
    MAX_STREAM,
    MAX_UNPACKED,
    SMALL_CONTAINER,
    UnreadableError,
)

logging.getLogger("pdfminer").setLevel(logging.CRITICAL)  # what it says of a damaged file is no news of ours, and names no file

MAX_LAID_OUT = 3_000_000
"""Widths and codes of the fonts of a file, and looks at its objects; a Chinese font that is there as a whole has up to 100,000."""
MAX_DEPTH = 200
"""Lists and dictionaries within one another in an object of a file; files that programs write have less than ten."""
OPENING_SECONDS = 60.0
"""Time that finding the objects and pages of a file may take."""
REFERENCES = 16
"""Objects of a list, which is copied with every look at it, that count as one entry."""
_PIECE = 2**16


class OutOfTimeError(Exception):
    """The time that a file may take has run out."""


class Budget:
    """What reading one file may still cost. A refusal is kept, because pdfminer goes on after many an error."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.refusal: UnreadableError | None = None
        self.deadline = time.monotonic() + OPENING_SECONDS
        self._unpacked = 0
        self._laid_out = 0

    def refuse(self, reason: str) -> UnreadableError:
        """Return the error that says why the file is not read, and keep it."""
        self.refusal = UnreadableError(f"{self.name} {reason}")
        return self.refusal

    def check(self) -> None:
        """Raise when the file was refused, or its time has run out."""
        if self.refusal:
            raise self.refusal
        if time.monotonic() > self.deadline:
            raise OutOfTimeError

    def room(self, packed: int) -> int:
        """Return how many bytes a stream of so many packed bytes may unpack to."""
        self.check()
        return min(MAX_STREAM, MAX_UNPACKED - self._unpacked, max(SMALL_CONTAINER, MAX_RATIO * packed))

    def spend(self, size: int) -> None:
        """Count the bytes of an unpacked stream."""
        self._unpacked += size

    def lay_out(self, count: int) -> None:
        """Count what a few bytes of the file let its reader put into memory, before it does; raise when that is too much."""
        self.check()
        self._laid_out += count
        if self._laid_out > MAX_LAID_OUT:
            raise self.refuse(
                f"lets more than {MAX_LAID_OUT} widths and codes of fonts or references be laid out: print it to a new pdf, "
                "or look for another copy."
            )

    def too_large(self, room: int) -> UnreadableError:
        """Return the error that says that a stream unpacks to more than there is room for."""
        return self.refuse(f"holds a stream that unpacks to more than {room / 2**20:.0f} MB, as a zip bomb does: look at it by hand.")


class _TooLargeError(Exception):
    """A stage of a stream unpacks to more than its bound."""


# --- filters -----------------------------------------------------------------------------------------------------------------------


def _flate(data: bytes, room: int) -> bytes:
    try:
        unpacked = zlib.decompressobj().decompress(data, room + 1)
    except zlib.error:
        return _flate_in_part(zlib.decompressobj(), data, room)
    if len(unpacked) > room:
        raise _TooLargeError(room)
    return unpacked


def _flate_in_part(unpacker: zlib._Decompress, data: bytes, room: int) -> bytes:
    """Return what stands before an error in the check sum; nothing where the error is in the stream itself, as pdfminer takes it."""
    out = bytearray()
    end = max(0, len(data) - 4)
    try:
        for at in range(0, end, _PIECE):
            out += unpacker.decompress(data[at : min(at + _PIECE, end)], room + 1 - len(out))
            if len(out) > room:
                raise _TooLargeError(room)
    except zlib.error:
        return b""
    for at in range(end, len(data)):
        try:
            out += unpacker.decompress(data[at : at + 1])
        except zlib.error:
            return bytes(out) if at >= len(data) - 3 else b""
    return bytes(out)


def _run_length(data: bytes, room: int) -> bytes:
    out, at = bytearray(), 0
    while at < len(data) and data[at] != 128:
        length = data[at]
        out += data[at + 1 : at + 2 + length] if length < 128 else data[at + 1 : at + 2] * (257 - length)
        at += length + 2 if length < 128 else 2
        if len(out) > room:
            raise _TooLargeError(room)
    return bytes(out)


def _lzw(data: bytes, room: int) -> bytes:
    out, decoder = bytearray(), LZWDecoder(BytesIO(data))  # type: ignore[no-untyped-call, unused-ignore]
    while True:
        try:
            out += decoder.feed(decoder.readbits(decoder.nbits)) or b""
        except (EOFError, CorruptDataError):
            return bytes(out)
        if len(out) > room:
            raise _TooLargeError(room)


def _filtered(name: object, data: bytes, room: int) -> bytes:
    """Return the bytes behind one filter. Those of pictures stay packed, as nobody looks into pictures here."""
    if name in LITERALS_FLATE_DECODE:
        return _flate(data, room)
    if name in LITERALS_RUNLENGTH_DECODE:
        return _run_length(data, room)
    if name in LITERALS_LZW_DECODE:
        return _lzw(data, room)
    if name in LITERALS_CCITTFAX_DECODE:
        return data
    return PDFStream({"Filter": name}, data).get_data()


def _predicted(data: bytes, params: Any) -> bytes:  # noqa: ANN401  what a file says
    """Return the bytes that a predictor was run over; pdfminer works each of them and lays out whole rows, so both are bounded."""
    kind = int_value(params["Predictor"]) if params and "Predictor" in params else 1
    if kind == 1:
        return data
    colors, columns = int_value(params.get("Colors", 1)), int_value(params.get("Columns", 1))
    if len(data) > MAX_PREDICTED or abs(colors * columns) > max(len(data), _PIECE):
        raise _TooLargeError(MAX_PREDICTED)
    bits = int_value(params.get("BitsPerComponent", 8))
    if kind == 2:
        return apply_tiff_predictor(colors, columns, bits, data)
    if kind < 10:
        raise PDFNotImplementedError(f"Unsupported predictor: {kind!r}")
    return apply_png_predictor(kind, colors, columns, bits, data)


# --- streams and their parsers -----------------------------------------------------------------------------------------------------


class BoundedStream(PDFStream):
    """A stream that is unpacked filter by filter, each within its bound."""

    def __init__(self, packed: PDFStream, budget: Budget) -> None:
        super().__init__(packed.attrs, packed.rawdata or b"", packed.decipher)
        self._budget = budget

    def decode(self) -> None:
        """Unpack the stream; raise ``UnreadableError`` when it is larger than may be."""
        data = self.rawdata or b""
        if self.decipher and self.objid is not None and self.genno is not None:
            data = self.decipher(self.objid, self.genno, data, self.attrs)
        room = self._budget.room(len(data))
        try:
            for name, params in self.get_filters():
                data = _predicted(_filtered(name, data, room), params)
        except _TooLargeError as error:
            raise self._budget.too_large(error.args[0]) from None
        self._budget.spend(len(data))
        self.data, self.rawdata = data, None


class Bounded(PSBaseParser):
    """What every parser of a pdf's bytes keeps to: its time, and a depth of nesting."""

    budget: Budget
    context: list[Any]
    longest: float = math.inf

    def fillbuf(self) -> bool:
        """Fetch the next bytes when none are left."""
        if self.charpos < len(self.buf):
            return False
        self.budget.check()
        if len(self._curtoken) > self.longest:
            raise self.budget.refuse(f"holds a string of more than {self.longest} bytes where a page is drawn: look for another copy.")
        return super().fillbuf()

    def start_type(self, pos: int, type: str) -> None:
        """Begin a list or dictionary."""
        if len(self.context) > MAX_DEPTH:
            raise self.budget.refuse(f"nests its objects more than {MAX_DEPTH} deep: fetch it again, or look for another copy.")
        super().start_type(pos, type)  # type: ignore[misc]


class FileParser(Bounded, PDFParser):
    """The parser of a file, which hands out streams that keep to a budget."""

    def __init__(self, payload: bytes, budget: Budget) -> None:
        self.budget = budget
        super().__init__(BytesIO(payload))

    def do_keyword(self, pos: int, token: PSKeyword) -> None:
        """Take in a keyword."""
        super().do_keyword(pos, token)
        if token is self.KEYWORD_STREAM and self.curstack:
            at, made = self.curstack[-1]
            if isinstance(made, PDFStream):
                self.curstack[-1] = (at, BoundedStream(made, self.budget))


class _ObjectParser(Bounded, PDFStreamParser):
    """The parser of the objects within a stream."""

    def __init__(self, data: bytes, budget: Budget) -> None:
        self.budget = budget
        super().__init__(data)


class BoundedDocument(PDFDocument):
    """The objects of a file, read within a budget."""

    def __init__(self, payload: bytes, budget: Budget) -> None:
        self._budget = budget
        super().__init__(FileParser(payload, budget))

    def getobj(self, objid: int) -> object:
        """Return an object; what refers to lists of references, or to itself, is looked at only so often."""
        self._budget.lay_out(1)
        found = super().getobj(objid)
        self._budget.lay_out(len(found) // REFERENCES if isinstance(found, list) else 0)
        return found

    def _get_objects(self, stream: PDFStream) -> tuple[list[object], int]:
        parser = _ObjectParser(stream.get_data(), self._budget)
        parser.set_document(self)
        objects: list[object] = []
        with suppress(PSEOF):
            while True:
                objects.append(parser.nextobject()[1])
        return objects, stream.get("N", 0)
