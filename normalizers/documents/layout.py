"""A document laid out anew from blocks that are already repaired: after some were cut, masked, or read back from a rendition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from normalizers.records import Block, Cell, Document, Span, Table
from normalizers.text.slips import suggest


@dataclass(slots=True)
class _Sheet:
    """The text as it grows."""

    parts: list[str]
    length: int = 0

    def put(self, text: str) -> Span:
        start = self.length
        self.parts.append(text)
        self.length += len(text)
        return Span(start, self.length)


def _placed_table(sheet: _Sheet, table: Table) -> Table:
    cells: list[Cell] = []
    for cell in table.cells:
        if cells:
            sheet.put("\t" if cell.row == cells[-1].row else "\n")
        span = sheet.put(cell.text)
        cells.append(Cell(cell.row, cell.column, cell.text, span, cell.rowspan, cell.colspan, cell.origin))
    return Table(table.rows, table.columns, tuple(cells), table.merged)


def _placed(blocks: Sequence[Block], sheet: _Sheet) -> list[Block]:
    out: list[Block] = []
    tables = 0
    for number, block in enumerate(blocks):
        if number:
            sheet.put("\n")
        if block.table is None:
            address = f"p{number + 1 - tables}"
            out.append(replace(block, span=sheet.put(block.text), address=address))
            continue
        tables += 1
        start = sheet.length
        table = _placed_table(sheet, block.table)
        out.append(replace(block, span=Span(start, sheet.length), address=f"tab{tables}", table=table))
    return out


def laid_out(document: Document, blocks: Sequence[Block]) -> Document:
    """Return a document of these blocks, whatever spans, addresses and texts of tables they came with.

    Its raw text is its text: what was cut or masked must not live on in it. Everything else is taken from ``document``.
    """
    sheet = _Sheet([])
    placed = _placed(blocks, sheet)
    text = "".join(sheet.parts)
    told = tuple(replace(block, text=text[block.span.start : block.span.end]) for block in placed)
    return replace(document, blocks=told, text=text, raw_text=text, suggestions=suggest(text))
