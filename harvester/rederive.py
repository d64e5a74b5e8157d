"""Derive everything again from the archive, without a request: after a better reader, or a decision of review.

A reading that differs becomes a version of its own (``change`` ``reading``), never a change of the source. What was done is noted
in the transaction that stores it, so that a derivation that was killed goes on where it was and nothing is done twice.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Self

from harvester.decisions import reader_of, stored_decisions
from harvester.deriving import Deriver, DerivingError
from harvester.differing import difference
from harvester.gazetteer import load_gazetteer
from harvester.hints import hints_from_json, hints_to_json
from harvester.members import member_hints, member_publications
from harvester.rereading import NoticeReport, Rereading
from normalizers.agencies import Decisions
from normalizers.documents import UnreadableError
from normalizers.records import NORMALIZER_VERSION, Derived, Hints
from storage import derivations
from storage.errors import ArchiveError
from storage.identity import document_id
from storage.records import ArchivedResponse, Derivation, Publication, StoredSource
from storage.registers import STAGES
from storage.sources import count_sources, sources, unread_sources
from storage.store import Store
from storage.versions import records_hash

log = logging.getLogger(__name__)

BATCH = 50
"""Documents looked up at once; their payloads are read one by one, so memory does not grow with the store."""

PACE = 20
"""Unchanged documents after which the place is noted: what a kill lets be read again at most."""

SAMPLE = 10
"""Documents and problems named in a report."""

Json = dict[str, Any]
Progress = Callable[[int, int], None]
"""Told after each document: how many were read so far, and how many there are."""


@dataclass(slots=True)
class SiteReport:
    """What a derivation did to the documents of one site, counted.

    ``read`` = ``unchanged`` + ``altered`` + ``recovered`` (could not be read formerly) + ``unread`` (still cannot be) + ``unreadable``
    (could be read formerly; its version stays) + ``missing`` (in the archive).
    ``resolved`` and ``unresolved`` count mentions, in tasks and as issuers, that gained or lost their body.
    ``rules``: tasks added, lost and altered by rule.
    """

    read: int = 0
    unchanged: int = 0
    altered: int = 0
    recovered: int = 0
    unread: int = 0
    unreadable: int = 0
    missing: int = 0
    resolved: int = 0
    unresolved: int = 0
    rules: dict[str, dict[str, int]] = field(default_factory=dict)


@dataclass(slots=True)
class Report:
    """What a derivation did so far, site by site; ``complete`` when it came to its end. ``total`` documents were to be read.

    ``notices`` is what reading the public credit records again did, after the last document.
    """

    sites: dict[str, SiteReport] = field(default_factory=dict)
    altered: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    total: int = 0
    complete: bool = False
    notices: dict[str, NoticeReport] = field(default_factory=dict)

    @classmethod
    def of(cls, counters: Mapping[str, Any]) -> Self:
        """Return the report that a derivation left in the store."""
        told = {site: SiteReport(**counts) for site, counts in counters.get("sites", {}).items()}
        return cls(told, list(counters.get("altered", ())), list(counters.get("problems", ())))

    def counters(self) -> Json:
        """Return the report as the store keeps it."""
        return {"sites": {site: asdict(counts) for site, counts in self.sites.items()}, "altered": self.altered, "problems": self.problems}

    @property
    def read(self) -> int:
        """Return how many documents were read."""
        return sum(counts.read for counts in self.sites.values())

    def count(self, site: str, what: str) -> SiteReport:
        """Count one more document of a site and return its counts."""
        counts = self.sites.setdefault(site, SiteReport())
        counts.read += 1
        setattr(counts, what, getattr(counts, what) + 1)
        return counts


def rederive(
    store: Store, *, site: str = "", since: str = "", dry_run: bool = False, limit: int | None = None, progress: Progress | None = None
) -> Report:
    """Derive the current versions again, what could not be read formerly and the public records, and return what that altered.

    ``since`` takes what was captured in that run or one begun later. One that did not end, of the same scope and by the same reader
    (normalizer and decisions), is gone on with. ``limit`` documents are read at most. A dry run writes nothing.
    Raises ``LockedStore`` while another process derives, ``UnknownRecord`` for an unknown run.
    """
    decisions = stored_decisions(store)
    total = count_sources(store, site=site, since=since)
    if not dry_run:
        load_gazetteer(store)
    with nullcontext() if dry_run else store.held("derive"):
        now, reader = datetime.now(UTC), reader_of(decisions)
        blank = Derivation("", site, since, reader, STAGES[0], "", {}, now)
        begun = blank if dry_run else derivations.begin(store, site, since, reader, STAGES[0], now)
        work = _Work(store, decisions, begun, Report.of(begun.counters), dry_run=dry_run)
        work.report.total = max(total, work.report.read)
        try:
            work.run(limit, progress)
        finally:
            work.deriver.close()
    return work.report


class _Work:
    """One derivation at work."""

    def __init__(self, store: Store, decisions: Decisions, begun: Derivation, report: Report, *, dry_run: bool) -> None:
        self.store = store
        self.decisions = decisions
        self.place = begun
        self.report = report
        self.dry_run = dry_run
        self.unsaved = 0
        self.deriver = Deriver()

    def run(self, limit: int | None, progress: Progress | None) -> None:
        """Read document after document until the end, or until ``limit`` were read."""
        for done, (stage, found) in enumerate(self._sources()):
            if done == limit:
                self._save(None)
                return
            self.place = replace(self.place, stage=stage, cursor=found.document)
            self._one(found)
            if progress:
                progress(self.report.read, self.report.total)
        self._records()
        self.report.complete = True
        self._save(datetime.now(UTC))

    def _records(self) -> None:
        """Read the public credit records again. They are quickly read, and a second reading alters nothing: their place is not noted."""
        rereading = Rereading(self.store, self.decisions, dry_run=self.dry_run)
        rereading.run(self.place.site, self.place.since)
        self.report.notices = rereading.sites
        for problem in rereading.problems:
            self._named(self.report.problems, problem)

    def _sources(self) -> Iterator[tuple[str, StoredSource]]:
        start = STAGES.index(self.place.stage)
        for stage in STAGES[start:]:
            after = self.place.cursor if stage == self.place.stage else ""
            look_up = unread_sources if stage == "unread" else sources
            while batch := look_up(self.store, site=self.place.site, since=self.place.since, after=after, limit=BATCH):
                for found in batch:
                    yield stage, found
                after = batch[-1].document

    def _one(self, found: StoredSource) -> None:
        site = found.publication.site
        try:
            payload = self.store.archive.read(found.capture.location)
        except ArchiveError as error:
            self._problem(site, "missing", str(error))
            return
        if not found.version:
            self._formerly_unread(found, payload)
            return
        derived = self._derive(payload, hints_from_json(found.publication.hints))
        if isinstance(derived, str):
            self._problem(site, "unreadable", f"{found.publication.url}: {derived}")
        elif (found.content_hash, found.records_hash) == (derived.content_hash, records_hash(derived)):
            self.report.count(site, "unchanged")
            self._later()
        else:
            self._altered(found, derived)

    def _altered(self, found: StoredSource, derived: Derived) -> None:
        counts = self.report.count(found.publication.site, "altered")
        old, new = derivations.stored_tasks(self.store, found.document, found.version), derivations.derived_tasks(derived)
        tell_tasks(counts, old, new)
        tell_mentions(counts, derivations.stored_issuers(self.store, found.document, found.version), derivations.derived_issuers(derived))
        self._named(self.report.altered, found.document)
        if not self.dry_run:
            derivations.write_reading(self.store, found, derived, self._now(), differ=difference)

    def _formerly_unread(self, found: StoredSource, payload: ArchivedResponse) -> None:
        """Read a payload that no reader could read; of an archive each file becomes a document of its own."""
        files: list[tuple[Publication, Derived | str]] = []
        for publication, hints in self._files(found, payload):
            files.append((replace(publication, hints=hints_to_json(hints)), self._derive(payload, hints)))
        read = [(publication, derived) for publication, derived in files if isinstance(derived, Derived)]
        counts = self.report.count(found.publication.site, "recovered" if read else "unread")
        for publication, derived in read:
            tell_tasks(counts, [], derivations.derived_tasks(derived))
            tell_mentions(counts, [], derivations.derived_issuers(derived))
            self._named(self.report.altered, document_id(publication.site, publication.key))
        if self.dry_run:
            return
        headers = {name.lower(): value for name, value in payload.headers}
        validators = {"etag": headers.get("etag"), "last_modified": headers.get("last-modified")}
        derivations.write_read_at_last(self.store, found, files, validators, NORMALIZER_VERSION, self._now())

    def _files(self, found: StoredSource, payload: ArchivedResponse) -> list[tuple[Publication, Hints]]:
        hints = hints_from_json(found.publication.hints)
        try:
            return (
                [(found.publication, hints)]
                if hints.member
                else list(member_publications(found.publication, member_hints(payload.body, hints)))
            )
        except UnreadableError:
            return [(found.publication, hints)]  # reading it tells the reason

    def _derive(self, payload: ArchivedResponse, hints: Hints) -> Derived | str:
        """Return what an archived payload gives, or why it cannot be read: one document's fault must not end the work on all others."""
        try:
            return self.deriver.derive(payload.body, hints, self.decisions)
        except (UnreadableError, DerivingError) as error:
            return str(error)
        except Exception as error:
            log.exception("Nothing could be derived from %s", payload.url)
            return f"{type(error).__name__}: {error}"

    def _problem(self, site: str, what: str, told: str) -> None:
        self.report.count(site, what)
        self._named(self.report.problems, told)
        self._later()

    @staticmethod
    def _named(sample: list[str], name: str) -> None:
        if len(sample) < SAMPLE:
            sample.append(name)

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


