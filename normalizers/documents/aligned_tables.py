"""Tables in plain text whose columns are held apart by blanks, as ``pdftotext -layout`` and old e-mails write them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from normalizers.documents.blocks import display_width
from normalizers.documents.columns import Piece, PlacedLine
from normalizers.documents.placed_tables import read_placed
from normalizers.documents.textlines import Found, Line, text_table

_FIELD = re.compile(r"[^\s　]+")
_APART = re.compile(r"\S[ \xa0]{2,}\S|\S　+\S|^\s{8}")
UNITS = frozenset("年月日")
"""What goes on with a figure a blank before it: pdfs are read as 2031 年."""
LONGEST_HEADER = 300
"""Characters of the longest line that can be a header."""


class _TextSheet:
    """The filled lines of a text from one on, read as they are asked for."""

    unit = 1.0

    def __init__(self, lines: Sequence[Line], start: int, measure: Callable[[str], int]) -> None:
        self._lines, self._measure = lines, measure
        self._next = start
        self._filled: list[tuple[int, int]] = []
        self._placed: dict[int, PlacedLine] = {}

    def has(self, at: int) -> bool:
        blanks = 0
        while len(self._filled) <= at and self._next < len(self._lines):
            if self._lines[self._next].blank:
                blanks += 1
            else:
                self._filled.append((self._next, blanks))
                blanks = 0
            self._next += 1
        return at < len(self._filled)

    def line(self, at: int) -> int:
        """Return the index of a filled line among all lines."""
        return self._filled[at][0]

    def blanks(self, at: int) -> int:
        return self._filled[at][1] if self.has(at) else 0

    def seen(self, at: int) -> list[str]:
        return _FIELD.findall(self._lines[self.line(at)].seen)

    def placed(self, at: int) -> PlacedLine:
        if at not in self._placed:
            line = self._lines[self.line(at)]
            text = line.raw.expandtabs(8)
            pieces: list[Piece] = []
            width = last = 0
            for found in _FIELD.finditer(text):
                width += self._measure(text[last : found.start()])
                wide = self._measure(found.group())
                if pieces and found.start() == last + 1 and pieces[-1].text[-1].isdigit() and found.group()[0] in UNITS:
                    piece = pieces.pop()
                    pieces.append(Piece(piece.start, width + wide, piece.text + found.group()))
                else:
                    pieces.append(Piece(width, width + wide, found.group()))
                width, last = width + wide, found.end()
            top = self.line(at)
            self._placed[at] = PlacedLine(tuple(pieces), top, top + 1, line.number, line.page)
        return self._placed[at]


def read_aligned(lines: Sequence[Line], start: int) -> Found | None:
    """Return the table whose labels stand apart by blanks, its cells below them.

    Converters count a Chinese character as one place or as two: the count by which the columns stand clearer is taken.
    """
    near = lines[start : start + 6]
    if len(lines[start].seen) > LONGEST_HEADER or not any(_APART.search(line.raw[:LONGEST_HEADER].expandtabs(8)) for line in near):
        return None
    sheets = [_TextSheet(lines, start, measure) for measure in (len, display_width)]
    found = [(table, sheet) for sheet in sheets if (table := read_placed(sheet, 0))]
    if not found:
        return None
    table, sheet = max(found, key=lambda pair: pair[0].worth)
    rows, warnings = table.rows()
    if not rows:
        return None
    read = text_table([(lines[start].number, table.header.printed), *rows])
    return Found(replace(read, warnings=warnings), sheet.line(table.stop - 1) + 1)
