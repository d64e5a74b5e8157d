"""Put a backup back, into an empty place only, after every bit of it was held against its list (``docs/backup.md``).

The archive comes first and the database last, so a place in which that was killed holds no store; the next try removes the half.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from storage import engine as engines
from storage.backing_up import run_postgres
from storage.backup_manifest import ARCHIVE, KEY, DamagedBackup, Manifest, backups, copied, damage
from storage.copying import copy
from storage.errors import FullDisk, StoreError
from storage.fullness import is_full
from storage.keyed import key_path
from storage.store import Store
from storage.whole_files import sync_folder

HALF = ".restoring"
"""Stands behind the name of what is being put back."""


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """What was put back: from which backup, files and bytes of the archive, the revision it is at now, and what was removed before."""

    folder: Path
    manifest: Manifest
    files: int
    bytes: int
    revision: str
    key: Path | None
    mended: tuple[str, ...] = ()


def check(folder: Path) -> list[str]:
    """Return what is wrong with a backup, or with any of those in a folder, in sentences. Raises ``StoreError`` where there is none."""
    problems: list[str] = []
    known: dict[tuple[int, int], str] = {}
    for one in backups(folder):
        try:
            problems += damage(one, Manifest.read(one), known)
        except DamagedBackup as error:
            problems.append(str(error))
    return problems


def restore(folder: Path, to: str, archive: Path) -> RestoreReport:
    """Put a backup, or the last one in a folder, at a database URL and an archive folder, both empty, and bring it to this schema.

    Nothing may be served from it before a take-down: what was taken down since the backup stands in it again. Raises ``DamagedBackup``,
    ``StoreError`` where there is something already, ``FullDisk``.
    """
    source = backups(folder)[-1]
    manifest = Manifest.read(source)
    if wrong := next(damage(source, manifest, {}), ""):
        raise DamagedBackup(f"Nothing was put back. {wrong}")
    url = engines.read_url(to)
    file = engines.file_of(url)
    _check_places(to, file, archive, manifest)
    try:
        mended = _archive(source, manifest, archive)
        _database(source, manifest, to, file)
        key = _key(source, manifest, file, archive)
    except OSError as error:
        shutil.rmtree(archive, ignore_errors=True)
        if is_full(error):
            raise FullDisk(f"No room is left to put {source} back: free some space and run it again.") from error
        raise StoreError(f"{source} cannot be put back ({error.strerror}): check the places and their permissions.") from error
    except BaseException:
        shutil.rmtree(archive, ignore_errors=True)
        raise
    with Store.open(to, archive=archive, check=False) as store:
        store.upgrade()
        revision = str(store.revision)
    return RestoreReport(source, manifest, len(manifest.archive), sum(kept.bytes for kept in manifest.archive), revision, key, mended)


def _check_places(to: str, file: Path | None, archive: Path, manifest: Manifest) -> None:
    if archive.exists() and any(archive.iterdir()):
        raise StoreError(f"{archive} holds something already: a backup is put back into an empty place only.")
    if file is not None:
        if file.exists():
            raise StoreError(f"{file} is there already: a backup is put back into an empty place only.")
        if manifest.kind == "dump":
            raise StoreError("The backup is a dump of PostgreSQL: put it back there, then move it with `harvester db copy`.")
        return
    with Store.open(to, check=False) as store, store.reading() as connection:
        query = "SELECT c.relname FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' LIMIT 1"
        if there := connection.exec_driver_sql(query).scalar():
            raise StoreError(f"The database {store.name} holds something already (table {there}): make an empty one.")
    if manifest.kind == "dump" and not shutil.which("pg_restore"):
        raise StoreError("There is no pg_restore on the path: install PostgreSQL's client programs, then run it again.")


def _archive(source: Path, manifest: Manifest, archive: Path) -> tuple[str, ...]:
    """Copy the archive: a link would let an erasing reach into the backup."""
    half = archive.with_name(archive.name + HALF)
    mended = (f"Half an archive was removed that a killed process left ({half}).",) if half.exists() else ()
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True)
    for kept in manifest.archive:
        _copy(source / kept.file, half / Path(kept.file).relative_to(ARCHIVE), kept.sha256)
    if archive.exists():
        archive.rmdir()
    half.rename(archive)
    sync_folder(archive.parent)
    return mended


def _copy(source: Path, to: Path, sha256: str) -> None:
    if copied(source, to)[1] != sha256:
        raise DamagedBackup(f"{source} changed while it was put back: check the disk, then run it again.")


def _database(source: Path, manifest: Manifest, to: str, file: Path | None) -> None:
    saved = source / manifest.database.file
    if file is not None:
        half = file.with_name(file.name + HALF)
        half.unlink(missing_ok=True)
        _copy(saved, half, manifest.database.sha256)
        half.rename(file)
        sync_folder(file.parent)
    elif manifest.kind == "dump":
        with Store.open(to, check=False) as store:
            run_postgres(store, ["pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", str(saved)])
    else:
        with _upgraded(saved) as store:
            copy(store, to)


@contextmanager
def _upgraded(saved: Path) -> Iterator[Store]:
    """Give a saved SQLite database, brought to this program's schema in a place of its own."""
    with tempfile.TemporaryDirectory(prefix="harvester-restore-") as folder:
        file = Path(folder) / saved.name
        copied(saved, file)
        with Store.open(f"sqlite:///{file}", check=False) as store:
            store.upgrade()
            yield store


def _key(source: Path, manifest: Manifest, file: Path | None, archive: Path) -> Path | None:
    """Put the key file where the store looks for it, if the backup has one and none is there."""
    if manifest.key is None:
        return None
    place = key_path(file, archive)
    if not place.exists():
        copied(source / KEY, place)
        place.chmod(0o600)
    return place
