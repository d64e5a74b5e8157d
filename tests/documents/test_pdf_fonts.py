"""What the fonts of a pdf may cost: ranges of widths and codes, and lists of references, are counted before they are laid out."""

from __future__ import annotations

import io
import os
import resource
import struct
from base64 import b64decode, b64encode
from collections.abc import Sequence

import pdfplumber
import pytest

from normalizers.documents import UnreadableError, read
from normalizers.documents.pdf_fonts import counts
from normalizers.documents.pdf_pages import BoundedPdf
from normalizers.documents.pdf_streams import Budget
from normalizers.records import Hints
from tests.documents.test_pdf_bounds import TEXT, file_of, stream

MEMORY = 200
"""Megabytes that reading a file of these may add; each took a gigabyte or more, or all its time."""
SECONDS = 20
WORDS = stream(b"BT /F 12 Tf 80 700 Td <00410042> Tj ET")
MAPPED = b"1 beginbfchar <0041> <4fe1> endbfchar 1 beginbfrange <0042> <0043> <7528> endbfrange"
FEW = 300_000
REFUSED = (
    f"a.pdf lets more than {FEW} widths and codes of fonts or references be laid out: print it to a new pdf, or look for another copy."
)


def mapped(told: bytes) -> bytes:
    return stream(b"begincmap\n%s\nendcmap" % told)


def set_in(*objects: bytes, font: bytes = b"", about: bytes = b"", kind: bytes = b"CIDFontType2", named: bytes = MAPPED) -> bytes:
    """Return a pdf of two characters in a font of two-byte codes; objects 6 to 8 are it and its map, those given are from 9 on."""
    whole = b"<</Type/Font/Subtype/Type0/Encoding/Identity-H/DescendantFonts[7 0 R]%s>>" % (b"/ToUnicode 8 0 R" if named else b"")
    system = b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
    part = b"<</Type/Font/Subtype/%s%s/FontDescriptor<</FontName/F%s>>%s>>" % (kind, system, about, font)
    payload = file_of(WORDS, whole, part, mapped(named), *objects)
    return payload.replace(b"/F 5 0 R", b"/F 6 0 R")


def outlines(*pieces: bytes, tables: int = 1) -> bytes:
    """Return a TrueType font that holds nothing but a table of its characters, and says it has so many."""
    table = b"".join(pieces)
    return stream(struct.pack(">4s4H4s3L", b"\0\1\0\0", tables, 0, 0, 0, b"cmap", 0, 28, len(table)) + table)


def laughs() -> Sequence[bytes]:
    """Return lists, the first of which is a million million of ones."""
    return [b"[%s]" % (b"%d 0 R " % (number + 1) * 10) for number in range(9, 21)] + [b"1"]


def cost(payload: bytes) -> tuple[str, float]:
    """Return what a file gives in a process of its own, and the megabytes by which that grew; nothing for one that was ended."""
    into, out = os.pipe()
    if not (child := os.fork()):
        os.close(into)
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        try:
            said = read(payload, Hints(file_name="a.pdf")).text
        except UnreadableError as error:
            said = str(error)
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        os.write(out, b"%f %s" % (grown, b64encode(said.encode())))
        os._exit(0)
    os.close(out)
    with os.fdopen(into, "rb") as answer:
        told, _, text = answer.read().partition(b" ")
    os.waitpid(child, 0)
    return b64decode(text).decode(), float(told or "inf")


OWN = set_in(
    outlines(struct.pack(">HHHHLHHIII", 0, 1, 3, 10, 12, 12, 0, 0, 0, 1), struct.pack(">III", ord("信"), ord("信") + 1, 0x41)),
    about=b"/FontFile2 9 0 R",
    named=b"",
)
RANGES = {
    "one of widths": set_in(font=b"/W[0 20000000 500]"),
    "one of upright widths": set_in(font=b"/W2[0 20000000 -900 0 0]").replace(b"Identity-H", b"Identity-V"),
    "one of codes": set_in(named=b"1 beginbfrange <00000000> <01312d00> <0041> endbfrange " + MAPPED),
    "one of numbers of characters": set_in(named=b"1 begincidrange <00000000> <01312d00> 0 endcidrange " + MAPPED),
}
GROUPS = struct.pack(">HHHHLHHIII", 0, 1, 3, 10, 12, 12, 0, 0, 0, 1), struct.pack(">III", 0, 2**31, 0)
BOMBS = {
    "hundreds of widths": set_in(font=b"/W[%s]" % (b"0 65535 500 " * 200)),
    "hundreds of codes": set_in(named=b"1 beginbfrange %s endbfrange" % (b"<0000> <ffff> <0041>\n" * 200)),
    "long texts for codes": set_in(named=b"1 beginbfrange <0000> <ffff> <%s> endbfrange" % (b"4fe1" * 5_000)),
    "groups of a font's own table": set_in(outlines(*GROUPS), about=b"/FontFile2 9 0 R", named=b""),
    "groups of a font that says it has more tables": set_in(outlines(*GROUPS, tables=9), about=b"/FontFile2 9 0 R", named=b""),
    "groups of a font whose ordering stands among blanks": set_in(outlines(*GROUPS), about=b"/FontFile2 9 0 R", named=b"").replace(
        b"Ordering(Identity)", b"Ordering( UCS    )"
    ),
    "segments of a font's own table": set_in(
        outlines(
            struct.pack(">HHHHLHHHHHHH", 0, 1, 3, 1, 12, 4, 0, 0, 2 * 30_000, 0, 0, 0), b"\xff\xff" * 30_000, bytes(2), bytes(6 * 30_000)
        ),
        about=b"/FontFile2 9 0 R",
        named=b"",
    ),
    "lists of lists of widths": set_in(*laughs(), font=b"/W[0 9 0 R]"),
    "lists of lists of measures": set_in(*laughs(), about=b"/FontBBox 9 0 R"),
    "a page whose measures are their own": file_of(stream(TEXT), b"6 0 R").replace(b"Box[0 0 600 800]", b"Box 6 0 R       "),
}


