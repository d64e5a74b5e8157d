"""A paper of the corpus taken apart into its tasks and what stands between them, so that tasks can be edited and put together again."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, field, replace

from tests.corpus.paper import Grid, Label, Paper, Part, bare
from tests.corpus.score import fold

HEADING = re.compile(r"^(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]).{2,30}[^。；：）]$")
DIGITS = "一二三四五六七八九"
_NUMBER = re.compile(r"^(\d{1,3})([.．、])")
_CHINESE = re.compile(r"^[（(]([一二三四五六七八九十]{1,3})[）)]")
_ROLES = re.compile(r"单位|负责|牵头|部门")
_END = re.compile(r"[（(][^（）()]*(?:[（(][^（）()]*[）)][^（）()]*)*[）)][。；]?$")


@dataclass
class Item:
    """One task as printed: its lines, or the cells of its row; ``at`` is the line or cell that holds its text."""

    pieces: list[str]
    at: int
    label: Label
    edited: set[str] = field(default_factory=set)

    @property
    def text(self) -> str:
        """Return the words of the task, behind its number and before its bracket."""
        start, end = self._bounds()
        return self.pieces[self.at][start:end]

    @text.setter
    def text(self, words: str) -> None:
        start, end = self._bounds()
        line = self.pieces[self.at]
        self.pieces[self.at] = line[:start] + words + line[end:]

    def _bounds(self) -> tuple[int, int]:
        line = self.pieces[self.at]
        number = _NUMBER.match(line)
        start = number.end() if number else 0
        tail = _END.search(line)
        bracket = tail and (_ROLES.search(tail[0]) or any(name in tail[0] for names in self.label.names.values() for name in names))
        return start, tail.start() if tail and bracket else len(line)

    def count(self, words: str) -> int:
        """Return how often words are printed outside the text of the task."""
        return sum(piece.count(words) for piece in self.pieces) - self.text.count(words)

    def put(self, old: str, new: str) -> None:
        """Print other words for some that stand outside the text of the task."""
        for at, piece in enumerate(self.pieces):
            if at != self.at:
                self.pieces[at] = piece.replace(old, new)
        text = self.text
        start, end = self._bounds()
        line = self.pieces[self.at]
        self.pieces[self.at] = line[:start] + text + line[end:].replace(old, new)


@dataclass
class Fixed:
    """A line, or a row of a table, that is no task."""

    pieces: list[str]


@dataclass
class Run:
    """Lines, or the rows of one table below its head; ``merged`` are the columns where equal cells are drawn as one."""

    rows: list[Item | Fixed]
    head: list[list[str]] | None = None
    merged: frozenset[int] = frozenset()
    first: int = 0
    restarts: bool = False


@dataclass
class Outline:
    """A paper taken apart."""

    paper: Paper
    runs: list[Run]

    def items(self) -> list[Item]:
        """Return the tasks in order."""
        return [row for run in self.runs for row in run.rows if isinstance(row, Item)]

    def copy(self) -> Outline:
        """Return a copy that can be edited."""
        return Outline(self.paper, copy.deepcopy(self.runs))

    def put_together(self) -> Paper:
        """Return the paper, its tasks numbered anew where they were numbered through."""
        parts: list[Part] = []
        for run in self.runs:
            parts += _lines(run) if run.head is None else [_table(run)]
        return replace(self.paper, parts=tuple(parts))


def _lines(run: Run) -> list[str]:
    out: list[str] = []
    number = run.first - 1
    for row in run.rows:
        pieces = list(row.pieces)
        if isinstance(row, Fixed) and run.restarts and HEADING.match(bare(pieces[0])):
            number = 0
        if isinstance(row, Item) and run.first and (found := _mark(pieces[0])):
            number += 1
            pieces[0] = (f"{number}{found[2]}" if found[1].isdigit() else f"{found[0][0]}{chinese(number)}{found[0][-1]}") + pieces[0][
                found.end() :
            ]
        out += pieces
    return out


def _mark(line: str) -> re.Match[str] | None:
    return _NUMBER.match(line) or _CHINESE.match(line)


def chinese(number: int) -> str:
    """Return a number from 1 to 99 in Chinese numerals."""
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else DIGITS[tens - 1] + "十") + (DIGITS[ones - 1] if ones else "")


def _numbering(run: Run) -> tuple[int, bool]:
    """Return the first number of the tasks of a run, 0 where they are not numbered, and whether they begin anew in each section."""
    marks = [found[1] for row in run.rows if isinstance(row, Item) and (found := _mark(row.pieces[0]))]
    if len(marks) < 2 or len({mark.isdigit() for mark in marks}) > 1:
        return 0, False
    first = int(marks[0]) if marks[0].isdigit() else DIGITS.find(marks[0]) + 1
    return first, marks.count(marks[0]) > 1


def _table(run: Run) -> Grid:
    assert run.head is not None
    rows = [list(row.pieces) for row in run.rows]
    if run.head[-1][0] in {"序号", "编号"}:
        number = 0
        for row, cells in zip(run.rows, rows, strict=True):
            if isinstance(row, Item) and cells[0].isdigit():
                number += 1
                cells[0] = str(number)
    drawn = [list(row) for row in rows]
    for column in run.merged:
        for at in range(1, len(rows)):
            if rows[at][column] == rows[at - 1][column] != "<" and rows[at][column]:
                drawn[at][column] = "^"
    return Grid([*[list(row) for row in run.head], *drawn], len(run.head))


def outline(paper: Paper) -> Outline | None:
    """Return a paper taken apart; none where a label is not found in just one line or row, or two tasks share one."""
    runs: list[Run] = []
    left = {fold(label.start): label for label in paper.tasks}
    if len(left) != len(paper.tasks) or not left:
        return None
    for part in paper.parts:
        if isinstance(part, Grid):
            runs.append(_grid_run(part, left))
        else:
            if not runs or runs[-1].head is not None:
                runs.append(Run([]))
            _add_line(runs[-1], part, left)
    for run in runs:
        run.first, run.restarts = _numbering(run) if run.head is None else (0, False)
        if _lines(run) != [piece for row in run.rows for piece in row.pieces]:
            run.first = 0
    made = Outline(paper, runs)
    found = [fold(item.label.start) for item in made.items()]
    return made if sorted(found) == sorted(left) and made.put_together().parts == paper.parts else None


def _add_line(run: Run, line: str, labels: dict[str, Label]) -> None:
    held = [label for start, label in labels.items() if start in fold(line)[: len(start) + 12]]
    if len(held) == 1 and "\t" not in line:
        run.rows.append(Item([line], 0, held[0]))
    elif run.rows and isinstance(run.rows[-1], Item) and _belongs(line, run.rows[-1].label):
        run.rows[-1].pieces.append(line)
    else:
        run.rows.append(Fixed([line]))


def _belongs(line: str, label: Label) -> bool:
    """Tell whether a line holds the roles or the deadline of the task above."""
    names = [name for names in label.names.values() for name in names]
    return (
        not HEADING.match(bare(line)) and len(line) < 120 and (any(name in line for name in names) or bool(label.due and label.due in line))
    )


def _grid_run(grid: Grid, labels: dict[str, Label]) -> Run:
    body = [list(row) for row in grid.rows[grid.head :]]
    merged = frozenset(column for row in body for column, cell in enumerate(row) if cell == "^")
    for at in range(1, len(body)):
        body[at] = [above if cell == "^" else cell for cell, above in zip(body[at], body[at - 1], strict=True)]
    rows: list[Item | Fixed] = []
    for cells in body:
        held = [(c, label) for c, cell in enumerate(cells) for start, label in labels.items() if fold(cell).startswith(start)]
        rows.append(Item(cells, *held[0]) if len(held) == 1 else Fixed(cells))
    return Run(rows, [list(row) for row in grid.rows[: grid.head]], merged)
