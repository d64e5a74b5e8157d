"""How rows leave a command: a table for people, JSON, JSON lines or CSV for programs."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from harvester.messages import _

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is run as a formula by spreadsheet programs (CWE-1236); it leaves with an apostrophe before it."""

PLAIN_WIDTH = 160
"""Columns of a table that does not go to a terminal, so that lines in a log do not depend on the machine."""


class Format(StrEnum):
    """The forms in which rows come out."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


def complain(message: str) -> None:
    """Say what went wrong in one line on standard error."""
    sys.stderr.write(f"harvester: {' '.join(message.split())}\n")


def console(*, stderr: bool = False) -> Console:
    """Return a console that is as wide as the terminal, and of fixed width without colour elsewhere."""
    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, width=None if stream.isatty() else PLAIN_WIDTH, highlight=False, soft_wrap=False)


def plain(value: Any) -> Any:  # noqa: ANN401 - a JSON value is what it is
    """Return ``value`` as JSON can hold it: dates as ISO 8601, tuples as lists."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value


def to_json(value: Any, *, indent: int | None = 1) -> str:  # noqa: ANN401
    """Return ``value`` as JSON with real characters."""
    return json.dumps(plain(value), ensure_ascii=False, indent=indent)


def cell(value: Any) -> str:  # noqa: ANN401
    """Return one value as the text of a table's or CSV's cell."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "、".join(cell(item) for item in value)
    if isinstance(value, Mapping):
        return str(value.get("mention") or value.get("text") or to_json(value, indent=None))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(" ", timespec="seconds")
    return str(plain(value))


def printable(text: str) -> str:
    """Return ``text`` without control characters: what a site wrote must not steer the reader's terminal."""
    return "".join(c if c == "\n" or (c.isprintable() or c == "\u3000") else " " for c in text)


def neutral(text: str) -> str:
    """Return a CSV cell's text so that no spreadsheet program runs it."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


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
    """Print rows as a table with headings in the user's language; numbers stand to the right."""
    rows = list(rows)
    table = Table(title=title or None, title_justify="left", show_edge=False, pad_edge=False, header_style="bold")
    for column in columns:
        numeric = bool(rows) and all(isinstance(row.get(column), int | None) for row in rows)
        table.add_column(_(column), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(cell(row.get(column)))) for column in columns))
    console().print(table)
    if not rows:
        console().print(_("(nothing found)"))


def write_csv(rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows as CSV with a heading line, formulas neutralised."""
    writer = None
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(sys.stdout, fieldnames=list(row), lineterminator="\n")
            writer.writeheader()
        writer.writerow({key: neutral(cell(value)) for key, value in row.items()})
