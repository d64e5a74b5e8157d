"""The daily take-down: what may no longer be shown becomes tombstones, and its content goes from every file.

Every step can be killed and done again: a record is buried in one transaction, its tombstone says that the archive is still to be
erased (``archive_erased_at``), and that is noted last, when the files are wiped. Nothing is ever taken down because a fetch
failed: ``missing_since`` is set by a list that was read to its end, and a record goes when it is missing again on another day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import groupby
from pathlib import PurePosixPath
from typing import NamedTuple

from sqlalchemy import Connection, func, select, update

from normalizers.notices.records import NoticeKind
from storage import mending, scrub, workers
from storage.batches import batches
from storage.days import local_day
from storage.engine import rows
from storage.errors import ArchiveError, FullDisk, LockedStore, UnknownRecord
from storage.notice_endings import bury_everywhere
from storage.notice_schema import notices, tombstones
from storage.record_archive import FOLDER, Erasure, RecordArchive
from storage.records import Location, TakedownReason
from storage.schema import runs
from storage.store import Store
from storage.tombstones import Grave, bury, graves_of

LOCK = "the take-down"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TakedownReport:
    """What a take-down did: ``taken`` counts records by reason, ``finished`` tombstones of which nothing is left in any file now.

    ``late`` counts, by whole days, records that went after the day they should have. ``erased`` archived records were overwritten,
    ``left`` tombstones wait for that, and ``problems`` says why, in sentences. In a dry run ``taken`` is what would be taken down.
    """

    day: date
    dry_run: bool = False
    taken: Mapping[TakedownReason, int] = field(default_factory=dict)
    late: Mapping[int, int] = field(default_factory=dict)
    erased: int = 0
    finished: int = 0
    left: int = 0
    problems: tuple[str, ...] = ()


class Buried(NamedTuple):
    """A tombstone of which something may be left in files: its record's place in the archive, where it had one."""

    id: str
    file: str | None
    site: str


def run(store: Store, today: date, *, dry_run: bool = False, at: datetime | None = None) -> TakedownReport:
    """Take down what may not be shown on a day (in Shanghai), erase it from the archive, wipe the database's files, and report.

    Raises ``LockedStore`` while another take-down is under way, ``StoreError`` for a store without its archive.
    """
    now = at or datetime.now(UTC)
    with store.held(LOCK):
        with store.reading() as connection:
            graves = _due(connection, today, now)
        if not dry_run:
            graves = [grave for some in batches(graves) for grave in _bury_due(store, [each.notice_id for each in some], today, now)]
        report = TakedownReport(today, dry_run, Counter(grave.reason for grave in graves), _late(graves, today))
        return replace(report, left=_waiting(store)) if dry_run else _finish(store, report, now)


def _bury_due(store: Store, ids: Sequence[str], today: date, at: datetime) -> list[Grave]:
    """Bury records that are due still, and return the graves: a crawl that had the turn before may have seen one of them again."""
    with store.writing() as connection:
        graves = _due(connection, today, at, ids)
        bury(connection, graves)
    return graves


def bury_for_good(connection: Connection, notice_id: str, at: datetime) -> None:
    """Bury a record to which an objection was upheld, and every other publication of the same decision, in the caller's transaction.

    Its place in the archive is for ``erase_buried``; the next take-down wipes the database's files. Raises ``UnknownRecord``.
    """
    found = graves_of(connection, [notice_id], TakedownReason.SUPPRESSED, at, due_on=local_day(at))
    found = found or _graves_again(connection, notice_id, at)
    if not found:
        raise UnknownRecord(f"There is no record {notice_id}: take its id from `harvester notices`.")
    bury_everywhere(connection, found)


def erase_buried(store: Store, at: datetime) -> list[str]:
    """Erase from the archive what waits for it at once, and return what cannot be, in sentences: the next take-down tries again."""
    archive, left = RecordArchive(store.archive.folder), list[str]()
    for _, location in _places(store):
        try:
            left += archive.erase([location], at).problems
        except (ArchiveError, FullDisk) as error:
            left.append(str(error))
    return left


def _graves_again(connection: Connection, notice_id: str, at: datetime) -> list[Grave]:
    """Return the grave of a record that is buried already, so that the weightier reason takes the lighter one's place."""
    t = tombstones.c
    query = select(t.same_tag, t.number_tag, t.site, t.section, t.kind, t.due_on).where(t.id == notice_id)
    return [
        Grave(notice_id=notice_id, reason=TakedownReason.SUPPRESSED, at=at, **(row | {"kind": NoticeKind(row["kind"])}))
        for row in rows(connection.execute(query))
    ]


# --- what is due -----------------------------------------------------------------------------------------------------


def _due(connection: Connection, today: date, at: datetime, among: Sequence[str] | None = None) -> list[Grave]:
    n = notices.c
    asked = [n.id.in_(among)] if among is not None else []
    over = rows(connection.execute(select(n.id, n.ends_on).where(n.ends_on < today, *asked).order_by(n.id)))
    lost = select(n.id, n.missing_since, n.missing_last).where(n.missing_since.is_not(None), *asked).order_by(n.id)
    due = {row["id"]: (TakedownReason.EXPIRED, row["ends_on"] + _DAY) for row in over}
    for row in rows(connection.execute(lost)):
        if local_day(row["missing_last"]) > local_day(row["missing_since"]):
            due.setdefault(row["id"], (TakedownReason.GONE, local_day(row["missing_last"])))
    found: list[Grave] = []
    for (reason, day), ids in groupby(sorted(due, key=lambda each: due[each]), key=lambda each: due[each]):
        found += graves_of(connection, list(ids), reason, at, due_on=day)
    return found


