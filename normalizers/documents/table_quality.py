"""How well the cells of a table that was read out of a text fit the labels above them."""

from __future__ import annotations

from normalizers.documents.body_names import is_known_body, names_in
from normalizers.documents.cell_kinds import is_bodies, is_date, work_kinds
from normalizers.documents.grid import RawTable
from normalizers.documents.labels import column_of
from normalizers.documents.textlines import row_number

_BODIES = frozenset({"lead", "partner", "responsible"})
_CUT = tuple("，。、；：）》”,;)")
_STOPS = tuple("。；;！!）)”")
MOSTLY, LONG_NAME = 0.8, 18
"""Share of the rows whose work ends in a full stop, from which all should; characters of a name too long to be one unknown body's."""
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


def has_doubts(table: RawTable) -> bool:
    """Tell whether a cell says that it is not whole or not alone: broken or doubled names of bodies, a broken date, work cut off.

    Short of this a table may still be read wrong; with it a reader has to look.
    """
    grid = table.texts()
    kinds = work_kinds([column_of(label) for label in grid[0]])
    works = [n for n, kind in enumerate(kinds) if kind == "task"][-1:]
    rows = [row for row in grid[1:] if len(set(row)) > 1]
    ended = sum(row[n].rstrip().endswith(_STOPS) for n in works for row in rows)
    for row in rows:
        for n, (text, kind) in enumerate(zip(row, kinds, strict=True)):
            if not text.strip():
                continue
            if kind in _BODIES and _doubtful_bodies(text):
                return True
            if kind == "deadline" and (is_bodies(text) or text.startswith(_CUT)):
                return True
            if n in works and (text.startswith(_CUT) or (ended >= MOSTLY * len(rows) and not text.rstrip().endswith(_STOPS))):
                return True
    return False


def _doubtful_bodies(text: str) -> bool:
    names = [name.strip() for name in names_in(text)]
    if text.startswith(_CUT) or text.rstrip().endswith(("、", "，")) or len(set(names)) < len(names):
        return True
    return any(_doubtful_name(name) for name in names if name)


def _doubtful_name(name: str) -> bool:
    """Tell whether an unknown name is one character, long, or two, one after the other (市法院市教育局)."""
    if is_known_body(name):
        return False
    if len(name) < 2 or len(name) > LONG_NAME or not is_bodies(name):
        return True
    return any(name[at] in "市省区县" and is_known_body(name[:at]) for at in range(3, len(name) - 2))
