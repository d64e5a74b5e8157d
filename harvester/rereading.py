"""Read public credit records again from the record archive, without a request: after a better field map, or a decision of review.

Nothing was said anew, so no clock moves and no change is told. What is over by today's reading is taken down as ever.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import PurePosixPath

from sqlalchemy import select

from normalizers.agencies import Decisions
from normalizers.notices.read import read_notice
from normalizers.privacy import mask_record
from storage.errors import ArchiveError
from storage.notice_queries import StoredRecord, stored_records
from storage.record_archive import RecordArchive
from storage.records import NoticeEffect, NoticeRow
from storage.schema import runs
from storage.store import Store

BATCH = 200
"""Records of one transaction."""
SAMPLE = 10
"""Problems told."""


@dataclass(slots=True)
class NoticeReport:
    """What reading the records of one site again did.

    ``read`` = ``unchanged`` + ``altered`` + ``ended`` (over by today's reading: its tombstone is all that is left) + ``unread`` (erased
    or lost in the archive; the stored reading stays). ``unmasked`` of those that were read hold what today's masking masks.
    """

    read: int = 0
    unchanged: int = 0
    altered: int = 0
    ended: int = 0
    unread: int = 0
    unmasked: int = 0


_SIDE = {NoticeEffect.UNCHANGED: "unchanged", NoticeEffect.REREAD: "altered"}
_ENDED = "ended"


class Rereading:
    """Reads the records of a store again; ``sites`` is told what that did, ``problems`` what could not be done, in sentences."""

    def __init__(self, store: Store, decisions: Decisions, *, dry_run: bool) -> None:
        self.store = store
        self.decisions = decisions
        self.dry_run = dry_run
        self.sites: dict[str, NoticeReport] = {}
        self.problems: list[str] = []
        self._archive = RecordArchive(store.archive.folder)

    def run(self, site: str = "", since: str = "") -> None:
        """Read the records of a site, or of all; ``since`` takes those archived in that run or one begun later."""
        wanted = _runs_since(self.store, since) if since else None
        records = iter(stored_records(self.store, site))
        if wanted is not None:
            records = (record for record in records if _run_of(record) in wanted)
        while batch := list(islice(records, BATCH)):
            for of_run, some in groupby(sorted(batch, key=_place), key=lambda record: (record.site, _run_of(record))):
                self._read(*of_run, list(some))
        self._tell_unmasked()

    def _read(self, site: str, run: str, records: Sequence[StoredRecord]) -> None:
        counts = self.sites.setdefault(site, NoticeReport())
        counts.read += len(records)
        rows = list(self._rows(counts, records))
        effects = self.store.ingest_notices(run, rows, dry_run=self.dry_run)
        for name, count in _sides(effects).items():
            setattr(counts, name, getattr(counts, name) + count)

    def _rows(self, counts: NoticeReport, records: Iterable[StoredRecord]) -> Iterator[NoticeRow]:
        for record in records:
            try:
                printed = self._archive.read(record.location)
            except ArchiveError as error:
                counts.unread += 1
                self._problem(str(error))
                continue
            masked = mask_record(printed)
            counts.unmasked += masked.fields != printed.fields
            yield NoticeRow(masked, read_notice(masked, self.decisions), record.location, record.fetched_at)

    def _tell_unmasked(self) -> None:
        for site, counts in self.sites.items():
            if counts.unmasked:
                self._problem(
                    f"{counts.unmasked} archived records of {site} hold what is masked today: crawl it with --recheck all, it erases them."
                )

    def _problem(self, told: str) -> None:
        if len(self.problems) < SAMPLE:
            self.problems.append(told)


def _sides(effects: Counter[NoticeEffect]) -> Counter[str]:
    sides: Counter[str] = Counter()
    for effect, count in effects.items():
        sides[_SIDE.get(effect, _ENDED)] += count
    return sides


def _place(record: StoredRecord) -> tuple[str, str, int]:
    return (record.site, record.location.file, record.location.offset)


def _run_of(record: StoredRecord) -> str:
    return PurePosixPath(record.location.file).name.partition(".")[0]


def _runs_since(store: Store, since: str) -> set[str]:
    r = runs.c
    begun = select(r.started_at).where(r.id == since).scalar_subquery()
    with store.reading() as connection:
        return set(connection.execute(select(r.id).where(r.started_at >= begun)).scalars())
