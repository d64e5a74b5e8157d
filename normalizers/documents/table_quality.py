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
MOSTLY, STRANGE, LONG_NAME = 0.8, 0.1, 18
"""Share of rows whose work ends in a full stop, from which all should; of rows with strange names; characters of a strange name."""
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
    """Tell whether cells say that they are not whole or not alone: broken or doubled names of bodies, a broken date, work cut off.

    Names that are neither known nor built like one count where they are many. Short of this a table may still be read wrong.
    """
    grid = table.texts()
    kinds = work_kinds([column_of(label) for label in grid[0]])
    work = max((n for n, kind in enumerate(kinds) if kind == "task"), default=-1)
    rows = [row for row in grid[1:] if len(set(row)) > 1]
    ended = sum(row[work].rstrip().endswith(_STOPS) for row in rows) if work >= 0 else 0
    whole = 0 < MOSTLY * len(rows) <= ended
    if any(_is_broken(text, kind) for row in rows for text, kind in zip(row, kinds, strict=True) if text.strip()):
        return True
    if whole and any(row[work].strip() and not row[work].rstrip().endswith(_STOPS) for row in rows):
        return True
    strange = sum(any(kind in _BODIES and _has_strange_name(text) for text, kind in zip(row, kinds, strict=True)) for row in rows)
    return strange >= max(2.0, STRANGE * len(rows))


def _is_broken(text: str, kind: str) -> bool:
    """Tell whether a cell surely lacks a part or holds one of another's."""
    if kind == "task":
        return text.startswith(_CUT)
    if kind == "deadline":
        return text.startswith(_CUT) or is_bodies(text)
    if kind not in _BODIES:
        return False
    names = [name.strip() for name in names_in(text) if name.strip()]
    if text.startswith((*_CUT, "公室", "员会")) or text.rstrip().endswith(("、", "，")) or len(set(names)) < len(names):
        return True
    return any(_is_doubled(name) for name in names)


def _is_doubled(name: str) -> bool:
    """Tell whether an unknown name is two known ones, one after the other."""
    joints = (at for at in range(3, min(len(name), LONG_NAME * 2) - 2) if name[at] in "市省区县各")
    return any(is_known_body(name[:at]) and is_known_body(name[at:]) for at in joints) and not is_known_body(name)


def _has_strange_name(text: str) -> bool:
    names = (name.strip() for name in names_in(text))
    return any(not is_known_body(name) and (len(name) < 2 or len(name) > LONG_NAME or not is_bodies(name)) for name in names if name)
