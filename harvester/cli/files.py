"""The verbs that work on files and store nothing: extract, normalize."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from harvester.cli.options import FormatOption, StoreOption
from harvester.cli.output import Format, complain, emit, in_words
from harvester.decisions import stored_decisions
from harvester.errors import HarvesterError, WrongCall
from harvester.filtering import parse_date, parse_region
from harvester.messages import _, counted
from harvester.reading import extract_members, normalized_text
from harvester.session import opened
from harvester.values import printable, to_json
from normalizers.agencies import Decisions
from normalizers.agencies.resolve import NO_DECISIONS
from normalizers.notices.presentation import notice_json
from normalizers.presentation import derived_json
from storage.errors import MissingStore, StoreError

TASK_COLUMNS = ("number", "section", "text", "lead", "partner", "responsible", "deadline")


class Script(StrEnum):
    """The script in which a repaired text comes out."""

    SIMPLIFIED = "simplified"
    TRADITIONAL = "traditional"
    KEEP = "keep"


def register(app: typer.Typer) -> None:
    """Add this module's verbs to the command line."""
    for verb in (extract, normalize):
        app.command()(verb)


def extract(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Documents (html, docx, doc, pdf, ofd, xlsx, csv …) and archives.")
    ],
    region: Annotated[str, typer.Option(metavar="CODE", help="The home region, where the text does not say it.")] = "",
    published: Annotated[str | None, typer.Option(metavar="DATE", help="The day of publication.")] = None,
    store: StoreOption = None,
    form: FormatOption = Format.TABLE,
) -> int:
    """Read tasks, agencies, deadlines and public records out of files; store nothing. The decisions of the store count where there is one.

    An archive (zip, rar, 7z) gives a document for every file in it.
    A file that cannot be read is named on standard error and the others still come out; the exit status is then 1.
    """
    day, code = parse_date(published), parse_region(region)
    documents, unread, decisions = [], 0, known_decisions(store)
    for path in files:
        try:
            for found in extract_members(path, region=code, published=day, decisions=decisions):
                if isinstance(found, HarvesterError):
                    complain(in_words(str(found)))
                    unread += 1
                else:
                    documents.append(derived_json(found.derived, map(notice_json, found.notices)))
        except WrongCall:
            raise
        except HarvesterError as error:
            complain(in_words(str(error)))
            unread += 1
    if form is Format.JSON:
        sys.stdout.write(to_json(documents) + "\n")
        return 1 if unread else 0
    if records := sum(len(doc["notices"]) for doc in documents):
        complain(_("{n} public credit records are in them; --format json prints these too.").format(n=records))
    if documents:
        rows = ({"source": doc["source"], **task} for doc in documents for task in doc["tasks"])
        emit(rows, form, TASK_COLUMNS if len(documents) == 1 else ("source", *TASK_COLUMNS), title=heading(documents))
    return 1 if unread else 0


def known_decisions(store: str | None) -> Decisions:
    """Return the decisions of the store that is named, or of the usual one where it is there, and say so.

    Raises StoreError when a store that was named cannot be used; the usual one is then left alone, and that is said.
    """
    try:
        with opened(store) as found:
            decisions, name = stored_decisions(found), found.name
    except StoreError as error:
        if store:
            raise
        if not isinstance(error, MissingStore):
            complain(_("no decisions of review are used: {error}").format(error=error))
        return NO_DECISIONS
    if decisions.all:
        complain(counted("{n} decision of {store} is used.", "{n} decisions of {store} are used.", len(decisions.all), store=name))
    return decisions


def heading(documents: list[dict[str, object]]) -> str:
    """Return the line above a table of one document's tasks: its title, number and day."""
    if len(documents) != 1:
        return ""
    parts = (documents[0].get(key) for key in ("title", "document_number", "issued_on"))
    return "  ".join(printable(str(part)) for part in parts if part)


def normalize(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The document to repair.")],
    script: Annotated[Script, typer.Option(help="The script of what comes out.")] = Script.SIMPLIFIED,
) -> None:
    """Print the repaired text of a file; what was repaired is told on standard error."""
    cleaned = normalized_text(file, script.value)
    # Whatever else ends a line (CR, form feed, U+2028) would overwrite it or move on: texts keep these, a terminal should not get them.
    sys.stdout.writelines(f"{line}\n" for line in cleaned.text.splitlines())
    for repair in cleaned.repairs:
        counts = _("{kind}: {count} repaired, {guessed} of them guessed, {left} left")
        sys.stderr.write(counts.format(kind=repair.kind, count=repair.count, guessed=repair.guessed, left=repair.left) + "\n")
