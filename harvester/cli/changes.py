"""The verbs of the feed: changes, versions, snapshot."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from harvester import audited
from harvester.cli.feed_answers import show_answer
from harvester.cli.options import ByOption, ColourOption, FormatOption, ListOption, RegionOption, SiteOption, StoreOption
from harvester.cli.output import Format, complain, console, emit
from harvester.cli.querying import AgencyOption, RoleOption
from harvester.config import Config
from harvester.errors import HarvesterError
from harvester.feed_answers import Answer
from harvester.filtering import ANY, chosen, of_time, parse_region, split_kinds
from harvester.messages import _, counted, language
from harvester.moments import minute
from harvester.record_questions import log_records
from harvester.session import check_agency, check_site, opened, settings
from harvester.values import plain
from storage import change_queries, snapshots, version_queries
from storage.change_filters import EVERYTHING, ChangeFilters
from storage.change_schema import CAUSES, ENTITIES
from storage.naming import check_document, check_entities
from storage.snapshots import ReplayError
from storage.store import Store
from storage.types import to_json
from storage.whole_files import whole_file

Row = dict[str, Any]

VERSION_COLUMNS = ("version", "change", "in force from", "first_seen", "last_seen", "last_checked", "known_at", "tasks", "changes", "title")
DEFAULT_LIMIT = 200


class FeedFormat(StrEnum):
    """The forms of the feed."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    ATOM = "atom"


FeedFormatOption = Annotated[
    FeedFormat, typer.Option("--format", help="table for people; json, jsonl, csv for programs; atom for readers.")
]
SinceOption = Annotated[
    str, typer.Option(metavar="SEQ|MOMENT", help="After this number of the feed, or since monday, 昨天, 3d, 2026-06-30.")
]
FeedLimitOption = Annotated[int, typer.Option("--limit", min=0, help="At most so many rows; 0 means all.")]


def register(app: typer.Typer) -> None:
    """Add this module's verbs to the command line."""
    for verb in (changes, versions, snapshot):
        app.command()(verb)


def changes(
    agency: AgencyOption = "",
    role: RoleOption = None,
    since: SinceOption = "",
    until: Annotated[str, typer.Option(metavar="MOMENT", help="Known before this moment.")] = "",
    as_of_from: Annotated[str | None, typer.Option(metavar="DATE", help="Said by the source on or after this day.")] = None,
    as_of_to: Annotated[str | None, typer.Option(metavar="DATE", help="Said by the source on or before this day.")] = None,
    entity: Annotated[list[str] | None, typer.Option(help="document, text, task, link, notice; may be given again.")] = None,
    kind: Annotated[
        list[str] | None, typer.Option(help="added, removed, changed, …, or a kind of public record; may be given again.")
    ] = None,
    cause: Annotated[list[str] | None, typer.Option(help="source (default), reading, decision, any; may be given again.")] = None,
    region: RegionOption = None,
    site: SiteOption = None,
    section: Annotated[str, typer.Option(help="Only this section of a site.")] = "",
    document: Annotated[str, typer.Option(help="Only this document.")] = "",
    work: Annotated[str, typer.Option(help="Only documents of this work.")] = "",
    task: Annotated[str, typer.Option(help="Only this task, by its lasting id (ID.kN) or ID.VERSION.tN.")] = "",
    words: Annotated[str, typer.Option("--words", help="Only rows that hold these words, before or after.")] = "",
    list_name: ListOption = "",
    colour: ColourOption = None,
    copies: Annotated[bool, typer.Option("--copies", help="Also what was told before of another copy of the work.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Every row: all causes, copies, restatements.")] = False,
    limit: FeedLimitOption = DEFAULT_LIMIT,
    by: ByOption = "",
    store: StoreOption = None,
    form: FeedFormatOption = FeedFormat.TABLE,
) -> None:
    """Tell what changed, in the order it became known: documents, tasks, wording, links, public records.

    Of a public record that left, only that it left and why is told.
    """
    causes = chosen("--cause", cause, (*CAUSES, ANY))
    kinds, record_kinds = split_kinds(kind)
    asked = ChangeFilters(
        **of_time(since, until, as_of_from, as_of_to), entities=chosen("--entity", entity, ENTITIES), kinds=kinds,
        causes=() if ANY in causes else causes or ("source",), copies=copies, agency=agency, role=role.value if role else "",
        region=parse_region(region or ""), site=site or "", section=section, document=document, work=work, task=task, word=words,
        list_name=list_name, colour=colour.value if colour else "", record_kind=record_kinds, limit=limit or None,
    )  # fmt: skip
    if everything:
        asked = replace(asked, causes=EVERYTHING.causes, copies=True, restated=True, withdrawn=True)
    with opened(store) as found:
        check_site(found, asked.site)
        if document:
            check_document(found, document)
        check_agency(found, agency)
        # A feed reader is told of what it kept and should not have any more.
        answer = Answer.of(found, replace(asked, withdrawn=asked.withdrawn or form is FeedFormat.ATOM))
        if not answer.rows:
            check_entities(found, work, task)
        log_records(found, audited.actor(store, by), asked, answer.rows)
        if form is FeedFormat.ATOM:
            show_atom(found, answer, settings(store))
            return
    show(answer, form)


