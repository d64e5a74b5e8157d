"""The replica sites on this machine: serve them, or harvest them and show what is then in the store."""

from __future__ import annotations

import fcntl
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from harvester.cli.crawling import Progress, causes
from harvester.cli.demo_changes import show_changes
from harvester.cli.demo_records import example_code, show_gaps, show_records
from harvester.cli.output import Format, complain, console, emit
from harvester.config import Config
from harvester.crawl import RunSummary, crawl
from harvester.errors import HarvesterError, WrongCall
from harvester.messages import _
from harvester.replica.content import relatives
from harvester.replica.faults import Fault
from harvester.replica.records import RECORD_SITES, list_documents
from harvester.replica.server import Replica, serve
from harvester.session import opened, settings
from storage import queries

COLUMNS = ("site", "verdict", "requests", "captures", "documents", "versions", "tasks", "agencies", "deadlines", "failures")
QUERIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("What is due in the first half of 2026?", ("tasks", "--due-from", "2026-01-01", "--due-to", "2026-06-30", "--limit", "6")),
    ("Which bodies of Zhejiang have most to do?", ("agencies", "--region", "330000", "--limit", "8")),
    ("Which texts belong together?", ("works", "list", "--relation", "edition")),
    ("Where is credit repair spoken of?", ("search", "信用修复", "--limit", "4")),
)
RECORD_QUERIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Which entries of black lists are the newest?", ("notices", "--kind", "list-entry", "--colour", "black", "--limit", "5")),
    ("How good is what Shanghai publishes of its records?", ("quality", "--by", "site", "--site", "shanghai_records")),
)
MARKER = "harvester-demo"


def register(app: typer.Typer) -> None:
    """Add this module's verbs to the command line."""
    app.command()(replica)
    app.command()(demo)


def replica(
    names: Annotated[list[str] | None, typer.Argument(metavar="[SITE...]", help="Sites to serve; all when none is named.")] = None,
    fault: Annotated[str, typer.Option(metavar="NAME[:SITE][@REACH]", help="What goes wrong: challenge, half-body, 500 ...")] = "",
    port_base: Annotated[int, typer.Option(min=0, max=65000, help="The first port; 0 takes any free ones.")] = 0,
    delay: Annotated[float, typer.Option(min=0, help="Seconds of the fault slow.")] = 5.0,
) -> None:
    """Serve the replica sites on this machine until Ctrl-C; prints their addresses as JSON."""
    try:
        Fault.parse(fault)
        serve(names or None, fault=fault, port_base=port_base, delay=delay)
    except (ValueError, KeyError) as error:
        raise WrongCall(str(error).strip("'\"")) from None
    except OSError as error:
        raise HarvesterError(f"the replica cannot listen there ({error.strerror}); choose another --port-base.") from None


def demo(
    folder: Annotated[Path, typer.Option("--folder", help="Where the demo's store and archive go; made anew each time.")] = Path("demo"),
    fault: Annotated[str, typer.Option(metavar="NAME[:SITE][@REACH]", help="Let the replica sites fail, to see what is told.")] = "",
) -> int:
    """Harvest the ten replica sites on this machine, show what is in the store, and ask it some questions."""
    check_fault(fault)
    with prepared(folder) as store:
        return present(store, fault)


def check_fault(fault: str) -> None:
    """Raise WrongCall for a fault that there is not, or one of a site or section that there is not: the last demo stays in its folder."""
    try:
        Replica([], fault)
    except (ValueError, KeyError) as error:
        raise WrongCall(str(error).strip("'\"")) from None


