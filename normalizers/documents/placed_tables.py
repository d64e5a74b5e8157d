"""Find the header of a table drawn by place alone, in a text or on a pdf page, and read the rows below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from normalizers.documents.columns import Columns, Piece, PlacedLine, crosses, find_columns, read_columns
from normalizers.documents.labels import column_of, is_header, is_label
from normalizers.documents.row_breaks import is_number
from normalizers.documents.structure import heading_level

MAX_BLANK = 6
"""Blank lines in a row that a table may hold; between pages there may be any number."""
MAX_BODY = 20_000
"""Lines of one table."""
HEADER_LINES = 4
"""Lines of the tallest header, a label broken in its narrow column."""
LABEL_PART = 14
"""Characters of the longest part of a label; a whole label with a bracket behind it may be longer."""
LABEL_GAP = 6
"""Blanks at most between the letters of a spaced label: 序   号."""
SLACK = 2.0
"""Blanks by which a text may reach over the edge of its column."""


class Sheet(Protocol):
    """Printed lines, none of them blank, counted from where a table may begin."""

    unit: float

    def has(self, at: int) -> bool:
        """Tell whether there is a line ``at``."""

    def placed(self, at: int) -> PlacedLine:
        """Return the pieces of a line and where they stand; ``page`` is the page of the paper."""

    def seen(self, at: int) -> list[str]:
        """Return the pieces as they are recognised by: repaired, in simplified script."""

    def blanks(self, at: int) -> int:
        """Return how many blank lines stand before a line."""


@dataclass(frozen=True, slots=True)
class Header:
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


def _labelled(clusters: Sequence[tuple[Piece, str]], unit: float) -> list[tuple[Piece, str]]:
    """Return clusters with those joined that make a label only together: 序 号."""
    out: list[tuple[Piece, str]] = []
    for piece, seen in clusters:
        last = out[-1] if out else None
        if (
            last
            and piece.start - last[0].stop <= LABEL_GAP * unit
            and is_label(last[1] + seen)
            and not (is_label(last[1]) and is_label(seen))
        ):
            out[-1] = Piece(last[0].start, piece.stop, last[0].text + piece.text), last[1] + seen
        else:
            out.append((piece, seen))
    return out


def find_header(sheet: Sheet, start: int, limit: int = HEADER_LINES) -> Header | None:
    """Return the header that begins at ``start``, in as many lines as make the most of its words labels."""
    best: tuple[int, Header] | None = None
    pieces: list[tuple[Piece, str]] = []
    for at in range(start, start + limit):
        if not sheet.has(at):
            break
        printed, seen = sheet.placed(at), sheet.seen(at)
        long = any(len(word) > LABEL_PART and not column_of(word) for word in seen)
        if len(seen) != len(printed.pieces) or long or (at > start and sheet.blanks(at) > 1):
            break
        pieces += zip(printed.pieces, seen, strict=True)
        found = _labelled(_merged(pieces), sheet.unit)
        labels = [text for _, text in found]
        known = sum(column_of(label) != "" for label in labels)
        score = known - 2 * (len(labels) - known)
        words = {word for _, word in pieces}
        whole = all(column_of(label) or label in words for label in labels)  # what is put together of several lines must be a label
        if len(labels) >= 2 and whole and is_header(labels) and (best is None or score > best[0]):
            top = sheet.placed(start)
            place = replace(printed, pieces=tuple(piece for piece, _ in found), top=top.top, number=top.number)
            best = score, Header(labels, [piece.text for piece in place.pieces], place, at + 1)
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

    def __init__(self, sheet: Sheet, start: int, header: Header) -> None:
        self.sheet, self.header = sheet, header
        self.words = ["".join(sheet.seen(at)) for at in range(start, header.stop)]
        self.numbered = column_of(header.labels[0]) == "number"

    def repeated(self, at: int) -> int:
        """Return the index after the header that stands again at ``at``, ``at`` itself where it does not."""
        for step, word in enumerate(self.words):
            if not self.sheet.has(at + step) or "".join(self.sheet.seen(at + step)) != word:
                return at
        return at + len(self.words)

    def is_other(self, at: int) -> bool:
        """Tell whether another table's labels stand in a line: all of it labels, at least three, of its own."""
        words = self.sheet.seen(at)
        return len(words) > 2 and all(column_of(word) for word in words) and is_header(words) and words != self.header.labels

    def is_banner(self, at: int, header: PlacedLine) -> bool:
        """Tell whether a line is a section's heading within the table: numbered, alone, at the left, and a row right below it."""
        placed, text = self.sheet.placed(at), " ".join(self.sheet.seen(at))
        if not heading_level(text) or not self.sheet.has(at + 1) or placed.pieces[0].start > header.pieces[0].stop or is_number(text):
            return False
        if not self.numbered and (len(placed.pieces) > 1 or placed.pieces[0].stop <= header.pieces[1].start):
            return False
        return not crosses(self.sheet.placed(at + 1), header)

    def is_text(self, placed: PlacedLine, header: PlacedLine, blank: int) -> bool:
        """Tell whether a line begins the text below a table of numbered rows."""
        first = placed.pieces[0]
        if len(placed.pieces) > 1 and placed.pieces[1].start - first.stop > self.sheet.unit:
            return False
        at_left = first.start < header.pieces[0].stop
        if self.numbered:
            return at_left and not is_number(first.text) and (len(first.text) > 6 or blank > 1)
        return at_left and blank > 1 and len(placed.pieces) == 1 and (len(first.text) > 12 or blank > 2)

    def read(self) -> _Body:
        sheet, header, page = self.sheet, self.header.place, 0
        body = _Body([[]], self.header.stop, {0: header})
        at = self.header.stop
        while sheet.has(at) and at < MAX_BODY:
            placed, blank = sheet.placed(at), sheet.blanks(at)
            paged = placed.page != sheet.placed(at - 1).page
            if (after := self.repeated(at)) > at:
                again = find_header(sheet, at, after - at)
                header = again.place if again and len(again.labels) == len(self.header.labels) else header
                page += 1
                body.headers[page] = header
                at = body.stop = after
                continue
            if self.is_other(at):
                break
            if paged:
                page += 1
                body.headers[page] = header
            elif blank > MAX_BLANK:
                break
            placed = replace(placed, page=page, index=at)
            if self.is_banner(at, header):
                body.groups += [[placed], []]
            elif (not paged and crosses(placed, header)) or self.is_text(placed, header, 0 if paged else blank):
                break
            else:
                body.groups[-1].append(placed)
            at = body.stop = at + 1
        return body


