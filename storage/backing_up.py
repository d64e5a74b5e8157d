"""Take a backup of a store and its archive while others work with both (``docs/backup.md``).

The database is that of one moment, by SQLite's backup or pg_dump; the archive is copied behind it, so whatever the database names is there.
A file of the archive that did not change since the backup before is a link to that one. A backup appears under its name when all of it is
on the disk; what a killed one left is removed by the next.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage import engine as engines
from storage.archive import OPEN_MARK, SUFFIX, cut_torn_tail
from storage.backup_manifest import ARCHIVE, DATABASES, KEY, NAME, DamagedBackup, Kept, Manifest, backups, copied, sha256_of
from storage.copying import copy
from storage.errors import FullDisk, LockedStore, StoreError
from storage.fullness import is_full
from storage.keyed import key_path
from storage.record_archive import ERASE_MARK
from storage.store import Store
from storage.whole_files import sync_file, sync_folder

Progress = Callable[[str, int, int], None]
"""Told what is being saved, how many bytes were, and how many there are in all."""

UNFINISHED = ".unfinished-"
PATIENCE = 30.0
"""Seconds to wait for the end of an erasing in the archive; one takes milliseconds."""
PAGES = 2048


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a backup did: its folder and manifest, files copied and linked, bytes written, and what it removed, in sentences."""

    folder: Path
    manifest: Manifest
    copied: int
    linked: int
    written: int
    mended: tuple[str, ...] = ()
    dropped: tuple[Path, ...] = ()


def backup(
    store: Store,
    to: Path,
    *,
    key: Path | None = None,
    with_key: bool = False,
    whole: bool = False,
    keep_days: int = 0,
    program: str = "",
    progress: Progress = lambda what, done, total: None,
) -> BackupReport:
    """Save a store in a folder of its own below ``to`` and return what was done.

    ``with_key`` saves the key file, too; ``whole`` links nothing to the backup before; ``keep_days`` drops older ones afterwards.
    Raises ``LockedStore`` while another backup goes there, ``FullDisk``, ``StoreError``.
    """
    with _alone(to), _full_told(to):
        mended = tuple(_without_halves(to))
        before = None if whole else _last(to)
        now = datetime.now(UTC)
        draft = to / f"{UNFINISHED}{now:%Y%m%dT%H%M%SZ}"
        draft.mkdir(mode=0o700)
        kind = _database(store, draft, progress)
        database = _kept(draft / DATABASES[kind], draft)
        saved = _Saving(store.archive.folder, draft, before, progress)
        archive = saved.run()
        saved_key = _key(store, key, draft) if with_key else None
        manifest = Manifest(now, str(store.revision), kind, program, database, archive, saved_key)
        manifest.write(draft)
        folder = _take_name(draft, to)
        dropped = tuple(_drop_old(to, folder, now - timedelta(days=keep_days))) if keep_days else ()
        return BackupReport(folder, manifest, saved.copied, saved.linked, saved.written + database.bytes, mended, dropped)


# --- the database --------------------------------------------------------------------------------------------------------


def _database(store: Store, draft: Path, progress: Progress) -> str:
    """Save the database and return by which way."""
    if (file := engines.file_of(store.url)) is not None:
        _save_sqlite(file, draft / DATABASES["sqlite"], progress)
        return "sqlite"
    if _can_dump(store):
        _dump(store, draft / DATABASES["dump"])
        return "dump"
    copy(store, f"sqlite:///{draft / DATABASES['copy']}", progress=progress)
    return "copy"


def _save_sqlite(file: Path, to: Path, progress: Progress) -> None:
    """Save a SQLite file as it is at one moment: the transaction is held, so that it need not begin again whenever somebody writes."""
    with engines.told(engines.read_url(f"sqlite:///{file}")), closing(sqlite3.connect(file, isolation_level=None)) as source:
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        size = source.execute("PRAGMA page_size").fetchone()[0]
        with closing(sqlite3.connect(to, isolation_level=None)) as target:

            def tell(_status: int, left: int, total: int) -> None:
                progress(to.name, (total - left) * size, total * size)

            source.backup(target, pages=PAGES, progress=tell)
            target.execute("PRAGMA journal_mode=DELETE")  # one file, whoever opens it
    sync_file(to)


def _can_dump(store: Store) -> bool:
    """Tell whether there is a pg_dump that knows the server: an older one refuses."""
    program = shutil.which("pg_dump")
    if not program or not shutil.which("pg_restore"):
        return False
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout.split()
    major = int(told[2].partition(".")[0]) if len(told) > 2 and told[2][:1].isdigit() else 0
    with store.reading() as connection:
        return major * 10000 + 9999 >= int(connection.exec_driver_sql("SHOW server_version_num").scalar_one())


def _dump(store: Store, to: Path) -> None:
    words = ["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={to}"]
    run_postgres(store, words)
    sync_file(to)


def run_postgres(store: Store, words: list[str]) -> None:
    """Run one of PostgreSQL's programs on the store's database. Its password goes by the environment, where no list of processes shows it.

    Raises ``FullDisk`` or ``StoreError`` with the last line of what it says.
    """
    url = store.url.set(drivername="postgresql")
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    place = url._replace(password=None).render_as_string(hide_password=False)
    ended = subprocess.run([*words, f"--dbname={place}"], capture_output=True, text=True, check=False, env=os.environ | secret)
    if ended.returncode:
        said = (ended.stderr.strip().splitlines() or ["no reason was given"])[-1]
        if "No space left" in ended.stderr:
            raise FullDisk(f"No room is left ({words[0]}): free some space and run it again.")
        raise StoreError(f"{words[0]} did not come to its end ({said}): see to that, then run it again.")


