"""The archive of public credit records: one WARC ``conversion`` record each, so that exactly one of them can be erased.

A page of a list names many firms, so the page is never written down: what is kept is each record as its site printed it, masked.
When a record may no longer be shown, its gzip member is overwritten in place by a tombstone of the same length: no other
offset moves, and nothing of it is left in the file. What is to be overwritten is written down first (``.erase``), so a process that is
killed in between leaves no file half overwritten for good. (A file system that copies on write, and a drive that
levels wear, may keep the old blocks for a time: docs/takedown.md.)
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from normalizers.notices.records import PrintedRecord
from storage import warc
from storage.archive import OPEN_MARK, SUFFIX, Archive, ArchiveWriter
from storage.errors import ArchiveError, ErasedRecord, FullDisk, LockedStore, StoreError
from storage.fullness import is_full
from storage.records import Location
from storage.whole_files import sync_folder

FOLDER = "records"
"""The folder of the record archive within the archive."""
ERASE_MARK = ".erase"
"""Stands beside a file while some of its records are overwritten, and says which."""

_GZIP = b"\x1f\x8b\x08"
_TAG = re.compile(r"[0-9a-f]{32}\Z")
_URN = "urn:credit-record:"
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class RecordArchiveReport:
    """What ``RecordArchive.verify`` found: counts, and one sentence for each thing that is wrong."""

    files: int = 0
    records: int = 0
    erased: int = 0
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Erasure:
    """What an erasing did: how many records were overwritten, how many were so already, and what could not be done, in sentences."""

    erased: int = 0
    before: int = 0
    problems: tuple[str, ...] = ()

    def __add__(self, other: Erasure) -> Erasure:
        return Erasure(self.erased + other.erased, self.before + other.before, self.problems + other.problems)


class RecordArchive:
    """A folder of WARC files, ``records/<site>/<run>.warc.gz`` within the archive's folder; every location is relative to that one."""

    def __init__(self, archive: Path) -> None:
        self.archive = archive
        self.folder = archive / FOLDER
        self._files = Archive(self.folder)

    def open_run(self, site: str, run: str) -> RecordWriter:
        """Return a writer for the records of one run, after mending what a killed run of the site left.

        Raises ``StoreError`` for a name that is no plain word, ``LockedStore`` when the run's file exists, ``FullDisk`` and
        ``ArchiveError``.
        """
        self.redo(site)
        return RecordWriter(self._files.open_run(site, run))

    def read(self, location: Location) -> PrintedRecord:
        """Return the record at a location. Raises ``ErasedRecord`` when it was taken down, ``ArchiveError`` when it is lost or damaged."""
        found = self._conversion(location)
        if found.erased:
            raise ErasedRecord(f"The archived record {location.file}@{location.offset} was taken down: there is nothing left to read.")
        if hashlib.sha256(found.body).hexdigest() != location.sha256:
            raise ArchiveError(_wrong(location, "is another one than the store says"))
        try:
            return PrintedRecord.from_json(found.body)
        except (ValueError, KeyError, TypeError):
            # What it holds must not come into a message, not even by way of the error that broke on it.
            raise ArchiveError(_wrong(location, "is no printed record")) from None

    def erase(self, locations: Iterable[Location], at: datetime | None = None) -> Erasure:
        """Overwrite records by tombstones, flushed to the disk when this returns; return counts and what could not be done.

        What is erased already stays as it is. A file that is missing, or a location at which no record begins and ends, is told
        among the problems and left alone. Raises ``FullDisk`` or ``ArchiveError`` when a file cannot be written.
        """
        wanted: dict[str, dict[int, int]] = defaultdict(dict)
        for location in locations:
            wanted[location.file][location.offset] = location.length
        done = Erasure()
        for file in sorted(wanted):
            done += self._erase_in(file, sorted(wanted[file].items()), at or datetime.now(UTC))
        return done

    def keep_only(self, file: str, kept: Callable[[], Iterable[tuple[int, int]]], at: datetime | None = None) -> Erasure:
        """Erase the records of a file at all places but those kept, each an offset and a length. See ``erase``.

        ``kept`` is asked once it is sure that no run writes the file. Only what lies between the kept ones is read. Raises
        ``LockedStore`` while a run writes the file.
        """
        path = self._path(file)
        with _quiet(path):
            try:
                return self.erase(_between(file, path, sorted(kept())), at)
            except ValueError as error:
                return Erasure(problems=(_damaged(file, error),))
            except OSError as error:
                return Erasure(problems=(_unreadable(file, error),))

    def files(self) -> list[str]:
        """Return the archive's files, as locations name them."""
        return sorted(path.relative_to(self.archive).as_posix() for path in self.folder.glob(f"*/*{SUFFIX}"))

    def left(self) -> list[str]:
        """Return the sites with files that a run writes or an erasing overwrites, or did so when it was killed."""
        return sorted({*self._files.left(), *(mark.parent.name for mark in self.folder.glob(f"*/*{ERASE_MARK}"))})

    def recover(self, site: str = "") -> int:
        """Finish what killed processes left half done, erasings first; return the number of bytes cut off the files' ends."""
        self.redo(site)
        return self._files.recover(site)

    def redo(self, site: str = "") -> int:
        """Finish erasings that were begun and never ended; return how many files had such."""
        marks = sorted(self.folder.glob(f"{site or '*'}/*{SUFFIX}{ERASE_MARK}"))
        done = 0
        for mark in marks:
            with _alone(mark.parent):
                done += mark.exists() and _redo(mark)
        return done

    def verify(self) -> RecordArchiveReport:
        """Read every record of every file and return counts and what is wrong."""
        records = erased = 0
        problems: list[str] = []
        names = self.files()
        for file in names:
            try:
                for found in _conversions(self.archive / file):
                    erased += found.erased
                    records += not found.erased
            except ValueError as error:
                problems.append(_damaged(file, error))
        marks = self.folder.glob(f"*/*{ERASE_MARK}")
        problems += [f"An erasing in {mark.name} was never finished: run `harvester takedown`." for mark in sorted(marks)]
        return RecordArchiveReport(len(names), records, erased, tuple(problems))

    def _erase_in(self, file: str, places: Sequence[tuple[int, int]], at: datetime) -> Erasure:
        try:
            path = self._path(file)
            checked = [(place, self._state(Location(file, *place, sha256=""))) for place in places]
            todo = [place for place, erased in checked if not erased]
            if todo:
                _overwrite_surely(path, todo, at)
        except ArchiveError as error:
            return Erasure(problems=(str(error),))
        except OSError as error:
            raise _unwritable(file, error) from error
        return Erasure(len(todo), len(places) - len(todo))

    def _state(self, location: Location) -> bool:
        """Tell whether a place is erased. Raises ``ArchiveError`` where no member begins and ends there."""
        data = self._bytes(location, beyond=len(_GZIP))
        member, beyond = data[: location.length], data[location.length :]
        if not member.startswith(_GZIP) or len(member) < location.length or not _GZIP.startswith(beyond):
            raise ArchiveError(_wrong(location, "does not begin and end where the store says"))
        try:
            return warc.conversion(member).erased
        except ValueError:
            return False  # damaged: overwritten all the same

    def _conversion(self, location: Location) -> warc.Conversion:
        data = self._bytes(location)
        if len(data) < location.length:
            raise ArchiveError(_wrong(location, "is cut short"))
        try:
            return warc.conversion(data)
        except ValueError as error:
            raise ArchiveError(_wrong(location, str(error))) from error

    def _bytes(self, location: Location, beyond: int = 0) -> bytes:
        try:
            with self._path(location.file).open("rb") as file:
                file.seek(location.offset)
                return file.read(location.length + beyond)
        except OSError as error:
            raise ArchiveError(_wrong(location, f"cannot be read ({error.strerror})")) from error

    def _path(self, file: str) -> Path:
        path = self.archive / file
        if not path.resolve().is_relative_to(self.folder.resolve()):
            raise ArchiveError(f"The archived record {file} lies outside the record archive: restore the store from a backup.")
        return path


