"""Tables in plain text drawn with ``+---+`` and ``|`` or under rules of dashes, as pandoc and reStructuredText write them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from normalizers.documents.blocks import display_width, join_lines
from normalizers.documents.markdown import BREAK_RULE, COLUMN_RULE, inline_text
from normalizers.documents.textlines import Found, Line, text_table

MAX_LINES = 20_000
"""Lines of one table."""
HEADER_LINES = 6
"""Lines of the tallest header over a rule of dashes."""
_RULE = re.compile(r"\s*\+(?:[-=:]{2,}\+)+\s*")
_PART = re.compile(r"\+[-=:]{2,}(?=\+)")


def _places(text: str, mark: str) -> list[tuple[int, int]]:
    """Return where a mark stands in a line: the index and the place across, a Chinese character being two places wide."""
    out, across, last = [], 0, 0
    for found in re.finditer(re.escape(mark), text):
        across += display_width(text[last : found.start()])
        out.append((found.start(), across))
        across, last = across + 1, found.end()
    return out


def _cells(text: str, edges: Sequence[int]) -> list[str] | None:
    """Return the texts between the edges of a table; ``None`` where the line's marks stand elsewhere and their number does not fit."""
    marks = _places(text, "|")
    cut = [at for at, across in marks if across in edges]
    if len(cut) != len(edges):
        cut = [at for at, _ in marks]
    if len(cut) != len(edges):
        return None
    return [text[start + 1 : stop].strip() for start, stop in pairwise(cut)]


class _Rows:
    """Rows as they grow: a column that a rule leaves open goes on with its cell above."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.rows: list[tuple[int, list[list[str]]]] = []
        self._owner = [0] * width

    def begin(self, number: int, ruled: Sequence[bool]) -> None:
        """Begin a row, with cells of its own in the columns that are ruled above."""
        self.rows.append((number, [[] for _ in range(self.width)]))
        self._owner = [len(self.rows) - 1 if own else owner for own, owner in zip(ruled, self._owner, strict=True)]

    def add(self, cells: Sequence[str]) -> None:
        for column, (owner, text) in enumerate(zip(self._owner, cells, strict=True)):
            self.rows[owner][1][column].append(text)

    def texts(self) -> list[tuple[int, list[str]]]:
        """Return the rows in which anything is printed."""
        out = [(number, [_joined(lines) for lines in cells]) for number, cells in self.rows]
        return [(number, cells) for number, cells in out if any(cells)]


def _joined(lines: Sequence[str]) -> str:
    """Return the lines of a cell as its text: a blank line or a backslash parts paragraphs, any other break is the column's."""
    out, broken = "", False
    for line in lines:
        text = line.removesuffix("\\").rstrip()
        if text:
            out = f"{out}\n{text}" if out and broken else join_lines(out, text)
        broken = not text or text != line
    return inline_text(out)


def read_drawn(lines: Sequence[Line], start: int) -> Found | None:
    """Return the table whose upper rule stands at ``start``, ``None`` where none does."""
    rule = lines[start].raw.rstrip()
    if not _RULE.fullmatch(rule):
        return None
    edges = [across for _, across in _places(rule, "+")]
    rows = _Rows(len(edges) - 1)
    rows.begin(lines[start].number, [True] * rows.width)
    at = start + 1
    while at < min(len(lines), start + MAX_LINES):
        text = lines[at].raw.rstrip()
        if _PART.search(text) and text.lstrip()[:1] in "+|":
            ruled = {across for found in _PART.finditer(text) for across in [display_width(text[: found.start()])]}
            rows.begin(lines[at].number + 1, [edge in ruled for edge in edges[:-1]])
        elif text.lstrip().startswith("|") and (cells := _cells(text, edges)) is not None:
            rows.add(cells)
        else:
            break
        at += 1
    read = rows.texts()
    return Found(text_table(read), at) if len(read) > 1 and rows.width > 1 else None


def _columns(rule: str) -> list[int]:
    """Return where the columns under a rule of dashes begin."""
    return [display_width(rule[: found.start()]) for found in re.finditer(r"-+", rule)]


def _under(text: str, columns: Sequence[int]) -> list[str]:
    """Return a line cut where the columns begin; a wide character that reaches over an edge stays with the column it begins in."""
    cells = [""] * len(columns)
    across, column = 0, 0
    for character in text.rstrip():
        while column + 1 < len(columns) and across >= columns[column + 1]:
            column += 1
        cells[column] += character
        across += display_width(character)
    return [cell.strip() for cell in cells]


def read_ruled(lines: Sequence[Line], start: int) -> Found | None:
    """Return the table whose labels stand over a rule with a group of dashes for each column, from its upper rule or its labels on."""
    opened = BREAK_RULE.fullmatch(lines[start].raw) is not None
    if lines[start].blank or not (opened or (start + 1 < len(lines) and "--" in lines[start + 1].raw)):
        return None
    near = range(start + 1, min(len(lines), start + (HEADER_LINES if opened else 1) + 1))
    rule = next((at for at in near if COLUMN_RULE.fullmatch(lines[at].raw)), None)
    if rule is None or any(lines[at].blank for at in range(start, rule)):
        return None
    columns = _columns(lines[rule].raw)
    rows = _Rows(len(columns))
    every = [True] * len(columns)
    rows.begin(lines[start].number, every)
    for at in range(start + opened, rule):
        rows.add(_under(lines[at].raw, columns))
    at = _below(lines, rule, columns, rows, opened=opened)
    read = rows.texts()
    return Found(text_table(read), at) if len(read) > 1 else None


def _below(lines: Sequence[Line], rule: int, columns: Sequence[int], rows: _Rows, *, opened: bool) -> int:
    """Add the rows below a rule and return the index after them: parted by blank lines in an opened table, otherwise one a line."""
    apart = True
    for at in range(rule + 1, min(len(lines), rule + MAX_LINES)):
        raw = lines[at].raw
        if BREAK_RULE.fullmatch(raw) or COLUMN_RULE.fullmatch(raw):
            return at + 1
        if lines[at].blank and not opened:
            return at
        if lines[at].blank:
            apart = True
            continue
        if apart or not opened:
            rows.begin(lines[at].number, [True] * len(columns))
        apart = False
        rows.add(_under(raw, columns))
    return min(len(lines), rule + MAX_LINES)