# --- what a reading alters ---------------------------------------------------------------------------------------------


def tell_tasks(counts: SiteReport, old: list[Json], new: list[Json]) -> None:
    """Add to ``counts`` how the tasks of a document differ, by rule, and how many of their mentions gained or lost their body."""
    for change, rule in task_changes(old, new):
        by_rule = counts.rules.setdefault(rule, {"added": 0, "lost": 0, "altered": 0})
        by_rule[change] += 1
    tell_mentions(counts, [body for task in old for body in task["agencies"]], [body for task in new for body in task["agencies"]])


def tell_mentions(counts: SiteReport, old: list[Json], new: list[Json]) -> None:
    """Add to ``counts`` how many of the mentions of bodies gained or lost their body."""
    before, after = unresolved(old), unresolved(new)
    counts.resolved += (before - after).total()
    counts.unresolved += (after - before).total()


def task_changes(old: list[Json], new: list[Json]) -> Iterator[tuple[str, str]]:
    """Yield ``added``, ``lost`` or ``altered`` with the rule, for each task that is not read as before.

    The same task is one with the same words, or, where its words are read otherwise, at the same address.
    """
    pairs, gone, come = paired(old, new, "fingerprint")
    moved, lost, added = paired(gone, come, "address")
    yield from (("altered", after["rule"]) for before, after in pairs if _said(before) != _said(after))
    yield from (("altered", after["rule"]) for _, after in moved)
    yield from (("added", task["rule"]) for task in added)
    yield from (("lost", task["rule"]) for task in lost)


def paired(old: list[Json], new: list[Json], by: str) -> tuple[list[tuple[Json, Json]], list[Json], list[Json]]:
    """Return the pairs of tasks that share a value, in their order, and what is left of either side."""
    waiting: defaultdict[str, deque[Json]] = defaultdict(deque)
    for task in old:
        waiting[task[by]].append(task)
    pairs, come = [], []
    for task in new:
        if waiting[task[by]]:
            pairs.append((waiting[task[by]].popleft(), task))
        else:
            come.append(task)
    return pairs, [task for rest in waiting.values() for task in rest], come


def _said(task: Json) -> Json:
    return {name: value for name, value in task.items() if name != "address"}


def unresolved(bodies: list[Json]) -> Counter[str]:
    """Return the mentions that are tied to no body, with how often each is there."""
    return Counter(body["mention"] for body in bodies if not body["resolved"])
