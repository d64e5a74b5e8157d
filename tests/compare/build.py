"""Derived documents made of tasks and lines of our own."""

from __future__ import annotations

from datetime import date

from normalizers.compare import signature
from normalizers.deadlines import parse_deadline, plan_period
from normalizers.records import Agency, Block, BlockKind, Cell, Derived, Document, Metadata, Span, Table, Task
from normalizers.text.fold import content_hash, fingerprint

PERIOD = plan_period("2018年某市信用工作要点", date(2018, 3, 1))


def agency(mention: str, ident: str = "") -> Agency:
    """Return a body, resolved where an identifier is given."""
    return Agency(mention, f"某{ident}" if ident else None, ident or None)


def task(text: str, *, number: str = "", section: str = "", lead=(), partner=(), responsible=(), deadline: str = "") -> Task:
    """Return a task; a deadline is read from its cell."""
    bodies = [tuple(a if isinstance(a, Agency) else agency(a) for a in names) for names in (lead, partner, responsible)]
    due = parse_deadline(deadline, PERIOD)
    return Task(number, section, text, *bodies, (), False, due, (), Span(0, 0), "p1", "test", 1.0, fingerprint(text))


def derived(*lines: str, tasks=()) -> Derived:
    """Return a document of one paragraph a line, with tasks beside it."""
    blocks: list[Block] = []
    position = 0
    for i, line in enumerate(lines, start=1):
        blocks.append(Block(BlockKind.PARAGRAPH, line, Span(position, position + len(line)), f"p{i}"))
        position += len(line) + 1
    text = "\n".join(lines)
    document = Document("sample", "txt", tuple(blocks), text, text)
    return Derived(document, Metadata(), tuple(tasks), content_hash(text), signature(text))


def with_table(*rows: tuple[str, ...]) -> Derived:
    """Return a document of one table."""
    cells: list[Cell] = []
    text = ""
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            cells.append(Cell(r, c, value, Span(len(text), len(text) + len(value))))
            text += value + ("\t" if c + 1 < len(row) else "\n")
    table = Table(len(rows), len(rows[0]), tuple(cells))
    block = Block(BlockKind.TABLE, text, Span(0, len(text)), "tab1", table=table)
    return Derived(Document("sample", "txt", (block,), text, text), Metadata(), (), content_hash(text))
