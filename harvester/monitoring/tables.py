"""What the reading of tables of tasks left over: headings of columns that nobody knows, and cells that belong to no task."""

from __future__ import annotations

import re
from dataclasses import dataclass

from normalizers.records import Cell, Derived, Table
from normalizers.tasks.columns import Heading, heading_at

_ROW = re.compile(r"(tab\d+)\.r(\d+)\.")
_HEADINGS_WITHIN = 4
"""Rows of a table in which its heading begins."""


@dataclass(frozen=True, slots=True)
class LeftOver:
    """Headings without a known role, how many have one, and the filled cells below them that stand in no row of a task."""

    headings: tuple[str, ...] = ()
    known_headings: int = 0
    cells_left: int = 0
    cells: int = 0


NOTHING = LeftOver()


def left_over(derived: Derived) -> LeftOver:
    """Return what was left over of the tables that tasks were read from; nothing of documents without such a table."""
    rows: dict[str, set[int]] = {}
    for task in derived.tasks:
        for place in (task.address, task.agency_address, task.deadline_address):
            if found := _ROW.match(place):
                rows.setdefault(found[1], set()).add(int(found[2]))
    parts = [_of_table(block.table, rows[block.address]) for block in derived.document.blocks if block.table and block.address in rows]
    if not parts:
        return NOTHING
    return LeftOver(
        tuple(heading for part in parts for heading in part.headings),
        sum(part.known_headings for part in parts),
        sum(part.cells_left for part in parts),
        sum(part.cells for part in parts),
    )


def _of_table(table: Table, used: set[int]) -> LeftOver:
    """Return what is left of one table; ``used`` are the numbers of its rows, from 1, in which a task stands."""
    grid = table.grid()
    found = next(((row, heading) for row in range(min(_HEADINGS_WITHIN, table.rows)) if (heading := heading_at(grid, row))), None)
    if found is None:
        return NOTHING
    row, heading = found
    below = [cell for cell in table.cells if cell.row >= row + heading.depth and cell.text.strip()]
    left = [cell for cell in below if not _is_used(cell, used) and cell.colspan < table.columns]
    return LeftOver(_unknown(heading), sum(role is not None for role in heading.roles), len(left), len(below))


def _is_used(cell: Cell, used: set[int]) -> bool:
    return any(row + 1 in used for row in range(cell.row, cell.row + cell.rowspan))


def _unknown(heading: Heading) -> tuple[str, ...]:
    return tuple("".join(texts) for texts, role in zip(heading.texts, heading.roles, strict=True) if role is None and texts)
