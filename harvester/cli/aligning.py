"""The verb that puts papers beside one another: align."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from harvester.aligning import Alignment, align_named, alignment_json, bodies, certainty, cut, deadline, flat_rows, number, summary
from harvester.cli.files import known_decisions
from harvester.cli.options import StoreOption
from harvester.cli.output import console, write_csv
from harvester.cli.tables import show_table
from harvester.errors import WrongCall
from harvester.files import check_target
from harvester.messages import _, language
from harvester.reports.files import alignment_file, alignment_html
from harvester.values import printable, to_json
from normalizers.compare.matters import AlignedCell
from storage.whole_files import whole_file

SHOWN = 90
"""Characters of a text that a terminal shows."""


HEADING = 14
"""Characters of a column's heading: wider ones leave no room for what stands below."""


class Against(StrEnum):
    """What the tasks of the first paper are held against."""

    TASKS = "tasks"
    PARAGRAPHS = "paragraphs"


class AlignFormat(StrEnum):
    """The forms of an alignment."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    HTML = "html"


ENDINGS = (".html", ".htm", ".json", ".csv", ".xlsx")
"""The endings of files that an alignment is written to."""


def register(app: typer.Typer) -> None:
    """Add this module's verb to the command line."""
    app.command()(align)


def align(
    papers: Annotated[
        list[str], typer.Argument(metavar="PAPER...", help="Two or more: a file, a document's id, ID@VERSION, ID@YYYY-MM-DD or ID@YEAR.")
    ],
    against: Annotated[
        Against,
        typer.Option("--against", help="tasks: a row a matter. paragraphs: a row a task of the first paper, what answers beside it."),
    ] = Against.TASKS,
    form: Annotated[AlignFormat, typer.Option("--format", help="table for people; json or csv for programs; html as one file.")] = (
        AlignFormat.TABLE
    ),
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="Where to; its ending tells the form: html, json, csv, xlsx.")
    ] = None,
    store: StoreOption = None,
) -> None:
    """Put papers beside one another that are no versions of each other: a plan and its division table, years, provinces."""
    if to is not None and to.suffix.lower() not in ENDINGS:
        raise WrongCall(f"{to.name} has no ending that tells its form; use one of {', '.join(ENDINGS)}.")
    check_target(to, papers)
    found = align_named(papers, store, known_decisions(store), paragraphs=against is Against.PARAGRAPHS)
    if to is not None:
        save(found, to)
        console(stderr=True).print(_("written: {file}").format(file=to), markup=False)
    elif form is AlignFormat.JSON:
        sys.stdout.write(to_json(alignment_json(found)) + "\n")
    elif form is AlignFormat.CSV:
        write_csv(flat_rows(found))
    elif form is AlignFormat.HTML:
        sys.stdout.write(alignment_html(found))
    else:
        show(found)


def save(found: Alignment, to: Path) -> None:
    """Write an alignment to a file, whole or not at all."""
    ending = to.suffix.lower()
    if ending == ".csv":
        import pandas as pd  # here, not above: the other forms need not wait for it

        from storage.exports import write

        write(pd.DataFrame(flat_rows(found)), to)
        return
    with whole_file(to) as draft:
        draft.write_bytes(alignment_file(found, ending))


def show(found: Alignment) -> None:
    """Print an alignment as a table: a column a paper, in each cell number and text, bodies, deadline; likely ties marked by ?."""
    columns = ("matter", *(printable(cut(paper.label, HEADING)) for paper in found.papers))
    rows = [
        {"matter": at} | {column: told(cell) for column, cell in zip(columns[1:], row.cells, strict=True)}
        for at, row in enumerate(found.rows, start=1)
    ]
    show_table(rows, columns, title=summary(found, language()))


def told(cell: AlignedCell | None) -> str:
    """Return a cell as a terminal shows it; a hole is a dash."""
    if cell is None:
        return "—"
    mark = f"? {cell.score:.2f} " if certainty(cell) == "likely" else ""
    lines = []
    for passage in cell.passages:
        text = " ".join(passage.text.split())
        lines.append(f"{mark}[{number(passage)}] {text if len(text) <= SHOWN else text[: SHOWN - 1] + '…'}")
        lines += [line for line in (bodies(passage, language()), deadline(passage)) if line]
    return "\n".join(lines)
