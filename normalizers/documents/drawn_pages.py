"""Pages of placed characters and strokes, written as a plain pdf: so that every page format is read by the one reader of pages."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from normalizers.documents.blocks import is_wide

MAX_CODES = 0xFFFF
NARROW = 0.5
"""Width of a Latin character in type sizes."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character: its base line's start from the page's lower left, its type size and its width, all in points."""

    text: str
    x: float
    y: float
    size: float
    width: float


@dataclass(slots=True)
class Sheet:
    """One page in points; strokes are (x0, y0, x1, y1), each once."""

    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    strokes: dict[tuple[float, float, float, float], None] = field(default_factory=dict)


def advance(text: str) -> float:
    """Return the width of a character in type sizes."""
    return 1.0 if is_wide(text) else NARROW


def _content(sheet: Sheet, codes: dict[str, int]) -> bytes:
    lines = ["0.5 w"]
    lines += [f"{x0:.2f} {y0:.2f} m {x1:.2f} {y1:.2f} l S" for x0, y0, x1, y1 in sheet.strokes]
    lines.append("BT")
    for glyph in sheet.glyphs:
        if code := codes.get(glyph.text):
            stretch = 100 * glyph.width / glyph.size
            lines.append(f"/F {glyph.size:.2f} Tf {stretch:.1f} Tz 1 0 0 1 {glyph.x:.2f} {glyph.y:.2f} Tm <{code:04x}> Tj")
    lines.append("ET")
    return "\n".join(lines).encode("ascii")


def _unicode_map(codes: dict[str, int]) -> bytes:
    pairs = "\n".join(f"1 beginbfchar <{code:04x}> <{text.encode('utf-16-be').hex()}> endbfchar" for text, code in codes.items())
    head = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def"
    return f"{head}\n1 begincodespacerange <0000> <ffff> endcodespacerange\n{pairs}\nendcmap end end".encode("ascii")


def _stream(content: bytes) -> bytes:
    packed = zlib.compress(content)
    return b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(packed), packed)


def as_pdf(sheets: Sequence[Sheet]) -> bytes:
    """Return the sheets as a pdf whose text layer is exactly theirs."""
    texts = dict.fromkeys(glyph.text for sheet in sheets for glyph in sheet.glyphs)
    codes = {text: code for code, text in enumerate(texts, 1) if code <= MAX_CODES}
    kids = " ".join(f"{7 + 2 * number} 0 R" for number in range(len(sheets)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(sheets)} >>".encode(),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /F /Encoding /Identity-H /DescendantFonts [4 0 R] /ToUnicode 5 0 R >>",
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /F /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
        b"/FontDescriptor 6 0 R /DW 1000 >>",
        _stream(_unicode_map(codes)),
        b"<< /Type /FontDescriptor /FontName /F /Flags 4 /Ascent 880 /Descent -120 /CapHeight 880 /ItalicAngle 0 /StemV 80 "
        b"/FontBBox [0 -120 1000 880] >>",
    ]
    for number, sheet in enumerate(sheets):
        box = f"[0 0 {sheet.width:.2f} {sheet.height:.2f}]"
        resources = "<< /Font << /F 3 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox {box} /Resources {resources} /Contents {8 + 2 * number} 0 R >>".encode())
        objects.append(_stream(_content(sheet, codes)))
    return _file(objects)


def _file(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)
    return bytes(out)
