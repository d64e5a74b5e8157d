"""The fonts of a pdf, whose widths and codes are counted before pdfminer lays them out one by one.

A range of widths or codes takes twenty bytes of a file and stands for as many entries as it says; fonts share their lists, maps and
programs. No code of a font has more than two bytes (ISO 32000-1, 9.7.5 and annex C), so that what a range says of others is left out.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from io import BytesIO
from typing import Any

from pdfminer.cmapdb import CMapParser, FileUnicodeMap
from pdfminer.pdffont import PDFCIDFont, PDFFont, PDFSimpleFont
from pdfminer.pdfinterp import PDFResourceManager
from pdfminer.pdftypes import PDFStream, resolve1
from pdfminer.psparser import PSKeyword, literal_name
from pdfminer.utils import choplist

from normalizers.documents.pdf_streams import Bounded, Budget

LAST_CODE = 0xFFFF
PER_ENTRY = 8
"""Bytes of a map or a font's program for each entry that they may make."""
LONG = 32
"""Bytes of a target from which on a code counts more than once; those of a ligature have up to twelve."""
_OF_NO_LANGUAGE = ("Identity", "UCS")
"""Orderings whose characters pdfminer takes from the font's program, as no list of theirs is known."""
_TABLE, _SUBTABLE, _SEGMENT = struct.Struct(">4s4xL4x"), struct.Struct(">HHL"), struct.Struct(">LL4x")


