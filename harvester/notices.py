"""Printed records to the store: masked, read, archived, stored, in this order; nothing of a record is written before it is masked.

Records come one by one and are kept in batches: one flush to the disk and one transaction each. A run that is killed loses the batch
under way, which the next run reads again, since a record is done only with the transaction that stores its notice.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import select

from normalizers.agencies import Decisions
from normalizers.notices.read import read_notice
from normalizers.notices.records import Notice, PrintedRecord, SubjectKind
from normalizers.notices.terms import is_shown
from normalizers.privacy import mask_record
from spiders.items import CoverageLine
from storage.days import LOCAL
from storage.keyed import Keyring
from storage.notice_rows import ENDING_KINDS, notice_id
from storage.notice_schema import notices, tombstones
from storage.record_archive import RecordArchive, RecordWriter
from storage.records import Location, NoticeRow, TakedownReason
from storage.store import Store

BATCH = 50
"""Records kept together."""
NOWHERE = Location("", 0, 0, "")
"""The place of a record that is not archived, since it may not be shown."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A masked record whose key is its tag, what was read from it, and when it came."""

    printed: PrintedRecord
    notice: Notice
    at: datetime


class NoticeKeeper:
    """Keeps the records of one run of one site."""

    def __init__(self, store: Store, site: str, run: str, decisions: Decisions) -> None:
        self.store = store
        self.site = site
        self.run = run
        self.decisions = decisions
        self.effects: Counter[str] = Counter()
        self.by_section: dict[str, Counter[str]] = {}
        self.masked: Counter[str] = Counter()
        self.defects: Counter[str] = Counter()
        self.persons = 0
        self.told_of: Callable[[str, Notice], object] = _nobody
        self._archive = RecordArchive(store.archive.folder)
        self._writer: RecordWriter | None = None
        self._waiting: list[_Read] = []
        self._tags: Keyring = store.keyring

    def tag(self, section: str, key: str) -> str:
        """Return what takes the place of a record's printed key before anything of it is written."""
        return self._tags.record_tag(self.site, section, key)

    def take(self, record: PrintedRecord, at: datetime) -> None:
        """Mask and read a record as printed, and keep it with its batch. Raises StoreError."""
        masked = replace(mask_record(record), key=self.tag(record.section, record.key))
        notice = read_notice(masked, self.decisions)
        self.masked.update(dict(masked.masked))
        self.defects.update(defect.name for defect in notice.defects)
        self.persons += notice.subject.kind is SubjectKind.PERSON
        self.told_of(record.section, notice)
        self._waiting.append(_Read(masked, notice, at))
        if len(self._waiting) >= BATCH:
            self.flush()

    def seen(self, section: str, part: str, keys: Iterable[str], at: datetime) -> None:
        """Note that a list named records, given by their printed keys. Raises StoreError."""
        self.flush()
        self.store.notices_seen(self.run, self.site, section, part, [self.tag(section, key) for key in keys], at)

    def flush(self) -> None:
        """Archive and store the records that wait. Raises StoreError."""
        # Of a record that came twice the later one counts.
        batch = {each.printed.key: each for each in self._waiting}
        self._waiting = []
        if not batch:
            return
        stored, buried = self._stored(batch)
        same = {tag: place for tag, place in stored.items() if place.sha256 == _digest(batch, tag)}
        rows = [NoticeRow(each.printed, each.notice, same.get(tag, NOWHERE), each.at) for tag, each in batch.items()]
        todo = [n for n, row in enumerate(rows) if row.location == NOWHERE and row.printed.key not in buried and _may_be_kept(row)]
        written = self._write([rows[n].printed for n in todo])
        for n, location in zip(todo, written, strict=True):
            rows[n] = replace(rows[n], location=location)
        self._ingest(rows)
        self._erase_all_but_kept(batch, [*written, *stored.values()])

    def _ingest(self, rows: Sequence[NoticeRow]) -> None:
        """Store records section by section, so that each section's are counted; those with endings last, as a batch has them."""
        by_section: dict[str, list[NoticeRow]] = {}
        for row in rows:
            by_section.setdefault(row.printed.section, []).append(row)
        for section, some in sorted(by_section.items(), key=lambda each: any(row.notice.kind in ENDING_KINDS for row in each[1])):
            done = self.store.ingest_notices(self.run, some)
            self.effects.update(done)
            self.by_section.setdefault(section, Counter()).update(done)

    def close(self, ledger: Sequence[CoverageLine]) -> None:
        """Keep what waits, and write the ledger of what the site has and what was had. Raises StoreError."""
        self.flush()
        if ledger:
            self.store.record_coverage(self.run, ledger)
        if self._writer:
            self._writer.close()
            self._writer = None

    def told(self) -> dict[str, int]:
        """Return what was done, counted by effect, and how many records of natural persons there were."""
        return {str(effect): count for effect, count in self.effects.items()} | ({"persons": self.persons} if self.persons else {})

    def _stored(self, batch: Mapping[str, _Read]) -> tuple[dict[str, Location], set[str]]:
        """Return by tag where the stored ones of a batch stand, and which have a tombstone that holds them back."""
        n, t = notices.c, tombstones.c
        tags = {notice_id(tag): tag for tag in batch}
        places = select(n.id, n.file, n.file_offset, n.file_length, n.sha256).where(n.id.in_(list(tags)))
        held = select(t.id).where(t.id.in_(list(tags)), t.reason != TakedownReason.GONE)
        with self.store.reading() as connection:
            found = {tags[row[0]]: Location(*row[1:]) for row in connection.execute(places)}
            return found, {tags[row] for row in connection.execute(held).scalars()}

    def _write(self, records: Sequence[PrintedRecord]) -> list[Location]:
        if not records:
            return []
        if self._writer is None:
            self._writer = self._archive.open_run(self.site, self.run)
        return self._writer.write_many(records, datetime.now(UTC))

    def _erase_all_but_kept(self, batch: Mapping[str, _Read], places: Sequence[Location]) -> None:
        """Erase what no notice rests on any more: an older printing, or a record that the store held back."""
        n = notices.c
        with self.store.reading() as connection:
            query = select(n.file, n.file_offset).where(n.id.in_([notice_id(tag) for tag in batch]))
            kept = {tuple(row) for row in connection.execute(query)}
        if lost := [place for place in places if (place.file, place.offset) not in kept]:
            self._archive.erase(lost)


def _nobody(section: str, notice: Notice) -> None:
    """Tell nobody that a record was read."""


def _may_be_kept(row: NoticeRow) -> bool:
    """Tell whether a record may be shown today, as far as it says so itself: nothing of another one is written at all."""
    today = row.fetched_at.astimezone(LOCAL).date()
    return row.notice.kind not in ENDING_KINDS and not row.notice.is_over and is_shown(row.notice.term, today)


def _digest(batch: Mapping[str, _Read], tag: str) -> str:
    return hashlib.sha256(batch[tag].printed.to_json()).hexdigest()
