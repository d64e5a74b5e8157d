"""Characters of a pdf page put into lines, and lines into paragraphs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from statistics import median
from typing import Any

from normalizers.documents.blocks import is_wide, join_lines
from normalizers.documents.chrome import is_page_number
from normalizers.documents.columns import Piece, PlacedLine
from normalizers.documents.structure import LABEL_LINE, heading_level

Char = dict[str, Any]
"""A character as pdfplumber gives it: ``text``, ``x0``, ``x1``, ``top``, ``bottom``, ``size``, ``upright`` …"""

EDGE_LINES = 2
"""Running headers and footers are among so many lines from the edge of a page."""
MARGIN = 0.12
"""Share of a page's height that its margin takes at most; on official paper the text begins at 0.125 (GB/T 9704-2012, 5.2.1)."""
MANY_PAGES = 3
"""Pages from which on repetition alone tells a header."""
APART = 0.8
"""Type sizes between a header and the text below it."""
INDENT = 2
"""Characters by which the first line of a paragraph is drawn in (GB/T 9704-2012, 7.3.3)."""
GOING_ON = 0.04
"""Share of lines that begin at the edge where first lines are drawn in and most paragraphs are short."""
BLANK_GAP, COLUMN_GAP = 0.3, 1.2
"""Gaps, in type sizes, from which a blank is put between letters, and from which two pieces of a line stand apart."""
CELL_GAP = 0.12
"""The gap, in type sizes, from which two neighbours may be of two columns; letters of one word stand closer."""
_SENTENCE_ENDS = ("。", "；", "，")
_HANGING = frozenset("，。、；：）")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class TextLine:
    """One printed line: its text, its edges in points from the page's upper left, its type size and page (from 1)."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    page: int
    pieces: tuple[Piece, ...]
    words: tuple[Piece, ...] = ()

    def placed(self) -> PlacedLine:
        """Return the line as the column reader takes it, cut at every gap; pages lie below one another."""
        shift = (self.page - 1) * 10_000.0
        return PlacedLine(self.words or self.pieces, self.top + shift, self.bottom + shift, self.page, self.page)


def _rows(chars: Sequence[Char]) -> list[list[Char]]:
    """Return characters grouped by line: a character whose middle lies within a line's height belongs to it."""
    rows: list[list[Char]] = []
    edges: tuple[float, float] | None = None
    for char in sorted(chars, key=lambda char: (char["top"] + char["bottom"]) / 2):
        middle = (char["top"] + char["bottom"]) / 2
        if edges and edges[0] <= middle <= edges[1] and middle - edges[0] < 1.0 * (edges[1] - edges[0]):
            rows[-1].append(char)
        else:
            rows.append([char])
            height = char["bottom"] - char["top"]
            edges = middle - 0.3 * height, middle + 0.45 * height
    return [sorted(row, key=lambda char: char["x0"]) for row in rows]


def _gap_text(left: Char, right: Char) -> str:
    """Return what stands between two neighbours: nothing, a blank, or a tab for a gap between columns."""
    gap, size = right["x0"] - left["x1"], max(left["size"], right["size"], 1.0)
    if gap > COLUMN_GAP * size:
        return "\t"
    letters = not (is_wide(left["text"][-1:] or " ") and is_wide(right["text"][:1] or " "))
    return " " if gap > BLANK_GAP * size * (1 if letters else 3) else ""


def _pieces(row: Sequence[Char], gaps: Sequence[str], ends: Sequence[bool]) -> tuple[Piece, ...]:
    """Return the pieces of a line; ``gaps`` are what stands before each character, ``ends`` tell where a new piece begins."""
    pieces: list[Piece] = []
    start = 0
    for stop in range(1, len(row) + 1):
        if stop == len(row) or ends[stop]:
            text = row[start]["text"] + "".join(gaps[n] + row[n]["text"] for n in range(start + 1, stop))
            if text.strip():
                pieces.append(Piece(row[start]["x0"], row[stop - 1]["x1"], text.strip(), bool(pieces) and not gaps[start]))
            start = stop
    return tuple(pieces)


