"""Documents by hand: what a reader would hand on, without a file."""

from __future__ import annotations

from collections.abc import Sequence

from normalizers.records import Block, BlockKind, Cell, Document, Metadata, Span, Table, Task
from normalizers.tasks import extract_tasks

Rows = Sequence[Sequence[str]]


class Sheet:
    """A table to lay out: rows of texts; ``spans`` gives (rows, columns) of the cell at (row, column)."""

    def __init__(self, rows: Rows, *, merged: bool = True, spans: dict[tuple[int, int], tuple[int, int]] | None = None) -> None:
        self.rows = rows
        self.merged = merged
        self.spans = spans or {}

    def covered(self) -> set[tuple[int, int]]:
        """Return the positions that a merged cell other than their own covers."""
        out = set()
        for (row, column), (down, across) in self.spans.items():
            out |= {(row + i, column + j) for i in range(down) for j in range(across)} - {(row, column)}
        return out


def document(*items: str | Sheet) -> Document:
    """Return a document: ``# text`` is a heading, ``! text`` the title, other strings are paragraphs."""
    text = ""
    blocks: list[Block] = []
    paragraphs = tables = 0
    for item in items:
        text += "\n" if text else ""
        start = len(text)
        if isinstance(item, Sheet):
            tables += 1
            table, text = _table(item, text)
            blocks.append(Block(BlockKind.TABLE, text[start:], Span(start, len(text)), f"tab{tables}", table=table))
            continue
        kinds = {"# ": BlockKind.HEADING, "! ": BlockKind.TITLE}
        kind = kinds.get(item[:2], BlockKind.PARAGRAPH)
        words = item[2:] if item[:2] in kinds else item
        paragraphs += 1
        text += words
        blocks.append(Block(kind, words, Span(start, len(text)), f"p{paragraphs}"))
    return Document("by hand", "text", tuple(blocks), text, text)


def _table(sheet: Sheet, text: str) -> tuple[Table, str]:
    cells: list[Cell] = []
    covered = sheet.covered()
    for row, texts in enumerate(sheet.rows):
        for column, words in enumerate(texts):
            if (row, column) in covered:
                continue
            start = len(text)
            text += words
            down, across = sheet.spans.get((row, column), (1, 1))
            cells.append(Cell(row, column, words, Span(start, len(text)), down, across))
            text += "\t"
    columns = max((len(texts) for texts in sheet.rows), default=0)
    return Table(len(sheet.rows), columns, tuple(cells), sheet.merged), text


def tasks(*items: str | Sheet, title: str = "2023年工作要点", region: str = "320000") -> tuple[Task, ...]:
    """Return the tasks of a document made by hand."""
    return extract_tasks(document(*items), Metadata(title=title, regions=(region,)))


def who(task: Task) -> tuple[list[str], list[str], list[str]]:
    """Return the mentions that lead, help and are responsible."""
    return [one.mention for one in task.lead], [one.mention for one in task.partner], [one.mention for one in task.responsible]