def show_atom(store: Store, answer: Answer, config: Config) -> None:
    """Write an answer for feed readers; its entries lead to the reading room where the settings name its address."""
    from harvester import feeds  # lxml: this form alone waits for it
    from harvester.asked_names import called

    said = {name: value for name, value in asdict(answer.asked).items() if isinstance(value, str)}
    channel = feeds.Channel(
        feeds.authority_of(config.contact), answer.asked, language(), datetime.now(UTC), answer.next if answer.cut else None,
        base=config.room_base, named=called(store, said, language()),
    )  # fmt: skip
    console().file.write(feeds.atom(answer.rows, channel))


def show(answer: Answer, form: FeedFormat) -> None:
    """Write an answer; where nothing changed, say where was looked, and until when, beside it."""
    if form is FeedFormat.TABLE:
        show_answer(answer, language())
    else:
        emit(answer.told(both=form is not FeedFormat.CSV), Format(form.value), ())
        if not answer.rows:
            complain(" ".join(answer.nothing()))


def versions(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="A document, or one of its versions or tasks.")],
    store: StoreOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """List the versions of a document: since when it said what, when that was seen last, and what changed."""
    with opened(store) as found:
        rows = version_queries.versions(found, identifier)
    emit([brief(row) for row in rows] if form is Format.TABLE else rows, form, VERSION_COLUMNS)


def brief(row: Row) -> Row:
    """Return a version for a table."""
    named = {"text": "wording"}
    told = [f"{_(named.get(entity, entity))} {_(kind)} {count}" for (entity, kind), count in by_kind(row["changes"])]
    moments = {name: minute(row[name]) for name in ("first_seen", "last_seen", "last_checked", "known_at")}
    return row | moments | {"changes": told, "change": _(row["change"]), "in force from": row["in_force_from"]}


def by_kind(changes: dict[str, int]) -> Iterator[tuple[tuple[str, str], int]]:
    """Yield entity and kind of change with their count."""
    for name, count in changes.items():
        entity, _space, kind = name.partition(" ")
        yield (entity, kind), count


def snapshot(
    to: Annotated[Path | None, typer.Option("--to", metavar="FILE", help="Where to (.jsonl); standard output if not given.")] = None,
    update: Annotated[
        Path | None, typer.Option("--update", metavar="FILE", help="Bring this snapshot up to date by the feed alone, in place or --to.")
    ] = None,
    store: StoreOption = None,
) -> None:
    """Write a copy of what is known of documents, tasks and links, as JSON lines; the first names the number to go on from."""
    to = to or update
    with opened(store) as found:
        lines = replayed(found, update) if update else snapshots.snapshot(found)
        if to is None:
            sys.stdout.writelines(to_json(plain(line)) + "\n" for line in lines)
            return
        written = write_lines(to, lines)
    console().print(counted("{n} row in {file}", "{n} rows in {file}", written, file=to), markup=False)


def replayed(store: Store, file: Path) -> Iterator[Row]:
    """Yield the snapshot in a file as the feed has changed it since."""
    kept = list(read_lines(file))
    try:
        with store.reading() as connection:
            yield from snapshots.replay(kept, change_queries.every_change(connection, kept[0]["seq"] if kept else 0))
    except (ReplayError, KeyError, TypeError) as error:
        raise HarvesterError(
            f"{file} is no snapshot that the feed follows on ({error}); take a fresh one with `harvester snapshot`."
        ) from None


def read_lines(file: Path) -> Iterator[Row]:
    """Yield the JSON lines of a file; raises HarvesterError for what is none."""
    try:
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)
    except (OSError, ValueError, RecursionError) as error:
        raise HarvesterError(f"{file} cannot be read as a snapshot ({error}); name a file that `harvester snapshot` wrote.") from None


def write_lines(to: Path, lines: Iterable[Row]) -> int:
    """Write lines to a file, whole or not at all, and return their number without the head."""
    with whole_file(to) as draft, draft.open("w", encoding="utf-8") as file:
        count = sum(file.write(to_json(plain(line)) + "\n") > 0 for line in lines)
    return count - 1