# --- the archive ---------------------------------------------------------------------------------------------------------


class _Saving:
    """Saves the files of an archive; what did not change is linked to the backup before."""

    def __init__(self, archive: Path, draft: Path, before: tuple[Path, Manifest] | None, progress: Progress) -> None:
        self.archive = archive
        self.draft = draft
        self.progress = progress
        self.folder = before[0] if before else None
        self.known = {kept.file: kept for kept in before[1].archive} if before else {}
        self.copied = self.linked = self.written = 0

    def run(self) -> tuple[Kept, ...]:
        found = sorted(path for path in self.archive.rglob(f"*{SUFFIX}") if path.is_file() and not path.is_symlink())
        total, done, kept = sum(path.stat().st_size for path in found), 0, []
        for path in found:
            one = self._one(path, f"{ARCHIVE}/{path.relative_to(self.archive).as_posix()}")
            kept.append(one)
            done += one.bytes
            self.progress(ARCHIVE, done, max(done, total))
        return tuple(kept)

    def _one(self, path: Path, name: str) -> Kept:
        for _ in range(10):
            _wait_for_erasing(path)
            state, being_written = path.stat(), path.with_name(path.name + OPEN_MARK).exists()
            known = self.known.get(name)
            if known and not being_written and (known.bytes, known.modified) == (state.st_size, state.st_mtime_ns) and self._link(name):
                return known
            (self.draft / name).unlink(missing_ok=True)
            size, digest = copied(path, self.draft / name, state.st_size)
            after = path.stat()
            if being_written or (after.st_size, after.st_mtime_ns) == (state.st_size, state.st_mtime_ns):
                break
        if being_written and cut_torn_tail(self.draft / name):
            size, digest = (self.draft / name).stat().st_size, sha256_of(self.draft / name)
        self.copied += 1
        self.written += size
        return Kept(name, size, digest, 0 if being_written else state.st_mtime_ns)

    def _link(self, name: str) -> bool:
        if self.folder is None:
            return False
        try:
            (self.draft / name).parent.mkdir(parents=True, exist_ok=True)
            os.link(self.folder / name, self.draft / name)
        except OSError as error:
            if is_full(error):
                raise
            return False  # a file system without links, or a file that went away: copied then
        self.linked += 1
        return True


def _wait_for_erasing(path: Path) -> None:
    until = time.monotonic() + PATIENCE
    while path.with_name(path.name + ERASE_MARK).exists():
        if time.monotonic() > until:
            raise LockedStore(f"An erasing in {path.name} was never finished: run `harvester takedown`, then the backup again.")
        time.sleep(0.1)


# --- the folder ----------------------------------------------------------------------------------------------------------


def _key(store: Store, key: Path | None, draft: Path) -> Kept:
    place = key or key_path(engines.file_of(store.url), store.archive.folder)
    if not place.is_file():
        raise StoreError(f"There is no key file {place}: leave --with-key away, or name it in the settings.")
    copied(place, draft / KEY)
    (draft / KEY).chmod(0o600)
    return _kept(draft / KEY, draft)


def _kept(path: Path, draft: Path) -> Kept:
    return Kept(path.relative_to(draft).as_posix(), path.stat().st_size, sha256_of(path))


def _take_name(draft: Path, to: Path) -> Path:
    name = draft.name.removeprefix(UNFINISHED)
    folder, n = to / name, 1
    while folder.exists():
        folder, n = to / f"{name}-{n}", n + 1
    draft.rename(folder)
    sync_folder(to)
    return folder


def _without_halves(to: Path) -> Iterator[str]:
    for half in sorted(to.glob(f"{UNFINISHED}*")):
        shutil.rmtree(half)
        yield f"Half a backup was removed that a killed process left ({half.name})."


def _last(to: Path) -> tuple[Path, Manifest] | None:
    for folder in sorted((path for path in to.iterdir() if NAME.match(path.name)), reverse=True):
        try:
            return folder, Manifest.read(folder)
        except DamagedBackup:
            continue
    return None


def _drop_old(to: Path, newest: Path, before: datetime) -> Iterator[Path]:
    for folder in backups(to):
        made = datetime.strptime(folder.name[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if folder != newest and made < before:
            shutil.rmtree(folder)
            yield folder


@contextmanager
def _alone(to: Path) -> Iterator[None]:
    try:
        to.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (to / ".lock").open("wb")
    except OSError as error:
        raise StoreError(f"{to} cannot be written ({error.strerror}): choose another folder with --to.") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockedStore(f"Another backup into {to} is under way: wait for its end, then try again.") from None
        yield


@contextmanager
def _full_told(to: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        _give_room_back(to)
        if is_full(error):
            raise FullDisk(f"No room is left for the backup ({to}): free some space and run it again; half a one is not kept.") from error
        raise StoreError(f"The backup cannot be written to {to} ({error.strerror}): choose another folder with --to.") from error
    except BaseException:
        _give_room_back(to)
        raise


def _give_room_back(to: Path) -> None:
    for half in to.glob(f"{UNFINISHED}*"):
        shutil.rmtree(half, ignore_errors=True)
