"""The verbs on the store itself: db upgrade, status, dump, verify, prune-changes; copy, backup and restore are in ``moving``."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from harvester.cli import moving
from harvester.cli.options import FormatOption, StoreOption
from harvester.cli.output import Format, console, emit
from harvester.errors import HarvesterError, WrongCall
from harvester.gazetteer import load_gazetteer
from harvester.messages import _, counted, listed
from harvester.moments import moment_of
from harvester.sentences import said
from harvester.session import opened
from storage import horizon, putting_back, queries
from storage.dump import dump as dump_lines

COUNT_COLUMNS = ("site", "captures", "documents", "versions", "tasks", "agencies", "deadlines")


def register(app: typer.Typer) -> None:
    """Add this module's verbs to the command line, below ``db``."""
    group = typer.Typer(help="The store: make or upgrade it, show, dump, verify or prune it.", rich_markup_mode=None)
    for verb in (upgrade, status, dump, verify):
        group.command()(verb)
    group.command("prune-changes")(prune_changes)
    moving.add(group)
    app.add_typer(group, name="db")


def upgrade(store: StoreOption = None) -> None:
    """Make the store, or bring it to this program's schema; load the gazetteer. On PostgreSQL the queue of the workers, too."""
    with opened(store, create=True, check=False) as found:
        found.upgrade()
        load_gazetteer(found)
        if found.engine.dialect.name == "postgresql":
            from harvester.scheduling import queue  # late: libraries that no SQLite store needs

            queue.upgrade(found)
        console().print(_("{store} is at schema {revision}").format(store=found.name, revision=found.revision), markup=False)


def status(store: StoreOption = None, form: FormatOption = Format.TABLE) -> None:
    """Show what the store holds, site by site."""
    with opened(store) as found:
        rows = queries.counts(found)
        emit(rows, form, COUNT_COLUMNS, title=f"{found.name}  ({_('schema')} {found.revision})")


def dump(
    to: Annotated[Path | None, typer.Option("--to", metavar="FILE", help="Where to; standard output if not given.")] = None,
    store: StoreOption = None,
) -> None:
    """Write the store's content as sorted JSON lines, without clocks and runs: equal stores give equal dumps."""
    with opened(store) as found:
        if to is None:
            sys.stdout.writelines(line + "\n" for line in dump_lines(found))
            return
        try:
            with to.open("w", encoding="utf-8") as file:
                file.writelines(line + "\n" for line in dump_lines(found))
        except OSError as error:
            raise HarvesterError(f"{to} cannot be written ({error.strerror}); choose another place with --to.") from None


def verify(
    backup: Annotated[
        Path | None, typer.Option("--backup", metavar="FOLDER", help="Instead of the store: a backup, or all in a folder of backups.")
    ] = None,
    store: StoreOption = None,
) -> int:
    """Read the whole archive, check every record's digest, and hold the store against it; exit status 1 when something is wrong."""
    if backup is not None:
        problems = putting_back.check(backup)
        for problem in problems:
            console().print(problem, markup=False, soft_wrap=True)
        told = counted("{n} problem in the backups of {folder}", "{n} problems in the backups of {folder}", len(problems), folder=backup)
        console().print(told, markup=False)
        return 1 if problems else 0
    with opened(store) as found:
        report = found.verify()
    counts = (
        counted("{n} file", "{n} files", report.files),
        counted("{n} record", "{n} records", report.records),
        counted("{n} revisit", "{n} revisits", report.revisits),
        counted("{n} problem", "{n} problems", len(report.problems)),
    )
    console().print(_(", ").join(counts), markup=False)
    if report.record_files:
        files = counted("{n} file of public credit records", "{n} files of public credit records", report.record_files)
        records = counted("{n} record", "{n} records", report.printed)
        erased = counted("{n} taken down", "{n} taken down", report.erased)
        console().print(_(", ").join((files, records, erased)), markup=False)
    for problem in report.problems:
        console().print(said(problem), markup=False)
    return 1 if report.problems else 0


def prune_changes(
    before: Annotated[str, typer.Option("--before", metavar="DATE", help="Drop what was known before this day.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would be dropped, and drop nothing.")] = False,
    store: StoreOption = None,
) -> None:
    """Drop the beginning of the feed of changes; who follows it from before that begins again with a snapshot."""
    now = datetime.now(UTC)
    moment = moment_of(before, now)
    if moment > now:
        raise WrongCall(f"{before} is still to come; name a day before which nobody needs the changes any more.")
    with opened(store) as found:
        done = horizon.prune(found, moment, dry_run=dry_run)
    forms = (
        (
            "{n} row up to number {horizon} would be dropped; the last one is {latest}.",
            "{n} rows up to number {horizon} would be dropped; the last one is {latest}.",
        )
        if dry_run
        else (
            "{n} row up to number {horizon} dropped; the last one is {latest}.",
            "{n} rows up to number {horizon} dropped; the last one is {latest}.",
        )
    )
    console().print(counted(*forms, done.rows, horizon=done.horizon, latest=done.latest), markup=False)
    if done.held_by:
        console().print(_("Kept from more by what was not told yet: {watches}.").format(watches=listed(done.held_by)), markup=False)
