"""An answer of the feed: its rows in words, by document, how many of which kind, and how to go on."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from harvester.cli.output import console
from harvester.feed_answers import Answer, folded, place_of
from harvester.messages import _, counted, language
from harvester.moments import minute
from harvester.telling import tell_change
from harvester.telling.phrases import clauses
from harvester.values import printable
from storage import change_queries

Row = dict[str, Any]

EFFECTS = (change_queries.GAINED, change_queries.LOST, change_queries.MOVED, change_queries.CHANGED)


def show_answer(answer: Answer, lang: str) -> None:
    """Print an answer for people: by document, in the order in which each changed first, then the sums and how to go on."""
    out = console()
    if not answer.rows:
        out.print(_("(nothing found)"))
        for line in answer.nothing():
            out.print(line, markup=False)
        return
    groups: dict[tuple[str, int, str], list[Row]] = {}
    for row in answer.rows:
        groups.setdefault(place_of(row), []).append(row)
    for some in groups.values():
        show_group(out, some, answer, lang)
    out.print(sums(answer), markup=False)
    goes_on = (
        ("the first {n} row; --since {last} goes on.", "the first {n} rows; --since {last} goes on.")
        if answer.cut
        else ("up to here: {n} row; next time --since {last}.", "up to here: {n} rows; next time --since {last}.")
    )
    out.print(counted(*goes_on, len(answer.rows), last=answer.next), markup=False)


def show_group(out: Console, rows: list[Row], answer: Answer, lang: str) -> None:
    """Print the rows of one document beneath its title."""
    first = rows[0]
    said = (first["title"] or first["list_name"], first["document_id"], first["site"], minute(first["known_at"]))
    out.print(Text(printable("  ".join(str(each) for each in said if each)), style="bold"))
    shown, counted = folded(rows, answer.asked)
    grid = Table.grid(padding=(0, 1))
    grid.add_column(justify="right")
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for row in shown:
        grid.add_row(str(row["seq"]), _(row["effect"] or row["kind"]), Text(printable(" ".join(tell_change(row, lang).split("\n")))))
    if counted:
        told = _("and its tasks, {n}: `harvester tasks --document {document}` lists them.")
        grid.add_row("", "", Text(told.format(n=counted, document=first["document_id"])))
    out.print(grid)


def sums(answer: Answer) -> str:
    """Return how many rows are what: for a body what it gained, lost, had moved or changed, else by kind."""
    if answer.asked.agency:
        counts = Counter(row["effect"] for row in answer.rows)
        return clauses((f"{_(effect)} {counts[effect]}" for effect in EFFECTS), language())
    counts = Counter(row["kind"] for row in answer.rows)
    return clauses((f"{_(kind)} {count}" for kind, count in counts.most_common()), language())
