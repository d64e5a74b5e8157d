"""Headers of tables whose labels their columns broke over lines, read line by line: 序 / 任务 单位 / 号."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from normalizers.documents.labels import column_of, is_header, is_label
from normalizers.documents.textlines import BLANKS, Line, next_filled

MAX_LINES = 4
"""Lines of the tallest header."""
LONGEST_PART, LONGEST_LINE = 14, 120
"""Characters of a part of a label, and of a line of them."""
_ORDER = ("number", "section", "task", "target", "lead", "partner", "responsible", "deadline", "remark")


@dataclass(frozen=True, slots=True)
class LineHeader:
    """The labels of a header as recognised, and the index of the first line after them."""

    labels: list[str]
    stop: int


def _rank(label: str) -> int:
    kind = column_of(label)
    return _ORDER.index(kind) if kind in _ORDER else _ORDER.index("task")


def _one_under_other(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the labels of lines that each hold a part of every label."""
    if len({len(row) for row in rows}) != 1:
        return []
    labels = ["".join(parts) for parts in zip(*rows, strict=True)]
    return labels if all(map(is_label, labels)) else []


def _around(rows: Sequence[Sequence[str]], middle: int) -> list[str]:
    """Return the labels of a line with those put in whose parts stand above and below it, by the usual order of columns."""
    above, below = ([word for row in part for word in row] for part in (rows[:middle], rows[middle + 1 :]))
    if len(above) != len(below):
        return []
    broken = [a + b for a, b in zip(above, below, strict=True)]
    labels = list(rows[middle])
    if not all(map(is_label, broken)) or not all(map(column_of, labels)):
        return []
    for label in broken:
        at = next((n for n, other in enumerate(labels) if _rank(other) > _rank(label)), len(labels))
        labels.insert(at, label)
    return labels


def find_line_header(lines: Sequence[Line], start: int) -> LineHeader | None:
    """Return the header that begins at a line, its labels in one line, one part under the other, or around the middle line."""
    rows: list[list[str]] = []
    best: LineHeader | None = None
    at = start
    while at < len(lines) and len(rows) < MAX_LINES:
        words = BLANKS.split(lines[at].seen.strip())
        if len(lines[at].seen) > LONGEST_LINE or any(len(word) > LONGEST_PART and not column_of(word) for word in words):
            break
        rows.append(words)
        for labels in (_one_under_other(rows), *(_around(rows, n) for n in range(len(rows)))):
            whole = len(rows) == 1 or len(set(labels)) == len(labels)
            if len(labels) > 1 and whole and is_header(labels) and (best is None or len(labels) > len(best.labels)):
                best = LineHeader(labels, at + 1)
        following = next_filled(lines, at + 1)
        if following - at > 2:
            break
        at = following
    return best if best and not any(a == b for a, b in pairwise(best.labels)) else None