def present(store: str, fault: str) -> int:
    """Harvest the replica sites into a fresh store twice, show and ask it; return the exit status."""
    begun = time.monotonic()
    with Replica(fault=fault, records=True, extra=[*list_documents(), *relatives()]) as site:
        config = replace(settings(store).with_bases(site.bases), pace=0.0, timeout=10.0)
        names = sorted(site.bases)
        text = _("Ten replica sites on this machine (pages of our own), no pause between requests because they are ours.")
        console().print(text)
        first = harvest(names, config)
        again = harvest(names, config)
        show(store, first, again)
        again += show_changes(site, store, config, _ask)
    console().print(
        _("{seconds} s in all; the store is {store}").format(seconds=round(time.monotonic() - begun), store=store), markup=False
    )
    ask(store)
    return 0 if fault or all(summary.verdict == "complete" for summary in [*first, *again]) else 1


@contextmanager
def prepared(folder: Path) -> Iterator[str]:
    """Give the URL of a fresh store in ``folder``, held against other demos; what an earlier demo left there is removed.

    Raises WrongCall where the folder holds anything else, or is no folder, HarvesterError while another demo uses it.
    """
    marker = folder / MARKER
    if folder.exists() and not (folder.is_dir() and (marker.exists() or not any(folder.iterdir()))):
        raise WrongCall(f"{folder} holds something that no demo made; choose another --folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = marker.open("w", encoding="utf-8")
    except OSError as error:
        raise HarvesterError(f"{folder} cannot be written ({error.strerror}); choose another --folder.") from None
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise HarvesterError(f"another demo is using {folder}; wait for its end, or choose another --folder.") from None
        handle.write("made by `harvester demo`, removed by the next one\n")
        handle.flush()
        empty(folder)
        yield f"sqlite:///{folder / 'demo.sqlite'}"


def empty(folder: Path) -> None:
    """Remove what an earlier demo left in its folder, but for the marker, which is locked."""
    for left in folder.iterdir():
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left)
        elif left.name != MARKER:
            left.unlink()


def harvest(names: Sequence[str], config: Config) -> list[RunSummary]:
    """Crawl all sites side by side and return their summaries."""
    progress = Progress()
    try:
        summaries = crawl(names, config, progress=progress)
    finally:
        progress.end()
    if any(summary.interrupted for summary in summaries):
        raise KeyboardInterrupt
    return summaries


def show(store: str, first: list[RunSummary], again: list[RunSummary]) -> None:
    """Show per site what the first crawl brought, and what the second one asked for."""
    with opened(store) as found:
        counted = {row["site"]: row for row in queries.counts(found)}
    rows = [
        {**counted.get(s.site, {}), "site": s.site, "verdict": str(s.verdict), "requests": s.requests, "failures": causes(s.failures)}
        for s in first
        if s.site not in RECORD_SITES
    ]
    emit(rows, Format.TABLE, COLUMNS)
    with opened(store) as found:
        show_records(found, first)
        show_gaps(found)
    for summary in (*first, *again):
        if summary.error:
            complain(f"{summary.site}: {summary.error}")
    text = _(
        "A second crawl of the unchanged sites: {requests} requests (least possible {least}), {versions} new versions, {records} records."
    )
    asked, least, versions = (sum(getattr(s, name) for s in again) for name in ("requests", "least", "versions"))
    records = sum(s.notices.get(effect, 0) for s in again for effect in ("new", "changed"))
    console().print(text.format(requests=asked, least=least, versions=versions, records=records))


def ask(store: str) -> None:
    """Run the queries as their user would, each with its command line."""
    for question, words in QUERIES:
        _ask(store, question, words)
    with opened(store) as found:
        tasks, code = queries.tasks(found), example_code(found)
    if tasks:
        _ask(store, "And the way back from one task:", ("explain", tasks[0]["id"]))
    for question, words in RECORD_QUERIES:
        _ask(store, question, words)
    if code:
        _ask(store, "What do public sources say of one subject, and which of them were looked at?", ("dossier", code))


def _ask(store: str, question: str, words: Sequence[str]) -> None:
    from harvester.cli.main import run  # the commands are registered there, this one included

    console().print(f"\n{_(question)}\n$ harvester {' '.join(words)} --store {store}", markup=False, style="bold")
    run([*words, "--store", store])
