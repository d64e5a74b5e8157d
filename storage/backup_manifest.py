"""What a backup holds: a list of its files with their SHA-256, sealed, so that not one bit of it or of them can change unseen."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from storage.errors import StoreError
from storage.whole_files import whole_file

FORMAT = 1
MANIFEST, SEAL = "manifest.json", "manifest.sha256"
ARCHIVE, KEY = "archive", "store.key"
DATABASES = {"sqlite": "database.sqlite", "copy": "database.sqlite", "dump": "database.dump"}
"""Kinds of a backed-up database: SQLite's own backup, PostgreSQL copied into SQLite, PostgreSQL dumped by pg_dump."""
NAME = re.compile(r"\d{8}T\d{6}Z(?:-\d+)?\Z")
_CHUNK = 1 << 20


class DamagedBackup(StoreError):  # noqa: N818 -- as the errors of the store
    """A backup is not what it was when it was made."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of a backup: its path within it, length, SHA-256 in hex, and when its original was changed last (ns)."""

    file: str
    bytes: int
    sha256: str
    modified: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one backup holds. ``made_at`` is the moment of its database, UTC; ``schema`` the revision of that."""

    made_at: datetime
    schema: str
    kind: str
    program: str
    database: Kept
    archive: tuple[Kept, ...] = ()
    key: Kept | None = None

    @property
    def files(self) -> tuple[Kept, ...]:
        """Return all files."""
        return (self.database, *self.archive, *((self.key,) if self.key else ()))

    def write(self, folder: Path) -> None:
        """Write the manifest and its seal; the seal last."""
        told = asdict(self) | {"format": FORMAT, "made_at": self.made_at.astimezone(UTC).isoformat()}
        data = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True).encode()
        for name, content in ((MANIFEST, data), (SEAL, f"{hashlib.sha256(data).hexdigest()}  {MANIFEST}\n".encode())):
            with whole_file(folder / name) as draft:
                draft.write_bytes(content)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Return the manifest of a backup. Raises ``DamagedBackup``."""
        try:
            data, seal = (folder / MANIFEST).read_bytes(), (folder / SEAL).read_bytes()
        except OSError as error:
            raise DamagedBackup(f"{folder} is no whole backup ({error.strerror}): take another one.") from error
        if seal != f"{hashlib.sha256(data).hexdigest()}  {MANIFEST}\n".encode():
            raise DamagedBackup(f"The list of the files of {folder} ({MANIFEST}) is not what its seal ({SEAL}) says: take another backup.")
        try:
            return cls._of(json.loads(data))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise DamagedBackup(f"{folder / MANIFEST} is none of this program: take another backup.") from error

    @classmethod
    def _of(cls, told: dict[str, Any]) -> Self:
        if told.pop("format") != FORMAT:
            raise ValueError("another format")
        archive = tuple(Kept(**one) for one in told.pop("archive"))
        database, key = Kept(**told.pop("database")), told.pop("key")
        made_at = datetime.fromisoformat(told.pop("made_at"))
        return cls(made_at=made_at, database=database, archive=archive, key=Kept(**key) if key else None, **told)


def backups(folder: Path) -> list[Path]:
    """Return the whole backups in a folder, the oldest first, or the folder itself where it is one. Raises ``StoreError`` for none."""
    if (folder / MANIFEST).is_file():
        return [folder]
    found = sorted(path for path in folder.iterdir() if NAME.match(path.name) and path.is_dir()) if folder.is_dir() else []
    if not found:
        raise StoreError(f"There is no backup in {folder}: make one with `harvester db backup --to {folder}`.")
    return found


def copied(source: Path, to: Path, size: int | None = None) -> tuple[int, str]:
    """Copy a file, at most ``size`` bytes of it, and return how many were written and their SHA-256; they are on the disk then."""
    to.parent.mkdir(parents=True, exist_ok=True)
    digest, written = hashlib.sha256(), 0
    with source.open("rb") as read, to.open("xb") as file:
        while data := read.read(_CHUNK if size is None else min(_CHUNK, size - written)):
            file.write(data)
            digest.update(data)
            written += len(data)
        file.flush()
        os.fsync(file.fileno())
    return written, digest.hexdigest()


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def damage(folder: Path, manifest: Manifest, known: dict[tuple[int, int], str]) -> Iterator[str]:
    """Yield what of a backup is not as it was made, a sentence a file. ``known`` are digests by device and number: one file, many names."""
    for kept in manifest.files:
        path = folder / kept.file
        try:
            state = path.stat()
            place = (state.st_dev, state.st_ino)
            digest = known[place] if place in known else known.setdefault(place, sha256_of(path))
        except OSError as error:
            yield f"{path} cannot be read ({error.strerror}): take another backup, or put the file back."
            continue
        if digest != kept.sha256:
            size = f"{state.st_size} bytes of {kept.bytes}" if state.st_size != kept.bytes else "other bits"
            yield f"{path} is not what it was ({size}): take another backup, or a whole new one with `harvester db backup --whole`."
    named = {kept.file for kept in manifest.files} | {MANIFEST, SEAL}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.relative_to(folder).as_posix() not in named:
            yield f"{path} is in no list of the backup: somebody put it there."
