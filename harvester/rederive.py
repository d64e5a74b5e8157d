"""Derive everything again from the archive, without a request: after a better reader, or a decision of review.

A reading that differs becomes a version of its own (``change`` ``reading``), never a change of the source. What was done is noted
in the transaction that stores it, so that a derivation that was killed goes on where it was and nothing is done twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice

from harvester.decisions import reader_of, stored_decisions
from harvester.derive_report import Report, named, tell_mentions, tell_tasks
from harvester.differing import difference
from harvester.gazetteer import load_gazetteer
from harvester.reading_again import Outcome, Readers, Reading
from harvester.rereading import Rereading
from normalizers.agencies import Decisions
from normalizers.records import NORMALIZER_VERSION, Derived
from storage import derivations
from storage.errors import StoreError
from storage.identity import document_id
from storage.records import Derivation, StoredSource
from storage.registers import STAGES
from storage.sources import count_sources, sources, unread_sources
from storage.store import Store

BATCH = 50
"""Documents looked up at once; their payloads are read a few at a time, so memory does not grow with the store."""

PACE = 20
"""Unchanged documents after which the place is noted: what a kill lets be read again at most."""

TRIALS = 5
"""Readings that a dry run writes and takes back, to know what the real one takes."""

Progress = Callable[[int, int], None]
"""Told after each document: how many were read so far, and how many there are."""


def rederive(
    store: Store,
    *,
    site: str = "",
    since: str = "",
    dry_run: bool = False,
    limit: int | None = None,
    processes: int = 1,
    progress: Progress | None = None,
) -> Report:
    """Derive the current versions again, what could not be read formerly and the public records, and return what that altered.

    ``since`` takes what was captured in that run or one begun later. One that did not end, of the same scope and by the same reader
    (normalizer and decisions), is gone on with. ``limit`` documents are read at most, by so many ``processes``. A dry run writes nothing.
    Raises ``LockedStore`` while another process derives, ``UnknownRecord`` for an unknown run.
    """
    decisions = stored_decisions(store)
    if not dry_run:
        load_gazetteer(store)
    with nullcontext() if dry_run else store.held("derive"):
        blank = derivations.blank(reader_of(decisions), datetime.now(UTC), site=site, since=since)
        return _derive(store, blank, decisions, dry_run=dry_run, limit=limit, processes=processes, progress=progress)


def derive_range(store: Store, *, parent: str, after: str, upto: str) -> Report:
    """Derive the documents behind ``after``, up to ``upto`` (empty: to the last one), as a row of its own in ``derivations``.

    ``parent`` names the whole of which this is a part. A part that was killed goes on where it was; public records are not read, the
    whole does that once at its end (``derive_records``). The caller sees to it that nothing else derives meanwhile, and that no two do
    one part.
    """
    decisions = stored_decisions(store)
    blank = derivations.blank(reader_of(decisions), datetime.now(UTC), parent=parent, range_after=after, range_upto=upto)
    return _derive(store, blank, decisions)


def derive_records(store: Store) -> Report:
    """Read the public credit records again, nothing else, and return what that did."""
    report = Report(complete=True)
    _read_records(store, stored_decisions(store), report, "", "", dry_run=False)
    return report


def together(reports: Iterable[Report]) -> Report:
    """Return the reports of the parts of one derivation as one."""
    whole = Report(complete=True)
    for part in reports:
        whole.add(part)
    return whole


def _derive(
    store: Store,
    blank: Derivation,
    decisions: Decisions,
    *,
    dry_run: bool = False,
    limit: int | None = None,
    processes: int = 1,
    progress: Progress | None = None,
) -> Report:
    total = count_sources(store, site=blank.site, since=blank.since, after=blank.range_after, upto=blank.range_upto)
    begun = blank if dry_run else derivations.begin(store, blank)
    with Readers(store.archive.folder, decisions, processes) as readers:
        work = _Work(store, decisions, begun, Report.of(begun.counters), readers, dry_run=dry_run)
        work.report.total = max(total, work.report.read)
        work.report.resumed = work.report.read
        work.run(limit, progress)
    return work.report


def _read_records(store: Store, decisions: Decisions, report: Report, site: str, since: str, *, dry_run: bool) -> None:
    """Read the public credit records again. They are quickly read, and a second reading alters nothing: their place is not noted."""
    rereading = Rereading(store, decisions, dry_run=dry_run)
    rereading.run(site, since)
    report.notices = rereading.sites
    for problem in rereading.problems:
        named(report.problems, problem)


class _Work:
    """One derivation at work: readings come in the order of the documents, and are settled so, by this process alone."""

    def __init__(self, store: Store, decisions: Decisions, begun: Derivation, report: Report, readers: Readers, *, dry_run: bool) -> None:
        self.store = store
        self.decisions = decisions
        self.place = begun
        self.report = report
        self.readers = readers
        self.dry_run = dry_run
        self.unsaved = 0
        self.trials: list[float] = []

    def run(self, limit: int | None, progress: Progress | None) -> None:
        """Read document after document until the end, or until ``limit`` were read."""
        begun, found = time.monotonic(), self._sources()
        done = 0
        for stage, source, reading in self.readers.readings(islice(found, limit)):
            self.place = replace(self.place, stage=stage, cursor=source.document)
            self._settle(source, reading)
            done += 1
            if progress:
                progress(self.report.read, self.report.total)
        if done == limit and next(found, None) is not None:
            self._save(None)
        else:
            self._end()
        self.report.seconds = time.monotonic() - begun
        self.report.estimate = self._estimate() if self.dry_run else 0.0

    def _end(self) -> None:
        if not self.place.parent:
            _read_records(self.store, self.decisions, self.report, self.place.site, self.place.since, dry_run=self.dry_run)
        self.report.complete = True
        self._save(datetime.now(UTC))

    def _sources(self) -> Iterator[tuple[str, StoredSource]]:
        start, place = STAGES.index(self.place.stage), self.place
        for stage in STAGES[start:]:
            after = max(place.cursor, place.range_after) if stage == place.stage else place.range_after
            look_up = unread_sources if stage == "unread" else sources
            while batch := look_up(self.store, site=place.site, since=place.since, after=after, upto=place.range_upto, limit=BATCH):
                for found in batch:
                    yield stage, found
                after = batch[-1].document

    def _settle(self, found: StoredSource, reading: Reading) -> None:
        site = found.publication.site
        if reading.outcome == Outcome.FILES:
            self._formerly_unread(found, reading)
        elif reading.derived is not None:
            self._altered(found, reading.derived)
        else:
            self.report.count(site, reading.outcome.value)
            if reading.told:
                url = f"{found.publication.url}: " if reading.outcome == Outcome.UNREADABLE else ""
                named(self.report.problems, url + reading.told)
            self._later()

    def _altered(self, found: StoredSource, derived: Derived) -> None:
        counts = self.report.count(found.publication.site, "altered")
        old, new = derivations.stored_tasks(self.store, found.document, found.version), derivations.derived_tasks(derived)
        tell_tasks(counts, old, new)
        tell_mentions(counts, derivations.stored_issuers(self.store, found.document, found.version), derivations.derived_issuers(derived))
        named(self.report.altered, found.document)
        if self.dry_run:
            self._try(found, derived)
        else:
            derivations.write_reading(self.store, found, derived, self._now(), differ=difference)

    def _try(self, found: StoredSource, derived: Derived) -> None:
        """Write a reading and take it back, for the first few, to know how long that takes."""
        if len(self.trials) < TRIALS:
            try:
                self.trials.append(derivations.trial(self.store, found, derived, difference))
            except StoreError:  # somebody else writes, or this user may not: then it is not known
                return

    def _estimate(self) -> float:
        """Return the seconds that the real derivation would take: what reading took, and a write for each document that is altered."""
        altered = sum(counts.altered for counts in self.report.sites.values())
        one = sum(self.trials) / len(self.trials) if self.trials else 0.0
        return (self.report.seconds + altered * one) * max(self.report.total / max(self.report.read, 1), 1.0)

    def _formerly_unread(self, found: StoredSource, reading: Reading) -> None:
        """Settle a payload that no reader could read; of an archive each file becomes a document of its own."""
        read = [(publication, derived) for publication, derived in reading.files if isinstance(derived, Derived)]
        counts = self.report.count(found.publication.site, "recovered" if read else "unread")
        for publication, derived in read:
            tell_tasks(counts, [], derivations.derived_tasks(derived))
            tell_mentions(counts, [], derivations.derived_issuers(derived))
            named(self.report.altered, document_id(publication.site, publication.key))
        if self.dry_run:
            return
        headers = dict(reading.headers)
        validators = {"etag": headers.get("etag"), "last_modified": headers.get("last-modified")}
        derivations.write_read_at_last(self.store, found, reading.files, validators, NORMALIZER_VERSION, self._now())

    def _now(self) -> Derivation:
        self.place = replace(self.place, counters=self.report.counters())
        self.unsaved = 0
        return self.place

    def _later(self) -> None:
        self.unsaved += 1
        if self.unsaved >= PACE:
            self._save(None)

    def _save(self, ended_at: datetime | None) -> None:
        if not self.dry_run:
            derivations.save(self.store, self._now(), ended_at=ended_at)
