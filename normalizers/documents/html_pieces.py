"""Tables that a page does not draw as one ``<table>``: rows of boxes, and one table pasted in several pieces."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from normalizers.documents.blocks import RawBlock
from normalizers.documents.grid import RawTable, fold_empty_tracks
from normalizers.documents.html_tree import Skip, tag_of, words
from normalizers.documents.labels import column_of, is_header
from normalizers.documents.textlines import row_number
from normalizers.records import BlockKind

MAX_COLUMNS = 12
"""Boxes of one row of the widest table that is drawn of boxes."""
LABEL_LENGTH = 40
LEAST_TEXT = 12
"""Characters of a cell that is no label of a column."""


def box_rows(element: etree._Element, skip: Skip) -> list[list[etree._Element]]:
    """Return the cells of a table drawn of boxes, row by row, none where an element is no such table.

    All its children are rows of the same number of boxes, and the first row's boxes are labels of columns.
    """
    if tag_of(element) not in words("row_groups"):
        return []
    rows: list[list[etree._Element]] = []
    for row in element:
        if skip(row):
            continue
        cells = [cell for cell in row if not skip(cell)] if tag_of(row) in words("rows") else []
        if not 1 < len(cells) <= MAX_COLUMNS or (rows and len(cells) != len(rows[0])) or not _only_boxes(row, cells):
            return []
        if not rows and not is_header([_short_text(cell) for cell in cells]):
            return []
        rows.append(cells)
    return rows if len(rows) > 1 else []


def _only_boxes(row: etree._Element, cells: Sequence[etree._Element]) -> bool:
    """Tell whether nothing stands in a row beside its boxes."""
    loose = [row.text, *(cell.tail for cell in row)]
    return all(tag_of(cell) in words("boxes") for cell in cells) and not any((text or "").strip() for text in loose)


def _short_text(cell: etree._Element) -> str:
    text = ""
    for part in cell.itertext():
        text += str(part).strip()
        if len(text) > LABEL_LENGTH:
            break
    return text


# --- in pieces -------------------------------------------------------------------------------------------------------------------


def joined(blocks: Sequence[RawBlock]) -> list[RawBlock]:
    """Return the blocks with tables that follow one another put together where the second goes on with the first."""
    out: list[RawBlock] = []
    tails: list[tuple[RawTable, int]] = []  # the pieces of the last table, each with the rows that it repeats of the header

    def flush() -> None:
        if len(tails) > 1 and out:
            out[-1] = out[-1]._replace(table=_stacked(tails))
        tails.clear()

    for block in blocks:
        skip = _repeated(tails, block.table) if block.table and tails else -1
        if block.table and skip >= 0:
            tails.append((block.table, skip))
            continue
        flush()
        out.append(block)
        if block.kind is BlockKind.TABLE and block.table:
            tails.append((block.table, 0))
    flush()
    return out


def _row_texts(table: RawTable, row: int) -> list[str]:
    return [cell.text for cell in table.cells if cell.row == row]


def _repeated(tails: Sequence[tuple[RawTable, int]], table: RawTable) -> int:
    """Return how many rows of a table say the header of the pieces before again, -1 where it is a table of its own."""
    first, last = tails[0][0], tails[-1][0]
    labels, top = _row_texts(first, 0), _row_texts(table, 0)
    if first.columns != table.columns or len(labels) != first.columns or not is_header(labels):
        return -1
    if top == labels:
        return 1 if table.rows > 1 else -1
    if len(top) != len(labels) or is_header(top):
        return -1
    kinds = [column_of(label) for label in labels]
    if "number" in kinds:
        at = kinds.index("number")
        number, before = row_number(top[at]), _last_number(last, at)
        return 0 if number is not None and before is not None and number == before + 1 else -1
    return 0 if any(kind == "task" and len(text) >= LEAST_TEXT for kind, text in zip(kinds, top, strict=True)) else -1


def _last_number(table: RawTable, column: int) -> int | None:
    numbers = (row_number(cell.text) for cell in reversed(table.cells) if cell.column == column)
    return next((number for number in numbers if number is not None), None)


def _stacked(pieces: Sequence[tuple[RawTable, int]]) -> RawTable:
    """Return the pieces of a table as one, without the rows of each that say the header again."""
    cells, height = [], 0
    for table, skip in pieces:
        cells += [cell.at(cell.row - skip + height, cell.column, cell.rowspan, cell.colspan) for cell in table.cells if cell.row >= skip]
        height += table.rows - skip
    warnings = [warning for table, _ in pieces for warning in table.warnings]
    return fold_empty_tracks(cells, merged=pieces[0][0].merged, warnings=warnings)
