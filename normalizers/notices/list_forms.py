"""Tables of labels and values beside each other: one public credit record, printed as a form."""

from __future__ import annotations

from normalizers.notices.contexts import ListContext
from normalizers.notices.list_tables import DECIDED, SUBJECTS, Grid, ReadTable, Row, concept_name, is_sum, may_be_subject
from normalizers.notices.records import PrintedField
from normalizers.records import Table

GROUPED = 3
"""Cells of a row whose label stands under that of a group."""


def read_form(table: Table, context: ListContext | None) -> ReadTable | None:
    """Return the one record of a table of labels and values beside each other, ``None`` for any other table."""
    grid = Grid.of(table)
    fields: list[PrintedField] = []
    rows_used: set[int] = set()
    for row, texts in enumerate(grid.texts):
        pairs = _pairs(grid, row)
        if pairs is not None:
            fields += [pair for pair in pairs if pair.label and pair.value]
            rows_used.add(row)
        elif any(texts) and not is_sum(grid.filled(row)) and len(grid.filled(row)) > 1:
            return None
    if sum(1 for each in fields if concept_name(each.label)) * 2 < len(fields):
        return None
    found = {concept_name(each.label) for each in fields}
    named = any(concept_name(each.label) in SUBJECTS and may_be_subject(each.value) for each in fields)
    decided = found & DECIDED
    if not named or len(found - {""}) < 3 or not decided or (context is None and ("number" not in decided or len(decided) < 2)):
        return None
    return ReadTable([Row(tuple(fields))], set(range(len(grid.texts))), frozenset(found - {""}))


def _in_group(grid: Grid, row: int) -> bool:
    """Tell whether a row begins with the label of a group of rows that reaches down (被处罚当事人 over 个人姓名 and 单位名称)."""
    first = next((cell for cell in grid.cells[row] if cell is not None and cell.row == row), None)
    return first is not None and first.rowspan > 1


def _lowest(group: str, label: str) -> str:
    """Return the label of a row of a group: its own where it is known alone, else with that of the group before it."""
    joined = f"{group}{label}"
    return label if concept_name(label) or not concept_name(joined) else joined


def _pairs(grid: Grid, row: int) -> list[PrintedField] | None:
    """Return the labels and values of a row, ``None`` where it is no row of such pairs; of two cells the first is a label."""
    line: list[str] = []
    seen: set[int] = set()
    for cell, text in zip(grid.cells[row], grid.texts[row], strict=True):
        if cell is not None and id(cell) not in seen and cell.row == row:
            seen.add(id(cell))
            line.append(text)
    if len(line) == GROUPED and _in_group(grid, row):
        line = [_lowest(line[0], line[1]), line[2]]
    if len(line) % 2 or not line:
        return None
    pairs = [PrintedField(label, value) for label, value in zip(line[::2], line[1::2], strict=True)]
    known = [pair for pair in pairs if concept_name(pair.label) or not (pair.label or pair.value)]
    if (not known and len(line) != len(("label", "value"))) or any(
        concept_name(pair.value) and concept_name(pair.label) and len(pair.value) < 8 for pair in pairs
    ):
        return None
    return pairs