@pytest.mark.parametrize("name", RANGES)
def test_ranges_beyond_two_bytes_take_no_memory_and_what_is_of_codes_counts(name: str) -> None:
    said, grown = cost(RANGES[name])
    assert said.replace("\n", "") == "信用"
    assert grown < MEMORY


@pytest.fixture
def _few_are_laid_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("normalizers.documents.pdf_streams.MAX_LAID_OUT", FEW)


@pytest.mark.usefixtures("_few_are_laid_out")
@pytest.mark.parametrize("name", BOMBS)
def test_what_a_few_bytes_let_be_laid_out_is_refused_before_it_is(name: str) -> None:
    said, grown = cost(BOMBS[name])
    assert said == REFUSED
    assert grown < MEMORY


@pytest.mark.usefixtures("_few_are_laid_out")
def test_fonts_that_share_a_map_are_counted_each() -> None:
    fonts = b"".join(b"/F%d<</Type/Font/Subtype/Type1/BaseFont/X/ToUnicode 6 0 R>>" % number for number in range(100))
    payload = file_of(stream(TEXT), mapped(b"1 beginbfrange <0000> <ffff> <0041> endbfrange")).replace(b"/F 5 0 R", b"/F 5 0 R" + fonts)
    said, grown = cost(payload)
    assert said == REFUSED
    assert grown < MEMORY


@pytest.mark.parametrize(
    "font", [b"/DW 700/W[65 [9 0 R] 66 66 250]", b"/W[64 [1 300 200]]", b"/W[0 70000 300]", b"/W[65 66.0 9 66 [8]]", b"/W[65 65 10 0 R]"]
)
def test_widths_and_characters_are_those_that_pdfminer_tells(font: bytes) -> None:
    payload = set_in(b"400", b"[500]", font=font)
    with pdfplumber.open(io.BytesIO(payload)) as usual, BoundedPdf(payload, Budget("a.pdf")) as bounded:
        assert bounded.pages[0].chars == usual.pages[0].chars
        assert [char["text"] for char in bounded.pages[0].chars] == ["信", "用"]


def test_a_font_without_a_map_is_read_by_its_own_table() -> None:
    assert read(OWN, Hints(file_name="a.pdf")).text == "信俢"


@pytest.mark.parametrize(
    ("subtable", "found"),
    [
        (struct.pack(">HHH", 0, 262, 0), [256]),
        (struct.pack(">HHH256H", 2, 0, 0, *[8] * 256) + struct.pack(">8H", 0, 7, 0, 0, 0, 5, 0, 0), [7, 5]),
        (struct.pack(">HHHHHHH", 4, 0, 0, 4, 0, 0, 0) + struct.pack(">5H", 9, 70, 0, 5, 50), [5, 21]),
        (struct.pack(">HHHHH", 6, 0, 0, 40, 3), [3]),
        (struct.pack(">HHIIII", 10, 0, 0, 0, 40, 4), [4]),
        (struct.pack(">HHIII", 12, 0, 0, 0, 2) + struct.pack(">IIIIII", 1, 3, 0, 5, 5, 0), [3, 1]),
        (struct.pack(">HHIII", 12, 0, 0, 0, 2) + struct.pack(">III", 1, 3, 0), [3]),
    ],
)
def test_a_font_s_own_table_is_counted_in_each_of_its_formats(subtable: bytes, found: list[int]) -> None:
    directory = struct.pack(">4s4H4s3L", b"\0\1\0\0", 1, 0, 0, 0, b"cmap", 0, 28, 0)
    for platform, told in ((struct.pack(">HH", 0, 3), found), (struct.pack(">HH", 3, 10), found), (struct.pack(">HH", 1, 0), [])):
        assert list(counts(directory + struct.pack(">HH", 0, 1) + platform + struct.pack(">L", 12) + subtable)) == told
