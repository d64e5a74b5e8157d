"""What a start mends of what killed processes left: runs without an end, half-written records of the archive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from storage.errors import LockedStore
from storage.record_archive import RecordArchive
from storage.records import Verdict
from storage.schema import runs
from storage.store import KILLED, Store


@dataclass(frozen=True, slots=True)
class Mended:
    """Runs that were marked killed, by id and site, and the bytes that were cut off the archive."""

    runs: tuple[tuple[str, str], ...] = ()
    cut: int = 0


def mend(store: Store, now: datetime) -> Mended:
    """Mark the runs killed that nobody goes on with, cut what is half written off the archive, and return what was mended."""
    with store.reading() as connection:
        sites = list(connection.execute(select(runs.c.site).where(runs.c.verdict.is_(None)).distinct()).scalars())
    marked = [run for site in sorted(sites) for run in _mark_killed(store, site, now)]
    return Mended(tuple(marked), recover(store))


def recover(store: Store) -> int:
    """Finish in both archives what killed processes left half done; return the number of bytes cut off the files' ends.

    It is done site by site under the site's lock. The files' own locks may say nothing of a run on another host that writes to the same
    folder over a network; the store's do.
    """
    records, cut = RecordArchive(store.archive.folder), 0
    for site in sorted({*store.archive.left(), *records.left()}):
        try:
            with store.held(site, grace=0.0):
                cut += store.archive.recover(site) + records.recover(site)
        except LockedStore:
            continue  # it is being crawled, and its run mended what it found
    return cut


def _mark_killed(store: Store, site: str, now: datetime) -> list[tuple[str, str]]:
    unended = (runs.c.site == site) & runs.c.verdict.is_(None)
    try:
        with store.held(site, grace=0.0), store.writing() as connection:
            found = [(row.id, row.site) for row in connection.execute(select(runs.c.id, runs.c.site).where(unended).order_by(runs.c.id))]
            connection.execute(update(runs).where(unended).values(verdict=Verdict.FAILED, cause=KILLED, ended_at=now))
    except LockedStore:
        return []  # it is under way
    return found