class RecordWriter:
    """Writes one run's records; close it, or use it in a ``with`` statement. Safe to use from several threads."""

    def __init__(self, writer: ArchiveWriter) -> None:
        self._writer = writer
        self.file = f"{FOLDER}/{writer.file}"

    def write_many(self, records: Sequence[PrintedRecord], at: datetime) -> list[Location]:
        """Keep masked records, all of them on the disk when this returns, and return where each stands.

        ``key`` of a record is its keyed tag (``Keyring.record_tag``). Raises ``ValueError`` for another one, and ``FullDisk``, with the
        file as it was before.
        """
        bodies = [record.to_json() for record in records]
        members = [warc.conversion_record(_URN + _tag(record), _JSON, body, at) for record, body in zip(records, bodies, strict=True)]
        if not members:
            return []
        offset = self._writer.append(b"".join(members))
        found: list[Location] = []
        for member, body in zip(members, bodies, strict=True):
            found.append(Location(self.file, offset, len(member), hashlib.sha256(body).hexdigest()))
            offset += len(member)
        return found

    def close(self) -> None:
        """End the file. Records written before stay readable whether this is called or not."""
        self._writer.close()

    def __enter__(self) -> RecordWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


# --- overwriting -----------------------------------------------------------------------------------------------------


def _overwrite_surely(path: Path, places: Sequence[tuple[int, int]], at: datetime) -> None:
    """Overwrite places so that a kill or a power cut at any moment is made good by ``redo``."""
    mark = path.with_name(path.name + ERASE_MARK)
    draft = mark.with_name(mark.name + ".draft")
    with _alone(path.parent), draft.open("wb") as file:
        if mark.exists():
            _redo(mark)  # a killed one's: this one's mark would take its place
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(json.dumps(places).encode())
        file.flush()
        os.fsync(file.fileno())
        draft.replace(mark)
        sync_folder(path.parent)
        _overwrite(path, places, at)
        mark.unlink()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Erase in a folder while no other process does: the mark of one would take the place of another's."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _redo(mark: Path) -> bool:
    """Finish the erasing that a mark tells of, unless its process is still at it; tell whether there was one to finish."""
    with mark.open("r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        path = mark.with_name(mark.name.removesuffix(ERASE_MARK))
        try:
            places = [(int(offset), int(length)) for offset, length in json.loads(file.read())]
        except (ValueError, TypeError) as error:
            raise ArchiveError(f"The note {mark.name} of an erasing is damaged: remove it, then run `harvester takedown`.") from error
        if path.exists():
            _overwrite(path, places, datetime.now(UTC))
        mark.unlink(missing_ok=True)
    return True


def _overwrite(path: Path, places: Iterable[tuple[int, int]], at: datetime) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_NOFOLLOW)
    try:
        for offset, length in places:
            rest = memoryview(warc.tombstone_record(length, at))
            while rest:
                written = os.pwrite(handle, rest, offset)
                rest, offset = rest[written:], offset + written
        os.fsync(handle)
    finally:
        os.close(handle)