class Fonts(PDFResourceManager):
    """The fonts that the pages of a file name, each laid out once, within its budget."""

    def __init__(self, budget: Budget) -> None:
        super().__init__()
        self._budget = budget

    def get_font(self, objid: object, spec: Mapping[str, object]) -> PDFFont:
        """Return a font; raise ``UnreadableError`` when the fonts of the file have more widths and codes than may be."""
        self._budget.lay_out(1)
        if (objid and objid in self._cached_fonts) or literal_name(spec.get("Subtype")) == "Type0":  # its descendant comes by here itself
            return super().get_font(objid, spec)
        measured, told = self._measured(spec), resolve1(spec.get("ToUnicode"))
        if not isinstance(told, PDFStream):
            return super().get_font(objid, measured)
        measured["ToUnicode"] = PDFStream({}, b"")  # pdfminer would lay out any range in it
        font = super().get_font(objid, measured)
        if isinstance(font, PDFSimpleFont | PDFCIDFont):
            font.unicode_map = self._codes(told)
        return font

    def _codes(self, stream: PDFStream) -> FileUnicodeMap:
        """Return which characters a map gives to the codes of a font."""
        data, out = stream.get_data(), FileUnicodeMap()
        self._budget.lay_out(len(data) // PER_ENTRY)
        _MapParser(out, data, self._budget).run()
        return out

    def _measured(self, spec: Mapping[str, object]) -> dict[str, object]:
        """Return what a font says of itself, with ranges of widths as long as they can be used, after all of it was counted."""
        out = dict(spec)
        for name, values in (("W", 1), ("W2", 3)):
            if isinstance(found := resolve1(spec.get(name)), list):
                out[name] = list(self._widths(found, values))
        encoding, about = resolve1(spec.get("Encoding")), resolve1(spec.get("FontDescriptor"))
        named = encoding.get("Differences") if isinstance(encoding, dict) else None
        for held in (resolve1(named), resolve1(spec.get("Widths"))):
            self._budget.lay_out(len(held) if isinstance(held, list) else 0)
        if isinstance(about, dict):
            self._count_program(about, spec)
        return out

    def _widths(self, told: Sequence[object], values: int) -> Iterator[object]:
        """Yield what is said of widths: a first code and a list, or a first and last code and their ``values``."""
        numbers: list[Any] = []
        for each in map(resolve1, told):
            if isinstance(each, list):
                self._budget.lay_out(len(each))
                yield from (*numbers, each)
                numbers = []
            elif isinstance(each, int | float):
                numbers.append(each)
            if len(numbers) == 2 + values:
                first, last, *rest = numbers
                numbers = []
                if isinstance(first, int) and isinstance(last, int):
                    first, last = max(first, 0), min(last, LAST_CODE)
                    self._budget.lay_out(max(0, last - first + 1))
                    yield from (first, last, *rest)

    def _count_program(self, about: Mapping[str, object], spec: Mapping[str, object]) -> None:
        """Count the codes that pdfminer looks for in a font's program, where the font does not tell them otherwise."""
        program, outlines = resolve1(about.get("FontFile")), resolve1(about.get("FontFile2"))
        if isinstance(program, PDFStream) and "Encoding" not in spec:
            length = resolve1(program.get("Length1"))
            size = len(program.get_data())
            self._budget.lay_out((min(size, length) if isinstance(length, int) and length >= 0 else size) // PER_ENTRY)
        system = resolve1(spec.get("CIDSystemInfo"))
        ordering = resolve1(system.get("Ordering")) if isinstance(system, dict) else None
        is_unnamed = isinstance(ordering, bytes) and ordering.decode("latin1").strip() in _OF_NO_LANGUAGE
        if isinstance(outlines, PDFStream) and is_unnamed and "ToUnicode" not in spec:
            for count in counts(outlines.get_data()):
                self._budget.lay_out(max(1, count))


def counts(program: bytes) -> Iterator[int]:
    """Yield for how many characters the pieces of a TrueType font's table ``cmap`` are; nothing from where on it is damaged."""
    starts: list[int] = []
    with suppress(struct.error):  # a directory that breaks off: pdfminer goes by the tables before, too
        for number in range(_short(program, 4)):
            name, at = _TABLE.unpack_from(program, 12 + 16 * number)
            starts += [at] if name == b"cmap" else []
    try:
        for number in range(_short(program, starts[-1] + 2) if starts else 0):
            platform, encoding, at = _SUBTABLE.unpack_from(program, starts[-1] + 4 + 8 * number)
            if platform == 0 or (platform == 3 and encoding in (1, 10)):
                yield from _of_subtable(program, starts[-1] + at)
    except struct.error:
        return  # as pdfminer will find


def _of_subtable(program: bytes, at: int) -> Iterator[int]:
    """Yield for how many characters each piece of a subtable is, by its format (OpenType, cmap)."""
    kind = _short(program, at)
    if kind == 0:
        yield 256
    elif kind == 2:
        heads = 1 + max(struct.unpack_from(">256H", program, at + 6)) // 8
        yield from (_short(program, at + 518 + 8 * number + 2) for number in range(heads))
    elif kind == 4:
        length = _short(program, at + 6) // 2 * 2
        for number in range(0, length, 2):
            yield _short(program, at + 14 + number) - _short(program, at + 16 + length + number) + 1
    elif kind == 6:
        yield _short(program, at + 8)
    elif kind == 10:
        yield int.from_bytes(program[at + 16 : at + 20])
    elif kind == 12:
        for number in range(int.from_bytes(program[at + 12 : at + 16])):
            first, last = _SEGMENT.unpack_from(program, at + 16 + 12 * number)
            yield last - first + 1


def _short(data: bytes, at: int) -> int:
    found: int = struct.unpack_from(">H", data, at)[0]
    return found


class _MapParser(Bounded, CMapParser):
    """The parser of a map from codes to characters."""

    def __init__(self, out: FileUnicodeMap, data: bytes, budget: Budget) -> None:
        self.budget = budget
        super().__init__(out, BytesIO(data))

    def do_keyword(self, pos: int, token: PSKeyword) -> None:
        """Take in a keyword; before one that ends ranges, leave out of them what is no code."""
        if token in (self.KEYWORD_ENDCIDRANGE, self.KEYWORD_ENDBFRANGE):
            held = [found for _, found in self.popall()]
            for each in choplist(3, held):
                self.push(*((pos, part) for part in self._taken(*each)))
        super().do_keyword(pos, token)

    def _taken(self, first: object, last: object, target: object) -> Sequence[Any]:
        """Return a range as far as it is of codes: in ``bfrange`` the codes stand first, in ``cidrange`` the target is one."""
        if not isinstance(first, bytes) or not isinstance(last, bytes) or isinstance(target, list) or len(first) != len(last):
            return first, last, target
        start, end = int.from_bytes(first), int.from_bytes(last)
        end = min(end, start + LAST_CODE - max(0, target) if isinstance(target, int) else LAST_CODE)
        if end < start or (isinstance(target, int) and first[:-4] != last[:-4]):
            return ()
        self.budget.lay_out((end - start + 1) * (1 + (len(target) // LONG if isinstance(target, bytes) else 0)))
        return first, end.to_bytes(len(last)), target
