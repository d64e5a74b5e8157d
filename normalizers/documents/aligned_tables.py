"""Tables in plain text whose columns are held apart by blanks, as ``pdftotext -layout`` and old e-mails write them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from normalizers.documents.blocks import display_width
from normalizers.documents.columns import Columns, Piece, PlacedLine, crosses, find_columns, read_columns
from normalizers.documents.labels import column_of, is_header, is_label
from normalizers.documents.row_breaks import is_number
from normalizers.documents.structure import heading_level
from normalizers.documents.textlines import Found, Line, next_filled, text_table

_FIELD = re.compile(r"[^\s　]+")
_APART = re.compile(r"\S[ \xa0]{2,}\S|\S　+\S|^\s{8}")
MAX_BLANK = 6
"""Blank lines in a row that a table may hold; between pages there may be any number."""
MAX_BODY = 20_000
"""Lines of one table."""
HEADER_LINES = 4
"""Lines of the tallest header, a label broken in its narrow column."""
LABEL_PART = 14
"""Characters of the longest part of a label."""
SLACK = 2.0
"""Half squares by which a text may reach over the edge of its column."""
Measure = Callable[[str], int]


def _placed(line: Line, text: str, top: int, measure: Measure) -> PlacedLine:
    pieces = []
    for found in _FIELD.finditer(text):
        start = measure(text[: found.start()])
        pieces.append(Piece(start, start + measure(found.group()), found.group()))
    return PlacedLine(tuple(pieces), top, top + 1, line.number, line.page)


@dataclass(frozen=True, slots=True)
class _Header:
    """A header's labels as recognised, as printed, where they stand, and the index of the first line after them."""

    labels: list[str]
    printed: list[str]
    place: PlacedLine
    stop: int


def _merged(pieces: Sequence[tuple[Piece, str]]) -> list[tuple[Piece, str]]:
    """Return pieces of several lines put together where they stand one under the other."""
    out: list[tuple[Piece, str]] = []
    for piece, seen in sorted(pieces, key=lambda pair: pair[0].start):
        if out and piece.start < out[-1][0].stop:
            last, said = out[-1]
            out[-1] = Piece(last.start, max(last.stop, piece.stop), last.text + piece.text), said + seen
        else:
            out.append((piece, seen))
    return out


def _labelled(clusters: Sequence[tuple[Piece, str]]) -> list[tuple[Piece, str]]:
    """Return clusters with those joined that make a label only together: 序 号."""
    out: list[tuple[Piece, str]] = []
    for piece, seen in clusters:
        last = out[-1] if out else None
        if last and piece.start - last[0].stop <= 6 and is_label(last[1] + seen) and not (is_label(last[1]) and is_label(seen)):
            out[-1] = Piece(last[0].start, piece.stop, last[0].text + piece.text), last[1] + seen
        else:
            out.append((piece, seen))
    return out


def _window(lines: Sequence[Line], start: int) -> list[int]:
    """Return the indices of the lines from ``start`` on that may be parts of a header."""
    out: list[int] = []
    at = start
    while at < len(lines) and len(out) < HEADER_LINES and at - start < 2 * HEADER_LINES:
        if not lines[at].blank:
            if any(len(token) > LABEL_PART for token in lines[at].seen.split()):
                break
            out.append(at)
        at += 1
    return out


def _find_header(lines: Sequence[Line], start: int, measure: Measure) -> _Header | None:
    """Return the header that begins at ``start``, in as many lines as make the most of its words labels."""
    window = _window(lines, start)
    best: tuple[int, _Header] | None = None
    pieces: list[tuple[Piece, str]] = []
    for at in window:
        printed = _placed(lines[at], lines[at].raw.expandtabs(8), at, measure)
        seen = _FIELD.findall(lines[at].seen)
        if len(seen) != len(printed.pieces):
            break
        pieces += zip(printed.pieces, seen, strict=True)
        found = _labelled(_merged(pieces))
        labels = [text for _, text in found]
        known = sum(column_of(label) != "" for label in labels)
        score = known - 2 * (len(labels) - known)
        words = {word for _, word in pieces}
        whole = all(column_of(label) or label in words for label in labels)  # what is put together of several lines must be a label
        if len(labels) >= 2 and whole and is_header(labels) and (best is None or score > best[0]):
            place = PlacedLine(tuple(piece for piece, _ in found), start, at + 1, lines[start].number, lines[start].page)
            best = score, _Header(labels, [piece.text for piece in place.pieces], place, at + 1)
    return best[1] if best else None


@dataclass(slots=True)
class _Body:
    """The lines under a header: groups of rows' lines, each section's heading alone between them, and the index after the last.

    ``headers`` are the header as it stands on each page; converters lay out every page anew.
    """

    groups: list[list[PlacedLine]]
    stop: int
    headers: dict[int, PlacedLine] = field(default_factory=dict)


