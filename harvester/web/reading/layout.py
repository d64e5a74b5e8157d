"""The blocks of a stored text: those of its file where it still reads so, else by the lines of the text itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import groupby

from normalizers.documents.structure import heading_level
from normalizers.records import Block, BlockKind, Cell, Span, Table

MOST_LINES = 6000
"""Lines of a text that is held against another reading of it; a longer one is shown by its lines."""


def laid_out(text: str, title: str, read: Sequence[Block]) -> tuple[tuple[Block, ...], bool]:
    """Return the blocks of ``text`` in reading order, and whether they are those of the file, every one.

    ``read`` is the same file as it is read today: where a better reader changed lines, its blocks no longer hold, and the lines of the
    stored text are blocks by themselves.
    """
    if read and all(text[block.span.start : block.span.end] == block.text for block in read) and read[-1].span.end == len(text):
        return tuple(read), True
    starts = _starts(text)
    kept = list(_kept(text, starts, read)) if read and len(starts) <= MOST_LINES else []
    return _addressed([*_filled(text, starts, title, kept)]), False


def _starts(text: str) -> list[int]:
    return [0, *(at + 1 for at, char in enumerate(text) if char == "\n")]


def _kept(text: str, starts: Sequence[int], read: Sequence[Block]) -> Iterator[tuple[int, int, Block]]:
    """Yield the blocks of another reading that stand in the text line by line: first line, line behind the last, the block there."""
    lines = [block.text.split("\n") for block in read]
    theirs = [line for some in lines for line in some]
    matcher = SequenceMatcher(None, theirs, text.split("\n"), autojunk=False)
    ours = {a + n: b + n for a, b, size in matcher.get_matching_blocks() for n in range(size)}
    first = 0
    for block, some in zip(read, lines, strict=True):
        places = [ours.get(first + n) for n in range(len(some))]
        first += len(some)
        if places[0] is not None and places == list(range(places[0], places[0] + len(places))):
            yield places[0], places[0] + len(places), _moved(block, starts[places[0]] - block.span.start)


def _moved(block: Block, by: int) -> Block:
    if block.table is None:
        return replace(block, span=_shift(block.span, by))
    cells = tuple(replace(cell, span=_shift(cell.span, by)) for cell in block.table.cells)
    return replace(block, span=_shift(block.span, by), table=replace(block.table, cells=cells))


def _shift(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)


def _filled(text: str, starts: Sequence[int], title: str, kept: Sequence[tuple[int, int, Block]]) -> Iterator[Block]:
    at = 0
    for first, behind, block in kept:
        yield from _of_lines(text, starts, title, at, first)
        yield block
        at = behind
    yield from _of_lines(text, starts, title, at, len(starts))


def _of_lines(text: str, starts: Sequence[int], title: str, first: int, behind: int) -> Iterator[Block]:
    """Yield blocks of lines: a table of lines with tabs, a heading or a paragraph of any other."""
    spans = [Span(starts[n], starts[n + 1] - 1 if n + 1 < len(starts) else len(text)) for n in range(first, behind)]
    for tabbed, some in groupby(spans, key=lambda span: "\t" in text[span.start : span.end]):
        run = list(some)
        if tabbed:
            yield _table(text, run)
            continue
        for span in run:
            line = text[span.start : span.end]
            if line.strip():
                yield _line(line, span, title)


def _line(line: str, span: Span, title: str) -> Block:
    if title and line.strip() == title:
        return Block(BlockKind.TITLE, line, span, "")
    level = heading_level(line.strip())
    return Block(BlockKind.HEADING if level else BlockKind.PARAGRAPH, line, span, "", level)


def _table(text: str, lines: Sequence[Span]) -> Block:
    cells: list[Cell] = []
    for row, line in enumerate(lines):
        at = line.start
        for column, piece in enumerate(text[line.start : line.end].split("\t")):
            cells.append(Cell(row, column, piece, Span(at, at + len(piece))))
            at += len(piece) + 1
    span = Span(lines[0].start, lines[-1].end)
    table = Table(len(lines), 1 + max(cell.column for cell in cells), tuple(cells), merged=False)
    return Block(BlockKind.TABLE, text[span.start : span.end], span, "", table=table)


def _addressed(blocks: Sequence[Block]) -> tuple[Block, ...]:
    out, counts = [], {"p": 0, "tab": 0}
    for block in blocks:
        name = "p" if block.table is None else "tab"
        counts[name] += 1
        out.append(replace(block, address=f"{name}{counts[name]}"))
    return tuple(out)
