"""How rows leave a command: a table for people, JSON, JSON lines or CSV for programs."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from harvester.messages import _
from harvester.moments import minute
from harvester.values import plain, printable, to_json
from storage.formulas import neutral

PLAIN_WIDTH = 160
"""Columns of a table that does not go to a terminal, so that lines in a log do not depend on the machine."""


WHOLE = 18
"""Columns of the terminal up to which a value is not broken: an identifier, a day, a short name."""


SOME = 10
"""Columns of the terminal that longer values get at least: five characters a line."""


class Format(StrEnum):
    """The forms in which rows come out."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


def complain(message: str) -> None:
    """Say what went wrong in one line on standard error, without control characters: a file's name must not steer the terminal."""
    sys.stderr.write(f"harvester: {' '.join(printable(message).split())}\n")


def console(*, stderr: bool = False) -> Console:
    """Return a console that is as wide as the terminal, and of fixed width without colour elsewhere."""
    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, width=None if stream.isatty() else PLAIN_WIDTH, highlight=False, soft_wrap=False)


CODES = frozenset({"verdict", "last verdict", "kind", "state", "resolved", "decision state", "event", "colour", "reason", "decision"})
"""Columns of fixed words: a table shows them in the user's language."""


def cell(value: Any) -> str:  # noqa: ANN401
    """Return one value as the text of a table's or CSV's cell; records that are more than a mention or a text stay JSON."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        if any(isinstance(item, Mapping) and not (item.get("mention") or item.get("text")) for item in value):
            return to_json(value, indent=None)
        return "、".join(cell(item) for item in value)
    if isinstance(value, Mapping):
        return str(value.get("mention") or value.get("text") or to_json(value, indent=None))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(" ", timespec="seconds")
    found = plain(value)
    return "" if found is None else str(found)


def emit(rows: Iterable[Mapping[str, Any]], form: Format, columns: Sequence[str], *, title: str = "") -> None:
    """Write ``rows`` to standard output; a table shows ``columns`` only, the other forms every field."""
    if form is Format.TABLE:
        show_table(rows, columns, title=title)
    elif form is Format.JSON:
        sys.stdout.write(to_json(list(rows)) + "\n")
    elif form is Format.JSONL:
        for row in rows:
            sys.stdout.write(to_json(row, indent=None) + "\n")
    else:
        write_csv(rows)


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
        numeric = all(isinstance(row.get(column), int | None) for row in rows)
        table.add_column(_(column), justify="right" if numeric else "left", overflow="fold", width=widths[column])
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
                grid.add_row(_(column), Text(words))
        out.print(grid, end="\n")
        out.print()


def shown(column: str, value: Any) -> str:  # noqa: ANN401
    """Return one value as a table shows it: a moment to the minute, in the time of the sites, as ``--known-at`` and ``--since`` read it."""
    if isinstance(value, datetime):
        return minute(value)
    text = printable(cell(value))
    return _(text) if column in CODES and text else text


def write_csv(rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows as CSV with a heading line, formulas neutralised."""
    writer = None
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(sys.stdout, fieldnames=list(row), lineterminator="\n")
            writer.writeheader()
        writer.writerow({key: neutral(cell(value)) for key, value in row.items()})
