"""How rows leave a command: a table for people, JSON, JSON lines or CSV for programs."""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from harvester.messages import _, language, listed
from harvester.moments import minute
from harvester.values import plain, printable, to_json
from storage.formulas import tidied

if TYPE_CHECKING:
    from rich.console import Console

_BREAKS = re.compile("[;\t\r]")
"""Where a spreadsheet begins a new cell or line though CSV does not: it takes the separator of its country, and any kind of line end."""
PLAIN_WIDTH = 160
"""Columns of a table that does not go to a terminal, so that lines in a log do not depend on the machine."""


class Format(StrEnum):
    """The forms in which rows come out."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


def complain(message: str) -> None:
    """Say what went wrong in one line on standard error, without control characters: a file's name must not steer the terminal."""
    sys.stderr.write(f"harvester: {' '.join(printable(message).split())}\n")


def in_words(error: str) -> str:
    """Return what an error says, in the user's language; one that a library words has its own."""
    if language() == "en":
        return error
    from harvester.sentences import said  # late: the forms of all that is ever said

    return said(error)


def console(*, stderr: bool = False) -> Console:
    """Return a console that is as wide as the terminal, and of fixed width without colour elsewhere."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, width=None if stream.isatty() else PLAIN_WIDTH, highlight=False, soft_wrap=False)


CODES = frozenset(
    {
        "verdict", "last verdict", "kind", "state", "resolved", "decision state", "event", "colour", "reason", "decision", "cause",
        "failure_class", "level", "certainty",
    }
)  # fmt: skip
"""Columns of fixed words: a table shows them in the user's language."""


def cell(value: Any, sign: str = "、") -> str:  # noqa: ANN401
    """Return one value as the text of a table's or CSV's cell, a list with a sign between; records of more than a mention stay JSON."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        if any(isinstance(item, Mapping) and not (item.get("mention") or item.get("text")) for item in value):
            return to_json(value, indent=None)
        return sign.join(cell(item) for item in value)
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
        from harvester.cli.tables import show_table

        show_table(rows, columns, title=title)
    elif form is Format.JSON:
        sys.stdout.write(to_json(list(rows)) + "\n")
    elif form is Format.JSONL:
        for row in rows:
            sys.stdout.write(to_json(row, indent=None) + "\n")
    else:
        write_csv(rows)


def shown(column: str, value: Any) -> str:  # noqa: ANN401
    """Return one value as a table shows it: a moment to the minute, in the time of the sites, as ``--known-at`` and ``--since`` read it."""
    if isinstance(value, datetime):
        return minute(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    text = printable(cell(value, listed(("", ""))))
    return _(text) if column in CODES and text else text


def write_csv(rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows as CSV with a heading line, nothing in their cells that steers a program."""
    names: list[str] | None = None
    for row in rows:
        if names is None:
            names = list(row)
            _write_line({name: name for name in names}, names)
        _write_line({key: cell(value) for key, value in row.items()}, names)


def _write_line(cells: Mapping[str, str], names: Sequence[str]) -> None:
    """Write a line; it is quoted whole where a cell holds what some program would break the line or the cell at."""
    breaks = any(map(_BREAKS.search, cells.values()))
    writer = csv.DictWriter(sys.stdout, names, lineterminator="\n", quoting=csv.QUOTE_ALL if breaks else csv.QUOTE_MINIMAL)
    writer.writerow({key: tidied(text) for key, text in cells.items()})
