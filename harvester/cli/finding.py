"""The verbs of the one box and of citations: find, cite."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated

import typer

from harvester import citing
from harvester.citations import cited_document
from harvester.cli.options import FormatOption, StoreOption
from harvester.cli.output import Format, complain, emit
from harvester.filtering import parse_date
from harvester.finding import Hit, look_up
from harvester.messages import _, listed
from harvester.session import opened
from harvester.values import printable, to_json
from storage.days import local_day

COLUMNS = ("kind", "id", "title", "why", "sure", "address")


class Style(StrEnum):
    """The forms of a citation."""

    GBT7714 = "gbt7714"
    LEGAL = "legal"
    BIBTEX = "bibtex"


def register(app: typer.Typer) -> None:
    """Add this module's verbs to the command line."""
    app.command()(find)
    app.command()(cite)


def find(
    text: Annotated[list[str], typer.Argument(metavar="TEXT...", help="A number, title, code, body, identifier or address of a site.")],
    store: StoreOption = None,
    form: FormatOption = Format.TABLE,
) -> int:
    """Find what a number in any spelling, part of a title, a code, a body's name or an address of a credit site stands for."""
    with opened(store) as found:
        answer = look_up(found, " ".join(text))
    if answer.cut:
        complain(_("only the first are shown: write more of it."))
    if not answer.tried:
        complain(_("there is nothing in it that can be looked up: write letters, digits or Chinese characters."))
    elif not answer.hits:
        tried = listed(_(name) for name in answer.tried)
        complain(_("nothing was found; tried as: {tried}. `harvester search` looks through the texts.").format(tried=tried))
    emit((_row(hit, form) for hit in answer.hits), form, COLUMNS)
    return 0 if answer.hits else 1


def _row(hit: Hit, form: Format) -> dict[str, object]:
    row = asdict(hit)
    return row | {"why": _(hit.why), "kind": _(hit.kind)} if form is Format.TABLE else row


def cite(
    document: Annotated[str, typer.Argument(metavar="ID", help="A document: ID, ID@VERSION or ID@YYYY-MM-DD.")],
    style: Annotated[Style, typer.Option(help="gbt7714 (GB/T 7714-2015), legal (法学引注手册), bibtex.")] = Style.GBT7714,
    base: Annotated[str, typer.Option(metavar="URL", help="Where readers reach the reading room; its lasting address is cited.")] = "",
    accessed: Annotated[str | None, typer.Option(metavar="DATE", help="The day of access; else today.")] = None,
    store: StoreOption = None,
    form: Annotated[Format, typer.Option("--format", help="json gives every style.")] = Format.TABLE,
) -> None:
    """Print a ready-made citation of a document."""
    day: date = parse_date(accessed) or local_day(datetime.now(UTC))
    with opened(store) as found:
        made = citing.citations(cited_document(found, document, base), day)
    if form is Format.JSON:
        sys.stdout.write(to_json(asdict(made)) + "\n")
        return
    told = asdict(made)[style.value]
    sys.stdout.write("\n".join(printable(line) for line in told.rstrip("\n").split("\n")) + "\n")
