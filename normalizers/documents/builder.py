"""Lay out what a reader found as one ``Document``: repair the whole text once, then give every block and cell its span."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from normalizers.documents.blocks import RawBlock, tidy
from normalizers.documents.grid import RawCell, RawTable, blank_rows, drop_rows, split_banners
from normalizers.documents.structure import mark_structure
from normalizers.records import Block, BlockKind, Cell, Document, Hints, Repair, Span, Table
from normalizers.text.clean import clean
from normalizers.text.slips import suggest


@dataclass(frozen=True, slots=True)
class Source:
    """What a reader knows of the file as a whole."""

    name: str
    format: str
    encoding: str = ""
    repairs: tuple[Repair, ...] = ()
    warnings: tuple[str, ...] = ()


class _Layout:
    """Two texts that grow together: repaired and raw."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._raw: list[str] = []
        self.length = 0

    def put(self, text: str, raw: str) -> Span:
        """Append a piece and return its place in the repaired text."""
        start = self.length
        self._text.append(text)
        self._raw.append(raw)
        self.length += len(text)
        return Span(start, self.length)

    def part(self, mark: str) -> None:
        """Append what parts two pieces in both texts."""
        self._text.append(mark)
        self._raw.append(mark)
        self.length += len(mark)

    def put_cells(self, raw: RawTable) -> tuple[Cell, ...]:
        """Append the cells of a table, tabs between those of a row and line breaks between rows."""
        cells: list[Cell] = []
        above, end = -1, self.length
        for text, rowspan, colspan, origin, row, column, source in raw.cells:
            if cells:
                mark = "\t" if row == above else "\n"
                self._text.append(mark)
                self._raw.append(mark)
                end += 1
            self._text.append(text)
            self._raw.append(source or text)
            start, end = end, end + len(text)
            cells.append(Cell(row, column, text, Span(start, end), rowspan, colspan, origin))
            above = row
        self.length = end
        return tuple(cells)

    def result(self) -> tuple[str, str]:
        """Return the repaired and the raw text."""
        return "".join(self._text), "".join(self._raw)


def _pieces(blocks: Sequence[RawBlock]) -> list[str]:
    """Return every text in the order in which it is laid out."""
    out: list[str] = []
    for block in blocks:
        if block.table is None:
            out.append(block.text)
        else:
            out.extend(cell.text for cell in block.table.cells)
    return out


def _in_lines(text: str, pieces: Sequence[str]) -> Iterator[str]:
    """Yield ``text`` in parts of as many lines as each piece has."""
    lines = text.split("\n")
    counts = [piece.count("\n") + 1 for piece in pieces]
    if len(lines) != sum(counts):
        raise RuntimeError(f"clean() made {len(lines)} lines of {sum(counts)}: it must keep every line break.")
    at = 0
    for count in counts:
        yield lines[at].strip() if count == 1 else "\n".join(line.strip() for line in lines[at : at + count])
        at += count


def _repaired(blocks: Sequence[RawBlock]) -> tuple[list[RawBlock], tuple[Repair, ...], tuple[str, ...]]:
    """Return the blocks repaired. The whole is repaired at once, because a document's damage is learned from all of it."""
    pieces = _pieces(blocks)
    if not pieces:
        return [], (), ()
    cleaned = clean("\n".join(pieces))
    texts = _in_lines(cleaned.text, pieces)
    out: list[RawBlock] = []
    for block in blocks:
        if block.table is None:
            if text := next(texts):  # a balloon of tracked changes leaves nothing
                out.append(block._replace(text=text, raw=block.text))
        else:
            cells = tuple(_saying(cell, next(texts)) for cell in block.table.cells)
            out.append(block._replace(table=replace(block.table, cells=cells)))
    return out, cleaned.repairs, cleaned.warnings


def _saying(cell: RawCell, text: str) -> RawCell:
    """Return a cell with its text repaired, and as the source has it beside that; most cells are sound, and stay what they are."""
    return cell if text == cell.text else cell.saying(text, cell.text)


def _lay_out(blocks: Sequence[RawBlock], layout: _Layout) -> list[tuple[RawBlock, Span, Table | None]]:
    out: list[tuple[RawBlock, Span, Table | None]] = []
    for number, block in enumerate(blocks):
        if number:
            layout.part("\n")
        if block.table is None:
            out.append((block, layout.put(block.text, block.raw), None))
        else:
            start, raw = layout.length, block.table
            table = Table(raw.rows, raw.columns, layout.put_cells(raw), raw.merged)
            out.append((block, Span(start, layout.length), table))
    return out


def _addressed(laid: Sequence[tuple[RawBlock, Span, Table | None]], text: str) -> tuple[Block, ...]:
    blocks: list[Block] = []
    paragraphs = tables = 0
    for raw, span, table in laid:
        if table is None:
            paragraphs += 1
            address = f"p{paragraphs}"
        else:
            tables += 1
            address = f"tab{tables}"
        blocks.append(Block(raw.kind, text[span.start : span.end], span, address, raw.level, table, raw.origin))
    return tuple(blocks)


def _caption(cell: RawCell) -> RawBlock:
    return RawBlock(tidy(cell.text), origin=cell.origin, centred=True)


def _tidy_table(block: RawBlock, table: RawTable) -> list[RawBlock]:
    """Return a table without blank rows, its full-width edge rows as text before and after it."""
    cells = tuple(cell.saying(tidy(cell.text)) for cell in table.cells)
    table = replace(table, cells=cells)
    above, proper, below = split_banners(drop_rows(table, blank_rows(table)))
    out = [_caption(cell) for cell in above]
    if proper is not None and proper.rows:
        out.append(block._replace(kind=BlockKind.TABLE, table=proper, text=""))
    return out + [_caption(cell)._replace(centred=False) for cell in below]


def _tidied(blocks: Sequence[RawBlock]) -> list[RawBlock]:
    out: list[RawBlock] = []
    for block in blocks:
        if block.table is not None:
            out.extend(_tidy_table(block, block.table))
        elif text := tidy(block.text):
            out.append(block if text == block.text else block._replace(text=text))
    return out


def merge_repairs(repairs: Sequence[Repair]) -> tuple[Repair, ...]:
    """Return one ``Repair`` a kind, counts added up, without those that did and left nothing."""
    sums: dict[str, Repair] = {}
    for one in repairs:
        old = sums.get(one.kind, Repair(one.kind, 0))
        sums[one.kind] = Repair(one.kind, old.count + one.count, old.guessed + one.guessed, old.left + one.left)
    return tuple(one for one in sums.values() if one.count or one.left)


def build(blocks: Sequence[RawBlock], source: Source, hints: Hints) -> Document:
    """Return the document that a reader's blocks make.

    Every block's and cell's text stands at its span in ``Document.text``; blocks and rows end in a line break, cells in a tab.
    """
    repaired, repairs, warnings = _repaired(_tidied(blocks))
    marked = mark_structure(repaired, hints)
    layout = _Layout()
    laid = _lay_out(marked, layout)
    text, raw_text = layout.result()
    table_warnings = [warning for block in marked if block.table for warning in block.table.warnings]
    return Document(
        source=source.name,
        format=source.format,
        blocks=_addressed(laid, text),
        text=text,
        raw_text=raw_text,
        encoding=source.encoding,
        repairs=merge_repairs([*source.repairs, *repairs]),
        warnings=(*source.warnings, *table_warnings, *warnings),
        suggestions=suggest(text),
    )
