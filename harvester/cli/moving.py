"""The verbs that move a store or keep it safe, below ``db``: copy, backup, restore."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from harvester import audited
from harvester.cli.options import StoreOption
from harvester.cli.output import complain, console
from harvester.config import Config, user_agent
from harvester.errors import HarvesterError, WrongCall
from harvester.gazetteer import load_gazetteer
from harvester.messages import _, counted
from harvester.moments import minute
from harvester.session import opened, settings
from storage import backing_up, copying, due_runs, putting_back, table_digests, takedown
from storage.backing_up import BackupReport
from storage.engine import file_of, read_url
from storage.errors import StoreError
from storage.keyed import key_path
from storage.store import Store

BACKUP = "backup"
"""As what a backup stands among the due runs; no schedule names it, since it is made from outside (a timer, cron, by hand)."""
EVERY = 2.0
"""Seconds between two words on how far a copy is."""


def add(group: typer.Typer) -> None:
    """Add this module's verbs to those of the store."""
    for verb in (copy, backup, restore):
        group.command()(verb)


class Progress:
    """Says now and then how far it is, on standard error."""

    def __init__(self) -> None:
        self.terminal = sys.stderr.isatty()
        self.told = time.monotonic()

    def __call__(self, what: str, done: int, total: int) -> None:
        """Take how far it is."""
        if time.monotonic() - self.told < EVERY:
            return
        self.told = time.monotonic()
        line = _("{what}: {share} % of {total}").format(what=what, share=100 * done // max(total, 1), total=f"{total:,}")
        sys.stderr.write(("\r\033[K" if self.terminal else "") + line + ("" if self.terminal else "\n"))
        sys.stderr.flush()

    def end(self) -> None:
        """Leave the terminal's line clean."""
        if self.terminal:
            sys.stderr.write("\r\033[K")


def copy(
    to: Annotated[str, typer.Option("--to", metavar="URL", help="An empty place: sqlite:///FILE or postgresql+psycopg://...")],
    source: Annotated[str | None, typer.Option("--from", metavar="URL", help="The store to copy; else the one of the settings.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Then read both through and hold every row of them against the other.")] = False,
) -> None:
    """Copy the store into another database, whole or not at all; others may go on reading and writing meanwhile.

    The archive and the key file stay where they are: name them in the settings of the copy.
    """
    progress = Progress()
    with opened(source) as found:
        report = copying.copy(found, to, progress=progress)
        progress.end()
        for mended in report.mended:
            complain(mended)
        told = _("{target}: {rows} rows of {tables} tables and {terms} entries of the search index in {seconds} s")
        console().print(
            told.format(
                target=report.target, rows=report.rows, tables=len(report.tables), terms=report.terms, seconds=round(report.seconds, 1)
            ),
            markup=False,
        )
        if check:
            _hold_against(found, to)
    _tell_settings(settings(source), report.target)


def _hold_against(found: Store, to: str) -> None:
    with Store.open(to) as copied, found.reading() as one, copied.reading() as other:
        if wrong := table_digests.differing(one, other):
            raise HarvesterError(
                f"the tables {', '.join(wrong)} differ: somebody wrote to one of the stores meanwhile; stop them, and copy again."
            )
    console().print(_("every row of both is the same"), markup=False)


def _tell_settings(config: Config, target: str) -> None:
    """Say what the settings of the copy must name, since its archive and key lie beside the former store."""
    archive = config.archive.absolute()
    key = (config.key or key_path(file_of(read_url(config.store)), config.archive)).absolute()
    console().print(_("In harvester.toml of the copy:"), markup=False)
    console().print(f'store = "{target}"\narchive = "{archive}"\nkey = "{key}"', markup=False, soft_wrap=True)


def backup(
    to: Annotated[Path, typer.Option("--to", metavar="FOLDER", help="Where backups lie, each in a folder of its own.")],
    with_key: Annotated[
        bool, typer.Option("--with-key", help="The key file, too: who has it and the backup can try names against tombstones.")
    ] = False,
    whole: Annotated[bool, typer.Option("--whole", help="Copy every file anew, link none to the backup before.")] = False,
    keep: Annotated[
        int, typer.Option("--keep", metavar="DAYS", min=0, max=36500, help="Then drop backups older than so many days; 0 keeps all.")
    ] = 0,
    store: StoreOption = None,
) -> None:
    """Save the store and its archive while both are in use; of the archive only what is new takes room."""
    progress, config, began = Progress(), settings(store), datetime.now(UTC)
    with opened(store) as found:
        report = backing_up.backup(
            found, to, key=config.key, with_key=with_key, whole=whole, keep_days=keep, program=user_agent(""), progress=progress
        )
        progress.end()
        leave_trace(found, report, began, audited.actor(store, ""))
    for mended in report.mended:
        complain(mended)
    told = (
        "{folder}: the database ({kind}, {size} MB) and {n} file of the archive, {linked} of them as in the backup before",
        "{folder}: the database ({kind}, {size} MB) and {n} files of the archive, {linked} of them as in the backup before",
    )
    manifest = report.manifest
    size = round(manifest.database.bytes / 1e6, 1)
    counts = counted(*told, len(manifest.archive), folder=report.folder, kind=manifest.kind, size=size, linked=report.linked)
    console().print(counts, markup=False)
    for dropped in report.dropped:
        console().print(_("dropped: {folder}").format(folder=dropped.name), markup=False)
    if not with_key:
        console().print(_("The key file is not in it: keep a copy of it elsewhere."), markup=False)


def leave_trace(store: Store, report: BackupReport, began: datetime, by: str) -> None:
    """Write down that a backup was made, where and by whom, so that the pages for operators can tell of the last one.

    It lies behind the backup, which so never holds its own trace. The backup is whole even where a store takes no note of it.
    """
    manifest = report.manifest
    size = round(manifest.database.bytes / 1e6, 1)
    note = f"{report.folder.absolute()}: the database ({size} MB) and {len(manifest.archive)} files of the archive"
    try:
        due_runs.note_done(store, BACKUP, began, datetime.now(UTC), by, note)
    except StoreError as error:
        complain(_("The backup is whole, but the store could not take a note of it: {reason}").format(reason=error))


def restore(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A backup, or the folder of backups: then the last one.")],
    to: Annotated[str, typer.Option("--to", metavar="URL", help="An empty place: sqlite:///FILE or postgresql+psycopg://...")],
    archive: Annotated[
        Path | None, typer.Option("--archive", metavar="FOLDER", help="Where the archive goes; beside a SQLite file if not given.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", metavar="FILE", help="The store's key file, if it is not where it is looked for.")
    ] = None,
) -> int:
    """Put a backup back into an empty place, verified first, and take down what may no longer be shown before anything is served.

    Exit status 1 when something could not be taken down.
    """
    file = file_of(read_url(to))
    if archive is None and file is None:
        raise WrongCall("a store on a server has no place for its archive; name one with --archive FOLDER.")
    place = archive or Path(str(file)).parent / "archive"
    report = putting_back.restore(folder, to, place)
    for mended in report.mended:
        complain(mended)
    told = (
        "{folder} of {moment} is put back: {n} file of the archive, schema {revision}",
        "{folder} of {moment} is put back: {n} files of the archive, schema {revision}",
    )
    moment = minute(report.manifest.made_at)
    console().print(counted(*told, report.files, folder=report.folder, moment=moment, revision=report.revision), markup=False)
    with Store.open(to, archive=place, key=key) as found:
        load_gazetteer(found)
        down = takedown.run(found, audited.today())
    taken = sum(down.taken.values())
    told_down = (
        "taken down again: {n} record; {erased} erased in the archive",
        "taken down again: {n} records; {erased} erased in the archive",
    )
    console().print(counted(*told_down, taken, erased=down.erased), markup=False)
    for problem in down.problems:
        complain(problem)
    complain(
        _(
            "what was repaired, withdrawn or objected to after {moment} is not known to it: crawl and enter objections first, then serve."
        ).format(moment=moment)
    )
    return 1 if down.problems else 0
