"""The log of one run, printed once or as it comes."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any

from harvester.cli.output import Format, console, emit
from harvester.errors import WrongCall
from harvester.messages import _, language
from harvester.observing.wording import line
from harvester.values import printable, to_json
from storage import run_events
from storage.days import LOCAL
from storage.run_names import unknown_run
from storage.store import Store

LOOK_EVERY = 1.0
"""Seconds between two looks: a crawl writes its events every two."""
LOG_COLUMNS = ("at", "level", "event", "told")
Row = Mapping[str, Any]


def show(store: Store, run: str, form: Format) -> None:
    """Print the log of a run. Raises ``UnknownRecord``."""
    check(store, run)
    rows = run_events.read(store, run)
    if form is not Format.TABLE:
        emit([row | {"told": line(row["event"], row["detail"], language())} for row in rows], form, LOG_COLUMNS)
    elif rows:
        for row in rows:
            print_line(row)
    else:
        console().print(_("(nothing found)"))


def follow(store: Store, run: str, form: Format) -> None:
    """Print the log of a run as it comes, until the run has ended. Raises ``UnknownRecord``."""
    if form not in (Format.TABLE, Format.JSONL):
        raise WrongCall("--follow prints line by line; take --format table or jsonl.")
    check(store, run)
    for row in coming(store, run):
        if form is Format.JSONL:
            sys.stdout.write(to_json(row, indent=None) + "\n")
        else:
            print_line(row)
        sys.stdout.flush()


def coming(store: Store, run: str) -> Iterator[Row]:
    """Yield a run's events as they come; end when it has a verdict and its last event was read."""
    last = 0
    while True:
        ended = bool(run_events.verdict_of(store, run))  # before the events: what comes until then is read
        for row in run_events.read(store, run, last):
            last = row["number"]
            yield row
            if row["event"] == "verdict":
                ended = True
        if ended:
            return
        time.sleep(LOOK_EVERY)


def check(store: Store, run: str) -> None:
    """Raise ``UnknownRecord`` where there is no such run."""
    if run_events.verdict_of(store, run) is None:
        with store.reading() as connection:
            raise unknown_run(connection, run)


def print_line(row: Row) -> None:
    """Print an event in one line: its time in Shanghai, its level where it is no mere information, and what happened."""
    mark = {"warning": "! ", "error": "!! "}.get(row["level"], "")
    told = " ".join(printable(line(row["event"], row["detail"], language())).split())
    sys.stdout.write(f"{row['at'].astimezone(LOCAL):%H:%M:%S} {mark}{told}\n")
