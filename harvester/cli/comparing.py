"""The verb that compares: diff."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from harvester.cli.files import known_decisions
from harvester.cli.options import StoreOption
from harvester.cli.output import console
from harvester.comparing import compare_named
from harvester.errors import WrongCall
from harvester.files import check_target
from harvester.messages import _, language
from harvester.reports.files import TABLE, TRACKED, DiffFormat, comparison_file
from harvester.telling.terminal import Line, tell_comparison
from harvester.values import printable
from storage.whole_files import whole_file


class Language(StrEnum):
    """The language of what is told."""

    CHINESE = "zh"
    ENGLISH = "en"


LAYOUTS = {TABLE: TABLE, "对照表": TABLE, TRACKED: TRACKED, "修订": TRACKED}
"""The forms of a docx, in both languages."""

ENDINGS = {".txt": DiffFormat.TEXT, ".json": DiffFormat.JSON, ".html": DiffFormat.HTML, ".htm": DiffFormat.HTML, ".docx": DiffFormat.DOCX}
STYLES = {"heading": "bold", "added": "green", "removed": "red", "changed": "yellow"}


def register(app: typer.Typer) -> None:
    """Add this module's verbs to the command line."""
    app.command()(diff)


NAMES = "A file, a document's id, ID@VERSION, ID@YYYY-MM-DD (as it was that day) or ID@YEAR (that year's edition)."


def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help=NAMES)],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The same.")],
    form: Annotated[
        DiffFormat | None, typer.Option("--format", help="text for people, json for programs, html as one file, docx for Word and WPS.")
    ] = None,
    layout: Annotated[str, typer.Option("--layout", help="Of a docx: table (对照表) or tracked (修订).")] = TABLE,
    everything: Annotated[bool, typer.Option("--all", help="The clauses that did not change, too.")] = False,
    to: Annotated[Path | None, typer.Option("--to", metavar="FILE", help="Where to; its ending tells the form.")] = None,
    lang: Annotated[Language | None, typer.Option("--language", help="The language of what is told.")] = None,
    store: StoreOption = None,
) -> None:
    """Tell what changed between two documents, versions or editions: tasks, agencies and deadlines first, then the words."""
    form = form_of(form, to)
    check_target(to, (old, new))
    if layout not in LAYOUTS:
        raise WrongCall(f"'{layout}' is no layout of a docx; choose one of {', '.join(LAYOUTS)}.")
    if form is DiffFormat.DOCX and to is None and sys.stdout.isatty():
        raise WrongCall("a docx is not for the terminal; name a file with --to, for example --to comparison.docx.")
    compared = compare_named(old, new, store, known_decisions(store))
    spoken = lang.value if lang else language()
    if form is DiffFormat.TEXT and to is None:
        show(list(tell_comparison(compared, spoken, everything=everything)))
        return
    data = comparison_file(compared, form, LAYOUTS[layout], spoken, everything=everything)
    if to is not None:
        with whole_file(to) as draft:
            draft.write_bytes(data)
        console(stderr=True).print(_("written: {file}").format(file=to), markup=False)
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)


def form_of(form: DiffFormat | None, to: Path | None) -> DiffFormat:
    """Return the form asked for, else the one that the file's ending tells, else text. Raises WrongCall for an ending of no form."""
    if form is not None or to is None:
        return form or DiffFormat.TEXT
    if to.suffix.lower() not in ENDINGS:
        raise WrongCall(f"{to.name} has no ending that tells its form; use one of {', '.join(ENDINGS)}, or say --format.")
    return ENDINGS[to.suffix.lower()]


def show(lines: list[Line]) -> None:
    """Print lines, in colour on a terminal."""
    out = console()
    if out.is_terminal:
        for line in lines:
            out.print(Text(printable(line.text), style=STYLES.get(line.look, "")), soft_wrap=True)
        return
    sys.stdout.writelines(printable(line.text) + "\n" for line in lines)