@dataclass(frozen=True, slots=True)
class PlacedTable:
    """A header, the lines under it, and the columns of each page."""

    header: Header
    body: _Body
    columns: dict[int, Columns]

    @property
    def worth(self) -> tuple[int, float]:
        """How well the columns hold: lines read less what lies across their edges, then the room between columns."""
        lines = sum(map(len, self.body.groups))
        return lines - 2 * sum(one.crossed for one in self.columns.values()), sum(one.room for one in self.columns.values())

    @property
    def stop(self) -> int:
        """The index of the first line after the table."""
        return self.body.stop

    def rows(self) -> tuple[list[tuple[int, list[str]]], tuple[str, ...]]:
        """Return the rows below the header, sections' headings as rows of one text, and warnings; no rows where there is no table."""
        filled = [line for group in self.body.groups for line in group]
        if sum(len(line.pieces) > 1 for line in filled) < max(1, len(filled) // 8):
            return [], ()
        kinds = [column_of(label) for label in self.header.labels]
        rows: list[tuple[int, list[str]]] = []
        warnings: tuple[str, ...] = ()
        for place, group in enumerate(self.body.groups):
            if place % 2:
                rows.append((group[0].number, [" ".join(piece.text for piece in group[0].pieces)]))
            elif group:
                read = read_columns(group, self.columns, kinds)
                rows += read.rows
                warnings += read.warnings
        return rows, tuple(dict.fromkeys(warnings))


def read_placed(sheet: Sheet, start: int) -> PlacedTable | None:
    """Return the table whose header begins at ``start``, ``None`` where none does."""
    header = find_header(sheet, start)
    if header is None:
        return None
    body = _Reader(sheet, start, header).read()
    pages: dict[int, list[PlacedLine]] = {page: [] for page in body.headers}
    for group in body.groups[::2]:
        for line in group:
            pages[line.page].append(line)
    if not any(pages.values()):
        return None
    columns = {page: find_columns(body.headers[page], lines, sheet.unit) for page, lines in pages.items()}
    while body.groups[-1] and columns[body.groups[-1][-1].page].crosses(body.groups[-1][-1], SLACK * sheet.unit):
        body.stop = body.groups[-1].pop().index
    return PlacedTable(header, body, columns)
