"""The archive: every response as it came, in WARC files (ISO 28500, WARC 1.1), one file a run, one gzip member a record.

A record is on the disk, flushed by fsync, before its location is given out; so whatever the store points at is there,
however a run ends. A payload that its URL gave before becomes a *revisit* record that refers to the first one.
No path is ever built from a response: folders and files are named by site and run.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from storage import warc
from storage.errors import ArchiveError, FullDisk, LockedStore, StoreError
from storage.fullness import is_full
from storage.records import ArchivedResponse, ArchiveReport, Location
from storage.whole_files import sync_folder

SUFFIX = ".warc.gz"
OPEN_MARK = ".open"
"""Stands beside a file, locked, while a run writes it; a mark without a lock was left by a run that was killed."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")

Known = Callable[[str, str], "Location | None"]
"""Looks up the first record of a URL and a payload's SHA-256: ``Store.first_capture``."""


class Archive:
    """A folder of WARC files, ``<site>/<run>.warc.gz``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open_run(self, site: str, run: str, *, known: Known | None = None) -> ArchiveWriter:
        """Return a writer for the records of one run, after mending what a killed run of the site left.

        ``known`` finds payloads archived by earlier runs, so that they are not kept twice, as long as they can be read.
        Raises ``StoreError`` for a name that is no plain word, ``LockedStore`` when the run's file exists, ``FullDisk``, and
        ``ArchiveError`` for a folder that cannot be written.
        """
        folder = self.folder / _plain(site)
        path = folder / (_plain(run) + SUFFIX)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.recover(site)
            return ArchiveWriter(self.folder, path, self._readable(known) if known else None)
        except OSError as error:
            if is_full(error):
                raise FullDisk(f"No room is left for the archive ({folder}): free some space and run the crawl again.") from error
            raise ArchiveError(
                f"The archive folder {folder} cannot be written ({error.strerror}): check its path and permissions, then run again."
            ) from error

    def read(self, location: Location) -> ArchivedResponse:
        """Return the response at a location; a revisit is followed to the payload it refers to.

        Raises ``ArchiveError`` when the record is missing, damaged, or its payload has another SHA-256.
        """
        record = self._record(location)
        body = record.body
        if record.first is not None:
            first = self._record(record.first)
            if first.first is not None:
                raise ArchiveError(_wrong(location, "refers to a record without a payload"))
            body = first.body
        if hashlib.sha256(body).hexdigest() != location.sha256:
            raise ArchiveError(_wrong(location, "holds another payload than the store says"))
        return record.response(body)

    def holds(self, location: Location) -> bool:
        """Tell whether the file of a location is there and reaches beyond it; whether it can be read only reading it tells."""
        path = self.folder / location.file
        return path.is_file() and path.stat().st_size >= location.offset + location.length

    def verify(self) -> ArchiveReport:
        """Read every record of every file and return counts and what is wrong: damage, wrong digests, revisits of nothing."""
        files = records = revisits = 0
        problems: list[str] = []
        for path in self._files():
            files += 1
            try:
                for location in _responses(self.folder, path):
                    records += 1
                    revisits += self._record(location).first is not None
                    self.read(location)
            except ArchiveError as error:
                problems.append(str(error))
        return ArchiveReport(files, records, revisits, tuple(problems))

    def left(self) -> list[str]:
        """Return the sites with files that a run writes, or wrote when it was killed."""
        return sorted({mark.parent.name for mark in self.folder.glob(f"*/*{OPEN_MARK}")})

    def recover(self, site: str = "") -> int:
        """Cut the half-written record off the files that killed runs left; return the number of bytes cut.

        Only a last record that was never finished is cut, and its location was never given out.
        Damage anywhere else is left for ``verify`` to tell.
        """
        cut = 0
        for mark in sorted(self.folder.glob(f"{_plain(site) if site else '*'}/*{OPEN_MARK}")):
            with mark.open("r+b") as lock:
                if not _locked(lock):
                    continue
                path = mark.with_name(mark.name.removesuffix(OPEN_MARK))
                if path.exists():
                    cut += cut_torn_tail(path)
                mark.unlink()
        return cut

    def _readable(self, known: Known) -> Known:
        def look_up(url: str, sha256: str) -> Location | None:
            first = known(url, sha256)
            try:
                return first if first and self.read(first) else None
            except ArchiveError:
                return None  # lost: what came now is kept in full

        return look_up

    def _files(self, site: str = "") -> list[Path]:
        return sorted(self.folder.glob(f"{_plain(site) if site else '*'}/*{SUFFIX}"))

    def _record(self, location: Location) -> warc.Record:
        path = self.folder / location.file
        if not path.resolve().is_relative_to(self.folder.resolve()):
            raise ArchiveError(_wrong(location, "lies outside the archive"))
        try:
            with path.open("rb") as file:
                file.seek(location.offset)
                data = file.read(location.length)
        except OSError as error:
            raise ArchiveError(_wrong(location, f"cannot be read ({error.strerror})")) from error
        if len(data) < location.length:
            raise ArchiveError(_wrong(location, "is cut short"))
        try:
            return warc.parse(data)
        except ValueError as error:
            raise ArchiveError(_wrong(location, str(error))) from error


class ArchiveWriter:
    """Writes one run's records; close it, or use it in a ``with`` statement. Safe to use from several threads."""

    def __init__(self, folder: Path, path: Path, known: Known | None) -> None:
        self.file = path.relative_to(folder).as_posix()
        self._path = path
        self._known = known
        self._written: dict[tuple[str, str], Location] = {}
        self._lock = threading.Lock()
        self._mark_path = path.with_name(path.name + OPEN_MARK)
        self._mark: IO[bytes] = self._mark_path.open("wb")
        try:
            if not _locked(self._mark):
                raise LockedStore(f"The archive file {self.file} is being written by another process: wait for its end or stop it.")
            self._file: IO[bytes] = path.open("xb", buffering=0)
        except FileExistsError as error:
            self._mark.close()
            raise LockedStore(f"The archive file {self.file} exists already: begin a run with a new name.") from error
        except StoreError:
            self._mark.close()
            raise
        self._append(warc.info_record(path.name))
        sync_folder(path.parent)

    def write(
        self,
        *,
        url: str,
        status: int,
        headers: tuple[tuple[str, str], ...],
        body: bytes,
        fetched_at: datetime,
        method: str = "GET",
        request_body: bytes = b"",
    ) -> tuple[Location, bool]:
        """Keep one response and return where it stands and whether it is a revisit of a payload kept before.

        It is on the disk when this returns. Raises ``FullDisk``, with the file as it was before.
        """
        return self.write_many([ArchivedResponse(url, status, headers, body, fetched_at.astimezone(UTC), method, request_body)])[0]

    def write_many(self, responses: Sequence[ArchivedResponse]) -> list[tuple[Location, bool]]:
        """Keep responses, all or none, by one flush to the disk; return of each what ``write`` does. Raises ``FullDisk``."""
        if not responses:
            return []
        with self._lock:
            offset = self._file.seek(0, os.SEEK_END)
            data: list[bytes] = []
            found: list[tuple[Location, bool]] = []
            new: dict[tuple[str, str], Location] = {}
            for response in responses:
                key = (response.url, hashlib.sha256(response.body).hexdigest())
                first = new.get(key) or self._first(*key)
                data.append(warc.response_record(response, key[1], first))
                location = Location(self.file, offset, len(data[-1]), key[1])
                offset += location.length
                found.append((location, first is not None))
                if first is None:
                    new[key] = location
            self._append(b"".join(data))
            self._written |= new
        return found

    def append(self, members: bytes) -> int:
        """Add finished gzip members and return the offset of the first. They are on the disk when this returns. Raises ``FullDisk``."""
        with self._lock:
            return self._append(members)[0]

    def close(self) -> None:
        """End the file. Records written before stay readable whether this is called or not."""
        self._file.close()
        self._mark_path.unlink(missing_ok=True)
        self._mark.close()

    def __enter__(self) -> ArchiveWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _first(self, url: str, sha256: str) -> Location | None:
        written = self._written.get((url, sha256))
        if written is not None or self._known is None:
            return written
        return self._known(url, sha256)

    def _append(self, data: bytes) -> tuple[int, int]:
        offset = self._file.seek(0, os.SEEK_END)
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[self._file.write(rest) or 0 :]
            os.fsync(self._file.fileno())
            if not os.path.samestat(os.fstat(self._file.fileno()), self._path.stat()):
                raise FileExistsError(errno.EEXIST, "another file is in its place")
        except OSError as error:
            self._file.truncate(offset)
            if is_full(error):
                raise FullDisk(
                    f"No room is left for the archive ({self._path.parent}): free some space and run the crawl again."
                ) from error
            raise ArchiveError(
                f"The archive file {self.file} cannot be written ({error.strerror}): check the disk, then run again."
            ) from error
        return offset, len(data)


