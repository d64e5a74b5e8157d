"""Rows as a table for people: as wide as the terminal, with headings in the user's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from harvester.cli.output import console, shown
from harvester.messages import _

WHOLE = 18
"""Columns of the terminal up to which a value is not broken: an identifier, a day, a short name."""
SOME = 10
"""Columns of the terminal that longer values get at least: five characters a line."""

NUMBERS = frozenset({"failures"})
"""Columns that stand to the right like the numbers beside them: counts with their causes in words."""


def show_table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], *, title: str = "") -> None:
    """Print rows as a table with headings in the user's language; numbers stand to the right.

    Where the terminal is too narrow for that, each row is a paragraph of its own, a line a column.
    """
    rows, out = list(rows), console()
    if not rows:
        out.print(_("(nothing found)"))
        return
    texts = [{column: shown(column, row.get(column)) for column in columns} for row in rows]
    widths = fit(texts, columns, out.width - 3 * (len(columns) - 1))
    if not widths:
        show_paragraphs(out, texts, title)
        return
    table = Table(show_edge=False, pad_edge=False, header_style="bold")
    for column in columns:
        numeric = column in NUMBERS or all(isinstance(row.get(column), int | float | None) for row in rows)
        table.add_column(Text(_(column)), justify="right" if numeric else "left", overflow="fold", width=widths[column])
    for text in texts:
        table.add_row(*(Text(text[column]) for column in columns))
    if title:
        out.print(Text(title, style="italic"))
    out.print(table)


def fit(texts: Sequence[Mapping[str, str]], columns: Sequence[str], room: int) -> dict[str, int]:
    """Return how wide each column of a table may be in ``room`` columns of the terminal, or nothing where it could not be read.

    Short values stay whole; long ones get ``SOME`` columns and their share of what is left.
    """
    longest = {column: max((cell_len(line) for text in texts for line in text[column].split("\n")), default=0) for column in columns}
    widths = {column: max(cell_len(_(column)), longest[column] if longest[column] <= WHOLE else SOME) for column in columns}
    spare = room - sum(widths.values())
    if spare < 0:
        return {}
    wanted = {column: max(0, longest[column] - widths[column]) for column in columns}
    total = sum(wanted.values())
    return {column: widths[column] + (min(wanted[column], spare * wanted[column] // total) if total else 0) for column in columns}


def show_paragraphs(out: Console, texts: Sequence[Mapping[str, str]], title: str) -> None:
    """Print each row as a paragraph: a line a column that says something, its heading before it."""
    if title:
        out.print(Text(title, style="italic"), end="\n\n")
    indent = max(cell_len(_(column)) for column in texts[0]) + 2
    for text in texts:
        grid = Table.grid(padding=0)
        grid.add_column(style="bold", width=indent)
        grid.add_column(overflow="fold")
        for column, words in text.items():
            if words:
                grid.add_row(Text(_(column)), Text(words))
        out.print(grid, end="\n")
        out.print()