class _Reader:
    """Collects the lines under a header up to the first that cannot be a part of rows."""

    def __init__(self, lines: Sequence[Line], start: int, header: _Header, measure: Measure) -> None:
        self.lines, self.start, self.header, self.measure = lines, start, header, measure
        self.words = ["".join(lines[at].seen.split()) for at in range(start, header.stop) if not lines[at].blank]
        self.numbered = column_of(header.labels[0]) == "number"

    def place(self, at: int, page: int = 0) -> PlacedLine:
        return replace(_placed(self.lines[at], self.lines[at].raw.expandtabs(8), at, self.measure), page=page)

    def repeated(self, at: int) -> int:
        """Return the index after the header that stands again at ``at``, ``at`` itself where it does not."""
        stop = at
        for word in self.words:
            stop = next_filled(self.lines, stop)
            if stop >= len(self.lines) or "".join(self.lines[stop].seen.split()) != word:
                return at
            stop += 1
        return stop

    def is_banner(self, at: int, placed: PlacedLine, header: PlacedLine) -> bool:
        """Tell whether a line is a section's heading within the table: numbered, alone, at the left, and a row right below it."""
        below = next_filled(self.lines, at + 1)
        first = self.header.place.pieces[0]
        text = self.lines[at].seen.strip()
        if not heading_level(text) or below >= len(self.lines) or placed.pieces[0].start > first.stop or is_number(text):
            return False
        if not self.numbered and (len(placed.pieces) > 1 or placed.pieces[0].stop <= self.header.place.pieces[1].start):
            return False
        return not crosses(self.place(below), header)

    def is_text(self, placed: PlacedLine, blank: int) -> bool:
        """Tell whether a line begins the text below a table of numbered rows."""
        first = placed.pieces[0]
        words = first.text
        if len(placed.pieces) > 1 and placed.pieces[1].start - first.stop > 1:
            return False
        at_left = first.start < self.header.place.pieces[0].stop
        if self.numbered:
            return at_left and not is_number(words) and (len(words) > 6 or blank > 1)
        return at_left and blank > 1 and len(placed.pieces) == 1 and (len(words) > 12 or blank > 2)

    def read(self) -> _Body:
        header, page = self.header.place, 0
        body = _Body([[]], self.header.stop, {0: header})
        at, blank = self.header.stop, 0
        limit = min(len(self.lines), at + MAX_BODY)
        while at < limit:
            if self.lines[at].blank:
                at, blank = at + 1, blank + 1
                continue
            paged = self.lines[at].page != self.lines[body.stop - 1].page
            if (after := self.repeated(at)) > at:
                again = _find_header(self.lines[at:after], 0, self.measure)
                header = again.place if again and len(again.labels) == len(self.header.labels) else header
                page += 1
                body.headers[page] = header
                at, blank, body.stop = after, 0, after
                continue
            if paged:
                page += 1
                body.headers[page] = header
            elif blank > MAX_BLANK:
                break
            placed = self.place(at, page)
            if self.is_banner(at, placed, header):
                body.groups += [[placed], []]
            elif (not paged and crosses(placed, header)) or self.is_text(placed, 0 if paged else blank):
                break
            else:
                body.groups[-1].append(placed)
            at, blank, body.stop = at + 1, 0, at + 1
        return body


@dataclass(frozen=True, slots=True)
class _Read:
    """A header, the lines under it, and the columns of each page."""

    header: _Header
    body: _Body
    columns: dict[int, Columns]

    @property
    def worth(self) -> tuple[int, float]:
        """How well the columns hold: lines read less pieces across their edges, then the room between columns."""
        lines = sum(map(len, self.body.groups))
        return lines - 2 * sum(one.crossed for one in self.columns.values()), sum(one.room for one in self.columns.values())


def _read(lines: Sequence[Line], start: int, measure: Measure) -> _Read | None:
    header = _find_header(lines, start, measure)
    if header is None:
        return None
    body = _Reader(lines, start, header, measure).read()
    pages: dict[int, list[PlacedLine]] = {page: [] for page in body.headers}
    for group in body.groups[::2]:
        for line in group:
            pages[line.page].append(line)
    if not any(pages.values()):
        return None
    return _Read(header, body, {page: find_columns(body.headers[page], rows) for page, rows in pages.items()})


def _trim(body: _Body, columns: dict[int, Columns]) -> None:
    """Take the lines off a body's end that run over the edges of its columns."""
    while body.groups[-1] and columns[body.groups[-1][-1].page].crosses(body.groups[-1][-1], SLACK):
        body.stop = int(body.groups[-1].pop().top)


def read_aligned(lines: Sequence[Line], start: int) -> Found | None:
    """Return the table whose labels stand apart by blanks, its cells below them.

    Converters count a Chinese character as one place or as two: the count by which the columns stand clearer is taken.
    """
    if len(lines[start].seen) > 300 or not any(
        _APART.search(lines[at].raw.expandtabs(8)) for at in range(start, min(start + 6, len(lines)))
    ):
        return None
    found = [read for measure in (len, display_width) if (read := _read(lines, start, measure))]
    if not found:
        return None
    best = max(found, key=lambda read: read.worth)
    header, body, columns = best.header, best.body, best.columns
    _trim(body, columns)
    filled = [line for group in body.groups for line in group]
    if sum(len(line.pieces) > 1 for line in filled) < max(1, len(filled) // 8):
        return None
    kinds = [column_of(label) for label in header.labels]
    rows: list[tuple[int, list[str]]] = [(lines[start].number, header.printed)]
    warnings: tuple[str, ...] = ()
    for place, group in enumerate(body.groups):
        if place % 2:
            rows.append((group[0].number, [" ".join(piece.text for piece in group[0].pieces)]))
        elif group:
            read = read_columns(group, columns, kinds)
            rows += read.rows
            warnings += read.warnings
    if len(rows) < 2:
        return None
    return Found(replace(text_table(rows), warnings=tuple(dict.fromkeys(warnings))), body.stop)