def _may_part(left: Char, right: Char) -> bool:
    """Tell whether two neighbours may stand in two columns of an unruled table: marks hang over a column's edge."""
    gap = right["x0"] - left["x1"]
    return bool(gap > CELL_GAP * max(left["size"], right["size"], 1.0)) or left["text"] in _HANGING


def _line(row: Sequence[Char], page: int) -> TextLine | None:
    gaps = ["", *(_gap_text(left, right) for left, right in pairwise(row))]
    pieces = _pieces(row, gaps, [gap == "\t" for gap in gaps])
    if not pieces:
        return None
    words = _pieces(row, [gap.strip("\t") for gap in gaps], [False, *(_may_part(left, right) for left, right in pairwise(row))])
    top, bottom = min(char["top"] for char in row), max(char["bottom"] for char in row)
    size = median(char["size"] for char in row)
    text = " ".join(piece.text for piece in pieces)
    return TextLine(text, pieces[0].start, pieces[-1].stop, top, bottom, size, page, pieces, words)


def text_lines(chars: Sequence[Char], page: int) -> list[TextLine]:
    """Return the lines that characters make, from top to bottom."""
    filled = [char for char in chars if char["text"].strip()]
    return [line for row in _rows(filled) if row and (line := _line(row, page))]


# --- running headers, page numbers -------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class PageLines:
    """The lines of one page outside its tables, and the upper and lower edge of the page in points."""

    lines: list[TextLine]
    top: float
    bottom: float

    def margin_indices(self) -> set[int]:
        """Return the lines that may be a header, a footer or a number: the outermost few, where they stand in the page's margin."""
        count, depth = len(self.lines), MARGIN * (self.bottom - self.top)
        head = {n for n in range(min(EDGE_LINES, count)) if self.lines[n].bottom < self.top + depth}
        foot = {n for n in range(max(0, count - EDGE_LINES), count) if self.lines[n].top > self.bottom - depth}
        return {n for n in head | foot if not self.lines[n].text.endswith(_SENTENCE_ENDS)}

    def stands_apart(self, n: int) -> bool:
        """Tell whether a line at an edge is smaller print than the page's text, or keeps a distance from it, and is no title."""
        line = self.lines[n]
        usual = median(one.size for one in self.lines)
        beside = n + 1 if n < len(self.lines) / 2 else n - 1
        if not 0 <= beside < len(self.lines) or line.size > 1.05 * usual:
            return False
        other = self.lines[beside]
        return line.size < 0.95 * usual or max(other.top - line.bottom, line.top - other.bottom) > APART * line.size


def _key(line: TextLine) -> tuple[str, int]:
    return _DIGITS.sub("#", line.text), round(line.top / 6)


