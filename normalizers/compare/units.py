"""A document in the pieces that its reader sees: headings, clauses, items of lists, rows of tables."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby, pairwise

from normalizers.compare.sameness import STOPS, item_numbers
from normalizers.differences import Unit, UnitKind
from normalizers.documents.structure import heading_level
from normalizers.records import Block, BlockKind, Cell, Document, Span, Table

MOST = 10_000
"""Pieces of text that a document is cut into; of more lines, several make one piece."""

_INSIDE = re.compile(r"\S(?:.*\S)?", re.DOTALL)
_NUMBER = re.compile(r"\s*[（(]?[\d.一二三四五六七八九十百]{1,8}[)）.、．]?\s*")
_BREAK = "\n"


def units(document: Document) -> tuple[Unit, ...]:
    """Return the units of a document in reading order; they do not overlap, and what lies between them is blank."""
    found: list[Unit] = []
    path = _Path()
    for block, joined in _grouped(document):
        if block.table is None:
            found += _of_text(document.text, block, path, joined=joined)
        else:
            found += _of_table(document.text, block.table, block.address, path.joined)
    return tuple(found)


def rows_of(table: Table) -> list[list[Cell]]:
    """Return the cells of a table row by row; rows that only cells from above reach into are left out."""
    rows: dict[int, list[Cell]] = defaultdict(list)
    for cell in table.cells:
        rows[cell.row].append(cell)
    return [rows[row] for row in sorted(rows)]


def _whole(document: Document) -> Block:
    """Return a document without blocks as one block."""
    return Block(BlockKind.PARAGRAPH, document.text, Span(0, len(document.text)), "")


def _grouped(document: Document) -> Iterator[tuple[Block, bool]]:
    """Yield the blocks of a document, paragraphs joined where there are too many, and whether one is joined."""
    if not document.blocks:
        yield _whole(document), False
    size = 1 + len(document.blocks) // MOST
    for plain, blocks in groupby(document.blocks, key=lambda block: size > 1 and block.kind is BlockKind.PARAGRAPH):
        some = list(blocks)
        if not plain:
            yield from ((block, False) for block in some)
            continue
        for group in (some[at : at + size] for at in range(0, len(some), size)):
            span = Span(group[0].span.start, group[-1].span.end)
            yield replace(group[0], text=document.text[span.start : span.end], span=span), True


class _Path:
    """The headings above a place; a heading ends those of its own and of deeper levels."""

    def __init__(self) -> None:
        self._open: list[tuple[int, str]] = []
        self.joined = ""

    def enter(self, level: int, text: str) -> None:
        """Take the heading in that begins here."""
        self._open = [(above, name) for above, name in self._open if above < level]
        self._open.append((level, " ".join(text.split())))
        self.joined = " / ".join(name for _, name in self._open)


def _of_text(source: str, block: Block, path: _Path, *, joined: bool) -> Iterator[Unit]:
    marked = block.kind in (BlockKind.HEADING, BlockKind.TITLE)
    for start, end, number in _pieces(source, block, whole=marked or joined):
        text = source[start:end]
        level = block.level if block.kind is BlockKind.HEADING else 0 if marked or number == "" else heading_level(text)
        kind = UnitKind.HEADING if marked or level else UnitKind.ITEM if number else UnitKind.CLAUSE
        above = path.joined
        if level:
            path.enter(level, text)
            above = path.joined.rpartition(" / ")[0]
        yield Unit(kind, block.address, above, number, text, Span(start, end))


def _pieces(source: str, block: Block, *, whole: bool) -> Iterator[tuple[int, int, str]]:
    """Yield the pieces of a block with their printed numbers: its lines, cut again where an item begins behind a full stop."""
    start, end = block.span.start, block.span.end
    found = list(item_numbers(source, start, end))
    numbers = {last - len(source[first:last].lstrip()): source[first:last].strip() for first, last in found}
    cuts = {start, end}
    if not whole:
        cuts.update(first for first, _ in found if first > start and source[first - 1] in STOPS)
        position = source.find(_BREAK, start, end)
        while position >= 0:
            cuts.add(position + 1)
            position = source.find(_BREAK, position + 1, end)
    ordered = sorted(cuts)
    for first, last in pairwise([*ordered[: -1 : 1 + len(ordered) // MOST], end]):
        if inside := _INSIDE.search(source, first, last):
            yield inside.start(), inside.end(), numbers.get(inside.start(), "")


def _of_table(source: str, table: Table, address: str, path: str) -> Iterator[Unit]:
    for row in rows_of(table):
        filled = [cell for cell in row if cell.text.strip()]
        if filled:
            start, end = min(cell.span.start for cell in filled), max(cell.span.end for cell in filled)
            number = next((cell.text.strip() for cell in filled[:1] if _NUMBER.fullmatch(cell.text)), "")
            cells, columns = tuple(cell.span for cell in row), tuple(cell.column + 1 for cell in row)
            yield Unit(UnitKind.ROW, f"{address}.r{row[0].row + 1}", path, number, source[start:end], Span(start, end), cells, columns)
