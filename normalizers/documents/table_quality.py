"""How well the cells of a table that was read out of a text fit the labels above them."""

from __future__ import annotations

from normalizers.documents.body_names import is_known_body, names_in
from normalizers.documents.cell_kinds import is_bodies, is_date, work_kinds
from normalizers.documents.grid import RawTable
from normalizers.documents.labels import column_of
from normalizers.documents.textlines import row_number

_BODIES = frozenset({"lead", "partner", "responsible"})
EXPECTED = 0.55
"""Share of fitting cells from which a row counts for a table."""


def _fits(text: str, kind: str, number: int) -> float:
    """Return 1 for a cell that fits its column, 0 for one that does not."""
    if kind == "number":
        return 1.0 if row_number(text) == number + 1 else 0.6 if not text else 0.0
    if not text:
        return 0.2 if kind == "task" else 0.6
    if kind in _BODIES:
        return _as_bodies(text)
    if kind == "deadline":
        return 1.0 if is_date(text) else 0.5 if len(text) < 30 and "。" not in text else 0.0
    if kind == "task":
        return 0.0 if is_date(text) else 1.0 if text.endswith(("。", "；", ";")) else 0.7
    return 0.8 if len(text) < 40 else 0.5


def _as_bodies(text: str) -> float:
    """Return the share of a list's names that are known; half for those that are built like one, and less for what begins or ends badly."""
    if "。" in text or is_date(text):
        return 0.0
    names = [name for part in names_in(text) if (name := part.strip())]
    if not names:
        return 0.0
    known = sum(1.0 if is_known_body(name) else 0.6 if is_bodies(name) and len(name) > 2 else 0.0 for name in names)
    return known / len(names)


def quality(table: RawTable) -> float:
    """Return the worth of a table whose first row holds its labels: rows that fit them count for it, rows that do not against it."""
    grid = table.texts()
    kinds = work_kinds([column_of(label) for label in grid[0]])
    total, number = 0.0, 0
    for row in grid[1:]:
        if len(set(row)) == 1:
            continue
        fits = [_fits(text, kind, number) for text, kind in zip(row, kinds, strict=True)]
        number = next((n for text, kind in zip(row, kinds, strict=True) if kind == "number" and (n := row_number(text))), number)
        total += sum(fits) / len(fits) - EXPECTED
    return total