def _late(graves: Sequence[Grave], today: date) -> dict[int, int]:
    days = Counter((today - grave.due_on).days for grave in graves if grave.due_on is not None and grave.due_on < today)
    return dict(sorted(days.items()))


# --- what is left in files ---------------------------------------------------------------------------------------------


def _finish(store: Store, report: TakedownReport, at: datetime) -> TakedownReport:
    """Erase from the archive what no notice rests on, wipe the database's files, and note of which tombstones nothing is left."""
    archive = RecordArchive(store.archive.folder)
    mending.recover(store)
    waiting = _waiting_ones(store)  # what is buried from here on may stand in what was swept before: the next take-down's
    done, bad = _erase(store, archive, at)
    problems, finished = done.problems, 0
    if done.erased or waiting:
        wiped = scrub.scrub(store)
        problems += wiped.problems
        finished = _note_erased(store, waiting, bad, at) if wiped.done else 0
    return TakedownReport(report.day, False, report.taken, report.late, done.erased, finished, _waiting(store), problems)


def _erase(store: Store, archive: RecordArchive, at: datetime) -> tuple[Erasure, set[str]]:
    """Erase the places of tombstones, then whatever else no notice points at; return what was done and the files it failed in."""
    done, bad = Erasure(), set[str]()
    for file, places in groupby(sorted(_places(store), key=lambda each: each[0]), key=lambda each: each[0]):
        one = archive.erase((place for _, place in places), at)
        done += one
        if one.problems:
            bad.add(file)
    swept, unswept = _sweep(store, archive, at)
    return done + swept, bad | unswept


def _sweep(store: Store, archive: RecordArchive, at: datetime) -> tuple[Erasure, set[str]]:
    done, bad = Erasure(), set[str]()
    known, open_ones = _known_runs(store), _open_runs(store)
    for file in archive.files():
        if _run_of(file) in open_ones:
            bad.add(file)  # perhaps on another host, whose lock on the file is not seen here
            continue
        if _run_of(file) not in known:
            bad.add(file)
            done += Erasure(problems=(_strange(file),))
            continue
        try:
            one = archive.keep_only(file, partial(_kept, store, file), at)
        except LockedStore:
            bad.add(file)  # a run is at it: the next take-down looks again
            continue
        done += one
        if one.problems:
            bad.add(file)
    return done, bad


def _kept(store: Store, file: str) -> list[tuple[int, int]]:
    n = notices.c
    with store.reading() as connection:
        return [(row[0], row[1]) for row in connection.execute(select(n.file_offset, n.file_length).where(n.file == file))]


def _places(store: Store) -> list[tuple[str, Location]]:
    t = tombstones.c
    query = select(t.file, t.file_offset, t.file_length).where(t.archive_erased_at.is_(None), t.file.is_not(None))
    with store.reading() as connection:
        return [(row[0], Location(row[0], row[1], row[2], "")) for row in connection.execute(query)]


def _known_runs(store: Store) -> set[str]:
    with store.reading() as connection:
        return set(connection.execute(select(runs.c.id)).scalars())


def _open_runs(store: Store) -> set[str]:
    """Return the runs that are under way: without an end, at a site that somebody crawls."""
    with store.reading() as connection:
        found = list(connection.execute(select(runs.c.id, runs.c.site).where(runs.c.verdict.is_(None))))
    return {row.id for row in found if not workers.is_free(store, row.site)}


def _run_of(file: str) -> str:
    return PurePosixPath(file).name.removesuffix(".warc.gz")


def _waiting(store: Store) -> int:
    t = tombstones.c
    with store.reading() as connection:
        return int(connection.execute(select(func.count()).where(t.archive_erased_at.is_(None))).scalar_one())


def _waiting_ones(store: Store) -> list[Buried]:
    t = tombstones.c
    with store.reading() as connection:
        return [Buried(*row) for row in connection.execute(select(t.id, t.file, t.site).where(t.archive_erased_at.is_(None)))]


def _note_erased(store: Store, waiting: Sequence[Buried], bad: set[str], at: datetime) -> int:
    """Note of which tombstones nothing is left. One without a place of its own waits for all files of its site."""
    nowhere = {"file": None, "file_offset": None, "file_length": None, "archive_erased_at": at}
    ids = [one.id for one in waiting if not any(_concerns(file, one.file, one.site) for file in bad)]
    with store.writing() as connection:
        for some in batches(ids):
            connection.execute(update(tombstones).where(tombstones.c.id.in_(some)).values(nowhere))
    return len(ids)


def _concerns(bad: str, file: str | None, site: str) -> bool:
    return bad == file if file is not None else bad.startswith(f"{FOLDER}/{site}/")


def _strange(file: str) -> str:
    return f"The archive file {file} is of no run that this store knows: take it away, or use the store it belongs to."