def _plain(name: str) -> str:
    if not _NAME.match(name):
        raise StoreError(f"{name!r} cannot name a folder or file of the archive: use letters, digits, '-' and '_'.")
    return name


def _wrong(location: Location, what: str) -> str:
    mend = "restore the file from a backup, or crawl the page again with --recheck all"
    return f"The archived record {location.file}@{location.offset} {what}: {mend}."


def _locked(file: IO[bytes]) -> bool:
    """Take a file's lock; tell whether nobody else has it. NFS gives it only for a file that is open for writing."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _responses(folder: Path, path: Path) -> Iterator[Location]:
    """Yield the locations of a file's responses, a response and the request written with it as one."""
    name = path.relative_to(folder).as_posix()
    pending: Location | None = None
    try:
        with path.open("rb") as file:
            for member in warc.members(file):
                kind, sha256 = warc.kind_and_digest(member.data)
                if kind == "request" and pending is not None:
                    pending = Location(name, pending.offset, pending.length + member.length, pending.sha256)
                    continue
                if pending is not None:
                    yield pending
                pending = Location(name, member.offset, member.length, sha256) if kind in ("response", "revisit") else None
    except ValueError as error:
        if pending is not None:
            yield pending
        raise ArchiveError(
            f"The archive file {name} is damaged ({error}): restore it from a backup, or crawl its pages again with --recheck all."
        ) from error
    if pending is not None:
        yield pending


def cut_torn_tail(path: Path) -> int:
    """Cut a half-written record off a file's end and return how many bytes that were."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        sound = warc.sound_length(file)
        if sound is None or sound == size:
            return 0
        file.truncate(sound)
        os.fsync(file.fileno())
    return size - sound
