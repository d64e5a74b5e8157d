"""Read archived payloads again, one after the other or in several processes, and give the readings in the order of the documents.

What is to be read goes to a process and what differs comes back: the payload is read from the archive there, and of a document that reads
as before nothing but that is told. Who settles the readings sees one after the other, whatever the number of processes.
"""

from __future__ import annotations

import logging
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar, cast

from harvester.deriving import Deriver, DerivingError, prepare
from harvester.hints import hints_from_json, hints_to_json
from harvester.members import member_hints, member_publications
from normalizers.agencies import Decisions
from normalizers.derive import derive, load_tables
from normalizers.documents import UnreadableError
from normalizers.records import Derived, Hints
from storage.archive import Archive
from storage.errors import ArchiveError
from storage.record_hash import records_hash
from storage.records import ArchivedResponse, Publication, StoredSource

log = logging.getLogger(__name__)
T = TypeVar("T")

AHEAD = 8
"""Documents for each process that may be read ahead of the one that is settled next: a long one holds no short ones up."""


class Outcome(StrEnum):
    """What became of a reading."""

    UNCHANGED = "unchanged"
    ALTERED = "altered"
    FILES = "files"
    MISSING = "missing"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Reading:
    """One payload read again: ``derived`` where it is altered, ``told`` why it is missing or cannot be read, in a sentence.

    ``files``: of a payload that could not be read formerly, each file in it and what it gives or why it cannot be read; ``headers`` are
    those of its response, by their names in small letters.
    """

    outcome: Outcome
    derived: Derived | None = None
    told: str = ""
    files: tuple[tuple[Publication, Derived | str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()


def cores() -> int:
    """Return how many processors this process may use: so many processes read by default."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Readers(AbstractContextManager["Readers"]):
    """Reads sources again in so many processes; with one, small payloads are read in this one."""

    def __init__(self, archive: Path, decisions: Decisions, processes: int = 1) -> None:
        self.archive = Archive(archive)
        self.decisions = decisions
        self.processes = max(1, processes)
        self._derivers = [Deriver() for _ in range(self.processes)]
        self._free: SimpleQueue[Deriver] = SimpleQueue()
        self._threads: ThreadPoolExecutor | None
        if self.processes == 1:
            load_tables()
            self._free.put(self._derivers[0])
            self._threads = None
            return
        for deriver in self._derivers:
            deriver.begin()  # all at once, and before there are threads
        self._threads = ThreadPoolExecutor(self.processes, thread_name_prefix="read")
        for deriver in self._derivers:
            self._threads.submit(self._prepare, deriver)

    def _prepare(self, deriver: Deriver) -> None:
        """Let a process load its tables, and be used then; one that ends meanwhile is begun anew by the first payload."""
        try:
            deriver.apart(prepare, None, None)
        except (UnreadableError, DerivingError) as error:
            log.warning("A reading process could not load its tables: %s", error)
        finally:
            self._free.put(deriver)

    def readings(self, found: Iterable[tuple[T, StoredSource]]) -> Iterator[tuple[T, StoredSource, Reading]]:
        """Yield what came with each source, the source and its reading, in their order."""
        if self._threads is None:
            for mark, source in found:
                yield mark, source, self._read(source)
            return
        waiting: deque[tuple[T, StoredSource, Future[Reading]]] = deque()
        for mark, source in found:
            waiting.append((mark, source, self._threads.submit(self._read, source)))
            if len(waiting) >= AHEAD * self.processes:
                yield _result(*waiting.popleft())
        while waiting:
            yield _result(*waiting.popleft())

    def __exit__(self, *_: object) -> None:
        """End the processes, whatever they do."""
        if self._threads:
            self._threads.shutdown(wait=False, cancel_futures=True)
        for deriver in self._derivers:
            deriver.close()
        if self._threads:
            self._threads.shutdown()
        for deriver in self._derivers:  # a thread may have begun another one meanwhile
            deriver.close()

    def _read(self, found: StoredSource) -> Reading:
        deriver = self._free.get()
        try:
            return self._version(deriver, found) if found.version else self._formerly_unread(deriver, found)
        except ArchiveError as error:
            return Reading(Outcome.MISSING, told=str(error))
        finally:
            self._free.put(deriver)

    def _version(self, deriver: Deriver, found: StoredSource) -> Reading:
        """Read a current version again: all in a process of its own where there are several."""
        if self._threads is None:
            derived = self._derive(deriver, self.archive.read(found.capture.location), hints_from_json(found.publication.hints))
            return _unreadable(derived) if isinstance(derived, str) else _held_against(found, derived)
        try:
            return cast("Reading", deriver.apart(read_version, (self.archive.folder, found), None, self.decisions))
        except (UnreadableError, DerivingError) as error:
            return _unreadable(str(error))

    def _formerly_unread(self, deriver: Deriver, found: StoredSource) -> Reading:
        """Read a payload that no reader could read; of an archive each file becomes a document of its own."""
        payload = self.archive.read(found.capture.location)
        files = [
            (replace(publication, hints=hints_to_json(hints)), self._derive(deriver, payload, hints))
            for publication, hints in _files(found, payload)
        ]
        return Reading(Outcome.FILES, files=tuple(files), headers=tuple((name.lower(), value) for name, value in payload.headers))

    def _derive(self, deriver: Deriver, payload: ArchivedResponse, hints: Hints) -> Derived | str:
        """Return what an archived payload gives, or why it cannot be read: one document's fault must not end the work on all others."""
        try:
            return deriver.derive(payload.body, hints, self.decisions)
        except (UnreadableError, DerivingError) as error:
            return str(error)
        except Exception as error:
            log.exception("Nothing could be derived from %s", payload.url)
            return f"{type(error).__name__}: {error}"


def read_version(asked: tuple[Path, StoredSource], _hints: None, decisions: Decisions) -> Reading:
    """Read a current version again: what a process of ``Readers`` does. Raises what ``derive`` does."""
    folder, found = asked
    try:
        payload = Archive(folder).read(found.capture.location)
    except ArchiveError as error:
        return Reading(Outcome.MISSING, told=str(error))
    return _held_against(found, derive(payload.body, hints_from_json(found.publication.hints), decisions))


def _held_against(found: StoredSource, derived: Derived) -> Reading:
    if (found.content_hash, found.records_hash) == (derived.content_hash, records_hash(derived)):
        return Reading(Outcome.UNCHANGED)
    return Reading(Outcome.ALTERED, derived)


def _unreadable(told: str) -> Reading:
    return Reading(Outcome.UNREADABLE, told=told)


def _files(found: StoredSource, payload: ArchivedResponse) -> list[tuple[Publication, Hints]]:
    hints = hints_from_json(found.publication.hints)
    if hints.member:
        return [(found.publication, hints)]
    try:
        return list(member_publications(found.publication, member_hints(payload.body, hints)))
    except UnreadableError:
        return [(found.publication, hints)]  # reading it tells the reason


def _result(mark: T, source: StoredSource, reading: Future[Reading]) -> tuple[T, StoredSource, Reading]:
    return mark, source, reading.result()
