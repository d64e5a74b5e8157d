"""Part a sheet into lines of text above, the table, and notes below: titles, units and notes stand in cells, too."""

from __future__ import annotations

import re
from collections.abc import Sequence

from normalizers.documents.blocks import RawBlock
from normalizers.documents.grid import PLACE, RawCell, RawTable, fold_empty_tracks
from normalizers.documents.limits import MAX_COLUMNS
from normalizers.records import BlockKind, Origin

_LABELLED = re.compile(r"[^：:]{1,20}[：:]")
_NOTE = re.compile(r"\s*[（(【\[]?(?:注|备注|说明|填表|填报|制表|审核|联系|单位负责人|附注|[*※☆])")


def unlapped(cells: Sequence[RawCell]) -> list[RawCell]:
    """Return placed cells so that every position is covered at most once: spans are cut where they meet an earlier cell or the end."""
    height = max((cell.row + 1 for cell in cells), default=0)
    taken = [0] * MAX_COLUMNS
    out: list[RawCell] = []
    for cell in sorted(cells, key=PLACE):
        if cell.rowspan == 1 == cell.colspan and cell.column < MAX_COLUMNS:
            if taken[cell.column] <= cell.row:
                taken[cell.column] = cell.row + 1
                out.append(cell)
            continue
        width = 0
        while width < cell.colspan and cell.column + width < MAX_COLUMNS and taken[cell.column + width] <= cell.row:
            width += 1
        if width:
            rowspan = min(cell.rowspan, height - cell.row)
            taken[cell.column : cell.column + width] = [cell.row + rowspan] * width
            out.append(cell.at(cell.row, cell.column, rowspan, width))
    return out


def sheet_blocks(cells: Sequence[RawCell], title: str, warnings: Sequence[str] = (), *, merged: bool = True) -> list[RawBlock]:
    """Return the blocks of one sheet: lines above, its table, notes below."""
    table = fold_empty_tracks(unlapped(cells), merged=merged, warnings=warnings)
    first, last = _limits(table)
    above = _texts([cell for cell in table.cells if cell.row < first])
    below = _texts([cell for cell in table.cells if cell.row >= last])
    inner = table
    if (first, last) != (0, table.rows):
        inner = fold_empty_tracks([cell for cell in table.cells if first <= cell.row < last], merged=merged, warnings=warnings)
    found = [RawBlock(kind=BlockKind.TABLE, table=inner, origin=Origin("row", 1, title))] if inner.cells else []
    return [*above, *found, *below]


def _texts(cells: Sequence[RawCell]) -> list[RawBlock]:
    """Return the lines that free cells make, those of one row in one line."""
    rows: dict[int, list[RawCell]] = {}
    for cell in cells:
        if cell.text.strip():
            rows.setdefault(cell.row, []).append(cell)
    return [RawBlock(" ".join(one.text for one in row), origin=row[0].origin, centred=row[0].colspan > 1) for row in rows.values()]


def _limits(table: RawTable) -> tuple[int, int]:
    """Return the first row of the table proper and the row after its last; all rows where none is left over."""
    rows: list[list[RawCell]] = [[] for _ in range(table.rows)]
    reach = [0] * (table.rows + 1)  # how many cells from above cover a row, as differences
    for cell in table.cells:
        if cell.text.strip():
            rows[cell.row].append(cell)
        if cell.rowspan > 1:
            reach[cell.row + 1] += 1
            reach[min(cell.row + cell.rowspan, table.rows)] -= 1
    covered, depth = [], 0
    for change in reach[:-1]:
        depth += change
        covered.append(depth > 0)
    first, last = 0, table.rows
    while first < last and _is_above(rows[first], table.columns):
        first += 1
    if first == last and table.columns > 1:
        return 0, table.rows
    while last > first + 1 and not covered[last - 1] and _is_below(rows[last - 1], table.columns):
        last -= 1
    return first, last


def _all_labelled(filled: Sequence[RawCell]) -> bool:
    """Tell whether every cell reads 填报单位：甲局, as the lines around a form do."""
    return all(_LABELLED.match(cell.text.strip()) for cell in filled)


def _is_above(filled: Sequence[RawCell], columns: int) -> bool:
    if any(cell.rowspan > 1 for cell in filled):
        return False
    if len(filled) == 1 and (filled[0].column == 0 or columns == 1):
        return True
    return len(filled) < max(3, columns) and _all_labelled(filled)


def _is_below(filled: Sequence[RawCell], columns: int) -> bool:
    if not filled:
        return True
    if any(cell.rowspan > 1 for cell in filled) or columns == 1:
        return False
    return bool(_NOTE.match(filled[0].text)) and filled[0].column == 0 and (len(filled) == 1 or _all_labelled(filled))