# --- reading through -------------------------------------------------------------------------------------------------


class _Part:
    """So many bytes of a file from an offset on, to be read like a file."""

    def __init__(self, file: IO[bytes], offset: int, length: int) -> None:
        self._file = file
        self._rest = length
        file.seek(offset)

    def read(self, size: int, /) -> bytes:
        data = self._file.read(min(size, self._rest))
        self._rest -= len(data)
        return data


def _between(file: str, path: Path, kept: Sequence[tuple[int, int]]) -> list[Location]:
    """Return the locations of a file's records that are neither kept nor erased. Raises ``ValueError`` for a damaged file."""
    found: list[Location] = []
    with path.open("rb") as opened:
        size = os.fstat(opened.fileno()).st_size
        for start, end in _gaps(kept, size):
            for member in warc.members(_Part(opened, start, end - start)):
                if b"\r\nWARC-Type: conversion\r\n" in member.data[: member.data.find(b"\r\n\r\n") + 2]:
                    found.append(Location(file, start + member.offset, member.length, ""))
    return found


def _gaps(kept: Sequence[tuple[int, int]], size: int) -> Iterator[tuple[int, int]]:
    end = 0
    for offset, length in (*kept, (size, 0)):
        if offset > end:
            yield end, offset
        end = max(end, offset + length)


def _conversions(path: Path) -> Iterator[warc.Conversion]:
    with path.open("rb") as file:
        for member in warc.members(file):
            if member.offset:  # the first one says what the file is
                yield warc.read_conversion(member.data)


class _quiet:  # noqa: N801 -- used like a function
    """Holds a file's mark, so that no run can be writing the file. Raises ``LockedStore`` when one is."""

    def __init__(self, path: Path) -> None:
        self._mark_path = path.with_name(path.name + OPEN_MARK)
        self._mark: IO[bytes] | None = None

    def __enter__(self) -> None:
        try:
            self._mark = self._mark_path.open("r+b")
        except FileNotFoundError:
            return
        try:
            fcntl.flock(self._mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._mark.close()
            raise LockedStore(
                f"The archive file {self._mark_path.name.removesuffix(OPEN_MARK)} is being written: take down again after the run's end."
            ) from None

    def __exit__(self, *_: object) -> None:
        if self._mark is not None:
            self._mark.close()


def _tag(record: PrintedRecord) -> str:
    if not _TAG.match(record.key):
        raise ValueError("a record's key must be its keyed tag before it is archived")
    return record.key


def _wrong(location: Location, what: str) -> str:
    return f"The archived record {location.file}@{location.offset} {what}: restore the file from a backup, or crawl the record again."


def _damaged(file: str, error: ValueError) -> str:
    return f"The archive file {file} is damaged ({error}): restore it from a backup, then run `harvester takedown`."


def _unreadable(file: str, error: OSError) -> str:
    return f"The archive file {file} cannot be read ({error.strerror}): check its path and permissions, then run `harvester takedown`."


def _unwritable(file: str, error: OSError) -> StoreError:
    if is_full(error):
        return FullDisk(f"No room is left for the archive ({file}): free some space, then run `harvester takedown` again.")
    return ArchiveError(
        f"The archive file {file} cannot be written ({error.strerror}): check its permissions, then run `harvester takedown`."
    )