def running_lines(pages: Sequence[PageLines]) -> set[tuple[str, int]]:
    """Return the keys of lines in the margins of pages that come again at the same place on half of them, three at least.

    Of two pages, a line must also stand apart from the text: two copies of one form have their first lines in common.
    """
    enough = len(pages) >= MANY_PAGES
    found = [{_key(page.lines[n]) for n in page.margin_indices() if enough or page.stands_apart(n)} for page in pages]
    counts = Counter(key for keys in found for key in keys)
    return {key for key, count in counts.items() if count >= max(MANY_PAGES if enough else 2, (len(pages) + 1) // 2)}


def without_running(page: PageLines, running: set[tuple[str, int]]) -> tuple[list[TextLine], int]:
    """Return a page's lines without running headers and page numbers, and how many went."""
    margin = page.margin_indices()
    numbers = {n for n in _outermost(len(page.lines)) if _is_number(page.lines[n], alone=n in margin)}
    gone = numbers | {n for n in margin if _key(page.lines[n]) in running}
    edges = {*takewhile(gone.__contains__, range(len(page.lines))), *takewhile(gone.__contains__, range(len(page.lines))[::-1])}
    gone = numbers | (gone & edges)  # what stands between lines of the text is text
    return [line for n, line in enumerate(page.lines) if n not in gone], len(gone)


def _outermost(count: int) -> set[int]:
    return set(range(min(EDGE_LINES, count))) | set(range(max(0, count - EDGE_LINES), count))


def _is_number(line: TextLine, *, alone: bool) -> bool:
    return is_page_number(line.text) or (alone and line.text.isdigit() and len(line.text) <= 3)


# --- paragraphs --------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines put together; ``centred`` when they stand in the middle of the page's text."""

    text: str
    page: int
    centred: bool
    size: float


@dataclass(frozen=True, slots=True)
class Margins:
    """The edges of the text area in points."""

    left: float
    right: float


def margins(lines: Sequence[TextLine]) -> Margins:
    """Return the edges that most lines keep to."""
    if not lines:
        return Margins(0.0, 0.0)
    left = _flush(Counter(round(line.x0) for line in lines), median(line.size for line in lines))
    rights = sorted(line.x1 for line in lines)
    return Margins(min(left, min(line.x0 for line in lines) + 60), rights[int(len(rights) * 0.9)])


def _flush(starts: Counter[int], size: float) -> int:
    """Return where lines that go on begin: two characters left of where most begin, where enough do, for of short items most are first."""
    most = starts.most_common(1)[0][0]
    out = [x for x, count in starts.items() if abs(most - x - INDENT * size) < size / 2 and count >= GOING_ON * starts.total()]
    return min(out, default=most)


def _is_centred(line: TextLine, area: Margins) -> bool:
    left, right = line.x0 - area.left, area.right - line.x1
    return left > 2.5 * line.size and right > 1.5 * line.size and abs(left - right) < 2 * line.size


def _is_indented(line: TextLine, area: Margins) -> bool:
    return line.x0 > area.left + 1.2 * line.size


def _goes_on(before: TextLine, line: TextLine, area: Margins, leading: float) -> bool:
    """Tell whether ``line`` goes on with the paragraph that ``before`` belongs to."""
    if abs(before.size - line.size) > 0.15 * line.size or LABEL_LINE.match(line.text):
        return False
    if _is_centred(line, area) or _is_centred(before, area):
        return (
            _is_centred(line, area)
            and _is_centred(before, area)
            and before.size > 13
            and before.page == line.page
            and line.top - before.bottom < line.size
        )
    full = before.x1 > area.right - 2.2 * before.size
    indented = _is_indented(line, area)
    if heading_level(before.text) and not (full and _is_indented(before, area)):
        return False  # a numbered line drawn in and as long as the page is wide is the beginning of a sentence
    far = before.page == line.page and line.top - before.top > 1.7 * leading
    return full and not indented and not far and line.page - before.page <= 1


def paragraphs(lines: Sequence[TextLine], area: Margins) -> list[Paragraph]:
    """Return lines put together to paragraphs by indent, length and distance."""
    steps = [after.top - before.top for before, after in pairwise(lines) if after.page == before.page and after.top > before.top]
    leading = median(steps) if steps else 20.0
    indents = any(_is_indented(line, area) and not _is_centred(line, area) for line in lines)
    out: list[Paragraph] = []
    for number, line in enumerate(lines):
        before = lines[number - 1] if number else None
        ended = not indents and before is not None and before.text.endswith("。")  # nothing else tells a paragraph's end there
        if before and not ended and _goes_on(before, line, area, leading):
            last = out[-1]
            out[-1] = Paragraph(join_lines(last.text, line.text), last.page, last.centred, last.size)
        else:
            out.append(Paragraph(line.text, line.page, _is_centred(line, area), line.size))
    return out
